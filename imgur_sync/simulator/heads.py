"""What stands in headers, read once: the same few come with every upload, and reading them is not quick."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import MappingProxyType

from werkzeug.http import parse_options_header

KNOWN = 256
"""Values that are remembered; those longer than `LONGEST` are not."""
LONGEST = 256


def options(value: str) -> tuple[str, Mapping[str, str]]:
    """The value of a header and its parameters, as Werkzeug reads them."""
    return _known(value) if len(value) <= LONGEST else _read(value)


def _read(value: str) -> tuple[str, Mapping[str, str]]:
    kind, parameters = parse_options_header(value)
    return kind, MappingProxyType(parameters)


_known = functools.lru_cache(KNOWN)(_read)

"""JSON from the other side: nothing that it holds makes parsing fail in a way that is not foreseen."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

LONGEST_INTEGER = 20


class Misread(Exception):
    """A reply is not what it should be. The message says what; it holds nothing of the reply's content."""


def parse(body: bytes) -> object:
    """The JSON value in `body`. Raises `Misread`, and nothing else, if it is none.

    Of duplicate keys the last counts; NaN, infinities and integers of more than 20 digits become floats that no
    reader takes for a number.
    """
    if not body.strip():
        raise Misread("an empty answer")
    try:
        value: object = json.loads(body, parse_int=_integer)
    except RecursionError:
        raise Misread("an answer nested too deeply") from None
    except ValueError:
        raise Misread("an answer that is not JSON") from None
    return value


def fields(value: object, what: str) -> Mapping[str, object]:
    """`value` as an object. Raises `Misread`."""
    if not isinstance(value, dict):
        raise Misread(f"{what} that is not an object")
    return value


def text(source: Mapping[str, object], name: str) -> str:
    """A text field; null and missing are "". Halves of surrogate pairs become U+FFFD. Raises `Misread`."""
    value = source.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Misread(f"{name} that is not a text")
    return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def number(source: Mapping[str, object], name: str) -> int | None:
    """A whole number from 0 to 2^53; null, missing and "" are None. Raises `Misread`."""
    value = source.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Misread(f"{name} that is not a number")
    if not math.isfinite(value) or not 0 <= value <= 2**53 or value != int(value):
        raise Misread(f"{name} out of range")
    return int(value)


def flag(source: Mapping[str, object], name: str) -> bool:
    """A truth value; null and missing are False. Raises `Misread`."""
    value = source.get(name)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise Misread(f"{name} that is neither true nor false")
    return value


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= LONGEST_INTEGER else math.inf

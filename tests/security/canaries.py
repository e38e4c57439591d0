"""Secrets to plant, and the search for them in whatever a command leaves behind."""

from __future__ import annotations

import base64
import codecs
import json
import os
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

SITES = str(Path(__file__).with_name("sites"))
THOROUGH = bool(os.environ.get("THOROUGH_SECURITY"))
"""Whether the long versions of the tests are asked for."""
SHORTEST_PART = 12
"""A piece of a secret of this length is a leak as well."""


def forms(secret: str) -> set[str]:
    """The secret as it is and in the disguises that programs put on it."""
    data = secret.encode()
    plain = {secret, secret[::-1], secret.upper(), data.hex(), data.hex().upper(), json.dumps(secret)[1:-1]}
    plain |= {quote(secret, safe=""), quote(quote(secret, safe=""), safe=""), codecs.encode(secret, "rot13")}
    for lead in range(3):
        core = base64.b64encode(b"\0" * lead + data).decode().rstrip("=")
        plain.add(core[(0, 2, 3)[lead] : len(core) - 1])
    return plain


def found(told: str, secrets: Iterable[str]) -> list[str]:
    """The secrets of which `told` holds a form, or a piece of 12 characters, also over line ends."""
    texts = {told, re.sub(r"\s*\n\s*", "", told)}
    held = []
    for secret in secrets:
        pieces = {secret[at : at + SHORTEST_PART] for at in range(len(secret) - SHORTEST_PART + 1)}
        if any(form in text for text in texts for form in forms(secret) | pieces):
            held.append(secret)
    return held


def acting(told: str) -> list[str]:
    """What in a text acts on a terminal, or on a CI runner at the beginning of a line."""
    lines = [ascii(line) for line in told.splitlines() if line.lstrip().startswith("::") or "##[" in line]
    return lines + [ascii(char) for char in told if (ord(char) < 32 and char != "\n") or 127 <= ord(char) < 160]

"""Blots secrets out of whatever is told: known values in every usual disguise, and what looks like a token."""

from __future__ import annotations

import os
import re
import threading
from functools import cache

BLOT = "***"
VARIABLES = tuple(f"IMGUR_SYNC_{name}" for name in ("CLIENT_SECRET", "REFRESH_TOKEN", "ACCESS_TOKEN", "STATE_KEY"))
"""Of the environment, that hold secrets."""
SHORTEST = 6
"""A known value shorter than this is no secret: blotting it out would spoil ordinary text."""

_NAMES = r"(?:access_token|refresh_token|client_secret|deletehash|id_token|password)"
_LOOKS = (
    r"(?i)\b(Bearer)(\s+|%20|\+)[^\s\"'\\,;&]+",  # in JSON the quote behind it has a backslash
    r"()()\b[0-9a-f]{40}\b",  # as Imgur's tokens and client secrets are
    rf"(?i)({_NAMES})((?:\\?[\"'])?\s*(?:=|:|%3D|%3A)\s*(?:\\?[\"'])?)[^\s\"'\\,;&}}]+",
)


class Redactor:
    """Knows the secrets of this process. `redact` is safe on any text, however often it is applied."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._known: frozenset[str] = frozenset()
        self._pattern: re.Pattern[str] | None = None

    def know(self, *secrets: str) -> None:
        """From now on these values are blotted out, also URL-encoded, JSON-escaped, in base64 and split over lines."""
        fresh = {secret for secret in secrets if len(secret) >= SHORTEST} - self._known
        if fresh:
            with self._lock:
                self._known |= fresh
                self._pattern = None

    def redact(self, text: str) -> str:
        """The text without secrets."""
        if self._known:
            with self._lock:  # compiled when something is told: that takes long, and most runs tell little
                pattern = self._pattern = self._pattern or _pattern_of(self._known)
            text = pattern.sub(BLOT, text)
        for pattern in _patterns():
            text = pattern.sub(rf"\1\2{BLOT}", text)
        return text


def _pattern_of(known: frozenset[str]) -> re.Pattern[str]:
    disguises = sorted({form for secret in known for form in _disguises(secret)}, key=len, reverse=True)
    return re.compile("|".join(_spread(form) for form in disguises))


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """What looks like a token; compiled when the first text is told."""
    return tuple(re.compile(look) for look in _LOOKS)


def _disguises(secret: str) -> set[str]:
    import base64
    import html
    import json
    from urllib.parse import quote

    data = secret.encode("utf-8", "surrogateescape")
    once = quote(data, safe="")
    forms = {secret, once, _lower(once), quote(once, safe=""), html.escape(secret), html.escape(secret, quote=False)}
    forms |= {json.dumps(secret)[1:-1], repr(secret)[1:-1], repr(data)[2:-1], data.hex(), data.hex().upper()}
    for lead in range(3):  # in base64 a text looks different at each of three offsets; its edges mix with neighbours
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            text = encode(b"\0" * lead + data).decode("ascii").rstrip("=")
            start, spare = (0, 2, 3)[lead], (len(data) + lead) % 3
            core = text[start : len(text) - (1 if spare else 0)]
            if len(core) >= SHORTEST:
                forms.add(core)
    return forms


def _lower(encoded: str) -> str:
    return re.sub("%[0-9A-F]{2}", lambda found: found.group().lower(), encoded)


def _spread(form: str) -> str:
    """The form, also with line breaks and indentation inside."""
    return r"(?:\\?[\r\n]\s*)?".join(re.escape(char) for char in form)


secrets = Redactor()
"""The secrets of this process; wiring tells it every credential that it reads."""


def know_environment() -> None:
    """The secrets of the environment are known from now on."""
    secrets.know(*(os.environ.get(name, "").strip() for name in VARIABLES))


def redacted(text: str) -> str:
    """The text without the secrets of this process, also before any of them was read: the environment has them."""
    know_environment()
    return secrets.redact(text)

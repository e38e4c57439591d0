"""Texts from the other side, made fit to be shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

MAX_DETAIL = 200
_SECRETS = re.compile(
    r"(?i)\b(bearer|client-id)\s+[\w.~+/-]+=*"
    r"|\b(access_token|refresh_token|client_secret|deletehash)\b[\"'\s:=]+[\w.~+/-]+"
    r"|\b[0-9a-f]{40}\b"
)
_TAGS = re.compile(r"(?is)<(script|style)\b.*?(</\1\s*>|\Z)|<[^<>]{0,2000}>")


def plain(text: str, conceal: Iterable[str] = (), limit: int = MAX_DETAIL) -> str:
    """`text` on one line of at most `limit` characters: no control, format or bidi characters, no surrogates, and
    neither the strings of `conceal` nor anything that looks like a token."""
    for secret in conceal:
        if secret:
            text = text.replace(secret, "…")
    text = _SECRETS.sub("…", text[: limit * 50])
    shown = "".join(" " if _unfit(character) else character for character in text)
    shown = " ".join(shown.split())
    return shown if len(shown) <= limit else shown[: limit - 1].rstrip() + "…"


def without_markup(text: str) -> str:
    """The words of an HTML page, roughly; any other text as it is."""
    return _TAGS.sub(" ", text) if "<" in text else text


def _unfit(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}

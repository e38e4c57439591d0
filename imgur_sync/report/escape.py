"""Making foreign text harmless: names, titles and answers may hold anything, and come out visible and inert.

All functions are total: any `str`, also one with undecodable bytes as surrogate escapes, gives printable text on one
line. What they return never starts a line with `::` and never holds `##[`: both are commands to CI runners.
"""

from __future__ import annotations

import re
import unicodedata

CUT = 200
"""Longer texts are cut to this many characters in output for people."""

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_JOINERS = frozenset("\u200c\u200d")  # needed to write several scripts and emoji, and harmless
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # some spreadsheets take the wide ones, too
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\"}


def terminal(text: str, limit: int = CUT) -> str:
    """The text for a terminal or a log: control, bidirectional and invisible characters as visible escapes.

    An undecodable byte is `\\xNN`, a character `\\uNNNN`, a backslash `\\\\`. Cut to `limit` characters of the original
    with "…" when it is longer; 0 is no limit.
    """
    shown = text[:limit] if limit else text
    plain = shown if _is_plain(shown) else "".join(_visible(char) for char in shown)
    return _no_command(plain) + ("…" if limit and len(text) > limit else "")


def sentence(text: str, limit: int = 2000) -> str:
    """Like `terminal`, for a sentence that a program made: backslashes stay, as names in it may be escaped already."""
    return _no_command(terminal_free(text, limit))


def quoted(text: str, limit: int = CUT) -> str:
    """The text for a terminal in quotation marks."""
    return '"' + terminal(text, limit).replace('"', '\\"') + '"'


def markdown(text: str) -> str:
    """The text inside a Markdown line (a heading, a link's text, an image's alternative text), meaning only itself.

    A mention, an issue number or a bare www address gets an invisible word joiner, because GitHub links them after
    unescaping.
    """
    escaped = re.sub(r"([\\`*_\[\]<>&~|!#:$\"])", r"\\\1", terminal_free(text))
    escaped = re.sub(r"@(?=\w)", "@&#8288;", escaped)
    escaped = re.sub(r"(?i)(www(?=\.)|gh-(?=\d))", r"\1&#8288;", escaped)
    return re.sub(r"\\#(?=\d)", r"\\#&#8288;", escaped)


def html(text: str, limit: int = CUT) -> str:
    """The text inside an HTML element or a double-quoted attribute, cut to `limit` characters."""
    import html as html_entities

    escaped = html_entities.escape(terminal_free(text, limit), quote=True)
    return escaped.replace("::", "&#58;&#58;").replace("##[", "&#35;&#35;[")


def bbcode(text: str) -> str:
    """The text inside a BBCode element. BBCode has no way to escape a bracket, so brackets become full-width ones."""
    plain = terminal_free(text).replace("[", "\uff3b").replace("]", "\uff3d")
    return "\\u003a:" + plain.lstrip()[2:] if plain.lstrip().startswith("::") else plain


def csv_cell(text: str) -> str:
    """One CSV cell, quoted where needed; a text that a spreadsheet would run as a formula gets a leading apostrophe."""
    plain = terminal_free(text).replace("##[", "#\\u0023[")
    if plain.lstrip().startswith(("::", *_FORMULA)):
        plain = "'" + plain
    if any(char in plain for char in "\",;'") or plain != plain.strip():
        return '"' + plain.replace('"', '""') + '"'
    return plain


def address(link: str) -> str:
    """The link as an http or https address of harmless ASCII characters, or "" when it is no such address."""
    if not re.match(r"https?://[A-Za-z0-9]", link):
        return ""
    encoded = link.encode("utf-8", "surrogateescape").decode("latin-1")
    return re.sub(r"[^A-Za-z0-9._~:/?=%-]", lambda found: f"%{ord(found.group()):02X}", encoded)


def terminal_free(text: str, limit: int = CUT) -> str:
    """Like `terminal`, but backslashes stay as they are and CI commands are left to the caller's own escaping."""
    shown = text[:limit]
    if not (shown.isascii() and shown.isprintable()):  # most are, and thousands of lines are told
        shown = "".join(char if char == "\\" else _visible(char) for char in shown)
    return shown + "…" if len(text) > limit else shown


def _no_command(text: str) -> str:
    if text.lstrip().startswith("::"):
        text = text.replace("::", "\\u003a:", 1)
    return text.replace("##[", "#\\u0023[")


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable() and "\\" not in text


def _visible(char: str) -> str:
    if char in _SHORT:
        return _SHORT[char]
    if char in _JOINERS or unicodedata.category(char) not in _HIDDEN:
        return char
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"

"""Foreign text in Markdown that GitHub and GitLab render: always as code, or as words that can mean nothing else.

Both link, mention and run things after the Markdown is read (`@team`, `#12`, `!12`, `:smile:`, `/close`, bare
addresses, commit ids), but never inside code, so what a name holds stands in a code span or a fenced block. A text in
one never ends it, and never looks like the hidden marker of a comment.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from imgur_sync.report.escape import sentence, terminal

LONGEST_LINE = 2000
"""A line of a fenced block is cut to so many characters."""
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_WORDS = re.compile(r"(?:[A-Za-z0-9.,;()'\"? ]|%(?![\w\"])|:(?= |$)|-(?![0-9-])|/(?=[a-z]))*")
_TIME = re.compile(r"(?<!\S)\d{4}-\d\d-\d\d \d\d:\d\d [+-]\d\d:\d\d(?![^\s.,;)])")
_LINKED = re.compile(r"(?i)www\.|\bgh-|[0-9a-f]{7,}|(?<![A-Za-z0-9])/|\b[a-z]+://")


def marker(kind: str, digest: str) -> str:
    """The hidden first line of a comment, by which it is found again."""
    return f"<!-- imgur-sync {kind} {known_digest(digest)} -->"


def known_digest(digest: str) -> str:
    """The digest, or "unknown" for what is none: a plan may come from a file."""
    return digest if _DIGEST.fullmatch(digest) else "unknown"


def code(text: str) -> str:
    """A code span of a text that may hold anything."""
    return _span(terminal(text))


def prose(text: str, limit: int = 400) -> str:
    """A sentence that a program made, as it is where it holds nothing but words, else as a code span."""
    plain = sentence(text, limit)
    words = _TIME.sub("", plain)
    if _WORDS.fullmatch(words) and not _LINKED.search(words):
        return plain
    return _span(plain)


def fence(lines: Iterable[str], language: str = "") -> str:
    """A fenced block of lines that are harmless on a terminal, without a newline at its end."""
    body = [_unhidden(_cut(line)) for line in lines]
    longest = max((len(run) for line in body for run in re.findall("`+", line)), default=0)
    ticks = "`" * max(3, longest + 1)
    return "\n".join((ticks + language, *body, ticks))


def fold(summary: str, content: str) -> str:
    """A part that is folded: the summary is HTML (see `label`), the content Markdown."""
    return f"<details><summary>{summary}</summary>\n\n{content}\n\n</details>"


def label(text: str) -> str:
    """A name inside HTML, as code: nothing in it is a mention or a tag."""
    plain = html.escape(_unhidden(terminal(text, 80)), quote=True)
    return f"<code>{plain}</code>"


def length(text: str) -> int:
    """How long GitHub takes a text to be: in UTF-16 units, never less than the number of characters."""
    return len(text) if text.isascii() else len(text) + sum(char > "\uffff" for char in text)


def _span(harmless: str) -> str:
    plain = _unhidden(harmless) or " "
    ticks = "`" * (1 + max((len(run) for run in re.findall("`+", plain)), default=0))
    pad = " " if plain.strip(" ") and (plain[0] in " `" or plain[-1] in " `") else ""
    return f"{ticks}{pad}{plain}{pad}{ticks}"


def _cut(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else line[:LONGEST_LINE] + "…"


def _unhidden(text: str) -> str:
    """Without what would be taken for a hidden marker by whoever looks for one in the text of a comment."""
    return text.replace("<!--", "\\u003c!--")

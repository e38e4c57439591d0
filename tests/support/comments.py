"""Reads Markdown as GitHub and GitLab do, and says what in it is more than words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from markdown_it import MarkdownIt

_READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_LIVE = (
    r"@\w",  # mentions
    r"[#!%$~&]\w",  # references to issues, requests, milestones, snippets, labels, epics
    r":\w+:",  # emoji
    r"(?i)\bwww\.|\w://|\bgh-\d|\b[0-9a-f]{7,40}\b",  # links, issues and commits
    r"(?m)^\s*/\w",  # quick actions
)


def live_parts(text: str) -> list[str]:
    """What a renderer would link, mention, run, draw or take for a tag; empty where all is words and code.

    Tags are those of folds and of code inside their summaries; the hidden marker is the first line alone.
    """
    found = []
    for place, token in enumerate(_tokens(text)):
        if token.type in ("fence", "code_inline"):
            continue
        if token.type in ("html_block", "html_inline"):
            found += _tags(token.content, first=place == 0)
        elif token.type == "text":
            found += [hit for pattern in _LIVE for hit in re.findall(pattern, token.content)]
        elif token.type in ("link_open", "image", "code_block", "blockquote_open", "s_open", "hr"):
            found.append(token.type)
    found += [line for line in text.split("\n")[1:] if "<!-- imgur-sync" in line]
    folds = (text.count("\n<details>"), text.count("\n</details>"))
    return found if folds[0] == folds[1] else [*found, f"{folds[0]} folds begin and {folds[1]} end"]


def _tokens(text: str) -> Iterator[Any]:
    for token in _READER.parse(text):
        yield token
        yield from token.children or ()


def _tags(html: str, *, first: bool) -> Iterator[str]:
    """Tags that are not ours, and what is live between the tags."""
    if first:
        html = re.sub(r"^<!-- imgur-sync [a-z]+ (?:sha256:[0-9a-f]{64}|unknown) -->\n?", "", html)
    bare = re.sub(r"<code>[^<]*</code>", "", html)
    bare = re.sub(r"</?(?:details|summary)>", "", bare)
    yield from re.findall(r"<[^>]*>?", bare)
    yield from (hit for pattern in _LIVE for hit in re.findall(pattern, bare))


def fenced(text: str) -> list[str]:
    """The lines of all fenced blocks."""
    blocks = (token.content for token in _READER.parse(text) if token.type == "fence")
    return [line for block in blocks for line in block.splitlines()]

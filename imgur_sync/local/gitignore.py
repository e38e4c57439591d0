"""gitignore patterns whose matching takes time in proportion to the path, whatever the pattern.

pathspec turns a pattern into a regular expression that tries every way of dividing a name between its stars: one
pattern such as "*a*a*a*a*a*b", in a folder or a manifest of somebody else's, would stop a scan for hours. Where it does
not matter which place a star ends at, the first one is taken here and none is tried again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from pathspec import GitIgnoreSpec
from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

_STAR = "[^/]*"
_LEADING = "^(?:.+/)?"
_INNER = "(?:/.+)?"
_ENDS = ("(?:(?P<ps_d>/)|$)", "(?P<ps_d>/)", "/")
_SLASH = re.compile(r"(?<!\[\^)/")
_BRACKETS = re.compile(r"(\\.|\[\^/\])|(\[\^?\]?[^\]]*\])", re.DOTALL)
_SETS = re.compile(r"[\[&|~]")


class LinearPattern(GitIgnoreSpecPattern):
    """A pattern of a .gitignore that is matched in linear time."""

    __slots__ = ()

    @classmethod
    def pattern_to_regex(cls, pattern: Any) -> tuple[Any, bool | None]:
        """The regular expression, and whether it takes in or out; as pathspec, with fewer ways to try."""
        regex, include = super().pattern_to_regex(pattern)
        return (linear(regex) if isinstance(regex, str) else regex), include


def gitignore(lines: Iterable[str]) -> GitIgnoreSpec:
    """The patterns of `lines`. Raises `ValueError` or `re.error` for one that is broken."""
    return GitIgnoreSpec.from_lines(lines, LinearPattern, backend="simple")


def linear(regex: str) -> str:
    """A regular expression of pathspec's that matches the same paths, and the same part of each, without going back.

    Of several stars in a name each but the last stops at the first place where what stands behind it fits; of several
    "**" each but the last at the first folder. Brackets, "[!a]" too, never stand for a slash, as in git.
    """
    start = next((start for start in (_LEADING, "^") if regex.startswith(start)), "")
    end = next((end for end in _ENDS if regex.endswith(end)), "")
    if not start or not end or len(regex) <= len(start) + len(end):
        return regex
    body = _BRACKETS.sub(_brackets, regex[len(start) : -len(end)])
    first, *rest = (_names(part) for part in body.split(_INNER))
    if not rest:
        return f"{start}{first}{end}"
    *middle, last = rest
    head = f"^{first}" if start == "^" else f"^(?>(?:.+?/)??{first}(?=/))"
    return head + "".join(f"(?>(?:/.+?)??{part}(?=/))" for part in middle) + f"{_INNER}{last}{end}"


def _brackets(found: re.Match[str]) -> str:
    """The same characters but the slash, written so that Python does not warn of sets within sets."""
    if found[1]:
        return found[1]
    inner = _SETS.sub(r"\\\g<0>", found[2][1:-1]).replace("--", r"-\-")
    return rf"(?!\x2f)[{inner}]"


def _names(part: str) -> str:
    return "/".join(_name(name) for name in _SLASH.split(part))


def _name(name: str) -> str:
    first, *rest = name.split(_STAR)
    if len(rest) < 2:
        return name
    *middle, last = rest
    return first + "".join(f"(?>{_STAR}?{piece})" for piece in middle if piece) + _STAR + last

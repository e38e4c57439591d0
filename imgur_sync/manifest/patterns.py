"""Which gitignore patterns of `include` and `exclude` cannot mean anything."""

from __future__ import annotations

import re
import warnings


def pattern_fault(pattern: str) -> str:
    """What to write instead of a pattern that is empty, a comment or broken; "" if it is good."""
    if not pattern.strip() or pattern in ("!", "/"):
        return "leave the empty pattern out"
    if len(pattern) > 1000:
        return "write patterns of up to 1000 characters"
    if re.search(r"[\x00-\x1f\x7f]", pattern):
        return "write patterns without control characters"
    if pattern.startswith("#"):
        return r"a pattern that begins with # is a comment: write '\#…' for such a name"
    if re.search(r"(?<!\\)(?:\\\\)*\\$", pattern):
        return "no pattern ends with a single backslash: use / between folders"
    if "[" in pattern and not _compiles(pattern):
        return r"close the brackets, as in [a-z], or write '\[' for the character"
    return ""


def _compiles(pattern: str) -> bool:
    """Only pathspec knows; it is asked only about brackets, because importing it is not free."""
    from pathspec import GitIgnoreSpec

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        try:
            compiled = list(GitIgnoreSpec.from_lines([pattern]).patterns)
        except (ValueError, re.error):
            return False
    return any(one.include is not None for one in compiled)

"""Which albums a word of the command line means: commands that only read take patterns, the others one exact key."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from fnmatch import fnmatchcase

from imgur_sync.errors import UsageError

MOST = 20
"""How many keys an error names."""


def fitting(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """The keys that a key or a pattern such as "trips/*" means ("*" stands for anything, a slash too).

    Raises `UsageError` where there is none.
    """
    keys = tuple(known)
    found = tuple(key for key in keys if key == name or fnmatchcase(key, name))
    if found:
        return found
    raise UsageError(_none(name), hint=_there_are(name, keys))


def exact(name: str, known: Iterable[str], *, hint: str = "") -> None:
    """Raises `UsageError` for a key that is not known; of a pattern it says that none is taken here.

    `hint` is what to say instead of the keys that are known.
    """
    keys = tuple(known)
    if name in keys:
        return
    what = _none(name)
    if any(fnmatchcase(key, name) for key in keys):
        what = f'"{name}" is a pattern, and an exact key is wanted here'
    raise UsageError(what, hint=hint or _there_are(name, keys))


def _there_are(name: str, keys: tuple[str, ...]) -> str:
    if not keys:
        return "run apply first"
    listed = ", ".join(keys[:MOST]) + (f" and {len(keys) - MOST} more" if len(keys) > MOST else "")
    close = difflib.get_close_matches(name[:100].lower(), keys, 1)
    known = f"there are {listed}" if len(keys) > 1 else f"there is {listed}"
    return f"did you mean {close[0]}? {known}" if close else known


def _none(name: str) -> str:
    return f'no album "{name}" was synced here'

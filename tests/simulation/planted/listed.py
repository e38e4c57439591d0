"""The bugs of the specification, by its names, and how each is caught."""

from __future__ import annotations

from tests.simulation.planted.directed import DIRECTED
from tests.simulation.planted.hunting import BY_SEEDS

SPECIFIED = [
    "blind retry",
    "intent after send",
    "no fsync",
    "probe without wait",
    "charge after send",
    "ignore reservation on crash",
    "read header as epoch",
    "widen privacy first",
    "skip read-back",
    "delete before upload",
    "trust empty scan",
    "ignore scan error",
    "treat null list as empty+delete",
    "trust partial page",
    "hash then reopen file",
    "mtime-only cache",
    "follow symlink",
    "drop lock on fork",
    "unlink lock",
    "refresh without lock",
    "overwrite old refresh token early",
    "log URL",
    "pydantic error printed",
    "retry 400",
    "Retry-After 0 loop",
    "exit 0 on partial",
    "plan does a POST",
    "order by readdir",
    "stale plan accepted",
    "delete foreign image",
    "watch trusts events",
    "redirect keeps token",
]
FOUND = ("close an unseen round", "unanswered edit is ignored")
"""Bugs that this program really had."""
TRAPS = ("a filter deletes",)
"""Bugs that the specification does not list and warns of."""


def forgotten() -> set[str]:
    """Bugs that nothing catches, and what claims to catch a bug that nobody knows."""
    return {*SPECIFIED, *FOUND, *TRAPS} ^ {*BY_SEEDS, *DIRECTED}

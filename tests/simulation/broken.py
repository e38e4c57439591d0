"""An invariant that does not hold."""

from __future__ import annotations


class Broken(Exception):
    """An invariant does not hold."""

    def __init__(self, invariant: str, what: str) -> None:
        super().__init__(f"{invariant}: {what}")
        self.invariant = invariant
        self.what = what


def must(truth: object, invariant: str, what: str) -> None:
    """Raise `Broken` unless it is so."""
    if not truth:
        raise Broken(invariant, what)

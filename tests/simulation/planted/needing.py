"""What a history must hold for a bug to make any difference: one without it plays alike with the bug and without."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

History = Mapping[str, Any]
Needs = Callable[[History], bool]


def always(history: History) -> bool:
    """Any history may tell."""
    return True


def _runs(history: History) -> Iterator[Mapping[str, Any]]:
    return (step for step in history["steps"] if step["do"] in ("apply", "plan"))


def fault(*starts: str) -> Needs:
    """A fault of a request whose name begins so."""

    def needs(history: History) -> bool:
        return any(item["kind"].startswith(starts) for step in _runs(history) for _, item in step.get("faults", ()))

    return needs


def local(*kinds: str, where: str = "") -> Needs:
    """Something that happens to the folders during a run."""

    def needs(history: History) -> bool:
        struck = (one for step in _runs(history) for one in step.get("local", ()))
        return any(action["kind"] in kinds and where in ("", place) for _, place, action in struck)

    return needs


def step(*names: str) -> Needs:
    """A step of that name."""
    return lambda history: any(one["do"] in names for one in history["steps"])


def holding(field: str, value: object = None) -> Needs:
    """A step with that field, and with that value if one is given."""

    def needs(history: History) -> bool:
        found = (place.get(field) for one in history["steps"] for place in (one, one.get("fields", {})))
        return any(one is not None and (value is None or one == value) for one in found)

    return needs


def setup(field: str) -> Needs:
    """A world with that setting, or with that knob."""
    return lambda history: field in history["setup"] or field in history["setup"].get("knobs", {})


def either(*all_: Needs) -> Needs:
    """One of these."""
    return lambda history: any(one(history) for one in all_)


def both(*all_: Needs) -> Needs:
    """All of these."""
    return lambda history: all(one(history) for one in all_)

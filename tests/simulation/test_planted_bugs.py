"""Mistakes that a programmer could make, planted one at a time: each is caught.

A mistake that histories catch is played with the seed that caught it (`planted/caught.json`), with the mistake and
without. Where the drawing has changed since and that seed tells nothing any more, others are tried, up to a thousand.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.simulation.drawing import draw
from tests.simulation.planted import recorded
from tests.simulation.planted.directed import DIRECTED, failure
from tests.simulation.planted.hunting import BY_SEEDS, catches, hunt
from tests.simulation.planted.listed import forgotten
from tests.simulation.playing import perform
from tests.support.figures import figures

SEEDS = 1000
TITLE = "planted bugs, and what caught each"
CAUGHT = recorded.load()


@pytest.mark.parametrize("name", BY_SEEDS)
def test_a_history_catches(
    name: str, capsys: pytest.CaptureFixture[str], record_property: Callable[[str, object], None]
) -> None:
    """An invariant breaks with the mistake, and holds without."""
    bug, before = BY_SEEDS[name], CAUGHT.get(name)
    broken = catches(bug, before.seed) if before is not None else None
    if before is not None and broken is not None:
        after = f"seed {before.seed}, after {before.tried} seeds"
        record_property(*figures(TITLE, f"{name:<36} {broken.invariant:<10} {after}"))
        return
    found = hunt(bug, range(SEEDS))
    assert found is not None, f"{name}: not caught by {SEEDS} seeds"
    record_property(*figures(TITLE, f"{name:<36} {found.invariant:<10} seed {found.seed}, after {found.tried} seeds"))
    with capsys.disabled():
        told = f"{name}: seed {found.seed} catches it now, after {found.tried} seeds"
        print(f"\n{told}; write it down: python -m tests.simulation.planted {name!r}")


@pytest.mark.parametrize("name", DIRECTED)
def test_a_check_catches(name: str, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    """A check with real processes and files fails with the mistake, and passes without."""
    assert failure(DIRECTED[name], tmp_path / "without", planted=False) == ""
    assert failure(DIRECTED[name], tmp_path / "with", planted=True) != ""
    record_property(*figures(TITLE, f"{name:<36} {'-':<10} a check with real processes and files"))


def test_every_bug_of_the_list_is_planted() -> None:
    """None is forgotten."""
    assert forgotten() == set()


def test_nothing_stays_planted() -> None:
    """The program is the same again, name by name, and plays a history as before."""
    before, names = perform(draw(3)).trace, _names()
    for bug in (*BY_SEEDS.values(), *(one.bug for one in DIRECTED.values())):
        with bug.plant():
            assert _names() != names, f"{bug.name}: nothing is planted"
        assert {key for key, value in _names().items() if names.get(key, value) is not value} == set(), bug.name
    assert perform(draw(3)).trace == before


def _names() -> dict[tuple[str, ...], object]:
    """Every name of the program's modules and classes, with what it stands for."""
    found: dict[tuple[str, ...], object] = {}
    for module, contents in list(sys.modules.items()):
        if module.startswith("imgur_sync."):
            for name, value in list(vars(contents).items()):
                found[module, name] = value
                if isinstance(value, type) and value.__module__.startswith("imgur_sync."):
                    found |= {(module, name, inner): thing for inner, thing in vars(value).items()}
    return found

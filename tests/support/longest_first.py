"""The order in which tests begin, and how many at a time: what takes long begins first, so that nobody waits for it.

Each worker of pytest-xdist is given a row of tests, the first a part of the list and so on, and takes over from the row
of another when its own is done. A test of a minute at the end of a row keeps all others idle; at its beginning it does
not.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

import pytest

LONG = (
    "tests/crash/test_matrix.py",
    "tests/crash/test_real_kills.py",
    "tests/simulation/test_whole_program.py",
    "tests/simulation/test_planted_bugs.py",
    "tests/planner/test_planner_properties.py",
    "tests/planner/test_planner_least_credits.py",
    "tests/executor/test_every_fault.py",
    "tests/executor/test_store_kills.py",
    "tests/watch/test_thirty_days.py",
    "tests/simulation/",
    "tests/crash/",
)
"""The longest ones first. Whatever is missing here begins in its turn."""


def workers() -> int:
    """How many tests run at a time: more than there are cores, since a third of the time they wait for processes,
    folders and clocks. `PYTEST_XDIST_AUTO_NUM_WORKERS` is another number."""
    asked = os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return int(asked) if asked else cores + cores // 2


def rows(tests: Sequence[str], count: int) -> list[int]:
    """The places of these tests in an order whose `count` rows (of equal length, as `--dist=worksteal` makes them) each
    begin with long ones."""
    first = [at for prefix in LONG for at, test in enumerate(tests) if test.startswith(prefix)]
    long = list(dict.fromkeys(first))
    known = frozenset(long)
    others = iter([at for at in range(len(tests)) if at not in known])
    order: list[int] = []
    for row in range(count):
        size = (len(tests) - len(order)) // (count - row)
        dealt = long[row::count][:size]
        order += [*dealt, *(at for at, _ in zip(others, range(size - len(dealt)), strict=False))]
    placed = frozenset(order)
    return [*order, *(at for at in range(len(tests)) if at not in placed)]


def arrange(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Bring the tests into that order where several run at a time."""
    count = getattr(config, "workerinput", {}).get("workercount", 0)
    if count:
        items[:] = [items[at] for at in rows([item.nodeid for item in items], count)]

"""The order in which the tests of the suite begin."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.longest_first import LONG, rows, workers

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize("count", [1, 2, 3, 7])
@pytest.mark.parametrize("long", [0, 1, 5, 40])
def test_every_test_runs_once_and_each_row_begins_with_long_ones(count: int, long: int) -> None:
    """Also where there are fewer tests than rows, and hardly any but long ones."""
    tests = [f"tests/some/test_quick.py::test_{number}" for number in range(30)]
    tests += [f"{LONG[number % len(LONG)]}::test_{number}" for number in range(long)]
    order = rows(tests, count)
    assert sorted(order) == list(range(len(tests)))
    begun, at = [], 0
    for row in range(count):
        begun.append(tests[order[at]].startswith(LONG))
        at += (len(tests) - at) // (count - row)
    assert sum(begun) == min(long, count)


def test_the_longest_of_all_come_first() -> None:
    """As the list has them."""
    tests = [f"{prefix}::test" for prefix in reversed(LONG[:4])]
    assert rows(tests, 1) == [3, 2, 1, 0]


def test_what_is_called_long_is_there() -> None:
    """No file has moved away from under the list."""
    assert not [place for place in LONG if not (ROOT / place).exists()]


def test_somebody_may_say_how_many_run_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """As xdist documents it."""
    monkeypatch.setenv("PYTEST_XDIST_AUTO_NUM_WORKERS", "5")
    assert workers() == 5
    monkeypatch.delenv("PYTEST_XDIST_AUTO_NUM_WORKERS")
    assert workers() >= 1

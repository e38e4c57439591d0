"""A run of pytest tells how long each suite took, and the figures of its tests."""

from __future__ import annotations

from tests.support.figures import Figures, figures
from tests.support.suite_times import SuiteTimes


def test_times_are_added_up_by_suite_the_longest_first() -> None:
    times = SuiteTimes()
    for test, seconds in (
        ("tests/cli/test_a.py::test_one", 0.5),
        ("tests/cli/test_a.py::test_one", 1.0),
        ("tests/cli/deep/test_b.py::test_two[x/y]", 2.0),
        ("tests/test_readme.py::test_three", 9.0),
    ):
        times.add(test, seconds)
    told = [line.split() for line in times.lines()]
    assert told == [
        ["9.0", "s", "1", "tests", "tests"],
        ["3.5", "s", "2", "tests", "tests/cli"],
        [],
        ["9.0", "s", "tests/test_readme.py::test_three"],
        ["2.0", "s", "tests/cli/deep/test_b.py::test_two[x/y]"],
        ["1.5", "s", "tests/cli/test_a.py::test_one"],
    ]


def test_figures_stand_together_by_title() -> None:
    """Those of one test stay in their order, as a report brings them from another process: in lists."""
    kept = Figures()
    for name, value in (figures("kills", "b", "a"), ("other", 1), figures("faults", "z"), figures("kills", "a again")):
        kept.add([(name, value)])
    assert list(kept.sections()) == [("faults", ["z"]), ("kills", ["a again", "b", "a"])]

"""How long each suite took, told at the end of a run of pytest: a folder of `tests/`, or the files right in it.

What is told is the time of the tests, added up: workers that run at the same time count each for itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

LONGEST = 12
"""So many single tests are told as well."""


class SuiteTimes:
    """Adds up the durations that pytest reports."""

    def __init__(self) -> None:
        self._of_test: dict[str, float] = {}

    def add(self, test: str, seconds: float) -> None:
        """A part of this test (its setup, itself, or its end) took so long."""
        self._of_test[test] = self._of_test.get(test, 0.0) + seconds

    def count(self) -> int:
        """How many tests have been told of."""
        return len(self._of_test)

    def lines(self) -> Iterable[str]:
        """The suites, the longest first, with their number of tests; then the longest tests."""
        seconds: dict[str, float] = {}
        tests: Counter[str] = Counter()
        for test, took in self._of_test.items():
            seconds[suite(test)] = seconds.get(suite(test), 0.0) + took
            tests[suite(test)] += 1
        for name, took in sorted(seconds.items(), key=lambda item: -item[1]):
            yield f"{took:8.1f} s  {tests[name]:6} tests  {name}"
        yield ""
        for test, took in sorted(self._of_test.items(), key=lambda item: -item[1])[:LONGEST]:
            yield f"{took:8.1f} s  {test}"


def suite(test: str) -> str:
    """The suite that a test is of: tests/a/b/test_c.py::test_d is of tests/a, tests/test_c.py::test_d of tests."""
    parts = test.partition("::")[0].split("/")
    return "/".join(parts[:2]) if len(parts) > 2 else parts[0]

"""Credits spent / least possible over two dozen scenarios, by Imgur's own ledger: 1.00 when nothing fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks import credit_table
from tests.benchmarks.credit_table import SCENARIOS, Scenario

README = Path(credit_table.__file__).with_name("README.md")


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_change_costs_the_least_that_it_can(tmp_path: Path, scenario: Scenario) -> None:
    """The writes are those written down by hand; the row, with its reads, is the one in the README."""
    row = credit_table.measure(tmp_path, scenario)
    print(row.line())
    assert row.spent == scenario.least
    assert row.line() in README.read_text(encoding="utf-8").splitlines()


def test_the_readme_has_these_scenarios_and_no_others() -> None:
    """In their order."""
    lines = [*README.read_text(encoding="utf-8").splitlines(), ""]
    begin = lines.index("| what changed | write credits | least | ratio | reads |") + 2
    named = [line.split(" | ")[0].removeprefix("| ") for line in lines[begin : lines.index("", begin)]]
    assert named == [scenario.name for scenario in SCENARIOS]
    assert len(named) == len(set(named)) >= 20

"""The check of branches says what was not taken, and keeps no part of the program out."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.branches.measuring import INTO, LEFT_OUT, MEASURED, ROOT
from tests.branches.reading import NothingCounted, Tally, counted, table, tallies
from tests.branches.rooms import AREAS, PACKAGE, area_of


def test_every_file_of_the_program_belongs_to_an_area() -> None:
    """And every pattern of the list still means a file."""
    paths = [path.relative_to(ROOT / PACKAGE).as_posix() for path in (ROOT / PACKAGE).rglob("*.py")]
    named = {area_of(path).name for path in paths}
    assert named == {area.name for area in AREAS}
    stale = [one for area in AREAS for one in area.files if not any(area_of(path) is area for path in paths)]
    assert not stale
    exact = [one for area in AREAS for one in area.files if "*" not in one and not (ROOT / PACKAGE / one).is_file()]
    assert not exact


def test_a_file_without_an_area_is_an_error() -> None:
    """A new room is put on the list."""
    with pytest.raises(LookupError, match="belongs to no area"):
        area_of("watcher/new.py")


def test_what_is_counted_is_there() -> None:
    """No test has moved away from under the list."""
    assert not [place for place in MEASURED if not (ROOT / place).exists()]
    for place in LEFT_OUT:
        path, _, test = place.partition("::")
        assert f"def {test}" in (ROOT / path).read_text(encoding="utf-8"), place


def _told(summary: tuple[int, int, int, int], lines: list[int], branches: list[list[int]]) -> dict[str, object]:
    names = ("num_branches", "covered_branches", "num_statements", "covered_lines")
    return {
        "summary": dict(zip(names, summary, strict=True)),
        "missing_lines": lines,
        "missing_branches": branches,
    }


def test_a_limit_that_is_not_met_is_told_with_the_places() -> None:
    """A branch by where it goes; one on a line that never ran is told by the line."""
    files = {
        f"{PACKAGE}/planner/retry.py": _told((10, 9, 50, 50), [], [[12, -3]]),
        f"{PACKAGE}/planner/cut.py": _told((8, 6, 20, 18), [30, 31], [[30, 31], [30, 40]]),
        f"{PACKAGE}/report/text.py": _told((100, 96, 300, 299), [7], []),
    }
    planner, report = tallies(files)
    assert planner.missed == [
        f"{PACKAGE}/planner/cut.py:30",
        f"{PACKAGE}/planner/cut.py:31",
        f"{PACKAGE}/planner/retry.py:12 -> end",
    ]
    assert (planner.taken, planner.branches, planner.kept, report.kept) == (15, 18, False, True)
    assert [line.endswith("NOT MET") for line in table([planner, report])] == [False, True, False]


def test_an_area_without_branches_is_whole() -> None:
    """Nothing was missed."""
    assert Tally(AREAS[0]).kept


def test_a_folder_in_which_nothing_was_counted_is_no_success(tmp_path: Path) -> None:
    """Neither an empty one nor one whose tests never ran."""
    with pytest.raises(NothingCounted, match=INTO):
        counted(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "tests.branches", "check", tmp_path], cwd=ROOT, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (2, "")


def test_branches_are_counted_in_a_test_and_in_the_processes_that_it_starts(tmp_path: Path) -> None:
    """Of one test of the suite, in a run of its own: what the command did in a process of its own is there."""
    test = "tests/cli/test_command_line.py::test_the_version_is_the_packages"
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", test]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, INTO: str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    files = counted(tmp_path)
    assert files[f"{PACKAGE}/cli/__init__.py"]["summary"]["covered_branches"] > 0
    assert files[f"{PACKAGE}/planner/gates.py"]["summary"]["covered_branches"] == 0


def test_modules_of_which_every_line_has_to_run_are_loaded_while_it_counts(tmp_path: Path) -> None:
    """Also where the first test to need one is not counted: here the only one."""
    test = "tests/branches/test_branches_told.py::test_a_file_without_an_area_is_an_error"
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", test]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, INTO: str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    strike = counted(tmp_path)[f"{PACKAGE}/planner/strike.py"]
    assert 3 in strike["executed_lines"]
    assert strike["summary"]["covered_branches"] == 0

"""What was counted, by area: how many branches and lines there are, how many were taken, and which were not."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import coverage
from coverage.exceptions import CoverageWarning

from tests.branches.rooms import AREAS, PACKAGE, Area, area_of


@dataclass
class Tally:
    """The figures of one area, and what was missed in it: `FILE:LINE -> LINE` for a branch, `FILE:LINE` for a line."""

    area: Area
    branches: int = 0
    taken: int = 0
    lines: int = 0
    run: int = 0
    missed: list[str] = field(default_factory=list)

    @property
    def branch_share(self) -> float:
        """Branches taken, in percent; 100 where there are none."""
        return 100 * self.taken / self.branches if self.branches else 100.0

    @property
    def line_share(self) -> float:
        """Lines run, in percent; 100 where there are none."""
        return 100 * self.run / self.lines if self.lines else 100.0

    @property
    def kept(self) -> bool:
        """Whether the limit holds, for branches and for lines."""
        return min(self.branch_share, self.line_share) >= self.area.limit


class NothingCounted(Exception):
    """The folder holds nothing that a run of the suite has counted."""


def counted(folder: Path) -> Mapping[str, Any]:
    """Everything that the processes of a run left in a folder, by file, as coverage's JSON report has it."""
    settings = folder / "coverage.ini"
    if not settings.is_file():
        raise NothingCounted(f"{folder} holds nothing counted: run pytest with BRANCHES_INTO={folder}")
    whole = coverage.Coverage(config_file=str(settings))
    try:
        with warnings.catch_warnings():
            # Tests kill processes, also while those write down what they counted.
            warnings.simplefilter("ignore", CoverageWarning)
            whole.combine(keep=True)
        whole.json_report(outfile=str(folder / "branches.json"))
    except coverage.CoverageException as error:
        raise NothingCounted(f"{folder} holds nothing that can be read: {error}") from None
    files: Mapping[str, Any] = json.loads((folder / "branches.json").read_text(encoding="utf-8"))["files"]
    return files


def tallies(files: Mapping[str, Any]) -> list[Tally]:
    """The figures of every area, in the order of the list; areas without a file are left out."""
    found = {area.name: Tally(area) for area in AREAS}
    for path in sorted(files):
        within = path.replace("\\", "/").rpartition(f"{PACKAGE}/")[2]
        tally, summary = found[area_of(within).name], files[path]["summary"]
        tally.branches += summary["num_branches"]
        tally.taken += summary["covered_branches"]
        tally.lines += summary["num_statements"]
        tally.run += summary["covered_lines"]
        tally.missed += _missed(f"{PACKAGE}/{within}", files[path])
    return [tally for tally in found.values() if tally.lines]


def _missed(path: str, told: Mapping[str, Any]) -> Iterable[str]:
    """What was not taken, by line. A branch whose own line never ran is told by that line."""
    unrun = set(told["missing_lines"])
    branches = [(start, f" -> {end}" if end > 0 else " -> end") for start, end in told["missing_branches"]]
    places = [(start, end) for start, end in branches if start not in unrun] + [(line, "") for line in unrun]
    return [f"{path}:{line}{end}" for line, end in sorted(places)]


def table(found: Iterable[Tally]) -> list[str]:
    """The figures as lines of text."""
    lines = [f"{'area':<12}{'branches':>10}{'taken':>8}{'%':>8}{'lines':>8}{'run':>8}{'%':>8}{'limit':>8}{'goal':>8}"]
    for one in found:
        text = f"{one.area.name:<12}{one.branches:>10}{one.taken:>8}{one.branch_share:>8.2f}"
        text += f"{one.lines:>8}{one.run:>8}{one.line_share:>8.2f}{one.area.limit:>8g}{one.area.goal:>8g}"
        lines.append(text + ("" if one.kept else "  NOT MET"))
    return lines

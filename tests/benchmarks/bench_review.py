"""What it costs to have a plan reviewed (R1-R6): its forms, its file, and reading that, beside the plan itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.benchmarks import local_imgur, tree
from tests.benchmarks.harness import Command, Figures, imgur_sync, interleaved, run
from tests.benchmarks.prepared import ALBUMS, FOLDER, manifest_text
from tests.benchmarks.report import Report

PER_FOLDER = 100
QUICK, LARGE = 1_000, 100_000
PLAN = "plan"
MEASURED = {
    "R1": ("plan --format markdown", ("plan", "--format", "markdown")),
    "R2": ("plan --format html", ("plan", "--format", "html")),
    "R3": ("plan -o", ("plan", "-o", "new.json")),
    "R4": ("show", ("show", "a.json")),
    "R5": ("diff of two plan files", ("diff", "a.json", "b.json")),
}


def measure(report: Report, work: Path, *, rounds: int, quick: bool) -> None:
    """Measure them for albums of a hundred new files each, all of which are to be sent."""
    size = QUICK if quick else LARGE
    report.tell(f"\nreview: {size:,} files, {size // PER_FOLDER:,} albums")
    base = work / f"review-{size}"
    folders = tree.make(base / FOLDER, size, PER_FOLDER)
    (base / "sync.toml").write_text(manifest_text(folders, ALBUMS), encoding="utf-8")
    with local_imgur.running(base, 0) as imgur:
        named: dict[str, tuple[str, ...]] = {PLAN: (PLAN,), **dict(MEASURED.values())}
        commands = [Command(name, imgur_sync(*words), base, imgur.settings) for name, words in named.items()]
        _files(base, imgur.settings)
        found = interleaved(commands, rounds, report.tell)
    report.figures("review", found.values(), files=size)
    of = f"{size:,}"
    for goal, (name, _) in MEASURED.items():
        report.goal(goal, found[name].cpu / found[PLAN].cpu, of=of)
    report.goal("R6", _most(found) / found[PLAN].rss, of=of)


def _files(base: Path, settings: Mapping[str, str]) -> None:
    """Two plan files to show and to compare: of all albums, and of the first one."""
    for words in (("plan", "-q", "-o", "a.json"), ("plan", "-q", tree.folder_name(0), "-o", "b.json")):
        run(Command("a plan file", imgur_sync(*words), base, settings))


def _most(found: dict[str, Figures]) -> float:
    return max(figures.rss for name, figures in found.items() if name != PLAN)

"""What a plan costs (P1-P9), beside git status, rsync, rclone and the least that Python can do."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.benchmarks.harness import PYTHON, ROOT, Command, Figures, environment, imgur_sync, interleaved, run, script
from tests.benchmarks.machine import has
from tests.benchmarks.report import Report

SHAPES = ("albums", "recursive")
FLOOR = "scandir and stat"
GIT, RSYNC, RCLONE = "git status", "rsync -an --delete", "rclone sync --dry-run"
PEERS = {"P1": GIT, "P2": RSYNC, "P3": RCLONE}
QUICK, SMALL, LARGE, HUGE = 1_000, 10_000, 100_000, 1_000_000


def measure(report: Report, work: Path, *, rounds: int, quick: bool, million: bool = False) -> None:
    """Measure plans of two sizes, a tenth apart (three with `million`), and compare them."""
    sizes = [QUICK, SMALL] if quick else [SMALL, LARGE, *([HUGE] if million else [])]
    plans: dict[tuple[str, int], Figures] = {}
    for size in sizes:
        report.tell(f"\nplan: {size:,} files")
        bases = {shape: _prepared(work, size, shape) for shape in SHAPES}
        commands = [_plan(shape, bases[shape]) for shape in SHAPES]
        commands += _peers(bases["albums"], bases["recursive"])
        found = interleaved(commands, rounds, report.tell)
        report.figures("plan", found.values(), files=size)
        for shape in SHAPES:
            plans[shape, size] = found[_name(shape)]
        _ratios(report, found, size)
        _reads(report, bases, size)
        _changes(report, bases, size, rounds)
    for smaller, larger in itertools.pairwise(sizes):
        for shape in SHAPES:
            few, many = plans[shape, smaller], plans[shape, larger]
            report.goal("P5", many.cpu / few.cpu, of=f"{larger:,} / {smaller:,}, {shape}")
            report.goal("P6", many.rss / few.rss, of=f"{larger:,} / {smaller:,}, {shape}")
            report.goal("P6m", many.rss, of=f"{larger:,}, {shape}")
    _calls(report, work, quick=quick)


def _prepared(work: Path, size: int, shape: str) -> Path:
    """The folder of that size and shape, with a synced state. git has the pictures of "albums" committed."""
    base = work / f"plan-{size}-{shape}"
    run(Command("prepare", script("prepared", str(base), str(size), shape), work))
    if shape == "albums" and has("git") and not (base / "git").exists():
        _commit(base / "pictures")
    return base


def _commit(pictures: Path) -> None:
    """Have git know the pictures. Its own files lie elsewhere, and it never tidies them up meanwhile."""
    who = ("-c", "user.name=bench", "-c", "user.email=bench@localhost", "-c", "gc.auto=0")
    for arguments in (("init", "-q", "--separate-git-dir=../git"), ("add", "-A"), ("commit", "-qm", "pictures")):
        subprocess.run(("git", *who, *arguments), cwd=pictures, env=environment(), check=True)


def _name(shape: str) -> str:
    return f"imgur-sync plan --offline, {shape}"


def _plan(shape: str, base: Path) -> Command:
    return Command(_name(shape), imgur_sync("plan", "--offline"), base)


def _peers(base: Path, other: Path) -> list[Command]:
    """Those that are installed: each looks at the same pictures, rsync and rclone compare them with an equal tree."""
    pictures = base / "pictures"
    copy = base / "copy"
    peers = [Command(FLOOR, (PYTHON, str(ROOT / "tests/benchmarks/floor.py"), str(pictures)), base)]
    if has("git"):
        peers.append(Command(GIT, ("git", "status", "--porcelain"), pictures))
    if (has("rsync") or has("rclone")) and not copy.exists():
        shutil.copytree(pictures, copy, ignore=shutil.ignore_patterns(".git"))
    if has("rsync"):
        argv = ("rsync", "-an", "--delete", "--exclude=.git", f"{pictures}/", f"{copy}/")
        peers.append(Command(RSYNC, argv, base))
    if has("rclone"):
        argv = ("rclone", "sync", "--dry-run", "--exclude=.git/**", str(pictures), str(copy))
        peers.append(Command(RCLONE, argv, base, {"RCLONE_CONFIG": "/dev/null"}))
    return peers


def _ratios(report: Report, found: dict[str, Figures], size: int) -> None:
    """The goals are set for the size of `LARGE`: below it starting is most of what any of them does."""
    if size < LARGE:
        return
    for shape in SHAPES:
        ours, of = found[_name(shape)].cpu, f"{size:,}, {shape}"
        for goal, peer in PEERS.items():
            if peer in found:
                report.goal(goal, ours / found[peer].cpu, of=of)
            else:
                report.missing(goal, f"{peer.split()[0]} is not installed", of=of)
        report.goal("P4", ours / found[FLOOR].cpu, of=of)


def _reads(report: Report, bases: dict[str, Path], size: int) -> None:
    """The bytes of content that a no-op plan reads, counted where files are read."""
    for shape, base in bases.items():
        report.goal("P7", _counted(base)["read"], of=f"{size:,}, {shape}")


def _changes(report: Report, bases: dict[str, Path], size: int, rounds: int) -> None:
    """One file of a hundred is changed before each plan: what is read, and what the plan costs then."""
    for shape, base in bases.items():
        of = f"{size:,}, {shape}"
        _sync_anew(base, shape, size)
        numbers = itertools.count(1)

        def change(base: Path = base, numbers: Iterator[int] = numbers) -> tuple[int, int]:
            argv = script("tree", str(base / "pictures"), "--change", "100", "--generation", str(next(numbers)))
            shown = subprocess.run(argv, cwd=ROOT, env=environment(), check=True, capture_output=True, text=True)
            files, bytes_ = json.loads(shown.stdout)
            return files, bytes_

        _, changed = change()
        report.goal("P7c", _counted(base)["read"] / changed, of=of)
        still = _plan(shape, base)
        moved = Command(f"with 1 % changed, {shape}", still.argv, base, before=change)
        found = interleaved([moved], rounds, report.tell)
        _sync_anew(base, shape, size)
        found |= interleaved([still], rounds, report.tell)
        report.figures("changed", found.values(), files=size)
        if size >= LARGE:
            report.goal("P8", found[moved.name].cpu / found[still.name].cpu, of=of)


def _sync_anew(base: Path, shape: str, size: int) -> None:
    run(Command("prepare", script("prepared", str(base), str(size), shape), base))


def _counted(base: Path) -> dict[str, int]:
    """The content bytes that one plan of that folder reads."""
    argv = script("counting", str(base))
    shown = subprocess.run(argv, cwd=ROOT, env=environment(), check=True, capture_output=True, text=True)
    counts: dict[str, int] = json.loads(shown.stdout)
    return counts


def _calls(report: Report, work: Path, *, quick: bool) -> None:
    """Requests that a local Imgur receives for a no-op plan of albums that were really synced."""
    argv: Sequence[str] = script("calls", str(work / "calls"), "20" if quick else "120")
    shown = subprocess.run(argv, cwd=ROOT, env=environment(), check=True, capture_output=True, text=True)
    counts = json.loads(shown.stdout)
    report.goal("P9", counts["calls"] / counts["pages"], of=f"{counts['albums']} albums, {counts['calls']} calls")
    report.goal("P9o", counts["offline"])

"""What watching costs and misses (W1-W5), beside inotifywait: setting up, idling, telling, bursts, memory."""

from __future__ import annotations

import os
import random
import shutil
import statistics
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.machine import has
from tests.benchmarks.report import Report
from tests.support.watching_process import WatchingProcess

PEER = "inotifywait"
PER_FOLDER = 20
MANY, FEW = 10_000, 300
CHANGES = 60
BURST, RACE = 50_000, 20
PATIENCE = 60.0


class Peer:
    """`inotifywait -mr`; `established` is when it had all watches, `lines` what it wrote, each with when it came."""

    def __init__(self, root: Path) -> None:
        argv = (PEER, "-mr", "-e", "close_write,moved_to", "--format", "%w%f", str(root))
        self.process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if "established" in line:
                break
        self.cpu = cpu(self.process.pid)
        self.lines: list[tuple[float, str]] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def end(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()
        self._reader.join()
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append((time.monotonic(), line.rstrip("\n")))


def measure(report: Report, work: Path, *, rounds: int, quick: bool) -> None:
    """Measure a tree of ten thousand folders, then a burst and a race."""
    folders = FEW if quick else MANY
    root = _tree(work / f"watch-{folders}", folders)
    report.tell(f"\nwatch: {folders:,} folders, {folders * PER_FOLDER:,} files")
    _set_up(report, root, folders, rounds)
    with _watching(root) as ours:
        ours.await_cause("start")
        _memory(report, ours, work, folders)
        _idle(report, ours, 3.0 if quick else 60.0, folders)
        _latency(report, ours, root, folders)
    for name, write in (("files at once", _burst), ("20 new folders of 20 files", _race)):
        _completeness(report, work / "watch-burst", name, write, 2_000 if quick else BURST)


def cpu(pid: int) -> float:
    """CPU seconds of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _watching(root: Path) -> WatchingProcess:
    return WatchingProcess(str(root))


def _tree(root: Path, folders: int) -> Path:
    if not (root / "whole").exists():
        for number in range(folders):
            folder = root / "cats" / f"{number // 100}" / f"{number}"
            folder.mkdir(parents=True, exist_ok=True)
            for name in range(PER_FOLDER):
                (folder / f"{name}.png").touch()
        (root / "whole").touch()
    return root / "cats"


def _set_up(report: Report, root: Path, folders: int, rounds: int) -> None:
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(rounds + 1):  # the first one warms up
        with _watching(root) as process:
            ours.append(process.await_ready()["cpu"])
        if has(PEER):
            peer = Peer(root)
            theirs.append(peer.cpu)
            peer.end()
    mine = statistics.median(ours[1:])
    report.tell(f"  set-up: {mine:.3f} CPU s")
    if theirs and (peers := statistics.median(theirs[1:])) > 0:
        report.tell(f"  {PEER}: {peers:.3f} CPU s")
        report.goal("W1", mine / peers, of=f"{folders:,} folders")
    else:
        report.missing("W1", f"{PEER} is not installed, or too fast to measure", of=f"{folders:,} folders")


def _memory(report: Report, ours: WatchingProcess, work: Path, folders: int) -> None:
    """Beyond the same program with nothing to watch, which has not loaded watchdog."""
    with _watching(work / "nowhere") as idle:
        idle.await_cause("start")
        report.goal("W5", ours.memory() - idle.memory(), of=f"{folders:,} folders; {idle.memory():.1f} MiB without")


def _idle(report: Report, ours: WatchingProcess, seconds: float, folders: int) -> None:
    before = ours.cpu()
    time.sleep(seconds)
    report.goal("W2", 100 * (ours.cpu() - before) / seconds, of=f"{folders:,} folders, {seconds:.0f} s")


def _latency(report: Report, ours: WatchingProcess, root: Path, folders: int) -> None:
    """From closing a new file to the hint; one after the other, since hints are a tenth of a second apart at least."""
    chance = random.Random(1)
    peer = Peer(root) if has(PEER) else None
    found: list[float] = []
    theirs: list[float] = []
    for number in range(CHANGES):
        place = chance.randrange(folders)
        folder = f"{place // 100}/{place}"
        path = root / folder / f"new{number}.png"
        path.write_bytes(bytes(2048))
        closed = time.monotonic()
        line = ours.await_line(lambda line, wanted=folder: wanted in line.get("folders", ()))
        found.append(max(0.0, line["at"] - closed))
        time.sleep(0.25)
        if peer is not None:
            theirs.extend(at - closed for at, name in peer.lines if name == str(path))
        path.unlink()
        time.sleep(0.25)
    report.goal("W3", 1000 * statistics.median(found), of=f"longest {1000 * max(found):.1f} ms")
    if peer is not None:
        report.tell(f"  {PEER}: {1000 * statistics.median(theirs):.2f} ms, saw {len(theirs)} of {CHANGES}")
        peer.end()


def _completeness(
    report: Report,
    base: Path,
    name: str,
    write: Callable[[Path, int], dict[str, float]],
    files: int,
) -> None:
    """The share of files for which a hint came after they were there, so that a look finds them."""
    shutil.rmtree(base, ignore_errors=True)
    root = base / "cats"
    root.mkdir(parents=True)
    peer = Peer(root) if has(PEER) else None
    with _watching(root) as ours:
        ours.await_cause("start")
        written = write(root, files)
        told = dict.fromkeys(written, 0.0)
        causes: list[str] = []
        end = time.monotonic() + PATIENCE
        while any(told[folder] < at for folder, at in written.items()) and time.monotonic() < end:
            try:
                line = ours.await_line(lambda line: "at" in line, max(0.0, end - time.monotonic()))
            except AssertionError:
                break
            for folder in told if "cause" in line else told.keys() & set(line["folders"]):
                told[folder] = line["at"]
            causes += [line["cause"]] if "cause" in line else []
        cost = ours.cpu()
    total = sum(len(os.listdir(root / folder)) for folder in written)
    seen = sum(len(os.listdir(root / folder)) for folder, at in written.items() if told[folder] >= at)
    report.goal("W4", 100 - 100 * seen / total, of=f"{name}: {seen:,} of {total:,}, {causes}, {cost:.2f} CPU s in all")
    if peer is not None:
        time.sleep(2)
        report.tell(f"  {PEER}: told of {len({line for _, line in peer.lines}):,} of {total:,}")
        peer.end()
    shutil.rmtree(base)


def _burst(root: Path, files: int) -> dict[str, float]:
    """Very many files in one folder; the time of the last one by folder."""
    for number in range(files):
        (root / f"{number}.png").write_bytes(b"x")
    return {"": time.monotonic()}


def _race(root: Path, files: int) -> dict[str, float]:
    """New folders in new folders with files in them at once."""
    written = {}
    for number in range(RACE):
        folder = root / f"n{number}" / "sub"
        folder.mkdir(parents=True)
        for name in range(RACE):
            (folder / f"{name}.png").write_bytes(b"x")
        written[f"n{number}/sub"] = time.monotonic()
    return written

"""A daemon under churn for as long as one likes: does it stay as small as it was?

    python -m tests.watch.soak --minutes 30 --files 100000

Real folders, real events, the installed command, a local Imgur on a socket without limits. `--files` files are there,
of which `--pictures` are pictures in twenty albums; every second or so one is added, saved anew, renamed, moved
to another album or removed. Memory, threads, open files and processor time of the daemon are read from /proc every ten
seconds. In the end the albums must equal their folders, nothing may have been uploaded twice, and the daemon must be no
larger than it was after the first fifth of the time: exit 1 otherwise.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.support.daemon import daemon
from tests.support.mirror import HEAD, Mirror, mirror, table
from tests.support.pictures import png

ALBUMS = 20
EVERY = 10.0
PACE = """[watch]
quiet = "1s"
quiet_cap = "10s"
removal_hold = "5s"
rescan = "5m"
[gates]
prune = { min = 500, percent = 99, run = 5000 }
replace = { min = 500, percent = 99 }
"""
MORE_MEMORY = 1.10
MORE_THINGS = 2


@dataclass(frozen=True)
class Sample:
    """The daemon at one moment: seconds since the beginning, MiB, threads, open files, processor seconds."""

    at: float
    memory: float
    threads: int
    files: int
    cpu: float


class Churn:
    """Changes files, the same ones from the same seed."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder = folder
        self._chance = random.Random(seed)
        self._next = 1_000_000
        self.done = 0
        self.acts: dict[str, list[str]] = defaultdict(list)

    def once(self) -> None:
        """One change."""
        album = self._folder / f"a{self._chance.randrange(ALBUMS):02}"
        pictures = sorted(album.glob("*.png"))
        acts: list[Callable[[], object]] = [
            lambda: self._write(album / f"n{self._next}.png"),
            lambda: self._write(self._chance.choice(pictures)),
            lambda: self._move(self._chance.choice(pictures), album / f"r{self._next}.png"),
            lambda: self._move(self._chance.choice(pictures), self._other(album) / f"m{self._next}.png"),
            lambda: self._remove(self._chance.choice(pictures)),
            lambda: (album / f"note{self._next}.txt").write_text("churn"),
        ]
        if len(pictures) < 20:
            acts = acts[:1]
        self._next += 1
        self._chance.choice(acts)()
        self.done += 1

    def _write(self, path: Path) -> None:
        fresh = path.with_name(f".{path.name}.new")
        fresh.write_bytes(png(seed=self._next))
        fresh.rename(path)
        self._note(path, "written")

    def _move(self, path: Path, target: Path) -> None:
        path.rename(target)
        self._note(target, f"from {path.relative_to(self._folder)}")

    def _remove(self, path: Path) -> None:
        self._note(path, "removed")
        path.unlink()

    def _note(self, path: Path, what: str) -> None:
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        self.acts[digest].append(f"{at} {path.relative_to(self._folder)} {what}")

    def _other(self, album: Path) -> Path:
        return self._chance.choice([one for one in sorted(self._folder.glob("a??")) if one != album])


def main() -> int:
    """Prints a line a minute and the verdict."""
    parser = argparse.ArgumentParser(description="a daemon under churn")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--pictures", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=float, default=1.0, help="seconds between two changes, on average")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as base, mirror(Path(base)) as imgur:
        _prepare(imgur, wanted.files, wanted.pictures)
        samples = _run(imgur, wanted.minutes * 60, wanted.every, Churn(imgur.folder, wanted.seed))
    return _verdict(samples)


def _prepare(imgur: Mirror, files: int, pictures: int) -> None:
    """The files, and the pictures among them in their albums."""
    number = 0
    for album in range(ALBUMS):
        folder = imgur.folder / f"a{album:02}"
        for _ in range(pictures // ALBUMS):
            imgur.put(f"a{album:02}/p{number:06}.png", 10_000 + number)
            number += 1
        for other in range((files - pictures) // ALBUMS):
            below = folder / f"d{other // 500:03}"
            below.mkdir(exist_ok=True)
            (below / f"t{other:05}.txt").write_bytes(b"text")
    tables = "".join(table(f"a{album:02}") for album in range(ALBUMS))
    imgur.manifest(tables, head=HEAD + PACE)
    begun = time.monotonic()
    imgur.place.run("apply", "-y", timeout=1800)
    print(f"{files} files, {pictures} pictures sent in {time.monotonic() - begun:.0f} s", flush=True)


def _run(imgur: Mirror, seconds: float, every: float, churn: Churn) -> list[Sample]:
    samples: list[Sample] = []
    with daemon(imgur) as watch:
        watch.at_rest()
        begun = told = time.monotonic()
        due = begun
        while (now := time.monotonic()) < begun + seconds:
            churn.once()
            if now >= due:
                samples.append(_sample(watch.process.pid, now - begun))
                due = now + EVERY
            if now >= told + 60:
                told = now
                print(_line(samples[-1], churn.done, len(watch.lines)), flush=True)
            assert watch.process.poll() is None, watch.lines[-20:]
            time.sleep(every * random.Random(churn.done).uniform(0.5, 1.5))
        watch.until(lambda: _equal(imgur))
        samples.append(_sample(watch.process.pid, time.monotonic() - begun))
        stored = [image["sha256"] for image in imgur.look("world")["images"]]
        doubled = len(stored) - len(set(stored))
        print(f"{churn.done} changes; albums equal their folders; {doubled} uploaded twice", flush=True)
        if doubled:
            _tell(churn, stored, watch.lines)
        assert watch.stop() == 143
    if doubled:
        sys.exit("something was uploaded twice")
    return samples


def _tell(churn: Churn, stored: list[str], lines: list[dict[str, Any]]) -> None:
    """What happened to the files that were uploaded twice, and what the daemon said of them."""
    for digest in sorted({one for one in stored if stored.count(one) > 1}):
        acts = churn.acts.get(digest, [])
        print(f"{digest[:12]}: {acts}")
        names = {name for act in acts for name in act.split() if name.endswith(".png")}
        for line in lines:
            if any(Path(name).name in line["text"] for name in names):
                print(f"    {line['at']} {line['event']} {line['text']}")


def _equal(imgur: Mirror) -> bool:
    for album in range(ALBUMS):
        files = sorted((imgur.folder / f"a{album:02}").glob("*.png"))
        if imgur.shown(f"a{album:02}") != [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]:
            return False
    return True


def _sample(pid: int, at: float) -> Sample:
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    cpu = (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")
    memory = int(status["VmRSS"].split()[0]) / 1024
    return Sample(at, memory, int(status["Threads"]), len(os.listdir(f"/proc/{pid}/fd")), cpu)


def _line(sample: Sample, changes: int, lines: int) -> str:
    return (
        f"{sample.at / 60:5.1f} min  {sample.memory:6.1f} MiB  {sample.threads} threads  {sample.files} open files  "
        f"{sample.cpu:6.1f} s of processor  {changes} changes  {lines} lines"
    )


def _verdict(samples: list[Sample]) -> int:
    """Compares the second fifth of the time with the last one."""
    fifth = max(1, len(samples) // 5)
    early, late = samples[fifth : 2 * fifth] or samples[:1], samples[-fifth:]
    before, after = (statistics.median(one.memory for one in part) for part in (early, late))
    # A pass has threads and files of its own: what counts is what is there most of the time.
    threads = round(statistics.median(one.threads for one in late) - statistics.median(one.threads for one in early))
    files = round(statistics.median(one.files for one in late) - statistics.median(one.files for one in early))
    print(f"memory {before:.1f} -> {after:.1f} MiB ({after / before:.2f}), threads {threads:+}, open files {files:+}")
    flat = after <= before * MORE_MEMORY and threads <= MORE_THINGS and files <= MORE_THINGS
    print("flat" if flat else "NOT FLAT")
    return 0 if flat else 1


if __name__ == "__main__":
    sys.exit(main())

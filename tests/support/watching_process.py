"""A process that watches folders and writes every hint as a line of JSON, until it is told to end.

`python -m tests.support.watching_process [--check SECONDS] [--poll SECONDS] [--retry SECONDS] ROOT...`; each root is an
album that is called as the folder. Lines: {"ready": [why of unwatched roots]}, then hints, at the end {"ended": true}.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

TOP = Path(__file__).resolve().parents[2]
DEADLINE = 120.0
"""Seconds that anything may take on a machine that is busy otherwise."""


class WatchingProcess:
    """Starts that process, below `wrap` if given, and waits for what it writes."""

    def __init__(self, *arguments: str, wrap: Sequence[str] = ()) -> None:
        argv = [*wrap, sys.executable, "-m", "tests.support.watching_process", *arguments]
        env = {**os.environ, "PYTHONPATH": str(TOP)}
        self.process = subprocess.Popen(argv, cwd=TOP, env=env, stdout=subprocess.PIPE, text=True)
        self._lines: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def await_line(self, is_it: Callable[[dict[str, Any]], bool], seconds: float = DEADLINE) -> dict[str, Any]:
        """The next line for which `is_it` holds."""
        end = time.monotonic() + seconds
        seen: list[dict[str, Any]] = []
        while True:
            try:
                line = self._lines.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"did not come within {seconds} s; came: {seen[-20:]}") from None
            if is_it(line):
                return line
            seen.append(line)

    def await_cause(self, cause: str) -> dict[str, Any]:
        """The next hint to look at everything because of that."""
        return self.await_line(lambda line: line.get("cause") == cause)

    def await_ready(self) -> dict[str, Any]:
        """The first line."""
        return self.await_line(lambda line: "ready" in line)

    def cpu(self) -> float:
        """CPU seconds used so far, user and system."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """MiB of memory that are its own."""
        text = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text()
        return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Private_")) / 1024

    def end(self) -> int:
        """Ask it to end; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(DEADLINE)
        finally:
            self.process.kill()
            self._reader.join()
            if self.process.stdout is not None:
                self.process.stdout.close()

    def __enter__(self) -> WatchingProcess:
        return self

    def __exit__(self, *error: object) -> None:
        self.end()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(json.loads(line))


def main() -> None:
    """Watch until SIGTERM."""
    from imgur_sync.executor import SystemClock
    from imgur_sync.local.watching import FolderWatcher, Pace
    from imgur_sync.model.hint import LookAtAll, Touched, WatchedRoot

    parser = argparse.ArgumentParser()
    parser.add_argument("roots", nargs="+", type=Path)
    parser.add_argument("--flat", action="store_true", help="without sub-folders")
    for name in ("check", "poll", "retry", "calm", "spacing"):
        parser.add_argument(f"--{name}", type=float, default=getattr(Pace(), name))
    given = parser.parse_args()
    pace = Pace(given.check, given.poll, given.retry, given.calm, given.spacing)
    watcher = FolderWatcher(SystemClock(), pace)
    ending: list[int] = []

    def stop(number: int, frame: object) -> None:
        ending.append(number)
        watcher.wake()

    signal.signal(signal.SIGTERM, stop)
    start, cpu = time.perf_counter(), time.process_time()
    watcher.watch([WatchedRoot(root, (root.name,), not given.flat) for root in given.roots])
    took, cpu = time.perf_counter() - start, time.process_time() - cpu
    unwatched = watcher.unwatched()
    _tell(ready=[one.why.value for one in unwatched], texts=[one.text for one in unwatched], took=took, cpu=cpu)
    while not ending:
        match watcher.next(None):
            case Touched(album, folders):
                _tell(album=album, folders=folders, at=time.monotonic())
            case LookAtAll(cause, albums, text):
                _tell(cause=cause.value, albums=albums, text=text, at=time.monotonic())
    start = time.perf_counter()
    watcher.close()
    _tell(ended=True, took=time.perf_counter() - start, threads=threading.active_count())


def _tell(**facts: Any) -> None:
    print(json.dumps(facts), flush=True)


if __name__ == "__main__":
    main()

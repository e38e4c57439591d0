"""The real Workers and Clock: daemon threads, one queue of completions, and the flag that a signal handler sets."""

from __future__ import annotations

import queue
import sys
import threading
import time
from collections.abc import Callable

from imgur_sync.model.ports import Completion

SLICE_SECONDS = 0.2
"""How long a wait lasts at most before the stop flag is looked at again."""


def _counting_suspend() -> Callable[[], float]:
    """The clock that only grows and, where the system has one, goes on while the machine sleeps.

    On Linux that is CLOCK_BOOTTIME; on macOS CLOCK_MONOTONIC, which Python's `time.monotonic` is not.
    """
    name = {"linux": "CLOCK_BOOTTIME", "darwin": "CLOCK_MONOTONIC"}.get(sys.platform, "")
    number: int | None = getattr(time, name, None) if name else None
    if number is None:
        return time.monotonic
    try:
        time.clock_gettime(number)
    except OSError:  # a kernel or sandbox without it
        return time.monotonic
    return lambda: time.clock_gettime(number)


_MONOTONIC = _counting_suspend()


class SystemClock:
    """The machine's clocks."""

    counts_sleep = _MONOTONIC is not time.monotonic or sys.platform == "win32"

    def now(self) -> float:
        """Unix seconds."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds that only grow; the time that the machine was suspended counts where the system can tell."""
        return _MONOTONIC()


class ThreadWorkers:
    """`count` daemon threads, started when first needed. Threads are not waited for at exit: a request that hangs must
    not keep a stopped run alive, and what it was doing is an open intent."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._jobs: queue.SimpleQueue[tuple[int, Callable[[], object]] | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[Completion[object]] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._running = 0
        self._stopping = 0
        self._seen_stop = False

    def submit(self, tag: int, job: Callable[[], object]) -> None:
        """Queue a job."""
        self._running += 1
        if len(self._threads) < min(self._count, self._running):
            thread = threading.Thread(target=self._work, name=f"imgur-sync-{len(self._threads)}", daemon=True)
            self._threads.append(thread)
            thread.start()
        self._jobs.put((tag, job))

    def next(self, deadline: float | None) -> Completion[object] | None:
        """The next completion; None at the deadline, or once when a stop was asked for."""
        while True:
            if self._stopping and not self._seen_stop:
                self._seen_stop = True
                return None
            left = SLICE_SECONDS if deadline is None else min(SLICE_SECONDS, deadline - _MONOTONIC())
            if left <= 0 and deadline is not None:
                left = 0.0
            try:
                completion = self._done.get(timeout=left) if left > 0 else self._done.get_nowait()
            except queue.Empty:
                if deadline is not None and _MONOTONIC() >= deadline:
                    return None
                continue
            self._running -= 1
            return completion

    @property
    def running(self) -> int:
        """Jobs whose completion was not taken yet."""
        return self._running

    @property
    def stopping(self) -> int:
        """The signal that asked for a stop, 0 if none."""
        return self._stopping

    def request_stop(self, signum: int) -> None:
        """What a signal handler calls: sets a flag and nothing else."""
        self._stopping = signum

    def close(self) -> None:
        """Let idle threads end."""
        for _ in self._threads:
            self._jobs.put(None)

    def _work(self) -> None:
        while (item := self._jobs.get()) is not None:
            tag, job = item
            try:
                completion: Completion[object] = Completion(tag, job())
            except BaseException as error:  # a worker that dies must come back as a completion
                completion = Completion(tag, None, error)
            self._done.put(completion)
            # An idle thread must not keep the buffers of its last job alive.
            del item, job, completion

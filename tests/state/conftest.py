"""Clocks, folders and child processes for the tests of this room."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]


@dataclass
class StillClock:
    """A clock that moves only when told; the wall can be set apart from the monotonic time."""

    wall: float = 1_700_000_000.0
    ticking: float = 5_000.0

    def now(self) -> float:
        """Unix seconds."""
        return self.wall

    def monotonic(self) -> float:
        """Seconds that only grow."""
        return self.ticking

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.wall += seconds
        self.ticking += seconds


class Child:
    """A Python process that runs a script and tells by lines on stdout how far it is."""

    def __init__(self, script: str, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", script, *arguments],
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            stdin=subprocess.PIPE,
            text=True,
        )

    def line(self) -> str:
        """The next line; "" when the process ended."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def tell(self, text: str) -> None:
        """Give the process a line on its stdin."""
        assert self.process.stdin is not None
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def kill(self) -> None:
        """SIGKILL, and wait until it is dead."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def end(self) -> int:
        """Wait for the end; its exit status."""
        return self.process.wait()

    def close(self) -> None:
        """Leave no process and no pipe behind."""
        if self.process.poll() is None:
            self.kill()
        for pipe in (self.process.stdout, self.process.stdin):
            assert pipe is not None
            pipe.close()


@pytest.fixture
def clock() -> StillClock:
    """A clock that stands still."""
    return StillClock()


@pytest.fixture
def child() -> Iterator[Callable[..., Child]]:
    """Starts child processes and ends them all."""
    started: list[Child] = []

    def start(script: str, *arguments: object) -> Child:
        started.append(Child(script, *(str(argument) for argument in arguments)))
        return started[-1]

    yield start
    for one in started:
        one.close()


@pytest.fixture(params=[0o000, 0o077, 0o777], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    """Each test runs under three umasks."""
    before = os.umask(request.param)
    yield request.param
    os.umask(before)

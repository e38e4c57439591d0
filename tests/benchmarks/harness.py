"""Runs commands in interleaved rounds and keeps what the kernel says of each: CPU seconds, wall time, peak memory.

Standard library only, and small: a child's peak memory counts from the size of the process that started it.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sys.executable
KIB_PER_MIB = 1024
SETTINGS = "IMGUR_SYNC_"


@dataclass(frozen=True, slots=True)
class Command:
    """One thing to measure: a name for the table, and how it is started. `before` runs first, unmeasured."""

    name: str
    argv: Sequence[str]
    cwd: Path
    env: Mapping[str, str] = field(default_factory=dict)
    codes: frozenset[int] = frozenset({0})
    before: Callable[[], object] = lambda: None


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a command: CPU seconds of it and its children (user and system), wall seconds, peak MiB."""

    cpu: float
    wall: float
    rss: float


@dataclass(frozen=True, slots=True)
class Figures:
    """All runs of one command; the medians are what is quoted."""

    name: str
    runs: tuple[Run, ...]

    @property
    def cpu(self) -> float:
        """Median CPU seconds."""
        return statistics.median(run.cpu for run in self.runs)

    @property
    def wall(self) -> float:
        """Median wall seconds."""
        return statistics.median(run.wall for run in self.runs)

    @property
    def rss(self) -> float:
        """Median peak memory in MiB."""
        return statistics.median(run.rss for run in self.runs)


class CommandFailedError(Exception):
    """A measured command did not end as it should; what it wrote to stderr follows."""


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """What commands are run with: no settings of imgur-sync but `extra`, and bytecode is used and written."""
    dropped = ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONPROFILEIMPORTTIME", "PYTHONDEVMODE", "PYTHONTRACEMALLOC")
    kept = {name: value for name, value in os.environ.items() if name not in dropped and not name.startswith(SETTINGS)}
    return {**kept, "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT), **(extra or {})}


def run(command: Command) -> Run:
    """Run it once. Raises `CommandFailedError` when it ends with another code than it should."""
    command.before()
    with tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen(
            command.argv,
            cwd=command.cwd,
            env=environment(command.env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in command.codes:
            errors.seek(0)
            text = errors.read()[-2000:].decode("utf-8", "replace")
            raise CommandFailedError(f"{command.name} ended with {process.returncode}: {text}")
    return Run(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / KIB_PER_MIB)


def interleaved(
    commands: Sequence[Command], rounds: int, tell: Callable[[str], None] = lambda text: None
) -> dict[str, Figures]:
    """Each command once unmeasured (warm caches, bytecode), then `rounds` times, in an order that rotates."""
    for command in commands:
        tell(f"  warming up: {command.name}")
        run(command)
    runs: dict[str, list[Run]] = {command.name: [] for command in commands}
    for number in range(rounds):
        turn = number % len(commands)
        for command in [*commands[turn:], *commands[:turn]]:
            runs[command.name].append(run(command))
        tell(f"  round {number + 1} of {rounds}")
    return {name: Figures(name, tuple(found)) for name, found in runs.items()}


def compile_package() -> None:
    """Write the bytecode of the package, so that no measured run compiles it."""
    import compileall

    compileall.compile_dir(str(ROOT / "imgur_sync"), quiet=2)


def script(module: str, *arguments: str) -> tuple[str, ...]:
    """The command line that runs a module of this room."""
    return (PYTHON, "-m", f"tests.benchmarks.{module}", *arguments)


def imgur_sync(*arguments: str) -> tuple[str, ...]:
    """The command line of the product: the console script where it is installed beside this Python, else the module."""
    installed = Path(PYTHON).with_name("imgur-sync")
    return (str(installed), *arguments) if installed.exists() else (PYTHON, "-m", "imgur_sync", *arguments)

"""A machine of the race: a fresh clone, a process group of its own, and a `git`, a clock and an address made for it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.race.perils import LEASE, SETTLE, SPARE, Peril
from tests.support.command import PROGRAM, Workplace
from tests.support.mirror import Mirror
from tests.support.runners import Runners

_HERE = Path(__file__).parents[2]
"""The program that is raced is the one beside these tests, wherever they were copied to."""
_GIT = """#!/bin/sh
[ "$1" = push ] || exec "{git}" "$@"
n=$(( $(cat "{count}" 2>/dev/null || echo 0) + 1 ))
echo $n >"{count}"
if [ "$n" != "$RACE_AT" ] || [ -z "$RACE_DO" ]; then exec "{git}" "$@"; fi
echo "$RACE_DO" >>"{count}.struck"
case "$RACE_DO" in
  kill-before) kill -9 -$PPID; sleep 5; exit 1 ;;
  kill-during) "{git}" "$@" & sleep 0.0$(($$ % 5)); kill -9 -$PPID; wait ;;
  kill-after) "{git}" "$@"; kill -9 -$PPID; sleep 5 ;;
  stall-before) sleep "$RACE_SECONDS"; exec "{git}" "$@" ;;
  stall-after) "{git}" "$@"; code=$?; sleep "$RACE_SECONDS"; exit $code ;;
  refuse) echo "fatal: unable to access: Could not resolve host" >&2; exit 128 ;;
  lose-answer) "{git}" "$@" >/dev/null 2>&1; echo "fatal: the remote end hung up unexpectedly" >&2; exit 128 ;;
  late) (sleep "$RACE_SECONDS"; "{git}" "$@") >/dev/null 2>&1 & echo "fatal: the connection timed out" >&2; exit 128 ;;
esac
"""
_INTO_EACH = """import os, socket, time
_skew, _clock, _connect = float(os.environ.get("RACE_SKEW", "0")), time.time, socket.create_connection
time.time = lambda: _clock() + _skew
def _from(address, timeout=None, source_address=None, **more):
    return _connect(address, timeout, (os.environ["RACE_ADDRESS"], 0), **more)
socket.create_connection = _from
"""


@dataclass
class Machine:
    """One apply on one machine. `address` is the one that its requests come from; the simulator notes it."""

    name: str
    peril: Peril
    address: str
    mirror: Mirror
    count: Path
    process: subprocess.Popen[bytes] | None = None
    due: float = 0.0
    frozen_until: float = 0.0
    struck: bool = False
    told: str = ""
    code: int | None = None

    def begin(self) -> None:
        """Start the apply, as the leader of a process group."""
        place = self.mirror.place
        with self.count.with_suffix(".told").open("wb") as told:
            self.process = subprocess.Popen(
                [PROGRAM, "apply", "-y"],
                cwd=place.folder,
                env=place.environ(),
                stdin=subprocess.DEVNULL,
                stdout=told,
                stderr=told,
                start_new_session=True,
            )
        self.due = time.monotonic() + self.peril.at

    def strike(self, writes: int) -> None:
        """What is due by now, after that many writing requests of it."""
        now = time.monotonic()
        if self.frozen_until and now >= self.frozen_until:
            self._signal(signal.SIGCONT)
            self.frozen_until = 0.0
        if self.struck:
            return
        match self.peril.kind:
            case "killed at an instant" if now >= self.due:
                self._strike(signal.SIGKILL)
            case "killed at a request" if writes >= self.peril.at:
                self._strike(signal.SIGKILL)
            case "terminated at a request" if writes >= self.peril.at:
                self._strike(signal.SIGTERM)
            case "frozen at a request" if writes >= self.peril.at:
                self._strike(signal.SIGSTOP)
                self.frozen_until = now + self.peril.seconds + LEASE + SPARE

    def ended(self) -> bool:
        """Whether it has ended; its code and words are known then."""
        assert self.process is not None, "it was begun"
        self.code = self.process.poll()
        if self.code is None:
            return False
        self.struck = self.struck or Path(f"{self.count}.struck").exists()
        self.told = self.count.with_suffix(".told").read_text(errors="replace")
        return True

    def end(self) -> None:
        """Whatever it does, it does no more."""
        if self.process is not None and self.process.poll() is None:
            self._signal(signal.SIGKILL)
            self.process.wait()

    def _strike(self, number: signal.Signals) -> None:
        self.struck = True
        self._signal(number)

    def _signal(self, number: signal.Signals) -> None:
        assert self.process is not None, "it was begun"
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


def machine(here: Runners, name: str, number: int, peril: Peril) -> Machine:
    """A new one with a fresh clone. Not begun yet."""
    tools = here.base / f"{name}.tools"
    tools.mkdir()
    count = tools / "pushes"
    (tools / "git").write_text(_GIT.format(git=shutil.which("git"), count=count))
    (tools / "git").chmod(0o755)
    (tools / "sitecustomize.py").write_text(_INTO_EACH)
    address = f"127.0.1.{number}"
    given: dict[str, Any] = {
        **peril.environ(),
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": f"{tools}{os.pathsep}{_HERE}",
        "RACE_ADDRESS": address,
        "IMGUR_SYNC_SETTLE_SECONDS": f"{SETTLE}",
    }
    mirror = here.clone(name, environ=given, kind=Workplace)
    return Machine(name, peril, address, mirror, count)

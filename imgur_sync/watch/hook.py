"""The user's own command, run with a document on its stdin, so that it can never fail, delay or end what it is told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from imgur_sync.report.escape import sentence, terminal
from imgur_sync.report.figures import duration, number, plural

Document = Mapping[str, object]

SECONDS = 30.0
"""How long one run of the command may take."""
MOST_WAITING = 16
"""Batches that wait for their turn; when more come, the oldest goes."""
MOST_LINES = 20
_PASSED_ON = ("IMGUR_SYNC_STATE_DIR", "IMGUR_SYNC_CONFIG_DIR", "IMGUR_SYNC_API_URL", "IMGUR_SYNC_SETTLE_SECONDS")
_OURS_ALONE = ("CREDENTIALS_DIRECTORY", "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID")
_SPARE = 20.0
"""Seconds beside the limits of its runs after which a guard that does not answer is given up."""


class Hook:
    """Runs a command, an argument list, once for each document; no command, no run.

    One thread of its own starts one guard at a time (see `hook_guard`), which runs the command in a session of its own
    and kills its process group after `seconds`, whatever became of this process. What the command prints and how it
    fails goes to `log`, bounded, `redact`ed and inert; `log` is called by that thread, never after `close`.
    """

    def __init__(
        self,
        argv: Sequence[str],
        log: Callable[[str], None],
        *,
        redact: Callable[[str], str] = str,
        environ: Mapping[str, str] | None = None,
        seconds: float = SECONDS,
    ) -> None:
        self._argv = tuple(argv)
        self._log = log
        self._redact = redact
        self._environ = hook_environment(os.environ if environ is None else environ)
        self._seconds = seconds
        self._waiting: deque[tuple[tuple[str, ...], tuple[Document, ...]]] = deque()
        self._changed = threading.Condition()
        self._busy = False
        self._closed = False
        self._dropped = 0
        self._telling = threading.Lock()
        self._silent = False
        self._thread: threading.Thread | None = None

    def run(self, document: Document, *more: Document) -> None:
        """Have the command run with this document, then with each of the others. Returns at once and never raises.

        The documents of one call belong to one guard: once it has them, it sees to all of them.
        """
        with self._changed:
            if self._closed or not self._argv:
                return
            if len(self._waiting) >= MOST_WAITING:
                self._dropped += len(self._waiting.popleft()[1])
            self._waiting.append((self._argv, (document, *more)))
            self._changed.notify_all()
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="hook", daemon=True)
                try:
                    self._thread.start()
                except RuntimeError:  # no more threads are to be had: another time
                    self._thread = None

    def renew(self, argv: Sequence[str]) -> None:
        """Another command from now on, or none. What was handed over before it is run by the one of then."""
        with self._changed:
            self._argv = tuple(argv)

    def close(self, seconds: float) -> None:
        """Wait until everything was run, at most that long. What was not begun by then is dropped and told; a command
        that is under way goes on, within its limit, and is not heard any more."""
        deadline = time.monotonic() + seconds
        try:
            with self._changed:
                self._changed.wait_for(lambda: not self._busy and not self._waiting, seconds)
                left = self._dropped + sum(len(batch) for _, batch in self._waiting)
                self._waiting.clear()
                self._dropped = 0
                self._closed = True
                self._changed.notify_all()
            if self._telling.acquire(timeout=max(0.0, deadline - time.monotonic())):
                try:
                    if left:
                        self._say(_dropped(left))
                finally:
                    self._silent = True
                    self._telling.release()
        finally:  # also where a signal ends the waiting: nothing is told while the interpreter goes down
            self._closed = self._silent = True

    def _work(self) -> None:
        while True:
            with self._changed:
                self._busy = False
                self._changed.notify_all()
                self._changed.wait_for(lambda: bool(self._waiting) or self._closed)
                if self._closed:
                    return
                argv, batch = self._waiting.popleft()
                self._busy = True
                dropped, self._dropped = self._dropped, 0
            try:
                if dropped:
                    self._tell(_dropped(dropped))
                self._guarded(argv, batch)
            except Exception as error:
                self._tell(f"it was not run: {error}")

    def _guarded(self, argv: Sequence[str], batch: Sequence[Document]) -> None:
        """One guard for these documents, from its start to its last report."""
        lines = "".join(f"{self._redact(json.dumps(document, sort_keys=True))}\n" for document in batch)
        guard = Path(__file__).with_name("hook_guard.py")
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(guard), str(self._seconds), *argv],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env=self._environ,
        )
        try:
            reports, _ = process.communicate(lines.encode("ascii"), self._seconds * len(batch) + _SPARE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            self._tell("its guard did not answer any more and was killed")
            return
        told = reports.splitlines()
        for report in told:
            self._report(argv[0], json.loads(report))
        if len(told) < len(batch):
            self._tell(f"its guard ended with {process.returncode} before {plural(len(batch) - len(told), 'run')}")

    def _report(self, command: str, report: Mapping[str, object]) -> None:
        """Tell what went wrong with one run of a command, and what it printed."""
        output = self._redact(str(report.get("output", ""))).expandtabs(4).splitlines()
        for line in output[:MOST_LINES]:
            self._tell(f"| {line}")
        dropped = report.get("dropped")
        if len(output) > MOST_LINES or dropped:
            more = f" and {number(dropped)} bytes" if isinstance(dropped, int) and dropped else ""
            self._tell(f"| … and {plural(max(0, len(output) - MOST_LINES), 'more line')}{more}")
        code = report.get("code")
        if "error" in report:
            self._tell(f"{terminal(command)} cannot be started: {report['error']}")
        elif report.get("late"):
            self._tell(f"killed: it had not ended after {duration(self._seconds)}")
        elif isinstance(code, int) and code:
            self._tell(f"it ended with exit code {code}" if code > 0 else f"it was ended by signal {-code}")

    def _tell(self, text: str) -> None:
        with self._telling:
            self._say(text)

    def _say(self, text: str) -> None:
        """A line for the log. A log that fails is the end of no run."""
        if self._silent:
            return
        try:
            self._log(f"hook: {sentence(self._redact(text), 400)}")
        except Exception:
            self._silent = True


def _dropped(count: int) -> str:
    return f"too busy: {plural(count, 'document was', 'documents were')} dropped"


def hook_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without credentials and without what a service manager gave to us alone. A command of ours that
    the hook runs has no hook."""
    kept = {
        name: value
        for name, value in environ.items()
        if name not in _OURS_ALONE and (name in _PASSED_ON or not name.startswith("IMGUR_SYNC_"))
    }
    return {**kept, "IMGUR_SYNC_HOOK": "[]"}

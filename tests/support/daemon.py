"""The installed `imgur-sync watch` as a process, with its log."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.support.mirror import Mirror, until

PACE = '[watch]\nquiet = "0.3s"\nquiet_cap = "2s"\nremoval_hold = "2s"\n'
DEADLINE = 60.0


class DaemonProcess:
    """A running daemon. `lines` are what it logged so far, as JSON values."""

    def __init__(self, mirror: Mirror, *arguments: str) -> None:
        self.lines: list[dict[str, Any]] = []
        self.errors: list[str] = []
        self.process = mirror.place.start("watch", "--json", "-v", *arguments)
        self._readers = [
            threading.Thread(target=self._read, daemon=True),
            threading.Thread(target=self._read_errors, daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def told(self, event: str, text: str = "") -> bool:
        """Whether it told of such an event, with that in its text."""
        return any(line["event"] == event and text in line["text"] for line in tuple(self.lines))

    def await_told(self, event: str, text: str = "") -> None:
        """Wait until it did."""
        self.until(lambda: self.told(event, text))

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something while the daemon lives."""

        def now() -> bool:
            assert self.process.poll() is None, f"it ended with {self.process.returncode}: {self.errors} {self.lines}"
            return condition()

        try:
            until(now, DEADLINE)
        except AssertionError as error:
            raise AssertionError(f"{error}\n" + "\n".join(str(line) for line in self.lines[-40:])) from None

    def at_rest(self) -> None:
        """Wait until it has begun, and sleeps."""
        self.until(lambda: bool(self.lines) and self.lines[-1]["event"] == "asleep")

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ask it to end; its exit code."""
        self.process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        """Its exit code, and all that it said."""
        code = self.process.wait(DEADLINE)
        for reader in self._readers:
            reader.join(DEADLINE)
        return code

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(json.loads(line))

    def _read_errors(self) -> None:
        assert self.process.stderr is not None
        self.errors.extend(self.process.stderr)


@contextmanager
def daemon(mirror: Mirror, *arguments: str) -> Iterator[DaemonProcess]:
    """A daemon that is killed at the end, if it still lives; it never showed a traceback."""
    made = DaemonProcess(mirror, *arguments)
    try:
        yield made
    finally:
        if made.process.poll() is None:
            made.process.kill()
        made.wait()
        for stream in (made.process.stdout, made.process.stderr):
            assert stream is not None
            stream.close()
    assert "Traceback" not in "".join(made.errors), "".join(made.errors)

"""`--events FILE`: each event as a line of JSON, beside what a person is shown."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imgur_sync.cli.redaction import secrets
from imgur_sync.cli.session import note
from imgur_sync.errors import ImgurSyncError, UsageError

if TYPE_CHECKING:
    from imgur_sync.model.event import Event
    from imgur_sync.model.ports import Clock

FLAGS = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NONBLOCK | os.O_CLOEXEC


class EventFile:
    """A file that lines are added to, each written at once. A new one is for its owner alone (0600).

    One that cannot be opened is an error before anything is done; one that fails later is told once, and ends nothing:
    neither a full disk nor a pipe that nobody reads stops a run.
    """

    def __init__(self, name: str) -> None:
        if name == "-":
            raise UsageError("--events cannot write to stdout, which carries the result", hint="name a file")
        self._name = name
        try:
            self._fd: int | None = os.open(name, FLAGS, 0o600)
        except OSError as error:
            raise ImgurSyncError(f"the events cannot be written to {name}: {error.strerror}") from error

    def write(self, text: str) -> None:
        """Add one line."""
        if self._fd is None:
            return
        data = secrets.redact(text).encode("ascii") + b"\n"
        try:
            while data:
                data = data[os.write(self._fd, data) :]
        except OSError as error:
            note(f"warning: no more events are written to {self._name}: {error.strerror}")
            self.close()

    def close(self) -> None:
        """Nothing is written any more."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


class EventLines:
    """A `Display` that writes a line for each event."""

    def __init__(self, file: EventFile, clock: Clock) -> None:
        self._file = file
        self._clock = clock

    def begin(self) -> None:
        """Nothing is written before the first event."""

    def show(self, event: Event) -> None:
        """Write the event, unless it only moves a display."""
        from imgur_sync.report.eventlines import event_line

        text = event_line(event, self._clock.now())
        if text:
            self._file.write(text)

    def pause(self) -> None:
        """Nothing is in the way."""

    def close(self) -> None:
        """The file is complete."""
        self._file.close()

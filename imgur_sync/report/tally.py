"""How far a run is: counts, bytes, credits and the time that is left, from its events."""

from __future__ import annotations

from dataclasses import dataclass, field

from imgur_sync.model.budget import CALL_COST, POST_COST, UPLOAD_COST
from imgur_sync.model.event import (
    Countdown,
    Event,
    Hashing,
    Listing,
    Planned,
    Scanning,
    StepDone,
    UploadDone,
    UploadFailed,
    UploadFound,
    UploadStarted,
    Waiting,
)
from imgur_sync.model.outcome import ProblemKind
from imgur_sync.model.step import CreateAlbum, EditAlbum
from imgur_sync.report.escape import sentence, terminal
from imgur_sync.report.figures import duration, number, plural, size, size_of
from imgur_sync.report.text import Moment

HELD_BACK = (ProblemKind.BUDGET, ProblemKind.RATE)
"""With these nothing is wrong with a file: a limit holds it back, and it goes later."""


@dataclass(slots=True)
class Tally:
    """Adds up events. Times are monotonic seconds; only what this run sent counts for the rate."""

    doing: str = ""
    hashed_files: int = 0
    hashed_bytes: int = 0
    uploads: int = 0
    upload_bytes: int = 0
    uploaded: int = 0
    uploaded_bytes: int = 0
    failed: int = 0
    credits: int = 0
    sending_since: float | None = None
    _hashing: tuple[str, str] = ("", "")
    _turns: dict[str, str] = field(default_factory=dict)

    def take(self, event: Event, at: float, read: Moment) -> bool:
        """Take in one event, at that monotonic time. False for a further piece of the file that was being read."""
        if isinstance(event, Hashing):
            self.hashed_bytes += event.bytes
            if self._hashing == (event.album, event.path):
                return False
        self._take(event, at, read)
        return True

    def _take(self, event: Event, at: float, read: Moment) -> None:
        match event:
            case Scanning(album=album, number=count, total=total):
                self._turns[album] = f" ({count} of {total})" if total > 1 else ""
                self.doing = f"reading {terminal(album, 40)}{self._turns[album]}"
            case Hashing(album=album, path=path):
                self.hashed_files += 1
                self._hashing = (album, path)
                self.doing = f"reading {terminal(album, 40)}{self._turns.get(album, '')}"
            case Listing(album=album):
                self.doing = f"asking Imgur about {terminal(album, 40) or 'the account'}"
            case Planned(plan=plan):
                self.uploads = self.uploaded + plan.price.uploads
                self.upload_bytes = self.uploaded_bytes + plan.price.upload_bytes
            case UploadStarted(album=album):
                self.doing = f"sending {terminal(album, 40)}"
                self.sending_since = at if self.sending_since is None else self.sending_since
            case UploadDone(size=count):
                self.uploaded += 1
                self.uploaded_bytes += count
                self.credits += UPLOAD_COST.credits
            case UploadFound():
                self.uploaded += 1
            case UploadFailed(problem=problem):
                self.failed += problem.kind not in HELD_BACK
            case StepDone(album=album, step=step):
                made = isinstance(step, CreateAlbum)
                self.doing = f"{'made the album' if made else 'finishing'} {terminal(album, 40)}"
                calls = step.calls if isinstance(step, EditAlbum) else 1
                self.credits += POST_COST.credits if made else CALL_COST.times(calls).credits
            case Waiting(reason=reason, until=until):
                self.doing = f"{duration(until - read.now)} left: {sentence(reason, 80)}"
            case Countdown(reason=reason, seconds=seconds):
                self.doing = f"{duration(seconds)} left: {sentence(reason, 80)}"
            case _:
                pass

    def seconds_left(self, at: float) -> float | None:
        """How long the uploads that are left take at the rate so far; None when next to nothing is known (less than a
        hundredth of the bytes is up) or left."""
        if self.sending_since is None or not self.uploaded_bytes or self.uploaded >= self.uploads:
            return None
        if self.uploaded_bytes * 100 < self.upload_bytes:
            return None
        rest = max(0, self.upload_bytes - self.uploaded_bytes)
        seconds = (at - self.sending_since) * rest / self.uploaded_bytes
        return seconds if seconds >= 1 else None

    def counts(self, at: float, most: int = 1000) -> str:
        """The figures in one line, what is nothing left out; above `most` characters credits, then bytes are, too."""
        parts = self._figures(at)
        for name in ("credits", "bytes"):
            if len(", ".join(parts.values())) > most:
                parts.pop(name, None)
        return ", ".join(parts.values())

    def _figures(self, at: float) -> dict[str, str]:
        parts = {}
        if self.uploads:
            parts["count"] = f"{number(self.uploaded)} of {plural(self.uploads, 'picture')}"
            parts["bytes"] = size_of(self.uploaded_bytes, self.upload_bytes)
        elif self.hashed_files:
            parts["count"] = plural(self.hashed_files, "file")
            parts["bytes"] = size(self.hashed_bytes)
        if self.failed:
            parts["failed"] = f"{number(self.failed)} failed"
        if self.credits:
            parts["credits"] = plural(self.credits, "credit")
        left = self.seconds_left(at)
        if left is not None:
            parts["left"] = f"{duration(left)} left"
        return parts

    def line(self, at: float) -> str:
        """What is being done, and the figures."""
        return ": ".join(filter(None, (self.doing, self.counts(at)))) or "starting"

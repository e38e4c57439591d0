"""How long to wait after what failed, album by album and for Imgur as a whole. All times are monotonic seconds."""

from __future__ import annotations

from imgur_sync.errors import BudgetError, CredentialsError, ImgurSyncError, LockHeldError, MadeRoomError
from imgur_sync.model.activity import Wait, WaitKind
from imgur_sync.report.escape import sentence

FIRST, LONGEST = 60.0, 3600.0
"""Seconds after the first failure, and at most; doubled in between."""
LOCK_FIRST, LOCK_LONGEST = 2.0, 60.0
ROOM_LONGEST = 300.0
"""So long a backlog makes no room for an album that changes again and again with nothing to send."""
UNKNOWN = 3600.0
"""Where a limit is used up and nobody says until when."""


class Failures:
    """Albums that were left with something to do, though nothing but Imgur stands in its way; or what else was tried in
    vain. They are tried again after a minute, and then more and more slowly, up to every `longest` seconds."""

    def __init__(self, longest: float = LONGEST) -> None:
        self._longest = longest
        self._counts: dict[str, int] = {}
        self._until: dict[str, float] = {}

    def failed(self, album: str, now: float) -> float:
        """One more failure; returns when to try again."""
        count = self._counts[album] = self._counts.get(album, 0) + 1
        self._until[album] = now + min(self._longest, FIRST * 2.0 ** min(count - 1, 20))
        return self._until[album]

    def fine(self, album: str) -> None:
        """Nothing is in the way any more, or what is to be done is another thing now."""
        self._counts.pop(album, None)
        self._until.pop(album, None)

    def until(self, album: str) -> float:
        """Before this moment it is not tried again."""
        return self._until.get(album, float("-inf"))


class Closure:
    """Whether Imgur can be used at all: closed for a while after an error that ended a pass."""

    def __init__(self) -> None:
        self._count = 0
        self.until = float("-inf")
        self.error: ImgurSyncError | None = None

    def close(self, error: ImgurSyncError, now: float, wall: float) -> float:
        """A pass ended with this error at `now` (monotonic) and `wall` (Unix seconds); returns when to go on."""
        self._count += 1
        doubled = 2.0 ** min(self._count - 1, 20)
        match error:
            case MadeRoomError():
                self._count, wait = self._count - 1, 0.0
            case LockHeldError():
                wait = min(LOCK_LONGEST, LOCK_FIRST * doubled)
            case BudgetError():
                wait = UNKNOWN if error.resume_at is None else max(1.0, error.resume_at - wall)
            case CredentialsError():
                wait = min(LONGEST, 5 * FIRST * doubled)
            case _:
                wait = min(LONGEST, FIRST * doubled)
        self.until, self.error = now + wait, error
        return self.until

    def open(self) -> None:
        """A pass came to its end."""
        self._count, self.until, self.error = 0, float("-inf"), None

    def waits(self, now: float, wall: float) -> tuple[Wait, ...]:
        """What keeps all albums waiting, as it is shown; `wall` is now in Unix seconds."""
        if self.error is None or self.until <= now:
            return ()
        text = sentence(self.error.message, 400)
        return (Wait(WaitKind.TROUBLE, "", text, until=wall + self.until - now, remedy=self.error.hint),)

"""This machine's clock against the Date of Imgur's replies: limits and the life of tokens are counted by it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from imgur_sync.cli.session import Session, note
from imgur_sync.model.ports import Ledger

if TYPE_CHECKING:
    from imgur_sync.model.budget import Budget, Charge, Cost, Denied, Reading, Refusal, Reservation

TOLD = 300.0
"""How far the clock may be off, in seconds, before a run says so."""
REMEDY = "set it, as with: timedatectl set-ntp true. Limits and the life of tokens are counted by it"


class Watched(Ledger):
    """A ledger that remembers how far our clock was from Imgur's Date when a reply came; None without any."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.ahead: float | None = None

    def reserve(self, cost: Cost, instead: Reservation | None = None) -> Reservation | Denied:
        """As the ledger behind it."""
        return self._ledger.reserve(cost, instead)

    def settle(self, reservation: Reservation, charge: Charge) -> None:
        """As the ledger behind it."""
        self._ledger.settle(reservation, charge)

    def observe(self, reading: Reading, answers: Reservation | None = None) -> None:
        """As the ledger behind it; Date has whole seconds."""
        if reading.date is not None:
            self.ahead = time.time() - reading.date
        self._ledger.observe(reading, answers)

    def refused(self, refusal: Refusal) -> None:
        """As the ledger behind it."""
        self._ledger.refused(refusal)

    def budget(self) -> Budget:
        """As the ledger behind it."""
        return self._ledger.budget()

    def spent(self) -> int:
        """As the ledger behind it."""
        return self._ledger.spent()

    def clock_set_at(self) -> float:
        """As the ledger behind it."""
        return self._ledger.clock_set_at()


def disagreement(ahead: float) -> str:
    """What to say of a clock that is so many seconds ahead of Imgur's, or behind where it is negative."""
    from imgur_sync.report.figures import duration

    return f"this machine's clock is {duration(abs(ahead))} {'ahead of' if ahead > 0 else 'behind'} Imgur's"


@contextmanager
def watching_clock(session: Session, ledger: Ledger) -> Iterator[Watched]:
    """A ledger for one run; after it, one line on stderr if the clock was off by more than `TOLD`."""
    watched = Watched(ledger)
    try:
        yield watched
    finally:
        if watched.ahead is not None and abs(watched.ahead) > TOLD and not session.quiet:
            note(f"note: {disagreement(watched.ahead)}; {REMEDY}.")

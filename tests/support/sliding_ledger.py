"""A ledger of sliding windows in a few lines, to try plans against in thought."""

from __future__ import annotations

from dataclasses import dataclass, field

from imgur_sync.model.budget import Budget, Cost, Limit, LimitName, Return


@dataclass
class Window:
    """One limit: its capacity, the length of its window, and what was spent when."""

    name: LimitName
    capacity: int
    seconds: float
    spent: list[tuple[float, int]] = field(default_factory=list)

    def amount(self, cost: Cost) -> int:
        """What a cost takes of it."""
        figures = {LimitName.POSTS: cost.posts, LimitName.UPLOADS: cost.uploads}
        return figures.get(self.name, cost.credits)

    def left(self, now: float) -> int:
        """What may be spent."""
        return self.capacity - sum(amount for at, amount in self.spent if at + self.seconds > now)

    def limit(self, now: float) -> Limit:
        """As a budget tells it."""
        coming = tuple(Return(at + self.seconds, n) for at, n in sorted(self.spent) if at + self.seconds > now)
        first = coming[0].at if coming else None
        return Limit(self.name, self.capacity, max(0, self.left(now)), first, self.seconds, coming)


@dataclass
class SlidingLedger:
    """All limits at once; `run` is the cap of one run."""

    windows: list[Window]
    run: int | None = None

    def budget(self, now: float) -> Budget:
        """What is left now, and what comes back."""
        own = () if self.run is None else (Limit(LimitName.RUN, self.run, self.run),)
        return Budget((*(window.limit(now) for window in self.windows), *own))

    def spend(self, cost: Cost, now: float) -> float:
        """Spend at the first moment that all limits have room; that moment."""
        moments = sorted({now, *(at + w.seconds for w in self.windows for at, _ in w.spent if at + w.seconds > now)})
        at = next(m for m in moments if all(w.left(m) >= w.amount(cost) for w in self.windows))
        for window in self.windows:
            window.spent.append((at, window.amount(cost)))
        return at

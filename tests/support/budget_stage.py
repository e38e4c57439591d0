"""A `WaitingStage` whose budget is watched from outside: what Imgur refused us, and whether it had to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from imgur_sync.model.plan import GateName
from imgur_sync.simulator.meters import month_end
from imgur_sync.state.ledger import SqliteLedger
from tests.support.waiting_stage import WaitingStage

ANNOUNCED = frozenset({"client", "user", "posts"})
BATCH = 4
"""Requests that are under way at once: each may be refused before the first refusal is heard of."""


class BudgetStage(WaitingStage):
    """Others may spend, clocks may be set and the ledger may be lost; then Imgur may refuse us once, and else never.

    `unseen` are the limits of which something happened that no answer of Imgur's has told us since.
    """

    def __init__(self, *args: Any, **knobs: Any) -> None:
        super().__init__(*args, **knobs)
        self.unseen: set[str] = set()
        self.approved = False
        self.names_times = True
        """Whether a refused upload says that it is one of too many: over capacity it does not."""
        self.taught: list[float] = []
        """When Imgur refused uploads by the limit that it does not announce, and nobody else had used it."""

    def others(self, **spent: int) -> None:
        """Another program spends of the same limits."""
        done = self.steer("spend", spent)
        self.unseen |= {"client", "user"} if done["credits"] else set()
        self.unseen |= {"posts"} if done["posts"] else set()
        if done["uploads"]:
            self.taught = self.taught[-1:]

    def others_are_refused(self) -> None:
        """Another program hits the daily limit: a strike of which no answer tells."""
        self.steer("spend", {"hit": True})
        self.unseen.add("client")

    def strikes(self) -> int:
        """How often Imgur counted our application's day as hit in this month."""
        return int(self.look("ledger")["clients"][self.demo.client_id]["strikes"])

    def month_ends_in(self) -> float:
        """Seconds until Imgur's next calendar month."""
        return month_end(self.world.clock.now()) - self.world.clock.now()

    def lose_ledger(self) -> None:
        """The ledger's file is gone, with all that Imgur taught."""
        for path in self.base.glob("ledger.db*"):
            path.unlink()
        self.unseen |= ANNOUNCED
        self.taught = []

    @contextmanager
    def watched(self, approvals: Mapping[GateName, int] | None = None) -> Iterator[None]:
        """One run of ours, however it ends: what it sent is judged."""
        before, strikes = len(self.requests()), self.strikes()
        self.approved = (approvals or {}).get(GateName.STRIKE) == 1
        try:
            yield
        finally:
            self.approved = False
            self._judge(self.requests()[before:], strikes)

    def _judge(self, sent: list[dict[str, Any]], strikes: int) -> None:
        """What is announced is in every answer: only the first may be a refusal of what was not known before."""
        answered = [entry for entry in sent if entry["status"] is not None and entry["route"] != "/oauth2/token"]
        posted = [entry for entry in answered if entry["method"] == "POST"]
        for limit, early in (("client", answered[:1]), ("user", answered[:1]), ("posts", posted[:BATCH])):
            excused = early if limit in self.unseen else []
            refused = [entry for entry in answered if entry["refused_by"] == limit and entry not in excused]
            assert not refused, f"refused by {limit}: {_told(sent)}"
        if strikes < 5 <= self.strikes():
            assert "client" in self.unseen or self.approved, "the month's block was brought about by us"
        self._judge_uploads([entry["time"] for entry in answered if entry["refused_by"] == "uploads"])
        self.unseen -= {"client", "user"} if answered else set()
        self.unseen -= {"posts"} if posted else set()

    def _judge_uploads(self, refused: list[float]) -> None:
        """Uploads are refused once a closing, by all that were under way, and twice (by two of Imgur's windows) before
        the pace is learned: that holds for two hours."""
        while refused:
            first = refused[0]
            batch = [moment for moment in refused if moment - first < 60]
            assert len(batch) <= BATCH, f"{len(batch)} uploads refused at once"
            refused = refused[len(batch) :]
            if not self.names_times:
                continue
            since = [first - moment for moment in self.taught]
            assert all(seconds >= 1800 for seconds in since), f"refused again within {since} seconds"
            assert sum(seconds <= 7300 for seconds in since) < 2, f"refused again and again: {since}"
            self.taught.append(first)

    def _ledger(self) -> SqliteLedger:
        ledger = super()._ledger()
        ledger._caps = replace(ledger._caps, strike_approved=self.approved)
        return ledger


def _told(sent: list[dict[str, Any]]) -> list[str]:
    return [f"{one['method']} {one['path']} {one['status']} {one['refused_by']}" for one in sent]

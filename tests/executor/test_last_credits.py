"""The last credits of an hour: what does not fit is left for the next one, and no edit is cut in its middle."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import BudgetError, ExitCode
from imgur_sync.model.budget import Cost, LimitName, Reservation
from imgur_sync.model.spec import Privacy
from imgur_sync.model.synced import IntentStatus
from imgur_sync.model.texts import Texts
from imgur_sync.simulator import Limits
from imgur_sync.state.store import find_store
from tests.support.sync_stage import LINEAGE, SyncStage


class DrainedStage(SyncStage):
    """A stage on which another process takes the hour, but for `left` credits, before the `drained_at`-th request or
    file read of a run; 0: before the run."""

    drained_at = -1
    left = 0

    def drain(self) -> None:
        """Reserve what there is but for what is left."""
        with self._ledger() as ledger:
            rest = ledger.budget().remaining(LimitName.HOUR)
            if rest is not None and rest > self.left:
                assert isinstance(ledger.reserve(Cost(rest - self.left)), Reservation)

    def _ports(self, *arguments: Any) -> Any:
        ports = super()._ports(*arguments)
        before = ports.workers.before_job

        def job(count: int) -> None:
            if count == self.drained_at:
                self.drain()
            before(count)

        ports.workers.before_job = job
        return ports

    def cut(self, at: int, left: int) -> tuple[int, ...]:
        """How an apply ends from which the hour is taken."""
        self.drained_at, self.left = at, left
        if not at:
            self.drain()
        try:
            return tuple(self.apply().codes)
        except BudgetError as error:
            return (error.exit_code,)
        finally:
            self.drained_at = -1

    def in_doubt(self) -> int:
        """How many requests have an unknown outcome."""
        store = find_store(self.manifest().state_path, lineage=LINEAGE, read_only=True)
        assert store is not None
        with store:
            return len(store.intents(IntentStatus.OPEN))


def header(stage: SyncStage) -> None:
    """One request: title, description, privacy and order."""
    stage.change("cats", title="Felines", description="more", privacy=Privacy.SECRET)
    root = stage.albums["cats"].root
    (root / "0.png").rename(root / "9.png")


def texts(stage: SyncStage) -> None:
    """Texts of three pictures, and one of the album."""
    stage.change("cats", description="more", images=tuple((f"{n}.png", Texts(f"T{n}", "x")) for n in range(3)))


def several(stage: SyncStage) -> None:
    """Order and description where Imgur is known to ignore the ids of an edit: taken out, put in again, described."""
    root = stage.albums["cats"].root
    stage.steer("knobs", {"put_ids": "ignored"})
    (root / "0.png").rename(root / "9.png")
    stage.change("cats", description="more")


@pytest.mark.parametrize("change", [header, texts])
@pytest.mark.parametrize("at", [0, 3, 4, 5, 6, 7])
def test_an_edit_is_done_or_left_for_the_next_hour(
    tmp_path: Path, change: Callable[[SyncStage], None], at: int
) -> None:
    """With any number of credits left, and whenever they are taken: 0 or 6, nothing in doubt, and the next hour
    finishes it."""
    for left in range(9) if at == 0 else range(4):
        with DrainedStage(tmp_path / str(left), limits=Limits(300, 0, 0, 0)) as stage:
            stage.album("cats")
            for seed in range(4):
                stage.put("cats", f"{seed}.png", seed)
            assert stage.apply().codes == (ExitCode.DONE,)
            stage.clock.advance(5000)
            change(stage)
            assert stage.cut(at, left) in ((ExitCode.DONE,), (ExitCode.BUDGET,)), f"{left} left at {at}"
            assert stage.in_doubt() == 0
            stage.clock.advance(3700)
            assert stage.apply_in_time().codes == (ExitCode.DONE,)
            assert stage.shown("cats") == stage.wanted("cats")
            assert stage.remote("cats")["description"] == "more"
            assert stage.uploads() == 4


def test_an_edit_of_several_requests_is_not_cut_between_them(tmp_path: Path) -> None:
    """However few credits are left at whatever moment, pictures that were taken out to be put in again are put in. 7 is
    right only while Imgur ignores an edit: it answered and does not show it."""
    for at in range(3, 24, 2):
        with DrainedStage(tmp_path / str(at), limits=Limits(300, 0, 0, 0)) as stage:
            stage.album("cats")
            for seed in range(4):
                stage.put("cats", f"{seed}.png", seed)
            assert stage.apply().codes == (ExitCode.DONE,)
            stage.clock.advance(5000)
            several(stage)
            codes = stage.cut(at, 1)
            assert len(stage.shown("cats")) == 4, f"{codes}: cut before job {at}"
            assert (ExitCode.PARTIAL in codes) == bool(stage.in_doubt())
            stage.clock.advance(3700)
            assert stage.apply_in_time().codes == (ExitCode.DONE,)
            assert stage.shown("cats") == stage.wanted("cats")
            assert stage.remote("cats")["description"] == "more"
            assert stage.uploads() == 4

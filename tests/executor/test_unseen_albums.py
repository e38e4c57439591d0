"""A budget that ends while a run looks again: what it could not see is never remembered as being in order."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from imgur_sync.errors import BudgetError, ExitCode
from imgur_sync.model.event import RunFinished
from imgur_sync.simulator import Limits
from tests.executor.test_edits_read_back import at_request, drain
from tests.support.sync_stage import SyncStage

ALBUMS = ("cats", "dogs")


@pytest.mark.parametrize(("seed", "left"), [(1, 1), (2, 2)])
def test_albums_that_a_run_could_not_look_at_again_are_put_in_order_by_the_next(
    seed: int, left: int, tmp_path: Path
) -> None:
    """Uploads land in any order, and others drain the hour before any one request: no run ends with 0 before each
    album equals its folder."""
    for number in range(4, 23):
        with SyncStage(tmp_path / str(number), limits=Limits(300, 0, 0, 0), seed=seed) as stage:
            for key in ALBUMS:
                stage.album(key)
                for picture in range(4):
                    stage.put(key, f"{picture}.png", picture + 50 * ALBUMS.index(key))
            plain = stage._ports
            at_request(stage, number, partial(drain, stage, left))
            try:
                codes = stage.apply().codes
            except BudgetError as error:
                codes = (error.exit_code,)
            stage._ports = plain
            assert codes in ((ExitCode.DONE,), (ExitCode.BUDGET,)), "an edit is only sent if it can be read back"
            if codes == (ExitCode.BUDGET,):
                told(stage)
            stage.clock.advance(3700)
            assert stage.apply_in_time().codes == (ExitCode.DONE,)
            for key in ALBUMS:
                assert stage.shown(key) == stage.wanted(key)


def told(stage: SyncStage) -> None:
    """A run that ends with what is left calls no album done that is not."""
    last = stage.events[-1] if stage.events else None
    if not isinstance(last, RunFinished):
        return
    for album in last.albums:
        if album.done:
            assert stage.shown(album.album) == stage.wanted(album.album)

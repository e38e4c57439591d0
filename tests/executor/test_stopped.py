"""Runs that an error ends on the way: their last event tells what was done."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from imgur_sync.errors import CredentialsError, ExitCode, ImgurSyncError, StateError, TryAgainLaterError
from imgur_sync.model.event import RunFinished
from imgur_sync.model.step import Upload
from imgur_sync.state.store import SqliteStore
from tests.support.sync_stage import SyncStage

UPLOAD = {"method": "POST", "path": "/3/upload"}
GONE = {"data": {"error": "The access token provided is invalid."}, "success": False, "status": 401}
BUSY = {"data": {"error": "Imgur is temporarily over capacity."}, "success": False, "status": 403}


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[SyncStage]:
    """An album of eight pictures that are sent one after another, none sent yet."""
    with SyncStage(tmp_path) as made:
        made.in_flight = 1
        made.album("cats")
        for seed in range(8):
            made.put("cats", f"{seed:02}.png", seed)
        yield made


def refuse(stage: SyncStage, status: int, body: object) -> None:
    """Every upload from the third on."""
    faults = [
        {"match": {**UPLOAD, "nth": number}, "fault": "reply", "status": status, "body": body}
        for number in range(3, 40)
    ]
    stage.steer("faults", faults)


def ended(stage: SyncStage, error: type[ImgurSyncError]) -> RunFinished:
    """An apply that ends with this error: the event before it."""
    with pytest.raises(error):
        stage.apply()
    last = stage.events[-1]
    assert isinstance(last, RunFinished)
    return last


@pytest.mark.parametrize(
    ("status", "body", "error", "code"),
    [
        (403, BUSY, TryAgainLaterError, ExitCode.TRY_LATER),
        (401, GONE, CredentialsError, ExitCode.CREDENTIALS),
    ],
)
def test_a_run_that_imgur_ends_tells_what_was_done(
    status: int, body: object, error: type[ImgurSyncError], code: ExitCode, stage: SyncStage
) -> None:
    """The uploads that went through, their credits, and the steps that are left; then the error is raised."""
    refuse(stage, status, body)
    run = ended(stage, error)
    assert (run.codes, run.stopped, run.uploaded, run.in_doubt) == ((code,), True, 2, 0)
    assert run.credits >= 20
    (cats,) = run.left.albums
    left = [step.path for step in cats.wanted if isinstance(step, Upload)]
    assert left == [f"{seed:02}.png" for seed in range(2, 8)]
    assert run.left.total.uploads == 6
    assert [(album.album, album.uploaded, album.done) for album in run.albums] == [("cats", 2, False)]
    stage.web.delete("/_simulator/faults")
    stage.clock.advance(3600)
    assert stage.apply_in_time().codes == (ExitCode.DONE,)


def test_a_state_that_cannot_be_read_any_more_leaves_no_summary(
    stage: SyncStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run ends with an error all the same, and with nothing made up."""
    refuse(stage, 403, BUSY)
    whole = SqliteStore.intents

    def failing(store: SqliteStore, *wanted: object) -> object:
        if stage.uploads() >= 2:
            raise StateError("the disk is gone")
        return whole(store, *wanted)

    monkeypatch.setattr(SqliteStore, "intents", failing)
    with pytest.raises(ImgurSyncError):
        stage.apply()
    assert not isinstance(stage.events[-1], RunFinished)

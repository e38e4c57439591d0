"""Turns that few runs take: what Imgur received, what the album shows, how the run ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from imgur_sync import executor
from imgur_sync.errors import ExitCode, ImgurSyncError, ManifestError, StaleError, TryAgainLaterError
from imgur_sync.executor.history import recorded_run
from imgur_sync.executor.session import Session
from imgur_sync.executor.workers import ThreadWorkers
from imgur_sync.model.gate import GateName
from imgur_sync.model.reviewed import Expected
from imgur_sync.model.spec import Moved, Prune
from imgur_sync.model.synced import IntentKind
from tests.executor.test_reversals_in_trouble import refused, writes
from tests.executor.test_settling_in_trouble import (
    ALBUM,
    DELETE_ALBUM,
    IMAGES,
    UPLOAD,
    at_last,
    ends_equal,
    leave_in_doubt,
    open_ones,
    troubled,
)
from tests.support.lifecycle_stage import LifecycleStage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[LifecycleStage]:
    """An album of three pictures, in order on Imgur, written long ago."""
    with LifecycleStage(tmp_path) as stage:
        stage.album("cats")
        for number in range(3):
            stage.put("cats", f"c{number}.png", number)
        assert stage.apply().codes == (ExitCode.DONE,)
        stage.clock.advance(5000)
        yield stage


@pytest.fixture
def nobodys(tmp_path: Path) -> Iterator[LifecycleStage]:
    """The same without an account."""
    with LifecycleStage(tmp_path, anonymous=True) as stage:
        stage.album("cats")
        for number in range(3):
            stage.put("cats", f"c{number}.png", number)
        assert stage.apply().codes == (ExitCode.DONE,)
        stage.clock.advance(5000)
        yield stage


def before_job(stage: LifecycleStage, number: int, happens: Callable[[], object]) -> None:
    """Let something happen right before the `number`-th request or file read of each run to come, once."""
    made, left = stage._ports, [happens]

    def ports(*arguments: Any) -> Any:
        ports = made(*arguments)
        before = ports.workers.before_job

        def strike(count: int) -> None:
            if count == number and left:
                left.pop()()
            before(count)

        ports.workers.before_job = strike
        return ports

    stage._ports = ports


@pytest.mark.parametrize("how", ["gone", "changed"])
@pytest.mark.parametrize("job", [2, 3, 4])
def test_a_file_that_changes_after_it_was_planned_is_planned_anew(job: int, how: str, stage: LifecycleStage) -> None:
    """What goes up is what is there at the end, whenever it happens."""
    stage.put("cats", "new.png", 50)
    path = stage.albums["cats"].root / "new.png"
    before_job(stage, job, path.unlink if how == "gone" else lambda: stage.put("cats", "new.png", 51))
    stage.apply()
    ends_equal(stage)
    assert stage.uploads() - 3 <= (1 if how == "gone" else 2)


def test_an_answer_with_the_id_of_another_picture_is_not_believed(stage: LifecycleStage) -> None:
    """The picture that it names is ours already: whether the upload happened is found out by reading."""
    known = stage.remote("cats")["images"][0]
    data = {"id": known, "link": f"https://i.imgur.com/{known}.png", "deletehash": "x" * 15, "type": "image/png"}
    body = {"data": data, "success": True, "status": 200}
    stage.put("cats", "new.png", 50)
    rule = {"match": {**UPLOAD, "nth": 1}, "fault": "reply", "status": 200, "body": body, "after": True}
    stage.steer("faults", [rule])
    stage.apply()
    ends_equal(stage)
    assert stage.uploads() == 4


def test_an_upload_in_doubt_whose_file_is_gone_is_not_sent_again(stage: LifecycleStage) -> None:
    """It did not happen, and nobody wants it any more."""
    stage.put("cats", "new.png", 50)
    leave_in_doubt(stage, UPLOAD, "drop_before")
    (stage.albums["cats"].root / "new.png").unlink()
    assert troubled(stage) == []
    assert open_ones(stage) == []
    ends_equal(stage)


def test_a_plan_that_is_not_the_expected_one_is_not_carried_out(stage: LifecycleStage) -> None:
    """4, with what to do; nothing is sent."""
    stage.put("cats", "new.png", 50)
    since = at_last(stage)
    with pytest.raises(StaleError, match=f"not sha256:{'0' * 64}"):
        stage.apply(expect=Expected("sha256:" + "0" * 64))
    assert writes(stage, since) == []
    stage.apply(expect=Expected(stage.plan().digest))
    ends_equal(stage)


def test_a_folder_that_never_was_is_an_error_of_the_manifest(stage: LifecycleStage) -> None:
    """Of an album that was never synced; one that was waits for its folder."""
    stage.album("dogs").rmdir()
    with pytest.raises(ManifestError) as error:
        stage.apply()
    assert "the folder dogs does not exist" in error.value.problems[0].what


def test_a_lost_state_without_its_album_takes_its_pictures_into_a_new_one(stage: LifecycleStage) -> None:
    """They are recognised in the account, and nothing is uploaded."""
    stage.steer("edit", {"op": "delete_album", "id": stage.remote("cats")["id"]})
    (stage.base / ".imgur-sync" / "state.db").unlink()
    stage.apply()
    stage.clock.advance(4000)
    stage.apply()
    assert stage.uploads() == 3
    assert stage.shown("cats") == stage.wanted("cats")


@pytest.mark.parametrize("match", [ALBUM, IMAGES], ids=["an album", "the pictures"])
def test_a_lost_state_is_not_made_from_half_a_reading(match: dict[str, Any], stage: LifecycleStage) -> None:
    """75: half a list would upload the rest once more."""
    (stage.base / ".imgur-sync" / "state.db").unlink()
    stage.steer("faults", [refused(match, 400)])
    since = at_last(stage)
    with pytest.raises(TryAgainLaterError):
        stage.apply()
    assert writes(stage, since) == []
    stage.web.delete("/_simulator/faults")
    ends_equal(stage)
    assert stage.uploads() == 3


def test_an_album_to_remove_that_imgur_is_too_busy_to_delete_is_deleted_later(stage: LifecycleStage) -> None:
    """A plan alone records nothing of one that is gone."""
    stage.remove("cats")
    stage.steer("faults", [{"match": DELETE_ALBUM, "fault": "reply", "status": 429, "body": ""}])
    stage.apply({GateName.PRUNE: 3})
    stage.web.delete("/_simulator/faults")
    stage.clock.advance(4000)
    assert [one["title"] for one in stage.look("world")["albums"]] == ["cats"]
    stage.steer("edit", {"op": "delete_album", "id": stage.look("world")["albums"][0]["id"]})
    before = stage.copy_state()
    stage.plan()
    assert stage.copy_state() == before
    stage.apply()
    assert len(stage.left("cats")) == 3


def test_a_purge_does_not_look_into_an_album_that_is_gone(stage: LifecycleStage) -> None:
    """What a refused restore named is deleted all the same."""
    (stage.albums["cats"].root / "c1.png").unlink()
    stage.apply()
    stage.steer("faults", [refused({"path": "/3/album/*", "method": "POST"}, 403)])
    stage.restore("cats")
    stage.web.delete("/_simulator/faults")
    stage.steer("edit", {"op": "delete_album", "id": stage.remote("cats")["id"]})
    assert [picture.path for picture in stage.purge().done] == ["c1.png"]
    assert stage.uploads() == 2


def test_some_albums_delete_what_no_other_folder_needs(stage: LifecycleStage) -> None:
    """The others are looked at on this machine only."""
    stage.album("dogs")
    stage.put("dogs", "d.png", 60)
    stage.apply()
    stage.clock.advance(5000)
    stage.change("cats", prune=Prune.DELETE)
    (stage.albums["cats"].root / "c1.png").unlink()
    assert stage.apply(albums=("cats",)).deleted == 1
    assert stage.shown("cats") == stage.wanted("cats")


def test_a_moved_key_that_is_still_there_is_an_error_of_the_manifest(stage: LifecycleStage) -> None:
    """With what to do."""
    stage.album("dogs")
    stage.put("dogs", "d.png", 60)
    stage.moved = (Moved("cats", "dogs"),)
    with pytest.raises(ManifestError) as error:
        stage.apply()
    assert "remove the table, or the folder" in error.value.problems[0].remedy


@pytest.mark.parametrize("gone", [False, True], ids=["cannot be read", "is gone"])
def test_without_an_account_an_upload_in_doubt_is_looked_for_in_its_album(gone: bool, nobodys: LifecycleStage) -> None:
    """While the album cannot be read nothing is sent again; with an album that is gone all of it is made anew."""
    nobodys.put("cats", "new.png", 50)
    leave_in_doubt(nobodys, UPLOAD)
    if gone:
        nobodys.steer("edit", {"op": "delete_album", "id": nobodys.remote("cats")["id"]})
        nobodys.clock.advance(4000)
        nobodys.apply({GateName.RESTORE: 3})
        nobodys.clock.advance(4000)
        nobodys.apply()
    else:
        assert "POST" not in troubled(nobodys, refused(ALBUM, 400))
        assert open_ones(nobodys) == [IntentKind.UPLOAD]
        nobodys.clock.advance(4000)
        nobodys.apply()
    assert open_ones(nobodys) == []
    assert nobodys.shown("cats") == nobodys.wanted("cats")


@pytest.mark.parametrize(
    ("error", "code"), [(TryAgainLaterError("later"), 75), (KeyboardInterrupt(), 130), (RuntimeError("bug"), 1)]
)
def test_the_history_tells_how_a_run_ended_that_an_error_ended(
    error: BaseException, code: int, stage: LifecycleStage
) -> None:
    """The error goes on; a history that cannot be written does not hide it."""

    def work(run: Session) -> Any:
        with pytest.raises(type(error)), recorded_run(run.ports, "apply"):
            raise error
        yield from ()

    stage.act(work)
    assert stage.ask(lambda store: store.runs(1)[0].exit_codes) == (code,)

    def closing(run: Session) -> Any:
        run.store.end_run = _failing
        with pytest.raises(type(error)), recorded_run(run.ports, "apply"):
            raise error
        yield from ()

    stage.act(closing)
    assert stage.ask(lambda store: store.runs(1)[0].exit_codes) == ()


def _failing(run: object) -> None:
    raise ImgurSyncError("the disk is full")


def test_a_name_that_the_room_does_not_have_is_an_attribute_error() -> None:
    """As of any module."""
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = executor.nothing


def test_workers_do_not_wait_past_a_deadline_that_is_over() -> None:
    """And bring back an error of a job as its completion; a stop is told once."""
    workers = ThreadWorkers(2)
    try:
        assert workers.next(0.0) is None

        def broken() -> object:
            raise KeyError("x")

        workers.submit(1, broken)
        completion = workers.next(None)
        assert completion is not None
        assert (completion.tag, type(completion.error), workers.running) == (1, KeyError, 0)
        workers.request_stop(15)
        assert (workers.stopping, workers.next(None)) == (15, None)
    finally:
        workers.close()

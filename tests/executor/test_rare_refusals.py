"""Refusals and losses at moments where they seldom come: a calm run afterwards ends equal, with nothing sent twice."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import DeclinedError, ExitCode
from imgur_sync.model.event import TwinRemoved
from imgur_sync.model.gate import GateName
from imgur_sync.model.spec import BudgetSpec, GateLimit, GateLimits, OnRemoteDelete, Prune, Texts
from imgur_sync.model.synced import IntentKind
from imgur_sync.simulator import Limits
from tests.executor.test_rare_turns import before_job
from tests.executor.test_reversals_in_trouble import drain, refused, writes
from tests.executor.test_settling_in_trouble import (
    ALBUM,
    CREATE,
    DELETE_ALBUM,
    DELETE_IMAGE,
    EDIT,
    EDIT_IMAGE,
    IMAGES,
    UPLOAD,
    at_last,
    ends_equal,
    leave_in_doubt,
    open_ones,
    troubled,
)
from tests.support import sync_stage
from tests.support.lifecycle_stage import LifecycleStage
from tests.support.sync_stage import Killed


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[LifecycleStage]:
    """An album of three pictures, in order on Imgur, written long ago; no gate for removals."""
    with LifecycleStage(tmp_path) as stage:
        stage.gates = GateLimits(prune=GateLimit(99, 100))
        stage.album("cats")
        for number in range(3):
            stage.put("cats", f"c{number}.png", number)
        assert stage.apply().codes == (ExitCode.DONE,)
        stage.clock.advance(5000)
        yield stage


@pytest.mark.parametrize("answer", ["refused", "gone"])
@pytest.mark.parametrize("job", [2, 4, 5])
def test_an_album_that_cannot_be_read_right_before_its_edit_is_not_edited(
    job: int, answer: str, stage: LifecycleStage
) -> None:
    """What it shows by now is not known; the next run edits it."""
    stage.change("cats", description="words")
    stage.put("cats", "a first.png", 50)

    def happens() -> None:
        stage.clock.advance(5)
        stage.steer("faults", [refused(ALBUM, 400 if answer == "refused" else 404)])

    before_job(stage, job, happens)
    since = at_last(stage)
    stage.apply()
    assert writes(stage, since).count("PUT") <= (job == 5)
    stage.web.delete("/_simulator/faults")
    ends_equal(stage)
    assert stage.remote("cats")["description"] == "words"


def test_texts_and_deletions_at_a_limit_of_imgur_are_left_for_later(stage: LifecycleStage) -> None:
    """6, and no problem of the pictures."""
    stage.change("cats", prune=Prune.DELETE, images=(("c0.png", Texts(title="Tom")),))
    (stage.albums["cats"].root / "c1.png").unlink()
    limit = {"status": 429, "body": "", "headers": {"retry-after": "7200"}}
    stage.steer("faults", [{"match": match, "fault": "reply", **limit} for match in (EDIT_IMAGE, DELETE_IMAGE)])
    assert ExitCode.BUDGET in stage.apply().codes
    stage.web.delete("/_simulator/faults")
    stage.clock.advance(8000)
    ends_equal(stage)
    assert stage.uploads() == 2


def test_a_deletion_at_a_limit_of_imgur_is_left_for_later(stage: LifecycleStage) -> None:
    """The picture stays until then."""
    stage.change("cats", prune=Prune.DELETE)
    (stage.albums["cats"].root / "c1.png").unlink()
    limit = {"status": 429, "body": "", "headers": {"retry-after": "7200"}}
    stage.steer("faults", [{"match": DELETE_IMAGE, "fault": "reply", **limit}])
    assert ExitCode.BUDGET in stage.apply().codes
    assert stage.uploads() == 3
    stage.web.delete("/_simulator/faults")
    stage.clock.advance(8000)
    ends_equal(stage)


def test_an_upload_that_imgur_puts_off_again_and_again_is_left(stage: LifecycleStage) -> None:
    """Each time for a short while: it is tried a few times, then the run goes on without it."""
    stage.put("cats", "new.png", 50)
    limit = {"status": 429, "body": "", "headers": {"retry-after": "5"}}
    stage.steer("faults", [{"match": UPLOAD, "fault": "reply", **limit}])
    since = at_last(stage)
    stage.apply()
    assert 1 <= writes(stage, since).count("POST") <= 40
    stage.web.delete("/_simulator/faults")
    ends_equal(stage)
    assert stage.uploads() == 4


def test_texts_whose_limit_is_used_up_meanwhile_are_not_sent(tmp_path: Path) -> None:
    """Another process spends between the plan and the first of them."""
    with LifecycleStage(tmp_path, limits=Limits(300, 0, 0, 0)) as stage:
        stage.album("cats")
        for number in range(3):
            stage.put("cats", f"c{number}.png", number)
        assert stage.apply().codes == (ExitCode.DONE,)
        stage.clock.advance(5000)
        stage.change("cats", image_title="{stem}")
        before_job(stage, 3, lambda: drain(stage, 0))
        stage.apply()
        stage.clock.advance(4000)
        assert stage.apply_in_time().codes == (ExitCode.DONE,)
        assert sorted(str(image["title"]) for image in stage.look("world")["images"]) == ["c0", "c1", "c2"]


def test_pictures_that_the_accounts_list_does_not_tell_of_are_asked_for_one_by_one(stage: LifecycleStage) -> None:
    """Somebody took seven out of the album; the list cannot be read: each lives, and each goes back."""
    for number in range(3, 10):
        stage.put("cats", f"c{number}.png", number)
    assert stage.apply().codes == (ExitCode.DONE,)
    stage.clock.advance(5000)
    album = stage.remote("cats")
    stage.steer("edit", {"op": "remove_from_album", "id": album["id"], "images": album["images"][:7]})
    stage.steer("faults", [refused(IMAGES, 400)])
    stage.apply({GateName.RESTORE: 7} if stage.plan(refresh=True).albums[0].gates else None, refresh=True)
    stage.web.delete("/_simulator/faults")
    ends_equal(stage)
    assert stage.uploads() == 10


def test_pictures_that_are_gone_stay_known_while_the_folder_is_another(stage: LifecycleStage) -> None:
    """A folder that was renamed in the manifest may not be the one that it was."""
    stage.change("cats", on_remote_delete=OnRemoteDelete.RESPECT)
    stage.steer("edit", {"op": "delete_image", "id": stage.remote("cats")["images"][1]})
    stage.apply(refresh=True)
    stage.clock.advance(5000)
    stage.albums["cats"].root.rename(stage.base / "felines")
    stage.change("cats", folder="felines", root=stage.base / "felines")
    stage.apply()
    stage.clock.advance(5000)
    stage.apply()
    assert stage.uploads() == 2, "what was deleted on Imgur is not sent again"


def test_a_removal_in_doubt_stays_so_while_its_album_cannot_be_read(stage: LifecycleStage) -> None:
    """And is settled by the next run that can."""
    stage.remove("cats")
    stage.steer("faults", [{"match": {**DELETE_ALBUM, "nth": 1}, "fault": "drop_before"}])
    stage.kill_after = True
    for stage.kill_at in range(1, 20):
        with contextlib.suppress(Killed):
            stage.apply({GateName.PRUNE: 3})
        if open_ones(stage):
            break
    stage.kill_at = 0
    assert "DELETE" not in troubled(stage, refused(ALBUM, 400))
    assert open_ones(stage) == [IntentKind.DELETE_ALBUM]
    stage.clock.advance(4000)
    stage.apply({GateName.PRUNE: 3})
    assert (stage.look("world")["albums"], open_ones(stage)) == ([], [])
    assert stage.uploads() == 3


def test_an_edit_in_doubt_of_an_album_that_is_gone_is_over(stage: LifecycleStage) -> None:
    """It is made anew, as the folder is."""
    stage.change("cats", description="words")
    leave_in_doubt(stage, EDIT)
    stage.steer("edit", {"op": "delete_album", "id": stage.remote("cats")["id"]})
    stage.clock.advance(4000)
    stage.apply({GateName.RESTORE: 3})
    assert open_ones(stage) == []
    assert stage.shown("cats") == stage.wanted("cats")


def test_a_late_twin_is_deleted_once(stage: LifecycleStage) -> None:
    """An upload that was given up arrives after its second one: it goes, also where its deletion is lost first."""
    stage.put("cats", "new.png", 50)
    stage.steer("faults", [{"match": {**UPLOAD, "nth": 1}, "fault": "late", "seconds": 400}])
    stage.apply()
    stage.clock.advance(500)
    stage.put("cats", "other.png", 51)
    stage.steer("faults", [{"match": {**DELETE_IMAGE, "nth": 1}, "fault": "drop_before"}])
    stage.apply()
    stage.clock.advance(4000)
    removed = any(isinstance(event, TwinRemoved) for event in stage.events)
    stage.apply()
    removed = removed or any(isinstance(event, TwinRemoved) for event in stage.events)
    stage.web.delete("/_simulator/faults")
    ends_equal(stage)
    assert stage.uploads() == 5


def test_a_run_that_waits_does_not_wait_for_its_own_cap(stage: LifecycleStage) -> None:
    """`--max-credits` ends it: no time brings more."""
    stage.budget = BudgetSpec(uploads_per_hour=0, max_credits_per_run=30)
    for number in range(4):
        stage.put("cats", f"n{number}.png", 50 + number)
    before = stage.clock.now()
    finished = stage.apply(wait=True)
    assert ExitCode.BUDGET in finished.codes
    assert stage.clock.now() - before < 3600
    stage.budget = BudgetSpec(uploads_per_hour=0)
    ends_equal(stage)


def test_limits_that_imgur_does_not_tell_are_no_obstacle(tmp_path: Path) -> None:
    """Without headers they are asked for; a question that is not answered stops nothing."""
    with LifecycleStage(tmp_path, headers="none") as stage:
        stage.album("cats")
        stage.put("cats", "c.png", 1)
        rule: dict[str, Any] = {"match": {"path": "/3/credits"}, "fault": "unreachable", "how": "refused"}
        stage.steer("faults", [rule])
        assert stage.apply().codes == (ExitCode.DONE,)
        assert stage.shown("cats") == stage.wanted("cats")


def test_two_albums_delete_what_a_third_one_does_not_need(stage: LifecycleStage) -> None:
    """Its folder is looked at once for both; what it needs is taken out, and not deleted."""
    for key in ("dogs", "owls"):
        stage.album(key)
        stage.put(key, "x.png", 60 + len(stage.albums))
        stage.put(key, "y.png", 80 + len(stage.albums))
    stage.apply()
    stage.clock.advance(5000)
    for key in ("cats", "dogs"):
        stage.change(key, prune=Prune.DELETE)
    (stage.albums["cats"].root / "c1.png").rename(stage.albums["owls"].root / "c1.png")
    (stage.albums["dogs"].root / "x.png").unlink()
    finished = stage.apply(albums=("cats", "dogs"))
    assert finished.deleted == 1
    ends_equal(stage)
    assert stage.shown("owls") == stage.wanted("owls")
    assert stage.uploads() == 6


def test_pictures_of_an_album_that_was_never_made_anew_can_be_purged(stage: LifecycleStage) -> None:
    """The album is gone, and making it again was refused."""
    (stage.albums["cats"].root / "c1.png").unlink()
    stage.apply()
    stage.steer("faults", [refused({"path": "/3/album/*", "method": "POST"}, 403), refused(CREATE, 400)])
    stage.restore("cats")
    stage.steer("edit", {"op": "delete_album", "id": stage.remote("cats")["id"]})
    stage.clock.advance(4000)
    stage.apply({GateName.RESTORE: 2})
    stage.web.delete("/_simulator/faults")
    assert [picture.path for picture in stage.purge().done] == ["c1.png"]


def test_a_plan_that_nobody_agrees_to_is_not_carried_out(
    stage: LifecycleStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """10, and nothing is sent; one with nothing to do is not asked about."""
    real = sync_stage.apply
    monkeypatch.setattr(sync_stage, "apply", lambda *given: real(*given[:-1], lambda plan: False))
    assert stage.apply().codes == (ExitCode.DONE,)
    stage.put("cats", "new.png", 50)
    since = at_last(stage)
    with pytest.raises(DeclinedError):
        stage.apply()
    assert writes(stage, since) == []
    monkeypatch.setattr(sync_stage, "apply", real)
    ends_equal(stage)


def test_a_lost_cache_costs_no_write(stage: LifecycleStage) -> None:
    """It is looked anew, and all is found as wanted."""
    (stage.base / ".imgur-sync" / "cache.db").unlink()
    since = at_last(stage)
    assert stage.plan().settled
    assert stage.apply().codes == (ExitCode.DONE,)
    assert writes(stage, since) == []


@pytest.mark.parametrize("fault", [{"match": DELETE_IMAGE, "fault": "drop_before"}, refused(DELETE_IMAGE, 403)])
def test_a_removal_with_its_pictures_goes_on_where_it_stopped(fault: dict[str, Any], stage: LifecycleStage) -> None:
    """The album stays until its pictures are gone."""
    stage.remove("cats", pictures=True)
    stage.steer("faults", [fault])
    stage.apply({GateName.PRUNE: 3})
    assert len(stage.look("world")["albums"]) == 1
    stage.web.delete("/_simulator/faults")
    stage.clock.advance(4000)
    stage.apply({GateName.PRUNE: stage.plan().albums[0].gates[0].count})
    assert (stage.look("world")["albums"], stage.uploads()) == ([], 0)

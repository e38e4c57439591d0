"""`restore` and `purge` when something stands in the way: what is told, what Imgur received, what the next run does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import ExitCode
from imgur_sync.model.budget import Cost, LimitName, Reservation
from imgur_sync.model.gate import GateName
from imgur_sync.simulator import Limits
from tests.support.lifecycle_stage import LifecycleStage

HOUR = 300
CATS = {"path": "/3/album/*", "method": "GET"}
ADD = {"path": "/3/album/*", "method": "POST"}
IMAGE = {"path": "/3/image/*", "method": "GET"}
DELETION = {"path": "/3/image/*", "method": "DELETE"}


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[LifecycleStage]:
    """An album of four pictures on Imgur, two of which left it; 300 credits an hour."""
    with LifecycleStage(tmp_path, limits=Limits(HOUR, 0, 0, 0)) as stage:
        folder = stage.album("cats")
        for number in range(4):
            stage.put("cats", f"c{number}.png", number)
        assert stage.apply().codes == (ExitCode.DONE,)
        (folder / "c1.png").unlink()
        (folder / "c3.png").unlink()
        assert stage.apply().codes == (ExitCode.DONE,)
        stage.clock.advance(5000)
        yield stage


def refused(match: dict[str, Any], status: int, text: str = "no") -> dict[str, Any]:
    """A complete answer that says no."""
    body = {"data": {"error": text}, "success": False, "status": status}
    return {"match": match, "fault": "reply", "status": status, "body": body}


def writes(stage: LifecycleStage, since: int) -> list[str]:
    """The methods of everything sent after that request that is no reading."""
    requests = stage.look(f"history?since={since}")["requests"]
    return [one["method"] for one in requests if one["method"] != "GET" and one["path"] != "/oauth2/token"]


def last(stage: LifecycleStage) -> int:
    """The number of the last request."""
    return max(int(one["n"]) for one in stage.look("history")["requests"])


def drain(stage: LifecycleStage, left: int) -> None:
    """Another process reserves what the hour holds, but for so many credits."""
    with stage._ledger() as ledger:
        rest = ledger.budget().remaining(LimitName.HOUR)
        assert rest is not None
        assert isinstance(ledger.reserve(Cost(rest - left)), Reservation)


def names(pictures: list[Any]) -> list[str]:
    """Their paths."""
    return sorted(picture.path for picture in pictures)


def test_nothing_is_put_back_into_an_album_in_doubt(stage: LifecycleStage) -> None:
    """An edit whose answer was lost comes first; once it is settled, the pictures go back."""
    stage.change("cats", title="Kittens")
    stage.steer("faults", [{"match": {"method": "PUT", "path": "/3/album/*"}, "fault": "drop_after"}])
    stage.killed_apply(3, after=True)
    since = last(stage)
    outing = stage.restore("cats")
    assert outing.problems == ["a request to the album cats is in doubt: run apply first, it finds out what happened"]
    assert writes(stage, since) == []
    stage.web.delete("/_simulator/faults")
    stage.clock.advance(200)
    outing = stage.restore("cats")
    assert (outing.problems, names(outing.done)) == ([], ["c1.png", "c3.png"])


def test_nothing_is_put_back_into_an_album_that_is_gone(stage: LifecycleStage) -> None:
    """One that the manifest removed: only apply makes an album."""
    stage.remove("cats")
    assert stage.apply({GateName.PRUNE: 2}).codes == (ExitCode.DONE,)
    assert stage.look("world")["albums"] == []
    since = last(stage)
    outing = stage.restore("cats")
    assert outing.problems == ["the album cats is gone from Imgur: run apply first, it makes it anew"]
    assert writes(stage, since) == []


def test_a_picture_that_nobody_can_tell_of_stays_where_it_is(stage: LifecycleStage) -> None:
    """Imgur answers with errors: nothing is sent. One that is deleted there is told as gone, the other goes back."""
    stage.steer("faults", [refused(IMAGE, 400)])
    since = last(stage)
    outing = stage.restore("cats")
    assert sorted(outing.problems) == [
        f"{p}: Imgur did not say whether it still has it; try later" for p in ("c1.png", "c3.png")
    ]
    assert writes(stage, since) == []
    stage.web.delete("/_simulator/faults")
    (first,) = (picture.id for picture in stage.left("cats") if picture.path == "c1.png")
    stage.steer("edit", {"op": "delete_image", "id": first})
    outing = stage.restore("cats")
    assert (names(outing.gone), names(outing.done), outing.problems) == (["c1.png"], ["c3.png"], [])
    assert len(stage.shown("cats")) == 3


def test_an_album_that_cannot_be_read_gets_nothing(stage: LifecycleStage) -> None:
    """What it shows decides what is sent."""
    stage.steer("faults", [refused(CATS, 400)])
    since = last(stage)
    outing = stage.restore("cats")
    assert len(outing.problems) == 1
    assert (outing.done, writes(stage, since)) == ([], [])


def test_pictures_that_are_back_already_cost_no_request(stage: LifecycleStage) -> None:
    """Somebody put them into the album on the site: they are recorded, and stay at the next apply."""
    album = stage.remote("cats")["id"]
    bearer = {"Authorization": f"Bearer {stage.demo.access_token}"}
    added = {"ids[]": [picture.id for picture in stage.left("cats")]}
    stage.web.post(f"/3/album/{album}/add", data=added, headers=bearer).raise_for_status()
    since = last(stage)
    assert names(stage.restore("cats").done) == ["c1.png", "c3.png"]
    assert writes(stage, since) == []
    assert stage.apply().codes == (ExitCode.DONE,)
    assert len(stage.shown("cats")) == 4


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"match": ADD, "fault": "drop_before"}, "Imgur did not answer: the next apply finds out"),
        (refused(ADD, 403), "not put back: "),
    ],
    ids=["no answer", "refused"],
)
def test_what_was_not_put_back_is_offered_again(fault: dict[str, Any], words: str, stage: LifecycleStage) -> None:
    """After a run that found out what happened."""
    stage.steer("faults", [fault])
    (problem,) = stage.restore("cats").problems
    assert problem.startswith(words)
    stage.web.delete("/_simulator/faults")
    stage.clock.advance(200)
    assert stage.apply().codes == (ExitCode.DONE,)
    assert names(stage.left("cats")) == ["c1.png", "c3.png"]
    assert names(stage.restore("cats").done) == ["c1.png", "c3.png"]


def test_a_limit_ends_a_restore_and_a_purge_before_they_write(stage: LifecycleStage) -> None:
    """Enough is left to look: nothing is sent, all of it is offered again in the next hour."""
    drain(stage, 3)
    since = last(stage)
    assert stage.restore("cats").problems == ["a limit is used up: 2 not put back; see: imgur-sync credits"]
    drain(stage, 0)
    assert stage.purge().problems == ["a limit is used up: the rest is left; see: imgur-sync credits"]
    assert writes(stage, since) == []
    stage.clock.advance(4000)
    assert names(stage.left("cats")) == ["c1.png", "c3.png"]
    assert names(stage.purge().done) == ["c1.png", "c3.png"]


def test_pictures_that_the_album_does_not_show_yet_are_in_doubt(stage: LifecycleStage) -> None:
    """Imgur answered and shows the world as it was: the next run settles it, and nothing is taken out again."""
    stage.steer("knobs", {"lag": 120})
    outing = stage.restore("cats")
    assert (names(outing.done), outing.problems) == (["c1.png", "c3.png"], [])
    assert any("putting pictures back" in str(event) for event in stage.events)
    stage.steer("knobs", {"lag": 0})
    stage.clock.advance(300)
    since = last(stage)
    assert stage.apply().codes == (ExitCode.DONE,)
    assert (writes(stage, since), len(stage.shown("cats"))) == ([], 4)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"match": DELETION, "fault": "drop_after"}, "Imgur did not answer; the next run finds out"),
        (refused(DELETION, 403), "not deleted: "),
    ],
    ids=["no answer", "refused"],
)
def test_the_first_trouble_ends_a_purge(fault: dict[str, Any], words: str, stage: LifecycleStage) -> None:
    """One request, no more; what is left is deleted by the next one, and nothing twice."""
    stage.steer("faults", [fault])
    since = last(stage)
    (problem,) = stage.purge().problems
    assert words in problem
    assert writes(stage, since) == ["DELETE"]
    stage.web.delete("/_simulator/faults")
    stage.clock.advance(200)
    stage.purge()
    assert stage.left() == []
    assert len(stage.look("world")["images"]) == 2


def test_what_a_refused_restore_named_is_looked_for_before_it_is_deleted(stage: LifecycleStage) -> None:
    """An album that may show a picture after all is read first; one that cannot be read keeps it from being deleted."""
    stage.steer("faults", [refused(ADD, 403)])
    stage.restore("cats")
    stage.steer("faults", [refused(CATS, 400)])
    since = last(stage)
    problems = stage.purge().problems
    assert sorted(text.partition(":")[0] for text in problems) == ["c1.png", "c3.png"]
    assert writes(stage, since) == []
    stage.web.delete("/_simulator/faults")
    assert names(stage.purge().done) == ["c1.png", "c3.png"]

"""Titles and descriptions of single pictures, through the whole program: sent once, read back, kept as wished."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import ExitCode
from imgur_sync.model.step import EditAlbum, EditImage, Upload
from imgur_sync.model.texts import Texts
from tests.support.sync_stage import SyncStage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[SyncStage]:
    """One album of four pictures that is not on Imgur yet."""
    with SyncStage(tmp_path) as stage:
        stage.album("cats")
        for seed in range(4):
            stage.put("cats", f"{seed}.png", seed)
        yield stage


def titled(stage: SyncStage, **texts: Texts) -> None:
    """Texts for pictures by the stem of their file."""
    stage.change("cats", images=tuple((f"{stem.strip('n')}.png", text) for stem, text in texts.items()))


def texts(stage: SyncStage) -> list[tuple[str | None, str | None]]:
    """Title and description of each picture as Imgur holds them, in the order of the album."""
    images = {image["id"]: image for image in stage.look("world")["images"]}
    return [(images[i]["title"], images[i]["description"]) for i in stage.remote("cats")["images"]]


def requests(stage: SyncStage, method: str, path: str = "/3/") -> list[dict[str, Any]]:
    """What was sent so far."""
    found = stage.look("history")["requests"]
    return [entry for entry in found if entry["method"] == method and entry["path"].startswith(path)]


def test_texts_ride_in_the_upload(stage: SyncStage) -> None:
    """A new picture with title and description costs 10, not 11; the next plan is empty and sends nothing but GETs."""
    stage.change("cats", image_title="{index}: {stem}", images=(("2.png", Texts("Tom", "asleep")),))
    plan = stage.plan()
    assert plan.price.writes.credits == 42
    assert [type(step) for step in plan.albums[0].steps if isinstance(step, EditImage)] == []
    assert stage.apply().codes == (ExitCode.DONE,)
    assert texts(stage) == [("1: 0", None), ("2: 1", None), ("Tom", "asleep"), ("4: 3", None)]
    assert requests(stage, "PUT", "/3/image") == []
    assert requests(stage, "POST", "/3/image") == []
    assert stage.plan().settled


def test_changed_texts_cost_one_credit_a_picture_and_one_reading(stage: SyncStage) -> None:
    """Two of four pictures with other texts: two edits, and one reading that shows both; what is equal is not sent."""
    titled(stage, n0=Texts("A"), n1=Texts("B", "b"), n2=Texts("", ""))
    assert stage.apply().codes == (ExitCode.DONE,)
    stage.clock.advance(1000)
    titled(stage, n0=Texts("A"), n1=Texts("B", "bb"), n2=Texts("", ""), n3=Texts("D"))
    plan = stage.plan()
    steps = plan.albums[0].steps
    assert [(s.path, s.title, s.description) for s in steps if isinstance(s, EditImage)] == [
        ("1.png", None, "bb"),
        ("3.png", "D", None),
    ]
    assert len(steps) == 2
    assert (plan.price.writes.credits, plan.price.reads) == (2, 1)
    before = len(requests(stage, "GET", "/3/album"))
    assert stage.apply().codes == (ExitCode.DONE,)
    assert texts(stage) == [("A", None), ("B", "bb"), (None, None), ("D", None)]
    assert len(requests(stage, "PUT", "/3/image")) == 2
    assert len(requests(stage, "GET", "/3/album")) - before == 1 + plan.price.reads
    assert stage.plan().settled


def test_texts_and_an_edit_of_the_album_share_their_reading(stage: SyncStage) -> None:
    """One read before the edit and one after both; the album's edit waits for no text."""
    stage.apply()
    stage.clock.advance(1000)
    (stage.albums["cats"].root / "0.png").rename(stage.albums["cats"].root / "9.png")
    titled(stage, n1=Texts("B"), n9=Texts("Z"))
    plan = stage.plan()
    assert [type(step) for step in plan.albums[0].steps] == [EditAlbum, EditImage, EditImage]
    assert (plan.price.writes.credits, plan.price.reads) == (3, 2)
    before = len(requests(stage, "GET", "/3/album"))
    assert stage.apply().codes == (ExitCode.DONE,)
    assert texts(stage) == [("B", None), (None, None), (None, None), ("Z", None)]
    # One observation, and what was announced.
    assert len(requests(stage, "GET", "/3/album")) - before == 1 + plan.price.reads


def test_a_managed_text_that_was_changed_on_imgur_is_set_back(stage: SyncStage) -> None:
    """It is told as drift and as a change; a text that is not managed is left as somebody made it."""
    titled(stage, n0=Texts("A"))
    stage.apply()
    stage.clock.advance(8000)
    ids = stage.remote("cats")["images"]
    stage.steer("edit", {"op": "set_image", "id": ids[0], "title": "Mine", "description": "of somebody"})
    stage.steer("edit", {"op": "set_image", "id": ids[1], "title": "Theirs"})
    plan = stage.plan()
    assert [drift.what for drift in plan.albums[0].drift] == ["the title of 0.png was changed on Imgur"]
    assert stage.apply().codes == (ExitCode.DONE,)
    assert texts(stage)[:2] == [("A", "of somebody"), ("Theirs", None)]
    assert len(requests(stage, "PUT", "/3/image")) == 1


def test_a_text_that_the_manifest_drops_stays_and_is_no_drift(stage: SyncStage) -> None:
    """Without its key a text is not managed any more; an edit on the site is then kept."""
    titled(stage, n0=Texts("A"))
    stage.apply()
    stage.clock.advance(8000)
    titled(stage)
    assert stage.plan().settled
    stage.steer("edit", {"op": "set_image", "id": stage.remote("cats")["images"][0], "title": "Mine"})
    plan = stage.plan(refresh=True)
    assert plan.settled
    assert all(album.drift == () for album in plan.albums)
    assert texts(stage)[0] == ("Mine", None)


def test_a_title_from_the_name_follows_a_rename_for_a_credit(stage: SyncStage) -> None:
    """The address stays; one edit of the album for the order, one of the picture for its title."""
    stage.change("cats", image_title="{name}")
    stage.apply()
    stage.clock.advance(1000)
    (stage.albums["cats"].root / "3.png").rename(stage.albums["cats"].root / "4.png")
    assert stage.plan().price.writes.credits == 1
    assert stage.apply().codes == (ExitCode.DONE,)
    assert texts(stage)[3] == ("4.png", None)
    assert stage.uploads() == 4


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "late"])
def test_an_edit_in_doubt_is_not_repeated_before_it_settled(stage: SyncStage, fault: str) -> None:
    """After an unknown outcome no further edit of that picture goes out for the time to settle; the others go on."""
    titled(stage, n0=Texts("A"))
    stage.apply()
    stage.clock.advance(1000)
    titled(stage, n0=Texts("AA"), n1=Texts("B"))
    match = {"method": "PUT", "path": "/3/image/*", "nth": 1}
    stage.steer("faults", [{"match": match, "fault": fault, "seconds": 40}])
    assert stage.apply().codes == (ExitCode.DONE,)
    assert texts(stage)[:2] == [("AA", None), ("B", None)]
    sent: dict[str, list[float]] = {}
    for entry in requests(stage, "PUT", "/3/image"):
        sent.setdefault(entry["path"], []).append(entry["time"])
    assert sum(len(times) for times in sent.values()) == (3 if fault == "drop_before" else 2)
    for times in sent.values():
        assert all(later - earlier >= stage.settle for earlier, later in itertools.pairwise(times))


def test_a_changed_wish_waits_for_the_edit_in_doubt(stage: SyncStage) -> None:
    """A late PUT would undo a newer one: killed right after the edit, with another wish since, the last one wins."""
    stage.apply()
    stage.clock.advance(1000)
    titled(stage, n0=Texts("old"))
    stage.steer(
        "faults", [{"match": {"method": "PUT", "path": "/3/image/*", "nth": 1}, "fault": "late", "seconds": 60}]
    )
    jobs = 0
    while not requests(stage, "PUT", "/3/image"):
        jobs += 1
        stage.killed_apply(jobs, after=True)
    titled(stage, n0=Texts("new"))
    assert stage.apply().codes == (ExitCode.DONE,)
    assert texts(stage)[0] == ("new", None)
    assert len(requests(stage, "PUT", "/3/image")) == 2


@pytest.mark.parametrize("knob", [{"trim_text": 4}, {"image_texts": "ignored"}])
def test_a_text_that_imgur_does_not_take_over_is_said_and_left(stage: SyncStage, knob: dict[str, Any]) -> None:
    """Trimmed or ignored: sent twice, then exit 7 at no cost; another wish is tried again."""
    stage.apply()
    stage.clock.advance(1000)
    stage.steer("knobs", knob)
    titled(stage, n0=Texts("a long title"))
    finished = stage.apply()
    assert finished.codes == (ExitCode.PARTIAL,)
    assert any("title of a picture" in problem for album in finished.albums for problem in album.problems)
    assert len(requests(stage, "PUT", "/3/image")) == 2
    stage.clock.advance(1000)
    assert stage.apply().codes == (ExitCode.PARTIAL,)
    assert len(requests(stage, "PUT", "/3/image")) == 2
    assert all(album.drift == () for album in stage.plan().albums), "nobody changed it"
    stage.steer("knobs", {"trim_text": 0, "image_texts": "honoured"})
    titled(stage, n0=Texts("another title"))
    assert stage.apply().codes == (ExitCode.DONE,)
    assert texts(stage)[0] == ("another title", None)


def test_texts_that_an_upload_loses_are_sent_as_edits(stage: SyncStage) -> None:
    """Where Imgur takes no texts with uploads, an edit of each sets them after the time to settle."""
    stage.steer("knobs", {"upload_texts": "ignored"})
    titled(stage, n0=Texts("A"), n1=Texts(None, "b"))
    assert stage.apply().codes == (ExitCode.DONE,)
    assert texts(stage)[:2] == [("A", None), (None, "b")]
    assert len(requests(stage, "PUT", "/3/image")) == 2


def test_texts_too_long_for_uploads_and_edits_are_tried_twice_in_all(stage: SyncStage) -> None:
    """The upload counts as the first attempt."""
    stage.steer("knobs", {"trim_text": 4})
    titled(stage, n0=Texts("a long title"))
    assert stage.apply().codes == (ExitCode.PARTIAL,)
    assert len(requests(stage, "PUT", "/3/image")) == 1
    stage.clock.advance(1000)
    assert stage.apply().codes == (ExitCode.PARTIAL,)
    assert len(requests(stage, "PUT", "/3/image")) == 1


@pytest.mark.parametrize("lag", [3, 30, 80])
def test_texts_that_are_shown_late_are_waited_for(tmp_path: Path, lag: int) -> None:
    """With readings up to 80 s old each edit is sent once and the run ends with exit 0."""
    with SyncStage(tmp_path, lag=lag) as stage:
        stage.album("cats", image_title="{stem}")
        for seed in range(3):
            stage.put("cats", f"{seed}.png", seed)
        stage.clock.advance(200)
        assert stage.apply().codes == (ExitCode.DONE,)
        stage.clock.advance(200)
        stage.change("cats", image_title="cat {stem}")
        assert stage.apply().codes == (ExitCode.DONE,)
        stage.clock.advance(200)
        assert texts(stage) == [(f"cat {n}", None) for n in range(3)]
        assert len(requests(stage, "PUT", "/3/image")) == 3


def test_a_lost_state_knows_texts_again_from_what_imgur_shows(stage: SyncStage) -> None:
    """Rebuilt from the markers, nothing is sent for texts that are as wished."""
    stage.change("cats", image_title="{stem}")
    stage.apply()
    stage.clock.advance(1000)
    for file in (stage.base / ".imgur-sync").iterdir():
        file.unlink()
    assert stage.apply().codes == (ExitCode.DONE,)
    assert requests(stage, "PUT", "/3/image") == []


def test_a_picture_gone_meanwhile_is_uploaded_with_its_texts(stage: SyncStage) -> None:
    """Deleted on the site while its texts are to change: the upload that restores it brings them."""
    stage.apply()
    stage.clock.advance(8000)
    titled(stage, n0=Texts("A"))
    stage.steer("edit", {"op": "delete_image", "id": stage.remote("cats")["images"][0]})
    assert [type(step) for step in stage.plan().albums[0].steps] == [Upload, EditAlbum]
    assert stage.apply().codes == (ExitCode.DONE,)
    assert texts(stage)[0] == ("A", None)


@pytest.mark.parametrize("after", [False, True], ids=["before it is sent", "after it was answered"])
def test_a_kill_at_any_request_ends_with_the_texts_wished(tmp_path: Path, after: bool) -> None:
    """For every request of a run with uploads, edits of texts and of the album: one more apply ends as wished, and no
    two edits of one picture are closer than the time to settle, but for those that came after an answer."""
    at = 0
    while True:
        at += 1
        with SyncStage(tmp_path / str(at)) as stage:
            stage.album("cats", image_title="{stem}")
            for seed in range(3):
                stage.put("cats", f"{seed}.png", seed)
            stage.apply()
            stage.clock.advance(1000)
            stage.change("cats", image_title="cat {stem}")
            (stage.albums["cats"].root / "0.png").rename(stage.albums["cats"].root / "8.png")
            stage.put("cats", "5.png", 5)
            if not stage.killed_apply(at, after=after):
                break
            finished = stage.apply()
            assert finished.codes == (ExitCode.DONE,), f"kill {at}: {finished.albums}"
            assert stage.shown("cats") == stage.wanted("cats")
            assert texts(stage) == [(f"cat {n}", None) for n in (1, 2, 5, 8)], f"kill {at}"
            assert stage.plan().settled
            sent: dict[str, list[float]] = {}
            for entry in requests(stage, "PUT", "/3/image"):
                sent.setdefault(entry["path"], []).append(entry["time"])
            assert all(b - a >= stage.settle for times in sent.values() for a, b in itertools.pairwise(times))
    assert at > 8

"""Orders through the whole program: by the date in the picture, by a list; converged, and read once."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from imgur_sync.errors import ExitCode
from imgur_sync.model.event import Hashing
from imgur_sync.model.spec import Order
from tests.local.test_local_taken import exif, jpeg_with
from tests.support.sync_stage import SyncStage

DATES = {"c.jpg": "2023:01:01 00:00:00", "a.jpg": "2024:01:01 00:00:00", "b.jpg": "2022:01:01 00:00:00", "d.jpg": None}


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[SyncStage]:
    """Four photographs, three of them with a date; their files' times say otherwise."""
    with SyncStage(tmp_path) as stage:
        root = stage.album("cats", order=Order.TAKEN)
        for seed, (name, date) in enumerate(DATES.items()):
            (root / name).write_bytes(jpeg_with(exif(date), seed))
            os.utime(root / name, (1000 + seed, 1000 + seed))
        yield stage


def names(stage: SyncStage) -> list[str]:
    """The names of the files that the album shows, in its order."""
    root = stage.albums["cats"].root
    by_digest = {hashlib.sha256(path.read_bytes()).hexdigest(): path.name for path in root.iterdir()}
    return [by_digest[digest] for digest in stage.shown("cats")]


def test_an_album_by_date_converges_and_is_read_once(stage: SyncStage) -> None:
    """Undated pictures last; the next plan is empty, sends nothing but GETs and reads no content."""
    assert stage.apply().codes == (ExitCode.DONE,)
    assert names(stage) == ["b.jpg", "c.jpg", "a.jpg", "d.jpg"]
    stage.clock.advance(1000)
    for path in stage.albums["cats"].root.iterdir():
        os.utime(path, (5000 + len(path.name), 5000 + ord(path.name[0])))
    before = len(stage.look("history")["requests"])
    assert stage.apply().codes == (ExitCode.DONE,)
    assert {entry["method"] for entry in stage.look("history")["requests"][before:]} == {"GET"}
    stage.clock.advance(1000)
    assert stage.apply().codes == (ExitCode.DONE,)
    assert not any(isinstance(event, Hashing) for event in stage.events)
    assert stage.plan(offline=True).settled


def test_the_cover_by_date_is_the_last_one_with_a_date(stage: SyncStage) -> None:
    """Also when a newer picture comes."""
    stage.change("cats", cover="newest")
    assert stage.apply().codes == (ExitCode.DONE,)
    assert stage.remote("cats")["cover"] == stage.remote("cats")["images"][2]
    (stage.albums["cats"].root / "z.jpg").write_bytes(jpeg_with(exif("2025:01:01 00:00:00"), 50))
    stage.clock.advance(1000)
    assert stage.apply().codes == (ExitCode.DONE,)
    assert names(stage) == ["b.jpg", "c.jpg", "a.jpg", "z.jpg", "d.jpg"]
    assert stage.remote("cats")["cover"] == stage.remote("cats")["images"][3]
    assert stage.plan().settled


def test_a_list_of_files_is_the_order(stage: SyncStage) -> None:
    """Another list costs one edit and no upload; a name that is no file is told, in plans as well."""
    stage.change("cats", order=Order.NATURAL, listed=("d.jpg", "b.jpg"))
    assert stage.apply().codes == (ExitCode.DONE,)
    assert names(stage) == ["d.jpg", "b.jpg", "a.jpg", "c.jpg"]
    stage.clock.advance(1000)
    stage.change("cats", listed=("c.jpg", "gone.jpg"))
    plan = stage.plan()
    assert plan.price.writes.credits == 1
    assert plan.albums[0].warnings == ("order names gone.jpg, which is no picture in the folder",)
    assert stage.apply().codes == (ExitCode.DONE,)
    assert names(stage) == ["c.jpg", "a.jpg", "b.jpg", "d.jpg"]
    assert stage.uploads() == 4
    assert stage.plan().settled


def test_numbers_in_titles_follow_the_order(stage: SyncStage) -> None:
    """A new order changes the titles that count, in the same run."""
    stage.change("cats", image_title="{index}")
    assert stage.apply().codes == (ExitCode.DONE,)
    stage.clock.advance(1000)
    stage.change("cats", order=Order.NAME)
    assert stage.apply().codes == (ExitCode.DONE,)
    titles = {image["id"]: image["title"] for image in stage.look("world")["images"]}
    assert [titles[image_id] for image_id in stage.remote("cats")["images"]] == ["1", "2", "3", "4"]
    assert stage.plan().settled

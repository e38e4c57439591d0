"""How the nearest tools lost people's pictures, each story as a test of its own: here it ends well.

Each with an account and without one. Told by issues of onedrive, nextcloud, syncthing, directus-sync, imgit, owncloud,
ShareX, cgeo, immich, imgurbox, gphotos-uploader, aws-cli, icloudpd, osxphotos, b2 and others.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.test_interruptions import started
from tests.support.inside import Inside
from tests.support.mirror import UPLOAD, apart, sibling, table, until
from tests.support.modes import MODES, Either, either
from tests.support.pictures import png


@pytest.fixture(params=MODES)
def here(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Either]:
    """Two folders with a manifest, none of it sent yet; with an account and without one."""
    with either(tmp_path, request.param, kind=Inside) as made:
        yield made


@pytest.fixture
def synced(here: Either) -> Either:
    """The same after a first apply."""
    here.run("apply", "-y", "-q")
    return here


def everything(folder: Path) -> dict[str, tuple[str, int, int]]:
    """Each file below a folder: the SHA-256 of its bytes, its time and its bits."""
    return {
        str(path.relative_to(folder)): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.stat().st_mtime_ns,
            path.stat().st_mode,
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_story_1_an_unmounted_source_empties_nothing(synced: Either) -> None:
    """The mount point is left behind, empty: no album loses a picture, with any way of pruning."""
    before = synced.shown("cats")
    for prune in ("detach", "delete", "never"):
        synced.manifest(table("cats", f'prune = "{prune}"') + table("dogs"))
        shutil.move(synced.folder / "cats", synced.folder / "unplugged")
        (synced.folder / "cats").mkdir()
        synced.run("apply", "-y", code=3)
        assert synced.shown("cats") == before
        (synced.folder / "cats").rmdir()
        shutil.move(synced.folder / "unplugged", synced.folder / "cats")
        synced.run("apply", "-y", "-q")


def test_story_2_a_guard_cannot_be_talked_away_with_a_marker_file(synced: Either) -> None:
    """Whatever is put into the empty folder to make it look right, no picture leaves, and no message asks for it."""
    before = synced.shown("cats")
    shutil.move(synced.folder / "cats", synced.folder / "unplugged")
    (synced.folder / "cats").mkdir()
    told = synced.run("apply", "-y", code=3)
    for word in ("create", "touch", "mkdir"):
        assert word not in told.stdout + told.stderr
    for name in (".imgur-sync", ".marker", ".syncignore", ".imgursyncignore"):
        (synced.folder / "cats" / name).write_text("")
    synced.run("apply", "-y", code=3)
    synced.run("apply", "-y", "--approve", "prune=5", code=3)
    assert synced.shown("cats") == before


@pytest.mark.parametrize(
    "body",
    [
        '{"data": {"error": "overloaded"}, "success": false, "status": 500}',
        '{"data": [], "success": true, "status": 200}',
        '{"data": null, "success": true, "status": 200}',
        "<html>502</html>",
    ],
)
def test_story_3_an_error_is_never_read_as_nothing_there(body: str, synced: Either) -> None:
    """No album is made, no picture sent or removed on the word of an answer that says nothing."""
    (synced.folder / "cats" / "c1.png").unlink()
    world = synced.look("world")
    status = 500 if "500" in body else 200
    lists = () if synced.anonymous else ("/3/account/me/albums/*", "/3/account/me/images/*")
    for number, path in enumerate((*lists, "/3/album/*", "/3/image/*")):
        synced.put(f"cats/c9{number}.png", 90 + number)
        synced.edit("remove_from_album", title_of="cats", images=synced.album("cats")["images"][-1:])
        fault = {"match": {"method": "GET", "path": path}, "fault": "reply", "status": status, "body": body}
        synced.steer("faults", [fault])
        mark = synced.last()
        done = synced.run("apply", "-y", "--refresh", code=None)
        assert done.returncode in (0, 3, 7, 75), done.stderr
        assert "POST /3/album" not in synced.writes(mark), "no second album"
        assert len(synced.look("world")["albums"]) == len(world["albums"])
        synced.calm()
    for _ in range(2):
        synced.run("apply", "-y", "-q", code=None)
    synced.check_equal("cats", "dogs")


def test_story_4_the_users_files_are_never_touched(synced: Either) -> None:
    """Bytes, times and bits of every file are what they were after failures, removals, replacements and a purge."""
    synced.put("cats/broken.jpg", b"\xff\xd8\xff\xe0 not whole")
    (synced.folder / "cats" / "empty").mkdir()
    (synced.folder / "cats" / "c0.png").unlink()
    synced.put("cats/c1.png", 91)
    before = everything(synced.folder / "cats")
    synced.steer("faults", [{"match": UPLOAD, "fault": "drop_before"}])
    synced.run("apply", "-y", code=7)
    synced.calm()
    synced.run("apply", "-y", code=7)
    synced.run("purge", "--older-than", "0s", "--approve", "purge=2")
    assert everything(synced.folder / "cats") == before
    assert (synced.folder / "cats" / "empty").is_dir()


def test_story_5_a_replacement_that_fails_leaves_the_old_picture(synced: Either) -> None:
    """The old picture stays in the album until the new one is up."""
    before = synced.shown("cats")
    synced.put("cats/c2.png", 92)
    refusal = {"status": 400, "body": '{"data": {"error": "File is over the size limit"}, "success": false}'}
    synced.steer("faults", [{"match": UPLOAD, "fault": "reply", **refusal}])
    synced.run("apply", "-y", code=7)
    assert synced.shown("cats") == before


def test_story_6_a_half_written_file_is_not_sent(here: Either) -> None:
    """A program is still writing: what arrives is whole or not sent at all, and the next run sends the rest."""
    whole = png(600, 600, seed=99)
    growing = here.put("cats/c7.png", whole[: len(whole) // 3])
    stop = threading.Event()

    def write_on() -> None:
        with growing.open("ab") as file:
            for start in range(len(whole) // 3, len(whole), 997):
                if stop.is_set():
                    return
                file.write(whole[start : start + 997])
                file.flush()

    writer = threading.Thread(target=write_on)
    writer.start()
    try:
        here.run("apply", "-y", code=None)
    finally:
        stop.set()
        writer.join()
    growing.write_bytes(whole)
    here.run("apply", "-y", "-q")
    planned = {hashlib.sha256(path.read_bytes()).hexdigest() for path in (here.folder / "cats").iterdir()}
    assert set(here.received()) <= planned | set(here.wanted("dogs"))
    here.check_equal("cats", "dogs")


def test_story_7_no_file_of_a_burst_is_missed(here: Either) -> None:
    """Sixty files renamed into the folder at once: a scan finds them all, no event is needed."""
    aside = here.folder / "aside"
    aside.mkdir()
    for number in range(60):
        (aside / f"n{number}.png").write_bytes(png(seed=300 + number))
    for path in sorted(aside.iterdir()):
        path.rename(here.folder / "cats" / path.name)
    here.run("apply", "-y", "-q")
    assert set(here.shown("cats")) == set(here.wanted("cats"))
    assert len(here.shown("cats")) == 65


def test_story_8_a_rename_is_neither_an_upload_nor_a_removal(synced: Either) -> None:
    """A renamed folder below the album's, and editors that save by renaming: the pictures stay what they are."""
    for name in ("a", "b"):
        synced.put(f"cats/old/{name}.png", 40 + ord(name))
    synced.run("apply", "-y", "-q")
    ids = set(synced.album("cats")["images"])
    uploads = len(synced.received())
    (synced.folder / "cats" / "old").rename(synced.folder / "cats" / "new")
    for path in (synced.folder / "cats").glob("c*.png"):
        saved = path.with_suffix(".tmp")
        saved.write_bytes(path.read_bytes())
        os.replace(saved, path)
    synced.run("apply", "-y", "-q")
    assert set(synced.album("cats")["images"]) == ids
    assert len(synced.received()) == uploads


def test_story_9_a_retry_after_a_time_out_makes_no_duplicate(here: Either) -> None:
    """The picture is stored, its answer lost, and the program killed before it could write anything down."""
    here = apart(here)
    here.steer("faults", [{"match": {**UPLOAD, "nth": 2}, "fault": "drop_after"}])
    with started(here, "apply", "-y") as process:
        until(lambda: len(here.received()) >= 3)
        process.kill()
    here.calm()
    for _ in range(3):
        if here.run("apply", "-y", "-q", code=None).returncode == 0:
            break
    here.check_equal("cats", "dogs")


@pytest.mark.parametrize("mode", MODES)
def test_story_10_a_run_that_stops_early_leaves_no_orphan_and_no_empty_album(mode: str, tmp_path: Path) -> None:
    """Stopped at any upload: what is up stands in its album, and no album is empty."""
    for nth in (1, 2, 6):
        with either(tmp_path / str(nth), mode, kind=Inside) as here:
            refusal = {"status": 429, "body": '{"errors": [{"code": "429", "status": "Too Many Requests"}]}'}
            for later in range(nth, 9):
                here.steer("faults", [{"match": {**UPLOAD, "nth": later}, "fault": "reply", **refusal}])
            here.run("apply", "-y", code=6)
            world = here.look("world")
            placed = {image_id for album in world["albums"] for image_id in album["images"]}
            assert {image["id"] for image in world["images"]} <= placed
            here.calm()


def test_story_11_a_change_that_keeps_size_and_time_is_seen(synced: Either) -> None:
    """Also with times that no calendar expects; and an unchanged file with a new time is not sent again."""
    path = synced.folder / "cats" / "c3.png"
    old = path.read_bytes()
    before = path.stat()
    path.write_bytes(png(seed=3001)[: len(old)].ljust(len(old), b"\0"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    for name, moment in (("c1.png", -2_177_452_800), ("c2.png", 4_070_908_800)):
        os.utime(synced.folder / "cats" / name, (moment, moment))
    mark = len(synced.received())
    synced.run("apply", "-y", "-q", code=None)
    assert len(synced.received()) - mark <= 1
    told = synced.json("plan", "--offline")
    assert not [step for album in told["albums"] for step in album["steps"] if step.get("path") in ("c1.png", "c2.png")]


def test_story_12_spellings_of_one_name_do_not_play_ping_pong(here: Either) -> None:
    """Composed and decomposed letters, Hangul, and bytes that are no text at all: one run, then silence."""
    names = [b"caf\xc3\xa9.png", b"cafe\xcc\x81.png", "\u1112\u1161\u11ab.png".encode(), b"no\xffutf8.png"]
    for number, name in enumerate(names):
        with open(os.path.join(os.fsencode(here.folder / "cats"), name), "wb") as file:
            file.write(png(seed=500 + number))
    here.run("apply", "-y", "-q")
    assert len(here.shown("cats")) == 9
    mark = here.last()
    for _ in range(2):
        here.run("apply", "-y", "-q", "--refresh")
    assert here.writes(mark) == []


def test_story_13_equal_names_and_equal_contents_are_told_apart(here: Either) -> None:
    """Names that differ in case, the same bytes twice, two albums of one title: all are kept, and removing one of two
    equal files removes one picture."""
    here.put("cats/A.png", 71)
    here.put("cats/a.png", 72)
    here.put("cats/twin1.png", 73)
    here.put("cats/twin2.png", 73)
    here.manifest(table("cats") + table("dogs").replace('title = "dogs"', 'title = "cats"'))
    here.run("apply", "-y", "-q")
    albums = {len(album["images"]): album for album in here.look("world")["albums"]}
    assert sorted(albums) == [3, 9]
    (here.folder / "cats" / "twin1.png").unlink()
    here.run("apply", "-y", "-q")
    images = {image["id"]: image["sha256"] for image in here.look("world")["images"]}
    shown = next(a["images"] for a in here.look("world")["albums"] if a["id"] == albums[9]["id"])
    assert [images[i] for i in shown].count(hashlib.sha256(png(seed=73)).hexdigest()) == 1
    assert len(shown) == 8


@pytest.mark.parametrize("mode", MODES)
def test_story_14_two_runs_at_once_do_the_work_once(mode: str, tmp_path: Path) -> None:
    """The second ends with 5 and does nothing; a run that was killed leaves no lock behind; a second machine with the
    same manifest recognises everything. Without an account it has nothing to recognise it by: told in a file beside
    this one."""
    with either(tmp_path, mode, latency=0.1) as here:
        with started(here, "apply", "-y") as first:
            until(lambda: len(here.received()) >= 1)
            first.send_signal(signal.SIGSTOP)  # it holds its lock for as long as the second one takes
            here.run("apply", "-y", code=5)
            first.kill()
        for _ in range(3):
            if here.run("apply", "-y", "-q", code=None).returncode == 0:
                break
        here.check_equal("cats", "dogs")
        if here.anonymous:
            return
        uploads = len(here.received())
        other = sibling(here, "second-machine")
        other.run("apply", "-y", "-q")
        assert len(here.received()) == uploads


def test_story_15_a_rule_that_leaves_files_out_deletes_nothing(synced: Either) -> None:
    """A new ignore rule, another folder, a table dropped: the pictures stay, and no gate has to hold them."""
    before = {name: synced.shown(name) for name in ("cats", "dogs")}
    (synced.folder / "cats" / ".imgursyncignore").write_text("c*.png\n")
    synced.put("cats/z.png", 81)
    synced.run("apply", "-y", "-q", code=None)
    assert set(before["cats"]) <= set(synced.shown("cats"))
    synced.put("other/o.png", 82)
    moved = table("dogs").replace('folder = "dogs"', 'folder = "other"')
    synced.manifest(moved)
    synced.run("apply", "-y", "-q", code=None)
    assert set(before["cats"]) <= set(synced.shown("cats"))
    assert set(before["dogs"]) <= set(synced.shown("dogs"))

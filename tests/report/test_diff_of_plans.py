"""`diff` line by line, made from plans of the whole program against the simulated Imgur."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from imgur_sync.model.spec import Prune
from imgur_sync.report.diff import diff_json, diff_text, differences
from tests.support.sync_stage import SyncStage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[SyncStage]:
    """The album cats with six pictures and dogs with three, mirrored."""
    with SyncStage(tmp_path) as stage:
        for key, count in (("cats", 6), ("dogs", 3)):
            stage.album(key)
            for index in range(count):
                stage.put(key, f"{key[0]}{index}.png", 10 * len(stage.albums) + index)
        assert stage.apply().codes == (0,)
        stage.clock.advance(5000)
        yield stage


def lines(stage: SyncStage, *albums: str) -> list[str]:
    """What `diff` prints."""
    plan = stage.plan(albums=albums, refresh=True)
    return diff_text(plan, differences(plan)).splitlines()


def edit(stage: SyncStage, op: str, **fields: object) -> None:
    """Somebody changes something on the web site."""
    stage.web.post("/_simulator/edit", json={"op": op, **fields}).raise_for_status()


def test_no_difference_is_said_in_one_line(stage: SyncStage) -> None:
    """With what was compared."""
    assert lines(stage) == ["No difference: 2 albums with 9 pictures."]
    assert lines(stage, "dogs") == ["note: 1 other album was not looked at", "No difference: 1 album with 3 pictures."]


def test_every_kind_of_local_change_is_a_line(stage: SyncStage) -> None:
    """New, replaced, renamed, moved, left, unsendable: by path."""
    cats, dogs = stage.base / "cats", stage.base / "dogs"
    stage.put("cats", "new.png", 90)
    stage.put("cats", "c1.png", 91)
    (cats / "c2.png").rename(cats / "renamed.png")
    (cats / "c3.png").unlink()
    (dogs / "d0.png").rename(cats / "z from dogs.png")
    (dogs / "bad.png").write_bytes(b"")
    assert lines(stage) == [
        "You changed:",
        "~ cats/c1.png  replaced",
        "- cats/c3.png  leaves the album",
        "+ cats/new.png",
        "> cats/c2.png → cats/renamed.png",
        "> dogs/d0.png → cats/z from dogs.png",
        "! dogs/bad.png  cannot be sent: empty file",
    ]


def test_a_deletion_is_told_as_one(stage: SyncStage) -> None:
    """`prune = "delete"` is for good."""
    stage.change("cats", prune=Prune.DELETE)
    (stage.base / "cats" / "c3.png").unlink()
    assert lines(stage) == ["You changed:", "- cats/c3.png  is deleted"]


def test_texts_and_values_are_told_old_and_new(stage: SyncStage) -> None:
    """Title, description, cover and order of an album, as the manifest changed."""
    stage.change("cats", title="Kittens", description="all of them", cover="c2.png")
    stage.change("dogs", title="Dogs\x1b[31m")
    assert lines(stage) == [
        "You changed:",
        '* cats  title: "cats" → "Kittens"',
        '* cats  description: none → "all of them"',
        "* cats  cover: c0.png → c2.png",
        '* dogs  title: "dogs" → "Dogs\\u001b[31m"',
    ]


def test_a_new_album_is_a_line_and_its_files(stage: SyncStage) -> None:
    """Its order goes without saying; a privacy that is not the usual one does not."""
    stage.album("owls", title="Owls")
    stage.put("owls", "o.png", 95)
    assert lines(stage) == ["You changed:", '+ owls  a new album, "Owls"', "+ owls/o.png"]


def test_changes_on_imgur_are_a_part_of_their_own(stage: SyncStage) -> None:
    """A title set there, a picture taken out, one deleted, and the order."""
    cats, dogs = stage.remote("cats"), stage.remote("dogs")
    edit(stage, "set_album", id=cats["id"], title="Mine now")
    edit(stage, "remove_from_album", id=cats["id"], images=[cats["images"][1]])
    edit(stage, "delete_image", id=dogs["images"][0])
    stage.put("dogs", "new.png", 96)
    found = lines(stage)
    assert found[:2] == ["You changed:", "+ dogs/new.png"]
    imgur = found[found.index("Changed on Imgur:") :]
    assert '* cats  title: "Mine now" → "cats"' in imgur
    assert "+ cats/c1.png  was taken out of the album there" in imgur
    assert "+ dogs/d0.png  was deleted there" in imgur
    assert "? dogs  1 picture was deleted on Imgur: sent again, under a new link" in imgur
    assert not any("the title was changed" in line for line in found), "told with old and new already"


def test_an_album_deleted_on_imgur_is_a_change_there(stage: SyncStage) -> None:
    """It is made anew; that its pictures come back without an upload goes without saying."""
    edit(stage, "delete_album", id=stage.remote("dogs")["id"])
    assert lines(stage) == [
        "Changed on Imgur:",
        '+ dogs  the album, made anew, "dogs"',
        "? dogs  the album was deleted on Imgur: it is made anew",
    ]


def test_what_is_in_doubt_is_no_silence(stage: SyncStage) -> None:
    """A run that was killed while its upload was under way, whose outcome nobody knows."""
    stage.put("cats", "new.png", 90)
    job = 0
    while "? cats  the upload of new.png may or may not have happened" not in lines(stage):
        job += 1
        assert stage.killed_apply(job), "no kill left an upload in doubt"


def test_an_order_is_told_with_the_pictures_that_stay(stage: SyncStage) -> None:
    """Before and after, the first few."""
    dogs = stage.remote("dogs")
    edit(stage, "order", id=dogs["id"], images=list(reversed(dogs["images"])))
    assert lines(stage) == ["Changed on Imgur:", "* dogs  order: d2.png, d1.png, d0.png → d0.png, d1.png, d2.png"]


def test_what_cannot_be_compared_is_told(stage: SyncStage) -> None:
    """A folder that is gone is no difference of all of its pictures."""
    (stage.base / "cats").rename(stage.base / "elsewhere")
    assert lines(stage) == ["You changed:", "! cats  not compared: the folder cats is missing"]


def test_the_json_has_the_same_changes_without_ids(stage: SyncStage) -> None:
    """Side and kind are words that do not change."""
    stage.put("cats", "c1.png", 91)
    (stage.base / "cats" / "c2.png").rename(stage.base / "cats" / "renamed.png")
    plan = stage.plan()
    text = diff_json(plan, differences(plan))
    told = json.loads(text)
    assert (told["kind"], told["empty"], told["offline"]) == ("diff", False, False)
    assert [(c["side"], c["kind"], c["album"], c["path"], c["old"]) for c in told["changes"]] == [
        ("local", "replaced", "cats", "c1.png", ""),
        ("local", "renamed", "cats", "renamed.png", "cats/c2.png"),
    ]
    world = stage.look("world")
    assert not [image["id"] for image in world["images"] if image["id"] in text]

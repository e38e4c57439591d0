"""Plans and runs of some albums: which ones, and that they take nothing from those that are left out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from imgur_sync.errors import UsageError
from imgur_sync.model.plan import GateName
from imgur_sync.model.reviewed import Expected
from imgur_sync.model.spec import Prune
from imgur_sync.model.step import DeleteImage, EditAlbum, Upload
from tests.support.sync_stage import SyncStage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[SyncStage]:
    """The albums cats and dogs, with five pictures each, mirrored."""
    with SyncStage(tmp_path) as stage:
        for number, key in enumerate(("cats", "dogs")):
            stage.album(key)
            for index in range(5):
                stage.put(key, f"{key[0]}{index}.png", 10 * number + index)
        assert stage.apply().codes == (0,)
        stage.clock.advance(1000)
        yield stage


def move(stage: SyncStage, path: str, target: str) -> None:
    """Move a file from one folder to another."""
    (stage.base / path).rename(stage.base / target)


def test_a_picture_of_an_album_left_out_is_not_taken_from_it(stage: SyncStage) -> None:
    """The file went from dogs to cats; with cats alone it is sent anew, and the album dogs is not touched."""
    before = stage.remote("dogs")["images"]
    move(stage, "dogs/d0.png", "cats/d0.png")
    plan = stage.plan(albums=("cats",))
    assert [album.album for album in plan.albums] == ["cats"]
    assert [step.path for step in plan.albums[0].wanted if isinstance(step, Upload)] == ["d0.png"]
    assert "1 other album was not looked at" in plan.notes
    assert stage.apply(albums=("cats",)).codes == (0,)
    assert stage.remote("dogs")["images"] == before
    assert stage.shown("cats") == stage.wanted("cats")


def test_with_both_albums_the_same_move_uploads_nothing(stage: SyncStage) -> None:
    """What the selection left out: the join over all that are planned."""
    move(stage, "dogs/d0.png", "cats/d0.png")
    for names in ((), ("cats", "dogs"), ("*",), ("[cd]*",)):
        plan = stage.plan(albums=names)
        assert plan.total.uploads == 0, names
    assert stage.apply(albums=("dogs", "cats")).codes == (0,)
    assert stage.uploads() == 10


def test_a_picture_that_an_album_left_out_needs_is_not_deleted(stage: SyncStage) -> None:
    """Deleting it would lose the link that the other album is to take over: it is only taken out, and then taken."""
    stage.change("dogs", prune=Prune.DELETE)
    move(stage, "dogs/d0.png", "cats/d0.png")
    (stage.base / "dogs" / "d1.png").unlink()
    moved = stage.remote("dogs")["images"][0]
    plan = stage.plan(albums=("dogs",))
    (dogs,) = plan.albums
    assert [step.path for step in dogs.wanted if isinstance(step, DeleteImage)] == ["d1.png"]
    assert [place.path for step in dogs.wanted if isinstance(step, EditAlbum) for place in step.detached] == ["d0.png"]
    assert any("an album that is not planned now needs it" in text for text in dogs.warnings)
    assert stage.apply(albums=("dogs",)).codes == (0,)
    assert stage.shown("dogs") == stage.wanted("dogs")
    assert stage.apply().codes == (0,)
    assert stage.uploads() == 9, "one was deleted, none was sent again"
    assert moved in stage.remote("cats")["images"]


def test_nothing_is_deleted_while_a_folder_left_out_cannot_be_seen(stage: SyncStage) -> None:
    """An unplugged disk may hold the file."""
    stage.change("dogs", prune=Prune.DELETE)
    (stage.base / "dogs" / "d1.png").unlink()
    (stage.base / "cats").rename(stage.base / "elsewhere")
    (dogs,) = stage.plan(albums=("dogs",)).albums
    assert not [step for step in dogs.wanted if isinstance(step, DeleteImage)]
    assert any("nothing is deleted" in text for text in dogs.warnings)


def test_a_detached_picture_that_its_album_wants_back_is_left_to_it(stage: SyncStage) -> None:
    """Both folders have the file now: the one whose picture it was takes it, whichever is planned first."""
    data = (stage.base / "dogs" / "d0.png").read_bytes()
    (stage.base / "dogs" / "d0.png").unlink()
    assert stage.apply().codes == (0,)
    (stage.base / "dogs" / "d0.png").write_bytes(data)
    (stage.base / "cats" / "d0.png").write_bytes(data)
    assert stage.plan(albums=("cats",)).total.uploads == 1
    assert stage.plan(albums=("dogs",)).total.uploads == 0
    (stage.base / "dogs" / "d0.png").unlink()
    assert stage.plan(albums=("cats",)).total.uploads == 0, "nobody else needs it"


def test_the_digest_is_that_of_the_selection(stage: SyncStage) -> None:
    """What the other albums want is no part of it, and an approval counts what the selection withholds."""
    for index in range(4):
        (stage.base / "cats" / f"c{index}.png").unlink()
        (stage.base / "dogs" / f"d{index}.png").unlink()
    cats = stage.plan(albums=("cats",))
    assert cats.digest != stage.plan().digest
    assert cats.digest == stage.plan({GateName.PRUNE: 4}, albums=("ca*",)).digest
    assert stage.apply({GateName.PRUNE: 4}, albums=("cats",), expect=Expected(cats.digest)).codes == (0,)
    assert len(stage.remote("dogs")["images"]) == 5


def test_an_unknown_key_names_the_nearest_and_all(stage: SyncStage) -> None:
    """A typing error is told with what was meant."""
    with pytest.raises(UsageError) as caught:
        stage.plan(albums=("cast",))
    assert caught.value.message == 'no album "cast" in sync.toml'
    assert caught.value.hint == "did you mean cats? the albums are cats, dogs"
    with pytest.raises(UsageError, match="no album") as caught:
        stage.apply(albums=("cats", "x*"))
    assert caught.value.hint == "the albums are cats, dogs"

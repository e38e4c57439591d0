"""Where what becomes of albums meets what becomes of pictures: with an account and without one."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import ExitCode, ManifestError, UsageError
from imgur_sync.local.folders import Folders
from imgur_sync.model.local import LocalAlbum, UnchangedFolder
from imgur_sync.model.plan import GateName
from imgur_sync.model.spec import AlbumSpec
from imgur_sync.model.step import DeleteImage
from imgur_sync.model.texts import Texts
from tests.support.lifecycle_stage import LifecycleStage
from tests.support.pictures import png

PRUNE = GateName.PRUNE


@pytest.fixture(params=[False, True], ids=["account", "nobody"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LifecycleStage]:
    """The albums cats and dogs, of five pictures each, mirrored."""
    with LifecycleStage(tmp_path / "world", anonymous=request.param) as stage:
        for number, key in enumerate(("cats", "dogs")):
            stage.album(key)
            for index in range(5):
                stage.put(key, f"{index}.png", 10 * number + index)
        assert stage.apply().codes == (0,)
        stage.clock.advance(1000)
        yield stage


@pytest.fixture
def nobodys(tmp_path: Path) -> Iterator[LifecycleStage]:
    """The albums cats and dogs without an account; of one picture of cats the deletehash was lost."""
    with LifecycleStage(tmp_path / "world", anonymous=True) as stage:
        for number, key in enumerate(("dogs", "cats")):
            stage.album(key)
            for index in range(5):
                stage.put(key, f"{index}.png", 10 * number + index)
        stage.apply()
        stage.put("cats", "9.png", 99)
        stage.steer("faults", [{"match": {"method": "POST", "path": "/3/upload"}, "fault": "drop_after"}])
        stage.apply()
        stage.web.delete("/_simulator/faults")
        stage.clock.advance(1000)
        assert stage.apply().codes == (0,)
        yield stage


def calm(stage: LifecycleStage) -> None:
    """Listings grow old, and there is nothing to do."""
    stage.clock.advance(4000)
    assert stage.apply().codes == (0,)
    plan = stage.plan()
    assert plan.settled
    assert plan.empty


def unlink(stage: LifecycleStage, key: str, *numbers: int) -> None:
    for number in numbers:
        (stage.albums[key].root / f"{number}.png").unlink()


def test_a_picture_is_put_back_where_somebody_elses_picture_stands(stage: LifecycleStage) -> None:
    """Without an account too, where no edit can name what is foreign; when its file comes back, nothing is uploaded."""
    picture = base64.b64encode(png(seed=500)).decode()
    stage.steer("edit", {"op": "add", "id": stage.there("cats")["id"], "image_base64": picture})
    unlink(stage, "cats", 1)
    assert stage.apply().codes == (0,)
    outing = stage.restore("cats")
    assert (outing.problems, len(outing.done)) == ([], 1)
    calm(stage)
    assert len(stage.there("cats")["images"]) == 6
    uploads = stage.uploads()
    stage.put("cats", "1.png", 1)
    calm(stage)
    assert stage.uploads() == uploads


def test_what_left_is_deleted_for_good(stage: LifecycleStage) -> None:
    """By its id or by its deletehash; a file of that content is then a new one."""
    unlink(stage, "cats", 1)
    stage.apply()
    assert stage.purge("cats").problems == []
    assert stage.uploads() == 9
    stage.put("cats", "1.png", 1)
    calm(stage)
    assert stage.shown("cats") == stage.wanted("cats")


@pytest.mark.parametrize("pictures", [False, True])
def test_the_key_of_a_removed_album_is_free_again(stage: LifecycleStage, pictures: bool) -> None:
    """Nobody is asked whether to restore what the manifest itself removed; pictures that live on are taken back."""
    stage.change("dogs", protect=True)
    stage.apply()
    stage.change("dogs", protect=False)
    unlink(stage, "dogs", 1, 2, 3, 4)
    stage.apply()
    stage.put("dogs", "1.png", 11)
    stage.remove("dogs", pictures=pictures)
    assert stage.apply({PRUNE: 5}).codes == (0,)
    assert len(stage.look("world")["albums"]) == 1
    assert stage.uploads() == (5 if pictures else 10)
    calm(stage)
    assert stage.ask(lambda store: (store.album("dogs"), store.protected(), dict(store.held()))) == (
        None,
        frozenset(),
        {},
    )
    stage.removed = ()
    stage.album("dogs")
    (dogs,) = stage.plan().albums
    assert not dogs.gates
    calm(stage)
    assert stage.shown("dogs") == stage.wanted("dogs")
    assert stage.uploads() == (7 if pictures else 10)


def test_an_album_moves_to_the_key_of_a_removed_one(stage: LifecycleStage) -> None:
    """The removed one left loose pictures only; it is no second album."""
    stage.remove("dogs")
    assert stage.apply({PRUNE: 5}).codes == (0,)
    stage.removed = ()
    stage.rename("cats", "dogs")
    calm(stage)
    assert stage.shown("dogs") == stage.wanted("dogs")
    assert stage.uploads() == 10


@pytest.mark.parametrize("pictures", [False, True])
def test_a_removed_album_leaves_what_nobody_can_delete(nobodys: LifecycleStage, pictures: bool) -> None:
    """The plan tells how many stay; the rest goes as asked."""
    nobodys.remove("cats", pictures=pictures)
    (cats,) = nobodys.plan().albums
    assert sum(isinstance(step, DeleteImage) for step in cats.wanted) == (5 if pictures else 0)
    assert cats.gates[0].count == 6
    assert ("1 picture would stay" in cats.gates[0].detail) is pictures
    assert nobodys.apply({PRUNE: 6}).codes == (0,)
    assert len(nobodys.look("world")["albums"]) == 1
    assert nobodys.uploads() == (6 if pictures else 11)
    calm(nobodys)


def test_a_text_that_nobody_can_change_is_told(nobodys: LifecycleStage) -> None:
    """7, with the picture and the reason; all others get theirs. Told once: later applies are done, and the plan
    warns until the wish is another."""
    nobodys.change("cats", image_title="{stem}", images=(("9.png", Texts(None, "asleep")),))
    finished = nobodys.apply()
    assert finished.codes == (ExitCode.PARTIAL,)
    assert finished.left is not None
    blocked = [item for album in finished.left.albums for item in album.blocked]
    assert {(item.path, "its deletehash was lost" in item.reason) for item in blocked} == {("9.png", True)}
    images = {image["id"]: image["title"] for image in nobodys.look("world")["images"]}
    assert [images[i] for i in nobodys.there("cats")["images"]][:5] == ["0", "1", "2", "3", "4"]
    calm(nobodys)
    (cats,) = nobodys.plan().albums
    assert [warning for warning in cats.warnings if "wants otherwise" in warning and "9.png" in warning]
    assert nobodys.apply().codes == (ExitCode.DONE,)
    nobodys.change("cats", images=(("9.png", Texts(None, "awake")),))
    assert nobodys.apply().codes == (ExitCode.PARTIAL,)
    calm(nobodys)
    nobodys.change("cats", image_title="", images=())
    calm(nobodys)
    assert nobodys.plan().albums == ()


def test_without_an_account_no_album_is_adopted(nobodys: LifecycleStage) -> None:
    """Nothing is sent; the remedy is named, and it is not to log in."""
    before = len(nobodys.look("history")["requests"])
    nobodys.albums.clear()
    nobodys.album("birds", id="AbC1234")
    nobodys.put("birds", "0.png", 7)
    for run in (nobodys.plan, nobodys.apply):
        with pytest.raises(ManifestError) as caught:
            run()
        assert "no album that exists can be adopted" in caught.value.problems[0].what
        assert "deletehash" in caught.value.problems[0].remedy
    assert len(nobodys.look("history")["requests"]) == before


def test_a_removal_alone_spares_what_another_folder_needs(stage: LifecycleStage) -> None:
    """`apply dogs` looks at no other album: the picture is only let go, and the next apply takes it without upload."""
    (stage.albums["dogs"].root / "1.png").rename(stage.albums["cats"].root / "z.png")
    stage.remove("dogs", pictures=True)
    (dogs,) = stage.plan(albums=("dogs",)).albums
    assert sum(isinstance(step, DeleteImage) for step in dogs.wanted) == 4
    assert any("an album that is not planned now needs it" in text for text in dogs.warnings)
    assert stage.apply({PRUNE: 5}, albums=("dogs",)).codes == (0,)
    assert stage.uploads() == 6
    calm(stage)
    assert stage.shown("cats") == stage.wanted("cats")
    assert stage.uploads() == 6


def test_a_picture_let_go_of_keeps_its_album_from_being_removed(stage: LifecycleStage) -> None:
    """It is as foreign as what somebody else put in."""
    unlink(stage, "dogs", 1)
    stage.apply()
    stage.restore("dogs")
    stage.clock.advance(4000)
    assert stage.apply().codes == (0,)
    stage.forget_pictures("dogs", "1.png")
    stage.remove("dogs", pictures=True)
    finished = stage.apply()
    assert finished.codes == (ExitCode.PARTIAL,)
    assert stage.uploads() == 10
    assert len(stage.look("world")["albums"]) == 2


def test_some_albums_with_moved_keys_and_collections(stage: LifecycleStage) -> None:
    """An old key is none any more; a vanished sub-folder stops nothing but itself."""
    root = stage.collect()
    for name in ("a", "b"):
        (root / name).mkdir()
        (root / name / "x.png").write_bytes(png(seed=600 + ord(name)))
    stage.rename("cats", "katzen")
    with pytest.raises(UsageError):
        stage.plan(albums=("cats",))
    for key in ("trips/a", "katzen", "trips/*"):
        assert stage.apply(albums=(key,)).codes == (0,)
    assert stage.shown("katzen") == stage.wanted("katzen")
    assert stage.uploads() == 12
    shutil.rmtree(root / "b")
    assert stage.apply(albums=("trips/a",)).codes == (0,)
    assert stage.apply(albums=("trips/b",)).codes == (ExitCode.GATE,)


def test_a_gate_that_holds_moves_with_its_key(stage: LifecycleStage) -> None:
    """It goes on counting by what was synced then, and is passed by the same number."""
    unlink(stage, "cats", 1, 2, 3, 4)
    assert stage.apply().codes == (ExitCode.GATE,)
    stage.rename("cats", "katzen")
    assert stage.apply().codes == (ExitCode.GATE,)
    assert stage.ask(lambda store: dict(store.held())) == {("katzen", "prune"): 5}
    assert stage.apply({PRUNE: 4}).codes == (0,)
    assert stage.ask(lambda store: dict(store.held())) == {}
    outing = stage.restore("katzen")
    assert (outing.problems, len(outing.done)) == ([], 4)


def test_a_forgotten_key_begins_anew(stage: LifecycleStage) -> None:
    """No mark of it is left; a new album is made, under markers that were never used."""
    stage.change("cats", protect=True)
    unlink(stage, "dogs", 1, 2, 3, 4)
    assert stage.apply().codes == (ExitCode.GATE,)
    specs = dict(stage.albums)
    old = [stage.there(key) for key in specs]
    stage.albums.clear()
    assert stage.forget("cats")
    assert stage.forget("dogs")
    assert stage.ask(lambda store: (store.protected(), dict(store.held()))) == (frozenset(), {})
    stage.albums.update(specs)
    stage.change("cats", protect=False)
    calm(stage)
    names = [image["name"] for image in stage.look("world")["images"]]
    assert len(names) == len(set(names)) == 16
    now = stage.look("world")["albums"]
    assert all(album in now for album in old)
    assert len(now) == 4


def test_plans_online_and_offline_have_one_digest(stage: LifecycleStage) -> None:
    """With everything at once in the manifest; offline nothing is sent, and nothing is written."""
    root = stage.collect()
    (root / "a").mkdir()
    (root / "a" / "x.png").write_bytes(png(seed=700))
    assert stage.apply().codes == (0,)
    stage.change("cats", image_title="{stem}", listed=("3.png",))
    stage.rename("cats", "katzen")
    stage.remove("dogs")
    (root / "b").mkdir()
    (root / "b" / "y.png").write_bytes(png(seed=701))
    before, state = len(stage.look("history")["requests"]), stage.copy_state()
    offline = stage.plan(offline=True)
    assert len(stage.look("history")["requests"]) == before
    assert offline.digest == stage.plan().digest == stage.plan().digest
    assert stage.copy_state() == state


@pytest.mark.parametrize("stage", [False], indirect=True, ids=["account"])
def test_a_lost_state_with_everything_in_the_manifest(stage: LifecycleStage) -> None:
    """Keys moved, albums removed, collections, texts: recognised, and nothing is uploaded."""
    root = stage.collect()
    (root / "a").mkdir()
    (root / "a" / "x.png").write_bytes(png(seed=700))
    stage.change("cats", image_title="{stem}")
    assert stage.apply().codes == (0,)
    stage.clock.advance(1000)
    stage.rename("cats", "katzen")
    stage.remove("dogs")
    for name in ("state.db", "cache.db"):
        (stage.base / ".imgur-sync" / name).unlink()
    assert stage.plan().total.uploads == 0
    assert stage.apply({PRUNE: 5}).codes == (0,)
    assert stage.uploads() == 11
    calm(stage)


def test_a_sub_folder_that_is_there_is_not_removed(stage: LifecycleStage) -> None:
    """Its album would be made and deleted in turns."""
    root = stage.collect()
    (root / "a").mkdir()
    (root / "a" / "x.png").write_bytes(png(seed=700))
    stage.apply()
    stage.remove("trips/a")
    uploads = stage.uploads()
    with pytest.raises(ManifestError) as refused:
        stage.apply()
    assert "its sub-folder is there" in refused.value.problems[0].what
    shutil.rmtree(root / "a")
    assert stage.apply({GateName.PRUNE: 1}).codes == (0,)
    assert stage.uploads() == uploads
    assert not stage.there("trips/a")


def test_a_sub_folder_that_cannot_be_read_is_not_an_empty_one(
    stage: LifecycleStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run says so and does not end with 0."""
    root = stage.collect()
    (root / "a").mkdir()
    (root / "a" / "x.png").write_bytes(png(seed=701))
    whole = Folders.scan

    def scan(folders: Folders, spec: AlbumSpec, **named: Any) -> LocalAlbum | UnchangedFolder:
        found = whole(folders, spec, **named)
        if spec.key != "trips/a" or not isinstance(found, LocalAlbum):
            return found
        return replace(found, files=(), errors=("the folder cannot be listed",), fingerprint="")

    monkeypatch.setattr(Folders, "scan", scan)
    assert stage.apply().codes == (ExitCode.PARTIAL,)
    monkeypatch.undo()
    assert stage.apply().codes == (ExitCode.DONE,)
    assert stage.there("trips/a")

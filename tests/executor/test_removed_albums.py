"""[[removed]]: the only way an album is deleted; counted, protected, settled when in doubt."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from imgur_sync.errors import ApprovalError, CredentialsError, ExitCode
from imgur_sync.model.plan import GateName
from imgur_sync.model.spec import Manifest, Removal
from tests.support.pictures import png
from tests.support.sync_stage import Killed, SyncStage

PRUNE = GateName.PRUNE


class RemovingStage(SyncStage):
    """A stage whose manifest has [[removed]] tables."""

    removed: tuple[Removal, ...] = ()

    def manifest(self) -> Manifest:
        return replace(super().manifest(), removed=self.removed)

    def remove(self, key: str, *, pictures: bool = False) -> None:
        """The table of the album goes, and a [[removed]] comes."""
        self.titles = getattr(self, "titles", {}) | {key: self.albums.pop(key)}
        self.removed = (*self.removed, Removal(key, pictures))

    def albums_there(self) -> list[str]:
        return sorted(album["title"] for album in self.look("world")["albums"])


@pytest.fixture
def stage(tmp_path: Path):
    with RemovingStage(tmp_path) as made:
        for key in ("cats", "old"):
            made.album(key)
            for number in range(3):
                made.put(key, f"{number}.png", number + 10 * len(key))
        made.apply()
        made.clock.advance(200)
        yield made


@pytest.mark.parametrize("pictures", [False, True])
def test_an_album_goes_only_by_its_exact_number(stage, pictures: bool) -> None:
    """Its three pictures are counted, whether they are deleted or stay; without the number nothing happens."""
    stage.remove("old", pictures=pictures)
    plan = stage.plan()
    assert [(gate.name, gate.count) for album in plan.albums for gate in album.gates] == [(PRUNE, 3)]
    assert stage.apply().codes == (ExitCode.GATE,)
    with pytest.raises(ApprovalError):
        stage.apply({PRUNE: 2})
    assert stage.albums_there() == ["cats", "old"]
    assert stage.apply({PRUNE: 3}).codes == (ExitCode.DONE,)
    assert stage.albums_there() == ["cats"]
    assert len(stage.look("world")["images"]) == (3 if pictures else 6)
    assert stage.plan().settled
    assert stage.apply().codes == (ExitCode.DONE,)


def test_a_protected_album_is_not_removed(stage) -> None:
    """Its protection outlives the table."""
    stage.change("old", protect=True)
    stage.apply()
    stage.remove("old", pictures=True)
    finished = stage.apply()
    assert finished.codes == (ExitCode.GATE,)
    assert "protected" in finished.left.albums[0].blocked[0].reason
    with pytest.raises(ApprovalError):
        stage.apply({PRUNE: 3})
    assert stage.albums_there() == ["cats", "old"]


def test_an_album_that_holds_pictures_of_others_stays_whole(stage) -> None:
    """It is said why; none of ours is deleted either."""
    import base64

    old = stage.remote("old")["id"]
    stage.steer("edit", {"op": "add", "id": old, "image_base64": base64.b64encode(png(seed=99)).decode()})
    stage.remove("old", pictures=True)
    finished = stage.apply()
    assert finished.codes == (ExitCode.PARTIAL,)
    assert "did not put there" in finished.left.albums[0].blocked[0].reason
    assert len(stage.look("world")["images"]) == 7


def test_pictures_that_another_album_wants_are_moved_before_they_would_be_deleted(stage) -> None:
    """No upload, and only the rest counts."""
    for path in sorted(stage.albums["old"].root.iterdir())[:1]:
        (stage.albums["cats"].root / "zz.png").write_bytes(path.read_bytes())
    stage.remove("old", pictures=True)
    assert stage.apply({PRUNE: 2}).codes == (ExitCode.DONE,)
    assert stage.albums_there() == ["cats"]
    assert stage.shown("cats") == stage.wanted("cats")
    assert len(stage.look("world")["images"]) == 4


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("pictures", [False, True])
def test_a_kill_at_any_request_is_made_good(tmp_path: Path, pictures: bool, after: bool) -> None:
    """Further applies end with the album gone, and nothing of another album touched."""
    for at in range(1, 12):
        with RemovingStage(tmp_path / str(at)) as stage:
            stage.base.mkdir()
            for key in ("cats", "old"):
                stage.album(key)
                stage.put(key, "a.png", len(key))
            stage.apply()
            stage.clock.advance(200)
            stage.remove("old", pictures=pictures)
            stage.kill_at, stage.kill_after = at, after
            try:
                stage.apply({PRUNE: 1})
                struck = False
            except Killed:
                struck = True
            stage.kill_at = 0
            for _ in range(4):
                stage.clock.advance(200)
                count = sum(gate.count for album in stage.plan().albums for gate in album.gates)
                stage.apply({PRUNE: count} if count else {})
            assert stage.albums_there() == ["cats"], at
            assert len(stage.look("world")["images"]) == (1 if pictures else 2), at
            assert stage.plan().settled
            if not struck:
                break


def test_an_unknown_outcome_is_settled_by_a_reading(stage) -> None:
    """The answer was lost: the album is not deleted twice, and the run that waits for it says so by its end."""
    stage.remove("old")
    drop = {"match": {"method": "DELETE"}, "fault": "drop_after"}
    stage.steer("faults", [drop])
    finished = stage.apply({PRUNE: 3})
    stage.web.delete("/_simulator/faults")
    assert finished.codes == (ExitCode.DONE,)
    assert stage.albums_there() == ["cats"]
    deletions = [one for one in stage.look("history")["requests"] if one["method"] == "DELETE"]
    assert len(deletions) == 1


def test_a_removal_that_names_nothing_known_is_told(stage) -> None:
    """It may be a slip of the pen."""
    stage.removed = (Removal("odl"),)
    assert any("[[removed]] odl: no album of this key" in note for note in stage.plan().notes)


def test_an_album_that_is_not_found_for_a_moment_is_still_to_be_removed(stage) -> None:
    """A page of 404 for what the account lists: the album is deleted by a later run."""
    album = next(one["id"] for one in stage.look("world")["albums"] if one["title"] == "old")
    stage.remove("old")
    stage.steer("faults", [{"fault": "html-404", "match": {"path": f"/3/album/{album}"}}])
    assert stage.apply({}).codes == (ExitCode.PARTIAL,)
    stage.web.delete("/_simulator/faults")
    stage.clock.advance(4000)
    assert stage.apply({PRUNE: 3}).codes == (ExitCode.DONE,)
    assert stage.albums_there() == ["cats"]


def test_a_picture_that_imgur_does_not_show_yet_counts_for_the_gate(stage) -> None:
    """It was uploaded a moment before its album is to go, by a run that could not go on."""
    stage.steer("knobs", {"lag": 30})
    stage.put("old", "9.png", 99)
    stage.steer("faults", [{"match": {"method": "PUT", "path": "/3/album/*"}, "fault": "token-invalid-403"}])
    with pytest.raises(CredentialsError):
        stage.apply()
    stage.web.delete("/_simulator/faults")
    stage.remove("old")
    plan = next(album for album in stage.plan().albums if album.album == "old")
    assert [(gate.name, gate.count) for gate in plan.gates] == [(PRUNE, 3)]
    assert [doubt.what for doubt in plan.unsettled] == ["9.png is not shown in the album yet"]
    assert stage.apply({PRUNE: 3}).codes == (ExitCode.GATE,)
    assert stage.albums_there() == ["cats", "old"]
    assert stage.apply({PRUNE: 4}).codes == (ExitCode.DONE,)
    assert stage.albums_there() == ["cats"]

"""Which album is that of which key, when a lost state is rebuilt."""

from __future__ import annotations

from pathlib import Path

from imgur_sync.errors import ExitCode
from imgur_sync.model.gate import GateName
from imgur_sync.model.spec import GateLimit, GateLimits
from tests.support.lifecycle_stage import LifecycleStage


def test_an_album_that_shows_a_picture_made_for_another_one_stays_that_of_its_title(tmp_path: Path) -> None:
    """A file moved from one folder to the other; then the first album was deleted by somebody, and the state lost."""
    with LifecycleStage(tmp_path) as stage:
        cats, dogs = stage.album("cats", title="Cats"), stage.album("dogs", title="Dogs")
        for number in range(3):
            stage.put("cats", f"{number}.png", number)
        stage.put("dogs", "5.png", 5)
        assert stage.apply().codes == (ExitCode.DONE,)
        (cats / "0.png").rename(dogs / "0.png")
        stage.clock.advance(4000)
        assert stage.apply().codes == (ExitCode.DONE,)
        kept = stage.remote("dogs")["id"]
        stage.steer("edit", {"op": "delete_album", "id": stage.remote("cats")["id"]})
        for path in stage.manifest().state_path.parent.glob("state.db*"):
            path.unlink()
        stage.clock.advance(4000)
        assert stage.apply().codes == (ExitCode.DONE,)
        assert stage.there("dogs")["id"] == kept
        for key in ("cats", "dogs"):
            shas = {image["id"]: image["sha256"] for image in stage.look("world")["images"]}
            assert [shas[image] for image in stage.there(key)["images"]] == stage.wanted(key)
        assert stage.uploads() == 4


def test_a_list_of_pictures_that_comes_empty_is_not_believed_beside_full_albums(tmp_path: Path) -> None:
    """A page short by all of them, while a lost state is rebuilt: it is asked for once more; nothing is sent again."""
    with LifecycleStage(tmp_path) as stage:
        stage.album("cats", title="Cats")
        stage.put("cats", "0.png", 0)
        assert stage.apply().codes == (ExitCode.DONE,)
        for path in stage.manifest().state_path.parent.glob("state.db*"):
            path.unlink()
        stage.clock.advance(4000)
        stage.steer(
            "faults", [{"fault": "page-short", "match": {"method": "GET", "path": "/3/account/me/images/0", "nth": 1}}]
        )
        assert stage.apply().codes == (ExitCode.DONE,)
        assert stage.uploads() == 1


def test_the_album_of_a_key_that_left_the_manifest_is_not_taken_for_another_one(tmp_path: Path) -> None:
    """A file moved into its folder; then its table went, and the state. Its album stays as it is."""
    with LifecycleStage(tmp_path) as stage:
        cats, dogs = stage.album("cats", title="Cats"), stage.album("dogs", title="Dogs")
        for number in range(3):
            stage.put("cats", f"{number}.png", number)
        stage.put("dogs", "5.png", 5)
        assert stage.apply().codes == (ExitCode.DONE,)
        (cats / "0.png").rename(dogs / "0.png")
        stage.clock.advance(4000)
        assert stage.apply().codes == (ExitCode.DONE,)
        before = stage.remote("dogs")
        del stage.albums["dogs"]
        stage.steer("edit", {"op": "delete_album", "id": stage.remote("cats")["id"]})
        for path in stage.manifest().state_path.parent.glob("state.db*"):
            path.unlink()
        stage.clock.advance(4000)
        stage.apply()
        left = next(album for album in stage.look("world")["albums"] if album["id"] == before["id"])
        assert left == before
        assert stage.uploads() == 4


def test_what_an_old_list_did_not_show_counts_for_the_gate(tmp_path: Path) -> None:
    """The list of the album is older than two pictures when a lost state is rebuilt; then all files but one go. Nothing
    leaves before somebody approved each."""
    with LifecycleStage(tmp_path) as stage:
        stage.gates = GateLimits(prune=GateLimit(2, 0))
        cats = stage.album("cats", title="Cats")
        stage.put("cats", "0.png", 0)
        stage.put("cats", "1.png", 1)
        assert stage.apply().codes == (ExitCode.DONE,)
        stage.clock.advance(4000)
        stage.put("cats", "2.png", 2)
        stage.put("cats", "3.png", 3)
        assert stage.apply().codes == (ExitCode.DONE,)
        before = stage.remote("cats")["images"]
        for path in stage.manifest().state_path.parent.glob("state.db*"):
            path.unlink()
        for number in (1, 2, 3):
            (cats / f"{number}.png").unlink()
        old = {"match": {"method": "GET", "path": "/3/album/*", "nth": 1}, "fault": "stale", "seconds": 20.0}
        stage.steer("faults", [old])
        assert stage.apply().codes == (ExitCode.GATE,)
        stage.clock.advance(4000)
        assert stage.apply().codes == (ExitCode.GATE,)
        assert sorted(stage.remote("cats")["images"]) == sorted(before)
        assert stage.apply(approvals={GateName.PRUNE: 3}).codes == (ExitCode.DONE,)
        assert stage.shown("cats") == stage.wanted("cats")
        assert stage.uploads() == 4


def test_what_imgur_did_not_show_yet_when_the_state_was_rebuilt_leaves_through_the_gate(tmp_path: Path) -> None:
    """Five pictures were put back a moment before the state was lost: for the new one they are without files, and no
    five leave at once without approval."""
    with LifecycleStage(tmp_path, lag=30) as stage:
        stage.album("cats")
        for number in range(8):
            stage.put("cats", f"{number}.png", number)
        stage.apply()
        stage.clock.advance(4000)
        for number in range(5):
            (tmp_path / "cats" / f"{number}.png").unlink()
        stage.apply({GateName.PRUNE: 5})
        stage.clock.advance(4000)
        stage.restore("cats")
        for path in (tmp_path / ".imgur-sync").glob("state.db*"):
            path.unlink()
        stage.apply()
        stage.clock.advance(4000)
        stage.put("cats", "9.png", 9)
        assert stage.apply().codes == (ExitCode.GATE,)
        assert len(stage.shown("cats")) == 9
        assert stage.apply({GateName.PRUNE: 5}).codes == (ExitCode.DONE,)
        assert stage.shown("cats") == stage.wanted("cats")
        assert stage.uploads() == 9

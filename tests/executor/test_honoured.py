"""What Imgur does not do, does late, or does otherwise; and what somebody does on its web site meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import ExitCode
from imgur_sync.model.plan import GateName
from imgur_sync.model.spec import OnRemoteDelete, Privacy, Prune
from tests.support.sync_stage import SyncStage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[SyncStage]:
    """One album of four pictures, in order on Imgur, written long ago."""
    with SyncStage(tmp_path) as stage:
        stage.album("cats", description="of the house")
        for seed in range(4):
            stage.put("cats", f"{seed}.png", seed)
        assert stage.apply().codes == (ExitCode.DONE,)
        stage.clock.advance(1000)
        yield stage


def rename_first_to_last(stage: SyncStage) -> None:
    """A rename that changes the order."""
    root = stage.albums["cats"].root
    (root / "0.png").rename(root / "9.png")


def test_ids_that_a_put_ignores_are_set_by_removing_and_adding(stage: SyncStage) -> None:
    """With PUT's ids ignored the order is reached by remove_images and add; the read-back decides; exit 0."""
    stage.steer("knobs", {"put_ids": "ignored"})
    rename_first_to_last(stage)
    assert stage.apply().codes == (ExitCode.DONE,)
    assert stage.shown("cats") == stage.wanted("cats")
    assert stage.uploads() == 4


def test_an_order_that_imgur_never_takes_is_said_and_left(stage: SyncStage) -> None:
    """Ignored twice, the order is reported with exit 7 and costs nothing in the runs after, until the wish changes."""
    yes = {"fault": "reply", "status": 200, "body": {"data": True, "success": True, "status": 200}}
    paths = [("PUT", "/3/album/*"), ("POST", "/3/album/*/add"), ("POST", "/3/album/*/remove_images")]
    stage.steer("faults", [{"match": {"method": method, "path": path}, **yes} for method, path in paths])
    rename_first_to_last(stage)
    assert stage.apply().codes == (ExitCode.PARTIAL,)
    before = len(stage.look("history")["requests"])
    stage.clock.advance(1000)
    finished = stage.apply()
    assert finished.codes == (ExitCode.PARTIAL,)
    assert any("order" in problem for album in finished.albums for problem in album.problems)
    later = stage.look("history")["requests"][before:]
    assert {entry["method"] for entry in later} == {"GET"}
    stage.web.delete("/_simulator/faults")
    stage.put("cats", "a.png", 50)
    assert stage.apply().codes == (ExitCode.DONE,)
    assert stage.shown("cats") == stage.wanted("cats")
    # Another order was taken over since: the one that was not may be wished again.
    (stage.albums["cats"].root / "a.png").unlink()
    assert stage.apply().codes == (ExitCode.DONE,)
    stage.clock.advance(4000)
    album = stage.remote("cats")
    stage.steer("edit", {"op": "order", "id": album["id"], "images": album["images"][::-1]})
    assert stage.apply().codes == (ExitCode.DONE,)
    assert stage.shown("cats") == stage.wanted("cats")


@pytest.mark.parametrize("field", ["cover", "privacy"])
def test_a_header_field_that_imgur_ignores_is_reported(stage: SyncStage, field: str) -> None:
    """A cover or a privacy that is not taken over ends with exit 7 after two attempts, and is not sent a third time."""
    stage.steer("knobs", {field: "ignored"})
    changes = {"cover": {"cover": "2.png"}, "privacy": {"privacy": Privacy.PUBLIC, "allow_public": True}}
    stage.change("cats", **changes[field])
    finished = stage.apply()
    assert finished.codes == (ExitCode.PARTIAL,)
    assert any(field in problem for album in finished.albums for problem in album.problems)
    assert stage.apply().codes == (ExitCode.PARTIAL,)
    puts = [entry for entry in stage.look("history")["requests"] if entry["method"] == "PUT"]
    assert len(puts) == 1 + 2


@pytest.mark.parametrize("taken", [0.0, 30.0, 60.0, 100.0, 200.0])
def test_what_becomes_due_while_a_slow_run_looks_is_told_by_that_run(stage: SyncStage, taken: float) -> None:
    """However long each reading takes: the run comes to its end knowing that the cover was ignored twice."""
    made = stage._ports

    def ports(*arguments: Any) -> Any:
        ports = made(*arguments)
        ports.workers.after_job = lambda count: stage.clock.advance(taken)
        return ports

    stage._ports = ports
    stage.steer("knobs", {"cover": "ignored"})
    stage.change("cats", cover="2.png")
    finished = stage.apply()
    assert (finished.codes, finished.in_doubt) == ((ExitCode.PARTIAL,), 0)
    assert ["Imgur ignored the cover twice" in p for album in finished.albums for p in album.problems] == [True]


def test_a_cover_that_imgur_ignored_is_tried_with_another_picture_of_that_path(stage: SyncStage) -> None:
    """The one that was ignored is gone; the one that is uploaded in its place is another wish."""
    stage.steer("knobs", {"cover": "ignored"})
    stage.change("cats", cover="2.png")
    for _ in range(2):
        assert stage.apply().codes == (ExitCode.PARTIAL,)
        stage.clock.advance(1000)
    stage.steer("edit", {"op": "delete_image", "id": stage.remote("cats")["images"][2]})
    stage.steer("knobs", {"cover": "honoured"})
    assert stage.apply(refresh=True).codes == (ExitCode.DONE,)
    album = stage.remote("cats")
    assert album["cover"] == album["images"][2]


def test_a_trimmed_description_is_reported_and_not_fought(stage: SyncStage) -> None:
    """A text of which Imgur keeps only the beginning is exit 7, sent twice at the most."""
    stage.steer("knobs", {"trim_text": 10})
    stage.change("cats", description="a description of many words")
    assert stage.apply().codes == (ExitCode.PARTIAL,)
    puts = len([entry for entry in stage.look("history")["requests"] if entry["method"] == "PUT"])
    stage.clock.advance(1000)
    assert stage.apply().codes == (ExitCode.PARTIAL,)
    assert len([entry for entry in stage.look("history")["requests"] if entry["method"] == "PUT"]) == puts


@pytest.mark.parametrize("lag", [3, 30, 80])
def test_reads_that_lag_behind_writes_are_waited_for(tmp_path: Path, lag: int) -> None:
    """With readings up to 80 s old nothing is doubled or removed, and the run ends with albums equal and exit 0."""
    with SyncStage(tmp_path, lag=lag) as stage:
        stage.album("cats", description="of the house")
        for seed in range(4):
            stage.put("cats", f"{seed}.png", seed)
        stage.clock.advance(200)
        assert stage.apply().codes == (ExitCode.DONE,)
        rename_first_to_last(stage)
        stage.put("cats", "2.png", 70)
        assert stage.apply().codes == (ExitCode.DONE,)
        stage.clock.advance(200)
        assert stage.shown("cats") == stage.wanted("cats")
        assert stage.uploads() == 5


def test_a_picture_added_on_the_site_is_kept_behind_ours(stage: SyncStage) -> None:
    """A foreign picture stays in the album, after ours, through edits; it is never deleted."""
    album = stage.remote("cats")["id"]
    import base64

    from tests.support.pictures import png

    foreign = png(seed=500)
    stage.steer("edit", {"op": "add", "id": album, "image_base64": base64.b64encode(foreign).decode()})
    rename_first_to_last(stage)
    (stage.albums["cats"].root / "1.png").unlink()
    assert stage.apply().codes == (ExitCode.DONE,)
    assert len(stage.shown("cats")) == 4
    assert stage.shown("cats")[:3] == stage.wanted("cats")
    assert stage.plan().settled


def test_a_picture_taken_out_on_the_site_is_put_back_without_upload(stage: SyncStage) -> None:
    """Drift: the picture lives; one edit puts it back in its place."""
    remote = stage.remote("cats")
    stage.steer("edit", {"op": "remove_from_album", "id": remote["id"], "images": [remote["images"][1]]})
    plan = stage.plan()
    assert plan.total.uploads == 0
    assert any("taken out" in drift.what for album in plan.albums for drift in album.drift)
    assert stage.apply().codes == (ExitCode.DONE,)
    assert stage.shown("cats") == stage.wanted("cats")
    assert stage.uploads() == 4


def test_an_order_changed_on_the_site_is_seen_by_the_apply_after_a_plan(stage: SyncStage) -> None:
    """A plan that found the drift does not make the next apply take it for the state of things."""
    stage.clock.advance(4000)
    remote = stage.remote("cats")
    stage.steer("edit", {"op": "order", "id": remote["id"], "images": remote["images"][::-1]})
    assert not stage.plan().empty
    assert stage.apply().codes == (ExitCode.DONE,)
    assert stage.shown("cats") == stage.wanted("cats")


def test_a_picture_deleted_on_the_site_is_restored(stage: SyncStage) -> None:
    """Gone by a 404: uploaded once more. If the restored one vanishes too, nothing is uploaded again: exit 7."""
    stage.steer("edit", {"op": "delete_image", "id": stage.remote("cats")["images"][1]})
    finished = stage.apply()
    assert finished.codes == (ExitCode.DONE,)
    assert finished.uploaded == 1
    assert stage.shown("cats") == stage.wanted("cats")
    stage.clock.advance(1000)
    stage.steer("edit", {"op": "delete_image", "id": stage.remote("cats")["images"][1]})
    finished = stage.apply()
    assert finished.uploaded == 0
    assert finished.codes == (ExitCode.PARTIAL,)


def test_respect_leaves_a_deleted_picture_deleted(stage: SyncStage) -> None:
    """With on_remote_delete = "respect" the file is there, the picture is not, and that is in order."""
    stage.change("cats", on_remote_delete=OnRemoteDelete.RESPECT)
    stage.steer("edit", {"op": "delete_image", "id": stage.remote("cats")["images"][1]})
    finished = stage.apply()
    assert finished.uploaded == 0
    assert finished.codes == (ExitCode.DONE,)
    assert len(stage.shown("cats")) == 3


def test_a_file_that_takes_the_content_of_a_deleted_picture_shows_nothing(stage: SyncStage, tmp_path: Path) -> None:
    """Nor does the picture that it had before stay, which no file has any more."""
    stage.change("cats", on_remote_delete=OnRemoteDelete.RESPECT)
    first, second = sorted((tmp_path / "cats").iterdir())[:2]
    stage.steer("edit", {"op": "delete_image", "id": stage.remote("cats")["images"][0]})
    assert stage.apply().codes == (ExitCode.DONE,)
    wanted = stage.wanted("cats")[2:]
    first.replace(second)
    finished = stage.apply()
    assert (finished.uploaded, finished.codes) == (0, (ExitCode.DONE,))
    assert stage.shown("cats") == wanted
    assert stage.plan().settled


def test_an_album_deleted_on_the_site_waits_for_approval_and_needs_no_upload(stage: SyncStage) -> None:
    """The album is gone, its pictures live: the gate counts them; approved, a new album takes them, uploading none."""
    stage.steer("edit", {"op": "delete_album", "id": stage.remote("cats")["id"]})
    assert stage.apply().codes == (ExitCode.GATE,)
    assert not stage.look("world")["albums"]
    finished = stage.apply({GateName.RESTORE: 4})
    assert finished.codes == (ExitCode.DONE,)
    assert finished.uploaded == 0
    assert stage.shown("cats") == stage.wanted("cats")


def test_texts_changed_on_the_site_are_set_back_where_they_are_managed(stage: SyncStage) -> None:
    """A managed title is restored; the drift is named in the plan."""
    stage.steer("edit", {"op": "set_album", "id": stage.remote("cats")["id"], "title": "mine"})
    plan = stage.plan()
    assert any("title" in drift.what for album in plan.albums for drift in album.drift)
    assert stage.apply().codes == (ExitCode.DONE,)
    assert stage.remote("cats")["description"] == "of the house"


def test_an_album_that_stays_public_gets_no_picture(tmp_path: Path) -> None:
    """Where Imgur makes albums public whatever is asked for, nothing is uploaded into one, and that is said (7)."""
    with SyncStage(tmp_path, privacy="ignored") as stage:
        auth = {"Authorization": f"Bearer {stage.demo.access_token}"}
        assert stage.web.put("/3/account/me/settings", headers=auth, data={"album_privacy": "public"}).is_success
        stage.album("cats")
        stage.put("cats", "0.png", 0)
        assert stage.apply().codes == (ExitCode.PARTIAL,)
        finished = stage.apply()
        assert [album["privacy"] for album in stage.look("world")["albums"]] == ["public"]
        assert stage.uploads() == 0
        assert finished.codes == (ExitCode.PARTIAL,)
        assert any("privacy" in problem for album in finished.albums for problem in album.problems)
        stage.steer("knobs", {"privacy": "honoured"})
        stage.change("cats", privacy=Privacy.SECRET)
        assert stage.apply().codes == (ExitCode.DONE,)
        assert stage.shown("cats") == stage.wanted("cats")


def test_prune_delete_deletes_after_the_uploads(stage: SyncStage) -> None:
    """With prune = "delete" the picture of a file that left is deleted, and only after this run's upload is up."""
    stage.change("cats", prune=Prune.DELETE)
    (stage.albums["cats"].root / "1.png").unlink()
    stage.put("cats", "7.png", 70)
    finished = stage.apply()
    assert finished.codes == (ExitCode.DONE,)
    assert finished.deleted == 1
    assert stage.shown("cats") == stage.wanted("cats")
    kinds = [(e["method"], e["path"].split("/")[2]) for e in stage.look("history")["requests"]]
    assert kinds.index(("DELETE", "image")) > max(i for i, kind in enumerate(kinds) if kind == ("POST", "upload"))


def test_prune_never_keeps_the_picture_of_a_file_that_left(stage: SyncStage) -> None:
    """With prune = "never" the picture stays, behind ours."""
    stage.change("cats", prune=Prune.NEVER)
    first = stage.shown("cats")[0]
    (stage.albums["cats"].root / "0.png").unlink()
    assert stage.apply().codes == (ExitCode.DONE,)
    assert stage.shown("cats") == [*stage.wanted("cats"), first]


def test_too_many_removals_wait_for_their_exact_number(stage: SyncStage) -> None:
    """Four of five pictures gone: withheld with exit 3; a wrong number refuses; the right one lets them leave."""
    stage.put("cats", "4.png", 4)
    stage.apply()
    stage.clock.advance(1000)
    for seed in range(4):
        (stage.albums["cats"].root / f"{seed}.png").unlink()
    assert stage.apply().codes == (ExitCode.GATE,)
    assert len(stage.shown("cats")) == 5
    assert stage.apply({GateName.PRUNE: 4}).codes == (ExitCode.DONE,)
    assert stage.shown("cats") == stage.wanted("cats")


@pytest.mark.parametrize("prune", list(Prune))
@pytest.mark.parametrize("fault", ["missing", "empty", "other"])
def test_an_unplugged_disk_removes_nothing(stage: SyncStage, prune: Prune, fault: str) -> None:
    """A folder that is missing, empty, or another directory with other pictures: 0 removals, 0 uploads, exit 3."""
    stage.change("cats", prune=prune)
    stage.apply()
    before = stage.shown("cats")
    root = stage.albums["cats"].root
    root.rename(root.with_name("unplugged"))
    if fault != "missing":
        root.mkdir()
    if fault == "other":
        stage.put("cats", "else.png", 900)
    assert stage.apply().codes == (ExitCode.GATE,)
    assert stage.shown("cats") == before
    assert stage.uploads() == 4
    for path in root.glob("*"):
        path.unlink()
    if root.exists():
        root.rmdir()
    root.with_name("unplugged").rename(root)
    assert stage.apply().codes == (ExitCode.DONE,)


def test_newly_ignored_files_stay_on_imgur(stage: SyncStage) -> None:
    """An exclude that now matches un-manages the picture: it stays, nothing is removed."""
    before = sorted(stage.shown("cats"))
    stage.change("cats", exclude=("1.png",))
    assert stage.apply().codes == (ExitCode.DONE,)
    assert sorted(stage.shown("cats")) == before


def test_a_changed_folder_leaves_the_old_pictures_where_they_are(stage: SyncStage) -> None:
    """Another folder in the manifest: its files come in, what the old one gave stays, also in the runs after."""
    old = stage.shown("cats")
    stage.album("cats", folder="other", description="of the house")
    stage.put("cats", "new.png", 60)
    assert stage.apply().codes == (ExitCode.DONE,)
    assert stage.shown("cats") == [*stage.wanted("cats"), *old]
    stage.clock.advance(1000)
    assert stage.apply().codes == (ExitCode.DONE,)
    assert stage.shown("cats") == [*stage.wanted("cats"), *old]


def test_narrowing_comes_before_the_uploads_and_widening_after(tmp_path: Path) -> None:
    """A picture is never in an album more exposed than both the old and the new wish."""
    with SyncStage(tmp_path) as stage:
        stage.album("cats", privacy=Privacy.PUBLIC, allow_public=True)
        stage.put("cats", "0.png", 0)
        stage.put("cats", "1.png", 1)
        assert stage.apply().codes == (ExitCode.DONE,)
        paths = [(e["method"], e["path"].split("/")[2]) for e in stage.look("history")["requests"]]
        assert paths.index(("PUT", "album")) > max(i for i, p in enumerate(paths) if p == ("POST", "upload"))
        stage.clock.advance(1000)
        stage.change("cats", privacy=Privacy.HIDDEN)
        stage.put("cats", "2.png", 2)
        before = len(paths)
        assert stage.apply().codes == (ExitCode.DONE,)
        later = [(e["method"], e["path"].split("/")[2]) for e in stage.look("history")["requests"]][before:]
        assert later.index(("PUT", "album")) < later.index(("POST", "upload"))


def test_going_public_needs_approval(stage: SyncStage) -> None:
    """Without allow_public a wider privacy is withheld with exit 3, and everything else is done."""
    stage.change("cats", privacy=Privacy.PUBLIC)
    stage.put("cats", "7.png", 70)
    assert stage.apply().codes == (ExitCode.GATE,)
    assert stage.remote("cats")["privacy"] == "hidden"
    assert stage.shown("cats") == stage.wanted("cats")
    assert stage.apply({GateName.PUBLISH: 1}).codes == (ExitCode.DONE,)
    assert stage.remote("cats")["privacy"] == "public"


def test_a_secret_album_is_sent_once(stage: SyncStage) -> None:
    """Imgur shows secret and hidden alike: the wish is compared with what was sent last, not fought over."""
    stage.change("cats", privacy=Privacy.SECRET)
    assert stage.apply().codes == (ExitCode.DONE,)
    assert stage.remote("cats")["privacy"] == "secret"
    assert stage.plan().settled


def test_a_detached_picture_comes_back_without_upload(stage: SyncStage) -> None:
    """A file that left and returns takes its old picture: one edit, no upload."""
    root = stage.albums["cats"].root
    data = (root / "1.png").read_bytes()
    (root / "1.png").unlink()
    assert stage.apply().codes == (ExitCode.DONE,)
    assert len(stage.shown("cats")) == 3
    (root / "back.png").write_bytes(data)
    stage.clock.advance(1000)
    assert stage.apply().codes == (ExitCode.DONE,)
    assert stage.shown("cats") == stage.wanted("cats")
    assert stage.uploads() == 4


def test_copies_of_one_picture_each_have_their_own(stage: SyncStage) -> None:
    """n equal files need n pictures; one copy removed takes one picture out."""
    stage.put("cats", "a.png", 0)
    stage.put("cats", "b.png", 0)
    assert stage.apply().codes == (ExitCode.DONE,)
    assert stage.uploads() == 6
    assert stage.shown("cats") == stage.wanted("cats")
    (stage.albums["cats"].root / "a.png").unlink()
    stage.clock.advance(1000)
    assert stage.apply().codes == (ExitCode.DONE,)
    assert stage.shown("cats") == stage.wanted("cats")
    assert stage.uploads() == 6


def test_a_folder_restored_from_a_backup_is_the_folder_from_then_on(stage: SyncStage) -> None:
    """The same pictures in another directory are in order; that directory is then known, and edits in it pass."""
    root = stage.albums["cats"].root
    contents = {path.name: path.read_bytes() for path in root.iterdir()}
    root.rename(root.with_name("old"))
    root.mkdir()
    for name, data in contents.items():
        (root / name).write_bytes(data)
    assert stage.apply().codes == (ExitCode.DONE,)
    stage.clock.advance(1000)
    for name in ("0.png", "1.png", "2.png"):
        stage.put("cats", name, 300 + int(name[0]))
    assert stage.apply().codes == (ExitCode.DONE,)
    assert stage.shown("cats") == stage.wanted("cats")

"""A mirror without an account: albums equal folders, with a Client-ID and deletehashes alone."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import ExitCode
from imgur_sync.model.event import Warned
from imgur_sync.model.plan import GateName, Plan
from imgur_sync.model.spec import Privacy, Prune
from imgur_sync.planner.keyless import KEY
from tests.support.pictures import png
from tests.support.sync_stage import SyncStage

SHAPES = ("mixed", "legacy", "v1")


@pytest.fixture(params=SHAPES)
def stage(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[SyncStage]:
    """Two folders, of four and three pictures, none of them on Imgur yet."""
    with SyncStage(tmp_path, anonymous=True, shape=request.param) as stage:
        fill(stage)
        yield stage


def fill(stage: SyncStage) -> None:
    """Two albums with pictures that all have the same dimensions."""
    stage.album("cats")
    stage.album("dogs")
    for seed in range(4):
        stage.put("cats", f"{seed}.png", seed)
    for seed in range(3):
        stage.put("dogs", f"d{seed}.png", 20 + seed)


def edit_folders(stage: SyncStage) -> None:
    """One of everything: a rename, a replacement, a removal, an addition, a move to the other album."""
    cats, dogs = stage.albums["cats"].root, stage.albums["dogs"].root
    (cats / "0.png").rename(cats / "9.png")
    stage.put("cats", "2.png", 77)
    (cats / "3.png").unlink()
    stage.put("cats", "6.png", 78)
    (cats / "1.png").rename(dogs / "1.png")


def requests(stage: SyncStage) -> list[dict[str, Any]]:
    """Every request that Imgur received."""
    return list(stage.look("history")["requests"])


def check_equal(stage: SyncStage) -> Plan:
    """Albums equal folders, nothing asks for an account, and a plan finds nothing to do, by GETs of the albums only."""
    for key in stage.albums:
        assert stage.shown(key) == stage.wanted(key)
    world = stage.look("world")
    assert {thing["owner"] for thing in (*world["albums"], *world["images"])} == {None}
    before = len(requests(stage))
    plan = stage.plan()
    assert plan.settled
    assert plan.empty
    asked = requests(stage)
    assert [request["method"] for request in asked[before:]] == ["GET"] * len(stage.albums)
    assert not [request["path"] for request in asked if "/account/" in request["path"] or "oauth" in request["path"]]
    return plan


def test_an_apply_makes_the_albums_equal_the_folders_and_edits_follow(stage: SyncStage) -> None:
    """A first sync, then one of every kind of edit; one upload for each new content."""
    assert stage.apply().codes == (ExitCode.DONE,)
    check_equal(stage)
    assert stage.uploads() == 7
    stage.clock.advance(100)
    edit_folders(stage)
    assert stage.apply().codes == (ExitCode.DONE,)
    check_equal(stage)
    assert stage.uploads() == 9


def test_every_picture_can_be_managed_afterwards(stage: SyncStage) -> None:
    """The deletehash of every album and picture is in the state."""
    stage.apply()
    from imgur_sync.state.store import open_store
    from tests.support.sync_stage import LINEAGE

    path = stage.manifest().state_path
    with open_store(path, lineage=LINEAGE, create=False, read_only=True) as store:
        assert store.mode == "anonymous"
        kept = {thing_id: secret.reveal() for thing_id, secret in store.deletehashes().items()}
    world = stage.world
    assert kept == {thing.id: thing.deletehash for thing in (*world.images.values(), *world.albums.values())}


def test_a_removed_file_is_deleted_where_the_manifest_says_so(stage: SyncStage) -> None:
    """By its deletehash."""
    stage.change("cats", prune=Prune.DELETE)
    stage.apply()
    stage.clock.advance(100)
    (stage.albums["cats"].root / "1.png").unlink()
    assert stage.apply().codes == (ExitCode.DONE,)
    check_equal(stage)
    assert stage.uploads() == 6


def test_texts_cover_and_order_are_kept(stage: SyncStage) -> None:
    """Title, description, cover; and a cleared description."""
    stage.change("cats", description="asleep", cover="2.png")
    stage.apply()
    check_equal(stage)
    album = stage.remote("cats")
    images = {image["id"]: image["sha256"] for image in stage.look("world")["images"]}
    assert (album["description"], images[album["cover"]]) == ("asleep", stage.wanted("cats")[2])
    stage.clock.advance(100)
    stage.change("cats", description="", title="Tomcats")
    stage.apply()
    assert not stage.remote("cats")["description"]
    check_equal(stage)


def test_the_key_is_named_before_the_first_upload_and_only_then(stage: SyncStage) -> None:
    """On the plan and in the run, before any picture is sent; never again."""
    assert KEY in stage.plan().notes
    stage.apply()
    told = [number for number, event in enumerate(stage.events) if isinstance(event, Warned) and event.text == KEY]
    started = [number for number, event in enumerate(stage.events) if type(event).__name__ == "UploadStarted"]
    assert len(told) == 1
    assert told[0] < started[0]
    stage.clock.advance(100)
    stage.put("cats", "5.png", 55)
    assert KEY not in stage.plan().notes
    stage.apply()
    assert not [event for event in stage.events if isinstance(event, Warned)]


def test_a_plan_that_detaches_says_what_may_become_of_it(stage: SyncStage) -> None:
    """Imgur may remove a picture of no account that is in no album."""
    stage.apply()
    stage.clock.advance(100)
    (stage.albums["cats"].root / "1.png").unlink()
    (plan,) = stage.plan().albums
    assert any("may remove" in warning for warning in plan.warnings)


def test_plans_price_what_apply_spends(stage: SyncStage) -> None:
    """Writes and reads together, for a first sync and for edits."""
    for edit in (False, True):
        if edit:
            stage.clock.advance(100)
            edit_folders(stage)
        plan = stage.plan()
        spent = stage.apply().credits
        assert spent <= plan.price.credits + plan.observation_reads + 2
        assert spent >= plan.price.writes.credits


def test_an_album_deleted_on_imgur_is_made_again_from_the_pictures_that_live(stage: SyncStage) -> None:
    """They are put into the new album by their deletehashes: no upload."""
    stage.apply()
    stage.clock.advance(4000)
    stage.steer("edit", {"op": "delete_album", "id": stage.remote("cats")["id"]})
    gates = {gate.name: gate.count for album in stage.plan().albums for gate in album.gates}
    assert stage.apply(gates).codes == (ExitCode.DONE,)
    check_equal(stage)
    assert stage.uploads() == 7


def test_what_somebody_did_on_the_site_is_put_right(stage: SyncStage) -> None:
    """A picture taken out comes back without an upload; one deleted is sent again; a strange one stays and is told."""
    stage.apply()
    stage.clock.advance(4000)
    album = stage.remote("cats")
    stage.steer("edit", {"op": "remove_from_album", "id": album["id"], "images": [album["images"][0]]})
    stage.steer("edit", {"op": "delete_image", "id": album["images"][2]})
    assert stage.apply().codes == (ExitCode.DONE,)
    check_equal(stage)
    assert len(stage.look("history")["uploads"]) == 8
    stage.clock.advance(4000)
    strange = base64.b64encode(png(seed=200)).decode()
    stage.steer("edit", {"op": "add", "id": album["id"], "image_base64": strange})
    stage.put("cats", "00.png", 60)
    (plan,) = stage.plan().albums
    assert plan.foreign == 1
    assert stage.apply().codes == (ExitCode.DONE,)
    digest = hashlib.sha256(png(seed=200)).hexdigest()
    shown = stage.shown("cats")
    assert digest in shown
    assert [sha for sha in shown if sha != digest] == stage.wanted("cats")
    assert stage.plan().settled


def test_one_public_album_is_published_through_its_gate(stage: SyncStage) -> None:
    """As with an account: made hidden, widened at the end, only when approved."""
    stage.change("cats", privacy=Privacy.PUBLIC)
    assert ExitCode.GATE in stage.apply().codes
    assert stage.remote("cats")["privacy"] == "hidden"
    stage.clock.advance(100)
    assert stage.apply({GateName.PUBLISH: 1}).codes == (ExitCode.DONE,)
    assert stage.remote("cats")["privacy"] == "public"
    check_equal(stage)

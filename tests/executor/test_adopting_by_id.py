"""`id`: an album that exists already is taken over, after its pictures were counted; none of them is ever lost."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import ApprovalError, CredentialsError, ExitCode, ManifestError
from imgur_sync.model.plan import GateName
from tests.support.pictures import png
from tests.support.sync_stage import Killed, SyncStage

ADOPT = GateName.ADOPT


class AdoptingStage(SyncStage):
    """A stage whose account has albums that imgur-sync did not make."""

    def found(self, *seeds: int, bearer: bool = True, **fields: str) -> dict[str, Any]:
        """An album with a picture of each seed, made by hand."""
        headers = {"Authorization": f"Client-ID {self.demo.client_id}"}
        if bearer:
            headers = {"Authorization": f"Bearer {self.demo.access_token}"}
        album = self.web.post("/3/album", data={"title": "found", **fields}, headers=headers).json()["data"]["id"]
        for seed in seeds:
            data = base64.b64encode(png(seed=seed)).decode()
            self.steer("edit", {"op": "add", "id": album, "image_base64": data})
        return self.there(album)

    def there(self, album: str) -> dict[str, Any]:
        return next(dict(one) for one in self.look("world")["albums"] if one["id"] == album)


@pytest.fixture
def stage(tmp_path: Path):
    with AdoptingStage(tmp_path) as made:
        made.album("cats", title=None)
        for number in range(2):
            made.put("cats", f"{number}.png", number)
        yield made


def test_an_album_with_pictures_is_adopted_by_their_exact_number(stage) -> None:
    """They stay, behind ours; texts that the manifest does not name stay, too."""
    found = stage.found(50, 51, 52, description="mine")
    stage.change("cats", id=found["id"])
    assert stage.apply().codes == (ExitCode.GATE,)
    with pytest.raises(ApprovalError):
        stage.apply({ADOPT: 2})
    assert stage.there(found["id"]) == found
    assert stage.apply({ADOPT: 3}).codes == (ExitCode.DONE,)
    now = stage.there(found["id"])
    assert now["images"][2:] == found["images"]
    assert len(now["images"]) == 5
    assert (now["title"], now["description"]) == ("found", "mine")
    assert stage.plan().settled
    assert len(stage.look("world")["albums"]) == 1


def test_an_empty_album_is_adopted_without_a_question(stage) -> None:
    """There is nothing in it to lose."""
    found = stage.found()
    stage.change("cats", id=found["id"])
    assert stage.apply().codes == (ExitCode.DONE,)
    assert len(stage.there(found["id"])["images"]) == 2


def test_a_kill_while_adopting_loses_nothing(stage) -> None:
    """Whatever was done is done once, and the foreign pictures are there."""
    found = stage.found(50, 51)
    stage.change("cats", id=found["id"])
    stage.kill_at = 5
    with pytest.raises(Killed):
        stage.apply({ADOPT: 2})
    stage.kill_at = 0
    stage.clock.advance(200)
    plan = stage.plan()
    waiting = any(gate.name is ADOPT for album in plan.albums for gate in album.gates)
    stage.apply({ADOPT: 2} if waiting else {})
    stage.clock.advance(200)
    stage.apply()
    assert set(found["images"]) <= set(stage.there(found["id"])["images"])
    assert len(stage.there(found["id"])["images"]) == 4


def test_an_id_with_a_slip_is_told_and_nothing_is_made(stage) -> None:
    """65."""
    stage.change("cats", id="Zzzzzz9")
    with pytest.raises(ManifestError) as caught:
        stage.apply()
    assert "knows no album of this id" in caught.value.problems[0].what
    assert stage.look("world")["albums"] == []


def test_an_album_of_somebody_else_is_refused(stage) -> None:
    """8: it can be read, and it is not in the account."""
    stage.change("cats", id=stage.found(bearer=False)["id"])
    with pytest.raises(CredentialsError) as caught:
        stage.apply()
    assert "does not belong to this account" in caught.value.message


def test_a_key_that_is_synced_keeps_its_album(stage) -> None:
    """An id given later does not silently begin another one."""
    stage.apply()
    stage.change("cats", id=stage.found()["id"])
    with pytest.raises(ManifestError) as caught:
        stage.plan()
    assert "synced with another album" in caught.value.problems[0].what


def test_an_album_of_another_key_cannot_be_adopted(stage) -> None:
    """Two keys for one album would undo each other."""
    stage.apply()
    album = stage.look("world")["albums"][0]["id"]
    stage.album("dogs", id=album)
    stage.put("dogs", "d.png", 9)
    with pytest.raises(ManifestError) as caught:
        stage.plan()
    assert "this is the album cats already" in caught.value.problems[0].what


def test_an_album_without_pictures_is_adopted_although_the_account_does_not_list_it(stage) -> None:
    """Imgur may leave empty albums out of the list; the owner is shown such an album by its id."""
    stage.steer("knobs", {"hide_empty_albums": True})
    found = stage.found()
    stage.change("cats", id=found["id"])
    assert stage.apply().codes == (ExitCode.DONE,)
    assert len(stage.there(found["id"])["images"]) == 2
    assert len(stage.look("world")["albums"]) == 1


def test_an_album_without_pictures_of_another_account_is_refused(stage) -> None:
    """Its deletehash is not shown."""
    stage.change("cats", id=stage.found(bearer=False)["id"])
    with pytest.raises(CredentialsError, match="does not belong to this account"):
        stage.apply()
    assert stage.uploads() == 0


def test_an_album_that_is_not_found_for_a_moment_is_adopted_by_a_later_run(stage) -> None:
    """A stale reading answers 404 for what the account lists; other albums go on."""
    found = stage.found(50)
    stage.album("dogs")
    stage.put("dogs", "rex.png", 9)
    stage.change("cats", id=found["id"])
    gone = {"status": 404, "body": {"data": {"error": "Unable to find an album"}, "success": False, "status": 404}}
    match = {"method": "GET", "path": f"/3/album/{found['id']}"}
    stage.steer("faults", [{"match": match, "fault": "reply", **gone}])
    assert stage.apply({}).codes == (ExitCode.PARTIAL,)
    assert stage.there(found["id"]) == found
    assert stage.shown("dogs") == stage.wanted("dogs")
    stage.web.delete("/_simulator/faults")
    assert stage.apply({ADOPT: 1}).codes == (ExitCode.DONE,)
    assert len(stage.there(found["id"])["images"]) == 3


def test_in_place_of_an_adopted_album_that_was_deleted_none_is_made_while_its_id_is_named(stage) -> None:
    """Another one would contradict the manifest, and every later run would be refused."""
    found = stage.found(50)
    stage.change("cats", id=found["id"])
    assert stage.apply({ADOPT: 1}).codes == (ExitCode.DONE,)
    stage.album("dogs")
    stage.put("dogs", "rex.png", 9)
    stage.steer("edit", {"op": "delete_album", "id": found["id"]})
    stage.clock.advance(4000)
    plan = stage.plan()
    (gate,) = next(album for album in plan.albums if album.album == "cats").gates
    assert "the album that `id` names is gone" in gate.detail
    assert stage.apply().codes == (ExitCode.PARTIAL,)
    assert stage.shown("dogs") == stage.wanted("dogs")
    stage.change("cats", id=None, title="cats")
    count = sum(gate.count for album in stage.plan().albums for gate in album.gates)
    assert stage.apply({GateName.RESTORE: count}).codes == (ExitCode.DONE,)
    assert stage.shown("cats") == stage.wanted("cats")
    assert stage.plan().settled

"""What somebody changes on Imgur: told apart from what the user changed, answered as the manifest says."""

from __future__ import annotations

import pytest

from tests.support.inside import Inside
from tests.support.mirror import Mirror, table
from tests.support.shape_check import check_document

KIND = Inside

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def changed(here: Mirror, name: str, **fields: str) -> None:
    """Somebody edits the album on the web site."""
    here.steer("edit", {"op": "set_album", "id": here.album(name)["id"], **fields})


def test_nothing_changed_is_told_as_such(synced: Mirror) -> None:
    """Exit 0, also with --detailed-exitcode; only GETs."""
    mark = synced.last()
    assert "Nothing was changed on Imgur (2 albums" in synced.run("drift", "--detailed-exitcode").stdout
    assert synced.writes(mark) == []


def test_each_change_is_told_with_what_becomes_of_it(synced: Mirror) -> None:
    """A managed text, pictures deleted, taken out and added; your own change is no drift. Apply does as it was told."""
    ids = synced.album("cats")["images"]
    synced.steer("edit", {"op": "delete_image", "id": ids[0]})
    synced.steer("edit", {"op": "remove_from_album", "id": synced.album("cats")["id"], "images": [ids[2]]})
    synced.steer("edit", {"op": "add", "id": synced.album("cats")["id"], "image_base64": PIXEL})
    changed(synced, "cats", title="Hacked")
    synced.put("cats/mine.png", 95)
    mark = synced.last()
    told = synced.run("drift", "--detailed-exitcode", code=2).stdout
    assert synced.writes(mark) == []
    for line in (
        "cats: the title was changed on Imgur: it is set back",
        "cats: 1 picture was deleted on Imgur: sent again, under a new link",
        "cats: 1 picture was taken out of the album on Imgur: put back, without an upload",
        "cats: 1 picture of others in it: kept",
    ):
        assert line in told
    assert "mine.png" not in told
    document = synced.json("drift", "cats")
    check_document(document, "drift")
    assert document["albums"][0]["drift"][0]["then"] == "it is set back"
    compared = synced.run("diff").stdout
    mine, theirs = compared.index("mine.png"), compared.index("Hacked")
    assert mine < theirs, "what you changed comes first"
    uploads = len(synced.received())
    synced.run("apply", "-y", "-q")
    assert len(synced.received()) == uploads + 2
    assert synced.shown("cats")[:6] == synced.wanted("cats")
    assert len(synced.shown("cats")) == 7
    assert synced.run("drift", "--detailed-exitcode").returncode == 0


def test_what_nothing_manages_keeps_its_edits(synced: Mirror) -> None:
    """A description that the manifest does not name, and the texts of a picture: no drift, and no run touches them."""
    changed(synced, "cats", description="written on the site")
    assert synced.run("drift", "--detailed-exitcode").returncode == 0
    synced.put("cats/c9.png", 90)
    synced.run("apply", "-y", "-q")
    found = [album for album in synced.look("world")["albums"] if album["title"] == "cats"]
    assert found[0]["description"] == "written on the site"


def test_a_privacy_opened_on_the_site_is_closed_again_before_anything_goes_in(synced: Mirror) -> None:
    """Narrowing first: a picture that is new goes into a hidden album."""
    changed(synced, "cats", privacy="public")
    synced.put("cats/c9.png", 90)
    assert "the privacy was changed on Imgur to public: it is set back" in synced.run("drift").stdout
    mark = synced.last()
    synced.run("apply", "-y", "-q")
    writes = synced.writes(mark)
    assert writes[0].startswith("PUT /3/album/")
    assert synced.album("cats")["privacy"] == "hidden"


@pytest.mark.parametrize("count", [1, 4])
def test_deletions_on_the_site_are_respected_where_the_manifest_says_so(count: int, synced: Mirror) -> None:
    """Nothing is sent again, however many, and no gate has to hold it; a copy under another name is a new file."""
    synced.manifest(table("cats", 'on_remote_delete = "respect"') + table("dogs"))
    for image_id in synced.album("cats")["images"][:count]:
        synced.steer("edit", {"op": "delete_image", "id": image_id})
    told = synced.run("drift").stdout
    assert "stays deleted" in told
    uploads = len(synced.received())
    synced.run("apply", "-y", "-q")
    synced.run("apply", "-y", "-q", "--refresh")
    assert len(synced.received()) == uploads
    assert synced.shown("cats") == synced.wanted("cats")[count:]


def test_many_deletions_on_the_site_wait_for_the_number(synced: Mirror) -> None:
    """The gate restore: the rest is done; the exact number lets it pass; a picture deleted once more stays out."""
    for image_id in synced.album("cats")["images"][:4]:
        synced.steer("edit", {"op": "delete_image", "id": image_id})
    uploads = len(synced.received())
    assert "--approve restore=4" in synced.run("apply", "-y", "--refresh", code=3).stdout
    assert len(synced.received()) == uploads
    synced.run("apply", "-y", "--approve", "restore=3", code=3)
    assert len(synced.received()) == uploads
    synced.run("apply", "-y", "-q", "--approve", "restore=4")
    assert synced.shown("cats") == synced.wanted("cats")
    again = synced.album("cats")["images"][0]
    synced.steer("edit", {"op": "delete_image", "id": again})
    assert "deleted on Imgur again" in synced.run("apply", "-y", "--refresh", code=7).stdout
    assert len(synced.received()) == uploads + 4


def test_an_album_deleted_on_the_site_comes_back_without_uploads(synced: Mirror) -> None:
    """Its pictures live: with the number, a new album with the same pictures; with `respect` it stays away."""
    ids = synced.album("cats")["images"]
    synced.steer("edit", {"op": "delete_album", "id": synced.album("cats")["id"]})
    uploads = len(synced.received())
    assert "the album was deleted on Imgur: it is made anew" in synced.run("drift").stdout
    assert "--approve restore=5" in synced.run("apply", "-y", code=3).stdout
    synced.run("apply", "-y", "-q", "--approve", "restore=5")
    assert synced.album("cats")["images"] == ids
    assert len(synced.received()) == uploads
    synced.manifest(table("cats") + table("dogs", 'on_remote_delete = "respect"'))
    synced.steer("edit", {"op": "delete_album", "id": synced.album("dogs")["id"]})
    synced.run("apply", "-y", "-q")
    assert [album["title"] for album in synced.look("world")["albums"]] == ["cats"]


def test_an_album_that_cannot_be_compared_is_not_told_as_unchanged(synced: Mirror) -> None:
    """An answer that is not whole says nothing about what changed: told, and nothing is done there."""
    reply = {"status": 200, "body": '{"data": {"id": "x"}, "success": true, "status": 200}'}
    path = f"/3/album/{synced.album('cats')['id']}"
    synced.steer("faults", [{"match": {"method": "GET", "path": path}, "fault": "reply", **reply}])
    told = synced.run("drift").stdout
    assert "cats: gate listing: " in told
    assert "Nothing was changed" not in told

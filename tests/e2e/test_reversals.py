"""What left an album can be put back, deleted for good by exact count, or let go of."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.inside import Inside
from tests.support.mirror import HEAD, Mirror, table

KIND = Inside


def left(here: Mirror, *names: str) -> None:
    """These files leave the folder of cats, and a run takes their pictures out of the album."""
    for name in names:
        (here.folder / "cats" / name).unlink()
    here.run("apply", "-y", "-q")


def ids(here: Mirror) -> dict[str, str]:
    """Image ids by the SHA-256 of what was received."""
    return {image["sha256"]: image["id"] for image in here.look("world")["images"]}


def test_a_picture_that_left_is_put_back_under_its_link(synced: Mirror) -> None:
    """One write, no upload; it stays through later runs, and is the file's again when that comes back."""
    before = synced.shown("cats")
    tom = synced.folder / "cats" / "c1.png"
    data = tom.read_bytes()
    left(synced, "c1.png")
    assert synced.shown("cats") == [before[0], *before[2:]]
    listed = synced.run("restore").stdout
    assert "cats/c1.png" in listed
    assert f"{ids(synced)[before[1]]}" in listed
    mark = synced.last()
    synced.run("restore", "cats", "c1.png", "-y")
    assert len(synced.writes(mark)) == 1
    assert synced.shown("cats") == [before[0], *before[2:], before[1]]
    assert "No picture left" in synced.run("restore").stdout
    mark = synced.last()
    assert synced.json("plan")["empty"] is True
    synced.run("apply", "-y", "-q")
    assert synced.writes(mark) == []
    tom.write_bytes(data)
    uploads = len(synced.received())
    synced.run("apply", "-y", "-q")
    assert synced.shown("cats") == before
    assert len(synced.received()) == uploads


def test_a_replaced_picture_can_be_put_back_beside_the_new_one(synced: Mirror) -> None:
    """By its link: several pictures have left that path."""
    old = synced.shown("cats")[0]
    link = next(line for line in synced.run("links", "cats").stdout.splitlines() if ids(synced)[old] in line)
    synced.put("cats/c0.png", 77)
    synced.run("apply", "-y", "-q")
    assert old not in synced.shown("cats")
    synced.run("restore", "cats", link.split()[-1], "-y")
    assert synced.shown("cats") == [*synced.wanted("cats"), old]


def test_foreign_pictures_stay_behind_what_was_put_back(synced: Mirror) -> None:
    """So that the next plan has nothing to put in order."""
    foreign = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    synced.steer("edit", {"op": "add", "id": synced.album("cats")["id"], "image_base64": foreign})
    left(synced, "c1.png")
    synced.run("restore", "cats", "--all", "-y")
    assert synced.json("plan", "--refresh")["empty"] is True
    assert len(synced.shown("cats")) == 6


def test_a_picture_deleted_on_imgur_cannot_be_put_back(synced: Mirror) -> None:
    """Exit 7 says which, and it is not offered again."""
    gone = ids(synced)[synced.shown("cats")[1]]
    left(synced, "c1.png")
    synced.steer("edit", {"op": "delete_image", "id": gone})
    told = synced.run("restore", "cats", "c1.png", "-y", code=7)
    assert "c1.png: deleted on Imgur" in told.stderr
    assert "No picture left" in synced.run("restore").stdout


def test_what_is_put_back_is_asked_for_and_named_rightly(synced: Mirror) -> None:
    """Without a terminal nobody can be asked; a wrong path or album names the remedy; nothing is sent."""
    left(synced, "c1.png")
    mark = synced.last()
    assert "-y" in synced.run("restore", "cats", "c1.png", code=64).stderr
    assert "imgur-sync restore cats" in synced.run("restore", "cats", "c9.png", "-y", code=64).stderr
    assert "there are cats, dogs" in synced.run("restore", "birds", "x", "-y", code=64).stderr
    assert synced.requests(mark) == []
    shown = synced.json("restore")["pictures"]
    assert [(item["album"], item["path"]) for item in shown] == [("cats", "c1.png")]


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "late"])
def test_an_answer_lost_while_putting_back_is_settled_by_the_next_run(fault: str, synced: Mirror) -> None:
    """Exit 7; afterwards the picture is either back or offered again, and never in the album twice."""
    left(synced, "c1.png")
    wanted = synced.wanted("cats")
    for path in ("/3/album/*/add", "/3/album/*"):
        synced.steer("faults", [{"match": {"method": "POST", "path": path}, "fault": fault, "seconds": 0.05}])
    synced.run("restore", "cats", "c1.png", "-y", code=7)
    synced.calm()
    synced.run("apply", "-y", "-q")
    shown = synced.shown("cats")
    offered = len(synced.json("restore")["pictures"])
    assert (len(shown) - len(wanted)) + offered == 1
    assert shown[: len(wanted)] == wanted


def test_purge_deletes_by_exact_count_and_not_before_its_time(synced: Mirror) -> None:
    """Seven days by default; without the number nothing is deleted, with a wrong one neither."""
    doomed = [ids(synced)[digest] for digest in synced.shown("cats")[:2]]
    left(synced, "c0.png", "c1.png")
    assert "Nothing to delete" in synced.run("purge").stdout
    mark = synced.last()
    asked = synced.run("purge", "--older-than", "0s", code=3)
    assert "--approve purge=2" in asked.stderr
    assert asked.stdout.count("cats/c") == 2
    assert "purge=2" in synced.run("purge", "--older-than", "0s", "--approve", "purge=3", code=3).stderr
    assert synced.requests(mark) == []
    done = synced.json("purge", "--older-than", "0s", "--approve", "purge=2")
    assert [item["path"] for item in done["deleted"]] == ["c0.png", "c1.png"]
    assert sorted(synced.writes(mark)) == sorted(f"DELETE /3/image/{image_id}" for image_id in doomed)
    assert not set(doomed) & {image["id"] for image in synced.look("world")["images"]}
    assert synced.run("apply", "-y").returncode == 0
    assert "No picture left" in synced.run("restore").stdout


def test_purge_keeps_addresses_and_spares_protected_albums(synced: Mirror) -> None:
    """Old and new links of a replaced picture stay listed after the old picture is deleted."""
    synced.put("cats/c0.png", 78)
    synced.run("apply", "-y", "-q")
    synced.manifest(table("cats", "protect = true") + table("dogs"))
    assert "Nothing to delete" in synced.run("purge", "--older-than", "0s").stdout
    synced.manifest(table("cats") + table("dogs"))
    retired = synced.run("links", "--retired").stdout
    assert retired.strip()
    synced.run("purge", "cats", "--older-than", "0s", "--approve", "purge=1")
    assert synced.run("links", "--retired").stdout == retired


def test_a_deletion_without_an_answer_is_settled_by_the_next_run(synced: Mirror) -> None:
    """Exit 7 at once; the next apply finds that it happened, and nothing is offered for deletion again."""
    left(synced, "c0.png", "c1.png")
    synced.steer("faults", [{"match": {"method": "DELETE", "path": "/3/image/*", "nth": 1}, "fault": "drop_after"}])
    synced.run("purge", "--older-than", "0s", "--approve", "purge=2", code=7)
    synced.calm()
    synced.run("apply", "-y", "-q")
    assert [item["path"] for item in synced.json("restore")["pictures"]] == ["c1.png"]


def test_a_purge_stops_at_the_budget(synced: Mirror) -> None:
    """Exit 6; what was deleted is recorded, the rest is offered again."""
    left(synced, "c0.png", "c1.png")
    synced.manifest(table("cats") + table("dogs"), head=HEAD + "max_credits_per_run = 1\n")
    synced.run("purge", "--older-than", "0s", "--approve", "purge=2", code=6)
    assert len(synced.json("restore")["pictures"]) == 1


def test_a_forgotten_album_is_left_alone_for_ever(synced: Mirror) -> None:
    """Refused while the manifest names it; afterwards nothing is changed on Imgur, and a later table makes a new
    album beside the old one."""
    before = synced.look("world")
    assert "out of the manifest" in synced.run("forget", "cats", "--confirm", "cats", code=64).stderr
    synced.manifest(table("dogs"))
    assert synced.run("forget", "cats", "--confirm", "dogs", code=10).stderr
    assert "4 pictures" not in synced.run("status").stderr
    synced.run("forget", "cats", "--confirm", "cats")
    assert "cats" not in synced.run("status").stdout
    assert synced.look("world") == before
    synced.manifest(table("cats") + table("dogs"))
    synced.run("apply", "-y", "-q")
    assert [album["title"] for album in synced.look("world")["albums"]].count("cats") == 2


def test_a_forgotten_path_is_new_when_its_file_comes_back(synced: Mirror) -> None:
    """A picture that somebody deleted on Imgur is respected as deleted until it is forgotten."""
    synced.manifest(table("cats", 'on_remote_delete = "respect"') + table("dogs"))
    first = ids(synced)[synced.shown("cats")[0]]
    synced.steer("edit", {"op": "delete_image", "id": first})
    synced.run("apply", "-y", "-q", "--refresh", code=None)
    uploads = len(synced.received())
    told = synced.run("forget", "cats", "c1.png", "--confirm", "cats", code=64).stderr
    assert "stands in the album" in told
    state: Any = synced.json("forget", "cats", "c0.png", "--confirm", "cats")
    assert state["pictures"] == 1
    synced.run("apply", "-y", "-q")
    assert len(synced.received()) == uploads + 1
    assert synced.shown("cats") == synced.wanted("cats")

"""Edits by people between any two calls, pictures that Imgur removes, and changes that land late (F4, F29, F36)."""

import httpx
import pytest

from imgur_sync.simulator import ConnectionDropped
from imgur_sync.simulator.world import World


@pytest.fixture
def album(imgur):
    """An album of three pictures, and a picture beside it."""
    three = [imgur.upload(text)["id"] for text in ("a", "b", "c")]
    return imgur.album(*three, title="T", description="D")["id"], three


def strike(imgur, **rule):
    imgur.steer("faults", {"match": {"nth": 2}, **rule})
    imgur.get("/3/credits")
    before = imgur.look("world")
    imgur.get("/3/credits")
    return before, imgur.look("world")


@pytest.mark.parametrize(
    ("name", "pick", "changed"),
    [
        ("web-rename", 4, {"title": "T (4)"}),
        ("web-describe", 1, {"description": None}),
        ("web-describe", 2, {"description": "D\nSomebody wrote 2."}),
        ("web-privacy", 0, {"privacy": "public"}),
        ("web-cover", 1, {"cover": 1}),
        ("web-reorder", 0, {"images": (2, 1, 0), "cover": 2}),
        ("web-remove", 2, {"images": (0, 1)}),
        ("web-delete-picture", 0, {"images": (1, 2), "cover": 1}),
        ("moderated", 1, {"images": (0, 2)}),
    ],
)
def test_somebody_edits_an_album_just_before_a_request(imgur, album, name, pick, changed):
    op = next(one["rule"]["edit"]["op"] for one in imgur.look("faults/names") if one["name"] == name)
    before, after = strike(imgur, fault=name, edit={"op": op, "pick": pick})
    three = album[1]
    real = {"images": lambda ids: [three[i] for i in ids], "cover": lambda i: three[i]}
    wanted = {key: real[key](value) if key in real else value for key, value in changed.items()}
    (was,), (now,) = before["albums"], after["albums"]
    assert {key: value for key, value in now.items() if value != was[key]} == wanted
    assert [(entry["fault"], entry["n"]) for entry in imgur.look("history")["struck"]] == [(name, 6)]


def test_somebody_adds_a_picture_of_their_own_and_each_is_another(imgur, album):
    imgur.steer("faults", [{"fault": "web-add", "edit": {"op": "add_foreign", "pick": pick}} for pick in (1, 2)])
    imgur.get("/3/credits")
    members = imgur.members(album[0])
    added = [image for image in imgur.look("world")["images"] if image["creator"] == "imgur-web"]
    assert members == [*album[1], *(image["id"] for image in added)]
    assert len({image["sha256"] for image in added}) == 2


def test_somebody_captions_posts_and_deletes(imgur, album):
    _, after = strike(imgur, fault="web-caption", edit={"op": "caption", "pick": 2})
    assert [image["title"] for image in after["images"]] == [None, None, "Caption 2"]
    strike(imgur, fault="web-gallery")
    assert imgur.data(f"/3/album/{album[0]}")["in_gallery"] is True
    _, after = strike(imgur, fault="web-delete-album")
    assert (after["albums"], len(after["images"])) == ([], 3)


def test_an_album_can_be_chosen_by_its_title(imgur, album):
    imgur.album(title="Other")
    strike(imgur, fault="web-rename", edit={"op": "rename", "pick": 7, "album": "Other"})
    assert [one["title"] for one in imgur.look("world")["albums"]] == ["T", "Other (7)"]


def test_an_edit_with_ids_strikes_as_on_the_site_and_one_that_fits_nothing_is_passed_over(imgur, album):
    wanted = {"op": "order", "id": album[0], "images": album[1][::-1]}
    imgur.steer("faults", [{"fault": "edit", "edit": wanted}, {"fault": "edit", "edit": {**wanted, "id": "none"}}])
    imgur.get("/3/credits")
    assert imgur.members(album[0]) == album[1][::-1]
    assert len(imgur.look("history")["struck"]) == 1


def test_with_nothing_there_an_edit_does_not_strike(imgur):
    imgur.steer("faults", {"fault": "web-remove"})
    assert imgur.get("/3/credits").status_code == 200
    assert imgur.look("history")["struck"] == []


def test_a_removed_picture_is_gone_from_the_api_at_once_and_from_the_cdn_later(imgur, album):
    image = album[1][0]
    link = imgur.data(f"/3/image/{image}")["link"]
    imgur.steer("edit", {"op": "moderate", "id": image, "serves": 60})
    assert imgur.get(f"/3/image/{image}").status_code == 404
    assert imgur.members(album[0]) == album[1][1:]
    assert imgur.http.get(link).headers["content-type"] == "image/jpeg"
    imgur.time[0] += 60
    gone = imgur.http.get(link)
    assert (gone.status_code, gone.headers["location"]) == (302, "/i/removed.png")
    notice = imgur.http.get("/i/removed.png")
    assert len(notice.content) == 503
    assert (notice.status_code, notice.content[16:24]) == (200, (161).to_bytes(4) + (81).to_bytes(4))


def test_what_becomes_of_a_removed_picture_outlives_a_restart(tmp_path, make_imgur, monkeypatch):
    world = World.open(tmp_path / "data")
    first = make_imgur(world=world)
    image = first.upload()["id"]
    first.steer("edit", {"op": "moderate", "id": image, "serves": 0})
    world.close()
    again = make_imgur(world=World.open(tmp_path / "data"))
    assert again.http.get(f"/i/{image}.jpg").status_code == 302


def late(imgur, seconds, method, path, **body):
    imgur.steer("faults", {"fault": "late-commit", "seconds": seconds, "match": {"nth": 1}})
    with pytest.raises(ConnectionDropped):
        imgur.send(method, path, **body)


def test_creations_edits_and_deletions_land_late_each_at_its_own_moment(imgur, album):
    key, three = album
    late(imgur, 40, "POST", "/3/album", data={"title": "Late"})
    late(imgur, 30, "PUT", f"/3/album/{key}", data={"title": "40 s before"})
    late(imgur, 10, "DELETE", f"/3/image/{three[0]}")
    late(imgur, 20, "POST", f"/3/album/{key}/remove_images", data={"ids[]": [three[1]]})
    imgur.steer("clock", {"advance": 10})
    assert imgur.members(key) == three[1:]
    imgur.steer("clock", {"advance": 30})
    world = imgur.look("world")
    assert [one["title"] for one in world["albums"]] == ["40 s before", "Late"]
    assert world["albums"][0]["images"] == three[2:]
    assert all(request["committed"] for request in imgur.look("history")["requests"])


def test_late_changes_take_effect_in_the_order_in_which_they_are_due_though_nobody_asks_meanwhile(imgur, album):
    key = album[0]
    late(imgur, 50, "PUT", f"/3/album/{key}", data={"title": "due second"})
    late(imgur, 20, "PUT", f"/3/album/{key}", data={"title": "due first"})
    imgur.time[0] += 1000
    assert imgur.data(f"/3/album/{key}")["title"] == "due second"
    imgur.steer("knobs", {"lag": 955})
    assert imgur.data(f"/3/album/{key}")["title"] == "due first"


def test_a_file_that_was_never_there_is_not_redirected(imgur):
    assert isinstance(imgur.http, httpx.Client)
    assert imgur.http.get("/i/abcdefg.jpg").status_code == 404

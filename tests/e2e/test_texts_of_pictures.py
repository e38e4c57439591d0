"""Titles, descriptions and orders with the installed command, in account mode, whichever way Imgur answers."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from tests.local.test_local_taken import exif, jpeg_with
from tests.support.inside import Inside
from tests.support.mirror import Mirror, mirror

CATS = """[albums.cats]
folder = "photos"
title = "cats"
order = "taken"
image_title = "{index}: {stem}"

[albums.cats.images."b.jpg"]
title = "Tom"
description = "asleep"
"""


@pytest.fixture(params=["mixed", "v1"])
def here(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """Three photographs; taken in the order c, b, a."""
    with mirror(tmp_path, shape=request.param, kind=Inside) as here:
        for number, name in enumerate(("a.jpg", "b.jpg", "c.jpg")):
            date = f"{2024 - number}:05:01 10:11:12"
            here.put(f"photos/{name}", jpeg_with(exif(date, "+02:00"), number))
        here.manifest(CATS)
        yield here


def shown(here: Mirror) -> list[tuple[str | None, str | None]]:
    """Title and description of what the album shows, in its order."""
    world = here.look("world")
    images = {image["id"]: image for image in world["images"]}
    (album,) = [album for album in world["albums"] if album["title"] == "cats"]
    return [(images[i]["title"], images[i]["description"]) for i in album["images"]]


def test_texts_from_the_first_upload_to_a_change_on_the_site(here: Mirror) -> None:
    """Sent with the uploads; told by the plan, as text and as JSON; changed for a credit; set back when somebody
    changed them; and the links come in the order of the album."""
    assert "cats.images" not in here.run("validate").stdout
    text = here.run("plan").stdout
    assert "3 uploads bring their own texts" in text
    assert 'b.jpg: title "Tom", description "asleep"' in text
    here.run("apply", "-y", "-q")
    assert shown(here) == [("1: c", None), ("Tom", "asleep"), ("3: a", None)]
    assert [call for call in here.writes() if "/3/image" in call] == []
    links = here.run("links", "cats").stdout.split()
    files = [here.folder / "photos" / f"{name}.jpg" for name in "cba"]
    assert [here.web.get(link).content for link in links] == [path.read_bytes() for path in files]

    here.manifest(CATS.replace("asleep", "awake"))
    (album,) = here.json("plan")["albums"]
    digest = hashlib.sha256((here.folder / "photos" / "b.jpg").read_bytes()).hexdigest()
    step = {"kind": "edit_image", "album": "cats", "path": "b.jpg", "digest": digest, "title": None}
    assert album["steps"] == [{**step, "description": "awake"}]
    here.run("apply", "-y", "-q")
    assert shown(here)[1] == ("Tom", "awake")

    image = next(image for image in here.look("world")["images"] if image["title"] == "Tom")
    here.web.post("/_simulator/edit", json={"op": "set_image", "id": image["id"], "title": "Jerry"})
    plan = here.run("plan", "--refresh").stdout
    assert "? the title of b.jpg was changed on Imgur" in plan
    assert "1 with other texts: b.jpg" in plan
    here.run("apply", "-y", "-q", "--refresh")
    assert shown(here)[1] == ("Tom", "awake")
    after = here.last()
    here.run("apply", "-y", "-q", "--refresh")
    assert {request["method"] for request in here.requests(after)} == {"GET"}


def test_a_path_that_names_no_file_is_a_warning(here: Mirror) -> None:
    """In `validate` and in `plan`; both end well."""
    here.manifest(CATS + '[albums.cats.images."dog.jpg"]\ntitle = "Rex"\n')
    assert "albums.cats.images names dog.jpg, which is no file in photos" in here.run("validate").stdout
    assert "images names dog.jpg, which is no picture in the folder" in here.run("plan").stdout
    here.run("apply", "-y", "-q")

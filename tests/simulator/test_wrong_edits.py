"""Edits of people that make no sense are refused with what is wrong, and nothing changes."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

TEXT = base64.b64encode(b"text").decode()


def named(names: dict[str, str], value: Any) -> Any:
    """The value with ids in the place of names."""
    return [names.get(one, one) for one in value] if isinstance(value, list) else names.get(str(value), value)


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        ({"op": "set_album", "id": "none", "title": "x"}, "there is no album 'none'"),
        ({"op": "set_album", "id": "ALBUM", "privacy": "friends"}, "privacy is public, hidden or secret"),
        ({"op": "set_album", "id": "ALBUM", "in_gallery": "yes"}, "in_gallery is true or false"),
        ({"op": "set_image", "id": "none", "title": "x"}, "there is no picture 'none'"),
        ({"op": "order", "id": "ALBUM", "images": "IMAGE"}, "images is a list of ids of pictures that exist"),
        ({"op": "order", "id": "ALBUM", "images": ["none"]}, "images is a list of ids of pictures that exist"),
        ({"op": "order", "id": "OTHER", "images": ["IMAGE"]}, "only pictures of the album can be put in order"),
        ({"op": "moderate", "id": "none"}, "there is no picture 'none'"),
        ({"op": "moderate", "id": "IMAGE", "serves": -1}, "serves is a number of seconds that is not negative"),
        ({"op": "moderate", "id": "IMAGE", "serves": True}, "serves is a number of seconds that is not negative"),
        ({"op": "add", "id": "ALBUM", "image_base64": "!"}, "image_base64 is not base64"),
        (
            {"op": "add", "id": "ALBUM", "image_base64": TEXT},
            "image_base64 is no picture",
        ),
    ],
    ids=lambda value: " ".join(map(str, value.values()))[:40] if isinstance(value, dict) else "",
)
def test_an_edit_that_makes_no_sense_changes_nothing(imgur: Any, edit: dict[str, Any], told: str) -> None:
    """400, with the reason in words."""
    image = imgur.upload()["id"]
    names = {"ALBUM": imgur.album(image)["id"], "OTHER": imgur.album()["id"], "IMAGE": image}
    asked = json.loads(json.dumps(edit), object_hook=lambda fields: {key: named(names, fields[key]) for key in fields})
    before = imgur.look("world")
    reply = imgur.http.post("/_simulator/edit", json=asked)
    assert reply.status_code == 400, reply.text
    assert told in reply.text
    assert imgur.look("world") == before

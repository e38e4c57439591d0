"""Imgur's page for whoever has the deletehash of a picture: asked once, the picture is gone (imgur-api §6)."""

from __future__ import annotations

from flask import Blueprint, Response

from imgur_sync.simulator.controls import Controls
from imgur_sync.simulator.desk import Desk
from imgur_sync.simulator.pages.forms import Answer, attempt, done
from imgur_sync.simulator.pages.looking import look_of, missing, source
from imgur_sync.simulator.pages.pictures import image_json_of
from imgur_sync.simulator.records import Image


def offer(blueprint: Blueprint, desk: Desk) -> None:
    """`/delete/DELETEHASH`."""
    controls = Controls(desk)

    def asked(key: str) -> Response:
        """The picture and the question; 404 for what is no picture's deletehash, also an album's (unknown)."""
        return _page(desk, key, "")

    def answered(key: str) -> Answer:
        """The picture goes (H). It needs no account, costs nothing and is in no history."""
        image = _found(desk, key)
        if image is None:
            return _page(desk, key, "")
        return attempt(controls, lambda: _delete(controls, image), lambda wrong: _page(desk, key, wrong))

    blueprint.add_url_rule("/delete/<key>", "delete", asked, strict_slashes=False)
    blueprint.add_url_rule("/delete/<key>", "send delete", answered, methods=["POST"], strict_slashes=False)


def _found(desk: Desk, key: str) -> Image | None:
    with desk.world.lock:
        desk.world.settle()
        return desk.world.images.find(key)


def _delete(controls: Controls, image: Image) -> Answer:
    controls.edit({"op": "delete_image", "id": image.id})
    return done("/gallery", "deleted")


def _page(desk: Desk, key: str, wrong: str) -> Response:
    with desk.world.lock:
        look = look_of(desk).owners()
        image = desk.world.images.find(key)
        if image is None:
            return missing(look)
        shown = image_json_of(look, image.id)
    video = image.type.startswith("video/")
    status, name = 400 if wrong else 200, shown["title"] or f"Picture {image.id}"
    asked = {"image": shown, "source": source(shown), "video": video, "name": name}
    return look.page("delete.html", "Delete this picture?", status, wrong=wrong, **asked)

"""Forms of what people do "on the web site": texts, privacy, cover, order, pictures that come and go."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as Redirect

from imgur_sync.simulator.albums import PRIVACIES
from imgur_sync.simulator.controls import Controls
from imgur_sync.simulator.desk import Desk
from imgur_sync.simulator.pages.albums import SIZE, album_json
from imgur_sync.simulator.pages.forms import Answer, attempt, checked, done, said, text, whole
from imgur_sync.simulator.pages.looking import (
    UNTITLED,
    look_of,
    missing,
    page_number,
    paging,
    picture_tile,
    slice_of,
    source,
)
from imgur_sync.simulator.pages.pictures import image_json_of
from imgur_sync.simulator.replies import Refusal

Page = Callable[[str, str], Response]


def offer(blueprint: Blueprint, desk: Desk) -> None:
    """`/a/ID/edit` and `/ID/edit`."""
    _offer(blueprint, desk, "/a/<key>/edit", "edit album", _album_page, _edit_album)
    _offer(blueprint, desk, "/<key>/edit", "edit image", _picture_page, _edit_picture)


def _offer(
    blueprint: Blueprint,
    desk: Desk,
    rule: str,
    name: str,
    show: Callable[[Desk, str, str], Response],
    act: Callable[[Controls, str], Redirect],
) -> None:
    controls = Controls(desk)

    def shown(key: str) -> Response:
        return show(desk, key, "")

    def sent(key: str) -> Answer:
        return attempt(controls, lambda: act(controls, key), lambda wrong: show(desk, key, wrong))

    blueprint.add_url_rule(rule, name, shown)
    blueprint.add_url_rule(rule, f"send {name}", sent, methods=["POST"])


def _album_page(desk: Desk, key: str, wrong: str) -> Response:
    with desk.world.lock:
        look = look_of(desk).owners()
        try:
            shown = album_json(look, key)
        except Refusal:
            return missing(look)
        kept = desk.world.albums.get(key)
    number, images = page_number("page"), shown["images"]
    return look.page(
        "album_edit.html",
        f"Edit {shown['title'] or UNTITLED}",
        400 if wrong else 200,
        wrong=wrong,
        said=said(),
        album=shown,
        privacies=PRIVACIES,
        set_cover=kept.cover if kept else None,
        tiles=[(image["id"], picture_tile(look, image)) for image in slice_of(images, number, SIZE)],
        first=number * SIZE + 1,
        around=paging(look, "page", "Pages of pictures", number, SIZE, len(images)),
    )


def _picture_page(desk: Desk, key: str, wrong: str) -> Response:
    with desk.world.lock:
        look = look_of(desk).owners()
        try:
            shown = image_json_of(look, key)
        except Refusal:
            return missing(look)
    title = shown["title"] or shown.get("name") or f"Picture {key}"
    return look.page(
        "picture_edit.html",
        f"Edit {title}",
        400 if wrong else 200,
        wrong=wrong,
        said=said(),
        image=shown,
        source=source(shown),
        video=shown["type"].startswith("video/"),
    )


def _edit_album(controls: Controls, key: str) -> Redirect:
    here = f"/a/{key}/edit"
    match text("do"):
        case "texts":
            texts = {name: text(name) or None for name in ("title", "description")}
            album = {**texts, "privacy": text("privacy"), "in_gallery": checked("in_gallery")}
            controls.edit({"op": "set_album", "id": key, **album})
            return done(here, "saved")
        case "order":
            controls.edit({"op": "order", "id": key, "images": ordered(_members(controls, key), _positions())})
            return done(here, "ordered")
        case "cover":
            controls.edit({"op": "set_album", "id": key, "cover": text("cover") or None})
            return done(here, "covered")
        case "remove":
            controls.edit({"op": "remove_from_album", "id": key, "images": _chosen()})
            return done(here, "left")
        case "delete_images":
            controls.edit([{"op": "delete_image", "id": image} for image in _chosen()])
            return done(here, "deleted")
        case "add":
            file = request.files.get("image")
            data = base64.b64encode(file.read() if file else b"").decode()
            controls.edit({"op": "add", "id": key, "image_base64": data})
            return done(here, "added")
        case "delete":
            controls.edit({"op": "delete_album", "id": key})
            return done("/", "deleted")
        case other:
            raise ValueError(f"there is no form {other!r} here")


def _edit_picture(controls: Controls, key: str) -> Redirect:
    match text("do"):
        case "texts":
            texts: dict[str, Any] = {name: text(name) or None for name in ("title", "description")}
            controls.edit({"op": "set_image", "id": key, **texts})
            return done(f"/{key}/edit", "saved")
        case "delete":
            controls.edit({"op": "delete_image", "id": key})
            return done("/", "deleted")
        case "moderate":
            serves = whole("serves")
            controls.edit({"op": "moderate", "id": key, "serves": 3600 if serves is None else serves})
            return done(f"/{key}", "moderated")
        case other:
            raise ValueError(f"there is no form {other!r} here")


def _members(controls: Controls, key: str) -> tuple[str, ...]:
    album = controls.world.albums.get(key)
    return album.images if album else ()


def _positions() -> dict[str, int]:
    """Where each picture of the form is to stand, from 1."""
    names = [name for name in request.form if name.startswith("at-")]
    wanted = {name.removeprefix("at-"): whole(name) for name in names}
    return {image: position for image, position in wanted.items() if position is not None}


def _chosen() -> list[str]:
    chosen = request.form.getlist("chosen")
    if not chosen:
        raise ValueError("choose the pictures first")
    return chosen


def ordered(held: Sequence[str], wanted: dict[str, int]) -> list[str]:
    """The pictures with those whose wanted position is not their own moved there; the others keep their order."""
    own = {image: position for position, image in enumerate(held, 1)}
    moving = [image for image in held if wanted.get(image, own[image]) != own[image]]
    staying = [image for image in held if image not in set(moving)]
    for image in sorted(moving, key=lambda one: wanted[one]):
        staying.insert(max(wanted[image], 1) - 1, image)
    return staying

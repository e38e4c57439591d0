"""The digest of a plan: what is wanted, whatever the machine, the time, the budget and the gates."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import assert_never

from imgur_sync.model.plan import AlbumPlan
from imgur_sync.model.step import CreateAlbum, DeleteAlbum, DeleteImage, EditAlbum, EditImage, Move, Place, Step, Upload


def encode(step: Step) -> dict[str, object]:
    """A step as plain JSON values: keys and paths, digests and wishes; no id, no time, no dimension."""
    match step:
        case CreateAlbum():
            return {"step": "create_album", "album": step.album, "title": step.title}
        case Upload():
            facts = {"path": step.path, "sha256": step.digest, "reason": step.reason.value}
            texts = {"title": step.title, "description": step.description}
            sent = {name: text for name, text in texts.items() if text is not None}
            return {"step": "upload", "album": step.album, **facts, **sent}
        case EditAlbum():
            return {"step": "edit_album", "album": step.album, **_edit(step)}
        case EditImage():
            texts = {"title": step.title, "description": step.description}
            return {"step": "edit_image", "album": step.album, "path": step.path, "sha256": step.digest, **texts}
        case DeleteImage():
            return {"step": "delete_image", "album": step.album, "path": step.path, "sha256": step.digest}
        case DeleteAlbum():
            return {"step": "delete_album", "album": step.album}
    assert_never(step)


def _edit(step: EditAlbum) -> dict[str, object]:
    return {
        "places": None if step.places is None else [_place(place) for place in step.places],
        "detached": [_place(place) for place in step.detached],
        "retired": [_place(place) for place in step.retired],
        "attached": [_place(place) for place in step.attached],
        "moves": [_move(move) for move in step.moves],
        "cover": None if step.cover is None else _place(step.cover),
        "title": step.title,
        "description": step.description,
        "privacy": step.privacy,
        "narrows": step.narrows,
    }


def _place(place: Place) -> list[str]:
    return [place.path, place.digest]


def _move(move: Move) -> list[str]:
    return [move.album, move.source, move.target, move.digest]


def digest(albums: Iterable[AlbumPlan]) -> str:
    """ "sha256:" and 64 hex digits over the wanted steps of all albums, by album key."""
    ordered = sorted(albums, key=lambda album: album.album)
    steps = [encode(step) for album in ordered for step in album.wanted]
    text = json.dumps(steps, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return "sha256:" + hashlib.sha256(text.encode("ascii")).hexdigest()

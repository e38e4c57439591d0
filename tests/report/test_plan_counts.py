"""How much a plan wants of each kind, in words and as GitLab's report."""

from __future__ import annotations

import json
from collections.abc import Callable

from imgur_sync.model.plan import AlbumPlan
from imgur_sync.model.step import (
    CreateAlbum,
    DeleteAlbum,
    DeleteImage,
    EditAlbum,
    EditImage,
    Move,
    Place,
    Upload,
    UploadReason,
)
from imgur_sync.report.counts import counts_of, gitlab_json, words

Albums = Callable[..., AlbumPlan]
Uploads = Callable[..., Upload]


def place(path: str) -> Place:
    """A place of that path."""
    return Place(path, "0" * 64)


def test_every_kind_counts_as_a_creation_an_update_or_a_deletion(album: Albums, upload: Uploads) -> None:
    """A replacement is one update although a picture leaves for it; a new album is not edited besides."""
    edit = EditAlbum(
        "cats",
        detached=(place("old.jpg"), place("older.jpg")),
        retired=(place("tom.jpg"),),
        attached=(place("back.jpg"), place("y.jpg")),
        moves=(Move("x.jpg", "y.jpg", "0" * 64, "dogs"),),
        privacy="public",
    )
    cats = album(
        upload("tom.jpg", UploadReason.REPLACES),
        upload("lost.jpg", UploadReason.RESTORES),
        upload("a.jpg"),
        edit,
        EditImage("cats", "b.jpg", "0" * 64, "B", None),
        DeleteImage("cats", "gone.jpg", "0" * 64),
        moves=edit.moves,
    )
    made = album(CreateAlbum("new", "New"), upload("c.jpg", album="new"), EditAlbum("new", title="New"), key="new")
    ended = album(DeleteAlbum("old"), key="old")
    assert json.loads(gitlab_json([cats, made, ended])) == {"create": 5, "update": 4, "delete": 4}
    assert words(counts_of([cats, made, ended])) == (
        "1 album deleted, 1 deleted, 2 leave their albums, 1 link changes, 1 new album, 2 new pictures, 1 sent again, "
        "1 put back, 1 renamed or moved, 1 with other texts, 1 album edited"
    )


def test_nothing_to_do_is_told_as_such(album: Albums) -> None:
    """Three zeros: the widget says that nothing changes."""
    assert json.loads(gitlab_json([])) == {"create": 0, "update": 0, "delete": 0}
    assert words(counts_of([album()])) == "no change"

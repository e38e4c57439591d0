"""Albums: `/3/album` (imgur-api §2.2)."""

from __future__ import annotations

import dataclasses
from typing import Any

from imgur_sync.simulator.advertising import ad_config
from imgur_sync.simulator.calls import Answer, Call, Routes
from imgur_sync.simulator.changes import Change, DropAlbum, Join, Leave, PutAlbum, SetMembers
from imgur_sync.simulator.images import toggled
from imgur_sync.simulator.records import Album
from imgur_sync.simulator.replies import Refusal
from imgur_sync.simulator.shapes import album_header, image_json

ROUTES = Routes()
PRIVACIES = ("public", "hidden", "secret")
LAYOUTS = ("blog", "grid", "horizontal", "vertical")


def header_json(call: Call, album: Album) -> dict[str, Any]:
    """An album without its pictures, as this caller sees it."""
    cover = call.world.images.get(album.shown_cover) if album.shown_cover else None
    view = call.view(album.owner)
    if call.knobs.hidden_owner == "withheld" and album.privacy != "public" and not view.owner:
        view = dataclasses.replace(view, account=None)
    return album_header(album, cover, view)


def members_json(call: Call, album: Album) -> list[dict[str, Any]]:
    """The pictures of an album, in album order, as they were at the call's moment."""
    found = [call.world.images.get(key, call.at) for key in album.images]
    return [image_json(image, call.view(image.owner, listing=True)) for image in found if image is not None]


def shown_album(call: Call, key: str) -> Album:
    """The album of that id, lag allowed for; 404 if there is none (H). Any caller may read a hidden one (M).

    A knob withholds those of others (L): a 403, as for a change (the text is unknown).
    """
    album = call.world.albums.get(key, call.at)
    if album is None:
        raise call.no_album(key)
    if call.may_see(album):
        return album
    if call.new:
        raise Refusal(403, "The requester is not authorized to access the resource.", shape="E")
    raise Refusal(403, "Unauthorized")


@ROUTES.add("POST", "/3/album")
def create_album(call: Call) -> Answer:
    """A new album; the reply holds id and deletehash only (H). Without a Bearer it is anonymous (H).

    Pictures that are not the caller's are dropped in silence (H). Privacy is the account's default unless it is sent;
    albums made by the API were seen hidden (H).
    """
    world, account = call.world, call.account(call.caller.account)
    default = str(account.settings.get("album_privacy", "hidden")) if account else "hidden"
    blank = Album(
        id=world.name(7, "album"),
        deletehash=world.name(15, "album"),
        owner=call.caller.account,
        creator=call.caller.client,
        datetime=int(call.now),
        privacy=default,
    )
    album = _edited(call, blank)
    changes: list[Change] = [PutAlbum(album)]
    usable = call.own_images()
    if usable is not None:
        changes.append(SetMembers(album.id, _ordered(call, usable[0], ())))
    return Answer({"id": album.id, "deletehash": album.deletehash}, tuple(changes))


def _edited(call: Call, album: Album) -> Album:
    """The album with the sent fields; what is omitted is kept, what is sent empty is cleared (M)."""
    if call.method == "POST" and call.params and call.knobs.post_texts == "ignored":
        return album
    title, description, privacy = call.text("title"), call.text("description"), call.fields.text("privacy")
    layout, cover = call.fields.text("layout"), call.fields.text("cover")
    if cover is None and call.knobs.cover_field == "either":
        cover = call.fields.text("cover_id")
    if title is not None:
        album = dataclasses.replace(album, title=title or None)
    if description is not None:
        album = dataclasses.replace(album, description=description or None)
    fixed = call.knobs.privacy == "ignored" or (album.in_gallery and call.knobs.shared_privacy == "kept")
    if privacy in PRIVACIES and not fixed:
        album = dataclasses.replace(album, privacy=privacy)
    if layout in LAYOUTS and call.knobs.layout == "honoured":
        album = dataclasses.replace(album, layout=layout)
    if cover is not None and call.knobs.cover == "honoured":
        album = dataclasses.replace(album, cover=cover or None)
    return album


def _ordered(call: Call, wanted: tuple[str, ...], held: tuple[str, ...]) -> tuple[str, ...]:
    """The order that `wanted` gets: its own (M), or, if order is not heeded, that of `held` with the new ones last."""
    if call.knobs.order == "honoured":
        return wanted
    kept, old = set(wanted), set(held)
    return tuple(key for key in held if key in kept) + tuple(key for key in wanted if key not in old)


@ROUTES.add("GET", "/3/album/<key>")
def get_album(call: Call) -> Answer:
    """The album with all its pictures (H); an empty one may say null for them (M, a knob)."""
    album = shown_album(call, call.params["key"])
    data = header_json(call, album)
    members = members_json(call, album)
    data["images"] = None if not members and call.knobs.images_null else members
    return Answer({**data, **ad_config(call, album)})


@ROUTES.add("GET", "/3/album/<key>/images")
def get_album_images(call: Call) -> Answer:
    """The pictures only, not paged; `[]` when there is none (H)."""
    return Answer(members_json(call, shown_album(call, call.params["key"])))


@ROUTES.add("GET", "/3/album/<key>/image/<image>")
def get_album_image(call: Call) -> Answer:
    """One picture of the album; an unknown one is an error inside HTTP 200 with success true (M)."""
    album, key = shown_album(call, call.params["key"]), call.params["image"]
    image = call.world.images.get(key, call.at) if key in album.images else None
    if image is None:
        raise Refusal(200, f"Unable to find an image with the id, {key}", shape="G")
    return Answer(image_json(image, call.view(image.owner, listing=True)))


@ROUTES.add("PUT POST", "/3/album/<key>")
def update_album(call: Call) -> Answer:
    """Any of title, description, privacy, layout, cover; ids replace the membership, omitted ones leave it (M).

    PUT is documented as update and POST as "set images", but both take all fields (H). In 2025 POST was seen to set no
    images, and no texts (M): knobs, for images as for PUT. A picture that the caller does not own is a 403, as for add
    (inferred).
    """
    album = call.own_album(call.params["key"])
    changes: list[Change] = []
    changed = _edited(call, album)
    if changed != album:
        changes.append(PutAlbum(changed))
    usable = _all_owned(call, album)
    heeded = call.knobs.put_ids if call.method == "PUT" else call.knobs.post_ids
    if usable is not None and heeded == "honoured":
        members = _ordered(call, usable, album.images)
        if members != album.images:
            changes.append(SetMembers(album.id, members))
    return Answer(True, tuple(changes))


def _all_owned(call: Call, album: Album) -> tuple[str, ...] | None:
    usable = call.own_images()
    if usable is None:
        return None
    if not usable[1]:
        word = "ids" if call.fields.ids("ids") else "deletehashes"
        raise Refusal(403, f"You must own all the image {word} to add them to album {album.id}")
    return usable[0]


@ROUTES.add("POST PUT", "/3/album/<key>/add")
def add_to_album(call: Call) -> Answer:
    """Pictures go to the end; one that is not the caller's, or is not there, is a 403 for all of them (H)."""
    album = call.own_album(call.params["key"])
    held = set(album.images)
    joining = tuple(key for key in _all_owned(call, album) or () if key not in held)
    return Answer(True, (Join(album.id, joining),) if joining else ())


@ROUTES.add("POST DELETE", "/3/album/<key>/remove_images")
def remove_from_album(call: Call) -> Answer:
    """Pictures leave the album and live on (H). Ids in the body or the query, also for an anonymous album, which the
    path names by deletehash (H); whether a picture's own deletehash counts is unknown. Strangers are ignored."""
    album = call.own_album(call.params["key"])
    named = set(call.fields.ids("ids") or ())
    hashes = set(call.fields.ids("deletehashes") or ())
    for key in album.images if hashes else ():
        image = call.world.images.get(key)
        if image is not None and image.deletehash in hashes:
            named.add(key)
    leaving = tuple(key for key in album.images if key in named)
    return Answer(True, (Leave(album.id, leaving),) if leaving else ())


@ROUTES.add("DELETE", "/3/album/<key>", "/3/account/<user>/album/<key>")
def delete_album(call: Call) -> Answer:
    """The album goes; its pictures stay (H)."""
    return Answer(True, (DropAlbum(call.own_album(call.params["key"]).id),))


@ROUTES.add("POST", "/3/album/<key>/favorite")
def favorite_album(call: Call) -> Answer:
    """Switches the caller's mark; needs a Bearer; answers "favorited" or "unfavorited" (H)."""
    if call.caller.account is None:
        raise Refusal(401, "Authentication required")
    album = shown_album(call, call.params["key"])
    marks, word = toggled(album.favourites, call.caller.account)
    return Answer(word, (PutAlbum(dataclasses.replace(album, favourites=marks)),))

"""Pictures: `/3/upload` and `/3/image` (imgur-api §2.1)."""

from __future__ import annotations

import dataclasses
from typing import Any

from imgur_sync.simulator.advertising import ad_config
from imgur_sync.simulator.calls import Answer, Call, Received, Routes
from imgur_sync.simulator.changes import Change, DropImage, Join, PutImage, Uploaded
from imgur_sync.simulator.conversion import kept
from imgur_sync.simulator.lengths import seconds
from imgur_sync.simulator.media import sniff
from imgur_sync.simulator.options import Options
from imgur_sync.simulator.records import Album, Image, Upload
from imgur_sync.simulator.replies import Refusal
from imgur_sync.simulator.shapes import image_json
from imgur_sync.simulator.wire import Fields, from_base64
from imgur_sync.simulator.world import World

ROUTES = Routes()
JOIN_AT = {"append": -1, "second": 1, "first": 0}


def receive(world: World, options: Options, fields: Fields) -> Received | Refusal:
    """The bytes of an upload, checked and stored: file, base64 or URL, said by `type` or seen by itself (H).

    Refused: nothing sent → 400 (H); URL that does not answer → 400 `Invalid URL (…)` (H); undecodable base64 → 1003
    with "(2)", any other unknown type → 1003 with "(1)" (H); too large → 1002 (H); a video that plays too long (M; the
    text is invented).
    """
    data = _bytes(options, fields)
    if isinstance(data, Refusal):
        return data
    if not data:
        return Refusal(400, "No image data was sent to the upload api")
    media = sniff(data)
    if media is None:
        return Refusal(400, "File type invalid (1)", code=1003)
    if len(data) > (options.moving_bytes if media.moving else options.still_bytes):
        return Refusal(400, "File is over the size limit", code=1002)
    if 0 < options.video_seconds < seconds(data, media.type):
        return Refusal(400, "Video is over the length limit")
    return Received(world.blobs.put(data), len(data), media)


def _bytes(options: Options, fields: Fields) -> bytes | memoryview | Refusal | None:
    kind = (fields.text("type") or "").lower()
    sent = fields.files.get("image", fields.files.get("video"))
    if sent is not None and (kind not in ("base64", "url") or sniff(sent) is not None):
        return sent
    text = str(sent, "latin-1") if sent is not None else fields.text("image") or fields.text("video")
    if not text:
        return None
    if kind == "url" or (kind != "base64" and text.startswith(("http://", "https://"))):
        fetched = options.urls.get(text)
        return Refusal(400, f"Invalid URL ({text})") if fetched is None else fetched
    decoded = from_base64(text)
    return Refusal(400, "File type invalid (2)", code=1003) if decoded is None else decoded


@ROUTES.add("POST", "/3/upload", "/3/image", cost=10, upload=True, prepare=receive)
def upload(call: Call) -> Answer:
    """A new picture, straight into an album if `album` names one.

    10 credits (H). `name` is stored only from a field of that name; a multipart filename is not looked at (H).
    `album`: an id that the Bearer owns, or an anonymous album's deletehash (H), else 403 (text M, status unknown).
    Where in the album it lands is not settled: at the end, or second (L); a knob chooses.
    """
    if call.received is None or isinstance(call.received, Refusal):
        raise _told(call, call.received) or Refusal(400, "Bad Request")
    album = _target(call)
    got, world = kept(call.received, call), call.world
    media = got.media
    title, description = _texts(call)
    image = Image(
        id=world.name(7, "image"),
        deletehash=world.name(15, "image"),
        owner=call.caller.account,
        creator=call.caller.client,
        type=media.type,
        width=media.width,
        height=media.height,
        size=got.size,
        blob=got.blob,
        datetime=int(call.now),
        name=call.fields.text("name") or "",
        title=title,
        description=description,
        animated=media.animated and not _stilled(call, media.type),
        has_sound=media.has_sound and call.fields.text("disable_audio") != "1",
    )
    changes: list[Change] = [PutImage(image)]
    if album is not None:
        changes.append(Join(album.id, (image.id,), JOIN_AT[call.knobs.upload_position]))
    record = Upload(
        call.n, call.now, image.creator, image.id, image.name, image.size, image.blob, album.id if album else None
    )
    return Answer(_uploaded(call, image, call.received), (*changes, Uploaded(record)))


def _told(call: Call, refusal: Refusal | None) -> Refusal | None:
    """The refusal of a body as a knob has it."""
    if refusal is not None and refusal.code == 1002 and call.knobs.size_error == "string":
        return Refusal(refusal.status, refusal.text)
    return refusal


def _uploaded(call: Call, image: Image, received: Received) -> dict[str, Any]:
    """The picture as the reply to its upload shows it."""
    data = image_json(image, call.view(image.owner, mine=True))
    if image.owner is None and not call.new:
        data["account_id"] = 0
    if call.knobs.upload_link == "jpeg" and image.type == "image/jpeg":
        data["link"] = data["link"].removesuffix("jpg") + "jpeg"
    if call.knobs.webm_link == "dot" and received.media.type == "video/webm":
        data["link"] = data["link"].rpartition(".")[0] + "."
    return data


def _stilled(call: Call, kind: str) -> bool:
    """Whether an animated PNG is a still one from now on."""
    return call.knobs.animated_png == "by path" and kind == "image/png" and call.path.startswith("/3/upload")


def _texts(call: Call) -> tuple[str | None, str | None]:
    """Title and description of a new picture; none at all if the knob says so."""
    if call.knobs.upload_texts == "ignored":
        return None, None
    return call.text("title") or None, call.text("description") or None


def _target(call: Call) -> Album | None:
    key = call.fields.text("album")
    if not key:
        return None
    try:
        return call.own_album(key)
    except Refusal as refusal:
        text = (
            f"You are not the owner of album '{key}', which means you can't add images to it. "
            "For anonymous albums, use the album deletehash."
        )
        raise Refusal(403, text) from refusal


@ROUTES.add("GET", "/3/image/<key>")
def get_image(call: Call) -> Answer:
    """One picture, for anybody; 404 if there is none (H). Not subject to lag."""
    image = call.world.images.get(call.params["key"])
    if image is None:
        raise call.no_image(call.params["key"])
    return Answer({**image_json(image, call.view(image.owner)), **ad_config(call, image)})


@ROUTES.add("POST PUT", "/3/image/<key>")
def update_image(call: Call) -> Answer:
    """Title and description, by id for the owner or by deletehash (H); "" clears (M); `name` is left as it is (H).

    Knobs have it, or a POST alone (M, 2025), answer well and change nothing.
    """
    image = call.own_image(call.params["key"])
    title, description = call.text("title"), call.text("description")
    changed = image
    if call.knobs.image_texts == "ignored" or (call.method == "POST" and call.knobs.post_texts == "ignored"):
        title = description = None
    if title is not None:
        changed = dataclasses.replace(changed, title=title or None)
    if description is not None:
        changed = dataclasses.replace(changed, description=description or None)
    return Answer(True, () if changed == image else (PutImage(changed),))


@ROUTES.add("DELETE", "/3/image/<key>", "/3/account/<user>/image/<key>")
def delete_image(call: Call) -> Answer:
    """The picture goes, by id for the owner or by deletehash (H), also out of its albums (M)."""
    return Answer(True, (DropImage(call.own_image(call.params["key"]).id),))


@ROUTES.add("POST", "/3/image/<key>/favorite")
def favorite_image(call: Call) -> Answer:
    """Switches the caller's mark; needs a Bearer; answers "favorited" or "unfavorited" (H).

    The id 0 is taken for an upload without a picture (L).
    """
    if call.params["key"] == "0":
        raise Refusal(400, "No image data was sent to the upload api")
    image = call.world.images.get(call.params["key"])
    if call.caller.account is None:
        raise Refusal(401, "Authentication required")
    if image is None:
        raise call.no_image(call.params["key"])
    marks, word = toggled(image.favourites, call.caller.account)
    return Answer(word, (PutImage(dataclasses.replace(image, favourites=marks)),))


def toggled(marks: tuple[str, ...], account: str) -> tuple[tuple[str, ...], str]:
    """The marks with the account's own switched, and Imgur's word for it."""
    if account in marks:
        return tuple(mark for mark in marks if mark != account), "unfavorited"
    return (*marks, account), "favorited"

"""Albums: how they are made and filled, what they keep, and who may change them."""

from __future__ import annotations

from typing import Any

from imgur_sync.simulator.testing import small_picture
from tests.contract.conformance.case import case
from tests.contract.conformance.made import Made
from tests.contract.conformance.visit import Visit
from tests.contract.conformance.words import error

LISTS = "lists as `ids[]`"
IDS = "ids may be answered true and ignored"
HEED = "order, cover, privacy may not be heeded"
REMOVE = "`POST /3/album/{id}/remove_images`"
UPDATE = "`PUT /3/album/{id}`, `POST /3/album/{id}`"


def both(visit: Visit) -> list[str]:
    """Two pictures, not in the order in which they were sent."""
    return [visit.plain.id, visit.named.id]


def made(visit: Visit, path: str = "/3/album", **sent: Any) -> str:
    """What an album holds that is created so."""
    return visit.members(visit.fresh(sent, path))


def changed(visit: Visit, method: str, path: str = "", **sent: Any) -> str:
    """What an album of N and P holds after a call."""
    album = visit.create(visit.named.id, visit.plain.id)
    reply = visit.ask(method, f"/3/album/{album.id}{path}", **sent)
    return f"{reply.status_code} {visit.members(album)}"


@case("`POST /3/album` answers", 0, "deletehash, id")
def reply_to_a_creation(visit: Visit) -> str:
    """What the reply to a creation holds."""
    return ", ".join(sorted(visit.album.reply.json()["data"]))


@case("`POST /3/album` answers", 1, "hidden", {"private": {"shape": "v1"}})
def privacy_by_default(visit: Visit) -> str:
    """The privacy of an album that was made without one."""
    return str(visit.data(f"/3/album/{visit.album.id}")["privacy"])


@case(HEED, 3, "secret", {"hidden": {"privacy": "ignored"}, "private": {"shape": "v1"}})
def privacy_that_was_sent(visit: Visit) -> str:
    """The privacy of an album that was to be secret."""
    return str(visit.data(f"/3/album/{visit.create(privacy='secret').id}")["privacy"])


@case(LISTS, 3, "PN")
def create_with_brackets(visit: Visit) -> str:
    """An album created with `ids[]`, urlencoded: its pictures, in their order."""
    return made(visit, data={"ids[]": both(visit)})


@case(LISTS, 3, "PN")
def create_with_commas(visit: Visit) -> str:
    """An album created with `ids=a,b`."""
    return made(visit, data={"ids": ",".join(both(visit))})


@case(LISTS, 3, "PN")
def create_with_parts(visit: Visit) -> str:
    """An album created with a multipart body of several `ids`."""
    return made(visit, files=[("ids", (None, key)) for key in both(visit)])


@case(LISTS, 3, "PN")
def create_with_json(visit: Visit) -> str:
    """An album created with a list in JSON."""
    return made(visit, json={"ids": both(visit)})


@case(LISTS, 3, "PN")
def trailing_slashes(visit: Visit) -> str:
    """The path of the creation with a slash at its end."""
    return made(visit, "/3/album/", data={"ids[]": both(visit)})


@case("it drops pictures of others", 3, "N")
def create_with_a_strangers_picture(visit: Visit) -> str:
    """An album created with a picture that is not the account's."""
    return made(visit, data={"ids[]": [visit.stranger.id, visit.named.id]})


@case(LISTS, 4, "200 NPE")
def add_with_brackets(visit: Visit) -> str:
    """A picture added, urlencoded: at the end."""
    return changed(visit, "POST", "/add", data={"ids[]": visit.encoded.id})


@case(LISTS, 4, "200 NPE")
def add_with_json(visit: Visit) -> str:
    """A picture added by a text in JSON."""
    return changed(visit, "POST", "/add", json={"ids": visit.encoded.id})


@case("`POST /3/album/{id}/add`: 403", 1, "403 You must own all the image ids to add them to album {album}")
def add_a_strangers_picture(visit: Visit) -> str:
    """A picture added that is not the account's, beside one that is."""
    sent = {"ids[]": [visit.encoded.id, visit.stranger.id]}
    return visit.hidden(error(visit.ask("POST", f"/3/album/{visit.album.id}/add", data=sent)), album=visit.album.id)


@case(REMOVE, 4, "200 P")
def remove_by_post(visit: Visit) -> str:
    """A picture taken out by POST, multipart."""
    return changed(visit, "POST", "/remove_images", files=[("ids[]", (None, visit.named.id))])


@case(REMOVE, 4, "200 P")
def remove_by_delete(visit: Visit) -> str:
    """A picture taken out by DELETE, its id in the query."""
    return changed(visit, "DELETE", f"/remove_images?ids={visit.named.id}")


@case(IDS, 4, "200 E", {"200 NP": {"put_ids": "ignored"}})
def set_by_put(visit: Visit) -> str:
    """The pictures of an album replaced by PUT."""
    return changed(visit, "PUT", data={"ids[]": visit.encoded.id})


@case(IDS, 4, "200 E", {"200 NP": {"post_ids": "ignored"}})
def set_by_post(visit: Visit) -> str:
    """The pictures of an album replaced by POST."""
    return changed(visit, "POST", data={"ids[]": visit.encoded.id})


@case(HEED, 4, "200 PN", {"200 NP": {"order": "ignored"}})
def order_is_changed(visit: Visit) -> str:
    """The same pictures in another order, by PUT."""
    return changed(visit, "PUT", json={"ids": both(visit)})


@case(HEED, 4, "the second", {"the first": {"cover": "ignored"}})
def cover_is_set(visit: Visit) -> str:
    """The second picture made the cover."""
    album = visit.create(visit.named.id, visit.plain.id)
    visit.ask("PUT", f"/3/album/{album.id}", data={"cover": visit.plain.id})
    names = {visit.named.id: "the first", visit.plain.id: "the second"}
    return names.get(visit.data(f"/3/album/{album.id}")["cover"], "none of both")


@case(UPDATE, 4, "title changed, description kept, NP")
def a_title_alone(visit: Visit) -> str:
    """A new title: what is not sent stays."""
    album = visit.create(visit.named.id, visit.plain.id, description="kept")
    visit.ask("PUT", f"/3/album/{album.id}", json={"title": f"{visit.title} edited"})
    told = visit.data(f"/3/album/{album.id}")
    title = "changed" if told["title"].endswith(" edited") else "not changed"
    ids = {visit.named.id: "N", visit.plain.id: "P"}
    members = "".join(ids.get(image["id"], "?") for image in told["images"])
    return f"title {title}, description {told['description']}, {members}"


@case("texts by POST", 4, "200, changed", {"200, not changed": {"post_texts": "ignored"}})
def a_title_by_post(visit: Visit) -> str:
    """A new title of an album, by POST."""
    album = visit.create()
    reply = visit.ask("POST", f"/3/album/{album.id}", data={"title": f"{visit.title} edited"})
    title = visit.data(f"/3/album/{album.id}")["title"]
    return f"{reply.status_code}, {'changed' if str(title).endswith(' edited') else 'not changed'}"


@case("`layout`: blog, grid", 3, "grid", {"blog": {"layout": "ignored"}})
def a_layout(visit: Visit) -> str:
    """The layout of an album that was to be a grid."""
    return str(visit.data(f"/3/album/{visit.create(layout='grid').id}")["layout"])


@case(UPDATE, 4, "200, cleared")
def an_empty_description(visit: Visit) -> str:
    """An empty description."""
    album = visit.create(description="to be cleared")
    reply = visit.ask("PUT", f"/3/album/{album.id}", data={"description": ""})
    kept = visit.data(f"/3/album/{album.id}")["description"]
    return f"{reply.status_code}, {'kept' if kept else 'cleared'}"


@case("`GET /3/album/{id}`, `GET /3/album/{id}/images`", 1, "NP")
def pictures_of_an_album(visit: Visit) -> str:
    """The list of an album's pictures."""
    names = {visit.named.id: "N", visit.plain.id: "P"}
    return "".join(names.get(image["id"], "?") for image in visit.data(f"/3/album/{visit.album.id}/images"))


@case("`GET /3/album/{id}`, `GET /3/album/{id}/images`", 3, "[]", {"None": {"images_null": True}})
def an_empty_album(visit: Visit) -> str:
    """The pictures of an album without any."""
    return str(visit.data(f"/3/album/{visit.create().id}").get("images"))


@case("`GET /3/album/{id}/image/{image}` of none", 1, "200 Unable to find an image with the id, {picture}")
def a_picture_that_is_not_in_the_album(visit: Visit) -> str:
    """A picture of the account asked for by an album that does not hold it."""
    reply = visit.ask("GET", f"/3/album/{visit.album.id}/image/{visit.encoded.id}")
    return visit.hidden(error(reply), picture=visit.encoded.id)


@case(
    "where it lands in the album",
    14,
    "NP+",
    {"N+P": {"upload_position": "second"}, "+NP": {"upload_position": "first"}},
)
def upload_into_an_album(visit: Visit) -> str:
    """Where a picture comes to stand that is uploaded into an album."""
    album = visit.create(visit.named.id, visit.plain.id)
    sent = visit.upload(7, album=album.id)
    names = {visit.named.id: "N", visit.plain.id: "P", sent.id: "+"}
    images = visit.data(f"/3/album/{album.id}").get("images") or []
    return "".join(names.get(image["id"], "?") for image in images)


@case(
    "`album`: an own id, or an anonymous deletehash",
    10,
    "403 You are not the owner of album '{album}', which means you can't add images to it. "
    "For anonymous albums, use the album deletehash.",
)
def upload_into_a_strangers_album(visit: Visit) -> str:
    """A picture uploaded into an album that is not the account's."""
    album = visit.strangers_album
    files = {"image": ("x.png", small_picture(9))}
    reply = visit.ask("POST", "/3/upload", data={"album": album.id, "title": visit.title}, files=files)
    return visit.hidden(error(reply), album=album.id)


@case("anonymous albums", 2, "200 S", {"200 none": {"hashes": "ignored"}})
def add_by_deletehash(visit: Visit) -> str:
    """A picture added to an anonymous album, both by their deletehashes."""
    album = visit.strangers_album
    sent = {"deletehashes[]": visit.stranger.deletehash}
    reply = visit.ask("POST", f"/3/album/{album.deletehash}/add", "anonymous", data=sent)
    return f"{reply.status_code} {visit.members(album)}"


@case("`DELETE /3/album/{id}`: pictures live on", 3, "200, picture 200")
def deleting_an_album(visit: Visit) -> str:
    """An album deleted, and a picture that was in it."""
    album = visit.create(visit.named.id)
    reply = visit.delete("album", album.id)
    return f"{reply.status_code}, picture {visit.ask('GET', f'/3/image/{visit.named.id}').status_code}"


@case("deleting again", 3, "404", {"403": {"gone_answer": 403}})
def deleting_an_album_twice(visit: Visit) -> str:
    """An album deleted again."""
    album = visit.create()
    visit.delete("album", album.id)
    return str(visit.delete("album", album.id).status_code)


@case(
    "`POST /3/album/{id}/favorite` switches",
    2,
    "favorited, unfavorited",
)
def favourite_albums(visit: Visit) -> str:
    """An album made a favourite, and not one again."""
    told = [visit.ask("POST", f"/3/album/{visit.album.id}/favorite").json()["data"] for _ in range(2)]
    return ", ".join(map(str, told))


@case("`POST /3/image/{id}`, `DELETE", 1, "403")
def album_by_id_without_the_account(visit: Visit) -> str:
    """A title of the account's album, set by id with the Client-ID alone."""
    album: Made = visit.album
    return str(visit.ask("PUT", f"/3/album/{album.id}", "anonymous", data={"title": visit.title}).status_code)

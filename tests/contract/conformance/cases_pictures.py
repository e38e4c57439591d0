"""Pictures: how they are sent, what is told of them, and who may change them."""

from __future__ import annotations

import base64

from imgur_sync.simulator.testing import small_picture
from tests.contract.conformance.case import case
from tests.contract.conformance.visit import Visit
from tests.contract.conformance.words import error, shape

EDIT = "`POST /3/image/{id}`, `DELETE"
SENT = "base64 and URL"


@case("`POST /3/upload`, `POST /3/image`", 0, "200, image/png 4 x 3")
def a_multipart_file(visit: Visit) -> str:
    """`POST /3/upload` with a file."""
    told = visit.named.reply.json()["data"]
    return f"{visit.named.reply.status_code}, {told['type']} {told['width']} x {told['height']}"


@case("`POST /3/upload`, `POST /3/image`", 0, "200")
def the_other_path(visit: Visit) -> str:
    """`POST /3/image` with a file."""
    return str(visit.plain.reply.status_code)


@case(SENT, 0, "200 image/png")
def base64_in_a_form(visit: Visit) -> str:
    """Base64 in an urlencoded form, with its type."""
    return f"{visit.encoded.reply.status_code} {visit.encoded.reply.json()['data']['type']}"


@case(SENT, 11, "200 image/png")
def base64_without_its_type(visit: Visit) -> str:
    """Base64 as a multipart text, without a type."""
    text = base64.b64encode(small_picture(6)).decode()
    reply = visit.ask("POST", "/3/image", files={"image": (None, text), "title": (None, visit.title)})
    return error(reply) if reply.status_code != 200 else f"200 {reply.json()['data']['type']}"


@case("multipart without its closing boundary", 0, "200 image/png")
def a_body_without_its_end(visit: Visit) -> str:
    """A multipart body without its closing boundary."""
    return f"{visit.stranger.reply.status_code} {visit.stranger.reply.json()['data']['type']}"


@case("nothing sent, wrong URL", 10, "400 No image data was sent to the upload api")
def nothing_sent(visit: Visit) -> str:
    """An upload without a picture."""
    return error(visit.ask("POST", "/3/upload", data={"title": visit.title}))


@case("nothing sent, wrong URL", 10, "400 Invalid URL (http://imgur.invalid/x.png)")
def a_wrong_url(visit: Visit) -> str:
    """An upload by a URL that leads nowhere."""
    return error(visit.ask("POST", "/3/upload", data={"image": "http://imgur.invalid/x.png", "type": "url"}))


@case("nothing sent, wrong URL", 10, "400 1003 File type invalid (1)")
def no_picture(visit: Visit) -> str:
    """An upload of a text file."""
    return error(visit.ask("POST", "/3/upload", files={"image": ("x.txt", b"This is no picture.\n" * 20)}))


@case("ids of 7, deletehashes of 15", 0, "7 and 15")
def lengths_of_ids(visit: Visit) -> str:
    """How long ids and deletehashes are."""
    return f"{len(visit.named.id)} and {len(visit.named.deletehash)}"


@case(
    "uploads in the new shape",
    0,
    "upload new, picture legacy",
    {"upload legacy, picture legacy": {"shape": "legacy"}, "upload new, picture new": {"shape": "v1"}},
)
def shapes(visit: Visit) -> str:
    """The shapes of an upload's reply and of a picture's."""
    return f"upload {shape(visit.named.reply)}, picture {shape(visit.shown)}"


@case("`{data, success, status}`", 0, "escaped", {"not escaped": {"shape": "v1"}})
def slashes(visit: Visit) -> str:
    """Whether slashes are escaped in the reply to a GET."""
    return "escaped" if r"image\/png" in visit.shown.text else "not escaped"


@case("`{data, success, status}`", 0, "no blank")
def compact_json(visit: Visit) -> str:
    """Whether JSON has blanks after its colons."""
    return "blanks" if '": ' in visit.shown.text else "no blank"


@case("`name` from a field of that name only", 0, "'conformance.png'")
def name_in_the_reply(visit: Visit) -> str:
    """The name that was sent in a field."""
    return repr(visit.named.reply.json()["data"].get("name"))


@case("`name` from a field of that name only", 1, "''")
def name_of_a_file_alone(visit: Visit) -> str:
    """The name of a picture whose part has a file name, without a field of its own."""
    return repr(visit.data(f"/3/image/{visit.plain.id}").get("name"))


@case("`name` from a field of that name only", 2, "200, then 'conformance.png'")
def name_is_not_edited(visit: Visit) -> str:
    """An edit of the name."""
    reply = visit.ask("POST", f"/3/image/{visit.named.id}", data={"name": "other.png", "title": visit.title})
    return f"{reply.status_code}, then {visit.data(f'/3/image/{visit.named.id}').get('name')!r}"


@case("others see `name`", 1, "absent", {"shown": {"name_to_others": "yes"}})
def name_to_others(visit: Visit) -> str:
    """Whether somebody else sees the name of a picture."""
    told = visit.data(f"/3/image/{visit.named.id}", "anonymous")
    return {None: "absent", "": "empty"}.get(told.get("name"), "shown")


@case("others see no deletehash", 1, "absent", {"empty": {"shape": "v1"}})
def deletehash_to_others(visit: Visit) -> str:
    """What somebody else sees of the deletehash of a picture."""
    told = visit.data(f"/3/image/{visit.named.id}", "anonymous")
    return {None: "absent", "": "empty"}.get(told.get("deletehash"), "shown")


@case("texts sent with an upload, or edited", 1, "as sent", {"another": {"upload_texts": "ignored"}})
def texts_of_an_upload(visit: Visit) -> str:
    """The title and the description that were sent with the picture."""
    told = visit.data(f"/3/image/{visit.encoded.id}")
    return "as sent" if told["title"] == visit.title else "another"


@case(EDIT, 2, "200, changed", {"200, not changed": {"image_texts": "ignored"}})
def title_is_edited(visit: Visit) -> str:
    """A title set by POST, by id, by the owner."""
    reply = visit.ask("POST", f"/3/image/{visit.plain.id}", data={"title": f"{visit.title} edited"})
    changed = visit.data(f"/3/image/{visit.plain.id}")["title"] == f"{visit.title} edited"
    return f"{reply.status_code}, {'' if changed else 'not '}changed"


@case(EDIT, 2, "200, cleared", {"200, kept": {"image_texts": "ignored"}})
def description_is_cleared(visit: Visit) -> str:
    """An empty description."""
    reply = visit.ask("POST", f"/3/image/{visit.named.id}", data={"description": ""})
    kept = visit.data(f"/3/image/{visit.named.id}")["description"]
    return f"{reply.status_code}, {'kept' if kept else 'cleared'}"


@case(EDIT, 1, "200 true")
def edit_by_deletehash(visit: Visit) -> str:
    """A title set by deletehash with the Client-ID alone."""
    reply = visit.ask("POST", f"/3/image/{visit.stranger.deletehash}", "anonymous", data={"title": visit.title})
    return f"{reply.status_code} {str(reply.json().get('data')).lower()}"


@case("`POST /3/image/{id}/favorite` switches", 2, "favorited, unfavorited")
def favourites(visit: Visit) -> str:
    """A picture made a favourite, and not one again."""
    told = [visit.ask("POST", f"/3/image/{visit.named.id}/favorite").json()["data"] for _ in range(2)]
    return ", ".join(map(str, told))


@case(
    "asked for alone, picture and album have `ad_config`",
    0,
    "showsAds",
    {"none": {"ad_config": "none"}, "showsAds, show_ads": {"ad_config": "both"}},
)
def advertisements(visit: Visit) -> str:
    """In which spelling a picture that is asked for alone tells of advertisements."""
    told = visit.shown.json()["data"].get("ad_config") or {}
    return ", ".join(name for name in ("showsAds", "show_ads") if name in told) or "none"


@case("deleting again", 1, "404", {"403": {"gone_answer": 403}})
def deleting_twice(visit: Visit) -> str:
    """A picture deleted again."""
    return str(visit.delete("image", visit.gone.id).status_code)


@case("`GET /3/image/{id}`: for anybody", 1, "404 Unable to find an image with the id, {gone}")
def a_missing_picture(visit: Visit) -> str:
    """A picture that was deleted."""
    return visit.hidden(error(visit.ask("GET", f"/3/image/{visit.gone.id}")), gone=visit.gone.id)


@case("`/i/{id}.{ext}`", 0, "200 image/png, thumbnail 200")
def direct_links(visit: Visit) -> str:
    """The picture's own link, and its small square."""
    link = visit.named.reply.json()["data"]["link"]
    whole = visit.ask("GET", link, None)
    small = visit.ask("GET", link.replace(visit.named.id, f"{visit.named.id}s"), None)
    return f"{whole.status_code} {whole.headers.get('content-type')}, thumbnail {small.status_code}"

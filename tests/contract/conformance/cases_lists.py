"""The account's lists, formats, limits and their headers."""

from __future__ import annotations

import json
import re

from tests.contract.conformance.case import case
from tests.contract.conformance.visit import Visit
from tests.contract.conformance.words import error, reading

ALBUMS = "`GET /3/account/{user}/albums`"
IMAGES = "`GET /3/account/{user}/images`"
USER = "x-ratelimit-userremaining"


@case("`GET /3/account/{user}`: public", 2, "the same name to both")
def the_account(visit: Visit) -> str:
    """The account, as it sees itself, and as a Client-ID does by its name."""
    mine = visit.data("/3/account/me")["url"]
    same = visit.data(f"/3/account/{mine}", "anonymous")["url"] == mine
    return "the same name to both" if same else "another name"


@case(ALBUMS, 1, "listed, with order, without images")
def list_of_albums(visit: Visit) -> str:
    """An album in the account's list."""
    album = visit.album
    shown = next((one for one in visit.data("/3/account/me/albums") if one["id"] == album.id), None)
    if shown is None:
        return "not listed"
    have = {name: "with" if shown.get(name) is not None else "without" for name in ("order", "images")}
    return f"listed, {have['order']} order, {have['images']} images"


@case(ALBUMS, 2, "an id, a number")
def ids_and_count_of_albums(visit: Visit) -> str:
    """The ids of the account's albums, and their number."""
    album = visit.album
    ids, count = visit.data("/3/account/me/albums/ids"), visit.data("/3/account/me/albums/count")
    return f"{'an' if album.id in ids else 'no'} id, {'a' if isinstance(count, int) and count else 'no'} number"


@case(IMAGES, 1, "listed, with name and deletehash")
def list_of_pictures(visit: Visit) -> str:
    """A picture in the account's list."""
    picture = visit.named
    shown = next((one for one in visit.data("/3/account/me/images") if one["id"] == picture.id), None)
    if shown is None:
        return "not listed"
    whole = (shown.get("name"), shown.get("deletehash")) == ("conformance.png", picture.deletehash)
    return f"listed, {'with' if whole else 'without'} name and deletehash"


@case(IMAGES, 2, "an id, a number")
def ids_and_count_of_pictures(visit: Visit) -> str:
    """The ids of the account's pictures, and their number."""
    picture = visit.named
    ids, count = visit.data("/3/account/me/images/ids"), visit.data("/3/account/me/images/count")
    return f"{'an' if picture.id in ids else 'no'} id, {'a' if isinstance(count, int) and count else 'no'} number"


@case("pages from 0 in path or query", 2, "one each, newest first")
def pages(visit: Visit) -> str:
    """The first two pages of one picture each: the one that was sent last comes first."""
    assert visit.named.id != visit.plain.id
    shown = [visit.data(f"/3/account/me/images/{page}?perPage=1") for page in range(2)]
    if [len(page) for page in shown] != [1, 1]:
        return f"{len(shown[0])} and {len(shown[1])} pictures"
    ids = [page[0]["id"] for page in shown]
    times = [page[0]["datetime"] for page in shown]
    return "one each, newest first" if ids[0] != ids[1] and times[0] >= times[1] else "one each, oldest first"


@case("pages from 0 in path or query", 1, "[]")
def a_page_after_the_last(visit: Visit) -> str:
    """A page far behind the last one."""
    return json.dumps(visit.data("/3/account/me/images/99999"))


@case("`GET /3/account/{user}/settings`", 1, "album_privacy, public_images and account_url are there")
def settings(visit: Visit) -> str:
    """What the account's settings hold."""
    told = visit.data("/3/account/me/settings")
    missing = [name for name in ("album_privacy", "public_images", "account_url") if name not in told]
    return f"missing: {', '.join(missing)}" if missing else "album_privacy, public_images and account_url are there"


@case("`GET /3/credits`", 1, "five integers, the reset as a moment")
def credits(visit: Visit) -> str:
    """What is left, as `/3/credits` has it."""
    told = visit.data("/3/credits")
    names = ("UserLimit", "UserRemaining", "UserReset", "ClientLimit", "ClientRemaining")
    whole = all(type(told.get(name)) is int for name in names)
    moment = isinstance(told.get("UserReset"), int) and told["UserReset"] > 10**9
    return f"{'five' if whole else 'not five'} integers, the reset {'as a moment' if moment else 'in seconds'}"


@case("the cost of `/3/credits`", 2, "1", {"0": {"credits_cost": 0}})
def price_of_credits(visit: Visit) -> str:
    """By how much two looks at the credits differ."""
    before, after = (visit.data("/3/credits")["UserRemaining"] for _ in range(2))
    return str(before - after)


@case("an upload 10 credits, other calls 1", 2, "1")
def price_of_a_look(visit: Visit) -> str:
    """By how much the user's credits fall with a GET."""
    first, second = (visit.ask("GET", f"/3/image/{visit.named.id}") for _ in range(2))
    return str(reading(first, USER) - reading(second, USER))


@case("an upload 10 credits, other calls 1", 12, "10")
def price_of_an_upload(visit: Visit) -> str:
    """By how much the user's credits fall with an upload."""
    before = visit.ask("GET", f"/3/image/{visit.named.id}")
    return str(reading(before, USER) - reading(visit.upload(8).reply, USER))


@case(
    "headers: lower case and seconds",
    0,
    "lower case, seconds",
    {
        "capitals, seconds": {"header_case": "title"},
        "lower case, a moment": {"reset_unit": "epoch"},
        "none": {"headers": "none"},
    },
)
def headers_of_limits(visit: Visit) -> str:
    """How the headers spell, and in what they tell when the hour ends."""
    names = {name.decode().lower(): name.decode() for name, _ in visit.shown.headers.raw}
    if "x-ratelimit-userreset" not in names:
        return "none"
    spelled = "lower case" if names["x-ratelimit-userreset"].islower() else "capitals"
    return f"{spelled}, {'a moment' if reading(visit.shown, 'x-ratelimit-userreset') > 10**9 else 'seconds'}"


@case("which replies announce limits", 1, "there", {"absent": {"headers": "no-account"}})
def headers_of_account_calls(visit: Visit) -> str:
    """Whether calls of an account announce limits."""
    return "there" if USER in visit.ask("GET", "/3/account/me").headers else "absent"


@case("which replies announce limits", 0, "POST there, GET absent", {"POST absent, GET absent": {"headers": "none"}})
def headers_of_posts(visit: Visit) -> str:
    """Where the limit of POSTs is announced."""
    name = "x-post-rate-limit-remaining"
    there = {True: "there", False: "absent"}
    return f"POST {there[name in visit.named.reply.headers]}, GET {there[name in visit.shown.headers]}"


@case("ETag on GETs", 2, "304 without a body")
def etags(visit: Visit) -> str:
    """A GET with the ETag of a GET before."""
    path = f"/3/account/me/albums/count?{visit.title[-8:]}"
    tag = visit.ask("GET", path).headers.get("etag")
    if tag is None:
        return "no ETag"
    again = visit.ask("GET", path, headers={"If-None-Match": tag})
    return f"{again.status_code} with{'' if again.content else 'out'} a body"


@case("`?callback=f`", 1, "called with the reply")
def jsonp(visit: Visit) -> str:
    """A GET with the name of a function."""
    text = visit.ask("GET", f"/3/image/{visit.named.id}?callback=shown").text
    return "called with the reply" if re.fullmatch(r"shown\(\{.*\}\);?\s*", text, re.DOTALL) else text[:60]


@case("`.json`: JSON", 1, "JSON")
def json_by_extension(visit: Visit) -> str:
    """A GET with .json at the end of its path."""
    reply = visit.ask("GET", f"/3/image/{visit.named.id}.json")
    return "JSON" if reply.status_code == 200 and reply.json()["data"]["id"] == visit.named.id else error(reply)


@case("`.xml`: XML", 1, 'data type="array" success="1" status="200", with id')
def xml_by_extension(visit: Visit) -> str:
    """A GET with .xml at the end of its path."""
    text = visit.ask("GET", f"/3/image/{visit.named.id}.xml").text
    root = re.search(r"<(data [^>]*)>", text)
    return f"{root[1] if root else text[:40]}, {'with' if f'<id>{visit.named.id}</id>' in text else 'without'} id"


@case("`.xml`: XML", 0, "id, deletehash and link in XML")
def an_upload_in_xml(visit: Visit) -> str:
    """The reply to an upload to `/3/upload.xml`."""
    text = visit.gone.reply.text
    missing = [name for name in ("id", "deletehash", "link") if f"<{name}>" not in text]
    return f"missing: {', '.join(missing)}" if missing else "id, deletehash and link in XML"


@case("`?_fake_status=200`", 1, "200, in the body 404")
def fake_status(visit: Visit) -> str:
    """A picture that is not there, with HTTP's status faked."""
    reply = visit.ask("GET", f"/3/image/{visit.gone.id}?_fake_status=200")
    told = reply.json().get("status") if "json" in reply.headers.get("content-type", "") else "no JSON"
    return f"{reply.status_code}, in the body {told}"


@case("unknown endpoints", 1, "404 Not Found")
def no_such_endpoint(visit: Visit) -> str:
    """A call that there is not."""
    return error(visit.ask("GET", "/3/imgur-sync-conformance"))

"""What else an account shows: avatars, mail address, comments, favourites (imgur-api §2.3, "peripheral")."""

from __future__ import annotations

from typing import Any

from imgur_sync.simulator.account import account_of, own_account
from imgur_sync.simulator.albums import header_json
from imgur_sync.simulator.calls import Answer, Call, Routes
from imgur_sync.simulator.replies import Refusal
from imgur_sync.simulator.shapes import image_json

ROUTES = Routes()


@ROUTES.add("GET", "/3/account/<user>/available_avatars")
def get_available_avatars(call: Call) -> Answer:
    """The avatars to choose from: none here (H for the call, L for the fields)."""
    own_account(call)
    return Answer({"available_avatars": [], "available_avatars_count": 0, "avatars_are_default": True})


@ROUTES.add("GET", "/3/account/<user>/avatar")
def get_avatar(call: Call) -> Answer:
    """The avatar of an account (H for the call, L for the fields)."""
    account_of(call)
    return Answer({"avatar": None, "avatar_name": None})


@ROUTES.add("GET", "/3/account/<user>/gallery_profile")
def get_gallery_profile(call: Call) -> Answer:
    """What an account did in the gallery (H for the call, L for the fields)."""
    name = account_of(call).name
    shared = sum(item.owner == name and item.in_gallery for item in call.world.albums.values(call.at))
    shared += sum(item.owner == name and item.in_gallery for item in call.world.images.values(call.at))
    counts: dict[str, Any] = {"total_gallery_comments": 0, "total_gallery_favorites": 0}
    return Answer({**counts, "total_gallery_submissions": shared, "trophies": []})


@ROUTES.add("GET", "/3/account/<user>/verifyemail")
def get_verified(call: Call) -> Answer:
    """Whether the mail address is verified (H)."""
    return Answer(bool(own_account(call).settings.get("_verified", True)))


@ROUTES.add("POST", "/3/account/<user>/verifyemail")
def verify(call: Call) -> Answer:
    """Asks for the mail that verifies; 400 once that is done (M). No mail is sent: `/_simulator/edit` verifies."""
    if own_account(call).settings.get("_verified", True):
        raise Refusal(400, "User Previously Verified")
    return Answer(True)


@ROUTES.add(
    "GET",
    "/3/account/<user>/comments",
    "/3/account/<user>/comments/ids",
    "/3/account/<user>/comments/<sort>/<int:page>",
    "/3/account/<user>/comments/ids/<sort>/<int:page>",
)
def list_comments(call: Call) -> Answer:
    """There are no comments here (H for the call)."""
    account_of(call)
    return Answer([])


@ROUTES.add("GET", "/3/account/<user>/comments/count")
def count_comments(call: Call) -> Answer:
    """There are no comments here (H for the call)."""
    account_of(call)
    return Answer(0)


@ROUTES.add(
    "GET",
    "/3/account/<user>/favorites",
    "/3/account/<user>/favorites/<int:page>",
    "/3/account/<user>/favorites/<int:page>/<sort>",
)
def list_favourites(call: Call) -> Answer:
    """Albums and pictures that the caller marked as favourites (H for the call; all on page 0, L)."""
    return Answer(_favourites(call, own_account(call).name, shared=False))


@ROUTES.add(
    "GET",
    "/3/account/<user>/gallery_favorites",
    "/3/account/<user>/gallery_favorites/<int:page>",
    "/3/account/<user>/gallery_favorites/<int:page>/<sort>",
)
def list_gallery_favourites(call: Call) -> Answer:
    """The posts that an account marked as favourites, for anybody (H for the call; all on page 0, L)."""
    return Answer(_favourites(call, account_of(call).name, shared=True))


def _favourites(call: Call, name: str, *, shared: bool) -> list[dict[str, Any]]:
    if int(call.params.get("page", 0)):
        return []
    albums = [one for one in call.world.albums.values(call.at) if name in one.favourites and one.in_gallery >= shared]
    albums = [one for one in albums if call.may_see(one)]
    images = [one for one in call.world.images.values(call.at) if name in one.favourites and one.in_gallery >= shared]
    shown = [header_json(call, one) for one in albums]
    return shown + [{**image_json(one, call.view(one.owner)), "is_album": False} for one in images]

"""Accounts: `/3/account`, and `/3/credits` (imgur-api §2.3, §2.4)."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, TypeVar

from imgur_sync.simulator.advertising import ad_config
from imgur_sync.simulator.albums import header_json, members_json
from imgur_sync.simulator.calls import Answer, Call, Routes
from imgur_sync.simulator.changes import PutAccount
from imgur_sync.simulator.records import Account, Album, Image
from imgur_sync.simulator.replies import Refusal
from imgur_sync.simulator.shapes import image_json

ROUTES = Routes()
PAGE, LARGEST_PAGE = 50, 100
SWITCHES = ["public_images", "accepted_gallery_terms", "messaging_enabled", "show_mature", "newsletter_subscribed"]
SWITCHES += ["comment_replies", "high_quality"]
"""The settings that are true or false and can be set (M; the last two L, no documentation says that they can)."""
BIO = "_bio"
"""Where the settings hold what the profile says; they do not show it themselves (H)."""
T = TypeVar("T", Image, Album)


def account_of(call: Call) -> Account:
    """The account in the path; `me` needs a Bearer (M); an unknown one is a 404 (its text is unknown)."""
    name = call.params["user"]
    if name == "me":
        if call.caller.account is None:
            raise _needs_bearer(call)
        name = call.caller.account
    account = call.account(name)
    if account is None:
        raise Refusal(404, f"Unable to find a user with the username {name}")
    return account


def own_account(call: Call) -> Account:
    """The account in the path if it is the caller's: refused without a Bearer, 403 `Unauthorized` for others (M)."""
    if call.caller.account is None:
        raise _needs_bearer(call)
    account = account_of(call)
    if account.name != call.caller.account:
        raise Refusal(403, "Unauthorized")
    return account


def _needs_bearer(call: Call) -> Refusal:
    """A Client-ID only: 401 or 403, each with its text (M)."""
    if call.knobs.account_answer == 403:
        return Refusal(403, "Unauthorized")
    return Refusal(401, "Authentication required")


def newest_first(items: Sequence[T]) -> list[T]:
    """The order of every list of an account (M): the later made comes first."""
    return list(items)[::-1]


def page_of(call: Call, items: Sequence[T]) -> Sequence[T]:
    """One page, numbered from 0, by path or `page`, of `perPage` (50, at most 100) (H); past the end it is empty (H).

    A short page is no proof of the end (M): the knob makes every page shorter than was asked for.
    """
    size = page_size(call)
    page = _number(call.params.get("page") or call.fields.text("page"), 0)
    return items[page * size : (page + 1) * size]


def page_size(call: Call) -> int:
    """How many items a page holds."""
    wanted = _number(call.fields.text("perPage") or call.fields.text("perpage"), PAGE)
    return max(1, min(wanted or PAGE, LARGEST_PAGE) - int(call.knobs.short_pages))


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else default


def albums_of(call: Call) -> list[Album]:
    """The account's albums as they were at the call's moment; of another account the public ones only (H)."""
    account = account_of(call)
    mine = account.name == call.caller.account
    return [album for album in call.world.albums.newest_of(account.name, call.at) if _listed(call, album, mine=mine)]


def _listed(call: Call, album: Album, *, mine: bool) -> bool:
    return (mine or album.privacy == "public") and bool(album.images or not call.knobs.hide_empty_albums)


def images_of(call: Call) -> Sequence[Image]:
    """The pictures of the caller's own account, the newest first; Refusal for others."""
    return call.world.images.newest_of(own_account(call).name, call.at)


@ROUTES.add("GET", "/3/account/<user>")
def get_account(call: Call) -> Answer:
    """The public profile, also with a Client-ID (H)."""
    account = account_of(call)
    bio = account.settings.get(BIO) or None
    profile: dict[str, Any] = {"id": account.id, "url": account.name, "bio": bio, "avatar": None, "avatar_name": None}
    profile.update(cover=None, cover_name=None, reputation=0, reputation_name="Neutral", created=account.created)
    profile.update(pro_expiration=False, user_follow={"status": False}, is_blocked=False)
    return Answer(profile)


@ROUTES.add("GET", "/3/account/<user>/settings")
def get_settings(call: Call) -> Answer:
    """The settings of the caller's own account (H)."""
    account = own_account(call)
    settings: dict[str, Any] = {"account_url": account.name, "email": f"{account.name}@example.invalid"}
    settings.update(high_quality=False, public_images=False, album_privacy="hidden", pro_expiration=False)
    settings.update(accepted_gallery_terms=True, active_emails=[], messaging_enabled=True, comment_replies=True)
    settings.update(blocked_users=[], show_mature=False, newsletter_subscribed=False, first_party=True)
    return Answer(settings | {name: value for name, value in account.settings.items() if not name.startswith("_")})


@ROUTES.add("PUT POST", "/3/account/<user>/settings")
def put_settings(call: Call) -> Answer:
    """Sets `album_privacy`, the switches and `bio`; others are accepted and forgotten; answers true (H)."""
    account = own_account(call)
    settings = dict(account.settings)
    privacy = call.fields.text("album_privacy")
    if privacy in ("public", "hidden", "secret"):
        settings["album_privacy"] = privacy
    bio = call.fields.text("bio")
    if bio is not None:
        settings[BIO] = bio
    for switch in SWITCHES:
        sent = call.fields.text(switch)
        if sent is not None:
            settings[switch] = sent.lower() in ("1", "true")
    changed = dataclasses.replace(account, settings=settings)
    return Answer(True, () if changed == account else (PutAccount(changed),))


@ROUTES.add("GET", "/3/account/<user>/albums", "/3/account/<user>/albums/<int:page>")
def list_albums(call: Call) -> Answer:
    """A page of album headers with `order`, without pictures (H)."""
    shown = []
    for order, album in enumerate(page_of(call, albums_of(call))):
        shown.append({**header_json(call, album), "order": order})
    return Answer(shown)


@ROUTES.add("GET", "/3/account/<user>/albums/ids", "/3/account/<user>/albums/ids/<int:page>")
def list_album_ids(call: Call) -> Answer:
    """A page of album ids (H)."""
    return Answer([album.id for album in page_of(call, albums_of(call))])


@ROUTES.add("GET", "/3/account/<user>/albums/count")
def count_albums(call: Call) -> Answer:
    """How many albums the list holds (H)."""
    return Answer(len(albums_of(call)))


@ROUTES.add("GET", "/3/account/<user>/album/<key>")
def get_account_album(call: Call) -> Answer:
    """One album of the account with its pictures (H)."""
    account, album = account_of(call), call.world.albums.get(call.params["key"], call.at)
    if album is None or album.owner != account.name:
        raise call.no_album(call.params["key"])
    if not _listed(call, album, mine=account.name == call.caller.account):
        raise call.no_album(call.params["key"])
    return Answer({**header_json(call, album), "images": members_json(call, album), **ad_config(call, album)})


@ROUTES.add("GET", "/3/account/<user>/images", "/3/account/<user>/images/<int:page>")
def list_images(call: Call) -> Answer:
    """A page of the caller's pictures with deletehash and name (H)."""
    return Answer([image_json(image, call.view(image.owner)) for image in page_of(call, images_of(call))])


@ROUTES.add("GET", "/3/account/<user>/images/ids", "/3/account/<user>/images/ids/<int:page>")
def list_image_ids(call: Call) -> Answer:
    """A page of picture ids (H)."""
    return Answer([image.id for image in page_of(call, images_of(call))])


@ROUTES.add("GET", "/3/account/<user>/images/count")
def count_images(call: Call) -> Answer:
    """How many pictures the account has (H)."""
    return Answer(len(images_of(call)))


@ROUTES.add("GET", "/3/account/<user>/image/<key>")
def get_account_image(call: Call) -> Answer:
    """One picture of the caller's (H)."""
    own_account(call)
    image = call.world.images.get(call.params["key"])
    if image is None or image.owner != call.caller.account:
        raise call.no_image(call.params["key"])
    return Answer({**image_json(image, call.view(image.owner)), **ad_config(call, image)})


@ROUTES.add("GET", "/3/credits")
def get_credits(call: Call) -> Answer:
    """Limits and what is left, this call's credit taken off; `UserReset` in seconds since the epoch (H).

    Whether the call costs a credit is unknown: 1, as the documentation says of all calls, or none, by a knob (L).
    """
    cost = call.knobs.credits_cost
    left = call.world.meters.remaining(call.caller.client, call.caller.user, call.now, call.options.limits)
    limits = call.options.limits
    return Answer(
        {
            "UserLimit": left["UserLimit"],
            "UserRemaining": left["UserRemaining"] - cost * bool(limits.user_credits),
            "UserReset": int(call.now) + left["UserReset"],
            "ClientLimit": left["ClientLimit"],
            "ClientRemaining": left["ClientRemaining"] - cost * bool(limits.client_credits),
        }
    )

"""The front page and the pages of accounts: albums with their covers, pictures that no album holds."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response

from imgur_sync.simulator.account import count_albums, get_account, images_of, list_albums, newest_first, page_size
from imgur_sync.simulator.albums import header_json
from imgur_sync.simulator.desk import Desk
from imgur_sync.simulator.pages.forms import said
from imgur_sync.simulator.pages.gallery import front
from imgur_sync.simulator.pages.looking import (
    Look,
    Paging,
    Tile,
    album_tile,
    look_of,
    missing,
    page_number,
    paging,
    picture_tile,
    slice_of,
)
from imgur_sync.simulator.replies import Refusal
from imgur_sync.simulator.shapes import image_json

LOOSE = 60
"""Pictures in no album on one page."""
FRONT = 12
"""Albums of one account on a front page of several."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What is told of an account: `loose` are the pictures in no album, None where nobody else may know of them."""

    name: str
    count: int
    albums: list[Tile]
    albums_paging: Paging | None
    loose: list[Tile] | None
    loose_count: int
    loose_paging: Paging | None


def offer(blueprint: Blueprint, desk: Desk) -> None:
    """`/` and `/user/NAME`."""

    def home() -> Response:
        """The only account, or all of them; to a visitor the gallery (H)."""
        with desk.world.lock:
            look, names = look_of(desk), list(desk.world.accounts)
            if look.stranger:
                return front(look)
            alone = len(names) == 1 and not _anonymous(look)
            accounts = [_account(look, name) for name in names]
            anonymous = _anonymous(look)
        if alone:
            return look.page("account.html", names[0], account=accounts[0], said=said())
        return look.page("home.html", "Accounts", accounts=accounts, anonymous=anonymous, front=FRONT, said=said())

    def account(name: str) -> Response:
        """One account."""
        with desk.world.lock:
            look = look_of(desk)
            try:
                shown = _account(look, name)
            except Refusal:
                return missing(look)
        return look.page("account.html", shown.name, account=shown)

    blueprint.add_url_rule("/", "home", home)
    blueprint.add_url_rule("/user/<name>", "account", account, strict_slashes=False)


def _account(look: Look, name: str) -> Shown:
    """An account as whoever looks is told of it; Refusal if there is none."""
    number, rest = page_number("page"), page_number("rest")
    call = look.call(name, user=name, page=str(number))
    get_account(call)
    total, headers = count_albums(call).data, list_albums(call).data
    assert isinstance(total, int)
    assert isinstance(headers, list)
    tiles = [album_tile(look, call, header) for header in headers]
    around = paging(look, "page", "Pages of albums", number, page_size(call), total)
    if look.stranger:
        return Shown(name, total, tiles, around, None, 0, None)
    held = {key for album in call.world.albums.values(call.at) if album.owner == name for key in album.images}
    loose = [image for image in images_of(call) if image.id not in held]
    shown = [picture_tile(look, image_json(image, call.view(image.owner))) for image in slice_of(loose, rest, LOOSE)]
    through = paging(look, "rest", "Pages of pictures in no album", rest, LOOSE, len(loose))
    return Shown(name, total, tiles, around, shown, len(loose), through)


def _anonymous(look: Look) -> list[Tile]:
    """Albums without an account, which no list of the API has: only whoever runs this server sees them here."""
    call = look.call(None)
    albums = newest_first([album for album in call.world.albums.values(call.at) if album.owner is None])
    return [album_tile(look, call, header_json(call, album)) for album in albums[:LOOSE]]

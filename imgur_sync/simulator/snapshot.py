"""A whole world as JSON, and back: what a long journal is replaced by. It is made for being read fast."""

from __future__ import annotations

import contextlib
import gc
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from imgur_sync.simulator.columns import names, packed, unpacked
from imgur_sync.simulator.recent import Recent
from imgur_sync.simulator.records import Account, Album, Client, Grant, Image, Removed, Request, Upload
from imgur_sync.simulator.tally import Tally

if TYPE_CHECKING:
    from imgur_sync.simulator.world import World

FORM = 1


@dataclass(frozen=True, slots=True)
class Place:
    """Where an object stands beside the rest of its row: its id, and when it was last changed."""

    id: str
    since: float


def taken(world: World) -> Iterator[tuple[str, Any]]:
    """The world, part by part, each ready for JSON and made when it is its turn: they need not all be in memory.

    Older versions of pictures and albums are not in it.
    """
    yield "form", FORM
    yield "clock", world.clock.offset
    yield "arrived", world.arrived
    yield "transactions", world.transactions
    yield "images", _shelf(Image, world.images.rows())
    yield "albums", _shelf(Album, ((key, since, _joined(album)) for key, since, album in world.albums.rows()))
    yield "accounts", packed(Account, map(_row, world.accounts.values()))
    yield "clients", packed(Client, map(_row, world.clients.values()))
    yield "grants", packed(Grant, map(_row, world.grants.values()))
    yield "removed", packed(Removed, map(_row, world.removed.values()))
    yield "deleted", packed(Removed, map(_row, world.deleted))
    yield "meters", world.meters.kept()
    yield "hours", world.hours.kept()
    yield "spent", dict(world.spent)
    yield "tallies", {client: tally.kept() for client, tally in world.tallies.items()}
    yield "logs", {"history": _log(world.history), "uploads": _log(world.uploads)}
    yield "history", packed(Request, map(_row, world.history))
    yield "uploads", packed(Upload, map(_row, world.uploads))


def restored(world: World, parts: Mapping[str, bytes]) -> None:
    """Fill an empty world. KeyError, TypeError or ValueError if `parts` are none of ours.

    The entries of history and uploads are read when somebody asks for them: most worlds that are opened are not.
    """
    if json.loads(parts["form"]) != FORM:
        raise ValueError(f"it has form {parts['form']!r}, which a later version wrote")
    sent = {name: json.loads(part) for name, part in parts.items() if name not in LOGS}
    world.clock.offset = float(sent["clock"])
    world.arrived, world.transactions = sent["arrived"], sent["transactions"]
    _fill_images(world, sent["images"])
    _fill_albums(world, sent["albums"])
    world.accounts.update((row[0], Account(*row)) for row in unpacked(Account, sent["accounts"]))
    world.clients.update((row[0], Client(*row)) for row in unpacked(Client, sent["clients"]))
    world.grants.update((row[1], Grant(*row)) for row in unpacked(Grant, sent["grants"]))
    world.removed.update((row[0], Removed(*row)) for row in unpacked(Removed, sent["removed"]))
    if "deleted" in sent:  # older snapshots have none
        world.deleted.fill(Removed(*row) for row in unpacked(Removed, sent["deleted"]))
    world.meters.fill(sent["meters"])
    world.hours.fill(sent["hours"])
    world.spent.update(sent["spent"])
    for client, kept in sent["tallies"].items():
        world.tallies[client] = Tally()
        world.tallies[client].fill(kept)
    _fill_log(world.history, Request, sent["logs"]["history"], parts["history"])
    _fill_log(world.uploads, Upload, sent["logs"]["uploads"], parts["uploads"])


LOGS = ("history", "uploads")


def _log(entries: Recent[Any]) -> dict[str, int]:
    return {**entries.kept(), "count": len(entries)}


def _fill_log(entries: Recent[Any], kind: type[Any], kept: Mapping[str, int], part: bytes) -> None:
    entries.fill(kept["count"], lambda: [kind(*row) for row in unpacked(kind, json.loads(part))], kept)


def _row(value: Any) -> tuple[Any, ...]:
    return tuple(getattr(value, name) for name in names(type(value)))


def _shelf(kind: type[Any], rows: Iterable[tuple[str, float, Any]]) -> dict[str, Any]:
    places, whole = [], []
    for key, since, value in rows:
        places.append((key, since))
        whole.append(value if isinstance(value, tuple) else _row(value))
    return {"places": packed(Place, places), "rows": packed(kind, whole)}


IMAGES = names(Album).index("images")


def _joined(album: Album | tuple[Any, ...]) -> tuple[Any, ...]:
    """The row of an album, its pictures as one text."""
    row = album if isinstance(album, tuple) else _row(album)
    return (*row[:IMAGES], " ".join(row[IMAGES]), *row[IMAGES + 1 :])


def _fill_images(world: World, sent: Mapping[str, Any]) -> None:
    places, rows = unpacked(Place, sent["places"]), unpacked(Image, sent["rows"])
    _load(world.images, places, rows, Image)


def _fill_albums(world: World, sent: Mapping[str, Any]) -> None:
    known = {key: key for key in world.images.ids()}  # one text for a picture, however often it is named
    rows = []
    for row in unpacked(Album, sent["rows"]):
        images = tuple(known.get(key, key) for key in row[IMAGES].split(" ")) if row[IMAGES] else ()
        world.pictures.hold(row[0], images)
        rows.append((*row[:IMAGES], images, *row[IMAGES + 1 :]))
    _load(world.albums, unpacked(Place, sent["places"]), rows, Album)


def _load(shelf: Any, places: list[tuple[Any, ...]], rows: list[tuple[Any, ...]], kind: type[Any]) -> None:
    at = {name: number for number, name in enumerate(names(kind))}
    deletehash, owner = at["deletehash"], at["owner"]
    shelf.load(
        (place[0] for place in places),
        (place[1] for place in places),
        rows,
        (row[deletehash] for row in rows),
        (row[owner] for row in rows),
    )


@contextlib.contextmanager
def no_collector() -> Iterator[None]:
    """No search for circular references: there are none among so many new objects, and it would look at all of them."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()

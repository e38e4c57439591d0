"""What steps cost, in credits, POSTs and reads (imgur-api §3: an upload 10, every other call 1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from imgur_sync.model.budget import CALL_COST, POST_COST, UPLOAD_COST, Cost
from imgur_sync.model.plan import AlbumPlan, Price
from imgur_sync.model.step import CreateAlbum, DeleteAlbum, DeleteImage, EditAlbum, EditImage, Step, Upload


def cost(step: Step) -> Cost:
    """What one step takes when nothing goes wrong."""
    match step:
        case Upload():
            return UPLOAD_COST
        case CreateAlbum():
            return POST_COST
        case EditAlbum():
            removal = step.places is not None and not step.reordered
            first = POST_COST if removal else CALL_COST
            return first + CALL_COST.times(step.calls - 1)
        case EditImage() | DeleteImage() | DeleteAlbum():
            return CALL_COST
    assert_never(step)


def reads_around(steps: Iterable[Step]) -> int:
    """The GETs that go with the steps of one album: one before each edit of its pictures, one read-back of the album,
    one of a new album before its first upload, one after a narrowing, and one after deletions."""
    reads = 0
    edited = uploaded = deleted = False
    for step in steps:
        match step:
            case CreateAlbum():
                reads += 1
            case Upload():
                uploaded = True
            case EditAlbum():
                reads += 1
                edited = edited or not step.narrows
            case DeleteImage():
                deleted = True
            case EditImage() | DeleteAlbum():
                edited = True
            case _:
                assert_never(step)
    return reads + (1 if edited or uploaded else 0) + (1 if deleted else 0)


def price(steps: Iterable[Step], reads: int) -> Price:
    """The price of steps and the reads around them."""
    writes, uploads, size = Cost(), 0, 0
    for step in steps:
        if isinstance(step, Upload):
            uploads += 1
            size += step.size
        else:
            writes += cost(step)
    return Price(writes + UPLOAD_COST.times(uploads), reads, uploads, size)


def price_albums(albums: Iterable[AlbumPlan], *, wanted: bool = False) -> Price:
    """The price of several albums: of what is granted, or of all that is wanted."""
    writes, reads, uploads, size = Cost(), 0, 0, 0
    for album in albums:
        steps = album.wanted if wanted else album.steps
        part = price(steps, reads_around(steps))
        writes, reads = writes + part.writes, reads + part.reads
        uploads, size = uploads + part.uploads, size + part.upload_bytes
    return Price(writes, reads, uploads, size)

"""Whether a plan does nothing but what was reviewed: steps taken apart into elements, which are compared as sets.

An import that the budget cuts goes on in later plans with other steps (an edit with fewer fields, a picture that is put
into its album by itself); their elements are those of the plan that was reviewed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, assert_never

from imgur_sync.model.reviewed import Doing, Element, ReviewedPlan
from imgur_sync.model.step import CreateAlbum, DeleteAlbum, DeleteImage, EditAlbum, EditImage, Place, Step, Upload

if TYPE_CHECKING:
    from imgur_sync.model.plan import Plan

FOLLOWS = frozenset({Doing.ORDER, Doing.COVER})
"""What follows from the manifest and from the pictures that are there: under the manifest that was reviewed it may come
up in an album of the review although it was not needed then."""


def elements(steps: Iterable[Step]) -> Iterator[Element]:
    """The smallest things that these steps do."""
    for step in steps:
        yield from _elements(step)


def wanted_elements(plan: Plan) -> tuple[Element, ...]:
    """The elements of all that a plan wants, before gates and budget, in order and each once."""
    return tuple(sorted(set(elements(step for album in plan.albums for step in album.wanted))))


def _elements(step: Step) -> Iterator[Element]:
    match step:
        case CreateAlbum():
            yield Element(step.album, Doing.CREATE_ALBUM, value=step.title or "")
        case Upload():
            sent = [step.title or None, step.description or None]
            texts = json.dumps(sent) if any(sent) else ""
            yield Element(step.album, Doing.UPLOAD, step.path, step.digest, texts)
        case EditAlbum():
            yield from _edit(step)
        case EditImage():
            if step.title is not None:
                yield Element(step.album, Doing.PICTURE_TITLE, step.path, step.digest, step.title)
            if step.description is not None:
                yield Element(step.album, Doing.PICTURE_DESCRIPTION, step.path, step.digest, step.description)
        case DeleteImage():
            yield Element(step.album, Doing.DELETE_IMAGE, step.path, step.digest)
        case DeleteAlbum():
            yield Element(step.album, Doing.DELETE_ALBUM)
        case _:
            assert_never(step)


def _edit(step: EditAlbum) -> Iterator[Element]:
    key = step.album
    yield from (Element(key, Doing.TAKE_OUT, place.path, place.digest) for place in step.detached)
    yield from (Element(key, Doing.RETIRE, place.path, place.digest) for place in step.retired)
    yield from (Element(key, Doing.PLACE, place.path, place.digest) for place in step.attached)
    for move in step.moves:
        yield Element(key, Doing.MOVE, move.target, move.digest, source=(move.album, move.source))
    if step.places is not None:
        yield Element(key, Doing.ORDER, value=_order(step.places))
    if step.cover is not None:
        yield Element(key, Doing.COVER, step.cover.path, step.cover.digest)
    fields = ((Doing.TITLE, step.title), (Doing.DESCRIPTION, step.description), (Doing.PRIVACY, step.privacy))
    yield from (Element(key, doing, value=value) for doing, value in fields if value is not None)


def _order(places: Iterable[Place]) -> str:
    text = json.dumps([[place.path, place.digest] for place in places])
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:16]


def element_hash(element: Element) -> bytes:
    """16 bytes by which the state remembers an element: it need not hold any names for that."""
    facts = (element.album, element.doing.value, element.path, element.digest, element.value, *element.source)
    return hashlib.blake2b(json.dumps(facts).encode("ascii"), digest_size=16).digest()


def reviewed(plan: Plan) -> ReviewedPlan:
    """This plan as one that was reviewed."""
    known = wanted_elements(plan)
    hashes = {element_hash(element) for element in (*known, *_implied(known))}
    return ReviewedPlan(plan.digest, plan.manifest_digest, frozenset(hashes), plan.made_at)


def _implied(known: Iterable[Element]) -> Iterator[Element]:
    """What a run that broke off can leave to be done by itself: the picture of an upload is put into its album, the
    title of a new album is set."""
    for element in known:
        yield Element(element.album, Doing.ALBUM)
        if element.doing is Doing.UPLOAD:
            yield Element(element.album, Doing.PLACE, element.path, element.digest)
            yield from _texts(element)
        elif element.doing is Doing.CREATE_ALBUM and element.value:
            yield Element(element.album, Doing.TITLE, value=element.value)


def _texts(upload: Element) -> Iterator[Element]:
    """The texts that an upload sends, as edits of the picture."""
    names = (Doing.PICTURE_TITLE, Doing.PICTURE_DESCRIPTION)
    for doing, value in zip(names, json.loads(upload.value or "[]"), strict=False):
        if value is not None:
            yield Element(upload.album, doing, upload.path, upload.digest, value)


def beyond(plan: Plan, allowed: ReviewedPlan) -> tuple[Element, ...]:
    """What the plan wants and `allowed` did not: () where it may be carried out under that one's digest."""
    same = plan.manifest_digest == allowed.manifest_digest

    def may(element: Element) -> bool:
        if element_hash(element) in allowed.elements:
            return True
        follows = same and element.doing in FOLLOWS
        return follows and element_hash(Element(element.album, Doing.ALBUM)) in allowed.elements

    return tuple(element for element in wanted_elements(plan) if not may(element))

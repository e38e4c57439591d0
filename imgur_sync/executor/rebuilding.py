"""Rebuilding a lost state from the markers on Imgur: nothing is uploaded, nothing is changed there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from imgur_sync.errors import TryAgainLaterError
from imgur_sync.executor.begun import album_markers
from imgur_sync.executor.missing import is_missing, surely
from imgur_sync.executor.session import Session
from imgur_sync.executor.settling import incomplete, read_headers_fully
from imgur_sync.executor.tasks import Task
from imgur_sync.model.change import AlbumMade, Change, PictureAdopted
from imgur_sync.model.event import Warned
from imgur_sync.model.outcome import Done
from imgur_sync.model.remote import AlbumHeader, RemoteAlbum, RemotePicture
from imgur_sync.model.synced import Standing
from imgur_sync.planner.marker import owner, parse_name
from imgur_sync.planner.recognised import marked_picture


def rebuild(session: Session) -> Task[int]:
    """Adopt every picture of the account that carries a marker of this lineage and of an album of the manifest.

    All is recorded at once, at the end; a store that a kill left without it must not be taken for a whole one, so a run
    rebuilds into a file of another name first. Returns how many pictures were adopted. Costs one credit per hundred
    pictures of the account, and one per album looked into.
    """
    marked = Marked()
    yield from _read_on(session, marked)
    yield from read_headers_fully(session)
    if marked.fewer_than(session.headers or {}):
        yield from _read_on(session, marked)
    found = marked.found
    adopted = 0
    changes: list[Change] = []
    wanted: list[tuple[str, str | None]] = [(spec.key, spec.title) for spec in session.manifest.albums]
    wanted += [(removal.album, None) for removal in session.manifest.removed]
    wanted = [(key, title) for key, title in wanted if session.store.album(key) is None]
    listings = yield from _albums_of(session, wanted, found)
    for key, _ in wanted:
        pictures, listing = found.get(key, {}), listings.get(key)
        shown: frozenset[str] = frozenset()
        if listing is not None:
            begun = listing.header.description in album_markers(session, key)
            made = AlbumMade(key, listing.header.id, listing.header.deletehash, "", 0.0, edited=not begun)
            changes.append(made)
            shown = frozenset(listing.ids)
        for picture in pictures.values():
            standing = Standing.PLACED if picture.id in shown else Standing.DETACHED
            changes.append(PictureAdopted(marked_picture(key, picture, standing)))
        adopted += len(pictures)
    if changes:
        session.store.record(*changes)
    if adopted:
        session.emit(Warned(f"the state was rebuilt from Imgur: {adopted} pictures recognised, none uploaded"))
    return adopted


@dataclass(slots=True)
class Marked:
    """The account's pictures with a marker of ours, by album key and id; which pictures were seen at all, and the page
    that came without a new one."""

    found: dict[str, dict[str, RemotePicture]] = field(default_factory=lambda: defaultdict(dict))
    seen: set[str] = field(default_factory=set)
    page: int = 0

    def fewer_than(self, headers: Mapping[str, AlbumHeader]) -> bool:
        """Whether the account's albums hold more pictures than its list showed: a page came short by all of them, and
        what is behind it would be uploaded again. (A picture in two albums counts twice: that costs a credit.)"""
        return sum(header.count or 0 for header in headers.values()) > len(self.seen)


def _read_on(session: Session, marked: Marked) -> Task[None]:
    """Read the account's pictures, from the page on that was read last, to one without anything new."""
    now = {move.source: move.target for move in session.manifest.moved}
    removed = [removal.album for removal in session.manifest.removed]
    keys = [*(spec.key for spec in session.manifest.albums), *now, *removed]
    reader, seen = session.reader(), marked.seen
    while True:
        outcome = yield from session.read(partial(reader.images, marked.page))
        if not isinstance(outcome, Done):
            # Half a list would make us upload the rest once more.
            raise incomplete(outcome.problem)
        fresh = [picture for picture in outcome.value if picture.id not in seen]
        if not fresh:
            break
        seen.update(picture.id for picture in fresh)
        for picture in fresh:
            marker = parse_name(picture.name)
            match = owner(marker, session.store.lineage, keys) if marker is not None else None
            if match is not None:
                marked.found[now.get(match[0], match[0])][picture.id] = picture
        marked.page += 1


def _albums_of(
    session: Session, wanted: Sequence[tuple[str, str | None]], found: Mapping[str, Mapping[str, RemotePicture]]
) -> Task[dict[str, RemoteAlbum]]:
    """The album of each key: the one with the marker of its creation; else one of the wished title that shows pictures
    of the key; else any other that shows some, and fewer of keys that are not in the manifest. What one key has is not
    looked at for others.

    An album can show pictures that were uploaded for another one, so that titles come first, for all keys.

    Raises `TryAgainLaterError` where it may be one that Imgur lists and did not find: without it the pictures would get
    a second album, and the first one would be nobody's.
    """
    headers, looked = dict(session.headers or {}), dict[str, RemoteAlbum | None]()
    listings: dict[str, RemoteAlbum] = {}
    for any_title in (False, True):
        for key, title in wanted:
            if key in listings:
                continue
            ids, markers = frozenset(found.get(key, ())), album_markers(session, key)
            likely = sorted((h for h in headers.values() if h.description in markers), key=_fullest)
            if ids:
                rest = [h for h in headers.values() if h.count and (any_title or h.title == (title or ""))]
                likely += sorted((h for h in rest if h not in likely), key=lambda header: header.id)
            for header in likely:
                if header.id not in looked:
                    looked[header.id] = yield from _looked_into(session, header.id)
                listing = looked[header.id]
                if listing is None:
                    continue
                weight = 0 if title and header.title == title else 1
                if header.description in markers or _shows(listing, ids, found, weight):
                    listings[key] = session.listings[header.id] = listing
                    del headers[header.id]
                    break
            else:
                if any_title and any(looked[header.id] is None for header in likely):
                    what = "Imgur lists an album and does not find it"
                    raise TryAgainLaterError(what, hint="try again in a few minutes")
    return listings


def _shows(
    listing: RemoteAlbum, ids: frozenset[str], found: Mapping[str, Mapping[str, RemotePicture]], weight: int
) -> bool:
    """Whether the album shows pictures of the key, more than `weight` times as many as it shows of no key at all: then
    it may be that of a key that left the manifest, into which pictures of this one had moved."""
    known = frozenset().union(*found.values())
    own = sum(picture.id in ids for picture in listing.pictures)
    strange = sum(p.id not in known and parse_name(p.name) is not None for p in listing.pictures)
    return own > weight * strange


def _fullest(header: AlbumHeader) -> tuple[int, str]:
    return -(header.count or 0), header.id


def _looked_into(session: Session, album_id: str) -> Task[RemoteAlbum | None]:
    """The album, or None where Imgur does not find it."""
    outcome = yield from surely(session, partial(session.reader().album, album_id))
    if not isinstance(outcome, Done) and not is_missing(outcome):
        raise incomplete(outcome.problem)
    return outcome.value if isinstance(outcome, Done) else None

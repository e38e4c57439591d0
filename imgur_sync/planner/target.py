"""The album as it is to be, and the one edit that makes it so."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from imgur_sync.model.plan import Placement
from imgur_sync.model.spec import Privacy
from imgur_sync.model.step import EditAlbum, Move, Place
from imgur_sync.model.synced import IntentKind, Standing, SyncedPicture
from imgur_sync.planner.confirm import last_privacy
from imgur_sync.planner.entries import Entry, chosen_cover, cover_wish, taken_out
from imgur_sync.planner.entries import entries as managed_places
from imgur_sync.planner.marker import is_album_marker
from imgur_sync.planner.order import Ranking
from imgur_sync.planner.pieces import calls, stranded
from imgur_sync.planner.sorting import Sorted
from imgur_sync.planner.view import AlbumView


@dataclass(frozen=True, slots=True)
class Target:
    """What the album is to become. `tail` are unmanaged, kept and foreign ids, in listing order; `foreign` counts the
    last. `leaving` go with the edit, `deleting` by deletions after it. `current` is the listing without what will be
    deleted. `overruled` are fields that Imgur does not take over."""

    entries: tuple[Entry, ...]
    tail: tuple[str, ...]
    foreign: int
    leaving: frozenset[str]
    deleting: tuple[SyncedPicture, ...]
    current: tuple[str, ...]
    edit: EditAlbum | None
    narrow: EditAlbum | None
    placements: tuple[Placement, ...]
    moves: tuple[Move, ...]
    overruled: tuple[str, ...]


def aim(view: AlbumView, sorted_: Sorted, *, publish: bool) -> Target:
    """The target of one album. With `publish` False a wider privacy is left out (the gate `publish` holds it)."""
    keyless, fixed = view.keyless, view.fixed
    deleting = tuple(picture for picture in sorted_.pruned if view.deletes(picture))
    leaving = _leaving(view, sorted_)
    tail_ours = {picture.id for picture in (*sorted_.unmanaged, *sorted_.kept)}
    # What no edit can name stays where it is, and is left out of all that is compared.
    stays = fixed | (keyless & {*tail_ours, *(p.id for p in (*sorted_.in_place, *sorted_.protected))})
    shown = view.listing.ids if view.listing is not None else ()
    shown = tuple(i for i in shown if i not in stays) if stays else shown
    entries = managed_places(Ranking(view.spec, sorted_.files), sorted_, shown)
    managed = {entry.id for entry in entries if entry.id is not None}
    doomed = {picture.id for picture in deleting}
    current = tuple(i for i in shown if i not in doomed) if doomed else shown
    rest = [i for i in current if i not in managed and i not in leaving]
    back = taken_out(view, sorted_)
    tail = (*(i for i in rest if i in tail_ours), *back, *(i for i in rest if i not in tail_ours))
    moves, placements = _moves(view, sorted_)
    # What is to be deleted is never seen by more people: the edit that publishes an album takes it out.
    seen, going = (shown, leaving | doomed) if doomed and publish and widens(view) else (current, leaving)
    # Nor does anybody new see what leaves with a later edit, when all that is new is shown.
    open_to_more = publish and not (sorted_.settling and leaving & set(current))
    edit, narrow = _edits(view, sorted_, entries, tail, seen, going, moves, open_to_more)
    return Target(
        entries=entries,
        tail=tail,
        foreign=sum(i not in tail_ours and i not in view.elsewhere for i in rest) + len(fixed),
        leaving=leaving,
        deleting=deleting,
        current=current,
        edit=edit,
        narrow=narrow,
        placements=placements,
        moves=moves,
        overruled=_overruled(view, sorted_, entries, (*(entry.id for entry in entries), *tail), current),
    )


def _leaving(view: AlbumView, sorted_: Sorted) -> frozenset[str]:
    """The ids that an edit of this album takes out, whether it shows them or not.

    Nothing is taken out for being recorded elsewhere while the album is protected or its folder could not be scanned.
    """
    ids = {picture.id for _, picture in sorted_.retired} | {picture.id for picture in sorted_.moved_away}
    ids |= {picture.id for picture in sorted_.pruned if not view.deletes(picture)}
    if view.spec.protect or view.local.errors:
        return frozenset(ids)
    return frozenset(ids | view.elsewhere - {picture.id for picture in sorted_.pairs.values()})


def _moves(view: AlbumView, sorted_: Sorted) -> tuple[tuple[Move, ...], tuple[Placement, ...]]:
    """Pictures whose recorded place changes. While some are not shown yet no edit puts any in, so that what is to come
    into the album does not stand there either."""
    moves: list[Move] = []
    placements: list[Placement] = []
    key, placed, reattached = view.spec.key, Standing.PLACED, sorted_.reattached
    for file in sorted_.files:
        picture = sorted_.pairs.get(file.path)
        if picture is None:
            continue
        there = picture.path == file.path
        other = picture.album if picture.album != key else ""
        if (not there and picture.path) or other:
            moves.append(Move(picture.path, file.path, file.digest, other))
        same = there and picture.digest == file.digest and picture.standing is placed
        if picture.id in reattached and sorted_.settling:
            continue
        if not same or other or picture.id in reattached:
            placements.append(Placement(picture.id, key, file.path, file.digest))
    return tuple(moves), tuple(placements)


def _edits(
    view: AlbumView,
    sorted_: Sorted,
    entries: tuple[Entry, ...],
    tail: tuple[str, ...],
    current: tuple[str, ...],
    leaving: frozenset[str],
    moves: tuple[Move, ...],
    publish: bool,
) -> tuple[EditAlbum | None, EditAlbum | None]:
    """The one edit, and an edit of its own before the uploads where privacy narrows."""
    uploads = any(entry.id is None for entry in entries)
    title, description, privacy = _header(view, publish)
    title = None if title is None or _ignored(view, "title", title) else title
    description = None if description is None or _ignored(view, "description", description) else description
    privacy = None if privacy is None or _ignored(view, "privacy", privacy) else privacy
    narrow = None
    if privacy is not None and uploads and view.exists and _narrows(view, privacy):
        narrow, privacy = EditAlbum(view.spec.key, privacy=privacy, narrows=True), None
    cover = _cover(view, sorted_, entries)
    cover = None if cover is None or _ignored(view, "cover", cover_wish(cover, entries)) else cover
    wanted = (*(entry.id for entry in entries), *tail)
    differs = not sorted_.settling and _membership_differs(view, entries, wanted, current)
    membership = differs and not (_marked(view) and _ignored(view, "order", order_wish(wanted)))
    header = (title, description, privacy, cover) != (None, None, None, None)
    if not membership and not header:
        return None, narrow
    edit = EditAlbum(view.spec.key, cover=cover, title=title, description=description, privacy=privacy)
    if membership:
        edit = replace(
            edit,
            places=tuple(Place(entry.path, entry.digest) for entry in entries),
            detached=_places(tuple(picture for picture in sorted_.pruned if not view.deletes(picture))),
            retired=tuple(Place(path, picture.digest) for path, picture in sorted_.retired),
            attached=_attached(sorted_),
            moves=moves,
            reordered=wanted != tuple(i for i in current if i not in leaving) or (header and bool(wanted)),
            calls=calls(header, wanted, current, pieces=bool(view.fixed or view.keyless & set(wanted))),
        )
    return edit, narrow


def _membership_differs(
    view: AlbumView, entries: tuple[Entry, ...], wanted: tuple[str | None, ...], current: tuple[str, ...]
) -> bool:
    """Whether the album's pictures or their order need an edit.

    Nobody knows where an upload will stand. That does not matter where all pictures of the album are alike. A keyless
    picture that cannot be brought to its place, and may not be uploaded again, holds the order up.
    """
    if view.keyless and stranded(wanted, current, view.keyless):
        return False
    if not view.exists:
        return bool(wanted)
    if None not in wanted:
        return wanted != current
    told_apart = len(entries) > 1 and bool(view.spec.images or view.spec.image_title)  # by their texts
    alike = len({entry.digest for entry in entries}) == 1 and len(wanted) == len(entries) and not told_apart
    return not (alike and tuple(i for i in wanted if i is not None) == current)


def order_wish(ids: tuple[str | None, ...]) -> str:
    """How a membership and order is named where it is remembered that Imgur did not take it over."""
    return hashlib.sha256(",".join(i or "?" for i in ids).encode()).hexdigest()[:16]


def _overruled(
    view: AlbumView,
    sorted_: Sorted,
    entries: tuple[Entry, ...],
    wanted: tuple[str | None, ...],
    current: tuple[str, ...],
) -> tuple[str, ...]:
    """The fields that still differ from the manifest and that Imgur ignored twice."""
    if not _marked(view):
        return ()
    title, description, privacy = _header(view, publish=True)
    cover = _cover(view, sorted_, entries)
    wishes = {
        "title": title,
        "description": description,
        "privacy": privacy,
        "cover": cover_wish(cover, entries) if cover is not None else None,
        "order": order_wish(wanted) if wanted != current else None,
    }
    return tuple(field for field, wish in wishes.items() if wish is not None and _ignored(view, field, wish))


def _places(pictures: tuple[SyncedPicture, ...]) -> tuple[Place, ...]:
    return tuple(Place(picture.path, picture.digest) for picture in pictures)


def _attached(sorted_: Sorted) -> tuple[Place, ...]:
    """The places of pictures that come (back) into the album."""
    if not sorted_.reattached:
        return ()
    return tuple(
        Place(file.path, file.digest)
        for file in sorted_.files
        if file.path in sorted_.pairs and sorted_.pairs[file.path].id in sorted_.reattached
    )


def _marked(view: AlbumView) -> bool:
    """Whether Imgur ever ignored a wish of this album."""
    return view.synced is not None and bool(view.synced.not_honoured)


def _ignored(view: AlbumView, field: str, wish: str) -> bool:
    """Whether Imgur ignored this wish twice: it is not tried again until the wish changes."""
    marks = view.synced.not_honoured if view.synced is not None else ()
    return any(mark.field == field and mark.wish == wish and mark.attempts >= 2 for mark in marks)


def _header(view: AlbumView, publish: bool) -> tuple[str | None, str | None, str | None]:
    """Title, description and privacy as far as they differ from what Imgur shows; None where nothing is to be sent."""
    spec = view.spec
    header = view.listing.header if view.listing is not None and view.exists else None
    fresh = view.synced is None or not view.exists
    # An edit that narrowed the privacy, and nothing else, leaves the creation's marker where it is.
    marked = header is not None and is_album_marker(header.description)
    pristine = not fresh and view.synced is not None and (marked or not view.synced.edited)
    title = spec.title if spec.title is not None and not fresh else None
    if header is not None and title is not None and title == header.title:
        title = None
    description = spec.description
    if fresh or pristine:
        description = spec.description or ""  # the creation's marker stands there
    elif header is not None and description is not None and description == header.description:
        description = None
    privacy: str | None = spec.privacy.value
    if not _privacy_differs(view) or (not publish and widens(view)):
        privacy = None
    return title, description, privacy


def _privacy_differs(view: AlbumView) -> bool:
    """Public is compared with what Imgur shows; hidden and secret by what was last sent (imgur-api §6)."""
    wish = view.spec.privacy
    if view.listing is None or view.synced is None or not view.exists:
        return wish is not Privacy.HIDDEN
    if (wish is Privacy.PUBLIC) != view.listing.header.public:
        return True
    return wish is not Privacy.PUBLIC and wish is not last_privacy(view.synced)


def current_privacy(view: AlbumView) -> Privacy:
    """How exposed the album is now, as far as anybody can tell; an album not made yet is born hidden."""
    if view.listing is None or view.synced is None or not view.exists:
        return Privacy.HIDDEN
    if view.listing.header.public:
        return Privacy.PUBLIC
    sent = view.synced.sent.privacy
    return sent if sent in (Privacy.HIDDEN, Privacy.SECRET) else Privacy.HIDDEN


def widens(view: AlbumView) -> bool:
    """Whether the manifest asks for more exposure than the album has."""
    return view.spec.privacy.exposure > current_privacy(view).exposure


def _narrows(view: AlbumView, privacy: str) -> bool:
    return Privacy(privacy).exposure < current_privacy(view).exposure


def _cover(view: AlbumView, sorted_: Sorted, entries: tuple[Entry, ...]) -> Place | None:
    """The cover to send, or None. No cover on Imgur means the first picture, as everywhere."""
    if not entries:
        return None
    shown = view.listing.header.cover if view.listing is not None and view.exists else None
    wish = chosen_cover(view.spec, sorted_.files, entries, shown)
    if wish is entries[0] and not shown:
        return None
    # Equal pictures are not told apart, nor those of one path, where a gate can keep a second one.
    if shown and shown in {e.id for e in entries if wish.path == e.path or wish.digest == e.digest}:
        return None
    return Place(wish.path, wish.digest)


def doubtful_edit(view: AlbumView) -> bool:
    """Whether an edit, a deletion or a creation in this album has an unknown outcome: no further edit is sent.

    An edit of a picture's texts concerns that picture only.
    """
    kinds = (IntentKind.EDIT_ALBUM, IntentKind.DELETE_IMAGE, IntentKind.DELETE_ALBUM)
    return any(view.open_intents(kind) for kind in kinds)

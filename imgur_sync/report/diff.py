"""What differs between folders and albums, one line a file, in two parts: what you changed, and what changed on Imgur.

Made from a plan's wanted steps, before gates and budget: it tells what differs, not what will be done now.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import assert_never

from imgur_sync.model.plan import AlbumPlan, GateName, Plan
from imgur_sync.model.step import (
    CreateAlbum,
    DeleteAlbum,
    DeleteImage,
    EditAlbum,
    EditImage,
    Upload,
    UploadReason,
)
from imgur_sync.report.escape import quoted, sentence, terminal
from imgur_sync.report.figures import plural, some
from imgur_sync.report.jsons import document
from imgur_sync.report.text import drift_text


class Side(StrEnum):
    """Who made the difference, as far as the plan knows."""

    LOCAL = "local"
    IMGUR = "imgur"


class Kind(StrEnum):
    """What differs."""

    ALBUM_ADDED = "album_added"
    ALBUM_REMOVED = "album_removed"
    ADDED = "added"
    REPLACED = "replaced"
    RENAMED = "renamed"
    MOVED = "moved"
    RETURNED = "returned"
    REMOVED = "removed"
    TEXT = "text"
    TITLE = "title"
    DESCRIPTION = "description"
    PRIVACY = "privacy"
    COVER = "cover"
    ORDER = "order"
    UNSENDABLE = "unsendable"
    UNKNOWN = "unknown"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference. `path` is "" for the album itself. `old` and `new` are paths, texts or values, "" where there is
    none; `note` is a sentence."""

    side: Side
    kind: Kind
    album: str
    path: str = ""
    old: str = ""
    new: str = ""
    note: str = ""


SIGNS = {
    Kind.ALBUM_ADDED: "+",
    Kind.ALBUM_REMOVED: "-",
    Kind.ADDED: "+",
    Kind.REPLACED: "~",
    Kind.RENAMED: ">",
    Kind.MOVED: ">",
    Kind.RETURNED: "+",
    Kind.REMOVED: "-",
    Kind.UNSENDABLE: "!",
    Kind.UNKNOWN: "!",
    Kind.NOTE: "?",
}
"""The first character of a line; everything else is a change of a text or a value, "*"."""

NOBODY_KNOWS = "nobody knows who changed it"
"""Of an order or a cover: no run remembered what they were before, or an edit is in doubt."""

_HEADER = (Kind.TITLE, Kind.DESCRIPTION, Kind.PRIVACY, Kind.COVER, Kind.ORDER)


def differences(plan: Plan) -> tuple[Difference, ...]:
    """All differences, album by album in the order of the plan: the album itself, then its files by path."""
    return tuple(one for album in plan.albums for one in album_differences(album))


def album_differences(album: AlbumPlan) -> list[Difference]:
    """Those of one album: the album itself, then its files by path."""
    own = list(dict.fromkeys(_album(album)))
    own.sort(key=lambda one: (bool(one.path), one.path))
    return own


def _album(album: AlbumPlan) -> Iterator[Difference]:
    key, told = album.album, list(_steps(album))
    yield from told
    yield from (Difference(Side.IMGUR, Kind.NOTE, key, note=text) for text in _drift(album, told))
    yield from (Difference(Side.IMGUR, Kind.NOTE, key, note=doubt.what) for doubt in album.unsettled)


def _steps(album: AlbumPlan) -> Iterator[Difference]:
    """What the wanted steps tell, and what could not be compared."""
    key = album.album
    yield from _gates(album)
    yield from (Difference(Side.LOCAL, Kind.UNSENDABLE, key, bad.path, note=bad.why.value) for bad in album.unsendable)
    created = any(isinstance(step, CreateAlbum) for step in album.wanted)
    gone = created and any(gate.name is GateName.RESTORE for gate in album.gates)
    for step in album.wanted:
        match step:
            case CreateAlbum():
                yield Difference(Side.IMGUR if gone else Side.LOCAL, Kind.ALBUM_ADDED, key, new=step.title or "")
            case Upload():
                yield _upload(step)
            case EditAlbum():
                yield from _edit(album, step, created=created)
            case EditImage():
                texts = " / ".join(text for text in (step.title, step.description) if text is not None)
                yield Difference(Side.LOCAL, Kind.TEXT, key, step.path, new=texts)
            case DeleteImage():
                yield Difference(Side.LOCAL, Kind.REMOVED, key, step.path, note="is deleted")
            case DeleteAlbum():
                yield Difference(Side.LOCAL, Kind.ALBUM_REMOVED, key)
            case _:
                assert_never(step)
    yield from _moves(album)


def _gates(album: AlbumPlan) -> Iterator[Difference]:
    """What could not be compared."""
    for gate in album.gates:
        if gate.name in (GateName.ROOT, GateName.SCAN):
            yield Difference(Side.LOCAL, Kind.UNKNOWN, album.album, note=gate.detail)
        elif gate.name is GateName.LISTING:
            yield Difference(Side.IMGUR, Kind.UNKNOWN, album.album, note=gate.detail)


def _upload(step: Upload) -> Difference:
    match step.reason:
        case UploadReason.NEW:
            return Difference(Side.LOCAL, Kind.ADDED, step.album, step.path)
        case UploadReason.REPLACES:
            return Difference(Side.LOCAL, Kind.REPLACED, step.album, step.path)
        case UploadReason.RESTORES:
            return Difference(Side.IMGUR, Kind.ADDED, step.album, step.path, note="was deleted there")
        case _:
            assert_never(step.reason)


def _moves(album: AlbumPlan) -> Iterator[Difference]:
    for move in album.moves:
        kind = Kind.MOVED if move.album else Kind.RENAMED
        yield Difference(
            Side.LOCAL, kind, album.album, move.target, f"{move.album or album.album}/{move.source}", move.target
        )


def _edit(album: AlbumPlan, step: EditAlbum, *, created: bool) -> Iterator[Difference]:
    key, shown = album.album, album.shown
    moved = {move.target for move in album.moves}
    yield from (Difference(Side.LOCAL, Kind.REMOVED, key, place.path) for place in step.detached)
    yield from (Difference(Side.LOCAL, Kind.REPLACED, key, place.path) for place in step.retired)
    for place in step.attached:
        if place.path not in moved and not created:
            outside = shown is not None and place.path in shown.taken_out
            note = "was taken out of the album there" if outside else "comes back without an upload"
            yield Difference(Side.IMGUR if outside else Side.LOCAL, Kind.RETURNED, key, place.path, note=note)
    if created:
        if step.privacy is not None:
            yield Difference(Side.LOCAL, Kind.PRIVACY, key, old="hidden", new=step.privacy)
        return
    values = {Kind.TITLE: step.title, Kind.DESCRIPTION: step.description, Kind.PRIVACY: step.privacy}
    for kind, value in values.items():
        if value is not None:
            side = Side.IMGUR if shown is not None and kind.value in shown.drifted else Side.LOCAL
            old = str(getattr(shown, kind.value)) if shown is not None else ""
            if old != value:
                yield Difference(side, kind, key, old=old, new=value)
    if step.cover is not None and not _follows(album, step, step.cover.path):
        old, agreed = (shown.cover, shown.agreed_cover) if shown is not None else ("", "")
        yield from _arranged(album, Kind.COVER, old, agreed, step.cover.path)
    yield from _order(album, step)


def _arranged(album: AlbumPlan, kind: Kind, old: str, agreed: str, new: str) -> Iterator[Difference]:
    """A changed order or cover: what you changed is told from what was agreed on, the other from what is shown."""
    shown, key = album.shown, album.album
    if shown is None or kind.value not in shown.drifted:
        unsure = shown is not None and kind.value in shown.unsure
        yield Difference(Side.LOCAL, kind, key, old=old, new=new, note=NOBODY_KNOWS if unsure else "")
        return
    if kind.value in shown.rewished:
        yield Difference(Side.LOCAL, kind, key, old=agreed or old, new=new)
    yield Difference(Side.IMGUR, kind, key, old=old, new=new)


def _follows(album: AlbumPlan, step: EditAlbum, cover: str) -> bool:
    """Whether the cover changes only because another picture comes first: that is told by the pictures."""
    first = step.places[0].path if step.places else ""
    shown = album.shown
    if cover != first or shown is None or Kind.COVER.value in shown.drifted:
        return False
    return shown.order[:1] != (cover,) or shown.cover not in shown.order


def _order(album: AlbumPlan, step: EditAlbum) -> Iterator[Difference]:
    """The order of the pictures that stay under their names; where new and renamed ones stand goes without saying."""
    if step.places is None or album.shown is None:
        return
    staying = set(album.shown.order) - {move.target for move in album.moves}
    wanted = tuple(dict.fromkeys(place.path for place in step.places if place.path in staying))
    staying &= set(wanted)
    before = tuple(dict.fromkeys(path for path in album.shown.order if path in staying))
    if wanted != before:
        agreed = some(tuple(dict.fromkeys(path for path in album.shown.agreed_order if path in staying)))
        yield from _arranged(album, Kind.ORDER, some(before), agreed, some(wanted))


def _drift(album: AlbumPlan, told: Iterable[Difference]) -> Iterator[str]:
    """Sentences about Imgur that no line with old and new value tells already."""
    fields = {one.kind.value for one in told if one.side is Side.IMGUR and one.kind in _HEADER}
    for drift in album.drift:
        if not any(drift.what.startswith(f"the {field} was changed on Imgur") for field in fields):
            yield drift_text(drift)


def diff_text(plan: Plan, found: Iterable[Difference]) -> str:
    """The differences for people, ending in a newline; without colours, the same on every terminal."""
    lines: list[str] = []
    every = tuple(found)
    for side, heading in ((Side.LOCAL, "You changed:"), (Side.IMGUR, "Changed on Imgur:")):
        part = [line(one) for one in every if one.side is side]
        if part:
            lines += [*([""] if lines else []), heading, *part]
    lines += [f"note: {sentence(note, 400)}" for note in plan.notes]
    if not every:
        pictures = plan.unchanged_files + sum(album.files for album in plan.albums)
        albums = plural(plan.unchanged + len(plan.albums), "album")
        lines.append(f"No difference: {albums} with {plural(pictures, 'picture')}.")
    if plan.offline:
        lines.append("Offline: compared with what was known before, nothing was asked of Imgur.")
    return "\n".join(lines) + "\n"


def line(one: Difference) -> str:
    """One difference as a line: sign, album and path, and what there is to say."""
    name = f"{terminal(one.album)}/{terminal(one.path)}" if one.path else terminal(one.album)
    head = f"{SIGNS.get(one.kind, '*')} "
    match one.kind:
        case Kind.RENAMED | Kind.MOVED:
            return f"{head}{terminal(one.old)} → {name}"
        case Kind.REMOVED:
            return f"{head}{name}  {one.note or 'leaves the album'}"
        case Kind.REPLACED:
            return f"{head}{name}  replaced"
        case Kind.ALBUM_ADDED:
            made = "a new album" if one.side is Side.LOCAL else "the album, made anew"
            return f"{head}{name}  {made}" + (f", {quoted(one.new, 80)}" if one.new else "")
        case Kind.ALBUM_REMOVED:
            return f"{head}{name}  the album is deleted"
        case Kind.TEXT:
            return f"{head}{name}  texts: {quoted(one.new, 80)}"
        case Kind.TITLE | Kind.DESCRIPTION:
            return f"{head}{name}  {one.kind.value}: {_text(one.old)} → {_text(one.new)}"
        case Kind.PRIVACY | Kind.COVER | Kind.ORDER:
            note = f" ({one.note})" if one.note else ""
            return f"{head}{name}  {one.kind.value}: {terminal(one.old) or 'none'} → {terminal(one.new)}{note}"
        case Kind.UNSENDABLE:
            return f"{head}{name}  cannot be sent: {one.note}"
        case Kind.UNKNOWN:
            return f"{head}{name}  not compared: {sentence(one.note, 400)}"
        case Kind.ADDED | Kind.RETURNED | Kind.NOTE:
            return f"{head}{name}" + (f"  {sentence(one.note, 400)}" if one.note else "")
    assert_never(one.kind)


def _text(text: str) -> str:
    return quoted(text, 80) if text else "none"


def diff_json(plan: Plan, found: Iterable[Difference]) -> str:
    """The differences for programs: no ids, no links."""
    changes = [{**asdict(one), "side": one.side.value, "kind": one.kind.value} for one in found]
    content = {"changes": changes, "empty": not changes, "offline": plan.offline, "notes": list(plan.notes)}
    return document("diff", content)

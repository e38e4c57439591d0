"""The texts of single pictures: what they are to be, what has to be sent, and what was changed on Imgur meanwhile."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from imgur_sync.model.plan import Blocked, Drift, LostText, Unsettled
from imgur_sync.model.remote import RemotePicture
from imgur_sync.model.spec import AlbumSpec
from imgur_sync.model.step import EditImage
from imgur_sync.model.synced import SyncedPicture
from imgur_sync.model.texts import FIELDS, UNMANAGED, Texts, filled
from imgur_sync.planner.confirm import trimmed
from imgur_sync.planner.entries import Entry
from imgur_sync.planner.order import nfc
from imgur_sync.planner.sorting import Sorted
from imgur_sync.planner.view import AlbumView

UNTIL = "not tried again before the manifest changes it"
"""When a wish that Imgur ignored is."""

_BREAKS = ("Cc", "Zl", "Zp")

NAMED = 3
"""How many pictures a sentence names."""


def wishes(spec: AlbumSpec, entries: Sequence[Entry]) -> Mapping[str, Texts]:
    """The managed texts by path. `entries` are all places in wanted order: their numbers are what {index} stands for.

    A title of [albums.KEY.images] comes before the template's.
    """
    if not spec.image_title and not spec.images:
        return {}
    single = {nfc(path): texts for path, texts in spec.images}
    found: dict[str, Texts] = {}
    for number, entry in enumerate(entries, 1):
        own = single.get(nfc(entry.path), UNMANAGED)
        title = own.title
        if title is None and spec.image_title:
            title = title_of(spec, entry.path, number)
        if (title, own.description) != (None, None):
            found.setdefault(entry.path, Texts(title, own.description))
    return found


def title_of(spec: AlbumSpec, path: str, number: int) -> str:
    """What the album's template makes of a file, without blanks at its ends. Bytes that are no text become U+FFFD."""
    file = PurePosixPath(path)
    own = PurePosixPath(spec.folder).name
    folder = file.parent.name or (own if own not in ("", "..") else spec.root.name)
    values = {"stem": _plain(file.stem), "name": _plain(file.name), "folder": _plain(folder), "index": str(number)}
    return filled(spec.image_title, values).strip()


def _plain(name: str) -> str:
    """A name as a text: decodable, composed (NFC), control characters and ends of lines as blanks."""
    text = nfc(name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
    if text.isprintable():
        return text
    return "".join(" " if unicodedata.category(letter) in _BREAKS else letter for letter in text)


def text_steps(view: AlbumView, sorted_: Sorted, wanted: Mapping[str, Texts]) -> tuple[EditImage, ...]:
    """One edit for each picture whose managed texts differ from what Imgur shows, in wanted order."""
    steps: list[EditImage] = []
    digests = {file.path: file.digest for file in sorted_.files} if wanted else {}
    for path, picture, wish, shown in _managed(view, sorted_, wanted):
        if picture.id in sorted_.settling:
            continue
        send = {
            name: text
            for name, text in wish.managed.items()
            if text != _is(picture, shown, name) and not _left(view, picture, shown, name, text)
        }
        if send:
            steps.append(EditImage(view.spec.key, path, digests[path], send.get("title"), send.get("description")))
    return tuple(steps)


def _managed(
    view: AlbumView, sorted_: Sorted, wanted: Mapping[str, Texts]
) -> Iterator[tuple[str, SyncedPicture, Texts, RemotePicture | None]]:
    """The pictures that have a file and a managed text, in wanted order, with what the listing shows of each. What has
    lost its key cannot be changed."""
    keyless = view.keyless
    return (found for found in _wished(view, sorted_, wanted) if found[1].id not in keyless)


def _wished(
    view: AlbumView, sorted_: Sorted, wanted: Mapping[str, Texts]
) -> Iterator[tuple[str, SyncedPicture, Texts, RemotePicture | None]]:
    """As `_managed`, also of those that have lost their key."""
    if not wanted:
        return
    shown = {picture.id: picture for picture in view.listing.pictures} if view.listing is not None else {}
    for file in sorted_.files:
        picture, wish = sorted_.pairs.get(file.path), wanted.get(file.path)
        if picture is not None and wish is not None:
            yield file.path, picture, wish, shown.get(picture.id)


def _sent(picture: SyncedPicture, name: str) -> str | None:
    return {"title": picture.title, "description": picture.description}[name]


def _is(picture: SyncedPicture, shown: RemotePicture | None, name: str) -> str:
    """The text as Imgur shows it; what was last sent where it shows nothing of the picture."""
    if shown is None:
        return _sent(picture, name) or ""
    return {"title": shown.title, "description": shown.description}[name]


def _left(view: AlbumView, picture: SyncedPicture, shown: RemotePicture | None, name: str, text: str) -> bool:
    """Whether a text that differs is not sent now: ignored twice, or sent a moment ago and not shown yet."""
    return _overruled(picture, name, text) or (shown is not None and _recent(view, picture, name, text))


def _recent(view: AlbumView, picture: SyncedPicture, name: str, text: str) -> bool:
    return _sent(picture, name) == text and view.now < view.settles_at(picture.texts_at)


def _overruled(picture: SyncedPicture, name: str, text: str) -> bool:
    """Whether Imgur ignored this text twice: it is not tried again until the wish changes."""
    return any((mark.field, mark.wish) == (name, text) and mark.attempts >= 2 for mark in picture.ignored_texts)


def unsettled_texts(view: AlbumView, sorted_: Sorted, wanted: Mapping[str, Texts]) -> tuple[Unsettled, ...]:
    """Pictures whose texts were sent a moment ago and are not shown yet."""
    found: list[Unsettled] = []
    for path, picture, wish, shown in _managed(view, sorted_, wanted):
        late = (
            shown is not None
            and text != _is(picture, shown, name)
            and not _overruled(picture, name, text)
            and _recent(view, picture, name, text)
            for name, text in wish.managed.items()
        )
        if any(late):
            what = f"{path} is not shown with its texts yet"
            found.append(Unsettled(view.spec.key, what, view.settles_at(picture.texts_at)))
    return tuple(found)


def overruled_texts(view: AlbumView, sorted_: Sorted, wanted: Mapping[str, Texts]) -> tuple[Blocked, ...]:
    """Texts that still differ from the manifest and that Imgur ignored twice."""
    return tuple(
        Blocked(view.spec.key, path, f"Imgur ignored the {name} of a picture twice; {UNTIL}")
        for path, picture, wish, shown in _managed(view, sorted_, wanted)
        for name, text in wish.managed.items()
        if text != _is(picture, shown, name) and _overruled(picture, name, text)
    )


def lost_texts(view: AlbumView, sorted_: Sorted, wanted: Mapping[str, Texts]) -> tuple[LostText, ...]:
    """Texts that differ from the manifest and that nobody can change any more. Told where that was recorded of the
    wish, as of what Imgur does not take over."""
    keyless = view.keyless
    if not keyless:
        return ()
    return tuple(
        LostText(picture.id, path, name, text, _is(picture, shown, name), _overruled(picture, name, text))
        for path, picture, wish, shown in _wished(view, sorted_, wanted)
        for name, text in wish.managed.items()
        if picture.id in keyless and shown is not None and text != _is(picture, shown, name)
    )


def told_texts(lost: Sequence[LostText]) -> tuple[str, ...]:
    """A warning about the lost texts that an apply has told of before: they are left until the wish changes."""
    paths = list(dict.fromkeys(text.path for text in lost if text.told))
    if not paths:
        return ()
    more = f" and {len(paths) - NAMED} more" if len(paths) > NAMED else ""
    keeps = "a picture keeps a text" if len(paths) == 1 else f"{len(paths)} pictures keep texts"
    return (
        f"{keeps} that the manifest wants otherwise, for the deletehash was lost: {', '.join(paths[:NAMED])}{more}",
    )


def text_drift(view: AlbumView, sorted_: Sorted, wanted: Mapping[str, Texts]) -> tuple[Drift, ...]:
    """Managed texts that somebody changed on Imgur since they were last sent."""
    changed: dict[str, list[str]] = {name: [] for name in FIELDS}
    for path, picture, wish, shown in _managed(view, sorted_, wanted):
        for name in wish.managed:
            sent, now = _sent(picture, name), _is(picture, shown, name)
            if sent is None or now == sent or _recent(view, picture, name, sent):
                continue
            # What Imgur did not take over, or only in part, was changed by nobody.
            if not trimmed(now, sent) and not any(
                (m.field, m.wish, m.before) == (name, sent, now) for m in picture.ignored_texts
            ):
                changed[name].append(path)
    return tuple(Drift(view.spec.key, _told(name, paths), "set back") for name, paths in changed.items() if paths)


def _told(name: str, paths: list[str]) -> str:
    if len(paths) == 1:
        return f"the {name} of {paths[0]} was changed on Imgur"
    more = f" and {len(paths) - NAMED} more" if len(paths) > NAMED else ""
    return f"the {name}s of {len(paths)} pictures were changed on Imgur: {', '.join(paths[:NAMED])}{more}"


def unknown_paths(view: AlbumView) -> tuple[str, ...]:
    """Warnings about paths of the manifest that name no file of the folder: in images, and in a list as order."""
    spec, local = view.spec, view.local
    if not spec.images and not spec.listed:
        return ()
    here = {nfc(file.path) for file in local.files} | {nfc(file.path) for file in local.unsendable}
    images = [path for path, _ in spec.images if nfc(path) not in here]
    listed = [path for path in spec.listed if nfc(path) not in here]
    found = (("images", images), ("order", listed))
    return tuple(f"{key} names {_some(paths)} in the folder" for key, paths in found if paths)


def _some(paths: list[str]) -> str:
    more = f" and {len(paths) - NAMED} more" if len(paths) > NAMED else ""
    named = ", ".join(paths[:NAMED])
    return f"{named}{more}, which {'is no picture' if len(paths) == 1 else 'are no pictures'}"

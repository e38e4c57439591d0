"""What a plan tells beside its steps: blocked files, doubts, drift."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from imgur_sync.model.local import LocalFile, Presence, Unsendable, Why
from imgur_sync.model.plan import Blocked, Drift, Unsettled
from imgur_sync.model.spec import OnRemoteDelete, Order, Privacy
from imgur_sync.model.step import Step, Upload
from imgur_sync.model.synced import Intent, IntentKind, Standing
from imgur_sync.planner.gates import with_places
from imgur_sync.planner.marker import is_album_marker
from imgur_sync.planner.order import is_unread
from imgur_sync.planner.sorting import Sorted
from imgur_sync.planner.target import Target
from imgur_sync.planner.texts import UNTIL
from imgur_sync.planner.view import AlbumView

STILL_DOCUMENTED = 10_000_000
"""Bytes. Imgur's API documents 10 MB for a still image; up to 20 were seen to pass (imgur-api §5)."""
IN_GALLERY = (
    "it stays visible to everybody: it was posted to Imgur's public gallery, and privacy {} does not take it out of "
    "there; remove the post on Imgur's web site, or set privacy = public"
)
NOT_DOWNLOADED = "not downloaded (Git LFS)"
"""Of a pointer: its digest is known, its bytes are elsewhere."""
FEW = 3
"""So many names stand in a remark about files."""
_MOVING = frozenset({"image/gif", "video/mp4", "video/webm"})


def blocked(view: AlbumView, wanted: Sorted, granted: Sorted, target: Target) -> tuple[Blocked, ...]:
    """Files and pictures for which nothing is done, and why."""
    spec, key = view.spec, view.spec.key
    found = [Blocked(key, s.file.path, _missing(s.file)) for s in wanted.sends if not s.file.can_be_sent]
    found += [Blocked(key, path, "uploaded again once and deleted on Imgur again") for path in wanted.twice_gone]
    found += [Blocked(key, picture.path, "the album is protected", protected=True) for picture in granted.protected]
    found += [
        Blocked(key, send.file.path, "would replace a picture of a protected album", protected=True)
        for send in wanted.held_sends
    ]
    found += [Blocked(key, "", f"Imgur ignored the {field} twice; {UNTIL}") for field in target.overruled]
    if view.exists and view.listing is not None and view.listing.header.in_gallery and spec.privacy != Privacy.PUBLIC:
        found.append(Blocked(key, "", IN_GALLERY.format(spec.privacy), protected=True))
    return tuple(found)


def _missing(file: LocalFile) -> str:
    return NOT_DOWNLOADED if file.content is Presence.POINTER else "not downloaded"


def refused(view: AlbumView) -> tuple[Unsendable, ...]:
    """Files that failed before and are still the same."""
    if not view.failed:
        return ()
    digests = {file.path: file.digest for file in view.local.files}
    return tuple(
        Unsendable(file.path, Why.REFUSED, file.reason) for file in view.failed if digests.get(file.path) == file.digest
    )


def doubts(view: AlbumView) -> tuple[Unsettled, ...]:
    """What has an unknown outcome in this album."""
    return tuple(
        Unsettled(
            view.spec.key,
            doubt_text(intent),
            view.settles_at(intent.failed_at if intent.failed_at is not None else view.now),
        )
        for intent in view.intents
        if intent.status.value == "open"
    )


def doubt_text(intent: Intent) -> str:
    """A request whose outcome nobody knows, in words."""
    names = {
        IntentKind.UPLOAD: f"the upload of {intent.path}",
        IntentKind.CREATE_ALBUM: "the creation of the album",
        IntentKind.EDIT_ALBUM: "an edit of the album",
        IntentKind.EDIT_IMAGE: f"an edit of {intent.path}",
        IntentKind.DELETE_IMAGE: f"the deletion of {intent.path}",
        IntentKind.DELETE_ALBUM: "the deletion of the album",
    }
    return f"{names[intent.kind]} may or may not have happened"


def drift(view: AlbumView) -> tuple[Drift, ...]:
    """What was changed on Imgur by somebody else, and what becomes of it."""
    key = view.spec.key
    restores = view.spec.on_remote_delete is OnRemoteDelete.RESTORE
    if view.album_gone:
        if not restores and view.synced is not None and view.synced.gone:
            return ()  # told when it was found out
        return (Drift(key, "the album was deleted on Imgur", "it is made anew" if restores else "it stays deleted"),)
    if view.listing is None or view.synced is None or not view.synced.edited:
        return ()
    header = view.listing.header
    found = [*_header_drift(view)]
    if header.in_gallery:
        found.append(Drift(key, "the album was posted to Imgur's public gallery"))
    pictures = view.pictures if view.probed.gone or view.probed.alive else ()
    gone = sum(picture.id in view.probed.gone for picture in pictures)
    out = sum(picture.id in view.probed.alive for picture in pictures if picture.standing is Standing.PLACED)
    if gone:
        then = "sent again, under a new link" if restores else "stays deleted"
        found.append(Drift(key, f"{gone} picture{'s were' if gone > 1 else ' was'} deleted on Imgur", then))
    if out:
        what = f"{out} picture{'s were' if out > 1 else ' was'} taken out of the album on Imgur"
        found.append(Drift(key, what, "put back, without an upload"))
    return tuple(found)


def _header_drift(view: AlbumView) -> Iterator[Drift]:
    """The managed fields of the album that do not show what we last sent; what nothing manages is the user's own."""
    assert view.listing is not None
    assert view.synced is not None
    spec, header, sent = view.spec, view.listing.header, view.synced.sent
    for field, shown, last, wish in (
        ("title", header.title, sent.title, spec.title),
        ("description", header.description, sent.description, spec.description),
    ):
        if last is not None and wish is not None and shown != last:
            then = "as the manifest wants it now" if wish == shown else "it is set back"
            yield Drift(spec.key, f"the {field} was changed on Imgur", then)
    # Albums are made hidden: until a privacy is sent that is what was agreed.
    adopted_so = view.adopting or (sent.privacy is None and spec.privacy is Privacy.PUBLIC)
    if header.public != (sent.privacy is Privacy.PUBLIC) and not adopted_so:
        now = "public" if header.public else "hidden"
        then = "as the manifest wants it now" if header.public == (spec.privacy is Privacy.PUBLIC) else "it is set back"
        yield Drift(spec.key, f"the privacy was changed on Imgur to {now}", then)


def size_warning(steps: Iterable[Step]) -> tuple[str, ...]:
    """Still images to be sent that are over the documented limit: one sentence with their number and a few names."""
    large = [
        step
        for step in steps
        if isinstance(step, Upload) and step.size > STILL_DOCUMENTED and step.media_type not in _MOVING
    ]
    if not large:
        return ()
    few = ", ".join(f"{step.path} ({step.size / 1e6:.1f} MB)" for step in large[:FEW])
    rest = f" and {len(large) - FEW} more" if len(large) > FEW else ""
    one = len(large) == 1
    return (
        f"{len(large)} {'picture has' if one else 'pictures have'} more than the 10 MB (10,000,000 bytes) that Imgur "
        f"documents for still images; it may refuse {'it' if one else 'them'}: {few}{rest}",
    )


def sending_warnings(view: AlbumView, steps: Sequence[Step]) -> tuple[str, ...]:
    """What to know of the files that are sent."""
    return (*size_warning(steps), *unread_warning(view, steps))


def unread_warning(view: AlbumView, steps: Iterable[Step]) -> tuple[str, ...]:
    """What is in files that are not here, and would matter for these steps: dates that make the order, and places."""
    sent = {step.path for step in steps if isinstance(step, Upload)}
    away = [file for file in view.local.files if is_unread(file)] if sent else []
    away = [file for file in away if file.path in sent]
    found = []
    if away and view.spec.order is Order.TAKEN:
        found.append(
            f'the order "taken" follows the dates in the pictures, and {_counted(away)} not here: until then those on '
            "Imgur stay as they stand and new ones come last, and the plan is another one once they are here"
        )
    if away and view.spec.privacy is Privacy.PUBLIC:
        found.append(f"the album is public, and {_counted(away)} not here: they may hold where they were taken (GPS)")
    return tuple(found)


def _counted(files: Sequence[LocalFile]) -> str:
    return "1 of those that are sent is" if len(files) == 1 else f"{len(files)} of those that are sent are"


def unfinished(view: AlbumView) -> bool:
    """Whether the album's description is still the marker that its creation left there."""
    return view.exists and view.listing is not None and is_album_marker(view.listing.header.description)


def place_warning(view: AlbumView) -> tuple[str, ...]:
    """A public album with pictures that tell where they were taken."""
    count = with_places(view) if view.spec.privacy is Privacy.PUBLIC else 0
    if not count:
        return ()
    hold = "pictures hold" if count > 1 else "picture holds"
    return (f"{count} {hold} the place where it was taken (GPS), and the album is public",)

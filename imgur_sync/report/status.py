"""What the state holds, for people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from imgur_sync.model.synced import FailedFile, Intent, IntentKind
from imgur_sync.report.activities import Running, running_lines
from imgur_sync.report.escape import address, quoted, sentence, terminal
from imgur_sync.report.figures import plural
from imgur_sync.report.text import MOST_LINES, Moment


@dataclass(frozen=True, slots=True)
class AlbumStatus:
    """One album of ours. `pictures` counts those placed in it, `detached` and `gone` those that are not any more.

    `last_change` is when a picture or the header last changed by us (Unix seconds, 0 never). `missing` is True when
    Imgur said that the album is gone. `keyless` counts pictures without an account whose deletehash was lost.
    """

    key: str
    title: str
    link: str
    pictures: int
    detached: int
    gone: int
    missing: bool
    last_change: float
    failed: tuple[FailedFile, ...] = ()
    keyless: int = 0


@dataclass(frozen=True, slots=True)
class Status:
    """The whole state. `holder` is the run that is under way now, None when there is none."""

    state: str
    lineage: str
    albums: tuple[AlbumStatus, ...]
    open_intents: tuple[Intent, ...] = ()
    suspects: int = 0
    holder: str | None = None
    running: Running = Running()

    @property
    def last_change(self) -> float | None:
        """When anything was last changed on Imgur by us; None when nothing ever was."""
        return max((album.last_change for album in self.albums), default=0.0) or None


_DOINGS = {
    IntentKind.UPLOAD: "upload of",
    IntentKind.CREATE_ALBUM: "making of the album",
    IntentKind.EDIT_ALBUM: "edit of the album",
    IntentKind.EDIT_IMAGE: "change of the texts of",
    IntentKind.DELETE_IMAGE: "deletion of",
    IntentKind.DELETE_ALBUM: "deletion of the album",
}


def status_text(status: Status, read: Moment) -> str:
    """The status, ending in a newline; for the owner: it names the pages of hidden albums."""
    lines: list[str] = []
    for album in status.albums:
        lines += _album(album, read)
    lines.append(_total(status))
    if status.last_change is not None:
        lines.append(f"Last change by us: {read.text(status.last_change)}.")
    lines += running_lines(status.running, status.holder, read)
    lines += _doubts(status, read)
    return "\n".join(lines) + "\n"


def _album(album: AlbumStatus, read: Moment) -> Iterator[str]:
    title = f" {quoted(album.title, 80)}," if album.title else ""
    words = [plural(album.pictures, "picture")]
    words += [f"{album.detached} taken out of it"] if album.detached else []
    words += [f"{album.keyless} that can never be deleted"] if album.keyless else []
    words += [f"{album.gone} gone from Imgur"] if album.gone else []
    page = address(album.link)
    where = "gone from Imgur" if album.missing else page
    yield f"{terminal(album.key)}:{title} {', '.join(words)}" + (f"  {where}" if where else "")
    for file in album.failed[:MOST_LINES]:
        yield f"  ! {terminal(file.path)} failed: {sentence(file.reason, 400)} ({read.text(file.at)})"
    if len(album.failed) > MOST_LINES:
        yield f"  ! and {len(album.failed) - MOST_LINES} more (--json lists all)"
    if album.failed:
        yield "    not tried again until they change, or with: imgur-sync apply --retry-failed"


def _total(status: Status) -> str:
    if not status.lineage:
        state = sentence(status.state, 5000)
        return f"There is no {state}: nothing was synced yet, or the state was lost. See: imgur-sync plan"
    if not status.albums:
        return "No album was made yet."
    pictures = sum(album.pictures for album in status.albums)
    return f"{plural(len(status.albums), 'album')}, {plural(pictures, 'picture')}."


def _doubts(status: Status, read: Moment) -> Iterator[str]:
    if status.open_intents:
        yield f"In doubt, settled by the next apply: {plural(len(status.open_intents), 'request')}"
        for intent in status.open_intents[:MOST_LINES]:
            name = f"{terminal(intent.album)}/{terminal(intent.path)}" if intent.path else terminal(intent.album)
            yield f"  ? {_DOINGS[intent.kind]} {name}, recorded {read.text(intent.made_at)}"
        if len(status.open_intents) > MOST_LINES:
            yield f"  ? and {len(status.open_intents) - MOST_LINES} more (--json lists all)"
    if status.suspects:
        yield f"Second copies are still looked for, after {plural(status.suspects, 'lost answer')}."

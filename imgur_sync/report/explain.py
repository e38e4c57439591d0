"""What becomes of one path and why, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from imgur_sync.model.synced import Standing, SyncedPicture
from imgur_sync.report.escape import address, quoted, sentence, terminal
from imgur_sync.report.figures import iso, size
from imgur_sync.report.jsons import document
from imgur_sync.report.text import Moment


class Verdict(StrEnum):
    """What becomes of a path."""

    AS_WANTED = "as_wanted"
    SENT = "sent"
    REPLACED = "replaced"
    RESTORED = "restored"
    MOVED = "moved"
    RETURNED = "returned"
    LEAVES = "leaves"
    DELETED = "deleted"
    WITHHELD = "withheld"
    DEFERRED = "deferred"
    BLOCKED = "blocked"
    UNSENDABLE = "unsendable"
    IGNORED = "ignored"
    SKIPPED = "skipped"
    UNMANAGED = "unmanaged"
    KEPT = "kept"
    RESPECTED = "respected"
    IN_DOUBT = "in_doubt"
    NOT_COMPARED = "not_compared"
    GONE = "gone"
    UNKNOWN = "unknown"


HEADINGS = {
    Verdict.AS_WANTED: "nothing to do",
    Verdict.SENT: "is sent",
    Verdict.REPLACED: "is replaced",
    Verdict.RESTORED: "is sent again",
    Verdict.MOVED: "is renamed or moved, without an upload",
    Verdict.RETURNED: "is put back, without an upload",
    Verdict.LEAVES: "leaves the album",
    Verdict.DELETED: "is deleted",
    Verdict.WITHHELD: "held back by a gate",
    Verdict.DEFERRED: "waits for the budget",
    Verdict.BLOCKED: "blocked",
    Verdict.UNSENDABLE: "cannot be sent",
    Verdict.IGNORED: "ignored",
    Verdict.SKIPPED: "skipped",
    Verdict.UNMANAGED: "not managed any more",
    Verdict.KEPT: "kept",
    Verdict.RESPECTED: "left deleted",
    Verdict.IN_DOUBT: "in doubt",
    Verdict.NOT_COMPARED: "not compared",
    Verdict.GONE: "no longer there",
    Verdict.UNKNOWN: "unknown",
}
"""The verdict in words."""


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What is known of a file that is there. `digest` is "" for one that is no picture."""

    size: int
    media_type: str = ""
    width: int = 0
    height: int = 0
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """One path, explained. `path` is relative to the folder of `album`; `because` are sentences. `gate` and `approve`
    (what to type) are "" where no gate holds anything back. `pictures` are those that the state knows for it, `failed`
    why a file was refused before and when."""

    asked: str
    verdict: Verdict
    because: tuple[str, ...]
    album: str = ""
    title: str = ""
    path: str = ""
    file: FileFacts | None = None
    gate: str = ""
    approve: str = ""
    pictures: tuple[SyncedPicture, ...] = ()
    failed: tuple[str, float] | None = None
    offline: bool = True


def explain_text(found: Explanation, read: Moment) -> str:
    """Some lines with a word in front of each; for the owner: it names links of hidden albums."""
    return "".join(f"{head:<9} {body}\n" for head, body in _rows(found, read))


def _rows(found: Explanation, read: Moment) -> Iterator[tuple[str, str]]:
    yield "asked", terminal(found.asked)
    if found.album:
        title = f" ({quoted(found.title, 80)})" if found.title else ""
        yield "album", terminal(found.album) + title + (f", as {terminal(found.path)}" if found.path else "")
    if found.file is not None:
        yield "file", _file(found.file)
        if found.file.digest:
            yield "", f"sha256 {found.file.digest}"
    for picture in found.pictures:
        yield from _picture(picture, read)
    if found.failed is not None:
        yield "failed", f"{sentence(found.failed[0], 400)} ({read.text(found.failed[1])})"
    yield "verdict", HEADINGS[found.verdict]
    yield from (("because", sentence(text, 400)) for text in found.because)
    if found.gate:
        yield "gate", found.gate + (f"; to let it through: --approve {found.approve}" if found.approve else "")
    if found.offline:
        yield "note", "from what is known; nothing was asked of Imgur (see --online)"


def _file(file: FileFacts) -> str:
    words = [file.media_type] if file.media_type else []
    words += [f"{file.width} × {file.height} pixels"] if file.width else []
    return ", ".join([*words, size(file.size)])


STANDINGS = {
    Standing.PLACED: "in the album",
    Standing.DETACHED: "taken out of the album, still on Imgur",
    Standing.GONE: "gone from Imgur",
    Standing.DELETED: "deleted",
    Standing.UNMANAGED: "in the album, no longer managed",
    Standing.FORGOTTEN: "let go of",
}
"""How a picture stands, for people."""


def _picture(picture: SyncedPicture, read: Moment) -> Iterator[tuple[str, str]]:
    yield "picture", address(picture.link) or "without a link"
    where = f"{terminal(picture.album)}/{terminal(picture.path)}" if picture.path else terminal(picture.album)
    yield "", f"{STANDINGS[picture.standing]}, recorded as {where}"
    yield "", f"uploaded {read.text(picture.made_at)}, last put into the album {read.text(picture.placed_at)}"


def explain_json(found: Explanation) -> str:
    """The same for programs. It holds links, as `links --json` does, and no other id."""
    file = found.file
    content = {
        "asked": found.asked,
        "verdict": found.verdict.value,
        "because": list(found.because),
        "album": found.album,
        "path": found.path,
        "file": None
        if file is None
        else {
            "size": file.size,
            "media_type": file.media_type,
            "width": file.width,
            "height": file.height,
            "sha256": file.digest,
        },
        "gate": found.gate,
        "approve": found.approve,
        "pictures": [
            {
                "link": address(picture.link),
                "standing": picture.standing.value,
                "album": picture.album,
                "path": picture.path,
                "sha256": picture.digest,
                "width": picture.width,
                "height": picture.height,
                "uploaded_at": iso(picture.made_at),
                "placed_at": iso(picture.placed_at),
            }
            for picture in found.pictures
        ],
        "failed": None if found.failed is None else {"reason": found.failed[0], "at": iso(found.failed[1])},
        "offline": found.offline,
    }
    return document("explain", content)

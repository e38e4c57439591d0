"""What one file's content is: a picture, a pointer to one, one that cannot be sent, or nothing of ours."""

from __future__ import annotations

from dataclasses import dataclass

from imgur_sync.local.names import is_secret, promised_type
from imgur_sync.local.pointers import GIT_CRYPT, Pointer, annex_key, annex_pointer, lfs_pointer
from imgur_sync.local.stream import Stream
from imgur_sync.model.local import Why

MIB = 1024 * 1024
STILL_LIMIT = 20 * MIB
MOVING_LIMIT = 200 * MIB
MOST_PIXELS = 100_000_000
LONGEST_SIDE = 32_767

PICTURE, POINTER, UNSENDABLE, SKIPPED = "picture", "pointer", "unsendable", "skipped"
LINK = "link"
"""The `detail` of a skipped symlink."""
LINK_OUT = "link out"
"""The same of one that leads out of the album's folder."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The part of a cache row that follows from content; the fields as in `CachedFile`.

    `detail` of a pointer is the size of what it points to, in bytes.
    """

    kind: str
    digest: str = ""
    media_type: str = ""
    width: int = 0
    height: int = 0
    has_gps: bool = False
    detail: str = ""
    taken: str = ""


NOTHING = Verdict(SKIPPED)


def unsendable(why: Why, text: str = "") -> Verdict:
    """A file that should be a picture and cannot be sent."""
    return Verdict(UNSENDABLE, detail=f"{why.value}\n{text}")


def is_moving(media_type: str) -> bool:
    """Whether Imgur's limit for GIF and video holds (imgur-api §5), not that for still images."""
    return media_type == "image/gif" or media_type.startswith("video/")


def size_limit(media_type: str) -> int:
    """The most bytes that are sent: 20 MiB for a still image (the website's figure), 200 MiB for GIF and video."""
    return MOVING_LIMIT if is_moving(media_type) else STILL_LIMIT


def judge(name: str, stream: Stream) -> Verdict:
    """Read as much of the file as is needed: all of a picture, one look at anything else.

    Raises what reading raises.
    """
    head = stream.head()
    promised = promised_type(name)
    if (pointer := _pointer(head, stream.size)) is not None:
        return points(pointer, promised)
    if head.startswith(GIT_CRYPT):
        return unsendable(Why.ENCRYPTED) if promised else NOTHING
    from imgur_sync.local.media.formats import recognise

    found = recognise(head)
    if found is None:
        return unsendable(Why.NOT_A_PICTURE, _what(head)) if promised else NOTHING
    if is_secret(name):
        return unsendable(Why.SECRET, "files of this name are never sent")
    media_type, walk = found
    if stream.size > size_limit(media_type):
        return too_large(stream.size, media_type)
    try:
        media = walk(stream)
    except (EOFError, ValueError) as flaw:
        return unsendable(Why.TRUNCATED, str(flaw))
    if max(media.width, media.height) > LONGEST_SIDE or media.width * media.height > MOST_PIXELS:
        text = f"{media.width:,} by {media.height:,} pixels; at most {LONGEST_SIDE:,} a side and 100 million in all"
        return unsendable(Why.TOO_MANY_PIXELS, text)
    facts = (media.media_type, media.width, media.height, media.has_gps)
    return Verdict(PICTURE, stream.drain(), *facts, taken=media.taken)


def points(pointer: Pointer, promised: str) -> Verdict:
    """What a pointer to content elsewhere is, under a name that promises that media type ("": none)."""
    if not promised:
        return NOTHING
    if pointer.size > size_limit(promised):
        return too_large(pointer.size, promised)
    return Verdict(POINTER, pointer.digest, promised, detail=str(pointer.size))


def too_large(size: int, media_type: str) -> Verdict:
    """A file over Imgur's limit."""
    what = "a GIF or video" if is_moving(media_type) else "a still image"
    return unsendable(Why.TOO_LARGE, f"{size / MIB:.1f} MiB; {what} may have {size_limit(media_type) // MIB} MiB")


def _pointer(head: bytes, size: int) -> Pointer | None:
    if size != len(head):
        return None
    if head.startswith(b"/annex/objects/"):
        return annex_pointer(annex_key(head[:1024].decode("utf-8", "replace")))
    return lfs_pointer(head)


def _what(head: bytes) -> str:
    from imgur_sync.local.media.formats import foreign_type

    kind = foreign_type(head)
    return f"its content is {kind}" if kind else ""

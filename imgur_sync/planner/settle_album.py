"""Settling uploads without an account: all that can be read is the album that they were sent into."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from imgur_sync.model.remote import RemotePicture
from imgur_sync.model.synced import Intent, IntentStatus
from imgur_sync.planner.settle import Found, Twin, Verdict, settle_uploads, unseen
from imgur_sync.planner.text_wish import TextWish

CONVERTED: Mapping[str, frozenset[str]] = {
    "image/apng": frozenset({"image/png"}),
    "image/png": frozenset({"image/jpeg"}),
    "image/webp": frozenset({"image/png", "image/jpeg"}),
}
"""What Imgur may make of a type (imgur-api §5)."""


@dataclass(frozen=True, slots=True)
class Stray:
    """A picture of one of several uploads, and nobody knows of which: it leaves the album, in the place of `intent`."""

    intent: Intent
    picture: RemotePicture


def settle_in_album(
    intents: Sequence[Intent],
    shown: Sequence[RemotePicture],
    known: Collection[str],
    adopted: Mapping[str, str],
    read_at: float,
    settle_seconds: float,
) -> tuple[Verdict | Stray, ...]:
    """One verdict or more for each open or suspect upload intent of one album, from one reading of it.

    Where names can be read they decide, as with an account. Where they cannot, a picture that is new since the intent
    and has its type and dimensions is its picture, if no other intent could be meant. If one could, nobody knows which
    is which: all such pictures are strays, which leave the album, and the files are sent again.
    """
    strange = [picture for picture in shown if picture.id not in known]
    if any(picture.name for picture in shown) or not strange:
        return settle_uploads(intents, strange, frozenset(known), adopted, read_at, settle_seconds)
    verdicts: list[Verdict | Stray] = []
    taken: set[str] = set()
    for intent in sorted(intents, key=lambda intent: (intent.status is not IntentStatus.OPEN, intent.number)):
        rivals = [other for other in intents if other is not intent and _alike(other, intent)]
        most = sum(other.sends for other in (intent, *rivals))
        fresh = [p for p in strange if p.id not in taken and _new(intent, p)]
        fresh = sorted(fresh, key=lambda picture: picture.size != intent.size)[:most]
        taken |= {picture.id for picture in fresh}
        if fresh and not rivals and intent.marker not in adopted:
            verdicts.append(Found(intent, fresh.pop(0)))
        elif not fresh or intent.status is IntentStatus.OPEN:
            verdicts.append(unseen(intent, read_at, settle_seconds))
        verdicts.extend(Stray(intent, picture) if rivals else Twin(intent, picture) for picture in fresh)
    return tuple(verdicts)


def _alike(one: Intent, other: Intent) -> bool:
    return (one.media_type, one.width, one.height) == (other.media_type, other.width, other.height)


def _new(intent: Intent, picture: RemotePicture) -> bool:
    """Whether the picture came after the intent and can be what became of its file."""
    same_type = picture.media_type in {intent.media_type, *CONVERTED.get(intent.media_type, ())}
    same_size = not intent.width or (picture.width, picture.height) == (intent.width, intent.height)
    return same_type and same_size and picture.id not in TextWish.parse(intent.wish).strangers

"""Settling without an account: an upload in doubt is looked for in its album, an album in doubt cannot be found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from imgur_sync.executor.observe import list_album
from imgur_sync.executor.session import Session
from imgur_sync.executor.settled import doubted_anew, due
from imgur_sync.executor.tasks import Task
from imgur_sync.executor.twins import adopted_markers
from imgur_sync.model.change import IntentEnded, PictureAdopted
from imgur_sync.model.event import UploadFound, Warned
from imgur_sync.model.remote import RemotePicture
from imgur_sync.model.synced import Intent, IntentStatus
from imgur_sync.planner.recognised import adopted_picture
from imgur_sync.planner.settle import Absent, Early, Forgotten, Found, Twin, Verdict
from imgur_sync.planner.settle_album import Stray, settle_in_album

NO_DIGEST = "0" * 64


def settle_in_albums(session: Session, intents: Sequence[Intent]) -> Task[tuple[Verdict, ...]]:
    """One reading of each album settles its uploads. What was found is recorded; the verdicts on the others are
    returned. A picture that is found so has no deletehash for ever."""
    by_album: dict[str, list[Intent]] = defaultdict(list)
    for intent in intents:
        by_album[intent.album].append(intent)
    left: list[Verdict] = []
    for key, group in sorted(by_album.items()):
        read_at = session.clock.now()
        shown = yield from _shown(session, key)
        if shown is None:
            continue
        group, read_at = list(doubted_anew(session, group)), min(read_at, session.clock.now())
        known = session.store.known(picture.id for picture in shown)
        adopted = adopted_markers(session, {intent.marker for intent in group})
        for verdict in settle_in_album(group, shown, known, adopted, read_at, session.settle_seconds):
            match verdict:
                case Found() | Twin() | Stray():
                    _adopt(session, verdict)
                case Early() | Absent() | Forgotten():
                    left.append(verdict)
                case _:
                    assert_never(verdict)
    return tuple(left)


def _shown(session: Session, key: str) -> Task[tuple[RemotePicture, ...] | None]:
    """What the album shows now; nothing if it is gone, None if nobody can tell."""
    synced = session.store.album(key)
    if synced is None:
        return ()
    session.listings.pop(synced.id, None)
    seen = yield from list_album(session, synced)
    if seen.gone:
        return ()
    return seen.listing.pictures if seen.listing is not None and seen.listing.complete else None


def _adopt(session: Session, verdict: Found | Twin | Stray) -> None:
    """Record a picture of ours that nobody can delete. The next edit takes a twin or stray out of the album; what a
    stray shows is not known, so that it is not taken for any file's."""
    intent, picture = verdict.intent, adopted_picture(verdict.intent, verdict.picture)
    if isinstance(verdict, Found):
        session.store.record(PictureAdopted(picture, intent.number))
        session.resendable.pop(intent.number, None)
        session.emit(UploadFound(intent.album, intent.path, picture.link))
        what = f"{intent.album}: {intent.path} is up, but the answer with its deletehash was lost: it can be shown, and"
        session.emit(Warned(f"{what} never be deleted"))
        return
    if isinstance(verdict, Stray):
        picture = replace(picture, digest=NO_DIGEST, sent_digest=NO_DIGEST, marker="")
    session.store.record(PictureAdopted(picture))
    session.emit(
        Warned(
            f"{intent.album}: a second picture of {intent.path} turned up: it leaves the album and stays on Imgur, "
            "for the answer with its deletehash was lost"
        )
    )


def give_up_creations(session: Session, intents: Sequence[Intent]) -> None:
    """An album whose answer was lost cannot be found or changed by anybody. It is empty: only the answer lets pictures
    in. After the time to settle another one is made."""
    for intent in intents:
        if not due(session, intent):
            continue
        session.store.record(IntentEnded(intent.number, IntentStatus.CLOSED, session.clock.now()))
        session.unowned.lost_albums[intent.album] += 1
        session.emit(
            Warned(
                f"{intent.album}: the answer to making the album was lost; if it was made, an empty album without a "
                "picture stays on Imgur that nobody can find or delete"
            )
        )

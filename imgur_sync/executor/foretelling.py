"""What a round of work may upload, told to the state before anything of it is sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from imgur_sync.executor.session import Session
from imgur_sync.model.plan import AlbumPlan
from imgur_sync.model.step import CreateAlbum, Upload, UploadReason
from imgur_sync.model.synced import Intent, IntentKind
from imgur_sync.planner.marker import album_marker, upload_name
from imgur_sync.planner.text_wish import TextWish


def foretell(session: Session, plans: Sequence[AlbumPlan]) -> None:
    """Tell all at once: for a state that is shared each telling takes about a second."""
    session.store.foretell([draft for plan in plans for draft in _drafts(session, plan)])


def _drafts(session: Session, plan: AlbumPlan) -> Iterator[Intent]:
    """The intents that this album's work will open, as far as that can be known; none for what is sent once more."""
    store, now = session.store, session.clock.now()
    album, again = store.album(plan.album), Counter((i.album, i.digest) for i in session.resendable.values())
    copies: Counter[str] = Counter()
    for step in plan.steps:
        if isinstance(step, CreateAlbum):
            marker = album_marker(store.lineage, plan.album)
            yield Intent(0, IntentKind.CREATE_ALBUM, plan.album, marker=marker, made_at=now)
        elif isinstance(step, Upload):
            if again[step.album, step.digest] > 0:
                again[step.album, step.digest] -= 1
                continue
            copies[step.digest] += 1
            copy = store.highest_copy(step.album, step.digest) + copies[step.digest]
            yield Intent(
                number=0,
                kind=IntentKind.UPLOAD,
                album=step.album,
                target=album.id if album is not None else "",
                path=step.path,
                digest=step.digest,
                size=step.size,
                media_type=step.media_type,
                width=step.width,
                height=step.height,
                has_gps=step.has_gps,
                marker=upload_name(step.path, step.media_type, store.lineage, step.album, step.digest, copy),
                copy=copy,
                made_at=now,
                restores=step.reason is UploadReason.RESTORES,
                wish=TextWish(step.title, step.description).text(),
            )

"""What the state remembers to keep an album safe: protection that outlives its table, and accepted folders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imgur_sync.executor.planning import World
    from imgur_sync.executor.session import Session
    from imgur_sync.model.change import Change
    from imgur_sync.model.plan import Plan
    from imgur_sync.model.spec import AlbumSpec


def protect(session: Session, specs: Iterable[AlbumSpec]) -> None:
    """Remember, before anything is done, which albums the manifest protects."""
    from imgur_sync.model.change import AlbumProtected

    known = session.store.protected()
    fresh: list[Change] = [AlbumProtected(spec.key) for spec in specs if spec.protect and spec.key not in known]
    if fresh:
        session.store.record(*fresh)


def lapsed(session: Session) -> Iterator[str]:
    """Sentences about albums whose protection was taken out of the manifest and holds for this one run still."""
    known = session.store.protected()
    for spec in session.manifest.albums:
        if spec.key in known and not spec.protect:
            what = "is not protected in the manifest any more; nothing is removed from it before the next apply"
            yield f"the album {spec.key} {what}"


def release(session: Session, world: World, plan: Plan) -> tuple[Change, ...]:
    """What ends with a run: protection that the manifest no longer asks for, and the acceptance of a folder that was
    used, or that the folder no longer needs. The albums that the run did not look at keep theirs."""
    from imgur_sync.model.change import AlbumProtected, RootAccepted

    known = session.store.protected()
    seen = {*world.views, *world.quiet}
    gated = {album.album for album in plan.albums if album.gates or album.errors}
    ended: list[Change] = []
    for spec in session.manifest.albums:
        if spec.key in known and not spec.protect and spec.key in seen:
            ended.append(AlbumProtected(spec.key, protect=False))
        if spec.key in seen and spec.key not in gated and session.store.accepted_root(spec.key):
            ended.append(RootAccepted(spec.key, ""))
    return tuple(ended)

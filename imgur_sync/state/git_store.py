"""The state of a run on a machine that keeps nothing: recorded here, and shared before anything depends on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from imgur_sync.model.change import AlbumMade, PictureAdopted
from imgur_sync.model.synced import Intent, IntentKind, IntentStatus
from imgur_sync.state.synced import SqliteStore

if TYPE_CHECKING:
    from imgur_sync.model.change import Change
    from imgur_sync.state.git_share import SharedState

_MAKING = (IntentKind.UPLOAD, IntentKind.CREATE_ALBUM)
"""What a later run must know of before it was sent: sent once more it would be there twice."""


class GitStore(SqliteStore):
    """The `StateStore` of a run that holds a shared state.

    To push each upload would be safe and slow; so uploads are foretold together, and the next run on any machine looks
    for all that were foretold, by their markers. What no marker finds again is shared at once: a new album's id
    (its marker goes with its first edit), and without an account every deletehash. Nothing is begun while another run
    may have taken over: `open_intent` raises `LockHeldError` then.
    """

    @classmethod
    def over(cls, store: SqliteStore, share: SharedState) -> GitStore:
        """A store on the same file, which takes the other's place: that one is not to be used any more."""
        made = cls(store._connection, store._path)
        made._share = share
        return made

    _share: SharedState

    def open_intent(self, draft: Intent) -> Intent:
        """As the port has it. An upload or album that was not foretold is shared first."""
        self._share.check()
        if draft.kind in _MAKING and not self._share.foretold(draft.marker):
            self._share.foretell(self, [draft])
        return super().open_intent(draft)

    def foretell(self, drafts: Sequence[Intent]) -> None:
        """As the port has it: shared when it returns."""
        fresh = [draft for draft in drafts if not self._share.foretold(draft.marker)]
        if fresh:
            self._share.foretell(self, fresh)

    def record(self, *changes: Change) -> None:
        """As the port has it, and shared where nothing on Imgur would tell."""
        super().record(*changes)
        kept = (AlbumMade, PictureAdopted) if self.mode == "anonymous" else AlbumMade
        if any(isinstance(change, kept) for change in changes):
            self._share.publish(self)


def adopt_foretold(store: SqliteStore, drafts: Sequence[Intent]) -> int:
    """Take over what a run foretold that did not end: as open intents, of which nobody knows whether they were sent.
    Returns how many of them the state does not know yet."""
    known = {intent.marker for intent in store.intents(*IntentStatus)}
    known |= {picture.marker for album in store.albums() for picture in store.pictures(album.key)}
    fresh = [draft for draft in drafts if draft.marker not in known]
    for draft in fresh:
        store.open_intent(draft)
    return len(fresh)

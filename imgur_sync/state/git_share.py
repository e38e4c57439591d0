"""A state that lives in a git ref: brought here for a run, shared while it works, put back at its end.

The file at `[state] path` is this machine's copy. What the ref holds:

`lease.json`  who works on it (plain)
`state`       the whole of state.db (sealed)
`begun`       uploads that a run under way may have sent since `state` was written (sealed); gone when it has ended
`tokens`      the newest tokens of the account (sealed)
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from imgur_sync.errors import ImgurSyncError
from imgur_sync.model.synced import Intent
from imgur_sync.state.git_copy import read_copy, snapshot, write_copy
from imgur_sync.state.git_journal import journal, read_journal
from imgur_sync.state.git_lease import GitLease, read_held
from imgur_sync.state.git_ref import GitRef, Held
from imgur_sync.state.git_seal import Sealer
from imgur_sync.state.git_store import adopt_foretold
from imgur_sync.state.store import find_store
from imgur_sync.state.synced import SqliteStore

STATE, BEGUN, TOKENS = "state", "begun", "tokens"
SMALL = 256 * 1024
"""A sealed state of so many bytes goes along whenever something is shared; a larger one not more often than every"""
SELDOM = 300.0


class SharedState:
    """The state of one manifest in one ref. `lineage` is the manifest's, `path` this machine's copy."""

    def __init__(
        self,
        ref: GitRef,
        lease: GitLease,
        sealer: Callable[[], Sealer],
        path: Path,
        lineage: str,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ref, self._lease, self._sealer_of = ref, lease, sealer
        self._path, self._lineage = path, lineage
        self._monotonic = monotonic
        self._sealer: Sealer | None = None
        self._drafts: list[Intent] = []
        self._markers: set[str] = set()
        self._held = self._tokens_known = False
        self._tokens: bytes | None = None
        self._whole_at = -SELDOM
        self._digest = ""

    @property
    def place(self) -> str:
        """Where the state is, for people."""
        return self._ref.place

    @contextmanager
    def held(self, command: str, *, anew: bool = False) -> Iterator[int]:
        """Hold the state while the block lasts, with the newest one at `path`; it is put back at the end, also after an
        error. Yields how many uploads of a run that did not end have to be looked for. `anew`: the block makes another
        state, and what the ref holds may be past reading.

        Raises `LockHeldError` where another run holds it, or took it over meanwhile, and what reading it raises.
        """
        sealer = self._seal()
        with self._lease.hold(command):
            begun = 0 if anew else self._bring(sealer)
            self._held = True
            try:
                yield begun
            finally:
                self._held = False
                self._stage_end()

    def check(self) -> None:
        """As `GitLease.check`."""
        self._lease.check()

    def foretold(self, marker: str) -> bool:
        """Whether a later run looks for that upload or album."""
        return marker in self._markers

    def foretell(self, store: SqliteStore, drafts: Sequence[Intent]) -> None:
        """Share that these may be sent from now on; done when it returns."""
        self._drafts += drafts
        self._markers |= {draft.marker for draft in drafts}
        self._share(store, whole=False)

    def publish(self, store: SqliteStore) -> None:
        """Share the state as it is now; done when it returns."""
        self._share(store, whole=True)

    def tokens(self) -> bytes | None:
        """The tokens in the ref, if any."""
        if not self._tokens_known:
            self._take_in_tokens(self._ref.read())
        return self._tokens

    def keep_tokens(self, content: bytes) -> None:
        """Put tokens into the ref, if this run holds it; else they stay on this machine."""
        self._tokens, self._tokens_known = content, True
        if self._held:
            self._lease.keep({TOKENS: self._seal().seal(TOKENS, content)})

    def look(self) -> tuple[SqliteStore | None, str]:
        """The state as it is in the ref, in memory, with what a run may have sent since as in doubt; None where there
        is none. And who works on it right now, "" if nobody."""
        held, claim = read_held(self._ref)
        self._take_in_tokens(held)
        who = claim.text() if claim is not None and claim.holds(time.time()) else ""
        if STATE not in held.files:
            return None, who
        store = read_copy(self._seal().open(STATE, held.files[STATE]), self._lineage, self.place)
        adopt_foretold(store, self._begun(held, self._seal()))
        return store, who

    def fetch(self) -> bool:
        """Bring the state of the ref to `path`, for commands that only look at it. False where there is none. The lock
        of runs of this machine has to be held."""
        held, _ = read_held(self._ref)
        if STATE not in held.files:
            return False
        write_copy(self._seal().open(STATE, held.files[STATE]), self._path, self._lineage, self.place)
        return True

    def close(self) -> None:
        """Remove what git needed on this disk."""
        self._ref.close()

    def _seal(self) -> Sealer:
        if self._sealer is None:
            self._sealer = self._sealer_of()
        return self._sealer

    def _bring(self, sealer: Sealer) -> int:
        files = self._lease.files
        held = Held("here", files)
        self._take_in_tokens(held)
        self._drafts, self._markers = [], set()
        if STATE not in files:
            return 0  # the first run of all: a state that is here already becomes the shared one
        content = sealer.open(STATE, files[STATE])
        drafts = self._begun(held, sealer)
        write_copy(content, self._path, self._lineage, self.place)
        self._digest = hashlib.sha256(content).hexdigest()
        self._drafts, self._markers = list(drafts), {draft.marker for draft in drafts}
        store = find_store(self._path, lineage=self._lineage)
        if store is None or not drafts:
            return 0
        with store:
            return adopt_foretold(store, drafts)

    def _begun(self, held: Held, sealer: Sealer) -> tuple[Intent, ...]:
        if BEGUN not in held.files:
            return ()
        return read_journal(sealer.open(BEGUN, held.files[BEGUN]), _name(held.files[STATE]), self.place)

    def _take_in_tokens(self, held: Held) -> None:
        self._tokens_known = True
        if TOKENS in held.files:
            with suppress(ImgurSyncError):  # what cannot be read is told of the state; others than these are tried
                self._tokens = self._seal().open(TOKENS, held.files[TOKENS])

    def _share(self, store: SqliteStore, *, whole: bool) -> None:
        sealed = self._lease.files.get(STATE, b"")
        due = len(sealed) <= SMALL or self._monotonic() >= self._whole_at + SELDOM
        files: dict[str, bytes | None] = {}
        if whole or due:
            sealed = files[STATE] = self._seal().seal(STATE, snapshot(store))
            self._whole_at = self._monotonic()
        files[BEGUN] = self._seal().seal(BEGUN, journal(self._drafts, _name(sealed))) if self._drafts else None
        self._lease.keep(files)

    def _stage_end(self) -> None:
        """The state as the run left it goes into the ref together with the end of the lease."""
        store = find_store(self._path, lineage=self._lineage, read_only=True)
        if store is None:
            return
        with store:
            content = snapshot(store)
        if hashlib.sha256(content).hexdigest() != self._digest:
            self._lease.stage({STATE: self._seal().seal(STATE, content)})
        self._lease.stage({BEGUN: None})


def _name(sealed: bytes) -> str:
    return hashlib.sha256(sealed).hexdigest()

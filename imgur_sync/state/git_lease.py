"""The lock of a shared state: who holds it and until when stands in the ref itself, beside what it guards.

So one compare-and-swap decides about both: whoever replaces the commit that it read has the lock and the files, and a
run that was overtaken cannot write. A kill releases nothing; its lease ends by itself. A run stops sending when its own
lease is over, which is `spare` seconds before others may take it: what it sent last has settled by then.

When a lease ends is told by its holder's clock, and clocks can be wrong by more than that. So whoever finds one that
was not given back and seems to be over looks on for half a lease before taking it: a run that lives moves the ref then.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from imgur_sync.errors import ImgurSyncError, LockHeldError, StateError, TryAgainLaterError
from imgur_sync.state.git_claim import LEASE, Claim, read_claim
from imgur_sync.state.git_ref import GitRef, Held, Moved

RENEWALS = 4
"""A lease is renewed so often while it lasts."""
_ANOTHER = "It is left as it is. Name another: [state] ref"
MOST_SPARE = 30.0
"""Seconds by which the clocks of two machines may differ, and that a request may be under way."""


class GitLease:
    """The `Lock` in a ref, with the files that it guards. `seconds` is how long it lasts without being renewed,
    `settle` how long what was sent last may take to show. `tell` is told why taking it takes long.

    Not to be held twice by one object. `now` is Unix seconds, `monotonic` seconds that only grow.
    """

    def __init__(
        self,
        ref: GitRef,
        *,
        seconds: float,
        settle: float,
        run: str = "",
        now: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        tell: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._ref, self._run = ref, run
        self._now, self._monotonic = now, monotonic
        self._sleep, self._tell = sleep, tell
        self._seconds = seconds
        self._spare = settle + min(MOST_SPARE, seconds / 2)
        self._mutex = threading.RLock()
        self._files: dict[str, bytes] = {}
        self._claim: Claim | None = None
        self._commit = ""
        self._good = (0.0, 0.0)
        self._lost: LockHeldError | None = None
        self.taken_over: Claim | None = None

    @property
    def files(self) -> Mapping[str, bytes]:
        """The files as this run read or wrote them last."""
        with self._mutex:
            return dict(self._files)

    @contextmanager
    def hold(self, command: str) -> Iterator[None]:
        """Take it or raise `LockHeldError` naming the holder. Renewed by a thread until the block ends.

        Raises `LockHeldError` at the end when another run took it over meanwhile.
        """
        self._take(command)
        done = threading.Event()
        renewing = threading.Thread(target=self._renew_until, args=(done,), name="lease", daemon=True)
        renewing.start()
        try:
            yield
        except BaseException:
            done.set()
            renewing.join()
            self._give_back_quietly()
            raise
        done.set()
        renewing.join()
        self._give_back()

    def holder(self) -> str | None:
        """Who holds it, or None when it is free (or its lease is over)."""
        claim = read_claim(self._ref.read().files.get(LEASE), self._ref.place)
        return claim.text() if claim is not None and claim.holds(self._now()) else None

    def keep(self, files: Mapping[str, bytes | None]) -> None:
        """Put these files into the ref (None: away with it) and renew the lease. Durable when it returns.

        Raises `LockHeldError` when another run took over.
        """
        with self._mutex:
            self.stage(files)
            self._write(renewed=True)

    def stage(self, files: Mapping[str, bytes | None]) -> None:
        """As `keep`, with the next write: at the latest when the lock is given back."""
        with self._mutex:
            for name, data in files.items():
                if data is None:
                    self._files.pop(name, None)
                else:
                    self._files[name] = data

    def check(self) -> None:
        """Return only while what is sent now cannot meet what another run sends. A lease that is over is renewed first,
        if nobody took it. Raises `LockHeldError` when somebody did, and what `GitRef` raises when that is not known."""
        with self._mutex:
            if self._lost is not None:
                raise self._lost
            if self._now() >= self._good[0] or self._monotonic() >= self._good[1]:
                self._write(renewed=True)

    def _take(self, command: str) -> None:
        with self._mutex:
            held, before = read_held(self._ref)
            if before is not None and before.holds(self._now()):
                raise _refusal(before)
            if before is not None and before.until is not None:
                held, before = self._look_on(held, before)
            self._lost = None
            self.taken_over = before if before is not None and before.until is not None else None
            self._commit, self._files = held.commit, {n: d for n, d in held.files.items() if n != LEASE}
            number = before.number + 1 if before is not None else 1
            self._claim = Claim.mine(command, self._run, self._now(), secrets.token_hex(8), number)
            self._write(renewed=True)

    def _look_on(self, held: Held, claim: Claim) -> tuple[Held, Claim | None]:
        """What the ref holds after half a lease. Raises `LockHeldError` where its holder gave a sign of life."""
        pause = self._seconds / 2
        if pause >= 1:
            run = claim.until_then(None).text()
            self._tell(
                f"{run} did not end. Its place is taken in {pause:.0f} s, unless it shows until then that it lives."
            )
        self._sleep(pause)
        later, after = read_held(self._ref)
        if later.commit != held.commit and after is not None and after.until is not None:
            raise _refusal(after)
        return later, after

    def _write(self, *, renewed: bool) -> None:
        """One compare-and-swap. Who loses it has lost the lock for good."""
        assert self._claim is not None, "only a lock that is held is written"
        if self._lost is not None:
            raise self._lost
        now, monotonic = self._now(), self._monotonic()
        until = now + self._seconds + self._spare if renewed else None
        claim = self._claim.until_then(until)
        try:
            files = {**self._files, LEASE: claim.data()}
            self._commit = self._ref.write(files, self._commit, f"imgur-sync: {claim.command}")
        except Moved:
            self._lost = self._overtaken()
            raise self._lost from None
        self._claim = claim
        self._good = (now + self._seconds, monotonic + self._seconds)

    def _overtaken(self) -> LockHeldError:
        """Why this run may write no more. It never tries again, whoever holds the ref now."""
        claim = read_claim(self._ref.read().files.get(LEASE), self._ref.place)
        return (
            _refusal(claim)
            if claim is not None
            else LockHeldError(f"{self._ref.place} was removed while this run held it")
        )

    def _renew_until(self, done: threading.Event) -> None:
        pause = self._seconds / RENEWALS
        while not done.wait(pause):
            with self._mutex:
                if self._lost is not None:
                    return
                try:
                    self._write(renewed=True)
                except ImgurSyncError:
                    continue  # the run itself finds out before it sends anything more

    def _give_back(self) -> None:
        """Write what is staged and let others in; tried again where the remote cannot be reached for a moment."""
        for pause in (1.0, 4.0, None):
            try:
                with self._mutex:
                    self._write(renewed=False)
                return
            except TryAgainLaterError:
                if pause is None:
                    raise
                time.sleep(pause)

    def _give_back_quietly(self) -> None:
        """While another error is on its way: that one is told."""
        try:
            self._give_back()
        except ImgurSyncError:
            return


def _refusal(claim: Claim) -> LockHeldError:
    return LockHeldError(
        f"another run works on this state: {claim.text()}",
        holder=claim.text(),
        hint="Wait for it to end. Of a run that was killed the lease ends by itself, at the time named.",
        command=claim.command,
    )


def read_held(ref: GitRef) -> tuple[Held, Claim | None]:
    """What the ref holds, and who holds or held it last (None: there is no such ref). Raises `StateError` for a ref of
    something else, which must not be overwritten: a branch with the user's own files, say."""
    held = ref.read()
    claim = read_claim(held.files.get(LEASE), ref.place)
    if held.commit and claim is None:
        raise StateError(f"{ref.place} holds no state of imgur-sync", hint=_ANOTHER)
    if held.foreign:
        raise StateError(f"{ref.place} holds other files beside a state, such as {held.foreign[:60]!r}", hint=_ANOTHER)
    return held, claim

"""The daemon's loop: sleeps until something is due, looks, and runs a pass where there is something to do."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator, Sequence

from imgur_sync.errors import (
    CredentialsError,
    ExitCode,
    ImgurSyncError,
    InterruptedRun,
    MadeRoomError,
    ManifestError,
    NewerStateError,
    OutdatedError,
    StateError,
    UsageError,
)
from imgur_sync.model.activity import Wait, WaitKind
from imgur_sync.model.spec import Manifest
from imgur_sync.report.escape import sentence
from imgur_sync.watch.agenda import Agenda
from imgur_sync.watch.events import (
    Asleep,
    Began,
    NotReloaded,
    PassBegan,
    PassFailed,
    Reloaded,
    WatchEvent,
)
from imgur_sync.watch.listening import Listener
from imgur_sync.watch.looking import Looked, peek, run_pass
from imgur_sync.watch.patience import Closure
from imgur_sync.watch.precedence import first_of, preferred
from imgur_sync.watch.roots import is_special, watched_roots
from imgur_sync.watch.site import Site
from imgur_sync.watch.standing import Standings
from imgur_sync.watch.turns import Timers

ANEW = "Start watch anew; a service manager does that by itself. All that was done is saved."
HOUR = 3600.0
"""Seconds after which what is left of an album that is to be removed is tried again."""
POLITE = 1.0
"""Seconds that somebody who asked for the lock of runs is given to take it."""


class Daemon:
    """Keeps albums equal to their folders until it is asked to stop. Lives on one thread, the control thread."""

    def __init__(self, site: Site, manifest: Manifest) -> None:
        self._site = site
        self._clock = site.clock
        self.manifest = manifest
        self.agenda = Agenda(manifest.watch)
        self.standings = Standings(site, manifest)
        self.closure = Closure()
        self.timers = Timers(site, manifest)
        self._listener = Listener(site, self.agenda, self.standings, manifest)
        self._reload = False
        self._began = False
        self._untold: list[WatchEvent] = []
        self._asleep_until: float | None = None

    def request_reload(self) -> None:
        """Read the manifest anew at the next opportunity, and look at all folders. For signal handlers."""
        self._reload = True
        self._site.watcher.wake()

    def run(self) -> Iterator[WatchEvent]:
        """Watch for ever. Ends with `InterruptedRun` when it is asked to stop, or with what makes going on impossible:
        at the start whatever a first pass cannot begin with."""
        site = self._site
        site.watcher.watch(watched_roots(self.manifest))
        yield Began(len(self.manifest.albums))
        while not site.stopping():
            site.alive()
            if site.outdated():
                raise OutdatedError("another version of imgur-sync was installed", hint=ANEW)
            self._untold += self._listener.take_all()
            yield from self._untold
            self._untold.clear()
            now = self._clock.monotonic()
            rescan = self._reload or self.timers.rescan_at <= now
            if rescan or self._manifest_due(now):
                yield from self._load_anew()
            if rescan:
                self.agenda.note(self._keys(), now)
                self.timers.rescanned(now)
            yield from self._turn(now) or self._sleep()
        raise InterruptedRun(ExitCode(128 + site.stopping()))

    def next_look(self) -> float:
        """When all folders are looked at next (Unix seconds, our clock), unless something happens before."""
        return self._clock.now() + self.timers.rescan_at - self._clock.monotonic()

    def closed(self) -> tuple[Wait, ...]:
        """What keeps all albums waiting: Imgur, or another run."""
        now, error = self._clock.monotonic(), self.closure.error
        if error is None or self.closure.until <= now:
            return ()
        until = self._clock.now() + self.closure.until - now
        return (Wait(WaitKind.TROUBLE, "", sentence(error.message, 400), until=until, remedy=error.hint),)

    # One turn

    def _turn(self, now: float) -> Iterator[WatchEvent] | None:
        """What is to be done now; None where that is nothing."""
        everything = self.timers.drift_at <= now and self.closure.until <= now
        due = self.agenda.due(now)
        if not due and not everything:
            return None
        return self._look_and_act(due, everything=everything)

    def _look_and_act(self, due: Collection[str], *, everything: bool) -> Iterator[WatchEvent]:
        self._asleep_until = None
        now = self._clock.monotonic()
        keys = self._keys() if everything else self.standings.apart(first_of(self.manifest, due))
        self.agenda.looked_at(keys if keys else due)
        if everything:
            at_odds = self.standings.quarrelled() | self.standings.unusable()
            others = tuple(key for key in self._keys() if key not in at_odds) if at_odds else ()
            self.agenda.note([key for key in keys if key in at_odds], now)
            if at_odds and not others:
                self.timers.looked_everywhere(0, now)
                return
            yield from self._pass(others, "to look for changes on Imgur", everything=True)
            return
        givers: frozenset[str] = frozenset()
        if keys:
            found = yield from self._peeked(keys)
            if found is None:
                return
            keys, givers = found
        now = self._clock.monotonic()
        acting = [key for key in keys if self.standings.acts(key, now)]
        for key in keys:
            if key not in acting:
                self._note(key)
        if not acting:
            return
        if self.closure.until > now:
            self.agenda.note(acting, self.closure.until)
            return
        givers -= self.standings.quarrelled() | self.standings.unusable()
        yield from self._pass(tuple(key for key in keys if key in acting or key in givers), "something changed")

    def _peeked(self, keys: Sequence[str]) -> Generator[WatchEvent, None, Looked | None]:
        """Look at these albums without Imgur; None where the state, say, could not be read: it is tried again."""
        try:
            return (yield from peek(self._site, self.manifest, keys, self.standings))
        except InterruptedRun:
            raise
        except ImgurSyncError as error:
            yield from self._failed(error, keys)
            return None

    def _pass(self, keys: tuple[str, ...], why: str, *, everything: bool = False) -> Iterator[WatchEvent]:
        """One pass over these albums (none named: all)."""
        if self._site.board.wishes():
            self._pause(POLITE)
        if self._site.stopping():
            return
        meant = keys or self._keys()
        yield PassBegan(keys, why)
        try:
            run = yield from run_pass(self._site, self.manifest, keys, self.standings, self._room_wanted)
        except InterruptedRun:
            raise
        except ImgurSyncError as error:
            yield from self._failed(error, meant)
            return
        self.closure.open()
        self._began = True
        if everything:
            self.timers.looked_everywhere(run.looking, self._clock.monotonic())
            if self.standings.left_outside():
                self.timers.look_within(HOUR)
            self.agenda.note(preferred(self.manifest), self._clock.monotonic())
        for key in meant:
            self._note(key)

    def _failed(self, error: ImgurSyncError, meant: Collection[str]) -> Iterator[WatchEvent]:
        """A pass ended early: nothing is lost, and it is tried again later."""
        if isinstance(error, NewerStateError) and (self._began or self.closure.error is not None):
            raise OutdatedError("a newer imgur-sync changed the state while this one ran", hint=ANEW) from error
        if not self._began and isinstance(error, StateError | CredentialsError | UsageError):
            raise error
        now, wall = self._clock.monotonic(), self._clock.now()
        if isinstance(error, ManifestError):
            yield from self._unusable(error, tuple(meant))
            return
        until = self.closure.close(error, now, wall)
        self.agenda.note(meant, until)
        if not isinstance(error, MadeRoomError):
            yield PassFailed(error, wall + until - now)

    def _unusable(self, error: ManifestError, meant: tuple[str, ...]) -> Iterator[WatchEvent]:
        """Something in the manifest cannot be carried out: it is found out for which album, and the others go on."""
        now, wall = self._clock.monotonic(), self._clock.now()
        self.timers.looked_everywhere(0, now)
        new = self.standings.blame(meant, error)
        until = now if len(meant) > 1 else self.standings.blamed_until(meant[0])
        self.agenda.note(meant, until)
        if new:
            yield PassFailed(error, wall + until - now)

    def _note(self, key: str) -> None:
        """Look at this album again when its standing says so."""
        at = self.standings.again_at(key)
        if at is not None:
            self.agenda.note((key,), at)

    def _keys(self) -> tuple[str, ...]:
        return tuple(spec.key for spec in self.manifest.albums)

    # Others

    def _room_wanted(self) -> ImgurSyncError | None:
        """Asked about once a second in a pass: whether it is to make room."""
        self._site.alive()
        if self._site.board.wishes():
            return MadeRoomError("somebody asked for their turn")
        self._untold += self._listener.take_all()
        now = self._clock.monotonic()
        if self._manifest_due(now) and (self._reload or self._manifest_changed(now)):
            return MadeRoomError("the manifest changed")
        if self.standings.overtaken(self.agenda.due(now)):
            return MadeRoomError("an album of higher priority changed")
        return None

    def _pause(self, seconds: float) -> None:
        """Let time pass: whoever asked for the lock of runs gets a moment to take it."""
        until = self._clock.monotonic() + seconds
        while self._clock.monotonic() < until and not self._site.stopping():
            if (hint := self._site.watcher.next(until)) is not None:
                self._untold += self._listener.take(hint, self._clock.monotonic())

    # The manifest

    def _manifest_due(self, now: float) -> bool:
        return self._reload or any(is_special(album) for album in self.agenda.due(now))

    def _manifest_changed(self, now: float) -> bool:
        """Whether a pass is to end for the manifest: not for pictures that lie beside it, nor for a broken edit."""
        try:
            same = self._site.load() == self.manifest
        except ImgurSyncError:
            return False
        if same:
            self.agenda.looked_at([album for album in self.agenda.due(now) if is_special(album)])
        return not same

    def _load_anew(self) -> Iterator[WatchEvent]:
        """Read the manifest and its collections' folders again; one that cannot be used leaves the last good one."""
        asked, self._reload = self._reload, False
        self.agenda.looked_at([album for album in self.agenda.due(self._clock.monotonic()) if is_special(album)])
        try:
            manifest = self._site.load()
        except ImgurSyncError as error:
            if self.standings.manifest_refused(error) or asked:
                yield NotReloaded(error)
            return
        if manifest.state_path != self.manifest.state_path:
            moved = UsageError("[state] path is another one now", hint="that takes a restart of watch")
            if self.standings.manifest_refused(moved) or asked:
                yield NotReloaded(moved)
            return
        self.standings.manifest_refused(None)
        if manifest == self.manifest:
            if asked:
                yield Reloaded(len(manifest.albums))
            return
        changed = [spec.key for spec in manifest.albums if spec != self.manifest.album(spec.key)]
        self.timers.reloaded(self.manifest, manifest, self._clock.monotonic())
        self.manifest = self._listener.manifest = manifest
        self.agenda.pace = manifest.watch
        roots = watched_roots(manifest)
        self.agenda.keep(frozenset(album for root in roots for album in root.albums))
        self.agenda.note(changed, self._clock.monotonic())
        self.standings.reloaded(manifest, changed)
        self._site.stillness.quiet, self._site.absences.hold = manifest.watch.quiet, manifest.watch.removal_hold
        self._site.watcher.watch(roots)
        yield Reloaded(len(manifest.albums))

    # Sleep

    def _sleep(self) -> Iterator[WatchEvent]:
        """Wait for a hint, at most until something is due. A signal's waking may have gone to another call."""
        if self._site.stopping() or self._reload:
            return
        now = self._clock.monotonic()
        moments = (self.agenda.next_at(), self.timers.rescan_at, max(self.timers.drift_at, self.closure.until))
        until = min(moment for moment in moments if moment is not None)
        wall = self._clock.now() + until - now
        if self._asleep_until is None or abs(wall - self._asleep_until) > 1.0:
            self._asleep_until = wall
            yield Asleep(wall)
        if (hint := self._site.watcher.next(min(until, now + self._site.pulse))) is not None:
            yield from self._listener.take(hint, self._clock.monotonic())

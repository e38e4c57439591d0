"""The daemon's loop: sleeps until something is due, looks, and runs a pass where there is something to do."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable, Iterator, Sequence
from contextlib import nullcontext
from typing import TypeVar

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
from imgur_sync.model.activity import Wait
from imgur_sync.model.spec import Manifest
from imgur_sync.watch.agenda import Agenda
from imgur_sync.watch.breaks import Breaks
from imgur_sync.watch.events import Asleep, Began, NotReloaded, PassBegan, PassFailed, Reloaded, WatchEvent
from imgur_sync.watch.listening import Listener
from imgur_sync.watch.looking import Looked, peek, run_pass
from imgur_sync.watch.lookout import Lookout
from imgur_sync.watch.patience import Closure
from imgur_sync.watch.precedence import first_of, preferred
from imgur_sync.watch.roots import is_special, watched_roots
from imgur_sync.watch.site import Site
from imgur_sync.watch.standing import Standings
from imgur_sync.watch.turns import Timers

T = TypeVar("T")
Telling = Generator[WatchEvent, None, T]
ANEW = "Start watch anew; a service manager does that by itself. All that was done is saved."
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
        self.lookout = Lookout(site, manifest, self.standings)
        self._listener = Listener(site, self.agenda, self.standings, self.lookout, manifest)
        self._reload = False
        self._began = False
        self._breaks = Breaks(site, self.agenda, self.standings, self._listener, self._other_manifest)
        self._asleep_until: float | None = None

    def request_reload(self) -> None:
        """Read the manifest anew at the next opportunity, and look at all folders. For signal handlers."""
        self._reload = True
        self._site.watcher.wake()

    def run(self) -> Iterator[WatchEvent]:
        """Watch for ever. Ends with `InterruptedRun` when it is asked to stop, or with what makes going on impossible:
        at the start whatever a first pass cannot begin with."""
        site = self._site
        self._listener.begin()
        self.lookout.check()
        yield Began(len(self.manifest.albums))
        while not site.stopping():
            site.alive()
            if site.outdated():
                raise OutdatedError("another version of imgur-sync was installed", hint=ANEW)
            yield from self._told_meanwhile()
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
        return self.closure.waits(self._clock.monotonic(), self._clock.now())

    # One turn

    def _turn(self, now: float) -> Iterator[WatchEvent] | None:
        """What is to be done now; None where that is nothing."""
        shut, due = self.closure.until > now, self.agenda.due(now)
        everything = not shut and self.lookout.everything(now, due)
        if due or everything:
            return self._look_and_act(due, everything=everything)
        return None if shut or (key := self.lookout.album(now)) is None else self._look_outside(key)

    def _look_outside(self, key: str) -> Iterator[WatchEvent]:
        """Look at one album on Imgur, and have a pass set right what somebody changed there."""
        changed = yield from self._tried(self.lookout.look(key), (key,))
        if changed is not None:
            self.closure.open()
        if changed:
            yield from self._pass((key,), "it changed on Imgur")

    def _look_and_act(self, due: Collection[str], *, everything: bool) -> Iterator[WatchEvent]:
        now = self._clock.monotonic()
        keys = self._keys() if everything else self.standings.apart(first_of(self.manifest, due))
        self.agenda.looked_at(keys if keys else due)
        if everything:
            at_odds = self.standings.quarrelled() | self.standings.unusable()
            others = tuple(key for key in self._keys() if key not in at_odds) if at_odds else ()
            self.agenda.note([key for key in keys if key in at_odds], now)
            if at_odds and not others:
                self.lookout.put_off()
                return
            yield from self._pass(others, "to look for changes on Imgur", everything=True)
            return
        givers: frozenset[str] = frozenset()
        if keys:
            self.standings.precedence.begins(keys)
            found = yield from self._tried(self._peeked(keys), keys)
            if found is None:
                return
            keys, givers = found
        now = self._clock.monotonic()
        acting = [key for key in keys if self.standings.acts(key, now)]
        self.standings.precedence.room_had(keys, acting if self.closure.until <= now else ())
        self._note(key for key in keys if key not in acting)
        if not acting:
            return
        if self.closure.until > now:
            self.agenda.note(acting, self.closure.until)
            return
        givers -= self.standings.quarrelled() | self.standings.unusable()
        yield from self._pass(tuple(key for key in keys if key in acting or key in givers), "something changed")

    def _peeked(self, keys: Sequence[str]) -> Telling[Looked | None]:
        """A look at these albums without Imgur; None where it was broken off: it begins again."""
        try:
            return (yield from peek(self._site, self.manifest, keys, self.standings, self._breaks.of_look))
        except MadeRoomError:
            self.agenda.note(keys, self._clock.monotonic())
            return None

    def _tried(self, work: Telling[T], meant: Collection[str]) -> Telling[T | None]:
        """What this work for these albums comes to; None where it ended early: it is tried again."""
        self._asleep_until = None
        try:
            found = yield from work
            self._began = True
            return found
        except InterruptedRun:
            raise
        except ImgurSyncError as error:
            yield from self._failed(error, meant)
            return None

    def _pass(self, keys: tuple[str, ...], why: str, *, everything: bool = False) -> Iterator[WatchEvent]:
        """One pass over these albums (none named: all)."""
        if self._site.board.wishes():
            self._breaks.pause(POLITE)
        if self._site.stopping():
            return
        meant = keys or self._keys()
        self.standings.precedence.begins(meant)
        yield PassBegan(keys, why)
        looking = self.lookout.whole() if everything else nullcontext()
        with self._listener.passing():
            work = run_pass(self._site, self.manifest, keys, self.standings, self._breaks.of_pass, looking)
            run = yield from self._tried(work, meant)
        if run is None:
            return
        self.closure.open()
        if everything:
            self.lookout.saw_everything()
            self.agenda.note(preferred(self.manifest), self._clock.monotonic())
        self._note(meant)

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
        self.lookout.put_off()
        new = self.standings.blame(meant, error)
        until = now if len(meant) > 1 else self.standings.blamed_until(meant[0])
        self.agenda.note(meant, until)
        if new:
            yield PassFailed(error, wall + until - now)

    def _note(self, keys: Iterable[str]) -> None:
        """Look at these albums again when their standings say so."""
        for key in keys:
            if (at := self.standings.again_at(key)) is not None:
                self.agenda.note((key,), at)

    def _keys(self) -> tuple[str, ...]:
        return tuple(spec.key for spec in self.manifest.albums)

    def _told_meanwhile(self) -> Iterator[WatchEvent]:
        """Take the hints that are there, and tell what those told that came in the last look or pass."""
        untold = self._breaks.untold
        untold += self._listener.take_all()
        yield from untold
        untold.clear()

    # The manifest

    def _other_manifest(self) -> bool:
        """Whether what is under way is to end because the manifest is to be read anew."""
        now = self._clock.monotonic()
        return self._manifest_due(now) and (self._reload or self._manifest_changed(now))

    def _manifest_due(self, now: float) -> bool:
        return self._reload or any(is_special(album) for album in self.agenda.due(now))

    def _manifest_changed(self, now: float) -> bool:
        """Whether a pass is to end for the manifest: not for pictures that lie beside it, nor for a broken edit."""
        try:
            same = self._load() == self.manifest
        except ImgurSyncError:
            return False
        if same:
            self.agenda.looked_at([album for album in self.agenda.due(now) if is_special(album)])
        return not same

    def _load(self) -> Manifest:
        """The manifest as it is now. Links on the way to it may lead elsewhere: that is watched before it is read."""
        self._site.watcher.watch(watched_roots(self.manifest))
        return self._site.load()

    def _load_anew(self) -> Iterator[WatchEvent]:
        """Read the manifest and its collections' folders again; one that cannot be used leaves the last good one.
        Somebody who asks for it may have mended what kept all albums waiting."""
        asked, self._reload = self._reload, False
        if asked:
            self.closure.open()
        self.agenda.looked_at([album for album in self.agenda.due(self._clock.monotonic()) if is_special(album)])
        try:
            manifest = self._load()
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
        self.manifest = manifest
        self.timers.reloaded(manifest, self._clock.monotonic())
        self.lookout.reloaded(manifest)
        self.standings.reloaded(manifest, changed)
        self._site.stillness.quiet, self._site.absences.hold = manifest.watch.quiet, manifest.watch.removal_hold
        self._listener.reloaded(manifest, changed)
        yield Reloaded(len(manifest.albums))

    # Sleep

    def _sleep(self) -> Iterator[WatchEvent]:
        """Wait for a hint, at most until something is due. A signal's waking may have gone to another call."""
        if self._site.stopping() or self._reload:
            return
        now = self._clock.monotonic()
        moments = (self.agenda.next_at(), self.timers.rescan_at, max(self.lookout.next_at(), self.closure.until))
        until = min(moment for moment in moments if moment is not None)
        wall = self._clock.now() + until - now
        if self._asleep_until is None or abs(wall - self._asleep_until) > 1.0:
            self._asleep_until = wall
            yield Asleep(wall)
        if (hint := self._site.watcher.next(min(until, now + self._site.pulse))) is not None:
            yield from self._listener.take(hint, self._clock.monotonic())

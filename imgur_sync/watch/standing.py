"""What a daemon knows of each album: how it stood at the last look, what failed, who quarrels about it."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from dataclasses import replace

from imgur_sync.errors import ExitCode, ImgurSyncError
from imgur_sync.executor.quiet import spec_print
from imgur_sync.model.activity import Queued, Wait, WaitKind
from imgur_sync.model.event import RunFinished
from imgur_sync.model.gate import Gate, GateName
from imgur_sync.model.hint import Unwatched
from imgur_sync.model.plan import AlbumPlan, Plan
from imgur_sync.model.ports import StateStore
from imgur_sync.model.spec import Manifest
from imgur_sync.report.escape import terminal
from imgur_sync.watch.events import FileWaits, GateOpened, GateTripped, Quarrel, WatchEvent
from imgur_sync.watch.outlook import Outlook, outlook, remedy
from imgur_sync.watch.patience import Failures
from imgur_sync.watch.precedence import Precedence
from imgur_sync.watch.quarrels import Quarrels
from imgur_sync.watch.site import Site
from imgur_sync.watch.wording import checking, error_text

REMOTE = (GateName.RESTORE, GateName.ADOPT, GateName.PUBLISH, GateName.STRIKE)
"""Gates about what only Imgur knows."""
LEAST = 1.0
"""Seconds between two looks at an album that nothing touched."""
RUNS = 100
"""So many of the last runs are asked who made them: a day has few more."""
LONG = 60.0
"""Seconds after which a file that is still being written is worth a line in the log."""


class Standings:
    """Albums by key. Those that are in order have no outlook. Times are monotonic seconds but for those of outlooks."""

    def __init__(self, site: Site, manifest: Manifest) -> None:
        self._site = site
        self._manifest = manifest
        self._outlooks: dict[str, Outlook] = {}
        self._prints: dict[str, str] = {}
        self._gates: dict[str, tuple[Gate, ...]] = {}
        self._files: dict[str, frozenset[str]] = {}
        self._stuck: dict[str, str] = {}
        self._doubted: set[str] = set()
        self._doubts: dict[str, dict[str, float]] = {}
        self._suspects: set[str] = set()
        self._blamed: dict[str, str] = {}
        self._failures = Failures()
        self._flaws = Failures()
        self._quarrels = Quarrels(site.memory, site.clock)
        self._quarrels.reread((spec.key, spec_print(spec)) for spec in manifest.albums)
        self.precedence = Precedence(site, manifest)
        self._refusal: str = ""
        self.unwatched: tuple[Unwatched, ...] = ()

    def acts(self, key: str, now: float) -> bool:
        """Whether a pass is to look after this album now."""
        found = self._outlooks.get(key)
        held = max(self._failures.until(key), self._quarrels.until(key))
        return found is not None and found.act and held <= now

    def again_at(self, key: str) -> float | None:
        """When to look at this album again, without being told to; None where only a change is waited for."""
        now, wall = self._site.clock.monotonic(), self._site.clock.now()
        moments = [restless.again for restless in self._site.stillness.restless(key)]
        removal = self._site.absences.next_look(key)
        if removal is not None:
            moments.append(removal)
        found = self._outlooks.get(key)
        if found is not None:
            if found.again is not None:
                moments.append(now + max(1.0, found.again - wall))
            if found.act:
                moments.append(max(self._failures.until(key), self._quarrels.until(key)))
            if found.flawed:
                moments.append(self._flaws.until(key))
        return max(now + LEAST, min(moments)) if moments else None

    def looked(self, plan: Plan, keys: Iterable[str], run: RunFinished | None = None) -> Iterator[WatchEvent]:
        """Take in the plan of a look at these albums, or what a run left over."""
        plans = {album.album: album for album in plan.albums}
        for key in keys:
            self._suspects.discard(key)
            if self._blamed.pop(key, None) is not None:
                self._failures.fine(key)  # its entry can be carried out now
            album = plans.get(key)
            if album is None or run is not None:
                self._doubted.discard(key)
            if album is None:
                yield from self._opened(key, ())
                for kept in (self._outlooks, self._gates, self._files, self._stuck, self._doubts):
                    kept.pop(key, None)
                self._failures.fine(key)
                self._flaws.fine(key)
            else:
                album = self._dated(album, run)
                self._outlooks[key] = found = self._weighed(album, self._outlook(album, plan), run)
                yield from self._opened(key, found.gates)
                yield from self._gates_of(replace(plan, albums=(album,)), found)
                yield from self._files_of(found)

    def _dated(self, album: AlbumPlan, run: RunFinished | None) -> AlbumPlan:
        """The plan, in which no doubt lasts longer than the first look without Imgur said: what a process that was
        killed had sent is in doubt for a while from whenever one looks."""
        known = self._doubts.get(album.album, {}) if run is None else {}
        until = {doubt.what: min(doubt.until, known.get(doubt.what, doubt.until)) for doubt in album.unsettled}
        self._doubts[album.album] = until
        return replace(album, unsettled=tuple(replace(one, until=until[one.what]) for one in album.unsettled))

    def _weighed(self, album: AlbumPlan, found: Outlook, run: RunFinished | None) -> Outlook:
        """Count what failed. What a run left over for want of budget waits for the budget and for nothing else."""
        key, now = album.album, self._site.clock.monotonic()
        self._compare(album)
        (self._flaws.failed(key, now) if found.flawed else self._flaws.fine(key))
        if run is None:
            return self._as_imgur_said(album, found)
        remote = any(gate.name in REMOTE for gate in found.gates)
        (self._stuck.update({key: album.fingerprint}) if remote else self._stuck.pop(key, None))
        if found.act and ExitCode.BUDGET in run.codes and run.resume_at is not None:
            return replace(found, act=False, again=min(run.resume_at, found.again or run.resume_at))
        (self._failures.failed(key, now) if found.act else self._failures.fine(key))
        return found

    def _as_imgur_said(self, album: AlbumPlan, found: Outlook) -> Outlook:
        """A look without Imgur does not see what a gate of the last pass was about: with the same folder, it holds,
        unless another run may have let it through; that takes a pass to know."""
        before = self._outlooks.get(album.album)
        if before is None or self._stuck.get(album.album) != album.fingerprint:
            return found
        known = {gate.name for gate in before.gates}
        gates = (*before.gates, *(gate for gate in found.gates if gate.name not in known))
        waits = (*before.waits, *(wait for wait in found.waits if wait not in before.waits))
        return replace(found, act=album.album in self._doubted, again=None, gates=gates, waits=waits, held=True)

    def _compare(self, album: AlbumPlan) -> None:
        """A folder that is not as it was at the last look ends a quarrel. What failed is no matter of the folder: that
        goes on being tried ever more seldom, else a folder in which something happens all the time would have its
        failing passes follow each other without a pause."""
        before = self._prints.get(album.album) or self._quarrels.folder(album.album) or album.fingerprint
        if before != album.fingerprint:
            self._quarrels.end(album.album)
        self._prints[album.album] = album.fingerprint

    def planned(self, plan: Plan) -> Iterator[WatchEvent]:
        """Take in the first plan of a pass: what somebody changed back on Imgur."""
        now = self._site.clock.monotonic()
        self.precedence.works(frozenset(album.album for album in plan.albums if album.steps))
        for album in plan.albums:
            self._compare(album)
            spec = self._manifest.album(album.album)
            what = self._quarrels.found(album, now, spec_print(spec) if spec is not None else "")
            if what:
                until = self._site.clock.now() + self._quarrels.until(album.album) - now
                yield Quarrel(album.album, what, until)

    def doubt_held(self) -> tuple[str, ...]:
        """Another run was made: the albums that it may have changed something about for us, to be looked at."""
        self._doubted |= self._stuck.keys()
        return tuple(spec.key for spec in self._manifest.albums if self._held(spec.key))

    def _held(self, key: str) -> bool:
        found = self._outlooks.get(key)
        return found is not None and found.held

    def apart(self, keys: tuple[str, ...]) -> tuple[str, ...]:
        """These albums, or one alone of those among which one has an entry that cannot be used."""
        suspects = [key for key in keys if key in self._suspects]
        return (suspects[0],) if suspects else keys

    def blame(self, keys: tuple[str, ...], error: ImgurSyncError) -> bool:
        """What the manifest says of one of these albums cannot be carried out. Whether it is known which, and new."""
        if len(keys) > 1:
            self._suspects |= set(keys)
            return False
        key, now = keys[0], self._site.clock.monotonic()
        self._suspects.add(key)
        self._failures.failed(key, now)
        what = error_text(error)
        before, self._blamed[key] = self._blamed.get(key), what
        wait = Wait(WaitKind.MANIFEST, key, what, remedy=checking(self._manifest.path))
        self._outlooks[key] = Outlook(key, act=True, again=None, waits=(wait,))
        return before != what

    def blamed_until(self, key: str) -> float:
        """When an album of which the manifest says what cannot be carried out is tried again."""
        return self._failures.until(key)

    def unusable(self) -> frozenset[str]:
        """The albums with an entry that cannot be used, as far as it is known."""
        return frozenset(self._blamed)

    def heed(self, store: StateStore) -> None:
        """Take in who worked by hand on albums that are left alone: that ends it."""
        if self.quarrelled():
            self._quarrels.heed(store.runs(RUNS))

    def quarrelled(self) -> frozenset[str]:
        """The albums that are left alone now."""
        now = self._site.clock.monotonic()
        return frozenset(spec.key for spec in self._manifest.albums if self._quarrels.until(spec.key) > now)

    def overtaken_in_a_look(self, due: Iterable[str]) -> bool:
        """As `Precedence.overtaken`, where these albums would be looked at alone then; otherwise nothing is won."""
        return self.precedence.overtaken_alone(due, self._suspects)

    def reloaded(self, manifest: Manifest, changed: Iterable[str]) -> None:
        """Another manifest rules, with other entries of these albums."""
        self._manifest = self.precedence.manifest = manifest
        for key in changed:
            self._failures.fine(key)
            self._quarrels.forget(key)
        keys = frozenset(spec.key for spec in manifest.albums)
        for key in self._outlooks.keys() - keys:
            del self._outlooks[key]
        for key in self._prints.keys() - keys:
            del self._prints[key]
        self._site.stillness.forget(keys)

    def manifest_refused(self, error: ImgurSyncError | None) -> bool:
        """The manifest cannot be used as it is (None: it can); whether that is new."""
        text = error_text(error) if error is not None else ""
        new, self._refusal = text != self._refusal, text
        return new and bool(text)

    def outside(self) -> tuple[str, ...]:
        """Albums of which something is known that the manifest does not name: those that are to be removed, and
        sub-folders that went away."""
        here = {spec.key for spec in self._manifest.albums}
        return tuple(key for key in self._outlooks if key not in here)

    def left_outside(self) -> bool:
        """Whether something can be done for albums that the manifest does not name."""
        return any(self._outlooks[key].act or self._outlooks[key].again is not None for key in self.outside())

    def queue(self) -> tuple[Queued, ...]:
        """What is before each album, in the order of the manifest."""
        found = (self._outlooks.get(spec.key) for spec in self._manifest.albums)
        return tuple(one.queued for one in found if one is not None and one.queued is not None)

    def waits(self) -> tuple[Wait, ...]:
        """All that waits for something, in the order of the manifest; the manifest and the folders first."""
        return tuple(self._waits())

    def _waits(self) -> Iterator[Wait]:
        if self._refusal:
            what = f"the manifest cannot be used as it is now; the one before it still rules: {self._refusal}"
            yield Wait(WaitKind.MANIFEST, "", what, remedy=checking(self._manifest.path))
        for one in self.unwatched:
            yield from (Wait(WaitKind.FOLDER, album, one.text) for album in one.albums if not album.startswith("("))
        now, wall = self._site.clock.monotonic(), self._site.clock.now()
        for spec in self._manifest.albums:
            until = self._quarrels.until(spec.key)
            if until > now:
                what = "somebody else keeps changing it back, so it is left alone"
                start = f"imgur-sync -f {shlex.quote(terminal(str(self._manifest.path)))}"
                remedy = f"{start} apply {shlex.quote(terminal(spec.key))}"
                yield Wait(WaitKind.PAUSED, spec.key, what, until=wall + until - now, remedy=remedy)
            found = self._outlooks.get(spec.key)
            until = self._failures.until(spec.key)
            if found is not None and found.act and until > now and spec.key not in self._blamed:
                what = "the last pass could not do all; the longer that lasts, the more seldom it is tried"
                yield Wait(WaitKind.TROUBLE, spec.key, what, until=wall + until - now)
            yield from found.waits if found is not None else ()
        for key in self.outside():
            yield from self._outlooks[key].waits

    def _outlook(self, album: AlbumPlan, plan: Plan) -> Outlook:
        now, wall = self._site.clock.monotonic(), self._site.clock.now()
        removals = {path: wall + at - now for path, at in self._site.absences.waiting(album.album).items()}
        return outlook(album, plan, self._manifest.path, removals)

    def _opened(self, key: str, gates: tuple[Gate, ...]) -> Iterator[WatchEvent]:
        """Tell of gates that held at the last look and do no more."""
        names = {gate.name for gate in gates}
        yield from (GateOpened(key, gate.name) for gate in self._gates.get(key, ()) if gate.name not in names)

    def _files_of(self, found: Outlook) -> Iterator[WatchEvent]:
        """Tell, once, of files that cannot be sent; of one that is being written only when that takes long."""
        before = self._files.get(found.album, frozenset())
        # In brackets stand details, which may change with every look at a file that grows.
        texts = [wait.what.partition(" (")[0] for wait in found.waits if wait.kind is WaitKind.FILE]
        since = {terminal(one.path): one.since for one in self._site.stillness.restless(found.album)}
        young = {path for path, at in since.items() if self._site.clock.monotonic() - at < LONG}
        old = [text for text in texts if text.partition(": ")[0] not in young]
        self._files[found.album] = frozenset(old)
        yield from (FileWaits(found.album, text) for text in old if text not in before)

    def _gates_of(self, plan: Plan, found: Outlook) -> Iterator[WatchEvent]:
        """Tell of gates that did not hold before, or held another number."""
        before, self._gates[found.album] = self._gates.get(found.album, ()), found.gates
        told = {(gate.name, gate.count) for gate in before}
        for gate in found.gates:
            if (gate.name, gate.count) not in told:
                yield GateTripped(gate, plan, remedy(gate, self._manifest.path))

"""Looks for what others change on Imgur: one album after the other, and all of them, within what a day allows.

When it looked, and what that cost, is remembered from one process to the next: a daemon that is started again and again
looks no more often than one that runs. All times are monotonic seconds but for those that are remembered.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace

from imgur_sync.errors import BudgetError, CredentialsError, ImgurSyncError, StateError, UsageError
from imgur_sync.executor import Ports
from imgur_sync.executor.outside import Sight, look_at
from imgur_sync.model.remembered import EVERYTHING, Look, Spent
from imgur_sync.model.spec import Manifest
from imgur_sync.watch.events import WatchEvent
from imgur_sync.watch.schedule import DAY, NEVER, PAGE, WINDOW, Glance, Next, Past, Terms, allowed, next_look
from imgur_sync.watch.site import Site
from imgur_sync.watch.standing import Standings
from imgur_sync.watch.turns import LONGEST_YEARS

LEFT = 3600.0
"""Seconds after which what is left of an album that is to be removed is tried again."""


class Lookout:
    """When to look at Imgur, at what, and one look at one album. `whole_at` is when the manifest asks for a look at
    everything: albums came, went or moved, or nobody knows what happened before."""

    def __init__(self, site: Site, manifest: Manifest, standings: Standings) -> None:
        self._site = site
        self._manifest = manifest
        self._standings = standings
        self._past, self._of = self._recalled()
        self.whole_at = self._asked_at()

    def next_at(self) -> float:
        """When to look next."""
        coming = self._next(self._site.clock.monotonic())
        return min(self.whole_at, LONGEST_YEARS if coming is None else coming.at)

    def everything(self, now: float, due: Collection[str]) -> bool:
        """Whether all albums are to be looked at now, and not these, which are due, without Imgur before."""
        coming = self._next(now)
        if self.whole_at > now and (coming is None or coming.album is not None or coming.at > now):
            return False
        apart = self._standings.quarrelled() | self._standings.unusable()
        return not self._standings.precedence.reads_first(due, apart)

    def album(self, now: float) -> str | None:
        """The album that is to be looked at now; None where none is."""
        coming = self._next(now)
        return coming.album if coming is not None and coming.at <= now else None

    def check(self) -> None:
        """Raise what no look at Imgur can begin with; nothing is asked of it."""
        try:
            with self._site.looking(self._manifest, 1):
                return
        except ImgurSyncError as error:
            if isinstance(error, StateError | CredentialsError | UsageError):
                raise

    def look(self, key: str) -> Generator[WatchEvent, None, bool]:
        """Look at one album; whether it is not as it was. Raises what keeps all requests from Imgur."""
        coming, before = self._next(self._site.clock.monotonic()), self._past.albums.get(key, Glance())
        begun = self._begin(key, before, coming.most if coming is not None else before.price)
        cost, since = 0, self._wall(before.at) + 1.0
        try:
            with self._site.looking(self._manifest, begun.credits) as opened:
                ports = replace(opened, room_wanted=self._room_wanted)
                try:
                    sight = yield from _sight(ports, self._manifest, key, since, begun.credits)
                finally:
                    cost = _cost(ports)
        except ImgurSyncError:
            self._end(key, before, begun, cost)
            raise
        now = self._site.clock.monotonic()
        at = now if sight.listed_at is None else min(now, self._own(sight.listed_at))
        self._end(key, Glance(at, cost or before.price), begun, cost)
        return sight.changed

    @contextmanager
    def whole(self) -> Iterator[Callable[[int], None]]:
        """Surrounds a look at everything, which says here what it cost before anything was done. One that the manifest
        asked for lists what is new, and tells nothing of what the next one costs."""
        before, count = self._past.everything, len(self._manifest.albums)
        asked = self.whole_at <= self._site.clock.monotonic()
        price = before.price if before.at != NEVER else count + count // PAGE + 1
        begun = self._begin(EVERYTHING, before, price)
        told: list[int] = []
        try:
            yield told.append
        except ImgurSyncError:
            self._end(EVERYTHING, before, begun, sum(told))
            raise
        glance = Glance(self._site.clock.monotonic(), before.price if asked else max(1, sum(told)))
        self._end(EVERYTHING, glance, begun, sum(told))

    def saw_everything(self) -> None:
        """A look at everything came to its end; what it could not do for albums that are to go is tried again."""
        left, now = self._standings.left_outside(), self._site.clock.monotonic()
        self._of = "" if left else made_of(self._manifest)
        self.whole_at = self._room_for(now + LEFT) if left else now + LONGEST_YEARS
        self._site.memory.end_look(self._look(EVERYTHING, self._past.everything), Spent(0.0, 0))

    def put_off(self) -> None:
        """Everything cannot be looked at now, for what the manifest says of one album."""
        now = self._site.clock.monotonic()
        self._past = replace(self._past, everything=Glance(now, self._past.everything.price))
        self.whole_at = max(self.whole_at, now + self._manifest.watch.rescan)

    def soon(self) -> None:
        """Somebody else may have let through what waited for albums that the manifest does not name."""
        self.whole_at = min(self.whole_at, self._room_for(self._site.clock.monotonic()))

    def reloaded(self, manifest: Manifest) -> None:
        """Another manifest rules: albums that came, went or moved, and another account, are looked at on Imgur now."""
        before, self._manifest = self._manifest, manifest
        if made_of(before) != made_of(manifest):
            self.whole_at = self._site.clock.monotonic()

    def _room_wanted(self) -> None:
        """Asked about once a second in a look: it is over soon, and makes no room."""
        self._site.alive()

    def _next(self, now: float) -> Next | None:
        return next_look(self._terms(), self._past, now)

    def _terms(self) -> Terms:
        manifest, apart = self._manifest, self._standings.quarrelled() | self._standings.unusable()
        return Terms(
            keys=tuple(spec.key for spec in manifest.albums if spec.key not in apart),
            a_day=manifest.budget.refresh_credits_per_day,
            max_age=manifest.watch.remote_max_age,
            pace=manifest.watch.rescan,
            headers=not manifest.account.anonymous,
        )

    def _asked_at(self) -> float:
        """When a daemon that begins looks at everything for its manifest: at once, but for one that was started again
        and again and never came to the end of that look."""
        now = self._site.clock.monotonic()
        if self._of == made_of(self._manifest):
            return now + LONGEST_YEARS
        return self._room_for(now)

    def _room_for(self, at: float) -> float:
        """The first moment from then on at which a day's credits let everything be looked at, if that costs what the
        last look did."""
        terms, price = self._terms(), self._past.spent[-1][1] if self._past.spent else 1
        a_day = terms.a_day or len(terms.keys) + 1
        return allowed(replace(terms, a_day=a_day), self._past, at, price)[0]

    # What is remembered

    def _recalled(self) -> tuple[Past, str]:
        looks = {look.album: look for look in self._site.memory.looks()}
        of = looks[EVERYTHING].of if EVERYTHING in looks else ""
        glances = {key: Glance(self._own(look.at), max(1, look.credits)) for key, look in looks.items()}
        spent = [(self._own(spent.at), spent.credits) for spent in self._site.memory.spent()]
        return Past(glances.pop(EVERYTHING, Glance()), glances, sorted(spent)), of

    def _begin(self, key: str, before: Glance, most: int) -> Spent:
        now = self._site.clock.monotonic()
        glance, draft = Glance(now, before.price), Spent(self._site.clock.now(), most)
        begun = self._site.memory.begin_look(self._look(key, glance), draft)
        self._took(key, glance)
        return begun

    def _end(self, key: str, glance: Glance, begun: Spent, cost: int) -> None:
        """It is over: what it cost is spent now, so that what was asked for at its end counts for a whole day."""
        now = self._site.clock.monotonic()
        self._took(key, glance)
        recent = [(at, credits) for at, credits in self._past.spent if at > now - WINDOW - DAY]
        self._past = replace(self._past, spent=[*recent, (now, cost)] if cost else recent)
        self._site.memory.end_look(self._look(key, glance), Spent(self._site.clock.now(), cost, begun.number))

    def _took(self, key: str, glance: Glance) -> None:
        if key == EVERYTHING:
            self._past = replace(self._past, everything=glance)
        else:
            self._past = replace(self._past, albums={**self._past.albums, key: glance})

    def _look(self, key: str, glance: Glance) -> Look:
        return Look(key, self._wall(glance.at), glance.price, self._of if key == EVERYTHING else "")

    def _wall(self, at: float) -> float:
        """A moment as it is remembered; 0 for what never was."""
        clock = self._site.clock
        return 0.0 if at == NEVER else clock.now() - (clock.monotonic() - at)

    def _own(self, at: float) -> float:
        """A remembered moment; one to come, by a clock that was put back since, counts as now."""
        clock = self._site.clock
        return NEVER if at == 0.0 else clock.monotonic() - max(0.0, clock.now() - at)


def made_of(manifest: Manifest) -> str:
    """A fingerprint of what a look at everything is needed for: which albums there are, are to go, and were moved, and
    whose they are."""
    keys = sorted(spec.key for spec in manifest.albums)
    facts = (keys, manifest.removed, manifest.moved, manifest.account, manifest.lineage, manifest.state_path)
    return hashlib.sha256(repr(facts).encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _sight(ports: Ports, manifest: Manifest, key: str, since: float, most: int) -> Generator[WatchEvent, None, Sight]:
    """One look; where what it may cost was not enough, the album has its next turn in the next round."""
    try:
        return (yield from look_at(ports, manifest, key, since))
    except BudgetError as error:
        if error.resume_at is not None or _cost(ports) < most:
            raise
        return Sight(changed=False)


def _cost(ports: Ports) -> int:
    return ports.ledger.spent() if ports.ledger is not None else 0

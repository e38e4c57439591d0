"""What one run works with: the ports, the wishes of the caller, and what it has read so far."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias, assert_never

from imgur_sync.errors import (
    BudgetError,
    ImgurSyncError,
)
from imgur_sync.executor.ends import error_of
from imgur_sync.executor.found import Gates, Review, Tally, Unowned
from imgur_sync.executor.renaming import follow
from imgur_sync.executor.scheduler import Scheduler
from imgur_sync.executor.tasks import Do, Pause, T, Task
from imgur_sync.model.budget import Charge, Reservation
from imgur_sync.model.event import Event, Waiting
from imgur_sync.planner.collections import with_vanished
from imgur_sync.planner.retry import (
    Decision,
    EndRun,
    Fail,
    Park,
    Patience,
    Request,
    Resolve,
    RetryAfter,
    Standing,
    decide,
)

if TYPE_CHECKING:
    from imgur_sync.model.budget import LimitName
    from imgur_sync.model.outcome import NotSent, Outcome, Problem, Refused, Unknown
    from imgur_sync.model.plan import AlbumPlan, GateName
    from imgur_sync.model.ports import (
        Cache,
        Clock,
        Ledger,
        LocalFiles,
        RemoteReader,
        RemoteWriter,
        StateStore,
        Workers,
    )
    from imgur_sync.model.remote import AlbumHeader, RemoteAlbum
    from imgur_sync.model.reviewed import Expected
    from imgur_sync.model.spec import Manifest
    from imgur_sync.model.step import Step
    from imgur_sync.model.synced import Agreed, FailedFile, Intent, RetiredUrl


NO_TIME = "Imgur names no time: try again in an hour"
NO_ROOM = "no time brings it back: lower reserve_credits in [budget], which leaves too little of the day"
OWN_CAP = "allow this run more: --max-credits, or max_credits_per_run in [budget]"


@dataclass(frozen=True, slots=True)
class Ports:
    """The implementations of one run. Without a `reader` nothing is sent; without a `ledger` nothing is priced against
    what is left. `chance` gives numbers in [0, 1) to spread retries. Where `room_wanted` returns an error, the run ends
    with it after its requests in flight; it is asked about once a second, on the control thread."""

    local: LocalFiles
    store: StateStore
    cache: Cache
    clock: Clock
    workers: Workers
    reader: RemoteReader | None = None
    ledger: Ledger | None = None
    chance: Callable[[], float] = random.random
    room_wanted: Callable[[], ImgurSyncError | None] | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """What the caller asks for. `albums` are keys, none means all. `rebuild` (plans only: an apply is
    given a rebuilt state) says that the state is new although the manifest names a lineage: what carries its markers on
    Imgur is adopted first, in memory. `expect` is the plan that an apply is to carry out. `bind` says that the plan is
    to be written to a file: it tells what it is bound to. `wait` goes on, window by window, until the budget has
    let everything through. `copy` is where the copy of a state without an account is kept, for people."""

    albums: tuple[str, ...] = ()
    approvals: Mapping[GateName, int] = field(default_factory=dict)
    refresh: bool = False
    checksum: bool = False
    offline: bool = False
    retry_failed: bool = False
    rebuild: bool = False
    expect: Expected | None = None
    bind: bool = False
    wait: bool = False
    copy: str = ""


class Session:
    """One run. Lives on the control thread; jobs get the ports only."""

    def __init__(self, ports: Ports, manifest: Manifest, options: Options, writer: RemoteWriter | None = None) -> None:
        self.ports = ports
        self.store, self.clock = ports.store, ports.clock
        follow(ports.store, manifest)
        self.review = Review.before(ports.store, bound=options.bind or options.expect is not None)
        self.manifest = with_vanished(manifest, ports.store.albums())
        self.options = options
        self.writer = writer
        self.scheduler = Scheduler(
            ports.workers,
            ports.clock,
            in_flight=manifest.upload.in_flight,
            bytes_in_flight=manifest.upload.bytes_in_flight,
            room_wanted=ports.room_wanted,
        )
        self.settle_seconds = manifest.upload.settle_seconds
        self.unowned = Unowned()
        self.headers: dict[str, AlbumHeader] | None = None
        self.listings: dict[str, RemoteAlbum] = {}
        self.resendable: dict[int, Intent] = {}
        self.resent: set[int] = set()
        self.tallies: dict[str, Tally] = {}
        self.turns: frozenset[str] | None = None
        self.reads = self.looking = 0
        self.patience = Patience()
        self.waiting_until: float | None = None
        self.uploaded_bytes = self.edited = self.deleted = self.deleted_albums = 0
        self.limit_hit: tuple[LimitName, float | None] | None = None
        self.claims: dict[str, str] = {}
        self.taken: set[str] = set()
        self.refused_steps: set[tuple[Step, tuple[tuple[str, str], ...]]] = set()
        self.refused_files: list[FailedFile] = []
        self.gates = Gates(bases=dict(self.store.held()))
        self.shut, self.seen_gone, self.looked_into = set[str](), set[str](), set[tuple[str, str]]()
        self.refused_in_a_row: Counter[str] = Counter()
        self.twins_looked_for = self.unseen = self.asked_credits = False
        self.retired: list[RetiredUrl] = []
        self.agreed: dict[str, Agreed] = {}
        self.needed: tuple[frozenset[str] | None] | None = None
        self.seen_alive: dict[str, dict[str, float]] = {}

    @property
    def anonymous(self) -> bool:
        """Whether nothing has an owner."""
        return self.manifest.account.anonymous

    def emit(self, event: Event) -> None:
        """Pass an event on."""
        self.scheduler.emit(event)

    def tally(self, album: str) -> Tally:
        """The counts of one album."""
        return self.tallies.setdefault(album, Tally())

    def refuse(self, plan: AlbumPlan, *steps: Step) -> None:
        """Imgur refused these steps for another reason than a limit: with the same pictures they are not sent again."""
        self.refused_steps.update((step, plan.pairs) for step in steps)

    def was_refused(self, plan: AlbumPlan) -> bool:
        """Whether Imgur refused in this run what the plan would send."""
        return plan.album in self.shut or any((step, plan.pairs) in self.refused_steps for step in plan.steps)

    def failed(self, album: str) -> tuple[FailedFile, ...]:
        """Files not to be sent now: those that the state remembers, and those that were refused in this run.

        A run that tries failed files again has made the state forget them; a plan of it overlooks them.
        """
        kept = () if self.options.retry_failed and self.writer is None else self.store.failed(album)
        return (*kept, *(file for file in self.refused_files if file.album == album))

    def hold(self, gate: str, album: str, synced: int | None) -> None:
        """Remember, also for later runs, that a gate began to hold in an album of so many pictures, or (None) that it
        does no more. A run that may not write remembers nothing."""
        if synced is None:
            del self.gates.bases[album, gate]
        else:
            self.gates.bases[album, gate] = synced
        if self.writer is not None:
            from imgur_sync.model.change import GateHeld

            self.store.record(GateHeld(album, gate, synced))

    def use(self, gate: GateName, album: str, count: int) -> None:
        """Count what was done of a kind that a gate guards."""
        self.gates.used[gate, album] += count

    def left_of_approvals(self) -> Mapping[GateName, int]:
        """The approvals of a later plan of this run: what was done is used up, whatever came to it since."""
        left: dict[GateName, int] = {}
        for name, number in self.options.approvals.items():
            albums = self.gates.gated.get(name)  # none: it is the limit of the whole run that was passed
            done = sum(
                n for (gate, album), n in self.gates.used.items() if gate is name and (not albums or album in albums)
            )
            left[name] = number - done
        return left

    def spent(self) -> int:
        """The credits that the ledger charged so far in this run."""
        return self.ports.ledger.spent() if self.ports.ledger is not None else 0

    def give_back(self, reservation: Reservation) -> None:
        """Give back what was reserved for a request that was not sent."""
        assert self.ports.ledger is not None
        self.ports.ledger.settle(reservation, Charge.RETURNED)

    def reader(self) -> RemoteReader:
        """The reader of an online run."""
        assert self.ports.reader is not None, "an offline run reads nothing"
        return self.ports.reader

    def read(self, call: Callable[[], Outcome[T]]) -> Task[Outcome[T]]:
        """One read, tried up to three times; waits for limits only as long in all as the manifest allows.

        Raises when nothing more can be had from Imgur in this run.
        """
        from imgur_sync.model.outcome import Done, NotSent

        attempt, latest = 0, self.clock.monotonic() + self.manifest.upload.max_wait
        while True:
            attempt += 1
            outcome: Outcome[T] = yield Do(call)
            if isinstance(outcome, Done):
                self.patience = self.patience.succeeded()
                self.reads += 1
                return outcome
            if not isinstance(outcome, NotSent):
                self.reads += 1
            decision = self.decide(outcome, Request.READ, attempt)
            match decision:
                case RetryAfter():
                    yield Pause(self.clock.monotonic() + decision.seconds)
                case Park():
                    yield from self.park(outcome.problem, decision, latest if attempt > 1 else None)
                case EndRun():
                    raise error_of(outcome.problem)
                case Fail() | Resolve():
                    return outcome
                case _:
                    assert_never(decision)

    def decide(self, failure: Failure, request: Request, attempt: int = 1) -> Decision:
        """What follows this failure; it is counted. After five in a row of an Imgur that cannot work the run ends."""
        problem = failure.problem
        ledger = self.ports.ledger if problem.limit and problem.resume_after is None else None
        budget = ledger.budget() if ledger is not None else None
        standing = Standing(attempt, self.clock.now(), self.ports.chance(), self.patience, budget)
        decision = decide(failure, request, standing)
        self.patience = self.patience.failed(problem, decision)
        if self.patience.exhausted:
            self.scheduler.halt(error_of(problem))
        return decision

    def park(self, problem: Problem, decision: Park, latest: float | None = None) -> Task[None]:
        """Wait for a limit if that is short enough (and, by the monotonic clock, over by `latest`), else raise
        `BudgetError`."""
        from imgur_sync.model.outcome import ProblemKind
        from imgur_sync.report.prices import never_fits, used_up

        if problem.kind is ProblemKind.BUDGET and problem.resume_after is None and problem.limit != "run":
            hint = NO_ROOM if problem.limit == "day" else "no time brings it back: the limit is that small"
            raise BudgetError(never_fits(problem.detail, problem.limit), hint=hint, never=True)
        longest, told = self.manifest.upload.max_wait, used_up(problem.detail, problem.limit)
        if latest is not None:
            longest = min(longest, latest - self.clock.monotonic())
        seconds = None if decision.until is None else decision.until - self.clock.now()
        if seconds is None or seconds > longest or not decision.again:
            hint = "" if seconds is not None else OWN_CAP if problem.limit == "run" else NO_TIME
            raise BudgetError(told, resume_at=decision.until, hint=hint)
        self.emit(Waiting(told, self.clock.now() + seconds))
        yield Pause(self.clock.monotonic() + max(1.0, seconds))


Failure: TypeAlias = "NotSent | Refused | Unknown"

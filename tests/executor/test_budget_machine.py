"""A state machine of the budget: others spend, clocks jump, runs are killed; Imgur never has to refuse what it told."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from imgur_sync.errors import ExitCode, ImgurSyncError, TryAgainLaterError
from imgur_sync.model.budget import LimitName
from imgur_sync.model.plan import GateName, Plan
from imgur_sync.model.spec import BudgetSpec, GateLimit, GateLimits, Prune
from imgur_sync.simulator import Limits
from tests.support.budget_stage import BudgetStage

HOUR, DAY = 3600.0, 86_400.0
KEYS = st.sampled_from(["cats", "dogs"])
LIMITS = st.sampled_from(
    [Limits(60, 300, 0, 0), Limits(60, 300, 0, 4), Limits(0, 150, 0, 0), Limits(80, 0, 5, 0), Limits(0, 0, 0, 3)]
)
FORMS = st.sampled_from(
    ["shape", "legacy", "errors", "wait-400", "wait-400-object", "wait-429", "wait-429-object", "417", "over-capacity"]
)


class Spender(RuleBasedStateMachine):
    """Two folders of an account whose hour takes five pictures. The oracle is what the simulator refused."""

    def __init__(self) -> None:
        super().__init__()
        self.base = Path(tempfile.mkdtemp(prefix="imgur-sync-budget-"))
        self.stage: BudgetStage
        self.seeds = 0
        self.posts = 0

    @initialize(
        limits=LIMITS,
        windows=st.sampled_from(["fixed", "sliding", "calendar"]),
        form=FORMS,
        uploads=FORMS,
        shape=st.sampled_from(["mixed", "legacy", "v1"]),
        cap=st.sampled_from([0, 3]),
    )
    def begin(self, limits: Limits, windows: Any, form: str, uploads: str, shape: str, cap: int) -> None:
        """Each folder holds one picture that stays."""
        refusals = {"refuse_client": form, "refuse_user": form, "refuse_posts": form, "refuse_uploads": uploads}
        self.stage = BudgetStage(self.base / "world", limits=limits, windows=windows, shape=shape, **refusals)
        self.stage.budget = BudgetSpec(reserve_credits=0, uploads_per_hour=cap)
        self.posts = limits.posts
        self.stage.gates = GateLimits(prune=GateLimit(100, 100), replace=GateLimit(100, 100))
        self.stage.names_times = uploads not in ("417", "over-capacity")
        for key in ("cats", "dogs"):
            self.stage.album(key, prune=Prune.DETACH)
            self.put(key, 1)

    @rule(key=KEYS, count=st.sampled_from([1, 2, 5, 12]))
    def put(self, key: str, count: int) -> None:
        """New pictures come."""
        for _ in range(count):
            self.seeds += 1
            self.stage.put(key, f"{self.seeds:03}.png", self.seeds)

    @rule(key=KEYS, data=st.data())
    def remove(self, key: str, data: Any) -> None:
        """One goes."""
        files = sorted(self.stage.albums[key].root.iterdir())[1:]
        if files:
            data.draw(st.sampled_from(files)).unlink()

    @rule(
        credits=st.sampled_from([5, 30, 1000]),
        posts=st.sampled_from([0, 3, 1000]),
        uploads=st.sampled_from([0, 2, 1000]),
    )
    def others_spend(self, credits: int, posts: int, uploads: int) -> None:
        """Another program spends of the same limits, and we begin right after it, and again."""
        self.stage.others(credits=credits, posts=posts, uploads=uploads)
        self.put("cats", 1)
        self._apply()
        self._apply()

    @rule()
    def others_are_refused(self) -> None:
        """Another program hits the daily limit."""
        self.stage.others_are_refused()

    @rule(seconds=st.sampled_from([1.0, 59.0, 600.0, 1800.0, HOUR, 5 * HOUR, DAY, 3 * DAY]))
    def time_passes(self, seconds: float) -> None:
        """Nothing runs."""
        self.stage.clock.advance(seconds)

    @rule(before=st.sampled_from([-1.0, 0.0, 90.0, 1800.0]))
    def the_month_ends(self, before: float) -> None:
        """It is a moment before, or after, Imgur's first of the month."""
        self.stage.clock.advance(max(0.0, self.stage.month_ends_in() - before))

    @rule(seconds=st.sampled_from([-365 * DAY, -DAY, -1800.0, 1800.0, DAY, 40 * DAY]))
    def the_clock_is_set(self, seconds: float) -> None:
        """The machine's, not Imgur's: until an answer bears its date, nobody knows."""
        self.stage.jump(seconds)
        self.stage.unseen |= {"client", "user", "posts"}

    @rule()
    def the_ledger_is_lost(self) -> None:
        """With all that was learned."""
        self.stage.lose_ledger()

    @rule()
    def plan(self) -> None:
        """A plan sends nothing but GETs."""
        before = len(self.stage.requests())
        try:
            with self.stage.watched():
                self.stage.plan()
        except ImgurSyncError:
            pass
        assert all(entry["method"] == "GET" for entry in self.stage.requests()[before:])

    @rule(wait=st.booleans(), strike=st.booleans())
    def apply(self, wait: bool, strike: bool) -> None:
        """Also with an approval that is right only where the gate stands."""
        self._apply({GateName.STRIKE: 1} if strike else {}, wait=wait)

    @rule(at=st.integers(1, 20), after=st.booleans())
    def killed(self, at: int, after: bool) -> None:
        """In the middle, before or right after a request."""
        try:
            with self.stage.watched():
                self.stage.killed_apply(at, after=after)
        except ImgurSyncError:
            return

    @rule(credits=st.sampled_from([12, 25, 40]))
    def apply_with_a_cap(self, credits: int) -> None:
        """No run spends more than it is allowed."""
        self.stage.budget, own = BudgetSpec(0, self.stage.budget.uploads_per_hour, HOUR, credits), self.stage.budget
        before = self.stage.look("ledger")["credits"]
        try:
            with self.stage.watched():
                self.stage.apply(wait=True)
        except ImgurSyncError:
            pass
        finally:
            self.stage.budget = own
        assert self.stage.look("ledger")["credits"] - before <= credits

    @precondition(lambda self: self.seeds)
    @rule()
    def left_alone(self) -> None:
        """Nobody else spends: all is done by the date that the plan gave, and Imgur refuses nothing. How few POSTs
        an hour takes no answer tells before the first of them."""
        self._rest()
        with self.stage.watched():
            plan = self.stage.plan()
        before, uploaded = len(self.stage.requests()), self.stage.uploads()
        posted = any(entry["method"] == "POST" for entry in self.stage.requests())
        told = not self.posts or (posted and "posts" not in self.stage.unseen)
        gates = [gate for album in plan.albums for gate in album.gates if gate.name.approvable]
        codes = self._patiently({gate.name: sum(g.count for g in gates if g.name is gate.name) for gate in gates})
        assert codes == (ExitCode.DONE,), self.stage.events[-1]
        sent = self.stage.requests()[before:]
        if told and not any(entry["refused_by"] for entry in sent) and self.stage.uploads() > uploaded:
            self._check_date(plan, max(entry["time"] for entry in sent if entry["upload"]))
        self._check()

    def _apply(self, approvals: Mapping[GateName, int] | None = None, *, wait: bool = False) -> None:
        with suppress(ImgurSyncError), self.stage.watched(approvals):
            self.stage.apply(approvals, wait=wait)

    def _patiently(self, approvals: Mapping[GateName, int]) -> tuple[int, ...]:
        """One run that waits does it all; an Imgur that says that it is over capacity ends a run each time. Where many
        files went, somebody has looked at the number."""
        for _ in range(30):
            try:
                with self.stage.watched():
                    return self.stage.apply(approvals, wait=True).codes
            except TryAgainLaterError:
                assert not self.stage.names_times
                self.stage.clock.advance(2 * HOUR)
        return ()

    def _rest(self) -> None:
        """A month's block and a closed limit end; what others spent is over. What was spent counts as spent just now
        after the clock was set back, until an answer bears a date: so one is looked for first."""
        self.stage.clock.advance(25 * HOUR)
        self.plan()
        blocked = self.stage.look("ledger")["clients"][self.stage.demo.client_id]["blocked_until"] is not None
        self.stage.clock.advance(self.stage.month_ends_in() + 1 if blocked else 0.0)
        self.stage.clock.advance(25 * HOUR)

    def _check_date(self, plan: Plan, last: float) -> None:
        assert plan.forecast is not None
        foreseen = plan.forecast.finished_at
        assert foreseen is not None
        long = LimitName.DAY in (plan.forecast.decides, *plan.forecast.limits)
        assert last + self.stage.jumped <= foreseen + (DAY if long else HOUR) + plan.forecast.patience

    def _check(self) -> None:
        """Albums equal folders, nothing is uploaded twice, and there is nothing left to do."""
        for key in self.stage.albums:
            assert self.stage.shown(key) == self.stage.wanted(key)
        names = [image["name"] for image in self.stage.look("world")["images"]]
        assert len(names) == len(set(names)), "one upload, two pictures"
        self.stage.clock.advance(HOUR)
        plan = self.stage.plan()
        assert plan.settled
        assert plan.empty

    def teardown(self) -> None:
        """Check once more where it ends, then clean up."""
        if not self.seeds:
            return
        try:
            self.left_alone()
        finally:
            self.stage.__exit__(None, None, None)
            shutil.rmtree(self.base)


Spender.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
TestSpender = Spender.TestCase

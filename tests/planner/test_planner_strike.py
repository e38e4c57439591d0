"""The gate `strike`: what only the caution defers is held back, and passed by the number 1."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from imgur_sync.errors import ApprovalError
from imgur_sync.model.budget import Budget, Limit, LimitName
from imgur_sync.model.plan import GateName, Plan
from imgur_sync.planner.album import plan_album
from imgur_sync.planner.whole import assemble
from tests.support.album_views import NOW, file, new_view
from tests.support.planned_world import MANIFEST

STRIKE = GateName.STRIKE
APPROVED: Mapping[GateName, int] = {STRIKE: 1}
CAPACITY = 500
CAUTION = 100


def budget(day: int, *, strikes: int = 4, hour: int = 500, approved: bool = False) -> Budget:
    """A day of which so much is there in all; a fifth of it is left alone from the fourth strike on."""
    kept = 0 if approved or strikes < 4 else min(CAUTION, day)
    limits = (Limit(LimitName.DAY, CAPACITY, day - kept, NOW + 900), Limit(LimitName.HOUR, 500, hour, NOW + 60))
    return Budget(limits, strikes=strikes, strikes_end=NOW + 9_000, caution=kept)


def plan(left: Budget | None, approvals: Mapping[GateName, int] | None = None, *, exact: bool = True) -> Plan:
    """The plan of a new album of ten pictures, 106 credits or so, and a smaller one."""
    views = (new_view([file(f"p{n}.png") for n in range(10)]),)
    return assemble(
        MANIFEST,
        "lineage",
        [plan_album(view) for view in views],
        unchanged=0,
        unchanged_files=0,
        budget=left,
        now=NOW,
        approvals=approvals or {},
        exact=exact,
    )


def uploads(made: Plan) -> int:
    """How many uploads are granted."""
    return made.price.uploads


def gates(made: Plan) -> list[tuple[GateName, int]]:
    """All gates of a plan."""
    return [(gate.name, gate.count) for album in made.albums for gate in album.gates]


def test_what_only_the_caution_defers_trips_the_gate_once() -> None:
    """Some uploads go, the others wait for the day, and the gate says why."""
    made = plan(budget(160))
    assert 0 < uploads(made) < 10
    assert gates(made) == [(STRIKE, 1)]
    (gate,) = made.albums[0].gates
    assert "4 days of this month" in gate.detail
    assert "100 credits" in gate.detail
    assert {deferred.limit for deferred in made.albums[0].deferred} == {LimitName.DAY}


@pytest.mark.parametrize(
    "left",
    [
        budget(400),  # all fits beside the caution
        budget(100, hour=0),  # another limit is in the way as well
        budget(60, strikes=3),  # no caution yet
        budget(0),  # nothing is there with it either
        None,
    ],
    ids=["fits", "hour", "three", "empty", "offline"],
)
def test_nothing_else_trips_it(left: Budget | None) -> None:
    """A day that is simply used up is no gate."""
    assert gates(plan(left)) == []
    with pytest.raises(ApprovalError, match="this plan withholds 0"):
        plan(left, APPROVED)


def test_approved_it_holds_nothing() -> None:
    """The ledger then leaves nothing alone; digest and what is wanted stay the same."""
    made = plan(budget(160, approved=True), APPROVED)
    assert (uploads(made), gates(made)) == (10, [])
    assert made.digest == plan(budget(160)).digest


@pytest.mark.parametrize("number", [0, 2, 10])
def test_a_wrong_number_is_refused(number: int) -> None:
    """With the right one."""
    with pytest.raises(ApprovalError, match=f"strike={number} does not match: this plan withholds 1") as caught:
        plan(budget(160), {STRIKE: number})
    assert "--approve strike=1" in caught.value.hint


def test_an_approval_without_need_is_refused_in_the_first_round_only() -> None:
    """Later rounds of a run have less to do."""
    with pytest.raises(ApprovalError, match="withholds 0"):
        plan(budget(400, approved=True), APPROVED)
    assert uploads(plan(budget(400, approved=True), APPROVED, exact=False)) == 10


def test_another_number_passes_nothing_in_a_later_round() -> None:
    """It is no error there, as what was approved may be done; the gate holds what it held."""
    made = plan(budget(160), {STRIKE: 0}, exact=False)
    assert gates(made) == [(STRIKE, 1)]

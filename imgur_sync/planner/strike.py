"""The gate `strike`: what of the day is left alone while one more strike would block the application."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from imgur_sync.model.budget import Budget, Limit, LimitName
from imgur_sync.model.plan import AlbumPlan, Approvals, Gate, GateName
from imgur_sync.planner.cut import cut
from imgur_sync.planner.learning import STRIKES, caution, refusal_words


def with_strike(
    wanted: Sequence[AlbumPlan],
    granted: Sequence[AlbumPlan],
    budget: Budget | None,
    approvals: Approvals,
    until: float,
    *,
    exact: bool,
) -> tuple[AlbumPlan, ...]:
    """The albums as the budget cut them, with the gate in the first one that has steps which only the caution defers.

    What comes back until `until` is granted, as in `cut`. An approved gate holds nothing: its budget has no caution.
    Raises `ApprovalError` when the number approved is not exactly what the gate withholds; later rounds of a run are
    not `exact`.
    """
    albums = tuple(granted)
    number = approvals.get(GateName.STRIKE)
    held = _held(wanted, albums, budget, until) if budget is not None else None
    gates = [Gate(GateName.STRIKE, held, 1, _detail(budget))] if budget is not None and held is not None else []
    if number is not None:
        from imgur_sync.planner.gates import passed

        if passed(gates, {GateName.STRIKE: number}, exact=exact):
            return albums
    return tuple(replace(a, gates=(*a.gates, *(gate for gate in gates if gate.album == a.album))) for a in albums)


def block_notes(until: float) -> tuple[str, ...]:
    """What to know when Imgur blocks the application `until` then: nothing goes before that."""
    return (refusal_words(LimitName.DAY, until),)


def _detail(budget: Budget) -> str:
    return (
        f"Imgur's daily limit was hit on {budget.strikes} days of this month, and {STRIKES} block this application "
        f"until the month ends: the last {budget.caution} credits of the day are left alone"
    )


def _held(wanted: Sequence[AlbumPlan], albums: Sequence[AlbumPlan], budget: Budget, until: float) -> str | None:
    """The first album with a step that fits with the credits left alone, and does not without them."""
    if budget.caution:
        careful, bold = tuple(albums), cut(wanted, _moved(budget, budget.caution), until)
    else:
        capacity = next((limit.capacity for limit in budget.limits if limit.name is LimitName.DAY), None)
        careful, bold = cut(wanted, _moved(budget, -caution(budget.strikes, capacity or 0)), until), tuple(albums)
    for before, after in zip(careful, bold, strict=True):
        waits = any(deferred.limit is LimitName.DAY for deferred in before.deferred)
        if waits and len(after.steps) > len(before.steps):
            return before.album
    return None


def _moved(budget: Budget, credits: int) -> Budget:
    """The budget with so many credits of the day more."""
    return replace(budget, limits=tuple(_with(limit, credits) for limit in budget.limits))


def _with(limit: Limit, credits: int) -> Limit:
    if limit.name is not LimitName.DAY or limit.remaining is None:
        return limit
    return replace(limit, remaining=max(0, limit.remaining + credits))

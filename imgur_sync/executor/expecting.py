"""An apply that may do nothing but what somebody reviewed: a plan file, or a digest."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from imgur_sync.errors import StaleError, UsageError
from imgur_sync.model.reviewed import Binding, Element, Expected, ReviewedPlan
from imgur_sync.model.spec import Order
from imgur_sync.planner.binding import binding_key, fits, seen
from imgur_sync.planner.reviewed import beyond, reviewed, wanted_elements
from imgur_sync.report.elements import element_text

if TYPE_CHECKING:
    from imgur_sync.executor.planning import World
    from imgur_sync.executor.session import Session
    from imgur_sync.model.plan import Plan
    from imgur_sync.model.spec import AlbumSpec

HOURS = 24.0
"""How old a plan file may be."""
_MOST_LINES = 20


def bound(session: Session, world: World, plan: Plan, of: Collection[str] | None = None) -> Binding:
    """What the plan is bound to: the state before this run, and what Imgur showed. The key is that of the albums `of`
    the file which the plan is compared with, None: of its own."""
    listings = {key: view.listing for key, view in (*world.views.items(), *world.removals.items())}
    names = sorted(album.album for album in plan.albums)
    keyed = frozenset(names if of is None else of)
    ids = (album.id for album in session.store.albums() if album.key in keyed and not album.gone)
    key = binding_key(session.store.lineage, ids)
    lost = session.options.rebuild
    return Binding(
        tuple(session.options.albums),
        tuple(sorted((gate.value, count) for gate, count in session.options.approvals.items())),
        () if lost else tuple((name, session.review.serials.get(name, 0)) for name in names),
        tuple((name, seen(key, listings.get(name))) for name in names),
        key,
    )


def check_before(session: Session, specs: Sequence[AlbumSpec]) -> None:
    """Refuse, before Imgur is asked anything, what cannot be carried out. Raises `StaleError`, or `UsageError` for an
    order or a cover that a checkout does not keep."""
    expected = session.options.expect
    if expected is None:
        return
    if not expected.strict:
        _check_orders(specs)
        return
    if expected.lineage != session.store.lineage:
        raise StaleError(
            f"the plan file was made for another state (lineage {expected.lineage}, not {session.store.lineage})",
            hint="make a plan with this manifest and its state",
        )
    _check_age(session.clock.now() - expected.made_at)
    if session.store.consumed(expected.checksum) is not None:
        raise StaleError(
            "the plan file was applied already",
            hint=f"what is left of it goes on with: imgur-sync apply --expect {expected.digest}",
        )
    if expected.manifest_digest != session.manifest.digest:
        raise StaleError("the manifest was changed after the plan file was made", hint="make a new plan")


def _check_age(seconds: float) -> None:
    if seconds > HOURS * 3600:
        raise StaleError(f"the plan file is older than {HOURS:g} hours", hint="make a new plan")
    if seconds < -3600:
        raise StaleError(
            "the plan file was made in the future: a clock is wrong", hint="set the clock, make a new plan"
        )


def _check_orders(specs: Iterable[AlbumSpec]) -> None:
    for spec in specs:
        by_times = 'order of {} is "modified"' if spec.order is Order.MODIFIED and not spec.listed else ""
        if spec.cover == "newest" and spec.order is not Order.TAKEN:
            by_times = by_times or 'cover of {} is "newest"'
        if by_times:
            raise UsageError(
                f"the {by_times.format(spec.key)}: the times of files are not the same on every machine",
                hint="choose another one for it, or apply it without --expect",
            )


def accept(session: Session, world: World, plan: Plan) -> None:
    """Compare the first plan with what is expected. Raises `StaleError` with the difference; otherwise remembers,
    durably and before anything is done, what may be done under its digest."""
    expected = session.options.expect
    if expected is None:
        return
    session.review.plan = compared(session, world, plan, expected)
    if plan.digest == expected.digest:
        session.store.keep_review(session.review.plan, expected.checksum, session.clock.now())


def compared(session: Session, world: World, plan: Plan, expected: Expected) -> ReviewedPlan:
    """What may be done where that is expected and this is the first plan. Raises `StaleError` with the difference."""
    known = session.store.reviewed(expected.digest)
    if expected.strict:
        of = frozenset(name for name, _ in expected.binding.seen)
        _compare_worlds(expected, bound(session, world, plan, of), plan)
    if plan.digest == expected.digest:
        return reviewed(plan)
    more = beyond(plan, known) if known is not None else ()
    if known is not None and not more and not expected.strict:
        return known
    if expected.strict or not plan.empty:
        raise _stale(expected, plan, more)
    # Nothing is wanted now. Of what comes up while the run looks again, nothing was reviewed.
    return ReviewedPlan(expected.digest, plan.manifest_digest, frozenset(), session.clock.now())


def check_again(session: Session, plan: Plan) -> None:
    """Refuse what came up during the run and was not reviewed. Raises `StaleError`."""
    allowed = session.review.plan
    more = beyond(plan, allowed) if allowed is not None else ()
    if allowed is not None and more:
        raise StaleError(
            f"the world changed during the run: something is wanted now that {allowed.digest} does not hold",
            hint="look at the new plan, then apply that one",
            difference=_lines("+", more),
        )


def _compare_worlds(expected: Expected, now: Binding, plan: Plan) -> None:
    """Albums that another run changed, or that look different on Imgur, and a file that was sealed by nobody who has
    this state. A lower serial is that of a state that was lost: there the digest alone decides, and it must match
    exactly."""
    serials, shown = dict(now.serials), dict(now.seen)
    changed = [key for key, serial in expected.binding.serials if serials.get(key, serial) > serial]
    if changed:
        raise StaleError(
            f"another run changed {_some(changed)} after the plan file was made",
            hint="make a new plan",
            difference=_difference(expected, plan),
        )
    if not fits(now.key, expected.checksum, expected.seal):
        raise StaleError(
            "the plan file was changed after it was made, or was made with other albums than those of this state",
            hint="make a new plan",
            difference=_difference(expected, plan),
        )
    moved = [key for key, print_ in expected.binding.seen if key in shown and shown[key] != print_]
    if moved:
        raise StaleError(
            f"{_some(moved)} changed on Imgur after the plan file was made",
            hint="make a new plan",
            difference=_difference(expected, plan),
        )


def _stale(expected: Expected, plan: Plan, more: tuple[Element, ...]) -> StaleError:
    lines = _difference(expected, plan) if expected.strict else _lines("+", more or wanted_elements(plan))
    return StaleError(
        f"the plan is now {plan.digest}, not {expected.digest}",
        hint="look at the new plan, then apply that one",
        difference=lines,
    )


def _difference(expected: Expected, plan: Plan) -> tuple[str, ...]:
    """What the plan has more (+) and less (-) than the one that is expected."""
    before, after = set(expected.elements), set(wanted_elements(plan))
    return (*_lines("-", sorted(before - after)), *_lines("+", sorted(after - before)))


def _lines(sign: str, elements: Sequence[Element]) -> tuple[str, ...]:
    told = tuple(f"{sign} {element_text(element)}" for element in elements[:_MOST_LINES])
    more = len(elements) - _MOST_LINES
    return (*told, f"{sign} and {more} more") if more > 0 else told


def _some(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more albums"

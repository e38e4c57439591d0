"""The whole plan: albums joined, gates passed or not, cut to the budget, priced and digested."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from imgur_sync.model.plan import AlbumPlan, Approvals, Gate, GateName, Plan
from imgur_sync.model.step import DeleteImage, EditAlbum
from imgur_sync.planner.cut import cut
from imgur_sync.planner.demand import looking
from imgur_sync.planner.digest import digest
from imgur_sync.planner.forecast import Terms, forecast, horizon
from imgur_sync.planner.price import price_albums

if TYPE_CHECKING:
    from imgur_sync.model.budget import Budget
    from imgur_sync.model.forecast import Forecast
    from imgur_sync.model.spec import Manifest
    from imgur_sync.model.synced import SyncedPicture
    from imgur_sync.planner.view import AlbumView, Claims

NOTHING_APPROVED: Approvals = MappingProxyType({})
NOTHING_PLANNED: Mapping[str, AlbumPlan] = MappingProxyType({})


def plan_albums(
    views: Sequence[AlbumView],
    detached: Iterable[SyncedPicture],
    approvals: Approvals,
    prune_run: int,
    *,
    exact: bool = True,
    alone: Mapping[str, AlbumPlan] = NOTHING_PLANNED,
    removals: Sequence[AlbumView] = (),
) -> tuple[AlbumPlan, ...]:
    """Plan several albums together, before the budget. `detached` are our detached pictures, not proven gone. `alone`
    are plans that `plan_album` made of these very views, by key. `removals` are albums to be deleted, planned last.
    Raises `ApprovalError` when an approval does not name exactly what a gate withholds.
    """
    if not views and not approvals and not removals:
        return ()  # what plans albums is not even loaded: a plan of nothing is to start fast
    from imgur_sync.planner.album import plan_album
    from imgur_sync.planner.gates import passed
    from imgur_sync.planner.removal import plan_removal
    from imgur_sync.planner.view import NO_CLAIMS

    by_key = {view.spec.key: view for view in views}
    plans = {key: alone.get(key) or plan_album(view) for key, view in by_key.items()}
    claims = _claims(by_key, plans, detached, removals)
    for key, claim in claims.items():
        plans[key] = plan_album(by_key[key], claim)
    removals = _spare(by_key, plans, claims, removals)
    extra = _run_gates(plans, prune_run)
    claimed = frozenset(picture.id for claim in claims.values() for picture in claim.incoming.values())
    doomed = [plan_removal(view, claimed) for view in removals]
    gates: list[Gate] = [gate for plan in (*plans.values(), *doomed) for gate in plan.gates]
    # What the budget leaves alone is known only when the plan is cut.
    counted: dict[GateName, int] = {name: number for name, number in approvals.items() if name is not GateName.STRIKE}
    approved = passed([*gates, *extra.values()], counted, exact=exact)
    for key, plan in plans.items():
        run_gates = (extra[key],) if key in extra else ()
        if run_gates or any(gate.name in approved for gate in plan.gates):
            plans[key] = plan_album(by_key[key], claims.get(key, NO_CLAIMS), approved, run_gates)
    return (*_with_takers(plans, claims), *(plan_removal(view, claimed, approved) for view in removals))


def _spare(
    views: dict[str, AlbumView],
    plans: dict[str, AlbumPlan],
    claims: Mapping[str, Claims],
    removals: Sequence[AlbumView],
) -> Sequence[AlbumView]:
    """Take out what else would be deleted, where a file may take it of an album whose list cannot be read now: which
    pictures of others that one needs is known later. Returns the removals likewise."""
    unread = [view for view in views.values() if view.unlisted]
    if not unread:
        return removals
    from imgur_sync.planner.album import plan_album
    from imgur_sync.planner.view import NO_CLAIMS

    needed = frozenset().union(*(_without_picture(view) for view in unread))
    for key, view in views.items():
        views[key] = _sparing(view, {image_id for _, image_id in plans[key].deleting}, needed)
        if views[key] is not view:
            plans[key] = plan_album(views[key], claims.get(key, NO_CLAIMS))
    return [_sparing(view, {picture.id for picture in view.pictures}, needed) for view in removals]


def _without_picture(view: AlbumView) -> frozenset[str]:
    """The short digests of the album's files that no picture recorded there shows."""
    from imgur_sync.model.synced import Standing
    from imgur_sync.planner.marker import SHORT

    have = {picture.digest[:SHORT] for picture in view.pictures if picture.standing is Standing.PLACED}
    return frozenset(file.digest[:SHORT] for file in view.local.files) - have


def _sparing(view: AlbumView, doomed: Collection[str], needed: Collection[str]) -> AlbumView:
    """The view in which those of the pictures to be deleted that may be needed are taken out instead."""
    from imgur_sync.planner.marker import SHORT

    ids = frozenset(p.id for p in view.pictures if p.id in doomed and p.digest[:SHORT] in needed)
    return replace(view, spared=view.spared | ids) if ids - view.spared else view


def _claims(
    views: Mapping[str, AlbumView],
    plans: Mapping[str, AlbumPlan],
    detached: Iterable[SyncedPicture],
    removals: Iterable[AlbumView],
) -> dict[str, Claims]:
    """What matching across albums gives each album, and which of its files wait for another one."""
    from imgur_sync.planner.awaited import awaited
    from imgur_sync.planner.join import join
    from imgur_sync.planner.removal import offered
    from imgur_sync.planner.view import NO_CLAIMS

    pictures = {picture.id: picture for view in views.values() for picture in view.pictures}
    offers = (picture for view in removals for picture in offered(view))
    claims = dict(join(tuple(plans.values()), [*detached, *offers], pictures))
    for key, waits in awaited(views, plans, claims).items():
        claims[key] = replace(claims.get(key, NO_CLAIMS), awaited=waits)
    return claims


def _with_takers(plans: Mapping[str, AlbumPlan], claims: Mapping[str, Claims]) -> Iterator[AlbumPlan]:
    """The plans, each with the albums that take pictures out of its own."""
    gives = _gives(claims)
    return (replace(plan, gives=gives[key]) if key in gives else plan for key, plan in plans.items())


def _run_gates(plans: Mapping[str, AlbumPlan], prune_run: int) -> dict[str, Gate]:
    """The gate that counts the removals of all albums together, by album."""
    from imgur_sync.planner.gates import run_gate

    prunes = {key: _removals(plan) for key, plan in plans.items()}
    tripped = [key for key, plan in plans.items() if any(gate.name is GateName.PRUNE for gate in plan.gates)]
    return {gate.album: gate for gate in run_gate(prunes, prune_run, tripped)}


def _takers(claims: Mapping[str, Claims]) -> dict[str, str]:
    """The album that takes each picture which changes its album, by the picture's id."""
    return {picture.id: key for key, claim in claims.items() for picture in claim.incoming.values()}


def _gives(claims: Mapping[str, Claims]) -> dict[str, frozenset[str]]:
    """For each album that gives pictures away, the albums that take them."""
    takers = _takers(claims)
    return {k: frozenset(takers[i] for i in claim.outgoing) for k, claim in claims.items() if claim.outgoing}


def _removals(plan: AlbumPlan) -> int:
    """How many pictures would leave the album because their files left, gates or not."""
    gated = [gate.count for gate in plan.gates if gate.name is GateName.PRUNE]
    if gated:
        return gated[0]
    detached = sum(len(step.detached) for step in plan.wanted if isinstance(step, EditAlbum))
    return detached + sum(isinstance(step, DeleteImage) for step in plan.wanted)


def assemble(
    manifest: Manifest,
    lineage: str,
    albums: Sequence[AlbumPlan],
    *,
    unchanged: int,
    unchanged_files: int,
    unchanged_foreign: tuple[tuple[str, int], ...] = (),
    budget: Budget | None,
    now: float,
    observation_reads: int = 0,
    oldest_listing: float | None = None,
    offline: bool = False,
    notes: tuple[str, ...] = (),
    approvals: Approvals = NOTHING_APPROVED,
    exact: bool = True,
) -> Plan:
    """Put album plans together, by `priority`, then in manifest order; cut to the budget, where the gate `strike` is.
    What comes back within `max_wait` is granted, too: the run waits for it. The rest as in `plan_albums`."""
    ordered = sorted(albums, key=lambda album: (-album.priority, album.position))
    granted, coming = _cut(ordered, budget, _terms(manifest, now, unchanged + len(ordered)), approvals, exact=exact)
    return Plan(
        manifest_digest=manifest.digest,
        lineage=lineage,
        albums=granted,
        unchanged=unchanged,
        unchanged_files=unchanged_files,
        unchanged_foreign=unchanged_foreign,
        price=price_albums(granted),
        total=price_albums(granted, wanted=True),
        budget=budget,
        digest=digest(ordered),
        made_at=now,
        resume_at=coming.resume_at if coming is not None else None,
        observation_reads=observation_reads,
        oldest_listing=oldest_listing,
        offline=offline,
        notes=(*notes, *_block_notes(budget)),
        forecast=coming,
    )


def _cut(
    albums: Sequence[AlbumPlan], budget: Budget | None, terms: Terms, approvals: Approvals, *, exact: bool
) -> tuple[tuple[AlbumPlan, ...], Forecast | None]:
    """What of the albums is granted, and when the rest goes; of that nothing is known without a budget. A later plan of
    a run (not `exact`) grants what comes back soon only when a whole burst fits by then: none goes on drop by drop."""
    until = horizon(albums, budget, terms, again=not exact)
    granted = cut(albums, budget, until)
    if GateName.STRIKE in approvals or (budget is not None and budget.caution):
        from imgur_sync.planner.strike import with_strike

        granted = with_strike(albums, granted, budget, approvals, until, exact=exact)
    if granted:
        from imgur_sync.planner.gaps import without_gaps

        granted = without_gaps(granted)
    return granted, forecast(granted, budget, terms) if budget is not None else None


def _terms(manifest: Manifest, now: float, count: int) -> Terms:
    """How a plan of so many albums is carried out."""
    return Terms(now, manifest.upload.max_wait, looking(count, anonymous=manifest.account.anonymous))


def _block_notes(budget: Budget | None) -> tuple[str, ...]:
    if budget is None or budget.blocked_until is None:
        return ()
    from imgur_sync.planner.strike import block_notes

    return block_notes(budget.blocked_until)

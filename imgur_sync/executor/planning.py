"""Making a plan: observe all albums, join them, price the whole. Sends nothing but GETs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from imgur_sync.executor.aging import choose_turns
from imgur_sync.executor.expecting import bound, check_before, compared
from imgur_sync.executor.guarding import lapsed
from imgur_sync.executor.headers import read_headers
from imgur_sync.executor.left_meanwhile import left_meanwhile
from imgur_sync.executor.observe import Quiet, observe
from imgur_sync.executor.quiet import remember_quiet
from imgur_sync.executor.selecting import chosen, free_to_take, selection_notes
from imgur_sync.executor.session import Options, Ports, Session
from imgur_sync.executor.tasks import Fork, Task
from imgur_sync.model.event import Event, Planned
from imgur_sync.model.plan import GateName
from imgur_sync.planner.whole import assemble, plan_albums

if TYPE_CHECKING:
    from imgur_sync.model.local import RootIdentity
    from imgur_sync.model.plan import AlbumPlan, Plan
    from imgur_sync.model.spec import AlbumSpec, Manifest
    from imgur_sync.model.synced import SyncedPicture
    from imgur_sync.planner.view import AlbumView


class World:
    """The last look at every album: views of those that need work (each with its plan, as if it were alone), and counts
    of those that do not."""

    def __init__(self) -> None:
        self.views: dict[str, AlbumView] = {}
        self.plans: dict[str, AlbumPlan] = {}
        self.quiet: dict[str, Quiet] = {}
        self.roots: dict[str, RootIdentity] = {}
        self.removals: dict[str, AlbumView] = {}


def make_plan(ports: Ports, manifest: Manifest, options: Options) -> Iterator[Event]:
    """Observe and plan, changing nothing on Imgur. The last event is `Planned`.

    Raises `StaleError` when the plan is not the one of `options.expect`, as `apply` would.

    The store should be a private copy when there are open intents: what readings settle is recorded in it.
    """
    session = Session(ports, manifest, options)

    def task() -> Task[None]:
        world = World()
        if not options.rebuild:  # a name that is wrong is told before anything is asked of Imgur
            check_before(session, chosen(session.manifest, options))
        if ports.reader is not None and not options.offline:
            yield from prepare(session)
        specs = chosen(session.manifest, options)
        check_before(session, specs)  # a state that was rebuilt can tell only now
        yield from look(session, world, specs)
        if session.manifest.removed:
            from imgur_sync.executor.removing import look_at_removals

            yield from look_at_removals(session, world)
        if session.ports.ledger is not None and any(album.wanted for album in world.plans.values()):
            from imgur_sync.executor.freshness import ask_what_is_left

            yield from ask_what_is_left(session, world)
        plan = yield from plan_world(session, world, first=True)
        if options.expect is not None:
            compared(session, world, plan, options.expect)
        if options.bind:
            plan = replace(plan, binding=bound(session, world, plan))
        session.emit(Planned(plan, 1))

    yield from session.scheduler.drive(task())


def prepare(session: Session) -> Task[None]:
    """What comes before any album is looked at: a lost state rebuilt, the account's albums read, doubts settled."""
    from imgur_sync.executor.settling import settle_all

    if session.options.rebuild and session.writer is None:
        from imgur_sync.executor.rebuilding import rebuild

        yield from rebuild(session)
    if session.anonymous:
        session.headers = {}  # nothing can be listed by owner
    elif session.headers is None:
        yield from read_headers(session)
    yield from settle_all(session)


def look(session: Session, world: World, specs: Sequence[AlbumSpec]) -> Task[None]:
    """Observe these albums anew."""
    width = session.manifest.upload.in_flight
    choose_turns(session, specs)

    def one(number: int, spec: AlbumSpec) -> Task[None]:
        result = yield from observe(session, spec, number, len(specs))
        world.views.pop(spec.key, None)
        world.plans.pop(spec.key, None)
        world.quiet.pop(spec.key, None)
        if isinstance(result, Quiet):
            world.quiet[spec.key] = result
            return
        local = result.local
        if spec.collection and result.synced is None and not (local.files or local.unsendable or local.errors):
            return  # an empty sub-folder makes no album; one that cannot be read whole may not be empty
        from imgur_sync.planner.album import plan_album

        if result.local.root is not None:
            world.roots[spec.key] = result.local.root
        plan = plan_album(result)
        remember_quiet(session, result, plan)
        offers = plan.unpaired_pictures or plan.adrift or plan.unsendable or plan.drift or plan.foreign or plan.skipped
        if plan.quiet and not offers and not plan.unmanaged and not plan.warnings:
            listed = result.listing.taken_at if result.listing is not None else None
            world.quiet[spec.key] = Quiet(spec.key, plan.files, listed)
        else:
            world.views[spec.key], world.plans[spec.key] = result, plan

    numbered = list(enumerate(specs, 1))
    for start in range(0, len(numbered), width):
        yield Fork(tuple(one(number, spec) for number, spec in numbered[start : start + width]))
    session.ports.cache.flush()


def plan_world(session: Session, world: World, *, first: bool) -> Task[Plan]:
    """The plan of everything that was observed; where a file was moved meanwhile, its folder is looked at again."""
    left = left_meanwhile(session, world)
    if left:
        yield from look(session, world, left)
    views = tuple(world.views[spec.key] for spec in session.manifest.albums if spec.key in world.views)
    detached = yield from _reusable(session, views, world.plans.values())
    limit = session.manifest.gates.prune_run
    if first:
        session.looking = session.spent()
        session.gates.gated = {name: _gated(world, name) for name in session.options.approvals}
    approvals = session.options.approvals if first else session.left_of_approvals()
    removals = tuple(world.removals.values())
    albums = plan_albums(views, detached, approvals, limit, exact=first, alone=world.plans, removals=removals)
    _note_gates(session, albums)
    return assemble(
        session.manifest,
        session.store.lineage,
        albums,
        unchanged=len(world.quiet),
        unchanged_files=sum(quiet.count for quiet in world.quiet.values()),
        unchanged_foreign=tuple(_foreign(session, world)),
        budget=session.ports.ledger.budget() if session.ports.ledger is not None else None,
        now=session.clock.now(),
        observation_reads=session.looking,
        oldest_listing=min(_listed(world), default=None),
        offline=session.options.offline,
        notes=(
            *session.manifest.warnings,
            *selection_notes(session.manifest, session.options),
            *_dropped(session),
            *lapsed(session),
            *first_notes(session),
        ),
        approvals=approvals,
        exact=first,
    )


def _gated(world: World, name: GateName) -> frozenset[str]:
    """The keys of the albums that an approval of this gate is for."""
    tripped = frozenset(key for key, plan in world.plans.items() if name in {gate.name for gate in plan.gates})
    return tripped | (frozenset(world.removals) if name is GateName.PRUNE else frozenset())


def _listed(world: World) -> Iterator[float]:
    """When the listings were taken that the plan relies on."""
    yield from (quiet.listed_at for quiet in world.quiet.values() if quiet.listed_at is not None)
    yield from (view.listing.taken_at for view in world.views.values() if view.listing is not None)


def _foreign(session: Session, world: World) -> Iterator[tuple[str, int]]:
    """The albums in order that hold pictures of others, in manifest order."""
    quiet = (world.quiet.get(spec.key) for spec in session.manifest.albums)
    return ((one.key, one.foreign) for one in quiet if one is not None and one.foreign)


def _note_gates(session: Session, albums: Sequence[AlbumPlan]) -> None:
    """Remember which gates hold: in this run they go on holding, and later ones count by the pictures of now."""
    for album in albums:
        held = _held(album)
        session.gates.tripped.setdefault(album.album, set()).update(held)
        for gate in sorted(held):
            if (album.album, gate) not in session.gates.bases:
                session.hold(gate, album.album, album.synced)


def _dropped(session: Session) -> Iterator[str]:
    """Sentences about albums of ours that the manifest does not name any more."""
    removed = {removal.album for removal in session.manifest.removed}
    for key in sorted(removed):
        if session.store.album(key) is None:
            yield f"[[removed]] {key}: no album of this key is known here; the table can go"
    for album in session.store.albums():
        if album.key in removed:
            continue
        if album.placed and not album.gone and session.manifest.album(album.key) is None:
            pictures = "1 picture" if album.placed == 1 else f"{album.placed} pictures"
            yield f"the album {album.key} is not in the manifest any more: it stays on Imgur as it is ({pictures})"


def first_notes(session: Session) -> tuple[str, ...]:
    """What to know before the first upload without an account."""
    if not session.anonymous or any(session.store.pictures(album.key) for album in session.store.albums()):
        return ()
    from imgur_sync.planner.keyless import first_words

    return first_words(session.options.copy)


def _held(plan: AlbumPlan) -> frozenset[GateName]:
    """The gates with a count of pictures that the plan tripped: they hold for the rest of the run."""
    return frozenset(gate.name for gate in plan.gates) & {GateName.PRUNE, GateName.REPLACE, GateName.RESTORE}


def _reusable(
    session: Session, views: Sequence[AlbumView], plans: Collection[AlbumPlan]
) -> Task[tuple[SyncedPicture, ...]]:
    """Our detached pictures that files without a picture could take: each is asked for by one GET. Where no answer
    tells anything, it is not proven gone, and its file is not sent once more."""
    wanted = {digest for plan in plans for digest, _ in plan.unpaired_files}
    if not wanted:
        return ()
    shorts = {digest[:16] for digest in wanted}
    left = {image_id for plan in plans for image_id in plan.adrift}
    # A picture that an interrupted move took out of its album is as good as a detached one.
    halfway = [p for view in views for p in view.pictures if p.id in left and p.digest[:16] in shorts]
    pictures = (*free_to_take(session, session.store.detached(wanted)), *halfway)
    if session.anonymous:  # only what has its deletehash can be put into an album
        pictures = tuple(picture for picture in pictures if picture.deletehash is not None)
    if session.options.offline:
        return pictures
    from imgur_sync.executor.probing import probe
    from imgur_sync.model.change import Change, PictureDeleted, PictureGone

    probed = yield from probe(session, (picture.id for picture in pictures))
    now = session.clock.now()
    placed = {picture.id for picture in halfway}
    # A detached picture has no file any more: with the picture its record ends.
    lost: list[Change] = [
        PictureGone(image_id, now) if image_id in placed else PictureDeleted(image_id, now)
        for image_id in sorted(probed.gone)
    ]
    if lost and session.writer is not None:
        session.store.record(*lost)
    return tuple(picture for picture in pictures if picture.id in probed.alive | probed.unknown)

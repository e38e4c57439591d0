"""What holds for every plan: albums and worlds, plans carried out by a pure interpreter."""

from __future__ import annotations

from dataclasses import replace

from imgur_sync.model.budget import Budget, Limit, LimitName
from imgur_sync.model.plan import AlbumPlan, GateName, Plan
from imgur_sync.model.spec import GateLimit, GateLimits
from imgur_sync.model.step import CreateAlbum, DeleteImage, EditAlbum, EditImage, Step, Upload
from imgur_sync.model.synced import Standing
from tests.planner.drawn_worlds import CONTENTS, Chance, budget_of, shuffled, world_of
from tests.support.album_views import file, sha
from tests.support.planned_world import PlannedWorld

TIGHT = GateLimits(GateLimit(0, 20), 3, GateLimit(0, 30), GateLimit(0, 10))


def approved(world: PlannedWorld) -> Plan:
    """The plan with every gate passed that a number can pass."""
    numbers = {name: number for name, number in world.approving().items() if name.approvable}
    return world.plan(numbers)


def foreign(world: PlannedWorld) -> dict[str, list[str]]:
    """What each album shows of others, in order."""
    return {key: [i for i in album.shown if i not in world.pictures] for key, album in world.albums.items()}


def drifted(plan: Plan) -> bool:
    """Whether a file takes a picture that the first plan found taken out of its album: it is free from then on."""
    return any(step.attached for part in plan.albums for step in part.steps if isinstance(step, EditAlbum))


def left_over(first: Plan, second: Plan) -> list[Step]:
    """The steps of the second plan, but for texts of pictures that the first one brought into the album: what Imgur
    has of these is seen only when the album shows them."""
    came = {(part.album, move.target) for part in first.albums for move in part.moves if move.album}
    for part in first.albums:
        edits = [step for step in part.steps if isinstance(step, EditAlbum)]
        came |= {(part.album, place.path) for step in edits for place in step.attached}
    steps = (step for part in second.albums for step in part.steps)
    return [step for step in steps if not (isinstance(step, EditImage) and (step.album, step.path) in came)]


def a_plan_carried_out_leaves_nothing_to_do(chance: Chance) -> None:
    """After the plan, wherever Imgur puts the uploads, nothing is uploaded or deleted any more; when the places that
    Imgur gave are recorded too, the albums are quiet, but for what is blocked."""
    world = world_of(chance)
    first = approved(world)
    world.apply(first, lambda shown: chance.upto(0, shown))
    again = approved(world)
    steps = left_over(first, again)
    assert not steps or drifted(again)
    assert not any(isinstance(step, Upload | DeleteImage) for step in steps)
    world.apply(again)
    last = approved(world)
    assert not left_over(again, last)
    for part in last.albums:
        assert (part.placements, part.detachments, part.released) == ((), (), ())
        assert part.quiet or part.steps or part.blocked or any(gate.name is GateName.ROOT for gate in part.gates)


def pictures_of_others_go_on_being_shown_in_their_order(chance: Chance) -> None:
    """No plan takes a foreign picture out of an album, deletes it or reorders it among its like."""
    world = world_of(chance)
    before = foreign(world)
    world.apply(approved(world), lambda shown: chance.upto(0, shown))
    assert foreign(world) == before


def no_content_is_uploaded_that_a_picture_of_the_album_has(chance: Chance) -> None:
    """Of each content an album uploads at most as many as its files are more than its living pictures."""
    world = world_of(chance)
    plan = approved(world)
    for part in plan.albums:
        album = world.albums[part.album]
        sent = [step.digest for step in part.wanted if isinstance(step, Upload)]
        alive = (Standing.PLACED, Standing.UNMANAGED)
        here = [p.digest for p in world.pictures.values() if p.album == part.album and p.standing in alive]
        for digest in set(sent):
            files = sum(f.digest == digest for f in album.files)
            outgoing = sum(m.digest == digest and m.album == part.album for p in plan.albums for m in p.moves)
            assert sent.count(digest) <= files - here.count(digest) + outgoing


def unapproved_gates_hold_what_they_guard(chance: Chance) -> None:
    """With a tripped gate and no approval nothing of its kind is granted in that album, and nothing at all with `root`
    or `listing`."""
    world = world_of(chance, limits=TIGHT)
    for part in world.plan().albums:
        names = {gate.name for gate in part.gates}
        edits = [step for step in part.steps if isinstance(step, EditAlbum)]
        if names & {GateName.ROOT, GateName.LISTING}:
            assert part.steps == ()
        if GateName.PRUNE in names:
            assert not any(isinstance(step, DeleteImage) for step in part.steps)
            assert not any(step.detached for step in edits)
        if GateName.REPLACE in names:
            assert not any(step.retired for step in edits)
        if GateName.PUBLISH in names:
            assert not any(step.privacy == world.albums[part.album].spec.privacy for step in edits)


def a_held_album_stays_as_it_is_when_planned_again(chance: Chance) -> None:
    """What is done beside tripped gates is done once: the next plan grants nothing."""
    world = world_of(chance, limits=TIGHT)
    first = world.plan()
    world.apply(first)
    again = world.plan()
    assert not left_over(first, again) or drifted(again)
    world.apply(again)
    assert [part.steps for part in world.plan().albums] == [()] * len(world.albums)


def the_price_never_exceeds_the_budget_and_nothing_is_lost(chance: Chance) -> None:
    """Credits with the reads around them, POSTs and uploads fit every limit; each wanted step is granted, deferred,
    withheld or blocked."""
    world, budget = world_of(chance), budget_of(chance)
    plan = world.plan(budget=budget)
    price = plan.price
    for name in (LimitName.DAY, LimitName.HOUR, LimitName.RUN):
        assert price.credits <= _left(budget, name)
    assert price.writes.posts <= _left(budget, LimitName.POSTS)
    assert price.writes.uploads <= _left(budget, LimitName.UPLOADS)
    for part in plan.albums:
        for step in part.wanted:
            assert _accounted(step, part), f"{step} is lost"


def _left(budget: Budget, name: LimitName) -> float:
    left = budget.remaining(name)
    return float("inf") if left is None else left


def _accounted(step: Step, part: AlbumPlan) -> bool:
    held = [*(item.step for item in part.deferred), *(item.step for item in part.withheld)]
    places: list[Step] = [*part.steps, *held]
    if step in places:
        return True
    blocked = {item.path for item in part.blocked}
    match step:
        case Upload():
            return step.path in blocked
        case EditAlbum() | CreateAlbum():
            # A smaller edit is made, or none is left, for what a gate or missing bytes hold back.
            return bool(part.gates or blocked) or any(isinstance(other, type(step)) for other in places)
        case _:
            return False


def the_digest_depends_on_nothing_but_what_is_wanted(chance: Chance) -> None:
    """Neither the order of files, pictures and albums, nor dimensions, budget or approvals change it."""
    world = world_of(chance)
    plan = world.plan()
    digest = plan.digest
    approvals = {name: number for name, number in world.approving().items() if name.approvable}
    assert world.plan(approvals).digest == digest
    assert world.plan(budget=Budget((Limit(LimitName.DAY, None, 0),))).digest == digest
    for album in world.albums.values():
        files = [replace(f, width=chance.upto(1, 9), height=7, size=1) for f in album.files]
        album.files = tuple(shuffled(chance, files))
    world.pictures = {p.id: p for p in shuffled(chance, list(world.pictures.values()))}
    world.albums = {key: world.albums[key] for key in shuffled(chance, list(world.albums))}
    assert world.plan().digest == digest


def another_wish_gives_another_digest(chance: Chance) -> None:
    """A file with a content that nothing has is a wish of its own."""
    world = world_of(chance, most=1)
    content = chance.of(CONTENTS)
    digest = world.plan().digest
    album = world.albums["cats"]
    album.files = (*album.files, file("new.jpg", f"never seen {content}"))
    after = world.plan()
    stopped = any(gate.name is GateName.ROOT for gate in after.albums[0].gates)
    assert (after.digest != digest) is not stopped
    assert sha(f"never seen {content}") in {f.digest for f in album.files}


PROPERTIES = (
    a_plan_carried_out_leaves_nothing_to_do,
    pictures_of_others_go_on_being_shown_in_their_order,
    no_content_is_uploaded_that_a_picture_of_the_album_has,
    unapproved_gates_hold_what_they_guard,
    a_held_album_stays_as_it_is_when_planned_again,
    the_price_never_exceeds_the_budget_and_nothing_is_lost,
    the_digest_depends_on_nothing_but_what_is_wanted,
    another_wish_gives_another_digest,
)

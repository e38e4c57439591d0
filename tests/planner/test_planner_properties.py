"""What holds for every plan: random albums and worlds, plans carried out by a pure interpreter."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from imgur_sync.model.budget import Budget, Limit, LimitName
from imgur_sync.model.local import LocalFile, Presence
from imgur_sync.model.plan import AlbumPlan, GateName, Plan
from imgur_sync.model.spec import GateLimit, GateLimits, Order, Privacy, Prune
from imgur_sync.model.step import CreateAlbum, DeleteImage, EditAlbum, EditImage, Step, Upload
from imgur_sync.model.synced import Standing
from imgur_sync.model.texts import Texts
from tests.support.album_views import file, picture, sha, spec, synced
from tests.support.planned_world import Album, PlannedWorld

NAMES = ("a.jpg", "b.jpg", "C.jpg", "d2.jpg", "d10.jpg", "sub/e.jpg", "sub/ü.jpg")
TIGHT = GateLimits(GateLimit(0, 20), 3, GateLimit(0, 30), GateLimit(0, 10))
EXAMPLES = settings(max_examples=150, deadline=None, database=None)


@st.composite
def worlds(draw: st.DrawFn, *, most: int = 2, limits: GateLimits | None = None) -> PlannedWorld:
    """One or two albums with files, pictures of ours (some not shown, some detached), and pictures of others."""
    number = 0
    albums: list[Album] = []
    pictures = []
    texts: dict[str, dict[str, str]] = {}
    for key in ("cats", "dogs")[: draw(st.integers(1, most))]:
        files = draw(files_of())
        exists = draw(st.booleans()) or draw(st.booleans())
        shown: list[str] = []
        for path in draw(st.lists(st.sampled_from(NAMES), max_size=5)) if exists else ():
            number += 1
            standing = draw(STANDINGS)
            ours = picture(f"p{number}", path, draw(CONTENTS), album=key, standing=standing)
            pictures.append(ours)
            rare = draw(st.integers(0, 5)) == 0
            if rare is (standing is Standing.DETACHED):
                shown.append(ours.id)
                texts[ours.id] = {"title": draw(TITLES)}  # what nobody shows yet is only seen in a later plan
        shown += [f"{key}-f{n}" for n in range(draw(st.integers(0, 2)))] if exists else []
        edited = draw(st.booleans())
        record = synced(key, edited=edited) if exists else None
        public = draw(st.booleans())
        header: dict[str, object] = {}
        if exists:
            header = {"title": draw(TITLES), "public": public}
        covered = draw(st.booleans())
        if shown and covered:
            header["cover"] = draw(st.sampled_from(shown))
        turn = draw(st.integers(0, 6))
        order = sorted(shown, key=lambda image_id: (len(image_id) * turn + ord(image_id[-1]) * (turn + 1)) % 7)
        albums.append(Album(draw(entries(key, len(albums))), files, record, order, header))
    world = PlannedWorld(*albums, pictures=pictures, limits=limits)
    world.texts = texts
    return world


STANDINGS = st.sampled_from((*(Standing.PLACED,) * 5, Standing.DETACHED, Standing.UNMANAGED))
CONTENTS = st.sampled_from("uvwxyz")
DATES = st.sampled_from(
    ("", "2024-05-01T10:00:00.000000", "2024-05-01T09:00:00.000000", "2024-05-01T10:00:00.500000+02:00")
)
TITLES = st.sampled_from(("", "Cats", "Dogs"))


@st.composite
def files_of(draw: st.DrawFn) -> tuple[LocalFile, ...]:
    """Some files; a rare one is a pointer whose bytes are not here."""
    present = st.sampled_from((Presence.PRESENT,) * 6 + (Presence.POINTER,))
    paths = draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=1, max_size=5))
    return tuple(
        file(path, draw(CONTENTS), modified_ns=draw(st.integers(0, 2)), content=draw(present), taken=draw(DATES))
        for path in paths
    )


@st.composite
def entries(draw: st.DrawFn, key: str, position: int) -> Any:
    """An entry of the manifest."""
    return spec(
        key,
        position=position,
        title=draw(st.none() | TITLES),
        description=draw(st.none() | TITLES),
        privacy=draw(st.sampled_from(Privacy)),
        order=draw(st.sampled_from(Order)),
        cover=draw(st.sampled_from(("first", "newest", "b.jpg"))),
        prune=draw(st.sampled_from(Prune)),
        priority=draw(st.integers(0, 1)),
        protect=draw(st.integers(0, 5)) == 0,
        listed=draw(st.sampled_from(((), (), ("d10.jpg", "gone.jpg", "a.jpg")))),
        image_title=draw(st.sampled_from(("", "", "{stem}", "{index}"))),
        images=draw(st.sampled_from(((), (("a.jpg", Texts("Cats", "a cat")), ("b.jpg", Texts("")))))),
    )


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


@EXAMPLES
@given(worlds(), st.randoms(use_true_random=False))
def test_a_plan_carried_out_leaves_nothing_to_do(world: PlannedWorld, random: Random) -> None:
    """After the plan, wherever Imgur puts the uploads, nothing is uploaded or deleted any more; when the places that
    Imgur gave are recorded too, the albums are quiet, but for what is blocked."""
    first = approved(world)
    world.apply(first, lambda shown: random.randint(0, shown))
    again = approved(world)
    steps = left_over(first, again)
    assert not steps or drifted(again)
    assert not any(isinstance(step, Upload | DeleteImage) for step in steps)
    world.apply(again)
    last = approved(world)
    for part in last.albums:
        assert (part.steps, part.placements, part.detachments, part.released) == ((), (), (), ())
        assert part.quiet or part.blocked or any(gate.name is GateName.ROOT for gate in part.gates)


@EXAMPLES
@given(worlds(), st.randoms(use_true_random=False))
def test_pictures_of_others_go_on_being_shown_in_their_order(world: PlannedWorld, random: Random) -> None:
    """No plan takes a foreign picture out of an album, deletes it or reorders it among its like."""
    before = foreign(world)
    world.apply(approved(world), lambda shown: random.randint(0, shown))
    assert foreign(world) == before


@EXAMPLES
@given(worlds())
def test_no_content_is_uploaded_that_a_picture_of_the_album_has(world: PlannedWorld) -> None:
    """Of each content an album uploads at most as many as its files are more than its living pictures."""
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


@EXAMPLES
@given(worlds(limits=TIGHT))
def test_unapproved_gates_hold_what_they_guard(world: PlannedWorld) -> None:
    """With a tripped gate and no approval nothing of its kind is granted in that album, and nothing at all with `root`
    or `listing`."""
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


@EXAMPLES
@given(worlds(limits=TIGHT))
def test_a_held_album_stays_as_it_is_when_planned_again(world: PlannedWorld) -> None:
    """What is done beside tripped gates is done once: the next plan grants nothing."""
    first = world.plan()
    world.apply(first)
    again = world.plan()
    assert not left_over(first, again) or drifted(again)
    world.apply(again)
    assert [part.steps for part in world.plan().albums] == [()] * len(world.albums)


def budgets() -> st.SearchStrategy[Budget]:
    """Budgets with any of the limits set to a small figure."""
    figure = st.none() | st.integers(0, 60)
    rows = st.tuples(*(figure for _ in LimitName))
    return rows.map(lambda row: Budget(tuple(Limit(n, None, r, 5.0) for n, r in zip(LimitName, row, strict=True))))


@EXAMPLES
@given(worlds(), budgets())
def test_the_price_never_exceeds_the_budget_and_nothing_is_lost(world: PlannedWorld, budget: Budget) -> None:
    """Credits with the reads around them, POSTs and uploads fit every limit; each wanted step is granted, deferred,
    withheld or blocked."""
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


@EXAMPLES
@given(worlds(), st.randoms(use_true_random=False))
def test_the_digest_depends_on_nothing_but_what_is_wanted(world: PlannedWorld, random: Random) -> None:
    """Neither the order of files, pictures and albums, nor dimensions, budget or approvals change it."""
    plan = world.plan()
    digest = plan.digest
    approvals = {name: number for name, number in world.approving().items() if name.approvable}
    assert world.plan(approvals).digest == digest
    assert world.plan(budget=Budget((Limit(LimitName.DAY, None, 0),))).digest == digest
    for album in world.albums.values():
        files = [replace(f, width=random.randint(1, 9), height=7, size=1) for f in album.files]
        album.files = tuple(random.sample(files, len(files)))
    world.pictures = {p.id: p for p in random.sample(list(world.pictures.values()), len(world.pictures))}
    keys = list(world.albums)
    random.shuffle(keys)
    world.albums = {key: world.albums[key] for key in keys}
    assert world.plan().digest == digest


@EXAMPLES
@given(worlds(most=1), CONTENTS)
def test_another_wish_gives_another_digest(world: PlannedWorld, content: str) -> None:
    """A file with a content that nothing has is a wish of its own."""
    digest = world.plan().digest
    album = world.albums["cats"]
    album.files = (*album.files, file("new.jpg", f"never seen {content}"))
    after = world.plan()
    stopped = any(gate.name is GateName.ROOT for gate in after.albums[0].gates)
    assert (after.digest != digest) is not stopped
    assert sha(f"never seen {content}") in {f.digest for f in album.files}

"""Prices, the cut to the budget, and the digest of the whole."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from imgur_sync.model.budget import Budget, Cost, Limit, LimitName
from imgur_sync.model.local import Presence
from imgur_sync.model.plan import AlbumPlan, Plan
from imgur_sync.model.spec import GateLimit, GateLimits, Privacy, Prune
from imgur_sync.model.step import CreateAlbum, DeleteAlbum, DeleteImage, EditAlbum, EditImage, Place, Step, Upload
from imgur_sync.planner.album import plan_album
from imgur_sync.planner.digest import digest
from imgur_sync.planner.price import cost, price, reads_around
from imgur_sync.planner.view import AlbumView
from imgur_sync.planner.whole import assemble
from tests.support.album_views import NOW, file, new_view, picture, spec, view
from tests.support.planned_world import MANIFEST

WIDE = GateLimits(GateLimit(99, 100), 999, GateLimit(99, 100), GateLimit(99, 100))
UPLOAD = Upload("cats", "a", "0" * 64, 1000, "image/png", 1, 1, False)


def budget(**left: int) -> Budget:
    """A budget with these limits, each opening so many seconds from now as its name gives."""
    opens = {"run": None, "day": NOW + 900, "hour": NOW + 500, "posts": NOW + 600, "uploads": NOW + 700}
    return Budget(tuple(Limit(LimitName(name), None, number, opens[name]) for name, number in left.items()))


def whole(*views: AlbumView, left: Budget | None = None) -> Plan:
    """The plan of these albums, cut to what is left."""
    parts = [plan_album(found) for found in views]
    return assemble(MANIFEST, "lineage", parts, unchanged=0, unchanged_files=0, budget=left, now=NOW)


def kinds(part: AlbumPlan) -> str:
    """The granted steps, a letter each."""
    letters = {CreateAlbum: "c", Upload: "u", EditAlbum: "e", DeleteImage: "d"}
    return "".join(
        "n" if isinstance(step, EditAlbum) and step.narrows else letters.get(type(step), "?") for step in part.steps
    )


EDIT = EditAlbum("cats", places=(Place("a", ""),))
COSTS: list[tuple[Step, Cost]] = [
    (UPLOAD, Cost(10, 1, 1)),
    (CreateAlbum("cats", None), Cost(1, 1)),
    (EditAlbum("cats", title="T"), Cost(1)),
    (EDIT, Cost(1, 1)),
    (replace(EDIT, reordered=True), Cost(1)),
    (replace(EDIT, places=(), title="T", calls=2), Cost(2, 1)),
    (EditImage("cats", "a", "", "T", None), Cost(1)),
    (DeleteImage("cats", "a", ""), Cost(1)),
    (DeleteAlbum("cats"), Cost(1)),
]


@pytest.mark.parametrize(("step", "expected"), COSTS)
def test_an_upload_costs_ten_and_any_other_call_one(step: Step, expected: Cost) -> None:
    """In credits, POSTs and uploads (imgur-api §3); `remove_images` is a POST, a PUT is none."""
    assert cost(step) == expected


def test_reads_are_counted_apart() -> None:
    """One before each edit and one read-back; one more for a new album; one after deletions; none for nothing."""
    edit = EditAlbum("cats", title="T")
    assert reads_around([]) == 0
    assert reads_around([edit]) == 2
    assert reads_around([UPLOAD, UPLOAD]) == 1
    assert reads_around([CreateAlbum("cats", None), UPLOAD, edit]) == 3
    assert reads_around([edit, DeleteImage("cats", "a", "")]) == 3
    assert price([UPLOAD, edit], 2).credits == 13
    assert (price([UPLOAD], 0).uploads, price([UPLOAD], 0).upload_bytes) == (1, 1000)


def test_without_a_budget_nothing_is_cut() -> None:
    """Offline plans tell the whole price."""
    plan = whole(new_view([file(f"f{n}") for n in range(99)]))
    assert (kinds(plan.albums[0]), plan.price, plan.resume_at) == ("c" + "u" * 99 + "e", plan.total, None)
    assert plan.total.writes == Cost(992, 100, 99)


def test_albums_come_by_priority_then_in_manifest_order() -> None:
    """Whatever the order given; the budget goes to the first."""
    views = [
        new_view([file(key)], entry=spec(key, position=position, priority=priority))
        for position, (key, priority) in enumerate((("low", -1), ("one", 0), ("two", 0), ("top", 5)))
    ]
    plan = whole(*views[::-1], left=budget(day=30))
    assert [part.album for part in plan.albums] == ["top", "one", "two", "low"]
    assert [kinds(part) for part in plan.albums] == ["cue", "cue", "", ""]


def test_work_of_one_credit_goes_first_and_goes_on_without_uploads() -> None:
    """An edit of a later album is done before any upload, also when no upload is allowed."""
    views = [
        view([file("a"), file("b")], [picture("A", "a")], entry=spec("cats", position=0, priority=9)),
        view([file("a")], [picture("A", "a")], entry=spec("dogs", position=1, title="New")),
    ]
    assert [kinds(part) for part in whole(*views, left=budget(day=3)).albums] == ["", "e"]
    plan = whole(*views, left=budget(uploads=0))
    assert [kinds(part) for part in plan.albums] == ["", "e"]
    assert [d.limit for part in plan.albums for d in part.deferred] == [LimitName.UPLOADS] * 2
    assert plan.resume_at == NOW + 700


def test_uploads_that_fit_are_sent_in_order_and_the_edit_waits_for_the_last() -> None:
    """An album cut short whose edit would only put pictures in order is edited when its last picture is up."""
    plan = whole(view([file(f"f{n}") for n in range(5)]), left=budget(uploads=3))
    part = plan.albums[0]
    assert (kinds(part), [type(d.step) for d in part.deferred]) == ("uuu", [Upload, Upload, EditAlbum])
    assert [step.path for step in part.steps if isinstance(step, Upload)] == ["f0", "f1", "f2"]


def test_an_album_cut_short_is_edited_for_a_detach_a_text_or_a_finished_replacement() -> None:
    """Once at the end; never for a replacement that is not up yet; without its widening."""
    files = [file("a"), *(file(f"f{n}") for n in range(5))]
    old = [picture("A", "a"), picture("X", "x")]
    for found in (
        view(files, old, limits=WIDE),
        view(files, old[:1], entry=spec(title="New", privacy=Privacy.PUBLIC, allow_public=True)),
        view([file("a", "new"), *files[1:]], old[:1], limits=WIDE),
        view([file("x", "a"), *files[1:]], old, limits=WIDE),
    ):
        part = whole(found, left=budget(uploads=3)).albums[0]
        assert kinds(part) == "uuue"
        assert [step.privacy for step in part.steps if isinstance(step, EditAlbum)] == [None]
    late = view([*files, file("z", "new")], [picture("A", "a"), picture("Z", "z", "old")], limits=WIDE)
    assert kinds(whole(late, left=budget(uploads=3)).albums[0]) == "uuu"


def test_no_picture_is_deleted_and_nothing_is_widened_before_every_upload_is_up() -> None:
    """They wait with the uploads that do not fit."""
    found = view(
        [file("a"), file("b"), file("c")],
        [picture("A", "a"), picture("X", "x")],
        entry=spec(prune=Prune.DELETE, privacy=Privacy.PUBLIC, allow_public=True),
        limits=WIDE,
    )
    assert kinds(whole(found).albums[0]) == "uued"
    assert kinds(whole(found, left=budget(uploads=1)).albums[0]) == "u"


def test_narrowing_goes_before_uploads_and_goes_on_without_any() -> None:
    """It costs one credit and never waits for upload allowance."""
    found = view([file("a"), file("b")], [picture("A", "a")], header={"public": True})
    assert kinds(whole(found, left=budget(uploads=0)).albums[0]) == "n"
    assert kinds(whole(found).albums[0]) == "nue"


@pytest.mark.parametrize("left", [{"day": 14}, {"uploads": 0}, {"posts": 1}, {"hour": 5}, {"run": 0}])
def test_no_album_is_made_before_one_upload_into_it_fits(left: dict[str, int]) -> None:
    """No empty album stays behind: creation, reads, one upload and the edit that clears the marker come as one."""
    plan = whole(new_view([file("a"), file("b")]), left=budget(**left))
    part = plan.albums[0]
    assert (kinds(part), len(part.deferred)) == ("", 4)
    assert kinds(whole(new_view([file("a"), file("b")]), left=budget(day=15)).albums[0]) == "cue"


def test_work_resumes_when_the_last_limit_in_the_way_opens_and_never_for_a_limit_of_the_run() -> None:
    """Of several limits the latest counts; what no limit cuts has no time."""
    views = [new_view([file("a"), file("b")]), new_view([file("c")], entry=spec("dogs", position=1))]
    assert whole(*views, left=budget(day=2000, uploads=1)).resume_at == NOW + 700
    assert whole(*views, left=budget(day=0, uploads=1)).resume_at == NOW + 900
    assert whole(*views, left=budget(run=0)).resume_at is None
    assert whole(*views, left=budget(day=2000)).resume_at is None


def test_equal_deletions_are_deferred_one_by_one() -> None:
    """Two pictures of one content and one path: one is deleted, the other is told as deferred."""
    ours = [picture("A", "a"), picture("X", "x"), picture("Y", "x")]
    part = whole(view([file("a")], ours, entry=spec(prune=Prune.DELETE), limits=WIDE), left=budget(day=2)).albums[0]
    assert (kinds(part), [type(d.step) for d in part.deferred]) == ("d", [DeleteImage])


def test_a_large_album_is_cut_in_no_time() -> None:
    """Twenty thousand files, budget for half: the steps are counted, not compared with one another."""
    found = view([file(f"f{n:05}") for n in range(20_000)])
    part = whole(found, left=budget(day=100_001)).albums[0]
    assert kinds(part).count("u") == 10_000


WISHES: list[AlbumView] = [
    view([file("a")]),
    view([file("b", "a")]),
    view([file("a", "x")]),
    view([file("a")], entry=spec("dogs")),
    new_view([file("a")]),
    new_view([file("a")], entry=spec(title="")),
    new_view([file("a")], entry=spec(title="Cats")),
    new_view([file("a")], entry=spec(description="asleep")),
    new_view([file("a")], entry=spec(privacy=Privacy.SECRET)),
    new_view([file("a")], entry=spec(privacy=Privacy.PUBLIC)),
    new_view([file("a"), file("b")]),
    new_view([file("a"), file("b")], entry=spec(cover="b")),
    view([file("a")], [picture("A", "a"), picture("B", "b")]),
    view([file("a")], [picture("A", "a"), picture("B", "b")], entry=spec(prune=Prune.DELETE)),
    view([file("a")], [picture("A", "a")], []),
    view([file("a"), file("b")], [picture("A", "a"), picture("B", "b")], ["B", "A"]),
    view([file("a", "x")], [picture("A", "a")]),
]


def test_every_other_wish_has_another_digest() -> None:
    """Path, content, album, header, order, cover, way to prune: each changes it."""
    digests = {whole(found).digest for found in WISHES}
    assert len(digests) == len(WISHES)
    assert all(len(found) == len("sha256:") + 64 and found.startswith("sha256:") for found in digests)


def test_what_is_not_a_wish_leaves_the_digest_alone() -> None:
    """Dimensions, sizes, times, missing bytes, ids, budget, gates and approvals, the order of albums."""
    files = [file("a"), file("b")]
    found = view(files, [picture("A", "a"), picture("X", "x")])
    same = whole(found).digest
    other = [replace(f, width=9, height=9, size=9, has_gps=True, modified_ns=5, media_type="image/gif") for f in files]
    ours = [picture("Q", "a"), picture("R", "x")]
    assert whole(view(other[::-1], ours)).digest == same
    assert whole(view([replace(f, content=Presence.POINTER) for f in files], ours)).digest == same
    assert whole(replace(found, now=NOW + 1000)).digest == same
    assert whole(found, left=budget(day=0)).digest == same
    assert whole(replace(found, limits=GateLimits(GateLimit(0, 0)))).digest == same
    dogs = view([file("d")], entry=spec("dogs", position=1, priority=7))
    assert whole(found, dogs).digest == whole(dogs, found).digest


def test_the_digest_is_the_same_under_any_hash_seed_and_locale() -> None:
    """A process of its own for each, with a name that is not ASCII and one that is not UTF-8."""
    code = (
        "from imgur_sync.planner.digest import digest\n"
        "from imgur_sync.planner.album import plan_album\n"
        "from tests.support.album_views import *\n"
        "files = [file('\\u00fc.jpg'), file('\\udcff.jpg', 'q'), file('Z'), file('i10'), file('i9')]\n"
        "print(digest([plan_album(view(files, [picture('A', 'x'), picture('B', 'y')], elsewhere=frozenset('pqrst')))]))"
    )
    root = Path(__file__).parents[2]
    seen = set()
    for seed, locale in (("0", "C"), ("1", "C.UTF-8"), ("42", "tr_TR.UTF-8")):
        env = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": locale, "PYTHONPATH": str(root)}
        done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
        seen.add(done.stdout.strip())
    files = [file("\u00fc.jpg"), file("\udcff.jpg", "q"), file("Z"), file("i10"), file("i9")]
    ours = [picture("A", "x"), picture("B", "y")]
    assert seen == {digest([plan_album(view(files, ours, elsewhere=frozenset("pqrst")))])}

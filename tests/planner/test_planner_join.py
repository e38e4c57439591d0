"""Matching across albums: a file without a picture takes one of equal content that no other file needs."""

from __future__ import annotations

from typing import Any

import pytest

from imgur_sync.model.local import LocalFile
from imgur_sync.model.plan import AlbumPlan, GateName
from imgur_sync.model.spec import Prune
from imgur_sync.model.step import EditAlbum, Upload
from imgur_sync.model.synced import Standing, SyncedPicture
from imgur_sync.planner.album import plan_album
from imgur_sync.planner.view import AlbumView
from imgur_sync.planner.whole import plan_albums
from tests.support.album_views import file, picture, sha, spec, view

KEEPERS = {key: (file(f"0{key}"), picture(f"0{key}", f"0{key}", album=key)) for key in ("cats", "dogs", "owls")}


def part_of(key: str, files: list[LocalFile], ours: list[SyncedPicture], position: int = 0, **facts: Any) -> AlbumView:
    """The view of one album that also has a file in order, so that no gate of the whole folder trips."""
    fields = facts.pop("fields", {})
    shown = facts.pop("shown", None)
    kept = KEEPERS[key]
    ids = None if shown is None else [kept[1].id, *shown]
    entry = spec(key, position=position, **fields)
    return view([kept[0], *files], [kept[1], *ours], ids, entry=entry, **facts)


def plans(*views: AlbumView, detached: tuple[SyncedPicture, ...] = ()) -> dict[str, AlbumPlan]:
    """The plans by album key."""
    return {part.album: part for part in plan_albums(views, detached, {}, 100)}


def sent(part: AlbumPlan) -> list[str]:
    """The paths that are uploaded."""
    return [step.path for step in part.steps if isinstance(step, Upload)]


def moves(part: AlbumPlan) -> list[tuple[str, str, str]]:
    """(album, source, target) of every move."""
    return [(move.album, move.source, move.target) for move in part.moves]


def test_a_file_that_moved_to_another_album_takes_its_picture_along() -> None:
    """No upload, no removal that counts: one edit in each album; the place is recorded with the receiving one."""
    found = plans(part_of("cats", [], [picture("1", "a")]), part_of("dogs", [file("b", "a")], [], 1))
    assert (sent(found["dogs"]), moves(found["dogs"])) == ([], [("cats", "a", "b")])
    assert (found["cats"].leaving, found["cats"].placements) == (frozenset({"1"}), ())
    assert [(p.id, p.album, p.path) for p in found["dogs"].placements] == [("1", "dogs", "b")]
    (edit,) = [step for step in found["cats"].steps if isinstance(step, EditAlbum)]
    assert edit.detached == ()


def test_a_moved_picture_is_not_counted_as_pruned() -> None:
    """Ten pictures that move are no removals for the gate."""
    ours = [picture(f"i{n}", f"p{n}") for n in range(10)]
    moved = [file(f"p{n}") for n in range(10)]
    found = plans(part_of("cats", [], ours), part_of("dogs", moved, [], 1))
    assert [part.gates for part in found.values()] == [(), ()]
    assert sent(found["dogs"]) == []


def test_a_detached_picture_is_attached_again_instead_of_an_upload() -> None:
    """In its own album or in another."""
    left = picture("1", "a", standing=Standing.DETACHED)
    for key in ("cats", "dogs"):
        part = plans(part_of(key, [file("a")], []), detached=(left,))[key]
        assert sent(part) == []
        assert [place.path for step in part.steps if isinstance(step, EditAlbum) for place in step.attached] == ["a"]


def test_own_album_first_then_manifest_order() -> None:
    """Of several equal pictures a file takes that of its own album, then the first album's; detached elsewhere last."""
    own = picture("own", "a", "x", album="owls", standing=Standing.DETACHED)
    far = picture("far", "a", "x", album="gone", standing=Standing.DETACHED)
    views = [
        part_of("cats", [], [picture("c", "a", "x")], 0),
        part_of("dogs", [], [picture("d", "a", "x", album="dogs")], 1),
        part_of("owls", [file("a", "x"), file("b", "x"), file("c", "x"), file("e", "x"), file("f", "x")], [], 2),
    ]
    part = plans(*views, detached=(far, own))["owls"]
    assert {p.path: p.id for p in part.placements} == {"a": "own", "b": "c", "c": "d", "e": "far"}
    assert sent(part) == ["f"]


def test_each_picture_is_claimed_once_in_manifest_order() -> None:
    """Two albums want one picture: the first of the manifest gets it, whatever the order of the views."""
    views = [
        part_of("cats", [], [picture("1", "a", "x")], 2),
        part_of("dogs", [file("b", "x")], [], 1),
        part_of("owls", [file("c", "x")], [], 0),
    ]
    for order in (views, views[::-1]):
        found = plans(*order)
        assert (sent(found["dogs"]), sent(found["owls"])) == (["b"], [])


def test_an_album_that_needs_its_picture_keeps_it() -> None:
    """A copy in another album is a picture of its own."""
    found = plans(part_of("cats", [file("a", "x")], [picture("1", "a", "x")]), part_of("dogs", [file("b", "x")], [], 1))
    assert found["cats"].steps == ()
    assert sent(found["dogs"]) == ["b"]


REFUSALS: list[tuple[str, dict[str, Any]]] = [
    ("never", {"fields": {"prune": Prune.NEVER}}),
    ("protect", {"fields": {"protect": True}}),
    ("scan errors", {"local": {"errors": ("sub: cannot be read",), "files": (KEEPERS["cats"][0],)}}),
    ("not shown", {"shown": ()}),
]


@pytest.mark.parametrize(("name", "facts"), REFUSALS)
def test_some_albums_give_no_picture_away(name: str, facts: dict[str, Any]) -> None:
    """`never`, `protect`, anything unclear about the folder; nor a picture that nobody proved alive."""
    found = plans(part_of("cats", [], [picture("1", "a", "x")], **facts), part_of("dogs", [file("b", "x")], [], 1))
    assert sent(found["dogs"]) == ["b"], name
    assert moves(found["dogs"]) == []


def held_by_root(part: AlbumPlan) -> list[str]:
    """The paths of the uploads that the gate `root` withholds."""
    return [item.step.path for item in part.withheld if isinstance(item.step, Upload) and item.gate is GateName.ROOT]


EMPTY: dict[str, Any] = {"local": {"files": ()}}


def test_files_of_a_folder_that_may_be_gone_wait_for_it() -> None:
    """All of cats' files stand in dogs: the gate holds cats, and dogs pay nothing for copies; the rest of dogs goes
    on. The gate names the album."""
    found = plans(
        part_of("cats", [], [picture("1", "a"), picture("2", "b")], **EMPTY),
        part_of("dogs", [file("a"), file("b"), file("n")], [], 1),
    )
    assert (found["cats"].steps, sent(found["dogs"]), held_by_root(found["dogs"])) == ((), ["n"], ["a", "b"])
    assert [(gate.name, gate.count, "cats" in gate.detail) for gate in found["dogs"].gates] == [
        (GateName.ROOT, 2, True)
    ]
    assert len([step for step in found["dogs"].wanted if isinstance(step, Upload)]) == 3


def test_a_copy_more_than_the_held_album_has_is_uploaded() -> None:
    """Each held picture is waited for once; a short digest is one too."""
    ours = picture("1", "a", digest=sha("x")[:16])
    found = plans(part_of("cats", [], [ours], **EMPTY), part_of("dogs", [file("b", "x"), file("c", "x")], [], 1))
    assert (sent(found["dogs"]), held_by_root(found["dogs"])) == (["c"], ["b"])


def test_nothing_is_waited_for_where_a_picture_serves() -> None:
    """A detached picture is taken at once; an album that gives nothing away is not waited for."""
    left = picture("9", "z", "x", standing=Standing.DETACHED)
    views = (part_of("cats", [], [picture("1", "a", "x")], **EMPTY), part_of("dogs", [file("b", "x")], [], 1))
    found = plans(*views, detached=(left,))
    assert (sent(found["dogs"]), found["dogs"].gates) == ([], ())
    for fields in ({"prune": Prune.NEVER}, {"protect": True}):
        held = part_of("cats", [], [picture("1", "a", "x")], fields=fields, **EMPTY)
        assert sent(plans(held, views[1])["dogs"]) == ["b"]


def test_the_picture_of_a_file_that_waits_to_replace_it_stays() -> None:
    """Nothing leaves an album for a file that is not sent."""
    found = plans(
        part_of("cats", [], [picture("1", "a", "x")], **EMPTY),
        part_of("dogs", [file("b", "x")], [picture("2", "b", "old", album="dogs")], 1),
    )
    assert (found["dogs"].steps, found["dogs"].leaving) == ((), frozenset())


def test_a_replaced_picture_can_move_too() -> None:
    """The file went elsewhere and another took its name: one upload, not two."""
    found = plans(part_of("cats", [file("a", "y")], [picture("1", "a", "x")]), part_of("dogs", [file("b", "x")], [], 1))
    assert (sent(found["cats"]), sent(found["dogs"])) == (["a"], [])


def test_two_albums_that_swap_their_contents_upload_nothing() -> None:
    """A swap of two files across albums."""
    found = plans(
        part_of("cats", [file("a", "y")], [picture("1", "a", "x")]),
        part_of("dogs", [file("b", "x")], [picture("2", "b", "y", album="dogs")], 1),
    )
    assert [sent(part) for part in found.values()] == [[], []]
    assert [part.leaving for part in found.values()] == [frozenset({"1"}), frozenset({"2"})]


def test_an_unmanaged_picture_stays_where_it_is_shown() -> None:
    """It is never removed, also not for a file of another album; nor is one that a changed `folder` leaves outside."""
    ours = picture("1", "a", "x", standing=Standing.UNMANAGED)
    rows: tuple[dict[str, Any], ...] = (
        {"ours": [ours]},
        {"ours": [picture("1", "a", "x")], "record": {"folder": "old"}},
    )
    for facts in rows:
        found = plans(part_of("cats", [], **facts), part_of("dogs", [file("b", "x")], [], 1))
        assert (sent(found["dogs"]), found["cats"].leaving) == (["b"], frozenset())


def test_an_unmanaged_picture_that_somebody_took_out_can_be_taken() -> None:
    """Proven alive outside every album: its place is recorded once, with the album that takes it."""
    ours = picture("1", "a", "x", standing=Standing.UNMANAGED)
    views = (part_of("cats", [], [ours], shown=()), part_of("dogs", [file("b", "x")], [], 1))
    assert plan_album(views[0]).adrift == ("1",)
    found = plans(*views, detached=(ours,))
    assert (sent(found["dogs"]), [p.id for p in found["dogs"].placements]) == ([], ["1"])
    assert found["cats"].detachments == ()


def test_a_short_digest_joins_and_is_completed() -> None:
    """A picture of a rebuilt state moves too; its record gets the full digest."""
    ours = picture("1", "a", digest=sha("x")[:16])
    found = plans(part_of("cats", [], [ours]), part_of("dogs", [file("b", "x")], [], 1))
    assert [p.digest for p in found["dogs"].placements] == [sha("x")]


def test_an_album_that_no_join_touches_is_left_as_planned() -> None:
    """Same plan with and without the others."""
    alone = plans(part_of("owls", [file("o")], [], 2))["owls"]
    views = (part_of("cats", [], [picture("1", "a")]), part_of("dogs", [file("b", "a")], [], 1))
    assert plans(*views, part_of("owls", [file("o")], [], 2))["owls"] == alone

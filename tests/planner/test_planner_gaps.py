"""A picture that moves between albums is never in neither because one of the two edits has to wait."""

from __future__ import annotations

from dataclasses import replace

from imgur_sync.model.budget import Budget, Limit, LimitName
from imgur_sync.model.plan import AlbumPlan, Plan
from imgur_sync.model.spec import Prune
from imgur_sync.model.step import DeleteImage, EditAlbum, Upload
from imgur_sync.model.synced import IntentKind
from imgur_sync.planner.gaps import waves, without_gaps
from imgur_sync.planner.view import AlbumView
from imgur_sync.planner.whole import assemble, plan_albums
from tests.support.album_views import NOW, file, intent, picture, spec, view
from tests.support.planned_world import MANIFEST


def whole(*views: AlbumView, credits: int = 10_000) -> dict[str, AlbumPlan]:
    """The albums of the plan, cut to so many credits."""
    budget = Budget((Limit(LimitName.DAY, None, credits, NOW + 500),))
    parts = plan_albums(views, [], {}, 100)
    plan: Plan = assemble(MANIFEST, "lineage", parts, unchanged=0, unchanged_files=0, budget=budget, now=NOW)
    return {part.album: part for part in plan.albums}


def kinds(part: AlbumPlan) -> list[type]:
    """The granted steps."""
    return [type(step) for step in part.steps]


def giver(key: str = "cats", path: str = "a", **fields: object) -> AlbumView:
    """An album whose file `path` went elsewhere."""
    stays = picture(f"k{key}", f"0{key}", album=key)
    return view([file(f"0{key}")], [stays, picture(f"i{path}", path, album=key)], entry=spec(key, **fields))


def taker(key: str, path: str, new: int, position: int = 1) -> AlbumView:
    """An album into which the content of `path` came, and so many new files."""
    files = [file(f"0{key}"), file(f"z{path}", path), *(file(f"{key}{n}") for n in range(new))]
    return view(files, [picture(f"k{key}", f"0{key}", album=key)], entry=spec(key, position=position))


def test_both_edits_are_sent_where_both_fit() -> None:
    """And the album that takes has its turn first."""
    parts = whole(giver(), taker("dogs", "a", 2))
    assert [EditAlbum in kinds(part) for part in parts.values()] == [True, True]
    assert (parts["cats"].gives, parts["dogs"].gives) == (frozenset({"dogs"}), frozenset())
    assert [[part.album for part in wave] for wave in waves(tuple(parts.values()))] == [["dogs"], ["cats"]]


def test_an_edit_that_gives_waits_for_the_one_that_takes() -> None:
    """The uploads of the one do not fit: the other keeps the picture, and tells the same limit."""
    parts = whole(giver(), taker("dogs", "a", 9), credits=60)
    assert set(kinds(parts["dogs"])) == {Upload}
    assert kinds(parts["cats"]) == []
    assert [item.limit for item in parts["cats"].deferred] == [LimitName.DAY]
    assert parts["cats"].wanted


def test_deletions_behind_such_an_edit_wait_too() -> None:
    """Nothing of the album goes before its edit."""
    base = giver(prune=Prune.DELETE)
    base = replace(base, pictures=(*base.pictures, picture("old", "old")))
    assert base.listing is not None
    shown = (*base.listing.pictures, replace(base.listing.pictures[0], id="old"))
    parts = whole(replace(base, listing=replace(base.listing, pictures=shown)), taker("dogs", "a", 9), credits=60)
    assert any(isinstance(step, DeleteImage) for step in parts["cats"].wanted)
    assert kinds(parts["cats"]) == []


def test_a_chain_waits_from_its_end() -> None:
    """Owls give to cats, cats to dogs, dogs have to wait: all three do."""
    middle = view(
        [file("0cats"), file("zb", "b")],
        [picture("kcats", "0cats"), picture("ia", "a")],
        entry=spec("cats", position=1),
    )
    parts = whole(giver("owls", "b"), middle, taker("dogs", "a", 9, 2), credits=60)
    assert [kinds(parts[key]) for key in ("owls", "cats")] == [[], []]


def test_an_edit_that_gives_waits_for_a_doubt_of_the_one_that_takes() -> None:
    """An edit in doubt is no edit yet; no limit is in the way."""
    doubtful = replace(taker("dogs", "a", 0), intents=(intent(IntentKind.EDIT_ALBUM, album="dogs"),))
    parts = whole(giver(), doubtful)
    assert (kinds(parts["cats"]), parts["cats"].deferred) == ([], ())


def test_what_a_run_does_not_touch_gives_nothing_away() -> None:
    """An album that was refused in this run is as good as deferred."""
    parts = tuple(whole(giver(), taker("dogs", "a", 0)).values())
    assert [bool(part.steps) for part in without_gaps(parts)] == [True, True]
    assert [bool(part.steps) for part in without_gaps(parts, {"dogs"})] == [False, True]


def test_albums_that_swap_pictures_go_together() -> None:
    """Neither can be first."""
    one = view([file("0"), file("x", "b")], [picture("k", "0"), picture("ia", "a")])
    ours = [picture("l", "1", album="dogs"), picture("ib", "b", album="dogs")]
    two = view([file("1"), file("y", "a")], ours, entry=spec("dogs", position=1))
    parts = tuple(whole(one, two).values())
    assert [bool(part.steps) for part in parts] == [True, True]
    assert [len(wave) for wave in waves(parts)] == [2]

"""What it costs to look at a thousand albums in which nothing has changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from imgur_sync.errors import BudgetError, ExitCode
from imgur_sync.model.plan import Plan
from imgur_sync.simulator import Limits
from tests.support.planted import plant
from tests.support.sync_stage import SyncStage

ALBUMS = 1_000
PAGES = 10
"""A page of the account's albums holds a hundred."""


def cost(stage: SyncStage, look: Callable[[], object]) -> int:
    """The credits that Imgur charges for a look."""
    before = stage.look("ledger")["credits"]
    look()
    spent: int = stage.look("ledger")["credits"] - before
    return spent


def in_order(stage: SyncStage) -> None:
    """A plan that finds nothing to do and every picture in its place."""
    plan = stage.plan()
    assert plan.settled
    assert plan.unchanged_files == len(stage.albums)


def applied(stage: SyncStage) -> None:
    """An apply that finds nothing to do."""
    assert stage.apply().codes == (ExitCode.DONE,)


def test_a_thousand_unchanged_albums_cost_twenty_credits_at_most(tmp_path: Path) -> None:
    """A page of headers for a hundred; when the listings have grown old, ten of them besides, under Imgur's own limits.

    The first look at each album lists it, which is more than an hour allows: it goes on where it stopped.
    """
    with SyncStage(tmp_path, limits=Limits()) as stage:
        plant(stage, ALBUMS)
        for _ in range(2):
            with pytest.raises(BudgetError):
                stage.plan()
            stage.clock.advance(3_601)
        in_order(stage)
        stage.clock.advance(3_601)
        assert cost(stage, lambda: in_order(stage)) == PAGES + 10
        assert cost(stage, lambda: in_order(stage)) == PAGES + 10, "the next ten"
        assert cost(stage, lambda: applied(stage)) == PAGES + 10
        assert stage.look("ledger")["refusals"] == {"client": 0, "user": 0, "posts": 0, "uploads": 0}


def test_albums_with_young_listings_cost_the_pages_only(tmp_path: Path) -> None:
    """The list's end is not asked for once all of ours were seen."""
    with SyncStage(tmp_path) as stage:
        plant(stage, 101)
        assert cost(stage, lambda: in_order(stage)) == 2 + 101, "the first look at each album lists it"
        assert cost(stage, lambda: in_order(stage)) == 2
        assert cost(stage, lambda: applied(stage)) == 2
        stage.clock.advance(3_500)
        assert cost(stage, lambda: in_order(stage)) == 2


def listed(stage: SyncStage, look: Callable[[], object]) -> list[str]:
    """The ids of the albums that a look lists."""
    before = stage.look("history")["requests"][-1]["n"]
    look()
    seen = stage.web.get(f"/_simulator/history?since={before}").json()["requests"]
    return [one["path"].removeprefix("/3/album/") for one in seen if one["path"].startswith("/3/album/")]


def test_old_listings_take_turns_the_oldest_first(tmp_path: Path) -> None:
    """Twenty credits a look, the page among them, until all have had their turn; then none is old."""
    with SyncStage(tmp_path) as stage:
        plant(stage, 45)
        in_order(stage)
        first = stage.clock.now()
        stage.clock.advance(3_601)
        turns = []
        for _ in range(4):
            turns.append(listed(stage, lambda: in_order(stage)))
            stage.clock.advance(10)
        assert [len(turn) for turn in turns] == [19, 19, 7, 0]
        assert len({album for turn in turns for album in turn}) == 45
        stage.clock.advance(3_601)
        plans: list[Plan] = []
        assert sorted(listed(stage, lambda: plans.append(stage.plan()))) == sorted(turns[0]), "the oldest first"
        assert plans[0].oldest_listing == first + 3_611, "a plan tells the age of what it relies on"


def test_what_no_header_shows_is_found_when_the_albums_turn_comes(tmp_path: Path) -> None:
    """Another order of the pictures, made on the web site."""
    with SyncStage(tmp_path) as stage:
        plant(stage, 45)
        stage.put("a00044", "q.png", 1_000)
        assert stage.apply().codes == (ExitCode.DONE,)
        stage.clock.advance(3_601)
        album = stage.remote("a00044")
        stage.steer("edit", {"op": "set_album", "id": album["id"], "cover": album["images"][0]})
        stage.plan()
        stage.steer("edit", {"op": "order", "id": album["id"], "images": album["images"][::-1]})
        stage.clock.advance(3_601)
        looks = 1
        while stage.plan().settled:
            looks += 1
            assert looks <= 3
        assert stage.apply().codes == (ExitCode.DONE,)
        assert stage.shown("a00044") == stage.wanted("a00044")


@pytest.mark.parametrize("how", ["refresh", "age"])
def test_who_wants_every_album_listed_gets_it(tmp_path: Path, how: str) -> None:
    """With --refresh, and where no listing may be used again."""
    with SyncStage(tmp_path) as stage:
        plant(stage, 45)
        in_order(stage)
        stage.clock.advance(3_601)
        if how == "age":
            stage.budget = replace(stage.budget, remote_max_age=0)
        for _ in range(2):
            assert len(listed(stage, lambda: stage.plan(refresh=how == "refresh"))) == 45
            stage.clock.advance(1)


def test_a_listing_from_the_future_is_old(tmp_path: Path) -> None:
    """It was dated by another clock: its age is not known, and its turn comes first."""
    with SyncStage(tmp_path) as stage:
        plant(stage, 45)
        in_order(stage)
        stage.clock.jump(-1_000)
        assert len(listed(stage, lambda: in_order(stage))) == 19


@pytest.mark.parametrize(("short", "pages"), [(0, 2), (60, 3), (99, 120)])
def test_short_pages_are_read_on_until_all_of_ours_were_seen(tmp_path: Path, short: int, pages: int) -> None:
    """A short page is no end of the list; nor is anything asked for behind the last of our albums."""
    with SyncStage(tmp_path, short_pages=short) as stage:
        plant(stage, 120)
        in_order(stage)
        assert cost(stage, lambda: in_order(stage)) == pages


def test_albums_of_others_behind_ours_are_not_read(tmp_path: Path) -> None:
    """Albums made by hand before ours stand on later pages, those made after on earlier ones."""
    with SyncStage(tmp_path) as stage:
        by_hand = {"Authorization": f"Bearer {stage.demo.access_token}"}
        for _ in range(150):
            stage.web.post("/3/album", headers=by_hand)
        plant(stage, 90)
        in_order(stage)
        assert cost(stage, lambda: in_order(stage)) == 1
        for _ in range(50):
            stage.web.post("/3/album", headers=by_hand)
        assert cost(stage, lambda: in_order(stage)) == 2


def test_an_album_that_the_list_misses_costs_the_rest_of_the_list_and_one_look_by_id(tmp_path: Path) -> None:
    """Absence from a list proves nothing: the pages are read to the empty one, then the album itself."""
    with SyncStage(tmp_path) as stage:
        plant(stage, 110)
        in_order(stage)
        gone = stage.remote("a00007")["id"]
        stage.steer("edit", {"op": "delete_album", "id": gone})
        before = stage.look("history")["requests"][-1]["n"]
        assert not stage.plan().settled
        seen = stage.web.get(f"/_simulator/history?since={before}").json()["requests"]
        paths = [request["path"] for request in seen]
        assert paths[:3] == [f"/3/account/me/albums/{page}" for page in range(3)]
        assert paths[3] == f"/3/album/{gone}"

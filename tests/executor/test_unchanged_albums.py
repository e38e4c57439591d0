"""What it costs to look at a thousand albums in which nothing has changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from imgur_sync.errors import ExitCode
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


def test_a_thousand_unchanged_albums_cost_a_page_of_headers_for_a_hundred(tmp_path: Path) -> None:
    """A plan and an apply read the pages and no album; the list's end is not asked for once all of ours were seen."""
    with SyncStage(tmp_path) as stage:
        plant(stage, ALBUMS)
        assert cost(stage, lambda: in_order(stage)) == PAGES + ALBUMS, "the first look at each album reads it"
        assert cost(stage, lambda: in_order(stage)) == PAGES
        assert cost(stage, lambda: applied(stage)) == PAGES
        stage.clock.advance(3_500)
        assert cost(stage, lambda: in_order(stage)) == PAGES


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

"""A thousand albums and a hundred thousand pictures: what foreseeing them takes, beside other work on the same plan."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from typing import Any

from imgur_sync.model.budget import Budget, Limit, LimitName
from imgur_sync.model.plan import AlbumPlan, Plan
from imgur_sync.model.step import CreateAlbum, EditAlbum, Place, Upload
from imgur_sync.planner.cut import cut
from imgur_sync.planner.forecast import Terms, forecast
from imgur_sync.planner.whole import assemble
from imgur_sync.report.html import plan_html
from imgur_sync.report.jsons import plan_json
from imgur_sync.report.text import Moment, plan_text
from tests.report.conftest import NOW
from tests.support.planned_world import MANIFEST

ALBUMS = 1000
BUDGET = Budget(
    (
        Limit(LimitName.DAY, 12_500, 12_000, None, 86_400.0),
        Limit(LimitName.HOUR, 500, 500, None, 3600.0),
        Limit(LimitName.POSTS, 1250, 1250, None, 3600.0),
        Limit(LimitName.UPLOADS, 45, 45, None, 3600.0),
    ),
    reserved=500,
)


def albums(pictures: int) -> list[AlbumPlan]:
    """A thousand new albums with so many pictures each."""
    return [_album(f"album{number:04}", number, pictures) for number in range(ALBUMS)]


def _album(key: str, position: int, count: int) -> AlbumPlan:
    files = (Upload(key, f"{n:05}.jpg", "0" * 64, 1000, "image/jpeg", 1, 1, False) for n in range(count))
    steps = (CreateAlbum(key, key), *files, EditAlbum(key, places=(Place("a", ""),), reordered=True, description=""))
    return AlbumPlan(key, key, position, 0, count, 0, wanted=steps, steps=steps)


def busy(work: Callable[[], Any]) -> tuple[float, Any]:
    """How long the processor worked for it, and what came of it."""
    start = time.process_time()
    value = work()
    return time.process_time() - start, value


def test_foreseeing_takes_less_than_writing_a_fifth_of_the_plan_down() -> None:
    """Cutting and foreseeing a hundred thousand pictures, beside the JSON of twenty thousand; the date is right: 2,223
    windows an hour apart, kept as a few."""
    fifth: Plan = _planned(albums(20))
    writing, text = busy(lambda: plan_json(fifth))
    whole = albums(100)
    cutting, parts = busy(lambda: cut(whole, BUDGET, NOW + 180))
    foreseeing, coming = busy(lambda: forecast(parts, BUDGET, Terms(NOW, 180.0, 11)))
    assert foreseeing < writing, (foreseeing, writing)
    assert cutting < 2 * writing, (cutting, writing)
    assert len(coming.windows) < 100
    assert coming.windows[-1].up == 100_000
    assert (coming.finished_at - NOW) // 3600 >= 2222
    plan = _planned(whole)
    telling, words = busy(lambda: plan_text(plan, Moment(NOW)))
    paging, page = busy(lambda: plan_html(fifth, Moment(NOW)))
    assert telling < 2 * writing, (telling, writing)
    assert paging < 4 * writing, (paging, writing)
    assert len(text) > len(page) > len(words) > 100_000


def _planned(wanted: list[AlbumPlan]) -> Plan:
    return assemble(MANIFEST, "k3v9x2mq", wanted, unchanged=0, unchanged_files=0, budget=BUDGET, now=NOW)


def test_the_memory_of_foreseeing_does_not_grow_with_the_pictures() -> None:
    """Ten times as many pictures in as many albums: what is kept of them is the same, give or take."""
    peaks = [_peak(count) for count in (10, 100)]
    assert peaks[1] < 1.5 * peaks[0] + 100_000, peaks


def _peak(count: int) -> int:
    parts = cut(albums(count), BUDGET, NOW + 180)
    forecast(parts, BUDGET, Terms(NOW, 180.0, 11))
    tracemalloc.start()
    try:
        kept = forecast(parts, BUDGET, Terms(NOW, 180.0, 11))
        assert kept.albums
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

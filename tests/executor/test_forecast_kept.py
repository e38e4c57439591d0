"""The date that the first plan gives is kept by the runs that follow it, against the whole program and its Imgur."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgur_sync.errors import ExitCode
from imgur_sync.model.plan import Plan
from imgur_sync.model.spec import BudgetSpec
from imgur_sync.simulator import Limits
from tests.support.sync_stage import SyncStage

HOUR = 3600.0


def fill(stage: SyncStage, *counts: int) -> None:
    """Albums of so many pictures."""
    for number, count in enumerate(counts):
        key = f"album{number}"
        stage.album(key)
        for seed in range(count):
            stage.put(key, f"{seed:03}.png", 1000 * number + seed)


def carry_out(stage: SyncStage, first: Plan) -> tuple[float, int]:
    """Run at each time that the run before says; when the last picture came up, and how many runs that took."""
    runs, last = 0, first.made_at
    while True:
        before = stage.uploads()
        finished = stage.apply()
        runs += 1
        last = stage.clock.now() if stage.uploads() > before else last
        if finished.codes == (ExitCode.DONE,):
            return last, runs
        assert finished.codes == (ExitCode.BUDGET,)
        assert finished.resume_at is not None
        stage.clock.advance(max(1.0, finished.resume_at - stage.clock.now()))
        assert runs < 60


@pytest.mark.parametrize(
    ("limits", "per_hour"),
    [
        (Limits(0, 0, 0, 0), 12),  # our own cap
        (Limits(150, 0, 0, 0), 0),  # credits of the hour
        (Limits(0, 0, 14, 0), 0),  # POSTs of the hour
        (Limits(200, 700, 0, 0), 45),  # credits of the day, and of the hour
    ],
)
def test_the_last_picture_is_up_within_a_window_of_the_date_first_given(
    tmp_path: Path, limits: Limits, per_hour: int
) -> None:
    """Under each limit, without a refusal, once a window and not once a picture."""
    with SyncStage(tmp_path, limits=limits) as stage:
        stage.budget = BudgetSpec(uploads_per_hour=per_hour, reserve_credits=0)
        stage.album("before")
        stage.put("before", "one.png", 9999)
        assert stage.apply().codes == (ExitCode.DONE,)  # what Imgur answers tells its limits
        fill(stage, 40, 30, 20)
        first = stage.plan()
        assert first.forecast is not None
        foreseen = first.forecast.finished_at
        assert foreseen is not None
        assert foreseen > first.made_at
        last, runs = carry_out(stage, first)
        window = 24 * HOUR if limits.client_credits else HOUR
        assert abs(last - foreseen) <= window
        assert runs <= sum(entry.count for entry in first.forecast.windows) + 1
        assert not [entry for entry in stage.look("history")["requests"] if entry["status"] >= 400]
        assert stage.uploads() == 91


def test_albums_are_finished_in_the_order_that_the_forecast_gives(tmp_path: Path) -> None:
    """By priority; an album resumes where it stopped, and none is begun before one upload into it fits."""
    with SyncStage(tmp_path) as stage:
        stage.budget = BudgetSpec(uploads_per_hour=10)
        fill(stage, 6, 6, 6)
        stage.change("album2", priority=5)
        plan = stage.plan()
        assert plan.forecast is not None
        hours = {one.album: (one.finished_at or 0) - plan.made_at for one in plan.forecast.albums}
        assert hours == {"album2": 0.0, "album0": pytest.approx(HOUR, abs=1), "album1": pytest.approx(HOUR, abs=1)}
        stage.apply()
        world = {album["title"]: len(album["images"]) for album in stage.look("world")["albums"]}
        assert world == {"album2": 6, "album0": 4}


def test_a_run_goes_on_by_itself_with_what_comes_back_in_a_moment(tmp_path: Path) -> None:
    """Ten uploads an hour, spent two minutes short of an hour ago: no exit 6, the run waits."""
    with SyncStage(tmp_path) as stage:
        stage.budget = BudgetSpec(uploads_per_hour=10)
        fill(stage, 20)
        assert stage.apply().codes == (ExitCode.BUDGET,)
        stage.clock.advance(HOUR - 120)
        assert stage.apply().codes == (ExitCode.DONE,)
        assert stage.uploads() == 20

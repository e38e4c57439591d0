"""A machine that sleeps for eight hours while something is under way."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.support.watched_days import WatchedDays

HOUR = 3600.0


class Dozing:
    """The way to Imgur of a machine that falls asleep in the middle of an upload, which had arrived or not."""

    def __init__(self, days: WatchedDays, *, arrived: bool) -> None:
        self._days, self._inner, self._arrived = days, days.wire.handle_request, arrived
        self.slept = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Pass it on; the first upload takes a night."""
        if request.method != "POST" or not request.url.path.endswith(("/upload", "/image")) or self.slept:
            return self._inner(request)
        self.slept += 1
        if self._arrived:
            self._inner(request)
        self._days.clock.sleep(8 * HOUR)
        raise httpx.ReadError("[Errno 110] Connection timed out", request=request)


@pytest.mark.parametrize("arrived", [True, False])
@pytest.mark.parametrize("counted", [True, False])
def test_a_night_in_the_middle_of_an_upload_ends_in_order(tmp_path: Path, counted: bool, arrived: bool) -> None:
    """Nobody knows whether the picture is up: that is settled first, and nothing is sent twice."""
    with WatchedDays(tmp_path) as days:
        days.clock.counts_sleep = counted
        days.album("cats")
        days.pictures("cats", ["a.png", "b.png", "c.png"])
        days.watch(600.0)
        dozing = Dozing(days, arrived=arrived)
        days.wire.handle_request = dozing
        days.at(700.0, lambda: days.add("cats", "d.png", 4))
        days.watch(700.0 + (8 * HOUR if counted else 0.0) + HOUR / 2)
        assert dozing.slept == 1
        assert days.shown("cats") == days.wanted("cats")
        assert days.uploads() == 4


@pytest.mark.parametrize("counted", [True, False])
def test_what_happened_while_the_machine_slept_is_found(tmp_path: Path, counted: bool) -> None:
    """Asleep between two passes, with a change that nothing tells of: the next full look finds it."""
    with WatchedDays(tmp_path) as days:
        days.clock.counts_sleep = counted
        days.album("cats")
        days.pictures("cats", ["a.png", "b.png", "c.png"])

        def night() -> None:
            days.clock.sleep(8 * HOUR)
            days.put("cats", "d.png", 4)

        days.at(700.0, night)
        days.watch(700.0 + (8 * HOUR if counted else 0.0) + 1.25 * days.pace.rescan + 60.0)
        assert days.shown("cats") == days.wanted("cats")

"""What every `Clock` keeps to."""

from __future__ import annotations

import time

import pytest

from imgur_sync.executor import SystemClock
from imgur_sync.model.ports import Clock
from tests.support.hand_clock import HandClock


@pytest.fixture(params=[SystemClock, HandClock])
def clock(request: pytest.FixtureRequest) -> Clock:
    """Each implementation in turn."""
    made: Clock = request.param()
    return made


def test_now_is_in_unix_seconds(clock: Clock) -> None:
    """Later than 2020, earlier than 2100."""
    assert 1_577_836_800 < clock.now() < 4_102_444_800


def test_monotonic_never_goes_back(clock: Clock) -> None:
    """A thousand looks, each no earlier than the one before."""
    looks = [clock.monotonic() for _ in range(1000)]
    assert looks == sorted(looks)


def test_a_jump_of_the_wall_clock_moves_no_wait() -> None:
    """The wall clock jumps a day back; the monotonic one goes on."""
    clock = HandClock()
    before = clock.monotonic()
    clock.jump(-86400)
    assert clock.monotonic() == before


def test_a_suspend_counts_where_the_clock_says_so() -> None:
    """By hand; the machine's own clock counts it on Linux, where its reading is the time since the machine started."""
    for counts in (True, False):
        clock = HandClock(counts_sleep=counts)
        before = clock.monotonic(), clock.now()
        clock.sleep(3600)
        assert clock.now() - before[1] == 3600
        assert clock.monotonic() - before[0] == (3600 if counts else 0)


def test_the_machines_clock_counts_suspends_where_it_can() -> None:
    """Between two readings of the clock that does: CLOCK_BOOTTIME on Linux, CLOCK_MONOTONIC on macOS."""
    number = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    before = time.clock_gettime(number)
    assert before <= SystemClock().monotonic() <= time.clock_gettime(number)
    assert SystemClock().counts_sleep

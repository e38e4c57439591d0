"""What every `Clock` keeps to."""

from __future__ import annotations

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

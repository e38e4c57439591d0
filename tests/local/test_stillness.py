"""Which files hold still, by what two looks show of them."""

from __future__ import annotations

import stat

from imgur_sync.local.stillness import STRANGE_CLOCK, Stillness
from tests.support.hand_clock import HandClock


def entry(ctime: float, *, size: int = 10, mtime: float = 0.0) -> tuple[str, int, int, int, int, int]:
    """A file's row as a listing has it."""
    return ("a.png", size, int(mtime * 1e9), int(ctime * 1e9), 7, stat.S_IFREG)


def look(still: Stillness, row: tuple[str, int, int, int, int, int], album: str = "cats") -> bool:
    """One look at an album with that one file."""
    still.begin(album)
    return still.is_still(album, "a.png", row)


def test_a_file_that_nobody_changed_for_a_while_is_still_at_the_first_look() -> None:
    """The kernel's change time says so, whatever the file's own date."""
    clock = HandClock()
    still = Stillness(clock, 2.0)
    assert look(still, entry(clock.now() - 2.0, mtime=clock.now() + 1e6))
    assert still.restless("cats") == ()


def test_a_young_file_is_looked_at_again_after_the_quiet() -> None:
    """And is still then, if nothing of it changed."""
    clock = HandClock()
    still = Stillness(clock, 2.0)
    row = entry(clock.now() - 0.5)
    assert not look(still, row)
    (restless,) = still.restless("cats")
    assert (restless.path, restless.again) == ("a.png", clock.monotonic() + 2.0)
    clock.advance(2.0)
    assert look(still, row)
    assert still.restless("cats") == ()


def test_a_file_that_goes_on_changing_is_looked_at_more_and_more_seldom() -> None:
    """At most every thirty seconds, and for ever."""
    clock = HandClock()
    still = Stillness(clock, 2.0)
    waits = []
    for size in range(8):
        assert not look(still, entry(clock.now(), size=size))
        (restless,) = still.restless("cats")
        waits.append(restless.again - clock.monotonic())
        clock.advance(waits[-1])
    assert waits == [2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0, 30.0]
    assert restless.since == clock.monotonic() - sum(waits)


def test_a_change_time_in_the_future_is_no_obstacle_for_ever() -> None:
    """A clock that was set back: two looks that see the same are enough."""
    clock = HandClock()
    still = Stillness(clock, 2.0)
    row = entry(clock.now() + 86_400.0)
    assert not look(still, row)
    clock.advance(2.0)
    assert look(still, row)


def test_on_a_distant_disk_two_looks_count_and_not_its_clock() -> None:
    """Another machine dates the file: only what is much older is still at once."""
    clock = HandClock()
    still = Stillness(clock, 2.0)
    still.distant = frozenset({"cats"})
    row = entry(clock.now() - 60.0)
    assert not look(still, row)
    clock.advance(2.0)
    assert look(still, row)
    assert look(still, entry(clock.now() - STRANGE_CLOCK))


def test_what_is_not_met_again_is_forgotten() -> None:
    """A file that left, and an album that left the manifest."""
    clock = HandClock()
    still = Stillness(clock, 2.0)
    assert not look(still, entry(clock.now()))
    still.begin("cats")
    assert still.restless("cats") == ()
    assert not look(still, entry(clock.now()), "dogs")
    still.forget(frozenset({"cats"}))
    assert still.restless("dogs") == ()

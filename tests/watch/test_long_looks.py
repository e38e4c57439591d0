"""A look at folders that takes hours, on a slow disk: the daemon goes on hearing, and nothing is hashed twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from imgur_sync.model.event import UploadDone
from imgur_sync.watch.events import PassBegan, PassFailed, Reloaded
from tests.support.pictures import png
from tests.support.slow_days import SlowDays

HOUR = 3600.0
FILES = 40
STEP = 3.0
"""Seconds for each file, or each few entries of a listing, or each piece of a large file."""
SOON = 2 * STEP + 1.0
"""Whatever is asked is asked once a second, between two steps; in the stage things happen as late as that."""


@pytest.fixture
def days(tmp_path: Path) -> Iterator[SlowDays]:
    """An album of forty pictures, of which nothing is known: the first look takes minutes."""
    with SlowDays(tmp_path, step=STEP) as stage:
        stage.album("cats")
        stage.pictures("cats", [f"{number:02}.png" for number in range(FILES)])
        yield stage


def moved_in(days: SlowDays) -> None:
    """As many files again are moved into the folder; from now on its disk is slow."""
    days.step = STEP
    for number in range(FILES):
        days.add("cats", f"new{number:02}.png", 2000 + number)


def settles(days: SlowDays) -> None:
    """Give the daemon time: everything is equal in the end, no file was hashed twice, and nothing was a failure."""
    days.watch(days.elapsed + 4 * HOUR)
    assert days.shown("cats") == days.wanted("cats")
    sizes = {path.name: path.stat().st_size for path in (days.base / "cats").iterdir()}
    assert {name: days.hashed[name] for name in sizes} == sizes
    assert days.of(PassFailed) == []


def test_an_apply_beside_a_first_look_gets_its_turn_at_once(days: SlowDays) -> None:
    """The pass ends within seconds, keeps away while the other works, and goes on where it was."""
    days.wished_at(97.0, 30.0)
    settles(days)
    (end,) = [until for since, until in days.held if since < 97.0 < until]
    assert end <= 97.0 + SOON
    assert len(days.held) >= 2


def test_a_signal_ends_a_first_look_within_seconds(days: SlowDays) -> None:
    """What was hashed until then is known to the next daemon."""
    days.at(97.0, days.kill_now)
    days.watch(HOUR)
    assert 97.0 <= days.elapsed <= 97.0 + SOON
    assert 10 <= len(days.hashed) < FILES
    settles(days)


def test_a_reload_is_heeded_in_the_middle_of_the_first_pass(days: SlowDays) -> None:
    """Within seconds; the pass is begun anew."""
    days.at(97.0, lambda: days.daemon.request_reload())
    settles(days)
    (told,) = [moment for moment, event in days.told if isinstance(event, Reloaded)]
    assert 97.0 <= told <= 97.0 + SOON
    assert days.busy_at(97.0)


def test_a_reload_is_heeded_in_the_middle_of_a_look_without_imgur(days: SlowDays) -> None:
    """At what came later: that look holds no lock."""
    days.step = 0.0
    days.at(600.0, lambda: moved_in(days))
    days.at(697.0, lambda: days.daemon.request_reload())
    settles(days)
    (told,) = [moment for moment, event in days.told if isinstance(event, Reloaded)]
    assert 697.0 <= told <= 697.0 + SOON
    assert not days.busy_at(697.0)


def test_it_is_alive_while_a_tree_is_walked_of_which_everything_is_known(days: SlowDays) -> None:
    """Nothing is hashed there, and it takes long all the same; a signal ends that, too."""
    days.step = 0.0
    for number in range(900):
        (days.base / "cats" / f"note{number}.txt").touch()
    days.watch(HOUR)
    days.step, known, began = STEP, days.hashed.copy(), days.elapsed
    days.at(began + 147.0, days.kill_now)
    days.watch(began + HOUR)
    assert began + 147.0 <= days.elapsed <= began + 147.0 + SOON
    assert days.longest_silence(began, days.elapsed) <= SOON
    assert days.hashed == known


def test_it_is_alive_and_hears_while_one_large_file_is_hashed(days: SlowDays) -> None:
    """A signal ends it in the middle of the file, which the next daemon begins anew."""
    days.step = 0.0
    days.watch(HOUR)
    days.step, began = STEP, days.elapsed
    large = png(seed=900, pad=10_000_000)
    (days.base / "cats" / "large.png").write_bytes(large)
    days.at(began + 97.0, days.kill_now)
    days.watch(began + HOUR)
    assert began + 97.0 <= days.elapsed <= began + 97.0 + SOON
    assert 0 < days.hashed["large.png"] < len(large)
    assert days.longest_silence(began, days.elapsed) <= SOON
    days.watch(days.elapsed + 4 * HOUR)
    assert days.shown("cats") == days.wanted("cats")


def test_a_look_makes_room_for_an_album_of_higher_priority(days: SlowDays) -> None:
    """A screenshot is up long before a tree was looked at that was moved in beside it; what was hashed stays known."""
    days.step = 0.0
    days.album("shots", priority=10)
    days.put("shots", "old.png", 500)
    days.at(600.0, lambda: moved_in(days))
    days.at(697.0, lambda: days.add("shots", "shot.png", 501))
    settles(days)
    done = [(event.path, at) for at, event in days.told if isinstance(event, UploadDone)]
    up = dict(done)["shot.png"]
    assert up <= 697.0 + 60.0
    assert all(at > up for path, at in done if path.startswith("new"))
    assert days.shown("shots") == days.wanted("shots")


def test_a_first_look_makes_room_for_an_album_of_higher_priority(days: SlowDays) -> None:
    """Of a backlog nothing is known yet, and it takes minutes to read: a screenshot waits neither for that nor for the
    lock, nor does an `apply`; the album that comes first is looked at first. At the end everything was looked at."""
    days.album("shots", priority=10)
    days.put("shots", "old.png", 500)
    days.at(67.0, lambda: days.add("shots", "shot.png", 501))
    settles(days)
    done = {event.path: at for at, event in days.told if isinstance(event, UploadDone)}
    assert done["shot.png"] <= 67.0 + 30.0
    assert list(done)[:2] == ["old.png", "shot.png"]
    assert not days.busy_at(60.0)
    assert any("look for changes" in event.why for event in days.of(PassBegan))


def test_a_restless_album_of_higher_priority_does_not_keep_a_first_look_from_its_end(days: SlowDays) -> None:
    """Everything is looked at on Imgur at last, though something is due all the time."""
    days.album("shots", priority=10)
    days.put("shots", "old.png", 500)
    for second in range(1, 1800):
        days.at(second, lambda: days.watcher.happen(days.base / "shots" / "old.png"))
    days.watch(1800.0)
    assert days.shown("cats") == days.wanted("cats")
    assert any("look for changes" in event.why for event in days.of(PassBegan))


def test_a_restless_album_of_higher_priority_does_not_keep_a_look_from_its_end(days: SlowDays) -> None:
    """A recorder writes into it all the time, with nothing to send: room is made in vain a few times."""
    days.step = 0.0
    days.album("shots", priority=10)
    days.put("shots", "old.png", 500)
    days.at(600.0, lambda: moved_in(days))
    for second in range(620, 3600, 10):
        days.at(second, lambda: days.watcher.happen(days.base / "shots" / "old.png"))
    days.watch(HOUR)
    assert days.shown("cats") == days.wanted("cats")

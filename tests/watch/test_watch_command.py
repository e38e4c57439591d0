"""`imgur-sync watch` as it is installed: real folders, real events, a local Imgur on a socket."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.daemon import PACE, daemon
from tests.support.inside import Inside
from tests.support.mirror import HEAD, UPLOAD, Mirror, mirror, table
from tests.support.pictures import png


@pytest.fixture
def imgur(tmp_path: Path) -> Iterator[Mirror]:
    """Two albums that are in order."""
    with mirror(tmp_path) as made:
        made.manifest(table("cats") + table("dogs"), head=HEAD + PACE)
        assert Inside(made.place.folder, made.place.environment).run("apply", "-y").returncode == 0
        yield made


def equal(imgur: Mirror, *albums: str) -> bool:
    """Whether each of these albums shows what its folder holds."""
    titles = {album["title"] for album in imgur.look("world")["albums"]}
    return all(name in titles and imgur.shown(name) == imgur.wanted(name) for name in albums)


def test_what_happens_in_a_folder_happens_in_its_album(imgur: Mirror) -> None:
    """Added, saved anew, renamed, moved to another folder, removed: each without being told to."""
    with daemon(imgur) as watch:
        watch.at_rest()
        imgur.put("cats/c9.png", 99)
        watch.until(lambda: equal(imgur, "cats"))
        fresh = imgur.folder / "cats" / ".c1.tmp"
        fresh.write_bytes(png(seed=101))
        fresh.rename(imgur.folder / "cats" / "c1.png")
        watch.until(lambda: equal(imgur, "cats"))
        (imgur.folder / "cats" / "c9.png").rename(imgur.folder / "cats" / "a0.png")
        watch.until(lambda: equal(imgur, "cats"))
        (imgur.folder / "cats" / "c4.png").rename(imgur.folder / "dogs" / "c4.png")
        watch.until(lambda: equal(imgur, "cats", "dogs"))
        (imgur.folder / "dogs" / "d0.png").unlink()
        watch.until(lambda: equal(imgur, "cats", "dogs"))
        assert watch.stop() == 143
    assert len(imgur.received()) == len(set(imgur.received())) == 10


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_it_within_ten_seconds_also_in_an_upload(imgur: Mirror, number: int, code: int) -> None:
    """What was sent is awaited or left in doubt; the next daemon finishes, and nothing exists twice."""
    imgur.steer("faults", [{"fault": "delay", "seconds": 2, "match": UPLOAD}])
    with daemon(imgur) as watch:
        watch.at_rest()
        imgur.put("cats/c9.png", 99)
        watch.await_told("upload_started")
        assert watch.stop(number) == code
    imgur.calm()
    with daemon(imgur) as watch:
        watch.until(lambda: equal(imgur, "cats"))
        watch.at_rest()
        assert watch.stop(number) == code
    imgur.check_equal("cats", "dogs")


def test_a_kill_in_the_middle_loses_nothing_and_doubles_nothing(imgur: Mirror) -> None:
    """No clean-up, no second upload: the next daemon finds out what happened."""
    imgur.steer("faults", [{"fault": "delay", "seconds": 30, "after": True, "match": UPLOAD}])
    with daemon(imgur) as watch:
        watch.at_rest()
        before = len(imgur.look("world")["images"])
        imgur.put("cats/c9.png", 99)
        watch.until(lambda: len(imgur.look("world")["images"]) > before)  # before that, it stays in doubt for a while
        watch.process.kill()
        assert watch.wait() == -signal.SIGKILL
    imgur.calm()
    assert imgur.run("status").returncode == 0
    with daemon(imgur) as watch:
        watch.until(lambda: equal(imgur, "cats"))
    imgur.check_equal("cats", "dogs")


def test_a_second_daemon_is_refused_and_an_apply_gets_its_turn(imgur: Mirror) -> None:
    """Two locks: one for life, one for each pass."""
    imgur.steer("faults", [{"fault": "delay", "seconds": 1, "match": UPLOAD}] * 7)
    with daemon(imgur) as watch:
        watch.at_rest()
        second = imgur.run("watch", code=5)
        assert "watch" in second.stderr
        assert str(watch.process.pid) in second.stderr
        for number in range(7):
            imgur.put(f"cats/n{number:02}.png", 600 + number)
        watch.await_told("upload_started")
        imgur.put("dogs/typed.png", 700)
        done = imgur.run("apply", "dogs", "-y")
        assert "Waiting for watch" in done.stderr or "uploaded" in done.stdout
        assert equal(imgur, "dogs")
        imgur.calm()
        watch.until(lambda: equal(imgur, "cats", "dogs"))
    imgur.check_equal("cats", "dogs")

"""SIGTERM and SIGINT end the installed daemon soon, whatever it is doing or waiting for, and nothing is lost by it."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from imgur_sync.state.lock import FileLock
from tests.support.daemon import PACE, DaemonProcess, daemon
from tests.support.inside import Inside
from tests.support.mirror import HEAD, Mirror, mirror, table
from tests.support.narrow_way import narrow_way
from tests.support.pictures import png

CAPPED = HEAD.replace("uploads_per_hour = 0", "uploads_per_hour = 1")


@pytest.fixture
def imgur(tmp_path: Path) -> Iterator[Mirror]:
    """An album of five pictures that is in order."""
    with mirror(tmp_path) as made:
        made.manifest(table("cats"), head=HEAD + PACE)
        assert Inside(made.place.folder, made.place.environment).run("apply", "-y").returncode == 0
        yield made


def by(imgur: Mirror, **more: str) -> Mirror:
    """The same with more in the environment of its commands."""
    return replace(imgur, place=replace(imgur.place, environment={**imgur.place.environment, **more}))


def soon(watch: DaemonProcess, number: int) -> int:
    """Its exit code after this signal, upon which it ended long before what it waits for. How many seconds that may
    take is told where a clock is moved by hand (tests/executor/test_scheduler.py): this machine may stall."""
    return watch.stop(number)


def goes_on(imgur: Mirror) -> None:
    """The next daemon does what was left; nothing was stored twice."""
    with daemon(imgur) as watch:
        watch.at_rest()
        watch.until(lambda: imgur.shown("cats") == imgur.wanted("cats"))
    imgur.check_equal("cats")


def test_in_an_upload_of_twenty_megabytes_over_a_slow_line(imgur: Mirror) -> None:
    """It would take minutes: the request is given up. Whether it arrived is found out when it cannot any more, which
    for so large a picture takes longer than a test: see the signal in an upload elsewhere."""
    with narrow_way(imgur.server.url, 10_000_000) as way:
        slow = by(imgur, **{name: way.url(value) for name, value in imgur.place.environment.items()})
        with daemon(slow) as watch:
            watch.at_rest()
            before, way.rate = way.passed, 100_000
            imgur.put("cats/large.png", png(seed=9, pad=19_900_000))
            watch.until(lambda: way.passed > before + 200_000)
            assert soon(watch, signal.SIGINT) == 130
        assert way.passed < before + 15_000_000
    told = imgur.run("status").stdout
    assert "large.png" in told, told


def test_while_nothing_comes_back_from_imgur(imgur: Mirror) -> None:
    """The network swallows what is sent: connections are there, and no answer comes."""
    with narrow_way(imgur.server.url, 10_000_000) as way:
        mute = by(imgur, **{name: way.url(value) for name, value in imgur.place.environment.items()})
        with daemon(mute) as watch:
            watch.at_rest()
            way.rate = 0
            imgur.put("cats/new.png", 90)
            watch.await_told("pass_began", "something changed")
            assert soon(watch, signal.SIGTERM) == 143
    goes_on(imgur)


def test_while_it_waits_for_the_next_window(imgur: Mirror) -> None:
    """The hour's uploads are used up, and more are to be sent."""
    imgur.manifest(table("cats"), head=CAPPED + PACE)
    with daemon(imgur) as watch:
        watch.at_rest()
        for seed in (90, 91, 92):
            imgur.put(f"cats/n{seed}.png", seed)
        watch.until(lambda: "uploads of the hour" in imgur.run("status").stdout)
        watch.at_rest()
        assert soon(watch, signal.SIGINT) == 130
    imgur.manifest(table("cats"), head=HEAD + PACE)
    goes_on(imgur)


def test_while_another_run_has_the_lock(imgur: Mirror) -> None:
    """The daemon waits for its turn."""
    with daemon(imgur) as watch:
        watch.at_rest()
        with FileLock(imgur.folder / ".imgur-sync" / "run.lock").hold("apply"):
            imgur.put("cats/new.png", 90)
            watch.await_told("pass_failed", "the pass waits for it")
            assert soon(watch, signal.SIGTERM) == 143
    goes_on(imgur)


def test_while_its_hook_hangs(imgur: Mirror) -> None:
    """The command goes on within its own limit, which the daemon does not wait for."""
    begun = imgur.folder.parent / "begun"
    command = [sys.executable, "-c", f"import time; open({str(begun)!r}, 'w').close(); time.sleep(600)"]
    with daemon(by(imgur, IMGUR_SYNC_HOOK=json.dumps(command))) as watch:
        watch.at_rest()
        imgur.put("cats/new.png", 90)
        watch.until(begun.exists)
        assert soon(watch, signal.SIGINT) == 130
    goes_on(imgur)


def test_while_imgur_is_ill(imgur: Mirror) -> None:
    """Every request is answered with an error; the daemon waits before it tries again."""
    with daemon(imgur) as watch:
        watch.at_rest()
        imgur.steer("faults", [{"fault": "reply", "status": 503}])
        imgur.put("cats/new.png", 90)
        watch.await_told("pass_failed")
        assert soon(watch, signal.SIGTERM) == 143
    imgur.calm()
    goes_on(imgur)

"""The installed daemon on a slow disk: in the middle of a look that takes minutes it hears whatever is asked of it."""

from __future__ import annotations

import hashlib
import re
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.daemon import PACE, DaemonProcess, daemon
from tests.support.mirror import HEAD, Mirror, mirror, table

SLOW = Path(__file__).with_name("slow")
MANY = 400


@pytest.fixture
def imgur(tmp_path: Path) -> Iterator[Mirror]:
    """An album of forty pictures of which nothing is known, among many files that are none: on the slow disk reading
    the pictures takes twenty seconds, and walking the folder forty."""
    with mirror(tmp_path) as made:
        for number in range(35):
            made.put(f"cats/more{number:02}.png", 100 + number)
        for number in range(MANY):
            (made.folder / "cats" / f"note{number}.txt").touch()
        made.manifest(table("cats"), head=HEAD + PACE)
        yield made


def equal(imgur: Mirror) -> bool:
    """Whether the album shows the pictures of its folder, in order."""
    files = sorted((imgur.folder / "cats").glob("*.png"))
    wanted = [hashlib.sha256(path.read_bytes()).hexdigest() for path in files]
    return any(album["title"] == "cats" for album in imgur.look("world")["albums"]) and imgur.shown("cats") == wanted


@contextmanager
def slow(imgur: Mirror, what: str, **environment: str) -> Iterator[DaemonProcess]:
    """A daemon whose disk is slow until the test removes the file "slow"."""
    place = imgur.folder.parent / "slow"
    place.touch()
    more = {"PYTHONPATH": str(SLOW), "SLOW_DISK": str(place), "SLOW_WHAT": what, **environment}
    with daemon(replace(imgur, place=replace(imgur.place, environment={**imgur.place.environment, **more}))) as watch:
        yield watch


@pytest.mark.parametrize("what", ["walk", "read"])
def test_a_long_look_makes_room_and_hears_a_reload_and_a_stop(imgur: Mirror, what: str) -> None:
    """SIGHUP is answered, an `apply` gets its turn, SIGTERM ends it, all before the first look came to its end; the
    next daemon has nothing to do."""
    if what == "walk":
        imgur.run("apply", "-y")
        imgur.put("cats/one.png", 900)
    with slow(imgur, what) as watch:
        watch.await_told("pass_began")
        watch.process.send_signal(signal.SIGHUP)
        watch.await_told("reloaded")
        assert not watch.told("upload_started")
        imgur.run("apply", "-y")
        assert equal(imgur)
        assert not watch.told("upload_started")
        assert watch.stop() == 143
    assert not watch.told("finished")
    uploads = len(imgur.received())
    with daemon(imgur) as watch:
        watch.at_rest()
    assert len(imgur.received()) == uploads


def test_status_says_what_is_read_and_how_far_it_is(imgur: Mirror) -> None:
    """From another terminal, while the first look is far from its end."""
    said = set[str]()
    with slow(imgur, "read") as watch:

        def reads() -> bool:
            said.update(activity["doing"] for activity in imgur.json("status")["activity"])
            return sum(text.startswith("reading more") and "so far)" in text for text in said) >= 2

        watch.until(reads)
        assert not watch.told("upload_started")
        assert watch.stop() == 143
    counts = [re.fullmatch(r"reading more\d\d\.png \((\d+) files and [\d.]+ \w+ so far\)", text) for text in said]
    assert len({found[1] for found in counts if found is not None}) >= 2, said


@pytest.mark.parametrize("what", ["walk", "read"])
def test_the_service_manager_hears_that_it_is_alive_all_the_while(imgur: Mirror, what: str) -> None:
    """Four signs of life in a look that is far from its end; then it comes to its end."""
    path = imgur.folder.parent / "n.sock"
    heard: list[bytes] = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(path))
        manager.setblocking(False)

        def lives() -> bool:
            try:
                while True:
                    heard.append(manager.recv(4096))
            except BlockingIOError:
                return heard.count(b"WATCHDOG=1") >= 4

        with slow(imgur, what, NOTIFY_SOCKET=str(path), WATCHDOG_USEC="2000000") as watch:
            watch.await_told("pass_began")
            heard.clear()
            watch.until(lives)
            assert not watch.told("upload_started")
            (imgur.folder.parent / "slow").unlink()
            watch.until(lambda: equal(imgur))
            assert watch.stop() == 143

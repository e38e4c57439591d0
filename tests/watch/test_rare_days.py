"""Days on which something rare happens to a daemon, on virtual time, and what it says of it."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import CredentialsError, ManifestError, ManifestProblem
from imgur_sync.local import scan
from imgur_sync.local.listing import Listing
from imgur_sync.model.activity import WaitKind
from imgur_sync.model.event import UploadDone
from imgur_sync.model.gate import Gate, GateName
from imgur_sync.model.plan import AlbumPlan, Blocked, Plan, Unsettled
from imgur_sync.model.spec import Prune
from imgur_sync.planner.price import price_albums
from imgur_sync.watch.events import GateTripped, NotReloaded, PassBegan, PassFailed, Reloaded
from imgur_sync.watch.outlook import MOST_FILES, outlook, remedy
from imgur_sync.watch.site import PassBench
from tests.support.watched_days import WatchedDays

HOUR = 3600.0
NOW = 1_800_000_000.0


@pytest.fixture
def days(tmp_path: Path) -> Iterator[WatchedDays]:
    """An album with three pictures."""
    with WatchedDays(tmp_path) as stage:
        stage.album("cats")
        stage.pictures("cats", ["a.png", "b.png", "c.png"])
        yield stage


def texts(days: WatchedDays, kind: WaitKind) -> list[str]:
    """What waits for something of that kind, as `status` tells it."""
    return [wait.what for wait in days.activity.waits if wait.kind is kind]


def test_a_wish_is_answered_before_the_next_pass_begins(days: WatchedDays) -> None:
    """Somebody typed a command: they get a moment to take the lock, what happens meanwhile is not lost, and then the
    daemon goes on."""
    days.watch(600.0)
    wishing = ExitStack()

    def wish() -> None:
        wishing.enter_context(days.board.wish("apply"))
        days.add("cats", "d.png", 4)

    days.at(700.0, wish)
    days.at(700.0 + 11.0, lambda: days.add("cats", "e.png", 5))
    days.at(720.0, wishing.close)
    days.watch(HOUR)
    assert days.shown("cats") == days.wanted("cats")
    assert days.uploads() == 5


def test_a_wish_ends_a_pass_that_is_under_way(tmp_path: Path) -> None:
    """At the next opportunity, as no failure; what is left goes when the wish is gone."""
    with WatchedDays(tmp_path, latency=2.0) as days:
        days.album("cats")
        days.pictures("cats", [f"{number:02}.png" for number in range(30)])
        wishing, up = ExitStack(), list[int]()
        days.at(20.0, lambda: wishing.enter_context(days.board.wish("apply")))
        days.at(60.0, lambda: up.append(days.uploads()))
        days.at(60.0, wishing.close)
        days.watch(HOUR)
        assert 0 < up[0] < 30
        assert days.shown("cats") == days.wanted("cats")
        assert days.uploads() == 30
        assert len(days.of(PassBegan)) >= 2
        assert not days.of(PassFailed)


def test_a_stop_in_the_moment_that_is_left_to_others_begins_no_pass(days: WatchedDays) -> None:
    """The daemon ends; the picture goes up with the next one."""
    days.watch(600.0)
    with days.board.wish("apply"):
        days.at(700.0, lambda: days.add("cats", "d.png", 4))
        days.at(700.0 + days.pace.quiet + 0.5, days.stop)
        days.watch(HOUR)
    assert days.elapsed < 720.0
    assert days.uploads() == 3
    days.watch(HOUR)
    assert days.shown("cats") == days.wanted("cats")


def test_of_very_many_files_that_cannot_be_sent_the_first_are_named(days: WatchedDays) -> None:
    """And the others counted."""
    for number in range(MOST_FILES + 7):
        (days.base / "cats" / f"bad{number:03}.png").write_bytes(b"<html>gone</html>")
    days.watch(600.0)
    told = texts(days, WaitKind.FILE)
    assert len(told) == MOST_FILES + 1
    assert told[0].startswith("bad000.png: ")
    assert told[-1] == "7 more files"


def test_what_may_not_be_removed_is_told(days: WatchedDays) -> None:
    """An album whose pictures are never removed keeps them; nothing is done about it every few minutes."""
    days.album("cats", prune=Prune.NEVER)
    days.watch(600.0)
    days.at(700.0, lambda: days.remove("cats", "a.png"))
    days.watch(3 * HOUR)
    assert len(days.shown("cats")) == 3
    assert [event.why for event in days.of(PassBegan)].count("something changed") <= 1


def test_an_album_that_left_the_manifest_is_waited_for_no_more(days: WatchedDays) -> None:
    """Neither its gate nor its files are told of; another pace rules at once."""
    days.album("dogs")
    days.pictures("dogs", [f"{number:02}.png" for number in range(12)])
    days.watch(600.0)

    def lose() -> None:
        for number in range(10):
            days.remove("dogs", f"{number:02}.png")

    def leave() -> None:
        waiting.extend(wait.album for wait in days.activity.waits)
        del days.albums["dogs"]
        days.pace = replace(days.pace, rescan=600.0)
        days.watcher.happen(days.base / "sync.toml")

    days.at(700.0, lose)
    waiting: list[str] = []
    days.at(2 * HOUR, leave)
    days.watch(3 * HOUR)
    assert waiting == ["dogs"]
    assert [gate.gate.album for gate in days.of(GateTripped)] == ["dogs"]
    assert days.of(Reloaded)[-1].albums == 1
    assert [wait for wait in days.activity.waits if wait.kind is not WaitKind.GATE] == []
    assert days.daemon.next_look() - days.clock.now() < 900.0


def test_a_broken_edit_ends_no_pass(tmp_path: Path) -> None:
    """It is told when the pass is over."""
    with WatchedDays(tmp_path, latency=2.0) as days:
        days.album("cats")
        days.pictures("cats", [f"{number:02}.png" for number in range(30)])

        def spoil() -> None:
            days.load_error = ManifestError("sync.toml", (ManifestProblem(1, 1, "broken", "mend it"),))
            days.watcher.happen(days.base / "sync.toml")

        days.at(20.0, spoil)
        days.watch(HOUR)
        assert len(days.of(NotReloaded)) == 1
        assert days.shown("cats") == days.wanted("cats")
        assert len(days.of(PassBegan)) == 1


@pytest.mark.parametrize("name", list(GateName))
def test_every_gate_says_what_helps_or_that_nothing_can_be_typed(name: GateName) -> None:
    """The album's key is in it, and no place-holder."""
    said = remedy(Gate(name, "my cats", 3, "why"), Path("/some where/sync.toml"))
    assert "ALBUM" not in said
    if name.approvable:
        assert said == f"imgur-sync -f '/some where/sync.toml' apply 'my cats' --approve {name.value}=3"


def test_doubts_and_what_is_blocked_are_told(tmp_path: Path) -> None:
    """A doubt until when it lasts; what is protected as a gate, a refused file as a file; of both not too many."""
    doubts = tuple(Unsettled("cats", f"{number}.png was sent", NOW + 90.0) for number in range(MOST_FILES + 1))
    blocked = (Blocked("cats", "", "the album is in the gallery", protected=True), Blocked("cats", "x.png", "no room"))
    album = AlbumPlan("cats", "Cats", 0, 0, 1, 1, unsettled=doubts, blocked=blocked)
    free = price_albums([album])
    plan = Plan("", "", (album,), 0, 0, free, free, None, "", NOW)
    found = outlook(album, plan, tmp_path / "sync.toml", {})
    told = [(wait.kind, wait.what) for wait in found.waits]
    assert told[0] == (WaitKind.TROUBLE, "not certain yet: 0.png was sent")
    assert found.waits[0].until == found.again == NOW + 90.0
    assert len([kind for kind, _ in told if kind is WaitKind.TROUBLE]) == MOST_FILES
    assert told[-2:] == [(WaitKind.GATE, "the album is in the gallery"), (WaitKind.FILE, "x.png: no room")]
    assert not found.act


def test_a_folder_that_cannot_be_listed_for_a_while_is_tried_again(
    days: WatchedDays, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failing disk: nothing leaves the album, and nobody has to tell the daemon when it is over."""
    days.watch(600.0)
    broken: list[bool] = []
    list_folder = scan.list_folder

    def listed(fd: int, between: Callable[[], None]) -> Listing:
        if broken:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return list_folder(fd, between)

    def fail() -> None:
        broken.append(True)
        days.add("cats", "d.png", 4)

    monkeypatch.setattr(scan, "list_folder", listed)
    days.at(700.0, fail)
    days.at(1500.0, broken.clear)
    days.watch(1400.0)
    assert len(days.shown("cats")) == 3
    days.watch(3 * HOUR)
    assert days.shown("cats") == days.wanted("cats")
    assert days.uploads() == 4


def test_a_step_that_fails_on_one_album_is_tried_again_more_and_more_slowly(days: WatchedDays) -> None:
    """Imgur refuses to edit it, whatever is asked: no pass every few seconds, and the other album goes on."""
    days.album("dogs")
    days.pictures("dogs", ["rex.png"])
    days.watch(600.0)
    days.steer(
        "faults",
        [
            {
                "match": {"method": "PUT", "path": f"/3/album/{days.remote('cats')['id']}", "count": 0},
                "fault": "reply",
                "status": 400,
                "body": {"data": {"error": "not today"}, "success": False, "status": 400},
            }
        ],
    )
    days.at(700.0, lambda: days.change("cats", title="Cats"))
    days.at(700.0, lambda: days.watcher.happen(days.base / "sync.toml"))
    days.at(900.0, lambda: days.add("dogs", "spot.png", 60))
    days.watch(4 * HOUR)
    assert days.shown("dogs") == days.wanted("dogs")
    passes = [event for event in days.of(PassBegan) if event.why == "something changed"]
    assert 2 <= len(passes) <= 20


def test_asking_for_a_reload_ends_the_wait_for_settings_that_failed(
    days: WatchedDays, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is logged in, and the daemon tries more and more seldom; who mends that and asks waits no more for it."""
    days.watch(600.0)
    passing, mended = days._passing, list[float]()

    def refused(*given: Any) -> AbstractContextManager[PassBench]:
        if not mended:
            raise CredentialsError("nobody is logged in")
        return passing(*given)

    def mend() -> None:
        mended.append(days.elapsed)
        days.daemon.request_reload()

    monkeypatch.setattr(days, "_passing", refused)
    days.at(610.0, lambda: days.add("cats", "d.png", 4))
    days.at(3000.0, mend)
    days.watch(2 * HOUR)
    (up,) = [at for at, event in days.told if isinstance(event, UploadDone) and event.path == "d.png"]
    assert mended[0] <= up <= mended[0] + 60.0
    assert len(days.of(PassFailed)) >= 2

"""The daemon on virtual time: what it sends, when, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from imgur_sync.errors import ManifestError, ManifestProblem
from imgur_sync.model.event import UploadDone
from imgur_sync.model.gate import GateName
from imgur_sync.model.hint import Cause, Deaf
from imgur_sync.watch.events import GateTripped, NotReloaded, PassBegan, PassFailed, Reloaded
from tests.support.watched_days import WatchedDays

HOUR, DAY = 3600.0, 86400.0


@pytest.fixture
def days(tmp_path: Path) -> Iterator[WatchedDays]:
    """An album with three pictures."""
    with WatchedDays(tmp_path) as stage:
        stage.album("cats")
        stage.pictures("cats", ["a.png", "b.png", "c.png"])
        yield stage


def test_a_new_picture_is_in_its_album_seconds_later(days: WatchedDays) -> None:
    """Quiet, then one pass."""
    days.at(600.0, lambda: days.add("cats", "d.png", 4))
    days.watch(HOUR / 2)
    (up,) = [at for at, event in days.told if isinstance(event, UploadDone) and event.path == "d.png"]
    assert 602.0 <= up <= 605.0
    assert days.shown("cats") == days.wanted("cats")


def test_without_any_events_a_change_is_found_by_the_next_full_look(days: WatchedDays) -> None:
    """Events are hints: with all of them lost, the folders are looked at every `rescan` all the same."""
    days.at(600.0, lambda: days.put("cats", "d.png", 4))
    days.watch(600.0 + 1.25 * days.pace.rescan + 60.0)
    assert days.shown("cats") == days.wanted("cats")


def test_nothing_is_asked_of_imgur_while_nothing_happens(days: WatchedDays) -> None:
    """A day costs what `refresh_credits_per_day` allows, and the daemon hardly ever wakes."""
    days.watch(HOUR)
    before, wakes = len(days.wire.sent), days.wakes
    days.watch(HOUR + DAY)
    sent = days.wire.sent[before:]
    assert {method for method, _ in sent} <= {"GET"}
    assert len(sent) <= 250
    assert days.wakes - wakes < 200


def test_a_file_that_is_gone_for_a_moment_keeps_its_picture(days: WatchedDays) -> None:
    """An editor that saves by removing and writing anew loses nothing."""
    kept = (days.base / "cats" / "b.png").read_bytes()

    def back() -> None:
        (days.base / "cats" / "b.png").write_bytes(kept)
        days.watcher.happen(days.base / "cats" / "b.png")

    days.at(600.0, lambda: days.remove("cats", "b.png"))
    days.at(640.0, back)
    days.watch(HOUR / 2)
    assert days.uploads() == 3
    assert "DELETE" not in {method for method, _ in days.wire.sent}
    assert days.shown("cats") == days.wanted("cats")


def test_a_removal_needs_two_looks_that_are_far_enough_apart(days: WatchedDays) -> None:
    """Its picture is there until `removal_hold` is over, and leaves at once then."""
    days.at(600.0, lambda: days.remove("cats", "b.png"))
    days.watch(655.0)
    assert len(days.shown("cats")) == 3
    days.watch(600.0 + 3 * 60.0)
    assert days.shown("cats") == days.wanted("cats")


def test_a_renamed_file_takes_its_picture_along_at_once(days: WatchedDays) -> None:
    """No hold for what did not leave, and no upload."""

    def rename() -> None:
        root = days.base / "cats"
        (root / "b.png").rename(root / "z.png")
        days.watcher.happen(root / "b.png")
        days.watcher.happen(root / "z.png")

    days.at(600.0, rename)
    days.watch(620.0)
    assert days.uploads() == 3
    assert days.shown("cats") == days.wanted("cats")


def test_a_tripped_gate_stops_its_own_removals_and_nothing_else(days: WatchedDays) -> None:
    """The gate is told once, with what to type; the other album goes on; what is approved elsewhere is noticed."""
    days.album("dogs")
    days.pictures("cats", [f"{number}.png" for number in range(20)])
    days.watch(HOUR)

    def lose() -> None:
        for number in range(10):
            days.remove("cats", f"{number}.png")

    days.at(HOUR + 60.0, lose)
    days.at(HOUR + 600.0, lambda: days.add("dogs", "new.png", 77))
    days.watch(3 * HOUR)
    gates = days.of(GateTripped)
    assert [(gate.gate.name, gate.gate.count) for gate in gates] == [(GateName.PRUNE, 10)]
    assert gates[0].remedy.endswith("apply cats --approve prune=10")
    assert len(days.shown("cats")) == 23
    assert days.shown("dogs") == days.wanted("dogs")


def test_a_folder_that_goes_away_removes_nothing_and_comes_back(days: WatchedDays) -> None:
    """A disk that is pulled out: the gate `root` holds until it is there again."""
    root = days.base / "cats"
    hidden = days.base / "unplugged"

    def pull() -> None:
        root.rename(hidden)
        days.watcher.unwatch(root, Deaf.GONE)

    def plug() -> None:
        hidden.rename(root)
        days.watcher.tell(Cause.BACK, "cats")

    days.at(600.0, pull)
    days.at(HOUR * 5, plug)
    days.watch(HOUR * 4)
    assert len(days.shown("cats")) == 3
    days.watch(HOUR * 6)
    assert days.shown("cats") == days.wanted("cats")
    assert [gate.gate.name for gate in days.of(GateTripped)].count(GateName.ROOT) <= 2


def test_an_import_drips_through_the_budget_for_days(days: WatchedDays) -> None:
    """Sixty-three pictures at five an hour: nothing is refused, and between the windows the daemon sleeps."""
    days.budget = replace(days.budget, uploads_per_hour=5)
    days.pictures("cats", [f"{number:03}.png" for number in range(60)])
    days.watch(16 * HOUR)
    assert days.shown("cats") == days.wanted("cats")
    assert days.uploads() == 63
    assert set(days.look("ledger")["refusals"].values()) == {0}
    passes = len(days.of(PassBegan))
    assert passes <= 40


def test_a_night_without_imgur_is_waited_out(days: WatchedDays) -> None:
    """Failed passes follow each other more and more slowly; nothing is lost."""
    days.watch(600.0)
    days.at(700.0, lambda: setattr(days.wire, "down", True))
    days.at(710.0, lambda: days.add("cats", "d.png", 4))
    days.at(700.0 + 6 * HOUR, lambda: setattr(days.wire, "down", False))
    days.watch(9 * HOUR)
    failures = days.of(PassFailed)
    assert 2 <= len(failures) <= 20
    assert days.shown("cats") == days.wanted("cats")


def test_a_broken_edit_of_the_manifest_leaves_the_last_good_one(days: WatchedDays) -> None:
    """It is told once; the albums go on; the mended one rules at once."""
    days.watch(600.0)
    path = days.base / "sync.toml"

    def spoil() -> None:
        days.load_error = ManifestError("sync.toml", (ManifestProblem(1, 1, "broken", "mend it"),))
        days.watcher.happen(path)

    def mend() -> None:
        days.load_error = None
        days.album("dogs")
        days.pictures("dogs", ["rex.png"])
        days.watcher.happen(path)

    days.at(700.0, spoil)
    days.at(800.0, lambda: days.add("cats", "d.png", 4))
    days.at(HOUR * 3, mend)
    days.watch(HOUR * 3 + 120.0)
    assert len(days.of(NotReloaded)) == 1
    assert len(days.of(Reloaded)) == 1
    assert days.shown("cats") == days.wanted("cats")
    assert days.shown("dogs") == days.wanted("dogs")


def test_a_state_that_cannot_be_read_for_a_while_is_waited_for(days: WatchedDays) -> None:
    """Somebody's disk hiccups: the daemon tells and tries again."""
    days.watch(600.0)
    state = days.base / ".imgur-sync" / "state.db"
    kept = state.read_bytes()

    def spoil() -> None:
        state.write_bytes(b"no database" * 1000)
        days.add("cats", "d.png", 4)

    days.at(700.0, spoil)
    days.at(900.0, lambda: state.write_bytes(kept))
    days.watch(HOUR)
    assert days.of(PassFailed)
    assert days.shown("cats") == days.wanted("cats")
    assert days.uploads() == 4


def test_what_costs_a_credit_is_done_while_uploads_wait_for_the_budget(days: WatchedDays) -> None:
    """The hour's uploads are used up; a rename and a removal go through all the same."""
    days.album("dogs")
    days.pictures("dogs", ["rex.png", "spot.png"])
    days.watch(300.0)
    days.budget = replace(days.budget, uploads_per_hour=6)
    days.pictures("cats", [f"{number}.png" for number in range(6)])

    def rename() -> None:
        root = days.base / "dogs"
        (root / "rex.png").rename(root / "zz.png")
        days.watcher.happen(root / "rex.png")
        days.watcher.happen(root / "zz.png")

    days.at(600.0, rename)
    days.watch(700.0)
    assert days.uploads() == 6
    assert days.shown("dogs") == days.wanted("dogs")
    assert len(days.shown("cats")) < 9


def test_pictures_beside_the_manifest_do_not_break_up_a_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An event in the manifest's folder is no edit of the manifest."""
    with WatchedDays(tmp_path, latency=5.0) as days:
        days.album("cats")
        days.pictures("cats", [f"{number:02}.png" for number in range(30)])
        answer = days.wire.handle_request

        def beside(request: httpx.Request) -> httpx.Response:
            days.watcher.happen(days.base / "beside.png")
            return answer(request)

        monkeypatch.setattr(days.wire, "handle_request", beside)
        days.watch(900.0)
        assert days.shown("cats") == days.wanted("cats")
        assert len(days.of(PassBegan)) == 1


def test_a_signal_that_comes_between_two_looks_is_not_slept_over(days: WatchedDays) -> None:
    """What wakes a sleeper must not be lost on somebody who was awake."""
    days.watch(600.0)
    days.at(700.0, lambda: days.watcher.happen(days.base / "cats" / "a.png"))
    days.at(700.0, days.stop)
    days.watch(HOUR)
    assert days.elapsed == pytest.approx(700.0)

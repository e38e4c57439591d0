"""A local clock that disagrees with Imgur's: told once by every run that asks Imgur, and nothing else changes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from imgur_sync.cli.clock import TOLD, disagreement, watching_clock
from imgur_sync.cli.session import Session
from imgur_sync.model.budget import Budget, Charge, Cost, Denied, Reading, Reservation
from imgur_sync.model.ports import Ledger
from imgur_sync.simulator import Limits, Options, Running, running
from tests.support.command import Workplace, workplace
from tests.support.inside import Inside

YEARS = 10 * 365 * 86_400
TOLD_LINE = "note: this machine's clock is "


class Idle(Ledger):
    """Limits nothing, remembers nothing."""

    def reserve(self, cost: Cost) -> Reservation | Denied:
        return Reservation(1, cost)

    def settle(self, reservation: Reservation, charge: Charge) -> None:
        pass

    def observe(self, reading: Reading, answers: Reservation | None = None) -> None:
        pass

    def budget(self) -> Budget:
        return Budget(())

    def spent(self) -> int:
        return 0

    def clock_set_at(self) -> float:
        return 0.0


@pytest.fixture
def elsewhen(tmp_path: Path) -> Iterator[tuple[Workplace, Running]]:
    """A workplace, and an Imgur whose clock can be advanced."""
    with running(Options(limits=Limits(0, 0, 0, 0))) as server:
        place = workplace(tmp_path, {**server.environment(), "IMGUR_SYNC_SETTLE_SECONDS": "0"})
        yield Inside(place.folder, place.environment), server


def advance(server: Running, seconds: float) -> None:
    """Let Imgur's clock run ahead."""
    httpx.post(f"{server.url}/_simulator/clock", json={"advance": seconds}, trust_env=False).raise_for_status()


@pytest.mark.parametrize("seconds", [3600, YEARS])
def test_plan_and_apply_tell_it_once_and_go_on(seconds: int, elsewhen: tuple[Workplace, Running]) -> None:
    """On stderr, with what to do; exit code, plan and pictures are as ever."""
    place, server = elsewhen
    advance(server, seconds)
    for command in (["plan"], ["apply", "-y"], ["plan", "--detailed-exitcode"], ["diff"], ["drift"]):
        done = place.run(*command)
        assert done.returncode == 0, done.stderr
        (line,) = [line for line in done.stderr.splitlines() if line.startswith(TOLD_LINE)]
        assert "behind Imgur's" in line
        assert "timedatectl set-ntp true" in line
        assert TOLD_LINE not in done.stdout
    assert len(server.world.images) == 3


def test_json_and_quiet_are_left_alone(elsewhen: tuple[Workplace, Running]) -> None:
    """stdout stays one document; with -q nothing is said, and offline nobody knows."""
    place, server = elsewhen
    advance(server, 3600)
    assert json.loads(place.run("plan", "--json").stdout)["kind"] == "plan"
    assert place.run("plan", "-q").stderr == ""
    assert TOLD_LINE not in place.run("plan", "--offline").stderr


def test_two_minutes_are_no_matter(elsewhen: tuple[Workplace, Running]) -> None:
    """Only doctor tells so little."""
    place, server = elsewhen
    advance(server, 120)
    assert TOLD_LINE not in place.run("plan").stderr


@pytest.mark.parametrize(
    ("date", "words"),
    [(0.0, "ahead of Imgur's"), (4e9, "behind Imgur's"), (None, "")],
    ids=["in the future", "in 1970", "no Date at all"],
)
def test_both_directions_are_told_after_the_run(
    date: float | None, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the last Date that Imgur sent, once, also when the run ends in an error."""

    def fails() -> None:
        with watching_clock(Session(), Idle()) as ledger:
            for _ in range(3):
                ledger.observe(Reading(date=date))
            raise KeyError

    with pytest.raises(KeyError):
        fails()
    told = capsys.readouterr().err
    assert words in told
    assert told.count(TOLD_LINE) == (1 if words else 0)


def test_a_disagreement_names_its_size() -> None:
    """In units that people use."""
    assert disagreement(TOLD + 3600) == "this machine's clock is 1 h 5 min ahead of Imgur's"
    assert disagreement(-TOLD - 60) == "this machine's clock is 6 min behind Imgur's"

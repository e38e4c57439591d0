"""`imgur-sync simulator`: its windows, refusals and headers, as the installed command serves them."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from imgur_sync.cli.simulator import FORMS, LIMITS
from imgur_sync.simulator.options import Form, Knobs
from imgur_sync.simulator.swarm import drawn_rates
from tests.support.command import Workplace
from tests.support.inside import Inside


def served(place: Workplace, *options: str) -> tuple[dict[str, str], list[httpx.Response]]:
    """The ledger's kind of window and the knobs, and the replies to three calls of a Client-ID."""
    started = place.start("simulator", "--port", "0", *options)
    try:
        assert started.stdout is not None
        lines = [started.stdout.readline().strip() for _ in range(5)]
        values = dict(line.split("=", 1) for line in lines[:4])
        authorization = {"Authorization": f"Client-ID {values['IMGUR_SYNC_CLIENT_ID']}"}
        with httpx.Client(base_url=values["IMGUR_SYNC_API_URL"], headers=authorization, trust_env=False) as web:
            replies = [web.post("/3/album") for _ in range(3)]
            knobs = web.get("/_simulator/knobs").json()
            knobs["windows"] = web.get("/_simulator/ledger").json()["windows"]
            knobs["swarm"] = web.get("/_simulator/swarm").json()
    finally:
        started.terminate()
        started.communicate(timeout=60)
    return knobs, replies


def test_it_counts_refuses_and_announces_as_it_is_told(tmp_path: Path) -> None:
    options = ["--windows", "sliding", "--posts", "2", "--refusal", "417", "--refusal", "posts=over-capacity"]
    knobs, replies = served(Workplace(tmp_path), *options, "--headers", "legacy")
    assert knobs["windows"] == "sliding"
    assert [knobs[f"refuse_{limit}"] for limit in LIMITS] == ["417", "417", "over-capacity", "417"]
    assert [reply.status_code for reply in replies] == [200, 200, 403]
    assert int(dict(replies[0].headers.raw)[b"X-RateLimit-UserReset"]) > 10**9


def test_it_begins_with_the_faults_that_a_seed_draws(tmp_path: Path) -> None:
    knobs, _ = served(Workplace(tmp_path), "--chaos", "calm-3")
    assert (knobs["swarm"]["seed"], knobs["swarm"]["rates"]) == ("calm-3", drawn_rates("calm-3"))


def test_without_being_told_it_is_as_imgur_is_today(tmp_path: Path) -> None:
    knobs, replies = served(Workplace(tmp_path))
    assert knobs["swarm"] == {}
    assert knobs["windows"] == "fixed"
    assert {knobs[f"refuse_{limit}"] for limit in LIMITS} == {"shape"}
    assert 0 < int(dict(replies[0].headers.raw)[b"x-ratelimit-userreset"]) <= 3600


def test_the_command_knows_every_form_and_limit() -> None:
    """It names them itself, for it does not load the simulator to show its help."""
    assert Form.__args__ == FORMS
    assert {f"refuse_{limit}" for limit in LIMITS} == {name for name in Knobs.__slots__ if name.startswith("refuse_")}


@pytest.mark.parametrize("wrong", ["503", "day=417", "=417", "posts="])
def test_a_refusal_that_there_is_not_is_named_with_those_there_are(tmp_path: Path, wrong: str) -> None:
    done = Inside(tmp_path).run("simulator", "--refusal", wrong)
    assert done.returncode == 64
    assert f"--refusal {wrong}: there is no such limit or form" in done.stderr
    assert "client, user, posts, uploads; a form shape, legacy, legacy-403, errors, wait-400," in done.stderr

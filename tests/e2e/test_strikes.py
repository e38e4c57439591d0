"""Days at the daily limit, and the month's block: counted, shown, not risked unapproved, and asked about on demand."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from imgur_sync.model.budget import LimitName, Refusal
from imgur_sync.simulator import Limits
from imgur_sync.state.ledger import Caps, SqliteLedger
from tests.support.hand_clock import HandClock
from tests.support.inside import Inside
from tests.support.mirror import Mirror
from tests.support.modes import MODES, Either, either

# Four fifths are less than all of it takes, the whole is more; without an account there is less to read.
SHORT_DAY = {"account": 115, "anonymous": 105}


@pytest.fixture(params=MODES)
def here(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Either]:
    """Eight pictures to send, 80 credits, and a day that is hardly longer."""
    limits = Limits(user_credits=0, client_credits=SHORT_DAY[request.param], posts=0, uploads=0)
    with either(tmp_path, request.param, limits=limits, kind=Inside) as made:
        yield made


def strike(here: Mirror, count: int) -> None:
    """So many strikes, as runs before wrote them, a moment ago."""
    clock = HandClock(time.time() - 30)
    client = here.place.environment["IMGUR_SYNC_CLIENT_ID"]
    path = Path(here.place.environment.get("IMGUR_SYNC_STATE_DIR", here.folder / ".user")) / "ledger.db"
    with SqliteLedger(
        path, origin=here.server.url, client_id=client, account="", caps=Caps(0, 0), clock=clock
    ) as ledger:
        for _ in range(count):
            ledger.refused(Refusal(limit=LimitName.DAY, wait=1.0, daily=True))
            clock.advance(2)


def asked(here: Mirror, before: int) -> list[str]:
    """What Imgur's API was asked for since; tokens are no part of it."""
    return [request["path"] for request in here.requests(before) if request["path"] != "/oauth2/token"]


def test_the_last_fifth_of_the_day_needs_an_approval(here: Either) -> None:
    """Exit 3 with what to type; a wrong number sends nothing; the right one finishes."""
    strike(here, 4)
    here.run("credits", "--refresh")
    assert "Strikes: the daily limit was hit on 4 days of this month" in here.run("credits").stdout
    shown = here.run("plan").stdout
    assert "gate strike holds back 1" in shown
    assert "--approve strike=1" in shown
    planned = here.json("plan")
    assert planned["approve"] == {"strike": 1}
    assert planned["budget"]["strikes"] == 4
    before = here.last()
    wrong = here.run("apply", "-y", "--approve", "strike=2", code=3)
    assert "strike=1" in wrong.stderr
    assert here.writes(before) == []
    told = here.json("apply", "-y", code=3)
    assert told["exit_codes"] == [3, 6]
    assert 0 < len(here.received()) < 8
    here.run("apply", "-y", "-q", "--approve", "strike=1")
    here.check_equal("cats", "dogs")
    unneeded = here.run("plan", "--approve", "strike=1", code=None)
    assert unneeded.returncode in (2, 3, 64)
    assert here.json("credits")["strikes"] == 4


def test_the_months_block_is_told_and_lifted_by_asking(here: Either) -> None:
    """Nothing is sent; `credits` says until when; `credits --refresh` believes a good answer."""
    strike(here, 5)
    before = here.last()
    ended = here.run("apply", "-y", code=None)
    assert ended.returncode == 6, ended.stderr
    assert "Imgur blocks this application until" in ended.stdout + ended.stderr
    assert asked(here, before) == []
    said = here.run("credits").stdout
    assert "! Imgur blocks this application until" in said
    assert here.json("credits")["blocked_until"] is not None
    assert asked(here, before) == []
    assert here.json("credits", "--refresh")["blocked_until"] is None
    assert asked(here, before) == ["/3/credits"]
    assert here.json("credits")["strikes"] == 5
    here.run("plan")


def test_a_block_that_holds_is_said_by_asking(here: Either) -> None:
    """Imgur refuses although the day is full: exit 6 with the first of the month."""
    refusal = {"data": {"error": "Daily client requests exceeded"}, "success": False, "status": 429}
    headers = {"X-RateLimit-ClientLimit": "100", "X-RateLimit-ClientRemaining": "100"}
    here.steer("faults", {"fault": "reply", "status": 429, "headers": headers, "body": refusal})
    ended = here.run("credits", "--refresh", code=6)
    assert "Imgur blocks this application until" in ended.stderr
    assert "run again at" in ended.stderr
    before = here.last()
    here.run("apply", "-y", code=6)
    assert asked(here, before) == []
    here.run("credits", "--refresh", code=6)
    here.calm()
    here.run("credits", "--refresh")
    here.run("apply", "-y", "-q", code=None)
    assert here.received()

"""What the ledger does when its file fails it, when a reply says little, and when uploads are closed for a reason of
their own."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import StateError
from imgur_sync.model.budget import CALL_COST, UPLOAD_COST, Denied, LimitName, Reading, Refusal, Reservation
from imgur_sync.state.ledger import Caps, SqliteLedger

Open = Callable[[Caps], SqliteLedger]
BARE = Caps(reserve_credits=0, uploads_per_hour=0)


@pytest.fixture
def ledger_of(tmp_path: Path, clock: Any) -> Iterator[Open]:
    """Opens ledgers on one file; closes them all."""
    with ExitStack() as stack:
        path = tmp_path / "ledger.db"
        names = {"origin": "o", "client_id": "c", "account": "a"}
        yield lambda caps: stack.enter_context(SqliteLedger(path, **names, caps=caps, clock=clock))


def test_a_charge_that_cannot_be_written_counts_nowhere(tmp_path: Path, ledger_of: Open) -> None:
    """Neither in the file nor against the cap of this run; when the file works again, there is room for it."""
    ledger = ledger_of(Caps(0, 0, 10))
    with closing(sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)) as other:
        other.execute("CREATE TRIGGER broken AFTER INSERT ON charge BEGIN SELECT RAISE(FAIL, 'broken'); END")
        with pytest.raises(StateError):
            ledger.reserve(UPLOAD_COST)
        assert (ledger.spent(), ledger.budget().used_today) == (0, 0)
        other.execute("DROP TRIGGER broken")
    assert isinstance(ledger.reserve(UPLOAD_COST), Reservation)
    assert isinstance(ledger.reserve(CALL_COST), Denied)


def test_a_reply_without_a_date_tells_of_credits_all_the_same(ledger_of: Open, clock: Any) -> None:
    """The clock that was learned before stays."""
    ledger = ledger_of(BARE)
    ledger.observe(Reading(date=clock.now() + 500))
    ledger.observe(Reading(date=None, client_limit=12_500, client_remaining=77))
    assert next(limit.remaining for limit in ledger.budget().limits if limit.name is LimitName.DAY) == 77


def test_uploads_that_are_closed_by_name_are_a_limit_before_any_pace_is_known(ledger_of: Open, clock: Any) -> None:
    """Nobody capped them and no upload was refused: the limit is there until it opens."""
    ledger = ledger_of(BARE)
    ledger.refused(Refusal(limit=LimitName.UPLOADS, wait=600.0))
    answer = ledger.reserve(UPLOAD_COST)
    assert isinstance(answer, Denied)
    assert answer.limit is LimitName.UPLOADS
    assert answer.resumes_at == pytest.approx(clock.now() + 600, abs=1)
    assert isinstance(ledger.reserve(CALL_COST), Reservation)
    clock.advance(601)
    assert isinstance(ledger.reserve(UPLOAD_COST), Reservation)


def test_a_ledger_whose_pages_do_not_add_up_is_refused(tmp_path: Path, ledger_of: Open) -> None:
    """It opens as a database, but what it counted cannot be relied on; the file stays as it is."""
    ledger_of(BARE).close()
    path = tmp_path / "ledger.db"
    data = bytearray(path.read_bytes())
    data[36:40] = (5).to_bytes(4, "big")  # five free pages that are nowhere
    path.write_bytes(data)
    with pytest.raises(StateError, match="damaged"):
        ledger_of(BARE)
    assert path.read_bytes() == bytes(data)


def test_of_two_limits_in_the_way_the_one_that_lasts_is_named(ledger_of: Open, clock: Any) -> None:
    """Whichever is looked at first: waiting for the other would be in vain."""
    for number, (day, hour, expected) in enumerate([(9_000.0, 60.0, LimitName.DAY), (60.0, 900.0, LimitName.HOUR)]):
        clock.advance(90_000.0 * number)
        ledger = ledger_of(BARE)
        used_up = {"client_limit": 12_500, "client_remaining": 0, "user_limit": 500, "user_remaining": 0}
        ledger.observe(
            Reading(date=clock.now(), client_reset=clock.now() + day, user_reset=clock.now() + hour, **used_up)
        )
        answer = ledger.reserve(CALL_COST)
        assert isinstance(answer, Denied)
        assert answer.limit is expected


def test_a_fork_that_uses_no_credits_leaves_the_ledger_alone(ledger_of: Open) -> None:
    """It may close what it inherited: the parent's connection stays open."""
    ledger = ledger_of(BARE)
    child = os.fork()
    if not child:
        ledger.close()
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert isinstance(ledger.reserve(CALL_COST), Reservation)

"""Whatever comes back, nothing raises, and no write is taken for done that is not."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from imgur_sync.imgur.auth import Credentials
from imgur_sync.imgur.body import Misread, parse
from imgur_sync.imgur.plain import plain
from imgur_sync.imgur.reader import ImgurReader
from imgur_sync.imgur.transport import READ_WRITE, Transport
from imgur_sync.imgur.writer import ImgurWriter
from imgur_sync.model.budget import CALL_COST, Charge, Reservation
from imgur_sync.model.local import Content
from imgur_sync.model.outcome import Done, NotSent, Outcome, Refused, Unknown
from imgur_sync.model.remote import AlbumChanges
from imgur_sync.model.secret import Secret
from tests.support.hand_clock import HandClock
from tests.support.memory_ledger import MemoryLedger
from tests.support.memory_tokens import MemoryTokens
from tests.support.scripted import Answer, Script

DAY = 86_400.0
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["AbC1234", "JPz2i", "", "public", "error", "403", 1003, 429, 1203, 0, -1, 2**70])
)
KEYS = st.sampled_from(
    ["id", "data", "success", "status", "error", "errors", "images", "images_count", "code", "message", "title"]
) | st.sampled_from(
    ["cover", "width", "deletehash", "privacy", "UserLimit", "UserReset", "access_token", "detail", "x"]
)
JSON = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6))
BODIES = st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode())
WRAPPED = JSON.map(lambda data: json.dumps({"data": data, "success": True, "status": 200}).encode())
STATUSES = st.sampled_from([200, 200, 201, 204, 302, 400, 401, 403, 404, 408, 417, 425, 429, 499, 500, 502, 503])
HEADERS = st.dictionaries(
    st.sampled_from(["content-encoding", "retry-after", "date", "x-ratelimit-userreset", "cdn-error", "x-request-id"]),
    st.sampled_from(["gzip", "identity", "0", "-1", "x", "9" * 30, "Fri, 15 Jan 2027 08:00:10 GMT", "\x7f"]),
)


Outcomes = list[Outcome[Any]]


def outcomes(status: int, headers: dict[str, str], body: bytes) -> tuple[Outcomes, Outcomes, MemoryLedger]:
    """What reads and writes make of one reply, a day apart (a refusal closes a limit), and the ledger afterwards."""
    clock = HandClock()
    ledger = MemoryLedger(clock, hour=None, day=None, posts=None)
    script = Script(Answer(status, body, headers))
    credentials = Credentials("id15", Secret("s"), Secret("r"), Secret("a"))
    with Transport(
        "https://api.imgur.com", credentials, ledger, MemoryTokens(), clock, allow=READ_WRITE, http=script
    ) as transport:
        reader, writer = ImgurReader(transport), ImgurWriter(transport)

        def grant() -> Reservation:
            clock.advance(DAY)
            granted = ledger.reserve(CALL_COST)
            assert isinstance(granted, Reservation)
            return granted

        asked: list[Callable[[], Outcome[Any]]] = [
            lambda: reader.albums(0),
            lambda: reader.album("AbC1234"),
            lambda: reader.images(0),
            lambda: reader.image("JPz2i"),
            reader.credits,
        ]
        reads: Outcomes = []
        for ask in asked:
            clock.advance(DAY)
            reads.append(ask())
        writes: Outcomes = [
            writer.edit_album("AbC1234", AlbumChanges(title="x"), grant()),
            writer.upload(Content(b"x", "", "", "image/png"), "n", "AbC1234", grant()),
            writer.delete_image("JPz2i", grant()),
        ]
    return reads, writes, ledger


@settings(max_examples=300, deadline=None)
@given(STATUSES, HEADERS, BODIES | WRAPPED)
def test_any_reply_gives_outcomes_and_settles_what_was_reserved(
    status: int, headers: dict[str, str], body: bytes
) -> None:
    """Never an exception; every reservation ends, and comes back only for what was not sent."""
    reads, writes, ledger = outcomes(status, headers, body)
    for outcome in reads + writes:
        assert isinstance(outcome, Done | NotSent | Refused | Unknown)
        if not isinstance(outcome, Done):
            assert 0 < len(outcome.problem.detail) <= 200
            assert outcome.problem.detail.isprintable()
    assert len(ledger.settled) == len(ledger.costs)
    if not any(isinstance(outcome, NotSent) for outcome in reads + writes):
        assert set(ledger.settled.values()) == {Charge.SPENT}


@settings(max_examples=300, deadline=None)
@given(STATUSES, HEADERS, BODIES)
def test_a_write_is_done_only_by_a_success_that_says_so(status: int, headers: dict[str, str], body: bytes) -> None:
    """Bytes, JSON and codes of any kind are never taken for one; a 404 on a delete is the one exception."""
    _, (edit, upload, delete), _ = outcomes(status, headers, body)
    says_success = _success(body) and 200 <= status < 300
    assert not isinstance(edit, Done) or says_success
    assert not isinstance(upload, Done) or says_success
    assert not isinstance(delete, Done) or says_success or status == 404


@given(st.binary(max_size=300) | BODIES)
def test_parsing_raises_nothing_else(body: bytes) -> None:
    """A value, or `Misread`."""
    with contextlib.suppress(Misread):
        parse(body)


@given(st.text(max_size=400), st.integers(1, 100))
def test_a_plain_text_is_bounded_and_printable(text: str, limit: int) -> None:
    """One line, whatever came in."""
    shown = plain(text, limit=limit)
    assert len(shown) <= limit
    assert shown.isprintable()


def _success(body: bytes) -> bool:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and value.get("success") is True and "data" in value

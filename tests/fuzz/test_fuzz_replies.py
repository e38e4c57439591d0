"""Replies, field by field: whatever Imgur puts in the place of what it should, there is an outcome and no error."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from imgur_sync.errors import ExitCode, ImgurSyncError
from imgur_sync.executor.ends import error_of
from imgur_sync.imgur.accounts import account_name
from imgur_sync.imgur.auth import Credentials
from imgur_sync.imgur.limits import LONGEST_WAIT, reading, wait_asked
from imgur_sync.imgur.reader import ImgurReader
from imgur_sync.imgur.transport import READ_WRITE, Transport
from imgur_sync.imgur.writer import ImgurWriter
from imgur_sync.model.budget import CALL_COST, UPLOAD_COST, Budget, Cost, LimitName, Refusal, Reservation
from imgur_sync.model.local import Content
from imgur_sync.model.outcome import Done, NotSent, Outcome, Refused, Unknown
from imgur_sync.model.remote import AlbumChanges, AlbumHeader, CreatedAlbum, RemoteAlbum, RemotePicture
from imgur_sync.model.secret import Secret
from imgur_sync.model.spec import Privacy
from imgur_sync.planner.marker import parse_name
from imgur_sync.report.credits import credit_lines
from imgur_sync.state.cache_rows import dump_listing, load_listing
from imgur_sync.state.ledger import Caps, SqliteLedger
from tests.fuzz.amounts import examples
from tests.fuzz.damage import encoded, misshapen
from tests.support.hand_clock import HandClock
from tests.support.imgur_bodies import LEGACY, LEGACY_ALBUM, V1, V1_ALBUM
from tests.support.memory_ledger import MemoryLedger
from tests.support.memory_tokens import MemoryTokens
from tests.support.scripted import Answer, Script, Sent

ACCESS, REFRESH, SECRET = "canary-access-0123456789", "canary-refresh-0123456789", "canary-secret-0123456789"
HASH = "CanaryHash12345"
ID = re.compile(r"[A-Za-z0-9]{5,15}")
CREDITS = {"UserLimit": 500, "UserRemaining": 400, "UserReset": 1_700_000_000, "ClientLimit": 12500}
CREDITS |= {"ClientRemaining": 12000, "ClientReset": 1_700_000_000}
GOOD: dict[str, list[Any]] = {
    "albums": [[LEGACY_ALBUM, V1_ALBUM], [], None],
    "album": [LEGACY_ALBUM, V1_ALBUM, {**LEGACY_ALBUM, "images": None}],
    "images": [[LEGACY, V1], []],
    "image": [{**LEGACY, "id": "JPz2i"}, V1],
    "credits": [CREDITS],
    "account": [{"id": 1, "url": "somebody", "bio": None}],
    "create": [{"id": "AbC1234", "deletehash": HASH}],
    "upload": [LEGACY, V1, {"id": "AbC1234", "deletehash": HASH}],
    "edit": [True],
    "error": [{"error": "no", "request": "/3/x", "method": "GET"}, {"error": {"code": 429, "message": "wait 3 more"}}],
}
PLANTED = [ACCESS, REFRESH, SECRET, HASH, f"Bearer {ACCESS}", f'{{"refresh_token":"{REFRESH}"}}', "AbC1234"]


@st.composite
def bodies(draw: st.DrawFn, kind: str) -> bytes:
    """A reply's body that began as a good one of this kind, or as an error."""
    data = draw(st.sampled_from(GOOD[kind if draw(st.integers(0, 5)) else "error"]))
    whole = {"data": data, "success": True, "status": 200}
    if draw(st.integers(0, 4)) == 0:
        whole = {"errors": [{"id": "x", "code": "429", "status": "x", "detail": draw(st.sampled_from(PLANTED))}]}
    body = draw(encoded(misshapen(whole)))
    if draw(st.integers(0, 3)) == 0:
        body = body.replace(b"somebody", draw(st.sampled_from(PLANTED)).encode(), 1).replace(b"no", ACCESS.encode(), 1)
    return body


NUMBERS = st.sampled_from(
    ["0", "-1", "5", "1e9", "NaN", "inf", "0x10", "", " 7 ", "9" * 18, "9" * 400, "٣", "1,5", "+3"]
)
MOMENTS = st.sampled_from(
    [
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Fri, 31 Dec 9999 23:59:59 -2359",
        "Mon, 01 Jan 0001 00:00:00 GMT",
        "Mon, 01 Jan 0001 00:00:00 +2359",
        "Fri, 15 Jan 2027 08:00:10 GMT",
        "15 Jan 99999 08:00:10",
        "Sat, 31 Feb 2027 08:00:10 GMT",
        "Fri, 15 Jan 2027 08:00:61 GMT",
        "Fri, 15 Jan 2027 08:00:10 +9999999999",
        "1700000000",
    ]
)
LATIN = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=40)
LIMITS = [f"x-ratelimit-{whose}{what}" for whose in ("user", "client") for what in ("limit", "remaining", "reset")]
LIMITS += [f"x-post-rate-limit-{what}" for what in ("limit", "remaining", "reset")]
HEADERS = st.dictionaries(
    st.sampled_from([*LIMITS, "date", "retry-after", "content-type", "set-cookie", "location", "x-request-id", "cdn"]),
    NUMBERS | MOMENTS | LATIN | st.integers().map(str) | st.sampled_from(PLANTED),
    max_size=8,
)
STATUSES = st.sampled_from([200] * 8 + [100, 201, 204, 302, 400, 401, 403, 404, 408, 413, 417, 425, 429, 500, 503, 599])


def asked(kind: str, status: int, headers: dict[str, str], body: bytes) -> Outcome[Any]:
    """What a call of this kind makes of the reply; the token endpoint answers in the same way."""
    clock = HandClock()
    ledger = MemoryLedger(clock, hour=None, day=None, posts=None)
    credentials = Credentials("id15", Secret(SECRET), Secret(REFRESH), Secret(ACCESS))
    wire = Script(Answer(status, body, headers))
    with Transport(
        "https://api.imgur.com", credentials, ledger, MemoryTokens(), clock, allow=READ_WRITE, http=wire
    ) as transport:
        reader, writer = ImgurReader(transport), ImgurWriter(transport)

        def grant(cost: Cost = CALL_COST) -> Reservation:
            granted = ledger.reserve(cost)
            assert isinstance(granted, Reservation)
            return granted

        calls: dict[str, Callable[[], Outcome[Any]]] = {
            "albums": lambda: reader.albums(0),
            "album": lambda: reader.album("AbC1234"),
            "images": lambda: reader.images(0),
            "image": lambda: reader.image("JPz2i"),
            "credits": reader.credits,
            "account": lambda: account_name(transport),
            "create": lambda: writer.create_album("t", "d", Privacy.HIDDEN, grant()),
            "upload": lambda: writer.upload(Content(b"x", "", "", "image/png"), "n", "AbC1234", grant(UPLOAD_COST)),
            "edit": lambda: writer.edit_album("AbC1234", AlbumChanges(title="x"), grant()),
        }
        outcome = calls[kind]()
    assert len(ledger.settled) == len(ledger.costs)
    return outcome


def check_picture(picture: RemotePicture) -> None:
    """What later code relies on."""
    assert ID.fullmatch(picture.id)
    for text in (picture.name, picture.link, picture.media_type, picture.title, picture.description):
        text.encode()
    for figure in (picture.width, picture.height, picture.size, picture.made_at):
        assert 0 <= figure <= 2**53
    parse_name(picture.name)


def check_value(value: Any) -> None:
    """What was understood is what it says it is, and survives being kept."""
    match value:
        case RemotePicture():
            check_picture(value)
        case RemoteAlbum():
            for picture in value.pictures:
                check_picture(picture)
            bare = tuple(replace(picture, deletehash=None) for picture in value.pictures)
            kept = load_listing(dump_listing(value))
            assert kept == replace(value, header=replace(value.header, deletehash=None), pictures=bare)
            assert value.complete == (value.flaw == "")
        case AlbumHeader() | CreatedAlbum():
            assert ID.fullmatch(value.id)
        case tuple():
            for one in value:
                check_value(one)
        case str():
            assert 0 < len(value) <= 80
            assert value.isprintable()


@examples(700)
@given(st.data(), st.sampled_from([name for name in GOOD if name != "error"]), STATUSES, HEADERS)
def test_every_call_understands_or_refuses(
    data: st.DataObject, kind: str, status: int, headers: dict[str, str]
) -> None:
    """Any field of any reply replaced, removed, doubled: an outcome, whose words hold no secret, and never an error."""
    outcome = asked(kind, status, headers, data.draw(bodies(kind)))
    assert isinstance(outcome, Done | NotSent | Refused | Unknown)
    if isinstance(outcome, Done):
        check_value(outcome.value)
        return
    problem = outcome.problem
    assert 0 < len(problem.detail) <= 200
    assert problem.detail.isprintable()
    assert problem.resume_after is None or 0 <= problem.resume_after <= LONGEST_WAIT
    told = error_of(problem)
    assert told.exit_code in (ExitCode.TRY_LATER, ExitCode.BUDGET, ExitCode.CREDENTIALS, ExitCode.ERROR)
    for canary in (ACCESS, REFRESH, SECRET):
        assert canary not in f"{problem} {told} {told.hint}"


GRANT = {"access_token": "a" * 40, "refresh_token": "b" * 40, "expires_in": 3600, "token_type": "bearer"}
GRANT |= {"account_username": "somebody", "account_id": 1}


@examples(300)
@given(encoded(misshapen(GRANT)) | encoded(misshapen({"data": GRANT, "success": True})), STATUSES)
def test_any_answer_of_the_token_endpoint_is_taken_or_refused(body: bytes, status: int) -> None:
    """What is sent as a token afterwards can stand in a header; the refresh token before it is not lost."""
    clock, store = HandClock(), MemoryTokens()

    def answer(sent: Sent) -> Answer:
        assert all(33 <= ord(letter) < 127 for letter in sent.headers["authorization"].removeprefix("Bearer "))
        return Answer(200, {"data": True, "success": True, "status": 200})

    wire = Script(answer, tokens=Answer(status, body))
    credentials = Credentials("id15", Secret(SECRET), Secret(REFRESH))
    ledger = MemoryLedger(clock, hour=None, day=None, posts=None)
    with Transport(
        "https://api.imgur.com", credentials, ledger, store, clock, allow=READ_WRITE, http=wire
    ) as transport:
        outcome = account_name(transport)
    assert isinstance(outcome, Done | NotSent | Refused | Unknown)
    tokens = store.load()
    assert tokens is None or tokens.refresh.reveal()
    if not isinstance(outcome, Done):
        assert not any(canary in str(outcome.problem) for canary in (ACCESS, REFRESH, SECRET, "a" * 40, "b" * 40))


@examples(300)
@given(HEADERS, st.sampled_from([0.0, 1.0, 1_700_000_000.0, 4_000_000_000.0]))
def test_headers_are_read_within_bounds(headers: dict[str, str], now: float) -> None:
    """Figures within reason, one short warning for each that is not, and never a wait longer than a day."""
    found = reading(headers, now)
    for warning in found.warnings:
        assert warning.isprintable()
        assert len(warning) < 120
    wait = wait_asked(headers, now)
    assert wait is None or 1.0 <= wait <= LONGEST_WAIT


REFUSALS = st.builds(
    Refusal,
    limit=st.sampled_from([None, *LimitName]),
    wait=st.sampled_from([None, 0.0, 1.0, 86_400.0, 1e6]),
    upload=st.booleans(),
    closes=st.booleans(),
    daily=st.booleans(),
)


@examples(60)
@given(st.lists(HEADERS | REFUSALS, min_size=1, max_size=6), st.sampled_from([0.0, 1_700_000_000.0, 4e9]))
def test_the_ledger_takes_any_headers_in(
    tmp_path_factory: Any, taught: list[dict[str, str] | Refusal], now: float
) -> None:
    """Absurd dates, resets and figures in any order: the ledger goes on granting or denying, and can be told."""
    folder: Path = tmp_path_factory.mktemp("ledger")
    clock = HandClock(now)
    caps = Caps(0, 45)
    with SqliteLedger(
        folder / "ledger.db", origin="https://x", client_id="c", account="a", caps=caps, clock=clock
    ) as ledger:
        for one in taught:
            if isinstance(one, Refusal):
                ledger.refused(one)
            else:
                ledger.observe(reading(one, clock.now()))
            ledger.reserve(UPLOAD_COST)
            clock.advance(60)
        check_budget(ledger.budget(), clock.now())


def check_budget(budget: Budget, now: float) -> None:
    """Every figure can be told, and what comes back comes back within bounds."""
    for limit in budget.limits:
        assert limit.remaining is None or limit.remaining >= 0
    assert credit_lines(budget, now)
    json.dumps(str(budget))


def test_a_request_id_that_echoes_a_token_is_not_shown() -> None:
    """Whether it stands in a header or in the body."""
    body = json.dumps({"errors": [{"id": ACCESS, "code": "429", "status": "x", "detail": "no"}]}).encode()
    for outcome in (asked("albums", 200, {"x-request-id": ACCESS}, b"null"), asked("albums", 429, {}, body)):
        assert isinstance(outcome, Unknown | Refused)
        assert outcome.problem.request_id == "…"


def test_problems_have_words_for_people() -> None:
    """The error of a refused call is one of ours."""
    outcome = asked("albums", 503, {}, b"<html>" + ACCESS.encode())
    assert isinstance(outcome, Unknown | Refused)
    assert isinstance(error_of(outcome.problem), ImgurSyncError)

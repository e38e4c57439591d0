"""Tokens: one refresh at a time, durable before use, and never more than one for a refusal."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from imgur_sync.errors import CredentialsError, StateError
from imgur_sync.imgur.auth import Credentials, fingerprint, read_grant
from imgur_sync.imgur.body import Misread
from imgur_sync.imgur.transport import READ_ONLY
from imgur_sync.model.budget import Charge, Cost
from imgur_sync.model.outcome import Done, NotSent, ProblemKind, Refused
from imgur_sync.model.ports import Tokens
from imgur_sync.model.secret import Secret
from tests.support.scripted import Answer, Sent

CREDITS = {"UserLimit": 500, "UserRemaining": 450, "UserReset": 60, "ClientLimit": 12500, "ClientRemaining": 12000}
FINE = Answer(body={"data": CREDITS, "success": True, "status": 200})
EXPIRED = Answer(403, {"data": {"error": "The access token provided is invalid."}, "success": False, "status": 403})
UNAUTHORISED = Answer(401, {"data": {"error": "Authentication required"}, "success": False, "status": 401})
# imgur-api §1
GRANT = {
    "access_token": "d" * 40,
    "expires_in": 315360000,
    "token_type": "bearer",
    "scope": None,
    "refresh_token": "e" * 40,
    "account_id": 63193032,
    "account_username": "name",
}
GIVEN = Credentials("id15", Secret("shh"), Secret("r0"), Secret("a0"))
NO_ACCESS = Credentials("id15", Secret("shh"), Secret("r0"))


def bearer(sent: Sent) -> str:
    """The Authorization header."""
    return sent.headers.get("authorization", "")


@pytest.mark.parametrize("refusal", [EXPIRED, UNAUTHORISED, Answer(401, b"<html>"), Answer(401, {"errors": []})])
def test_a_refused_token_is_refreshed_once_and_the_call_repeated(bench: Callable[..., Any], refusal: Answer) -> None:
    """The form goes without Authorization; the new tokens are stored before they are used."""
    one = bench(refusal, FINE, tokens=Answer(body=GRANT), credentials=GIVEN)
    assert isinstance(one.reader.credits(), Done)
    first, refresh, second = one.script.sent
    assert (bearer(first), bearer(second)) == ("Bearer a0", f"Bearer {GRANT['access_token']}")
    assert (refresh.method, refresh.url) == ("POST", "https://api.imgur.com/oauth2/token")
    assert "authorization" not in refresh.headers
    assert parse_qs(refresh.body.decode()) == {
        "client_id": ["id15"],
        "client_secret": ["shh"],
        "grant_type": ["refresh_token"],
        "refresh_token": ["r0"],
    }
    (stored,) = one.store.generations
    assert (stored.refresh.reveal(), stored.account, stored.source) == ("e" * 40, "name", fingerprint(Secret("r0")))
    assert one.ledger.costs == [Cost(1), Cost(0, 1, 0), Cost(1)]
    assert set(one.ledger.settled.values()) == {Charge.SPENT}


def test_without_an_access_token_one_is_got_first(bench: Callable[..., Any]) -> None:
    """No call is spent on being told so."""
    one = bench(FINE, tokens=Answer(body=GRANT), credentials=NO_ACCESS)
    assert isinstance(one.reader.credits(), Done)
    assert [sent.path for sent in one.script.sent] == ["/oauth2/token", "/3/credits"]


def test_an_expired_token_is_refreshed_before_it_is_sent(bench: Callable[..., Any]) -> None:
    """By our clock, half a minute early."""
    stored = Tokens(Secret("r1"), Secret("a1"), expires_at=1_800_000_100.0)
    one = bench(FINE, tokens=Answer(body=GRANT), stored=stored, credentials=Credentials("id15", Secret("shh")))
    one.reader.credits()
    one.clock.advance(71)
    one.reader.credits()
    assert [sent.path for sent in one.script.sent] == ["/3/credits", "/oauth2/token", "/3/credits"]


def test_a_wrapped_token_reply_is_understood_too(bench: Callable[..., Any]) -> None:
    """As in 2014 (imgur-api §1)."""
    wrapped = {"data": GRANT, "success": True, "status": 200}
    assert isinstance(bench(FINE, tokens=Answer(body=wrapped), credentials=NO_ACCESS).reader.credits(), Done)


@pytest.mark.parametrize(
    ("seconds", "lifetime"),
    [
        (3600, 3600.0),
        (315360000, 315360000.0),
        (10**12, 315360000.0),
        (float("inf"), 315360000.0),
        (1, 60.0),
        (0, None),
        (-5, None),
        (float("nan"), None),
        ("3600", None),
        (True, None),
        (None, None),
    ],
)
def test_an_absurd_lifetime_is_clamped_or_ignored(seconds: object, lifetime: float | None) -> None:
    """Between a minute and ten years; without one the token is used until it is refused."""
    assert read_grant({**GRANT, "expires_in": seconds}).lifetime == lifetime


@pytest.mark.parametrize("body", [None, [], {}, {"access_token": ""}, {"access_token": "a b"}, {"access_token": 7},
                                  {"access_token": "x", "refresh_token": "é"}, {"success": True, "data": None},
                                  {"success": False, "data": GRANT}])  # fmt: skip
def test_a_token_reply_without_a_usable_token_is_misread(body: object) -> None:
    """A header could not carry it."""
    with pytest.raises(Misread):
        read_grant(body)


def test_the_old_refresh_token_is_kept_if_no_new_one_comes(bench: Callable[..., Any]) -> None:
    """Some replies hold none."""
    one = bench(FINE, tokens=Answer(body={"access_token": "x"}), credentials=NO_ACCESS)
    one.reader.credits()
    assert one.store.generations[-1].refresh == Secret("r0")


def test_a_stored_token_that_came_from_the_given_one_wins(bench: Callable[..., Any]) -> None:
    """However often it was traded since; the one in the environment is outdated."""
    one = bench(EXPIRED, FINE, tokens=Answer(body=GRANT), credentials=GIVEN)
    one.reader.credits()
    one.script.steps = [EXPIRED, FINE]
    one.script.tokens = Answer(body={**GRANT, "access_token": "f" * 40, "refresh_token": "g" * 40})
    one.reader.credits()
    again = bench(FINE, stored=one.store.load(), credentials=GIVEN)
    again.reader.credits()
    assert bearer(again.script.sent[0]) == "Bearer " + "f" * 40


def test_a_stored_access_token_that_no_header_can_carry_is_refreshed(bench: Callable[..., Any]) -> None:
    """It was edited by hand: it is never sent, and the refresh token beside it is good."""
    one = bench(FINE, tokens=Answer(body=GRANT), credentials=Credentials("id15", Secret("shh")))
    one.store.save(Tokens(Secret("r7"), Secret("a\r\nb")))
    assert isinstance(one.reader.credits(), Done)
    refresh, call = one.script.sent
    assert parse_qs(refresh.body.decode())["refresh_token"] == ["r7"]
    assert bearer(call) == f"Bearer {GRANT['access_token']}"


def test_a_given_token_of_another_log_in_wins_over_the_store(bench: Callable[..., Any]) -> None:
    """It is newer than anything that was stored."""
    one = bench(FINE, stored=Tokens(Secret("other"), Secret("a9"), source=fingerprint(Secret("r9"))), credentials=GIVEN)
    one.reader.credits()
    assert bearer(one.script.sent[0]) == "Bearer a0"


def test_what_another_process_got_meanwhile_is_used_without_a_refresh(bench: Callable[..., Any]) -> None:
    """The store is read again under the lock, first."""
    one = bench(EXPIRED, FINE, credentials=GIVEN)

    def other_process(sent: Sent) -> Answer:
        one.store.save(Tokens(Secret("r1"), Secret("a1"), source=fingerprint(Secret("r0"))))
        return EXPIRED

    one.script.steps = [other_process, FINE]
    assert isinstance(one.reader.credits(), Done)
    assert [bearer(sent) for sent in one.script.sent] == ["Bearer a0", "Bearer a1"]


def test_threads_that_are_refused_together_refresh_once(bench: Callable[..., Any]) -> None:
    """One generation, one refresh."""
    together = threading.Barrier(4)

    def answer(sent: Sent) -> Answer:
        if bearer(sent) == "Bearer a0":
            together.wait(30)
            return EXPIRED
        return FINE

    one = bench(answer, tokens=Answer(body=GRANT), credentials=GIVEN)
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(lambda _: one.reader.credits(), range(4)))
    assert all(isinstance(outcome, Done) for outcome in outcomes)
    assert sum(sent.path == "/oauth2/token" for sent in one.script.sent) == 1


def test_a_token_that_is_refused_though_fresh_is_not_refreshed_again(bench: Callable[..., Any]) -> None:
    """For an hour: then once more."""
    one = bench(UNAUTHORISED, tokens=Answer(body=GRANT), credentials=GIVEN)
    for _ in range(3):
        outcome = one.reader.credits()
        assert isinstance(outcome, Refused)
        assert outcome.problem.kind is ProblemKind.CREDENTIALS
    assert sum(sent.path == "/oauth2/token" for sent in one.script.sent) == 1
    one.clock.advance(3_601)
    one.reader.credits()
    assert sum(sent.path == "/oauth2/token" for sent in one.script.sent) == 2


@pytest.mark.parametrize("text", ["Invalid refresh token", "Refresh token doesn't exist or is invalid for the client"])
def test_a_refused_refresh_is_refused_credentials_with_a_remedy(bench: Callable[..., Any], text: str) -> None:
    """HTTP 400, wrapped (imgur-api §1). The stored tokens stay, and the same refresh token is not tried again."""
    refusal = Answer(400, {"data": {"error": text}, "success": False, "status": 400})
    one = bench(EXPIRED, tokens=refusal, credentials=GIVEN)
    for _ in range(2):
        outcome = one.reader.credits()
        assert isinstance(outcome, Refused)
        assert outcome.problem.kind is ProblemKind.CREDENTIALS
        assert "IMGUR_SYNC_REFRESH_TOKEN" in outcome.problem.detail
        assert len(outcome.problem.detail) <= 200
    assert one.store.generations == []
    assert sum(sent.path == "/oauth2/token" for sent in one.script.sent) == 1


@pytest.mark.parametrize("text", ["The client credentials are invalid", "invalid_client", "Invalid client_id"])
def test_a_wrong_application_is_not_told_as_a_wrong_token(bench: Callable[..., Any], text: str) -> None:
    """Another refresh token would not help; the variables that would are named."""
    refusal = Answer(400, {"data": {"error": text}, "success": False, "status": 400})
    outcome = bench(EXPIRED, tokens=refusal, credentials=GIVEN).reader.credits()
    assert isinstance(outcome, Refused)
    assert outcome.problem.kind is ProblemKind.CREDENTIALS
    assert outcome.problem.detail == (
        f"Imgur refuses the application ({text}): check IMGUR_SYNC_CLIENT_ID and IMGUR_SYNC_CLIENT_SECRET"
    )


@pytest.mark.parametrize(
    "trouble",
    [
        httpx.ConnectError("no route"),
        httpx.ReadTimeout("slow"),
        Answer(503, b"<html>busy</html>"),
        Answer(429, {"errors": [{"code": "429", "detail": "Too Many Requests"}]}),
        Answer(403, {"data": {"error": "Imgur is temporarily over capacity. Please try again later."}}),
        Answer(404, b"<html>"),
        Answer(400, b"<html><body><h1>400 Bad request</h1>Your browser sent an invalid request.</body></html>"),
        Answer(200, b"<html>"),
    ],
    ids=["refused connection", "timeout", "503", "429", "over capacity", "404", "a proxy's 400", "HTML"],
)
def test_a_refresh_that_does_not_get_through_is_not_sent(bench: Callable[..., Any], trouble: Any) -> None:
    """What it was for was not carried out; nothing says that the credentials are bad."""
    one = bench(EXPIRED, tokens=trouble, credentials=GIVEN)
    outcome = one.upload()
    assert isinstance(outcome, NotSent)
    assert outcome.problem.kind is not ProblemKind.CREDENTIALS
    first = bench(FINE, tokens=trouble, credentials=NO_ACCESS)
    assert isinstance(first.upload(), NotSent)
    assert first.ledger.settled[1] is Charge.RETURNED


@pytest.mark.parametrize(
    ("credentials", "names"),
    [
        (Credentials("id15"), "IMGUR_SYNC_REFRESH_TOKEN"),
        (Credentials("id15", access_token=Secret("a0")), "IMGUR_SYNC_REFRESH_TOKEN"),
        (Credentials("id15", refresh_token=Secret("r0")), "IMGUR_SYNC_CLIENT_SECRET"),
    ],
)
def test_what_is_missing_is_named(bench: Callable[..., Any], credentials: Credentials, names: str) -> None:
    """Without it there is nothing to refresh with."""
    one = bench(EXPIRED, credentials=credentials)
    outcome = one.reader.credits()
    assert isinstance(outcome, Refused)
    assert outcome.problem.kind is ProblemKind.CREDENTIALS
    assert names in outcome.problem.detail
    assert all(sent.path != "/oauth2/token" for sent in one.script.sent)


def test_a_store_that_cannot_save_stops_before_the_new_token_is_used(bench: Callable[..., Any]) -> None:
    """The error is the store's own; the reservation of a call that was not sent comes back."""
    one = bench(FINE, tokens=Answer(body=GRANT), credentials=NO_ACCESS)
    one.store.failing = StateError("disk full")
    with pytest.raises(StateError):
        one.upload()
    assert [sent.path for sent in one.script.sent] == ["/oauth2/token"]
    assert one.ledger.settled[1] is Charge.RETURNED


def test_client_id_mode_sends_no_token_and_never_refreshes(bench: Callable[..., Any]) -> None:
    """Anonymous calls name the application only."""
    one = bench(UNAUTHORISED, credentials=Credentials("id15", Secret("shh"), Secret("r0"), anonymous=True))
    assert isinstance(one.reader.credits(), Refused)
    (sent,) = one.script.sent
    assert bearer(sent) == "Client-ID id15"
    assert one.store.refreshes == 0


def test_an_invalid_client_id_is_not_answered_with_a_refresh(bench: Callable[..., Any]) -> None:
    """It would not help (imgur-api §1)."""
    one = bench(Answer(403, {"data": {"error": "Invalid client_id"}}), tokens=Answer(body=GRANT), credentials=GIVEN)
    outcome = one.reader.credits()
    assert isinstance(outcome, Refused)
    assert outcome.problem.kind is ProblemKind.CLIENT
    assert len(one.script.sent) == 1


def test_a_reader_may_refresh(bench: Callable[..., Any]) -> None:
    """The token endpoint is the one POST that it sends (behaviour §6)."""
    one = bench(EXPIRED, FINE, tokens=Answer(body=GRANT), credentials=GIVEN, allow=READ_ONLY)
    assert isinstance(one.reader.credits(), Done)


@pytest.mark.parametrize(
    "bad",
    [
        {"client_id": ""},
        {"client_id": "a b"},
        {"client_id": "é"},
        {"client_secret": Secret("a\n")},
        {"refresh_token": Secret("x" * 5000)},
        {"access_token": Secret("a\r\nHost: evil")},
    ],
)
def test_credentials_that_no_header_can_carry_are_refused_at_once(bad: dict[str, Any]) -> None:
    """The message names the variable and not the value."""
    with pytest.raises(CredentialsError) as caught:
        Credentials(**{"client_id": "id15", **bad})
    assert "evil" not in str(caught.value)
    assert "CLIENT_ID" in caught.value.hint + caught.value.message or "IMGUR_SYNC_" in caught.value.message

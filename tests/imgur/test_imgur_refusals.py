"""Every error body that imgur-api §§1-4 names, with its source, and what it is taken for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from imgur_sync.imgur.body import Misread
from imgur_sync.imgur.limits import SHORTEST_WAIT
from imgur_sync.imgur.refusals import problem, refuses_token, said
from imgur_sync.imgur.verdict import judge
from imgur_sync.imgur.wire import Reply
from imgur_sync.model.outcome import Problem, ProblemKind, Refused, Unknown

K = ProblemKind
NOW = 1_800_000_000.0
HTML = "<html><head><title>{0}</title><style>x{{}}</style></head><body><h1>{0}</h1></body></html>"


def _legacy(text: object, status: int = 400) -> dict[str, Any]:
    return {"data": {"error": text, "request": "/3/upload", "method": "POST"}, "success": False, "status": status}


def _errors(code: str, detail: str) -> dict[str, Any]:
    return {"errors": [{"id": "legacy-api-7f/abc-1", "code": code, "status": detail, "detail": detail}]}


def _object(code: int | str, message: str) -> dict[str, Any]:
    return {"code": code, "message": message, "type": "ImgurException", "exception": []}


@dataclass(frozen=True)
class Case:
    """One reply that was seen, and the problem it is."""

    source: str
    status: int
    body: Any
    kind: ProblemKind
    wait: float | None = None
    limit: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def reply(self) -> Reply:
        """The reply as the transport has it."""
        body = self.body
        raw = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode()
        return Reply(self.status, self.headers, raw)


TOO_FAST = "You are uploading too fast. Please wait 59 more minutes."
CASES = [
    # imgur-api §1
    Case("NODE, J0K3R: no Authorization", 401, _legacy("Authentication required", 401), K.CREDENTIALS),
    Case(
        "J0K3R AlbumTest 2025",
        401,
        _errors("401", "The requester is not authorized to access the resource."),
        K.CREDENTIALS,
    ),
    Case("SESSION, PyImgur#48", 403, _legacy("Invalid client_id", 403), K.CLIENT),
    Case("ngImgur#5", 403, _legacy("Malformed auth header", 403), K.CREDENTIALS),
    Case("SESSION, SHAREX", 403, _legacy("The access token provided is invalid.", 403), K.CREDENTIALS),
    Case("§1: account endpoint with Client-ID", 403, _legacy("Unauthorized", 403), K.CREDENTIALS),
    Case("§1: refresh", 400, _legacy("Invalid refresh token"), K.CREDENTIALS),
    Case("§1: refresh", 400, _legacy("Refresh token doesn't exist or is invalid for the client"), K.CREDENTIALS),
    Case("§1: pin", 400, _legacy("Invalid Pin"), K.CREDENTIALS),
    # imgur-api §2
    Case("CSHARP#16", 403, _legacy("You must own all the image ids to add them to album 7ch", 403), K.FORBIDDEN),
    Case(
        "kaimallea#26",
        403,
        _legacy("You are not the owner of album 'X', which means you can't add images", 403),
        K.FORBIDDEN,
    ),
    Case("kaimallea#26, other code", 400, _legacy("You are not the owner of album 'X'"), K.FORBIDDEN),
    # imgur-api §3, bodies 1 to 7
    Case("imgur-screenshot#94", 429, _legacy("Daily client requests exceeded", 429), K.RATE, limit="day"),
    Case(
        "§3.2: new, user",
        429,
        _errors("429", "Too Many Requests"),
        K.RATE,
        wait=1800,
        limit="hour",
        headers={
            "x-ratelimit-userremaining": "0",
            "x-ratelimit-userreset": "1800",
            "x-ratelimit-clientremaining": "12499",
        },
    ),
    Case(
        "§3.2: the reverse",
        429,
        _errors("429", "Too Many Requests"),
        K.RATE,
        wait=7200,
        limit="day",
        headers={
            "x-ratelimit-userremaining": "400",
            "x-ratelimit-clientremaining": "0",
            "x-ratelimit-clientreset": "7200",
        },
    ),
    Case("§3.2: no headers", 429, _errors("429", "Too Many Requests"), K.RATE),
    Case("§3: POSTs", 429, _errors("429", "x"), K.RATE, limit="posts", headers={"x-post-rate-limit-remaining": "0"}),
    Case("j0k3r: string", 400, _legacy(TOO_FAST), K.RATE, wait=3540, limit="uploads"),
    Case("PyImgur#35: object", 400, _legacy(_object(429, TOO_FAST)), K.RATE, wait=3540, limit="uploads"),
    Case("Chris911#15: object, 429", 429, _legacy(_object(429, TOO_FAST)), K.RATE, wait=3540, limit="uploads"),
    Case("§3.3: code as a string", 400, _legacy(_object("429", "Slow down")), K.RATE),
    Case("PyImgur#35: singular", 429, _legacy("Please wait 1 more minute."), K.RATE, wait=60, limit="uploads"),
    Case("§3.3: for ever", 400, _legacy("Please wait 999999 more minutes."), K.RATE, wait=86_400, limit="uploads"),
    Case("§3.4", 417, _legacy("Internal expectation failed", 417), K.OVER_CAPACITY),
    Case(
        "GDL#910",
        403,
        {
            "data": {"error": "Imgur is temporarily over capacity. Please try again later."},
            "success": False,
            "status": 403,
        },
        K.OVER_CAPACITY,
    ),
    Case(
        "CSHARP", 400, {"data": {"error": "Imgur is over capacity. Please try again."}, "status": 1203}, K.OVER_CAPACITY
    ),
    Case("CSHARP: by number alone", 400, {"data": [], "success": False, "status": 1203}, K.OVER_CAPACITY),
    Case(
        "SHAREX#8009",
        400,
        "These actions are forbidden.",
        K.COUNTRY,
        headers={"cdn-error": "yes", "retry-after": "0"},
    ),
    Case("§3.6: the header alone", 400, "", K.COUNTRY, headers={"cdn-error": "yes"}),
    Case("imgurpython#83", 403, _legacy("Banned Country", 403), K.COUNTRY),
    Case("§9: block page", 403, HTML.format("Content not available in your region"), K.COUNTRY),
    Case("CDN", 403, HTML.format("Access denied"), K.COUNTRY),
    Case("§3.7: until 2013", 403, _legacy("Rate limit exceeded", 403), K.RATE),
    Case("Retry-After", 429, _errors("429", "x"), K.RATE, wait=SHORTEST_WAIT, headers={"retry-after": "0"}),
    Case("Retry-After", 429, _errors("429", "x"), K.RATE, wait=90.0, headers={"retry-after": "90"}),
    # imgur-api §4, shapes A to H
    Case("A: SESSION", 404, _legacy("Unable to find an image with the id, fdsf", 404), K.NOT_FOUND),
    Case("B: SESSION", 400, _legacy(_object(1003, "File type invalid (1)")), K.BAD_TYPE),
    Case("B: as text", 400, _legacy("File type invalid (2)"), K.BAD_TYPE),
    Case("B: size", 400, _legacy(_object(1002, "File is over the size limit")), K.TOO_LARGE),
    Case("B: size as text", 400, _legacy("File is over the size limit"), K.TOO_LARGE),
    Case("B: size, code as a string", 400, _legacy(_object("1002", "x")), K.TOO_LARGE),
    Case("SHAREX#3085", 400, _legacy(_object(403, "Forbidden")), K.BAD_REQUEST),
    Case("C: CSHARP", 500, {"data": "An error occurred", "success": False, "status": 500}, K.SERVER),
    Case("D: PYIMGUR", 500, {"data": [], "success": False, "status": 503}, K.SERVER),
    Case("D", 500, {"data": None, "success": False, "status": 500}, K.SERVER),
    Case("§4: 500", 500, _legacy(_object(500, "Could not complete request")), K.SERVER),
    Case("§4: busy", 503, _legacy("Imgur is over capacity. Please try again.", 1203), K.OVER_CAPACITY),
    Case("E: J0K3R", 404, _errors("404", "Not Found"), K.NOT_FOUND),
    Case("E", 409, _errors("409", "Conflict"), K.BAD_REQUEST),
    Case("F: Varnish", 503, HTML.format("503 client read error"), K.SERVER, wait=5.0, headers={"retry-after": "5"}),
    Case("F: HAProxy", 400, HTML.format("400 Bad request"), K.SERVER),
    Case("F: in plain words", 400, "400 Bad request", K.SERVER),
    Case("F: nginx", 502, HTML.format("502 Bad Gateway"), K.SERVER),
    Case("F: nginx", 504, "", K.SERVER),
    Case("F: nginx", 413, HTML.format("413 Request Entity Too Large"), K.TOO_LARGE),
    Case("F: RESTA 2021", 404, HTML.format("404"), K.NOT_FOUND),
    Case("§4: retired tickets", 415, _legacy("Unsupported", 415), K.BAD_TYPE),
    Case("H: npm imgur", 400, "", K.BAD_REQUEST),
    Case("H", 403, "", K.BAD_REQUEST),
    Case("§4: upload", 400, _legacy("No image data was sent to the upload api"), K.BAD_REQUEST),
    Case("§4: 408", 408, "", K.TIMEOUT),
    Case("§4: 499", 499, "", K.TIMEOUT),
    Case("§4: 425", 425, "", K.UNEXPECTED),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.status} {case.source}")
def test_each_body_seen_is_understood(case: Case) -> None:
    """Its kind, the wait that it asks for, and the limit that it names."""
    found = problem(case.reply(), NOW)
    assert (found.kind, found.resume_after, found.limit) == (case.kind, case.wait, case.limit)
    assert found.status == case.status
    assert found.detail


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.status} {case.source}")
def test_a_complete_4xx_is_definite_and_nothing_else_is(case: Case) -> None:
    """Whatever its body, but not 408, 425 and 499."""
    outcome = judge(case.reply(), _anything, NOW)
    definite = 400 <= case.status < 500 and case.status not in (408, 425, 499)
    assert isinstance(outcome, Refused if definite else Unknown)


@pytest.mark.parametrize("case", [case for case in CASES if case.status == 400], ids=lambda case: case.source)
def test_the_same_bodies_in_a_200_are_unknown(case: Case) -> None:
    """An error inside a success proves nothing; only "slow down" and "not from here" are told apart."""
    reply = Reply(200, case.headers, case.reply().body)
    outcome = judge(reply, lambda body: _refuse(), NOW)
    assert isinstance(outcome, Unknown)
    assert outcome.problem.kind in (K.UNEXPECTED, K.RATE, K.OVER_CAPACITY, K.COUNTRY)


@pytest.mark.parametrize("status", [301, 302, 303, 304, 307, 308])
def test_a_redirect_is_unknown(status: int) -> None:
    """It is never followed, so nobody knows what it would have said."""
    outcome = judge(Reply(status, {"location": "https://evil.example/"}, b""), _anything, NOW)
    assert isinstance(outcome, Unknown)
    assert outcome.problem.kind is K.REDIRECT


@pytest.mark.parametrize(
    ("status", "body", "refuses"),
    [
        (401, b"", True),
        (401, b"<html>", True),
        (403, json.dumps(_legacy("The access token provided is invalid.")).encode(), True),
        (403, json.dumps(_legacy("The access token provided has expired.")).encode(), True),
        (403, json.dumps(_legacy("Invalid client_id")).encode(), False),
        (403, json.dumps(_legacy("Imgur is temporarily over capacity.")).encode(), False),
        (403, b"", False),
        (400, json.dumps(_legacy("The access token provided is invalid.")).encode(), False),
        (500, json.dumps(_legacy("The access token provided is invalid.")).encode(), False),
        (200, json.dumps(_legacy("The access token provided is invalid.")).encode(), False),
    ],
)
def test_only_401_and_403_with_the_token_text_ask_for_a_refresh(status: int, body: bytes, refuses: bool) -> None:
    """The client rule of imgur-api §1."""
    assert refuses_token(Reply(status, {}, body)) is refuses


def test_a_broken_reply_does_not_ask_for_a_refresh() -> None:
    """A 401 that was cut is not definite."""
    assert not refuses_token(Reply(401, {}, b"", trouble=Problem(K.NETWORK, "cut")))


def test_a_detail_is_short_printable_and_holds_no_secret() -> None:
    """Replies can hold anything, also an echo of what was sent."""
    token = "0123456789" * 4
    text = (
        f"\x1b[31mred\x07\r\n::error:: \u202eevil Bearer {token} deletehash=abcDEF123456789 secret-of-ours " + "x" * 500
    )
    found = problem(Reply(400, {}, json.dumps(_legacy(text)).encode()), NOW, conceal=("secret-of-ours", ""))
    assert len(found.detail) <= 200
    assert found.detail.isprintable()
    for hidden in (token, "abcDEF123456789", "secret-of-ours"):
        assert hidden not in found.detail


def test_a_page_is_shown_by_its_words() -> None:
    """Not by its markup."""
    assert problem(Reply(503, {}, HTML.format("503 client read error").encode()), NOW).detail == (
        "503 client read error 503 client read error"
    )


def test_the_request_id_is_kept() -> None:
    """From `errors[].id`, else from a header; it is what Imgur's support asks for."""
    assert said(Reply(429, {}, json.dumps(_errors("429", "x")).encode())).request_id == "legacy-api-7f/abc-1"
    assert problem(Reply(500, {"x-request-id": "r\n1"}, b""), NOW).request_id == "r 1"


def _anything(body: object) -> object:
    return body


def _refuse() -> object:
    raise Misread("x")

"""What the ledger is told of an answer that refuses: once each, for every shape of refusal that Imgur is known for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from imgur_sync.model.budget import UPLOAD_COST, Denied, LimitName, Refusal
from tests.support.memory_ledger import HOUR
from tests.support.scripted import Answer

LEGACY = {
    "data": {"error": "Daily client requests exceeded", "request": "/3/upload", "method": "POST"},
    "success": False,
    "status": 429,
}
NEW = {"errors": [{"id": "legacy-api-a/b-1", "code": "429", "status": "Too Many Requests", "detail": "Too Many"}]}
FAST = {"data": {"error": "You are uploading too fast. Please wait 7 more minutes."}, "success": False, "status": 400}
FAST_OBJECT = {
    "data": {"error": {"code": 429, "message": "You are uploading too fast. Please wait 59 more minutes."}},
    "success": False,
    "status": 400,
}
EXPECTED = {"status": 417, "success": False, "data": {"error": "Internal expectation failed"}}
CAPACITY = {
    "data": {"error": "Imgur is temporarily over capacity. Please try again later."},
    "success": False,
    "status": 403,
}
DAY, UPLOADS = LimitName.DAY, LimitName.UPLOADS
EMPTY_DAY = {"X-RateLimit-ClientRemaining": "0", "X-RateLimit-ClientReset": "7200"}


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Answer(429, LEGACY), Refusal(DAY, None, daily=True)),
        (Answer(429, LEGACY, {"retry-after": "0"}), Refusal(DAY, None, daily=True)),
        (Answer(429, LEGACY, {"x-ratelimit-clientreset": "900"}), Refusal(DAY, 900.0, daily=True)),
        (Answer(429, NEW), Refusal()),
        (Answer(429, NEW, EMPTY_DAY), Refusal(DAY, 7200.0, daily=True)),
        (Answer(429, b"", {"x-ratelimit-userremaining": "0"}), Refusal(LimitName.HOUR)),
        (
            Answer(429, NEW, EMPTY_DAY | {"x-ratelimit-userremaining": "0", "x-ratelimit-userreset": "9000"}),
            Refusal(DAY, 7200.0, daily=True),
        ),
        (
            Answer(429, NEW, {"x-post-rate-limit-remaining": "0", "x-post-rate-limit-reset": "60"}),
            Refusal(LimitName.POSTS, 60.0),
        ),
        (Answer(400, FAST), Refusal(UPLOADS, 420.0)),
        (Answer(429, FAST, EMPTY_DAY), Refusal(UPLOADS, 420.0)),
        (Answer(400, FAST_OBJECT), Refusal(UPLOADS, 3540.0)),
        (Answer(417, EXPECTED), Refusal(closes=False)),
        (Answer(403, CAPACITY), Refusal(closes=False)),
        (Answer(403, CAPACITY, {"retry-after": "90"}), Refusal(wait=90.0, closes=False)),
        (Answer(200, FAST), Refusal(UPLOADS, 420.0)),
        (Answer(200, CAPACITY | {"success": True}), Refusal(closes=False)),
        (Answer(500, CAPACITY), Refusal(closes=False)),
    ],
)
def test_every_refusal_is_told_once(bench: Callable[..., Any], answer: Answer, told: Refusal) -> None:
    """With what it names; for an upload and for any other request. Never as a success."""
    one = bench(answer)
    one.upload()
    one.clock.advance(25 * HOUR)
    one.reader.image("JPz2i")
    with_number = {"closes": told.closes, "daily": told.daily}
    assert one.ledger.refusals[0] == Refusal(told.limit, told.wait, upload=True, number=1, **with_number)
    assert one.ledger.refusals[1:] == [Refusal(told.limit, told.wait, upload=False, number=2, **with_number)]


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, {"data": {"id": "JPz2i"}, "success": True, "status": 200}),
        Answer(404, {"data": {"error": "not found"}, "success": False, "status": 404}),
        Answer(400, b"These actions are forbidden.", {"cdn-error": "yes", "retry-after": "0"}),
        Answer(403, {"data": {"error": "Permission denied"}, "success": False, "status": 403}),
        Answer(502, b"<html>bad gateway</html>"),
        httpx.ReadTimeout("slow"),
        httpx.ConnectError("refused"),
    ],
)
def test_nothing_else_is_told(bench: Callable[..., Any], answer: Any) -> None:
    """Other refusals, pages, lost connections."""
    one = bench(answer)
    one.upload()
    assert one.ledger.refusals == []


def test_a_closed_limit_sends_nothing_and_says_when(bench: Callable[..., Any]) -> None:
    """The second upload is denied by the ledger, a read goes on."""
    one = bench(Answer(400, FAST), Answer(body={"data": {"id": "JPz2i"}, "success": True, "status": 200}))
    one.upload()
    assert isinstance(one.ledger.reserve(UPLOAD_COST), Denied)
    one.reader.image("JPz2i")
    assert len(one.script.sent) == 2
    one.clock.advance(HOUR + 1)
    one.upload()
    assert len(one.script.sent) == 3

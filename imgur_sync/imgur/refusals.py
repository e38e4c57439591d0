"""What Imgur says when it says no: the error shapes of imgur-api §4, and what kind of problem each stands for.

Decided by the HTTP code first, then by the body: the `status` in a body often differs from the HTTP status.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from imgur_sync.imgur.body import Misread, parse
from imgur_sync.imgur.limits import clamped, exhausted, reading, wait_asked
from imgur_sync.imgur.plain import plain, without_markup
from imgur_sync.imgur.wire import Reply
from imgur_sync.model.budget import LimitName
from imgur_sync.model.outcome import Problem, ProblemKind

TOO_LARGE_CODE = 1002
BAD_TYPE_CODE = 1003
OVER_CAPACITY_STATUS = 1203
LONGEST_PAGE = 65_536
_WAITABLE = frozenset({ProblemKind.RATE, ProblemKind.OVER_CAPACITY, ProblemKind.SERVER})
_BY_STATUS = {
    401: ProblemKind.CREDENTIALS,
    404: ProblemKind.NOT_FOUND,
    408: ProblemKind.TIMEOUT,
    413: ProblemKind.TOO_LARGE,
    415: ProblemKind.BAD_TYPE,
    417: ProblemKind.OVER_CAPACITY,
    425: ProblemKind.UNEXPECTED,
    429: ProblemKind.RATE,
    499: ProblemKind.TIMEOUT,
}
_TOKEN = re.compile(r"(?i)access token\b.{0,40}\b(invalid|expired|revoked)")
_WAIT = re.compile(r"(?i)\bwait (\d{1,6}) (?:more )?(second|minute|hour)")
_TOO_FAST = re.compile(r"(?i)uploading too (fast|quickly|many)|\bwait \d{1,6} (more )?(second|minute|hour)")
_TEXTS: tuple[tuple[ProblemKind, re.Pattern[str]], ...] = (
    (ProblemKind.OVER_CAPACITY, re.compile(r"(?i)over capacity")),
    (ProblemKind.RATE, _TOO_FAST),
    (ProblemKind.RATE, re.compile(r"(?i)too many requests|rate limit|(requests?|limit|credits) (has been )?exceeded")),
    (
        ProblemKind.COUNTRY,
        re.compile(r"(?i)banned country|actions are forbidden|not available in your (region|country)"),
    ),
    (ProblemKind.TOO_LARGE, re.compile(r"(?i)over the size limit|file (is|size) too (large|big)")),
    (ProblemKind.BAD_TYPE, re.compile(r"(?i)file type invalid|unsupported (file|image) type")),
    (ProblemKind.CREDENTIALS, _TOKEN),
    (ProblemKind.CLIENT, re.compile(r"(?i)invalid client_?id")),
    (
        ProblemKind.CREDENTIALS,
        re.compile(
            r"(?i)malformed auth header|authentication required|\bunauthori[sz]ed\b"
            r"|refresh token\b.{0,60}\binvalid|invalid (refresh token|pin|code|grant)|client_secret"
        ),
    ),
    (ProblemKind.FORBIDDEN, re.compile(r"(?i)must own|not the owner|\bpermission")),
)


@dataclass(frozen=True, slots=True)
class Said:
    """What an error reply says, whatever its shape. `codes` are the numbers of its error objects and its own status.
    `is_page` is True for HTML or plain text, which comes from a proxy or CDN and not from the API."""

    text: str
    codes: frozenset[int]
    request_id: str = ""
    is_page: bool = False


def said(reply: Reply) -> Said:
    """Read an error body of any shape, A to H of imgur-api §4. Never fails."""
    header_id = plain(reply.headers.get("x-request-id", ""), limit=80)
    try:
        body = parse(reply.body)
    except Misread:
        page = without_markup(reply.body[:LONGEST_PAGE].decode("utf-8", "replace"))
        return Said(" ".join(page.split()), frozenset(), header_id, is_page=bool(reply.body.strip()))
    if not isinstance(body, dict):
        return Said(body[:LONGEST_PAGE] if isinstance(body, str) else "", frozenset(), header_id)
    texts: list[str] = []
    codes: set[int] = set(_codes(body.get("status")))
    request_id = header_id
    for entry in _entries(body):
        if isinstance(entry, str):
            texts.append(entry)
        elif isinstance(entry, dict):
            texts.extend(value for name in ("message", "detail", "title", "error") if (value := _text(entry.get(name))))
            codes.update(_codes(entry.get("code")))
            request_id = request_id or plain(_text(entry.get("id")), limit=80)
    return Said(" ".join(texts)[:LONGEST_PAGE], frozenset(codes), request_id)


def refuses_token(reply: Reply) -> bool:
    """Whether this reply asks for a new access token: 401, or 403 with the token text (imgur-api §1, client rule)."""
    if reply.trouble is not None:
        return False
    return reply.status == 401 or (reply.status == 403 and bool(_TOKEN.search(said(reply).text)))


def problem(reply: Reply, now: float, conceal: Iterable[str] = (), because: str = "") -> Problem:
    """The problem that a reply with an error stands for. `now` is our clock, for replies without a Date.

    `detail` is `because` and Imgur's own text made fit to be shown, without the strings of `conceal`.
    """
    answer = said(reply)
    kind = _kind(reply, answer)
    hit, header_wait = exhausted(reading(reply.headers, now), now)
    if kind is ProblemKind.REDIRECT:
        because = "a redirect, which is never followed"
    limit = _limit(answer.text, hit) if kind is ProblemKind.RATE else ""
    wait = _wait_in(answer.text)
    if wait is None:
        wait = wait_asked(reply.headers, now)
    if wait is None and limit == hit:
        wait = header_wait
    return Problem(
        kind,
        plain(": ".join(part for part in (because, answer.text) if part), conceal)
        or f"HTTP {reply.status} without an explanation",
        status=reply.status,
        resume_after=wait if kind in _WAITABLE else None,
        limit=limit,
        request_id=plain(answer.request_id, conceal, limit=80),
    )


def _kind(reply: Reply, answer: Said) -> ProblemKind:
    status = reply.status
    by_text = _kind_of_text(answer)
    if 300 <= status < 400:
        return ProblemKind.REDIRECT
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status >= 500:
        return ProblemKind.OVER_CAPACITY if by_text is ProblemKind.OVER_CAPACITY else ProblemKind.SERVER
    if status < 300:
        slow = {ProblemKind.RATE, ProblemKind.OVER_CAPACITY, ProblemKind.COUNTRY}
        return by_text if by_text in slow and by_text is not None else ProblemKind.UNEXPECTED
    if by_text is not None:
        return by_text
    if "cdn-error" in reply.headers or (status == 403 and answer.is_page):
        return ProblemKind.COUNTRY
    # A page is of a proxy, such as HAProxy's 400 (imgur-api §4 F): it says nothing of a file, an album or a token.
    return ProblemKind.SERVER if status == 400 and answer.is_page else ProblemKind.BAD_REQUEST


def _kind_of_text(answer: Said) -> ProblemKind | None:
    if OVER_CAPACITY_STATUS in answer.codes:
        return ProblemKind.OVER_CAPACITY
    if TOO_LARGE_CODE in answer.codes:
        return ProblemKind.TOO_LARGE
    if BAD_TYPE_CODE in answer.codes:
        return ProblemKind.BAD_TYPE
    by_text = next((kind for kind, pattern in _TEXTS if pattern.search(answer.text)), None)
    return ProblemKind.RATE if by_text is None and 429 in answer.codes else by_text


def _limit(text: str, hit: str) -> str:
    if re.search(r"(?i)daily client requests", text):
        return LimitName.DAY.value
    return LimitName.UPLOADS.value if _TOO_FAST.search(text) else hit


def _wait_in(text: str) -> float | None:
    found = _WAIT.search(text)
    if found is None:
        return None
    unit = {"second": 1, "minute": 60, "hour": 3600}[found[2].lower()]
    return clamped(float(found[1]) * unit)


def _entries(body: Mapping[str, object]) -> list[object]:
    """The places where an error may stand: `errors[]`, `data.error`, `data` itself, `error`."""
    entries: list[object] = []
    errors = body.get("errors")
    if isinstance(errors, list):
        entries.extend(errors[:10])
    data = body.get("data")
    if isinstance(data, dict):
        entries.append(data.get("error"))
    elif isinstance(data, str):
        entries.append(data)
    entries.append(body.get("error"))
    return entries


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _codes(value: object) -> tuple[int, ...]:
    """A code as a number, whether Imgur sent a number or a string (imgur-api §3, bodies 2 and 3)."""
    if isinstance(value, bool):
        return ()
    if isinstance(value, int):
        return (value,)
    return (int(value),) if isinstance(value, str) and re.fullmatch(r"[0-9]{1,6}", value) else ()

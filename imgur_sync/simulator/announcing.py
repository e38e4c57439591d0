"""How a reply is dressed: date, rate-limit headers, and what a fault makes of headers and body."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from werkzeug.http import http_date
from werkzeug.wrappers import Response

from imgur_sync.simulator.meters import Meters
from imgur_sync.simulator.options import Headers, Knobs, Limits
from imgur_sync.simulator.records import Request
from imgur_sync.simulator.replies import Reply

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class Dressed:
    """A reply that is ready to go out: a WSGI application.

    Werkzeug's own kind of response makes a copy of the headers and looks at each of them, twice.
    """

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Send it. What is not simply a body goes out as Werkzeug has it."""
        if self.status != 200 or environ["REQUEST_METHOD"] == "HEAD":
            return self.response()(environ, start_response)
        start_response("200 OK", [*self.headers, ("Content-Length", str(len(self.body)))])
        return [self.body]

    def response(self) -> Response:
        """The same, to be altered."""
        return Response(self.body, status=self.status, headers=self.headers)


def dressed(reply: Reply, note: Request, limits: Sequence[tuple[str, str]]) -> Dressed:
    """The response to a request, with the rate-limit headers `limits`; the reply's own headers win."""
    body = reply.body
    if b"$request" in body or b"$method" in body:
        body = body.replace(b"$request", note.path.encode()).replace(b"$method", note.method.encode())
    headers = [("Content-Type", reply.content_type), ("Date", _date(int(note.time)))]
    if not reply.edge:
        headers += limits
    if reply.headers:
        own = {name.lower() for name in reply.headers}
        headers = [pair for pair in headers if pair[0].lower() not in own] + list(reply.headers.items())
    return Dressed(reply.status, headers, body)


@functools.lru_cache(1)
def _date(second: int) -> str:
    return http_date(second)


def limit_headers(note: Request, status: int, knobs: Knobs, limits: Limits, meters: Meters) -> list[tuple[str, str]]:
    """Rate-limit headers in the chosen spelling and unit (imgur-api §3, H); X-Post only on POST, in seconds (H)."""
    if not note.client or not note.user or _bare(knobs.headers, note.path, status):
        return []
    shown = []
    for name, value in meters.remaining(note.client, note.user, note.time, limits).items():
        epoch = knobs.reset_unit == "epoch" and name.endswith("Reset")
        shown.append((f"X-RateLimit-{name}", str(int(value + note.time) if epoch else value)))
    if note.post:
        limit, left, reset = meters.posts_remaining(note.ip, note.time, limits)
        shown.append(("X-Post-Rate-Limit-Limit", str(limit)))
        shown.append(("X-Post-Rate-Limit-Remaining", str(left)))
        shown.append(("X-Post-Rate-Limit-Reset", str(reset)))
    if knobs.header_case == "lower":
        return [(name.lower(), value) for name, value in shown]
    return shown


def reset_headers(response: Response, fault: Mapping[str, Any]) -> bool:
    """Do what a `headers` fault says; whether that made a difference.

    `every` replaces the value of every rate-limit header that is there, "" takes them away. `set` sets headers, null
    takes one away.
    """
    before = list(response.headers)
    changes: dict[str, str | None] = {}
    if "every" in fault:
        limits = [name for name, _ in before if name.lower().startswith(("x-ratelimit-", "x-post-rate-limit-"))]
        changes |= dict.fromkeys(limits, str(fault["every"]) or None)
    for name, value in {**changes, **fault.get("set", {})}.items():
        response.headers.pop(name, None)
        if value is not None:
            response.headers[name] = str(value)
    return list(response.headers) != before


def _bare(headers: Headers, path: str, status: int) -> bool:
    """Whether a reply goes out without rate-limit headers."""
    if headers == "all":
        return False
    account, error = path.startswith(("/3/account", "/3/credits")), status >= 400
    without = {"some": account or error, "no-account": account, "no-errors": error, "none": True}
    return without[headers]

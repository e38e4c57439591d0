"""How a reply is dressed: date, rate-limit headers, and what a fault makes of headers and body."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import Headers as Fields
from werkzeug.http import http_date
from werkzeug.wrappers import Response

from imgur_sync.simulator.meters import Meters
from imgur_sync.simulator.options import Headers, Knobs, Limits
from imgur_sync.simulator.records import Request
from imgur_sync.simulator.replies import Reply

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


class Dressed(Response):
    """A reply whose headers go out as they are: Werkzeug makes a copy of them and looks at each, twice."""

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Fields:
        """The headers, and the length of the body if none is told."""
        if self.status_code != 200 or not self.is_sequence or "Location" in self.headers:
            return super().get_wsgi_headers(environ)
        if "Content-Length" not in self.headers:
            self.headers.add("Content-Length", str(self.calculate_content_length()))
        return self.headers


def dressed(reply: Reply, note: Request, limits: Mapping[str, str]) -> Response:
    """The response to a request, with the rate-limit headers `limits`; the reply's own headers win."""
    body = reply.body
    if b"$request" in body or b"$method" in body:
        body = body.replace(b"$request", note.path.encode()).replace(b"$method", note.method.encode())
    # All at once: set one by one, each is looked for among those that are there.
    headers = [("Content-Type", reply.content_type), ("Date", http_date(note.time))]
    if not reply.edge:
        headers += limits.items()
    if reply.headers:
        own = {name.lower() for name in reply.headers}
        headers = [pair for pair in headers if pair[0].lower() not in own] + list(reply.headers.items())
    return Dressed(body, status=reply.status, headers=headers)


def limit_headers(note: Request, status: int, knobs: Knobs, limits: Limits, meters: Meters) -> dict[str, str]:
    """Rate-limit headers in the chosen spelling and unit (imgur-api §3, H); X-Post only on POST, in seconds (H)."""
    if not note.client or not note.user or _bare(knobs.headers, note.path, status):
        return {}
    shown = {}
    for name, value in meters.remaining(note.client, note.user, note.time, limits).items():
        epoch = name.endswith("Reset") and knobs.reset_unit == "epoch"
        shown[f"X-RateLimit-{name}"] = str(int(value + note.time) if epoch else value)
    if note.post:
        limit, left, reset = meters.posts_remaining(note.ip, note.time, limits)
        shown["X-Post-Rate-Limit-Limit"] = str(limit)
        shown["X-Post-Rate-Limit-Remaining"] = str(left)
        shown["X-Post-Rate-Limit-Reset"] = str(reset)
    if knobs.header_case == "lower":
        return {name.lower(): value for name, value in shown.items()}
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
    account, error = path.startswith(("/3/account", "/3/credits")), status >= 400
    without = {"all": False, "some": account or error, "no-account": account, "no-errors": error, "none": True}
    return without[headers]

"""Replies and refusals: the wrapper, the two JSON spellings, and the error shapes A to H of imgur-api §4."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Literal

JSON_TYPE = "application/json"
NEW_HEADERS = {"imgur-media-type": "imgur.v1; param=full; format=json", "server": "cat factory 1.0"}
NEW_TYPE = "application/vnd.imgur.v1+json"
ErrorShape = Literal["A", "B", "C", "E", "F", "G", "bare", "cdn"]
"""As imgur-api §4 letters them; "bare" is A without request and method, "cdn" a text from before the API (§3)."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes over the wire."""

    status: int
    body: bytes
    content_type: str = JSON_TYPE
    headers: dict[str, str] = field(default_factory=dict)
    edge: bool = False
    """It comes from before the API, so it bears no rate-limit headers."""


class Refusal(Exception):
    """Imgur's answer is an error: HTTP status, text, code of an error object, and the shape it comes in."""

    def __init__(
        self, status: int, text: str, *, code: int = 0, shape: ErrorShape = "A", body_status: int | None = None
    ) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.code = code
        self.shape: ErrorShape = "B" if code else shape
        self.body_status = status if body_status is None else body_status


_ENCODE = json.JSONEncoder(separators=(",", ":")).encode


def compact(value: object, *, slashes: bool = False) -> bytes:
    """JSON without a blank; with `slashes` every "/" is escaped, as the legacy back-end does (H)."""
    text = _ENCODE(value)
    return (text.replace("/", "\\/") if slashes else text).encode()


def wrapped(data: object, *, new: bool, success: bool = True, status: int = 200, http: int | None = None) -> Reply:
    """`data` in the wrapper: legacy puts `data` first and escapes slashes, the new back-end puts it last (H)."""
    whole: dict[str, object]
    if new:
        whole = {"status": status, "success": success, "data": data}
    else:
        whole = {"data": data, "success": success, "status": status}
    return Reply(status if http is None else http, compact(whole, slashes=not new))


def refused(refusal: Refusal, method: str, path: str, *, new: bool, number: int) -> Reply:
    """The reply to a refusal; `number` makes the id of an `errors[]` entry."""
    if refusal.shape == "F":
        page = f"<html><head><title>{refusal.status}</title></head><body><h1>{refusal.text}</h1></body></html>"
        return Reply(refusal.status, page.encode(), "text/html")
    if refusal.shape == "E":
        return _json_api(refusal, number)
    if refusal.shape == "cdn":
        headers = {"CDN-Error": "yes", "Retry-After": "0"}
        return Reply(refusal.status, refusal.text.encode(), "text/plain", headers, edge=True)
    data: Any
    if refusal.shape == "B":
        data = {"code": refusal.code, "message": refusal.text, "type": "ImgurException", "exception": []}
        data = {"error": data, "request": path, "method": method}
    elif refusal.shape == "C":
        data = refusal.text
    elif refusal.shape == "bare":
        data = {"error": refusal.text}
    else:
        data = {"error": refusal.text, "request": path, "method": method}
    if refusal.shape == "G":
        return wrapped(data, new=new)
    return wrapped(data, new=new, success=False, status=refusal.body_status, http=refusal.status)


def _json_api(refusal: Refusal, number: int) -> Reply:
    detail = refusal.text
    titles = {401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 409: "Conflict", 429: "Too Many Requests"}
    entry = {
        "id": f"legacy-api-simulator/{number:010x}-{number}",
        "code": str(refusal.status),
        "status": titles.get(refusal.status, "Error"),
        "detail": detail,
    }
    return Reply(refusal.status, compact({"errors": [entry]}), NEW_TYPE, dict(NEW_HEADERS))

"""The faults that can strike one request on its way: each with its number in the specification and where it was seen.

A fault of the server (`reply`, `late`, ...) is steered into the simulator for exactly this request; one of the network
happens here, in front of it or behind it.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from tests.simulation.weather import Strike

Doing = Callable[[Strike], httpx.Response]


@dataclass(frozen=True, slots=True)
class Word:
    """One kind of fault: `number` of the specification, where it was `seen` in the wild, and what happens."""

    number: str
    seen: str
    do: Doing
    weight: float = 1.0


def strike(told: Strike) -> httpx.Response:
    """Let the fault happen; one that has no meaning for the request lets it pass."""
    return VOCABULARY[told.item["kind"]].do(told)


class _Parts(httpx.SyncByteStream):
    """A body that comes in parts; a part may be an error."""

    def __init__(self, parts: Callable[[], Iterator[bytes]]) -> None:
        self._parts = parts

    def __iter__(self) -> Iterator[bytes]:
        yield from self._parts()


def _steered(told: Strike, rule: dict[str, Any]) -> httpx.Response:
    """Send the request while the simulator has this one rule."""
    told.steer("faults", [{"match": {}, **rule}])
    try:
        return told.send(told.request)
    finally:
        told.steer("no faults", None)


def _refused_connection(told: Strike) -> httpx.Response:
    words = {
        "refused": "[Errno 111] Connection refused",
        "dns": "[Errno -2] Name or service not known",
        "tls": "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:1006)",
    }
    raise httpx.ConnectError(words[told.item.get("how", "refused")], request=told.request)


def _timeout_before(told: Strike) -> httpx.Response:
    told.clock.advance(told.item.get("seconds", 60.0))
    raise httpx.ReadTimeout("timed out", request=told.request)


def _timeout_after(told: Strike) -> httpx.Response:
    told.send(told.request).read()
    told.clock.advance(told.item.get("seconds", 60.0))
    raise httpx.ReadTimeout("timed out", request=told.request)


def _late(told: Strike) -> httpx.Response:
    try:
        return _steered(told, {"fault": "late", "seconds": told.item.get("seconds", 20.0)})
    except httpx.ReadError:
        told.clock.advance(told.item.get("after", 0.0))
        raise


def _reset_up(told: Strike) -> httpx.Response:
    if told.request.method != "POST":
        return told.pass_on()
    raise httpx.WriteError("[Errno 104] Connection reset by peer", request=told.request)


def _dropped(kind: str) -> Doing:
    def do(told: Strike) -> httpx.Response:
        return _steered(told, {"fault": kind})

    return do


def _rewrap(response: httpx.Response, body: bytes, **headers: str) -> httpx.Response:
    """The response with another body (kept as sent: compressed is compressed)."""
    kept = [(k, v) for k, v in response.headers.multi_items() if k.lower() not in ("content-length", *headers)]
    kept += [(k.replace("_", "-"), v) for k, v in headers.items()]
    return httpx.Response(response.status_code, headers=kept, stream=_Parts(lambda: iter([body])))


def _truncated(told: Strike) -> httpx.Response:
    response = told.send(told.request)
    body = response.read()

    def parts() -> Iterator[bytes]:
        yield body[: len(body) // 2]
        raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")

    return httpx.Response(response.status_code, headers=response.headers, stream=_Parts(parts))


def _bad_gzip(told: Strike) -> httpx.Response:
    response = told.send(told.request)
    body = gzip.compress(response.read(), mtime=0)
    return _rewrap(response, body[: len(body) // 2], content_encoding="gzip")


_BOMB = gzip.compress(bytes(9 * 1024 * 1024), mtime=0)


def _bomb(told: Strike) -> httpx.Response:
    response = told.send(told.request)
    response.read()
    return _rewrap(response, _BOMB, content_encoding="gzip")


def _slow(told: Strike) -> httpx.Response:
    response = told.send(told.request)
    body = response.read()

    def parts() -> Iterator[bytes]:
        for byte in body:
            told.clock.advance(1.0)
            yield bytes([byte])

    return httpx.Response(response.status_code, headers=response.headers, stream=_Parts(parts))


def _reply(status: int, body: str, content_type: str = "application/json", **headers: str) -> Doing:
    """A scripted answer of Imgur; with `after` in the item, once the world was changed."""

    def do(told: Strike) -> httpx.Response:
        told_headers = {"Content-Type": content_type, **{k.replace("_", "-"): v for k, v in headers.items()}}
        chosen = told.item.get("status", status)
        rule = {"fault": "reply", "status": chosen, "body": body, "headers": told_headers}
        return _steered(told, {**rule, "after": bool(told.item.get("after", False))})

    return do


def _only_uploads(do: Doing) -> Doing:
    return lambda told: do(told) if told.upload else told.pass_on()


def _only_reads(do: Doing) -> Doing:
    return lambda told: told.pass_on() if told.writes else do(told)


def _document(told: Strike) -> tuple[httpx.Response, Any]:
    response = told.send(told.request)
    body = response.read()
    try:
        return response, json.loads(body)
    except ValueError:
        return response, None


def _html(told: Strike) -> httpx.Response:
    """A 200 that is a page; a true 404 comes as one too."""
    response = told.send(told.request)
    response.read()
    page = b"<!doctype html><html><body><h1>imgur: the simple 404 page</h1></body></html>"
    return _rewrap(response, page, content_type="text/html")


def _html_404(told: Strike) -> httpx.Response:
    response = told.send(told.request)
    if response.status_code != 404:
        told.struck = False
        return response
    response.read()
    return _rewrap(response, b"<!doctype html><title>404</title>", content_type="text/html")


def _mangled(told: Strike) -> httpx.Response:
    """A field is missing, of another type, or absurd."""
    response, document = _document(told)
    how, data = told.item.get("how", "no_id"), (document or {}).get("data") if isinstance(document, dict) else None
    target = data[0] if isinstance(data, list) and data else data
    if not isinstance(target, dict) or "id" not in target or response.status_code != 200:
        told.struck = False
        return _rewrap(response, response.read())
    match how:
        case "no_id":
            del target["id"]
        case "empty_id":
            target["id"] = ""
        case "number_id":
            target["id"] = 17
        case "list_title":
            target["title"] = ["x"]
        case "huge":
            target["datetime"] = 10**400
        case "nan":
            target["datetime"] = float("nan")
        case "extra":
            target["nsfw_score"] = {"deep": [None, {"x": 1}]}
    return _rewrap(response, json.dumps(document).encode())


def _error_inside(told: Strike) -> httpx.Response:
    """success: true, and an error inside."""
    body = {"data": {"error": "Internal expectation failed", "request": told.note.path}, "success": True, "status": 200}
    return _reply(200, json.dumps(body))(told)


def _status_mismatch(told: Strike) -> httpx.Response:
    body = {"data": {"error": "Unable to process"}, "success": False, "status": 500}
    return _reply(200, json.dumps(body))(told)


def _wrong_count(told: Strike) -> httpx.Response:
    response, document = _document(told)
    data = document.get("data") if isinstance(document, dict) else None
    album = told.note.path.startswith("/3/album/") and isinstance(data, dict) and data.get("images_count") is not None
    if not album:
        told.struck = False
        return _rewrap(response, response.read())
    data["images_count"] += told.item.get("by", 1)
    return _rewrap(response, json.dumps(document).encode())


def _page_repeated(told: Strike) -> httpx.Response:
    """A list holds its first entry twice, as pages do that moved in between."""
    response, document = _document(told)
    data = document.get("data") if isinstance(document, dict) else None
    rows = data if isinstance(data, list) else data.get("images") if isinstance(data, dict) else None
    if not isinstance(rows, list) or not rows:
        told.struck = False
        return _rewrap(response, response.read())
    rows.append(rows[0])
    return _rewrap(response, json.dumps(document).encode())


def _null_list(told: Strike) -> httpx.Response:
    response, document = _document(told)
    data = document.get("data") if isinstance(document, dict) else None
    if not isinstance(data, dict) or "images" not in data:
        told.struck = False
        return _rewrap(response, response.read())
    data["images"] = None
    return _rewrap(response, json.dumps(document).encode())


def _headers(**changed: str | None) -> Doing:
    """Rate-limit headers that are missing, absurd or about another limit; names in lower case."""

    def do(told: Strike) -> httpx.Response:
        response = told.send(told.request)
        body = response.read()
        kept = {k.lower(): v for k, v in response.headers.multi_items() if k.lower() != "content-length"}
        for name, value in changed.items():
            key = "x-ratelimit-" + name
            if value is None:
                kept.pop(key, None)
            else:
                kept[key] = value
        return httpx.Response(response.status_code, headers=kept, stream=_Parts(lambda: iter([body])))

    return do


def _expired(told: Strike) -> httpx.Response:
    told.steer("tokens", {"expire_access": True, "answer": told.item.get("status", 403)})
    return told.send(told.request)


def _other_login(told: Strike) -> httpx.Response:
    told.steer("tokens", {"expire_access": True, "revoke_refresh": True})
    return told.send(told.request)


def _rotated(told: Strike) -> httpx.Response:
    """The refresh succeeds, the refresh token changes, and with `lost` the answer does not arrive."""
    if told.note.path != "/oauth2/token":
        return told.pass_on()
    response = _steered(told, {"fault": "rotate"})
    if told.item.get("lost"):
        raise httpx.ReadError("connection reset by peer", request=told.request)
    return response


def _redirect(told: Strike) -> httpx.Response:
    where = told.item.get("to", "https://evil.example/3/upload")
    return _reply(told.item.get("status", 302), "", "text/html", Location=where)(told)


def _somebody(told: Strike) -> httpx.Response:
    """Somebody edits on the web site, between two requests of ours."""
    told.steer("step", told.item["step"])
    return told.send(told.request)


_429 = '{"errors":[{"id":"x","code":"429","status":"Too Many Requests","detail":"Too Many Requests"}]}'
_429_OBJECT = json.dumps(
    {"data": {"error": {"code": 429, "message": "You are uploading too fast. Please wait 37 more minutes."}}}
)
_FAST = json.dumps({"data": {"error": "You are uploading too fast. Please wait 59 more minutes."}, "success": False})
_CAPACITY = '{"data":{"error":"Imgur is temporarily over capacity. Please try again later."},"success":false}'
_OOPS = "<html><body><h1>503 Service Unavailable</h1></body></html>"
_PLAIN_429 = '{"data":{"error":"Too Many Requests"},"success":false,"status":429}'
_BANNED = '{"data":{"error":"Banned Country"},"success":false,"status":403}'

VOCABULARY: Mapping[str, Word] = {
    "no_connection": Word("F1", "any network", _refused_connection),
    "timeout_before": Word("F2", "any network", _timeout_before),
    "drop_before": Word("F2", "any network", _dropped("drop_before")),
    "timeout_after": Word("F3", "any network", _timeout_after),
    "drop_after": Word("F3", "any network", _dropped("drop_after")),
    "late": Word("F4", "writes that show up after the client gave up", _late),
    "reset_up": Word("F5", "any network", _reset_up),
    "truncated": Word("F6", "proxies", _truncated),
    "bad_gzip": Word("F6", "proxies", _bad_gzip),
    "gzip_bomb": Word("F6", "hostile proxies", _bomb, 0.1),
    "slow": Word("F7", "slow-loris", _slow),
    "server_json": Word("F8", "imgurpython#83", _reply(500, '{"data":{"error":"oops"},"success":false,"status":500}')),
    "server_html": Word("F8", "Imgur's CDN", _reply(503, _OOPS, "text/html")),
    "over_capacity": Word("F9", "gallery-dl#910, jspaint#343", _reply(403, _CAPACITY)),
    "errors_429": Word("F10", "rust-imgur-upload#7, Signed-Paintings#50", _reply(429, _429)),
    "object_429": Word("F11", "PyImgur#35", _only_uploads(_reply(429, _429_OBJECT))),
    "too_fast": Word("F12", "imgurr#15, EasyImgur#54", _only_uploads(_reply(400, _FAST))),
    "user_remaining_0": Word("F13", "discord-rich-presence-plex#118", _headers(userremaining="0")),
    "headers_absent": Word(
        "F14", "account endpoints", _headers(userremaining=None, userlimit=None, userreset=None, clientremaining=None)
    ),
    "headers_absurd": Word(
        "F14", "PyImgur#35", _headers(userremaining="-5", clientremaining="many", userreset="-1", clientlimit="0")
    ),
    "retry_after_0": Word("F15", "Imgur's CDN", _reply(429, _PLAIN_429, Retry_After="0")),
    "retry_after_date": Word("F15", "RFC 9110", _reply(429, _PLAIN_429, Retry_After="Wed, 18 May 2033 03:34:00 GMT")),
    "retry_after_huge": Word("F15", "epoch instead of seconds", _reply(429, _PLAIN_429, Retry_After="1000000000")),
    "html_200": Word("F23", "j0k3r/php-imgur-api-client#21", _html),
    "html_404": Word("F23", "j0k3r/php-imgur-api-client#21", _html_404),
    "null_list": Word("F24", "jtpox/discord-presence-roon#18", _only_reads(_null_list)),
    "mangled": Word("F26", "changes of the API", _mangled),
    "error_inside": Word("F27", "imgur-api notes", _error_inside),
    "status_mismatch": Word("F27", "imgur-api notes", _status_mismatch),
    "wrong_count": Word("F28", "albums being edited", _only_reads(_wrong_count)),
    "page_repeated": Word("F28", "pages that move", _only_reads(_page_repeated)),
    "expired_token": Word("F30", "ShareX#1138", _expired),
    "other_login": Word("F31", "ShareX#1240", _other_login, 0.1),
    "rotated": Word("F32", "OAuth 2", _rotated),
    "banned_country": Word("F33", "imgurpython#83", _reply(403, _BANNED)),
    "forbidden_actions": Word("F33", "ShareX#7910", _reply(400, "These actions are forbidden.", "text/plain")),
    "redirect": Word("F35", "captive portals", _redirect),
    "somebody": Word("F36", "people on the web site", _somebody),
}
LOCAL: Mapping[str, tuple[str, str]] = {
    "disk_full": ("F37", "any disk"),
    "disk_broken": ("F37", "any disk"),
    "busy": ("F38", "backup programs"),
    "change": ("F39", "editors and downloads at work"),
    "vanish": ("F39", "editors and downloads at work"),
    "unreadable": ("F39", "permissions changed"),
    "readdir": ("F40", "network disks"),
    "unmount_mid": ("F40", "unplugged disks"),
    "kill": ("F41", "SIGKILL, power"),
    "stop": ("F41", "Ctrl-C, shutdown"),
    "memory": ("F41", "MemoryError"),
    "jump": ("F42", "clocks set by hand or by NTP"),
    "sleep": ("F42", "laptops"),
    "drained": ("F16", "other programs of the same Client-ID"),
    "strike": ("F17", "imgur-api §3"),
    "lag": ("F18", "reads after writes"),
    "vanished": ("F29", "moderation, JDim#1434"),
}
"""Faults that are no request's: number and where seen."""

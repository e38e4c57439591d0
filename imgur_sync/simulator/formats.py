"""Replies as JSONP and XML, and HTTP 200 for any status, around the whole application (imgur-api §2, §7).

A request that asks for none of it passes after a look at its path and query; one that does reaches the application
without its extension, and the reply is put into the form on its way out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import parse_qs

Serve = Callable[[dict[str, Any], Any], Iterable[bytes]]
LEGACY = "simulator.legacy"
"""In the environment of a request whose reply has the legacy shape: every XML sample has it (H)."""
EXTENSIONS = (".xml", ".json")
_CALLBACK = re.compile(r"[A-Za-z_$][\w$.\[\]]{0,99}", re.ASCII)
_NAME = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def in_form(serve: Serve, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """What `serve` answers, in the form that the request asks for.

    `.xml` or `.json` at the end of the path (H); `?callback=f` makes `f({…});` of JSON (H, M in use), unless it is no
    name of a function (inferred); `?_fake_status=200` makes the status 200 (M). What is no JSON stays as it is.
    """
    path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
    if not path.endswith(EXTENSIONS) and (not query or ("callback=" not in query and "_fake_status=" not in query)):
        return serve(environ, start_response)
    if not path.startswith("/3/"):
        return serve(environ, start_response)
    extension = next((one for one in EXTENSIONS if path.endswith(one)), "")
    bare = path.removesuffix(extension)
    changed = {**environ, "PATH_INFO": bare, LEGACY: True} if extension == ".xml" else {**environ, "PATH_INFO": bare}
    sent = _Sent()
    chunks = serve(changed, sent.start)
    try:
        sent.body = b"".join(chunks)
    finally:
        getattr(chunks, "close", lambda: None)()
    if sent.status.startswith("304"):
        start_response(sent.status, sent.headers)
        return [b""]
    asked = parse_qs(query)
    if sent.is_json():
        sent.body = _named(sent.body, bare, extension)
        callback = asked.get("callback", [""])[-1]
        if extension == ".xml":
            sent.put("text/xml; charset=utf-8", as_xml(sent.body))
        elif _CALLBACK.fullmatch(callback):
            sent.put("text/javascript; charset=utf-8", callback.encode() + b"(" + sent.body + b");")
    if asked.get("_fake_status", [""])[-1] == "200":
        sent.status = "200 OK"
    start_response(sent.status, [*sent.headers, ("Content-Length", str(len(sent.body)))])
    return [sent.body]


@dataclass(slots=True)
class _Sent:
    """What the application answered; its Content-Length is left out."""

    status: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def start(self, status: str, headers: list[tuple[str, str]], exc_info: object = None) -> None:
        """WSGI's `start_response`."""
        self.status = status
        self.headers = [(name, value) for name, value in headers if name.lower() != "content-length"]

    def is_json(self) -> bool:
        """Whether the body is JSON with Imgur's wrapper, as it is."""
        given = {name.lower(): value for name, value in self.headers}
        if "content-encoding" in given or not given.get("content-type", "").startswith("application/json"):
            return False
        try:
            whole = json.loads(self.body)
        except ValueError:
            return False
        return isinstance(whole, dict) and "data" in whole

    def put(self, content_type: str, body: bytes) -> None:
        """Another body in its place."""
        self.headers = [(name, value) for name, value in self.headers if name.lower() != "content-type"]
        self.headers.append(("Content-Type", content_type))
        self.body = body


def _named(body: bytes, path: str, extension: str) -> bytes:
    """The body whose `request`, if it has one, keeps the extension (H for XML)."""
    for old, new in ((path, path + extension), (path.replace("/", "\\/"), (path + extension).replace("/", "\\/"))):
        body = body.replace(f'"request":"{old}"'.encode(), f'"request":"{new}"'.encode())
    return body


def as_xml(body: bytes) -> bytes:
    """A wrapped JSON reply as XML (H for objects and lists, from samples of uploads, errors and settings).

    Booleans are true and false inside and 1 and 0 for `success`; null, "" and an empty list are an empty element; what
    is in a list stands in `item` elements. `type` is "array" for objects and lists (H), of the rest it is unknown: here
    "boolean", "integer" or "string". Characters that XML does not know are left out.
    """
    whole = json.loads(body)
    data = whole["data"]
    kinds = {bool: "boolean", int: "integer", str: "string"}
    head = f'type="{kinds.get(type(data), "array")}" success="{int(bool(whole.get("success")))}"'
    inside = _content(data)
    status = escape(str(whole.get("status", "")))
    text = f'<?xml version="1.0" encoding="utf-8"?>\n<data {head} status="{status}">{inside}</data>'
    return text.encode("utf-8", "replace")


def _content(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(_element(name, inside) for name, inside in value.items() if _NAME.fullmatch(name))
    if isinstance(value, list):
        return "".join(_element("item", inside) for inside in value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape(_NOT_IN_XML.sub("", str(value)), quote=False)


def _element(name: str, value: Any) -> str:
    inside = _content(value)
    return f"<{name}>{inside}</{name}>" if inside else f"<{name}/>"

"""One visit to the page of `loopback`: a request as bytes, judged, and the answer as bytes. Pure."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from urllib.parse import parse_qsl

from imgur_sync.imgur.auth import Grant, read_grant
from imgur_sync.imgur.body import Misread
from imgur_sync.imgur.plain import plain
from imgur_sync.model.secret import Secret

_LINE = re.compile(rb"([A-Z]{1,10}) (/[\x21-\x7e]*) HTTP/1\.[01]")
_HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x20-\x7e\t]*)")
_CODE = re.compile(r"[\x21-\x7e]{1,512}")
_FORM = "application/x-www-form-urlencoded"
_MOST_FIELDS = 30
_REASONS = {
    200: "OK",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Content Too Large",
    421: "Misdirected Request",
}
_SCRIPT = (
    "const given=new URLSearchParams(location.hash.slice(1));"
    "for(const[k,v]of new URLSearchParams(location.search))if(!given.has(k))given.append(k,v);"
    'history.replaceState(null,"",location.pathname);'
    'fetch(location.pathname,{method:"POST",body:given}).then(r=>r.text())'
    ".then(t=>{document.open();document.write(t);document.close()})"
    '.catch(()=>{document.querySelector("p").textContent="The answer did not arrive. Look at the terminal."})'
)


@dataclass(frozen=True, slots=True)
class Page:
    """What a visit has to match. `nonce` lets the one script of the implicit flow run."""

    path: str
    hosts: frozenset[str]
    state: Secret
    nonce: str
    fragment: bool


@dataclass(frozen=True, slots=True)
class Denied:
    """Imgur's page said no; `certain` when the visit knows the state."""

    error: str
    certain: bool


@dataclass(frozen=True, slots=True)
class Visit:
    """A judged visit: the status and text of its answer, and what it brought."""

    status: int
    text: str
    found: Secret | Grant | Denied | None = None
    script: bool = False


def read_visit(data: bytes, page: Page, *, whole: bool, largest: int) -> Visit | None:
    """Judge a request, None while more of it has to come. `whole` says that nothing more comes."""
    head, blank, body = data.partition(b"\r\n\r\n")
    if len(data) > largest:
        return Visit(413, "This is too long.")
    if not blank:
        return Visit(400, "This is no request.") if whole and data else None
    lines = head.split(b"\r\n")
    line = _LINE.fullmatch(lines[0])
    headers = _headers(lines[1:])
    if line is None or headers is None:
        return Visit(400, "This is no request.")
    method, target = line[1].decode("ascii"), line[2].decode("ascii")
    path, _, query = target.partition("?")
    if headers.get("host", "").lower() not in page.hosts:
        return Visit(421, "This page is not here.")
    if path != page.path:
        return Visit(404, "There is no such page.")
    if method == "POST" and page.fragment:
        return _posted(query, body, headers, page, whole=whole)
    if method != "GET":
        return Visit(405, "This page is opened by Imgur's page only.")
    if headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
        return Visit(400, "This is no request.")
    return _opened(query, page)


def answer(visit: Visit, page: Page) -> bytes:
    """The reply to a visit: never kept, never framed, never telling others where it was."""
    script = f'<script nonce="{page.nonce}">{_SCRIPT}</script>' if visit.script else ""
    body = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="referrer" content="no-referrer">'
        '<link rel="icon" href="data:,"><title>imgur-sync</title></head>'
        f"<body><h1>imgur-sync</h1><p>{escape(visit.text)}</p>{script}</body></html>"
    ).encode()
    rules = "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    if visit.script:
        rules += f"; script-src 'nonce-{page.nonce}'; connect-src 'self'"
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Length": str(len(body)),
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "Content-Security-Policy": rules,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Connection": "close",
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {visit.status} {_REASONS[visit.status]}\r\n{head}\r\n".encode("ascii") + body


def _opened(query: str, page: Page) -> Visit:
    """The GET: with the state and a code, or in the implicit flow the page that sends the fragment."""
    fields = _fields(query)
    if fields is None:
        return Visit(400, "This address cannot be read.")
    known = _knows(fields, page)
    if fields.get("error"):
        return _denied(fields, known=known)
    if page.fragment:
        if "state" in fields and not known:
            return _stranger()
        return Visit(200, "One moment.", script=True)
    if not known:
        return _stranger()
    code = fields.get("code", "")
    if not _CODE.fullmatch(code):
        return Visit(400, "There is no code in this address.")
    return Visit(200, "The answer has arrived. Go back to the terminal; this page can be closed.", Secret(code))


def _posted(query: str, body: bytes, headers: Mapping[str, str], page: Page, *, whole: bool) -> Visit | None:
    """The POST of the page's own script: the fragment's fields."""
    length = headers.get("content-length", "")
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    own = headers.get("origin", "").removeprefix("http://") in page.hosts and "://" in headers.get("origin", "")
    if query or not own or kind != _FORM or not re.fullmatch(r"[0-9]{1,5}", length):
        return Visit(403, "This does not come from this page.")
    if len(body) < int(length):
        return Visit(400, "This is no request.") if whole else None
    try:
        fields = _fields(body[: int(length)].decode("ascii"))
    except UnicodeDecodeError:
        fields = None
    if fields is None:
        return Visit(400, "This cannot be read.")
    known = _knows(fields, page)
    if fields.get("error"):
        return _denied(fields, known=known)
    if not known:
        return _stranger()
    seconds = fields.get("expires_in", "")
    try:
        grant = read_grant({**fields, "expires_in": int(seconds) if re.fullmatch(r"[0-9]{1,12}", seconds) else None})
    except Misread:
        return Visit(400, "There are no tokens in this address.")
    return Visit(200, "The answer has arrived. Go back to the terminal; this page can be closed.", grant)


def _denied(fields: Mapping[str, str], *, known: bool) -> Visit:
    if "state" in fields and not known:
        return _stranger()
    error = plain(fields["error"], limit=60)
    return Visit(200 if known else 400, "The answer was no. Go back to the terminal.", Denied(error, known))


def _stranger() -> Visit:
    return Visit(403, "This is not the answer to the log-in that waits here. Go back to the terminal.")


def _knows(fields: Mapping[str, str], page: Page) -> bool:
    """Whether the visit has the state; compared in constant time."""
    given = fields.get("state", "").encode("utf-8", "replace")
    return hmac.compare_digest(given, page.state.reveal().encode("ascii"))


def _fields(text: str) -> Mapping[str, str] | None:
    """The parameters; None when there are too many, or one comes twice."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        return None
    fields = dict(pairs)
    return fields if len(fields) == len(pairs) else None


def _headers(lines: list[bytes]) -> Mapping[str, str] | None:
    """The headers by lower-case names; None when a line is none, or one comes twice that must not."""
    found: dict[str, str] = {}
    for line in lines:
        read = _HEADER.fullmatch(line)
        if read is None:
            return None
        name = read[1].decode("ascii").lower()
        if name in found and name in ("host", "origin", "content-length", "content-type", "transfer-encoding"):
            return None
        found[name] = read[2].decode("ascii").strip()
    return found

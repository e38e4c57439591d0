"""Requests and replies as values, free of any HTTP library."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlencode

from imgur_sync.model.budget import CALL_COST, Cost
from imgur_sync.model.outcome import Problem

CHUNK = 256 * 1024
TOKEN_PATH = "/oauth2/token"
_SEGMENT = re.compile(r"[A-Za-z0-9]{5,32}\Z")
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+\Z")


class Body(Protocol):
    """What a request carries. Iterating it again yields the same bytes, so that it can be sent a second time."""

    @property
    def content_type(self) -> str:
        """The value of the Content-Type header."""
        ...

    @property
    def length(self) -> int:
        """How many bytes iterating yields."""
        ...

    def __iter__(self) -> Iterator[bytes]: ...


class Form:
    """Fields, urlencoded. Lists are repeated fields; a half of a surrogate pair becomes a question mark."""

    content_type = "application/x-www-form-urlencoded"

    def __init__(self, fields: Iterable[tuple[str, str]]) -> None:
        self._encoded = urlencode(list(fields), errors="replace").encode("ascii")

    @property
    def length(self) -> int:
        """How many bytes iterating yields."""
        return len(self._encoded)

    def __iter__(self) -> Iterator[bytes]:
        yield self._encoded


class Multipart:
    """Fields and one file, as multipart/form-data. The file's buffer is never copied whole: it goes out in chunks."""

    def __init__(
        self, fields: Iterable[tuple[str, str]], *, file_field: str, filename: str, media_type: str, data: bytes
    ) -> None:
        boundary = secrets.token_hex(16)
        media_type = media_type if _MEDIA_TYPE.match(media_type) else "application/octet-stream"
        head = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"\r\n\r\n{value}\r\n'
            for name, value in fields
        ]
        head.append(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(file_field)}"; '
            f'filename="{_quoted(filename)}"\r\nContent-Type: {media_type}\r\n\r\n'
        )
        self.content_type = f"multipart/form-data; boundary={boundary}"
        self._head = "".join(head).encode("utf-8", "replace")
        self._data = data
        self._tail = f"\r\n--{boundary}--\r\n".encode("ascii")

    @property
    def length(self) -> int:
        """How many bytes iterating yields."""
        return len(self._head) + len(self._data) + len(self._tail)

    def __iter__(self) -> Iterator[bytes]:
        view = memoryview(self._data)
        first = max(0, CHUNK - len(self._head))
        yield self._head + view[:first]
        for at in range(first, len(view), CHUNK):
            yield bytes(view[at : at + CHUNK])
        yield self._tail


class OneSending:
    """A body on its way. httpx leaves requests in circles of references, which may live on for many more requests:
    `let_go` parts them from the body, so that its buffer ends with its sending."""

    def __init__(self, body: Body) -> None:
        self._body: Body | None = body

    def __iter__(self) -> Iterator[bytes]:
        if self._body is not None:
            yield from self._body

    def let_go(self) -> None:
        """Nothing more is to be sent."""
        self._body = None


@dataclass(frozen=True, slots=True)
class Call:
    """One request to be made. `path` holds no query. `named` are ids that a reply may echo and a detail must not show
    (the id of a hidden album is as good as a key; an anonymous picture's address is its deletehash)."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: Body | None = None
    cost: Cost = CALL_COST
    named: tuple[str, ...] = field(default=(), repr=False)

    @property
    def target(self) -> str:
        """Path and query as they go on the wire."""
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. `headers` have lower-case names. `trouble` says why the body is not whole; when it is None the
    body was read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    trouble: Problem | None = None


def is_segment(text: str) -> bool:
    """Whether `text` may stand in a path: an id or a deletehash, nothing that could lead elsewhere."""
    return bool(_SEGMENT.match(text))


def listed(field: str, values: Sequence[str]) -> list[tuple[str, str]]:
    """A list as repeated form fields, the one encoding that every client of Imgur's shares (imgur-api §8.4)."""
    return [(f"{field}[]", value) for value in values]


def _quoted(text: str) -> str:
    """A name within quotes, escaped as browsers do (HTML, multipart/form-data encoding algorithm)."""
    return text.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")

"""An httpx transport that plays answers from a script."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx


@dataclass(frozen=True, slots=True)
class Answer:
    """One scripted reply. `body` is bytes, chunks of bytes, or anything else as JSON; `breaks` is raised after it."""

    status: int = 200
    body: Any = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    breaks: Exception | None = None

    def chunks(self) -> Iterator[bytes]:
        """The body as it comes off the wire."""
        if isinstance(self.body, bytes):
            yield self.body
        elif isinstance(self.body, Iterable) and not isinstance(self.body, dict | list | str):
            yield from self.body
        else:
            yield json.dumps(self.body).encode()
        if self.breaks is not None:
            raise self.breaks


@dataclass(frozen=True, slots=True)
class Sent:
    """One request as it would go on the wire."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    timeout: Mapping[str, float]

    @property
    def path(self) -> str:
        """The path without the query."""
        return httpx.URL(self.url).path


class _Stream(httpx.SyncByteStream):
    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        return self._answer.chunks()


Step = Answer | Exception | Callable[[Sent], Answer]


class Script(httpx.BaseTransport):
    """Plays `steps` in order, one a request; the last one is repeated. Exceptions are raised, functions are asked.

    Token requests are answered by `tokens` if it is given, without taking a step.
    """

    def __init__(self, *steps: Step, tokens: Step | None = None) -> None:
        self.steps = list(steps)
        self.tokens = tokens
        self.sent: list[Sent] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The next answer."""
        assert isinstance(request.stream, httpx.SyncByteStream)
        body = b"".join(request.stream)
        timeout = request.extensions["timeout"]
        sent = Sent(request.method, str(request.url), dict(request.headers), body, timeout)
        self.sent.append(sent)
        if sent.path == "/oauth2/token" and self.tokens is not None:
            step = self.tokens
        else:
            step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        if isinstance(step, Exception):
            raise step
        answer = step if isinstance(step, Answer) else step(sent)
        return httpx.Response(answer.status, headers=dict(answer.headers), stream=_Stream(answer))

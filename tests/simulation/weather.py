"""The way to Imgur with everything that can go wrong on it: requests of a run are numbered, faults are by number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.simulation.times import TwoClocks
from tests.simulation.tripwires import Tripwire
from tests.support.sync_stage import Killed

Item = Mapping[str, Any]
"""One fault: `kind`, a word of the vocabulary, and its own values."""
Send = Callable[[httpx.Request], httpx.Response]


@dataclass(slots=True)
class Sent:
    """One request of the product as it went: number in its run, times, what struck it and what came back."""

    number: int
    method: str
    path: str
    began: float
    ended: float = 0.0
    status: int = 0
    """0 where no reply came."""
    faults: tuple[str, ...] = ()
    marker: str = ""
    """The name that an upload carries."""
    error: str = ""


@dataclass(slots=True)
class Strike:
    """What a fault is told: the request, how to send it on, and the world around it."""

    request: httpx.Request
    send: Send
    item: Item
    clock: TwoClocks
    steer: Callable[[str, Any], Any]
    note: Sent
    struck: bool = field(default=True)
    """False where the fault has no meaning for this request."""

    @property
    def upload(self) -> bool:
        """Whether it is an upload."""
        return (self.request.method, self.request.url.path) == ("POST", "/3/upload")

    @property
    def writes(self) -> bool:
        """Whether it asks for a change."""
        return self.request.method != "GET"

    def pass_on(self) -> httpx.Response:
        """The fault does not apply: send the request as it is."""
        self.struck = False
        return self.send(self.request)


class Weather(httpx.BaseTransport):
    """The transport between the product and the simulator in this process."""

    def __init__(self, inner: httpx.BaseTransport, clock: TwoClocks, steer: Callable[[str, Any], Any]) -> None:
        from tests.simulation.vocabulary import strike

        self._inner = inner
        self._clock = clock
        self._steer = steer
        self._strike = strike
        self.faults: dict[int, list[Item]] = {}
        self.sent: list[Sent] = []
        self.struck: Counter[str] = Counter()
        self.serving: Sent | None = None
        self.before: Callable[[httpx.Request], None] = lambda request: None
        self._tripwire: Tripwire | None = None

    def guard(self, wire: Tripwire) -> None:
        """Nothing is sent once that process is dead."""
        self._tripwire = wire

    @property
    def dead(self) -> bool:
        """Whether the process was killed."""
        return self._tripwire is not None and self._tripwire.dead

    def begin(self, faults: Iterator[tuple[int, Item]]) -> None:
        """A run begins: its requests are numbered from 1."""
        self.sent = []
        self.faults = {}
        for number, item in faults:
            self.faults.setdefault(number, []).append(item)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The reply, or the error that a real connection would have given."""
        if self.dead:
            raise Killed
        self.before(request)
        note = Sent(len(self.sent) + 1, request.method, request.url.path, self._clock.monotonic())
        self.sent.append(note)
        if note.path == "/3/upload":
            note.marker = _marker(request)
        items = self.faults.get(note.number, [])
        self.serving = note
        try:
            response = self._through(request, list(items), note)
            note.status = response.status_code
            return response
        except httpx.HTTPError as error:
            note.error = type(error).__name__
            raise
        finally:
            note.ended = self._clock.monotonic()
            self.serving = None

    def _through(self, request: httpx.Request, items: list[Item], note: Sent) -> httpx.Response:
        """Send it through the faults that wait for it, the first one outermost."""
        if not items:
            return self._inner.handle_request(request)
        item, rest = items[0], items[1:]
        told = Strike(request, lambda r: self._through(r, rest, note), item, self._clock, self._steer, note)
        try:
            return self._strike(told)
        finally:
            if told.struck:
                note.faults = (*note.faults, item["kind"])
                self.struck[item["kind"]] += 1


def _marker(request: httpx.Request) -> str:
    """The value of the form field `name`."""
    body = request.read()
    head, _, rest = body.partition(b'name="name"')
    value = rest.split(b"\r\n\r\n", 1)[-1].split(b"\r\n", 1)[0] if rest else b""
    del head
    return value.decode("utf-8", "replace")

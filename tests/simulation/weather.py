"""The way to Imgur with everything that can go wrong on it: requests of a run are numbered, faults are by number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from imgur_sync.simulator import World
from imgur_sync.simulator.named_faults import NAMED
from tests.simulation.times import TwoClocks
from tests.simulation.tripwires import Tripwire
from tests.simulation.vocabulary import SOMEBODY
from tests.support.sync_stage import Killed

Item = Mapping[str, Any]
"""One fault: `kind`, a word of the vocabulary, and its own values."""


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
    host: str = ""


class Weather(httpx.BaseTransport):
    """The transport between the product and the simulator in this process. `steer(what, value)` turns the simulator, or
    with "step" has somebody do something."""

    def __init__(
        self, inner: httpx.BaseTransport, world: World, clock: TwoClocks, steer: Callable[[str, Any], Any]
    ) -> None:
        self._inner = inner
        self._world = world
        self._clock = clock
        self._steer = steer
        self._tripwire: Tripwire | None = None
        self._faults: dict[int, list[Item]] = {}
        self.sent: list[Sent] = []
        self.struck: Counter[str] = Counter()

    def guard(self, wire: Tripwire) -> None:
        """Nothing is sent once that process is dead."""
        self._tripwire = wire

    @property
    def dead(self) -> bool:
        """Whether the process was killed."""
        return self._tripwire is not None and self._tripwire.dead

    def begin(self, faults: Iterable[tuple[int, Item]]) -> None:
        """A run begins: its requests are numbered from 1."""
        self.sent = []
        self._faults = {}
        for number, item in faults:
            self._faults.setdefault(number, []).append(item)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The reply, or the error that a real connection would have given."""
        if self.dead:
            raise Killed
        note = Sent(len(self.sent) + 1, request.method, request.url.path, self._clock.monotonic())
        note.host = f"{request.url.host}:{request.url.port}"
        self.sent.append(note)
        if note.path in ("/3/upload", "/3/image") and note.method == "POST":
            note.marker = _marker(request)
        items = self._faults.get(note.number, ())
        try:
            response = self._struck(request, items, note) if items else self._inner.handle_request(request)
            note.status = response.status_code
            return response
        except httpx.HTTPError as error:
            note.error = type(error).__name__
            raise
        finally:
            note.ended = self._clock.monotonic()

    def _struck(self, request: httpx.Request, items: Iterable[Item], note: Sent) -> httpx.Response:
        """Send it while the simulator has these faults for it, and count those that had an effect."""
        rules, hits = [], []
        for item in items:
            if item["kind"] == SOMEBODY:
                self._steer("step", item["step"])
                hits.append(SOMEBODY)
            elif NAMED[item["kind"]].fits(note.method, note.path):
                values = {name: value for name, value in item.items() if name != "kind"}
                rules.append({"fault": item["kind"], "match": {}, **values})
        before = len(self._world.history)
        if rules:
            self._steer("faults", rules)
        try:
            return self._inner.handle_request(request)
        finally:
            if rules:
                self._steer("no faults", None)
            seen = self._world.history[before:]
            hits += [name for entry in seen for name in entry.faults]
            if not seen:  # what never arrives is in no history
                hits += [rule["fault"] for rule in rules if NAMED[rule["fault"]].rule["fault"] == "unreachable"]
            note.faults = tuple(hits)
            self.struck.update(hits)


def _marker(request: httpx.Request) -> str:
    """The value of the form field `name`."""
    _, _, rest = request.read().partition(b'name="name"')
    value = rest.split(b"\r\n\r\n", 1)[-1].split(b"\r\n", 1)[0] if rest else b""
    return value.decode("utf-8", "replace")

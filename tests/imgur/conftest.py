"""A transport over scripted answers, with everything around it in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from imgur_sync.imgur.auth import Credentials
from imgur_sync.imgur.reader import ImgurReader
from imgur_sync.imgur.transport import READ_WRITE, Transport
from imgur_sync.imgur.writer import ImgurWriter
from imgur_sync.model.budget import UPLOAD_COST, Cost, Reservation
from imgur_sync.model.local import Content
from imgur_sync.model.outcome import Outcome
from imgur_sync.model.ports import Tokens
from imgur_sync.model.remote import RemotePicture
from imgur_sync.model.secret import Secret
from tests.support.hand_clock import HandClock
from tests.support.memory_ledger import MemoryLedger
from tests.support.memory_tokens import MemoryTokens
from tests.support.scripted import Script, Step

ACCESS, REFRESH, SECRET = "a" * 39 + "1", "b" * 39 + "2", "c" * 39 + "3"
NAME = "tom.is1-0123456789abcdef-89abcdef.jpg"


class Bench:
    """Reader and writer over a `Script`; `tokens` holds a valid access token unless told otherwise."""

    def __init__(
        self,
        *steps: Step,
        tokens: Step | None = None,
        stored: Tokens | None = None,
        credentials: Credentials | None = None,
        allow: frozenset[str] = READ_WRITE,
        origin: str = "https://api.imgur.com",
        ledger: type[MemoryLedger] = MemoryLedger,
        **limits: int,
    ) -> None:
        self.clock = HandClock()
        self.ledger = ledger(self.clock, **limits)
        self.store = MemoryTokens(stored)
        self.script = Script(*steps, tokens=tokens)
        self.credentials = credentials or Credentials("id15", Secret(SECRET), Secret(REFRESH), Secret(ACCESS))
        self.transport = Transport(
            origin, self.credentials, self.ledger, self.store, self.clock, allow=allow, http=self.script
        )
        self.reader = ImgurReader(self.transport)
        self.writer = ImgurWriter(self.transport)

    def grant(self, cost: Cost) -> Reservation:
        """A reservation, as the caller of a write brings one."""
        granted = self.ledger.reserve(cost)
        assert isinstance(granted, Reservation)
        return granted

    def upload(self, data: bytes = b"\xff\xd8\xff", media_type: str = "image/jpeg") -> Outcome[RemotePicture]:
        """Send one picture into the album AbC1234."""
        content = Content(data, "", "", media_type)
        return self.writer.upload(content, NAME, "AbC1234", self.grant(UPLOAD_COST))


@pytest.fixture
def bench() -> Iterator[Callable[..., Bench]]:
    """Makes benches and closes them."""
    made: list[Bench] = []

    def make(*steps: Any, **options: Any) -> Bench:
        made.append(Bench(*steps, **options))
        return made[-1]

    yield make
    for one in made:
        one.transport.close()

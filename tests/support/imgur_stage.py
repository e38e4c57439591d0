"""A simulated Imgur with our client in front of it, in one process and on one clock."""

from __future__ import annotations

from types import TracebackType
from typing import Any

import httpx

from imgur_sync.imgur.auth import Credentials
from imgur_sync.imgur.keys import ByDeletehash, ById
from imgur_sync.imgur.reader import ImgurReader
from imgur_sync.imgur.transport import READ_ONLY, READ_WRITE, Transport
from imgur_sync.imgur.writer import ImgurWriter
from imgur_sync.model.budget import UPLOAD_COST, Cost, Reservation
from imgur_sync.model.local import Content
from imgur_sync.model.outcome import Done, Outcome
from imgur_sync.model.remote import RemotePicture
from imgur_sync.model.secret import Secret
from imgur_sync.simulator import Clock, Knobs, Limits, Options, World, create_app
from tests.support.hand_clock import HandClock
from tests.support.memory_ledger import MemoryLedger
from tests.support.memory_tokens import MemoryTokens
from tests.support.pictures import png
from tests.support.wsgi import ORIGIN, InProcess


class ImgurStage:
    """The demo account of a simulator (`knobs` as it takes them), read by `reader` and written by `writer`; or
    the demo application without an account, if it is `anonymous`."""

    def __init__(
        self, *, limits: Limits | None = None, refreshed: bool = True, anonymous: bool = False, **knobs: Any
    ) -> None:
        self.anonymous = anonymous
        self.clock = HandClock()
        self.world = World(clock=Clock(self.clock.now), seed="stage")
        self.demo = demo = self.world.demo()
        options = Options(knobs=Knobs(**knobs), limits=limits or Limits())
        self.wire = InProcess(create_app(self.world, options, self.clock.advance))
        self.ledger = MemoryLedger(self.clock)
        self.tokens = MemoryTokens()
        credentials = Credentials(
            demo.client_id,
            Secret(demo.client_secret),
            Secret(demo.refresh_token),
            Secret(demo.access_token) if refreshed else None,
            anonymous=anonymous,
        )
        given = (ORIGIN, credentials, self.ledger, self.tokens, self.clock)
        self.reading = Transport(*given, allow=READ_ONLY, http=self.wire)
        self.writing = Transport(*given, allow=READ_WRITE, http=self.wire)
        self.reader = ImgurReader(self.reading)
        self.keys = ByDeletehash({}) if anonymous else ById()
        self.writer = ImgurWriter(self.writing, self.keys)
        self.web = httpx.Client(transport=InProcess(self.wire.app), base_url=ORIGIN)

    def __enter__(self) -> ImgurStage:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.reading.close()
        self.writing.close()
        self.web.close()
        self.world.close()

    def steer(self, what: str, sent: Any) -> Any:
        """Turn something of the simulator: knobs, faults, edit, clock, tokens."""
        reply = self.web.post(f"/_simulator/{what}", json=sent)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def look(self, what: str) -> Any:
        """What the simulator knows: world, ledger, history."""
        return self.web.get(f"/_simulator/{what}").json()

    def grant(self, cost: Cost) -> Reservation:
        """A reservation, as the caller of a write brings one."""
        granted = self.ledger.reserve(cost)
        assert isinstance(granted, Reservation)
        return granted

    def upload(self, album: str, seed: int = 0, name: str = "cat.is1-0123456789abcdef-01234567.png") -> RemotePicture:
        """Send one small PNG into an album."""
        content = Content(png(seed=seed), "", "", "image/png")
        return done(self.writer.upload(content, name, album, self.grant(UPLOAD_COST)))

    def by_hand(self, title: str = "", pictures: int = 0, **fields: str) -> tuple[str, list[str]]:
        """Make an album and pictures as another client would; returns the album's id and the pictures' in order."""
        who = f"Client-ID {self.demo.client_id}" if self.anonymous else f"Bearer {self.demo.access_token}"
        auth = {"Authorization": who}
        ids = []
        members = []
        for seed in range(pictures):
            sent = self.web.post(
                "/3/upload", headers=auth, data={"name": f"{seed}.png"}, files={"image": png(seed=seed)}
            )
            made = sent.json()["data"]
            ids.append(made["id"])
            members.append(made["deletehash"])
            self.keys.learn(made["id"], Secret(made["deletehash"]))
            self.clock.advance(1)
        named = {"deletehashes[]": members} if self.anonymous else {"ids[]": ids}
        data = {"title": title, **named, **fields}
        album = self.web.post("/3/album", headers=auth, data=data).json()["data"]
        self.keys.learn(album["id"], Secret(album["deletehash"]))
        return album["id"], ids


def done(outcome: Outcome[Any]) -> Any:
    """The value of an outcome that must be `Done`."""
    assert isinstance(outcome, Done), outcome
    return outcome.value

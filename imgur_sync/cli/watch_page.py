"""Puts the status page beside a daemon, where one was asked for."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress

from imgur_sync.cli.credentials import profile_of
from imgur_sync.cli.redaction import redacted
from imgur_sync.cli.session import Session
from imgur_sync.cli.wiring import planning
from imgur_sync.errors import ImgurSyncError
from imgur_sync.executor import Options, Ports
from imgur_sync.model.spec import Manifest
from imgur_sync.report.live import LiveActivity
from imgur_sync.settings import load_settings
from imgur_sync.watch.daemon import Daemon
from imgur_sync.watch.events import WatchEvent
from imgur_sync.watch.page.answers import Answers
from imgur_sync.watch.page.gathering import Gatherer
from imgur_sync.watch.page.places import Place
from imgur_sync.watch.page.publishing import Heart, Publisher
from imgur_sync.watch.page.serving import PageServer

PULSE = 30.0
"""Seconds between two signs of life while nothing happens: /healthz asks for them."""


class StatusPage:
    """The page, from before the daemon is there until after it is gone. Without a `place` it is nothing at all."""

    def __init__(self, session: Session, place: Place | None, *, anywhere: bool) -> None:
        self._session = session
        self._place = place
        self._anywhere = anywhere
        self._heart = Heart()
        self._gatherer = Gatherer()
        self._publisher: Publisher | None = None

    def pulse(self, otherwise: float) -> float:
        """How often the daemon is to wake for a sign of life, at least."""
        return otherwise if self._place is None else min(PULSE, otherwise)

    def alive(self) -> None:
        """The daemon's loop lives."""
        self._heart.beat()

    def reading(self, manifest: Manifest, ports: Ports) -> AbstractContextManager[None]:
        """What a look or a pass has open may be read in the block."""
        return nullcontext() if self._place is None else self._gatherer.reading(manifest, ports)

    def show(self, event: WatchEvent) -> None:
        """Take in one event of the daemon, after it was shown elsewhere."""
        if self._publisher is not None:
            self._publisher.show(event)

    @contextmanager
    def served(self, daemon: Daemon, live: LiveActivity, tell: Callable[[str, str], None]) -> Iterator[None]:
        """Serve the page in the block, and tell where. Raises `ImgurSyncError` where it cannot be served there."""
        if self._place is None:
            yield
            return
        listener, address = self._place.listen(anywhere=self._anywhere)
        self._glance(daemon.manifest)
        publisher = self._publisher = Publisher(daemon, live, self._gatherer, time.time)
        answers = Answers(lambda: publisher.snapshot, self._heart.silent, redacted, time.time)
        server = PageServer(listener, answers, self._place.names)
        try:
            tell("listening", f"the status page is {address}")
            yield
        finally:
            server.close()

    def _glance(self, manifest: Manifest) -> None:
        """What the state says of the albums before the first look at their folders; nothing where it cannot be read:
        the daemon's first look tells why."""
        options = Options(offline=True)
        with (
            suppress(ImgurSyncError),
            planning(self._session, options, max_credits=None, manifest=manifest, priced=True) as bench,
            self.reading(bench.manifest, bench.ports),
        ):
            pass


def status_page(session: Session, listen: str | None, *, anywhere: bool) -> StatusPage:
    """The page that `--listen` asks for, else the user's settings. Raises `UsageError` for what is no place."""
    return StatusPage(session, _place(session, listen), anywhere=anywhere)


def _place(session: Session, listen: str | None) -> Place | None:
    if listen is not None:
        return Place.parse(listen, "--listen")
    try:
        profile = profile_of(session, None)
    except ImgurSyncError:
        return None  # the manifest cannot be read: whoever reads it next tells
    settings = load_settings(os.environ, profile=profile)
    return Place.parse(settings.listen, "listen") if settings.listen else None

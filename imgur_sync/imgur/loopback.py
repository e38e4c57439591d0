"""The page on this machine that the browser comes back to after a log-in: one path, one answer, then it is gone.

It lies in imgur/ because it is the receiving half of Imgur's OAuth, and knows how Imgur answers. It is no web server
of a library's: those log request lines, which hold the code, and understand more than is good here.
"""

from __future__ import annotations

import secrets
import selectors
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from urllib.parse import urlsplit

from imgur_sync.errors import CredentialsError, ImgurSyncError, UsageError
from imgur_sync.imgur.auth import Grant
from imgur_sync.imgur.visit import Denied, Page, Visit, answer, read_visit
from imgur_sync.model.ports import Clock
from imgur_sync.model.secret import Secret

DEFAULT = "http://127.0.0.1:8724/callback"
"""The callback that a new application would be registered with."""
LIMIT = 300.0
"""Seconds that a person has."""
LARGEST = 16 * 1024
MOST_VISITS = 200
_IDLE = 10.0
_OPEN = 32
_SEND = 2.0


@dataclass(frozen=True, slots=True)
class Callback:
    """Where the browser comes back to. `port` 0 is any free one."""

    host: str
    port: int
    path: str

    @classmethod
    def parse(cls, address: str) -> Callback:
        """Raises `UsageError` for what is no http address of this machine."""
        hint = f"give the callback that the Client-ID is registered with, on this machine: {DEFAULT}"
        try:
            parts = urlsplit(address)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise UsageError("the callback's address cannot be read", hint=hint) from None
        plain = not (parts.query or parts.fragment or parts.username or parts.password)
        if parts.scheme != "http" or host not in ("127.0.0.1", "localhost") or not plain or not address.isascii():
            raise UsageError("the callback is no plain http address of this machine", hint=hint)
        return cls(host, 80 if port is None else port, parts.path or "/")


@dataclass(slots=True)
class _Connection:
    """One visitor on the way: what came so far, and since when."""

    since: float
    data: bytearray = field(default_factory=bytearray)


class Landing:
    """The page while it listens, on 127.0.0.1 only. Close it, or use it in a `with`.

    `fragment` serves the page of the implicit flow, whose script sends the address's fragment back. Raises
    `ImgurSyncError` where the port cannot be had.
    """

    def __init__(
        self, callback: Callback, state: Secret, clock: Clock, *, fragment: bool = False, limit: float = LIMIT
    ) -> None:
        self._clock = clock
        self._limit = limit
        try:
            self._listener = socket.create_server(("127.0.0.1", callback.port), backlog=128)
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise ImgurSyncError(
                f"no page can be served on 127.0.0.1:{callback.port} ({reason.partition(' (while')[0]})",
                hint="end what uses the port, or give another --callback that the Client-ID is registered with",
            ) from None
        self._listener.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        port = int(self._listener.getsockname()[1])
        names = {"127.0.0.1", callback.host}
        hosts = {f"{name}:{port}" for name in names} | (names if port == 80 else set())
        self._page = Page(callback.path, frozenset(hosts), state, secrets.token_urlsafe(16), fragment)
        self.address = f"http://{callback.host}:{port}{callback.path}"

    def __enter__(self) -> Landing:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening and drop every connection."""
        for key in list(self._selector.get_map().values()):
            connection = key.fileobj
            assert isinstance(connection, socket.socket)
            self._hang_up(connection)
        self._selector.close()

    def wait(self, tell: Callable[[str], None]) -> Secret | Grant:
        """The code, or in the implicit flow the tokens, of the one visit that knows the state; the page is over then.

        `tell` gets a sentence about a visit that a person should know of. Raises `CredentialsError` for a denial,
        after `limit` seconds, and after 200 visits of others. Visits of others change nothing.
        """
        deadline = self._clock.monotonic() + self._limit
        visits = 0
        while (left := deadline - self._clock.monotonic()) > 0:
            for key, _ in self._selector.select(min(left, 1.0)):
                if key.fileobj is self._listener:
                    self._accept()
                    continue
                visit = self._serve(key)
                if visit is None:
                    continue
                visits += 1
                found = self._found(visit, tell)
                if found is not None:
                    return found
            if visits >= MOST_VISITS:
                raise CredentialsError(
                    f"the log-in page was called {visits} times without the right state: something else talks to it",
                    hint="log in again; close pages that could do this, or use --flow pin",
                )
            self._drop_idle()
        raise CredentialsError(
            f"nobody came back from Imgur's page within {self._limit / 60:g} minutes",
            hint="log in again. If the page showed an error, or went elsewhere: --flow pin needs no callback, "
            "--refresh-token - needs no page",
        )

    def _found(self, visit: Visit, tell: Callable[[str], None]) -> Secret | Grant | None:
        match visit.found:
            case Denied(certain=True, error=error):
                raise CredentialsError(
                    f"Imgur's page answered no ({error})", hint="log in again, and choose Allow on that page"
                )
            case Denied(error=error):
                tell(f"a page answered no ({error}), but not certainly Imgur's; if it was you, press Ctrl-C")
                return None
            case found:
                return found

    def _accept(self) -> None:
        with suppress(OSError):
            connection, _ = self._listener.accept()
            connection.setblocking(False)
            if len(self._selector.get_map()) > _OPEN:  # whoever is silent for longest makes room
                self._hang_up(min(self._visitors(), key=lambda visitor: visitor[1].since)[0])
            self._selector.register(connection, selectors.EVENT_READ, _Connection(self._clock.monotonic()))

    def _serve(self, key: selectors.SelectorKey) -> Visit | None:
        """Read what came; when a request is whole (or hopeless), answer it and hang up."""
        connection, state = key.fileobj, key.data
        assert isinstance(connection, socket.socket)
        assert isinstance(state, _Connection)
        try:
            data = connection.recv(LARGEST)
        except BlockingIOError:
            return None
        except OSError:
            data = b""
        state.data += data
        visit = read_visit(bytes(state.data[: LARGEST + 1]), self._page, whole=not data, largest=LARGEST)
        if visit is None and data:
            return None
        self._selector.unregister(connection)
        with connection, suppress(OSError):
            if visit is not None:
                connection.settimeout(_SEND)
                connection.sendall(answer(visit, self._page))
                connection.shutdown(socket.SHUT_WR)
                _drain(connection)
        return visit

    def _drop_idle(self) -> None:
        oldest = self._clock.monotonic() - _IDLE
        for connection, state in self._visitors():
            if state.since < oldest:
                self._hang_up(connection)

    def _visitors(self) -> list[tuple[socket.socket, _Connection]]:
        return [
            (key.fileobj, key.data)
            for key in self._selector.get_map().values()
            if isinstance(key.data, _Connection) and isinstance(key.fileobj, socket.socket)
        ]

    def _hang_up(self, connection: socket.socket) -> None:
        self._selector.unregister(connection)
        connection.close()


def _drain(connection: socket.socket) -> None:
    """Take what is still on its way: closing with unread bytes would cut the answer off."""
    connection.settimeout(0.2)
    with suppress(OSError):
        for _ in range(64):
            if not connection.recv(LARGEST):
                return

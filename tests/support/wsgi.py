"""httpx over a WSGI application in this process: no socket, no thread."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx

from imgur_sync.simulator import ConnectionDropped

ORIGIN = "http://127.0.0.1:8723"
UNREACHED: dict[str, tuple[type[httpx.TransportError], str]] = {
    "refused": (httpx.ConnectError, "[Errno 111] Connection refused"),
    "dns": (httpx.ConnectError, "[Errno -2] Name or service not known"),
    "tls": (httpx.ConnectError, "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate"),
    "no-connection": (httpx.ConnectTimeout, "timed out"),
    "timeout": (httpx.ReadTimeout, "The read operation timed out"),
    "cut": (httpx.RemoteProtocolError, "peer closed connection without sending complete message body"),
}


class InProcess(httpx.BaseTransport):
    """Sends requests to `app` as if over a network from `remote_addr`.

    A connection that the simulator breaks is the error that httpx gives for it; one that was only closed is a read
    error, for a client cannot know whether the change was made. While `down` is True no connection can be made. `sent`
    lists the method and path of every request that reached the app.
    """

    def __init__(self, app: Any, remote_addr: str = "127.0.0.1") -> None:
        self.app = app
        self._wsgi = httpx.WSGITransport(app=app, remote_addr=remote_addr)
        self.down = False
        self.sent: list[tuple[str, str]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The app's reply, or the error that a real connection would have given."""
        if self.down:
            raise httpx.ConnectError("[Errno 111] Connection refused", request=request)
        self.sent.append((request.method, request.url.path))
        try:
            response = self._wsgi.handle_request(request)
        except ConnectionDropped as dropped:
            raise broken(dropped, request) from dropped
        assert isinstance(response.stream, httpx.SyncByteStream)
        return httpx.Response(response.status_code, headers=response.headers, stream=Body(response.stream, request))


class Body(httpx.SyncByteStream):
    """A reply's body, which may break on the way."""

    def __init__(self, chunks: httpx.SyncByteStream, request: httpx.Request) -> None:
        self._chunks = chunks
        self._request = request

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._chunks
        except ConnectionDropped as dropped:
            raise broken(dropped, self._request) from dropped

    def close(self) -> None:
        """Let the app's iterator go."""
        self._chunks.close()


def broken(dropped: ConnectionDropped, request: httpx.Request) -> httpx.TransportError:
    """What httpx raises for a connection that ends like this."""
    if dropped.how == "reset":
        kind = httpx.ReadError if dropped.committed or request.method == "GET" else httpx.WriteError
        return kind("[Errno 104] Connection reset by peer", request=request)
    kind, text = UNREACHED.get(dropped.how, (httpx.ReadError, str(dropped)))
    return kind(text, request=request)

"""httpx over a WSGI application in this process: no socket, no thread."""

from __future__ import annotations

from typing import Any

import httpx

from imgur_sync.simulator import ConnectionDropped

ORIGIN = "http://127.0.0.1:8723"


class InProcess(httpx.BaseTransport):
    """Sends requests to `app` as if over a network from `remote_addr`.

    A connection that the simulator drops is a read error, for a client cannot know whether the change was made. While
    `down` is True no connection can be made. `sent` lists the method and path of every request that reached the app.
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
            return self._wsgi.handle_request(request)
        except ConnectionDropped as dropped:
            raise httpx.ReadError(str(dropped), request=request) from dropped

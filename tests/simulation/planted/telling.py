"""Mistakes with what is secret: tokens and addresses."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import httpx

from imgur_sync.imgur import transport
from imgur_sync.imgur.auth import Account, fingerprint
from imgur_sync.imgur.transport import Transport
from imgur_sync.imgur.wire import Reply
from imgur_sync.model.ports import Tokens
from imgur_sync.model.secret import Secret
from tests.simulation.planted.needing import either, fault, setup, step
from tests.simulation.planted.patching import Bug, methods


def overwrite_old_refresh_token_early() -> AbstractContextManager[Any]:
    """The refresh token is struck out before the new one is there."""
    refresh = Account._refresh

    def struck_out(self: Account, tokens: Tokens) -> Any:
        source = tokens.source or fingerprint(tokens.refresh)
        self._store.save(replace(tokens, refresh=Secret(""), access=None, source=source))
        return refresh(self, tokens)

    return methods(Account, _refresh=struck_out)


def log_url() -> AbstractContextManager[Any]:
    """A request that failed is logged with its address."""
    answered = Transport._answered

    def logged(self: Transport, client: httpx.Client, request: httpx.Request) -> Any:
        reply = answered(self, client, request)
        if not isinstance(reply, Reply) or reply.status >= 400:
            transport._log.warning("%s %s failed", request.method, request.url)
        return reply

    return methods(Transport, _answered=logged)


def redirect_keeps_token() -> AbstractContextManager[Any]:
    """A redirect is followed with all headers."""
    answered = Transport._answered

    def followed(self: Transport, client: httpx.Client, request: httpx.Request) -> Any:
        reply = answered(self, client, request)
        if isinstance(reply, Reply) and 300 <= reply.status < 400 and "location" in reply.headers:
            there = request.url.join(reply.headers["location"])
            headers = [(name, value) for name, value in request.headers.items() if name != "host"]
            return answered(self, client, httpx.Request(request.method, there, headers=headers, stream=request.stream))
        return reply

    return methods(Transport, _answered=followed)


BUGS = (
    Bug(
        "overwrite old refresh token early",
        "the refresh token is gone before the new one is there",
        overwrite_old_refresh_token_early,
        either(step("tokens"), fault("token-", "other-login")),
    ),
    Bug("log URL", "addresses are logged, and with them what stands in their paths", log_url, setup("anonymous")),
    Bug("redirect keeps token", "a redirect is followed with the token", redirect_keeps_token, fault("redirect-")),
)

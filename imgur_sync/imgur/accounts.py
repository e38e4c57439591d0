"""Whose account a token is for."""

from __future__ import annotations

from imgur_sync.imgur.body import Misread, fields, text
from imgur_sync.imgur.plain import plain
from imgur_sync.imgur.transport import Transport
from imgur_sync.imgur.verdict import payload
from imgur_sync.imgur.wire import Call
from imgur_sync.model.outcome import Outcome


def account_name(transport: Transport) -> Outcome[str]:
    """The name of the account, by one GET for one credit (imgur-api §2.3); a refused token is refreshed first."""
    return transport.call(Call("GET", "/3/account/me"), _name)


def _name(body: object) -> str:
    name = plain(text(fields(payload(body), "an account"), "url"), limit=80)
    if not name:
        raise Misread("an account without a name")
    return name

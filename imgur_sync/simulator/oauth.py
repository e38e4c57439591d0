"""Tokens: `/oauth2/token` (imgur-api §1)."""

from __future__ import annotations

import base64
import hashlib

from imgur_sync.simulator.calls import Answer, Call, Routes
from imgur_sync.simulator.changes import Change, PutGrant, Revoke
from imgur_sync.simulator.records import Grant
from imgur_sync.simulator.replies import Refusal, Reply, compact, wrapped

ROUTES = Routes()
KINDS = {"refresh_token": "refresh", "authorization_code": "code", "pin": "pin"}
WRONG = {"refresh": "Invalid refresh token", "code": "Invalid authorization code", "pin": "Invalid Pin"}
UNKNOWN_REFRESH = "Refresh token doesn't exist or is invalid for the client"


@ROUTES.add("POST", "/oauth2/token", cost=0, open_to_all=True)
def token(call: Call) -> Answer:
    """New tokens for a refresh token, a code or a PIN; no Authorization, no credits, the reply not wrapped (H), but
    in 2014 (H, a knob).

    Each refresh answers a new refresh token (a different one is possible, H) and leaves the old one valid, unless the
    fault `rotate` strikes (revoking was seen in 2015-16, M). Codes and PINs work once. Every refusal is a wrapped 400
    (H for a refresh token and a PIN; the texts for a code and for wrong client credentials are unknown).
    """
    fields, world = call.fields, call.world
    client = world.clients.get(fields.text("client_id") or "")
    if client is None or fields.text("client_secret") != client.secret:
        raise Refusal(400, "The client credentials are invalid")
    kind = KINDS.get(fields.text("grant_type") or "")
    if kind is None:
        raise Refusal(400, "Invalid grant_type parameter or parameter missing")
    given = world.grants.get(fields.text("refresh_token" if kind == "refresh" else kind) or "")
    if given is None or given.kind != kind or given.client != client.id or 0 < given.expires <= call.now:
        raise Refusal(400, _wrong(call, kind))
    if call.knobs.pkce == "checked" and given.challenge not in ("", challenge_of(fields.text("code_verifier") or "")):
        raise Refusal(400, WRONG[kind])
    access = Grant("access", world.token("access"), given.account, client.id, call.now + call.options.expires_in)
    refresh = Grant("refresh", world.token("refresh"), given.account, client.id)
    changes: tuple[Change, ...] = (PutGrant(access), PutGrant(refresh))
    if call.rotate or kind != "refresh":
        changes = (*changes, Revoke((given.token,)))
    shown = {
        "access_token": access.token,
        "expires_in": call.options.expires_in,
        "token_type": "bearer",
        "scope": None if call.knobs.scope == "null" else "",
        "refresh_token": refresh.token,
        "account_id": world.accounts[given.account].id,
        "account_username": given.account,
    }
    if call.knobs.token_reply == "wrapped":
        del shown["account_id"]
        return Answer(changes=changes, reply=wrapped(shown, new=False))
    return Answer(changes=changes, reply=Reply(200, compact(shown)))


@ROUTES.add("GET", "/oauth2/secret", cost=0)
def verify_token(call: Call) -> Answer:
    """Whether a Bearer is good: Imgur's documentation has one "verify your tokens" here (H for the address).

    What it answers is unknown: here true, and a 401 to a Client-ID. It costs nothing, as all of `/oauth2/` (H).
    """
    if call.caller.account is None:
        raise Refusal(401, "Authentication required")
    return Answer(True)


def _wrong(call: Call, kind: str) -> str:
    """The text for a wrong token, code or PIN; for a refresh token there are two (H)."""
    return UNKNOWN_REFRESH if kind == "refresh" and call.knobs.refresh_text == "unknown" else WRONG[kind]


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a PKCE verifier (RFC 7636, 4.2)."""
    digest = hashlib.sha256(verifier.encode("ascii", "replace")).digest()
    return base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")

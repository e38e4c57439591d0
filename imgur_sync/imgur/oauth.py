"""Logging in: the address that a person opens, and the trade of what comes back for tokens (imgur-api §1, §9).

Imgur's pages take `response_type` code, pin or token. PKCE (S256) is always sent; whether Imgur heeds it is not known.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass, replace
from enum import StrEnum

from imgur_sync.errors import CredentialsError
from imgur_sync.imgur.auth import TOKEN_COST, Grant
from imgur_sync.imgur.refusals import said
from imgur_sync.imgur.transport import Transport
from imgur_sync.imgur.wire import TOKEN_PATH, Call, Form, Reply
from imgur_sync.model.outcome import Outcome, Problem
from imgur_sync.model.secret import Secret

AUTHORIZE_PATH = "/oauth2/authorize"
INSTEAD = (
    "a refresh token that you have already works without that page (imgur-sync login --refresh-token -), as from "
    "another program that uses your Client-ID; to try everything without an account: imgur-sync demo"
)
"""What to do where Imgur's pages fail; also after "if …, "."""
_ERROR_1024 = re.compile(r"(?i)\berror\b[^0-9]{0,40}\b1024\b|\b1024\b[^0-9]{0,20}\berror\b")
_CLOSED = frozenset({301, 302, 303, 307, 308})


class Flow(StrEnum):
    """How tokens are come by; the values are those of `response_type`, but for the last."""

    CODE = "code"
    PIN = "pin"
    TOKEN = "token"
    REFRESH = "refresh_token"


_GRANT_TYPES = {
    Flow.CODE: ("authorization_code", "code"),
    Flow.PIN: ("pin", "pin"),
    Flow.REFRESH: ("refresh_token", "refresh_token"),
}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One log-in: the page to open, and what only its own answer knows. `state` has 256 bits."""

    call: Call
    state: Secret
    verifier: Secret

    def address(self, origin: str) -> str:
        """The page's address. It holds the state and the challenge, as OAuth needs; no secret, no token."""
        return origin + self.call.target

    def coming_back_to(self, callback: str) -> Attempt:
        """The same attempt with the address of the page that listens by now."""
        query = tuple((name, callback if name == "redirect_uri" else value) for name, value in self.call.query)
        return replace(self, call=replace(self.call, query=query))


def attempt(flow: Flow, client_id: str, callback: str | None) -> Attempt:
    """A new log-in through Imgur's page; `callback` is where the browser is to come back to, None for a PIN."""
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    challenge = base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")
    query = [("client_id", client_id), ("response_type", flow.value), ("state", state)]
    if callback is not None:
        query.append(("redirect_uri", callback))
    query += [("code_challenge", challenge), ("code_challenge_method", "S256")]
    return Attempt(Call("GET", AUTHORIZE_PATH, tuple(query)), Secret(state), Secret(verifier))


def look_ahead(transport: Transport, wanted: Attempt) -> Problem | None:
    """Look at the page before a person is sent there. Raises `CredentialsError` if it says error 1024 or leads away.

    The problem if Imgur cannot be reached. Anything else is left to the browser: a page that a program is refused may
    well open there.
    """
    reply = transport.look(wanted.call)
    if not isinstance(reply, Reply):
        return reply.problem
    if _ERROR_1024.search(said(reply).text):
        raise error_1024()
    place = reply.headers.get("location", "")
    if reply.status in _CLOSED and re.fullmatch(r"(https?://(www\.)?imgur\.com)?/?", place):
        raise CredentialsError(
            "Imgur leads away from its log-in page: it is closed, as the registration of applications is since 2025",
            hint=INSTEAD,
        )
    return None


def redeem(
    transport: Transport, flow: Flow, client_id: str, client_secret: Secret, given: Secret, verifier: Secret | None
) -> Outcome[Grant]:
    """Trade a code, a PIN or a refresh token for tokens. One POST, no credits; a code or a PIN is good for one try."""
    grant_type, name = _GRANT_TYPES[flow]
    form = [
        ("client_id", client_id),
        ("client_secret", client_secret.reveal()),
        ("grant_type", grant_type),
        (name, given.reveal()),
    ]
    if verifier is not None:
        form.append(("code_verifier", verifier.reveal()))
    named = tuple(value for key, value in form if key not in ("client_id", "grant_type"))
    return transport.ask_for_tokens(Call("POST", TOKEN_PATH, body=Form(form), cost=TOKEN_COST, named=named))


def error_1024() -> CredentialsError:
    """Imgur's page shows "Error 1024", as it has for most new log-ins since mid-2025."""
    return CredentialsError("Imgur's log-in page fails with its error 1024, as it often does since 2025", hint=INSTEAD)


def refusal(flow: Flow, problem: Problem) -> CredentialsError:
    """What a refused trade means, and what to do about it."""
    if _ERROR_1024.search(problem.detail):
        return error_1024()
    what = {Flow.CODE: "code", Flow.PIN: "PIN", Flow.TOKEN: "token", Flow.REFRESH: "refresh token"}[flow]
    hint = {
        Flow.PIN: "a PIN is good for one try and for some minutes: log in again; and look at the client secret",
        Flow.REFRESH: "it must be of this very Client-ID, and may have been replaced by a newer one; "
        "look at the client secret, too",
    }.get(flow, "log in again, and look at the client secret")
    return CredentialsError(f"Imgur refuses the {what} ({problem.detail[:100]})", hint=hint)

"""Pages that a person says yes or no on: `/oauth2/authorize`, and the closed `/oauth2/addclient` (imgur-api §1, §9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode, urlsplit

from imgur_sync.simulator.calls import Answer, Call, Routes
from imgur_sync.simulator.changes import Change, PutGrant, Revoke
from imgur_sync.simulator.frame import CALLBACKS, page
from imgur_sync.simulator.records import Grant
from imgur_sync.simulator.replies import Refusal, Reply, wrapped

ROUTES = Routes()
REGISTERED = "http://127.0.0.1:8724/callback"
"""The callback that every application here is registered with."""
LIFE = 600
"""Seconds that a code, a PIN or an open question is good for."""
_SENT = ("client_id", "response_type", "state", "redirect_uri", "code_challenge")


@dataclass(frozen=True, slots=True)
class Wish:
    """What an application asks a person for; `kind` is code, pin or token."""

    client: str
    kind: str
    state: str
    redirect: str
    challenge: str


@ROUTES.add("GET", "/oauth2/authorize", cost=0, open_to_all=True)
def ask(call: Call) -> Answer:
    """The question, with two buttons. Parameters as in the Postman collection (H); what is missing is a 400 (M).

    With the knob `authorize` the page says "Error 1024", or leads to the front page as `/oauth2/addclient` does (H).
    """
    if call.knobs.authorize == "error 1024":
        return _page("Error 1024", "<p>Something went wrong. Please try again later.</p>", 400)
    if call.knobs.authorize == "closed":
        return _to("/", 301)
    wish = _wish(call)
    if isinstance(wish, Answer):
        return wish
    form = Grant("form", call.world.token("form"), "", wish.client, call.now + LIFE)
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(call.fields.text(name) or "")}">' for name in _SENT
    )
    accounts = "".join(f"<option>{escape(name)}</option>" for name in call.world.accounts)
    body = (
        f"<p>Client-ID {escape(wish.client)} asks to see and change your "
        f'albums and pictures.</p><form method="post" action="/oauth2/authorize">{hidden}'
        f'<input type="hidden" name="form" value="{form.token}"><p><label>Account '
        f'<select name="account">{accounts}</select></label></p><p><button name="answer" value="allow">Allow</button> '
        f'<button name="answer" value="deny">Deny</button></p></form>'
    )
    answer = _page("Let an application use your account?", body)
    return Answer(changes=(PutGrant(form),), reply=answer.reply)


@ROUTES.add("POST", "/oauth2/authorize", cost=0, open_to_all=True)
def decide(call: Call) -> Answer:
    """One of the buttons: a redirect for code and token, a page with the PIN (H). A form of no page is a 403 (M)."""
    wish = _wish(call)
    if isinstance(wish, Answer):
        return wish
    form = call.world.grants.get(call.fields.text("form") or "")
    account = call.fields.text("account") or next(iter(call.world.accounts))
    known = form is not None and (form.kind, form.client) == ("form", wish.client) and form.expires > call.now
    if form is None or not known or account not in call.world.accounts:
        raise Refusal(403, "Unauthorized")
    used = Revoke((form.token,))
    if call.fields.text("answer") != "allow":
        if wish.kind == "pin":
            return Answer(changes=(used,), reply=_page("Denied", "<p>No PIN was made.</p>").reply)
        return Answer(changes=(used,), reply=_back(wish, {"error": "access_denied"}))
    changes, reply = _allowed(call, wish, account)
    return Answer(changes=(used, *changes), reply=reply)


@ROUTES.add("GET", "/oauth2/addclient", cost=0, open_to_all=True)
def add_client(call: Call) -> Answer:
    """Registration of applications: closed in 2025, a 301 to the front page since (H)."""
    return _to("/", 301)


def _allowed(call: Call, wish: Wish, account: str) -> tuple[tuple[Change, ...], Reply]:
    """What a yes makes. Tokens come in the fragment of the address, `state` in its query (H)."""
    world, until = call.world, call.now + LIFE
    if wish.kind == "pin":
        pin = Grant("pin", world.token("pin", 10), account, wish.client, until, wish.challenge)
        shown = _page("PIN", f'<p>Type this into the application:</p><p><b id="pin">{pin.token}</b></p>')
        assert shown.reply is not None
        return (PutGrant(pin),), shown.reply
    if wish.kind == "code":
        code = Grant("code", world.token("code"), account, wish.client, until, wish.challenge)
        return (PutGrant(code),), _back(wish, {"code": code.token})
    access = Grant("access", world.token("access"), account, wish.client, call.now + call.options.expires_in)
    refresh = Grant("refresh", world.token("refresh"), account, wish.client)
    fragment = {
        "access_token": access.token,
        "expires_in": str(call.options.expires_in),
        "token_type": "bearer",
        "refresh_token": refresh.token,
        "account_username": account,
        "account_id": str(world.accounts[account].id),
    }
    return (PutGrant(access), PutGrant(refresh)), _back(wish, {}, fragment)


def _wish(call: Call) -> Wish | Answer:
    """What is asked for, or the answer to a request that cannot be."""
    sent = {name: call.fields.text(name) or "" for name in _SENT}
    if not sent["client_id"] or not sent["response_type"]:
        data = {"error": "client_id and response_type are required", "request": "/oauth/authorize"}
        data["method"] = call.method
        return Answer(reply=wrapped(data, new=False, success=False, status=400, http=400))
    if sent["client_id"] not in call.world.clients:
        return _page("Error", "<p>There is no application with this Client-ID.</p>", 400)
    if sent["response_type"] not in ("code", "pin", "token"):
        return _page("Error", "<p>response_type is code, pin or token.</p>", 400)
    heeded = call.knobs.redirect == "sent" and _is_loopback(sent["redirect_uri"])
    redirect = sent["redirect_uri"] if heeded else REGISTERED
    return Wish(sent["client_id"], sent["response_type"], sent["state"], redirect, sent["code_challenge"])


def _is_loopback(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1") and not parts.fragment
    except ValueError:
        return False


def _back(wish: Wish, query: Mapping[str, str], fragment: Mapping[str, str] | None = None) -> Reply:
    """To the application, with the state that it sent."""
    parameters = {**query, **({"state": wish.state} if wish.state else {})}
    address = wish.redirect + (f"?{urlencode(parameters)}" if parameters else "")
    return _redirect(address + (f"#{urlencode(fragment)}" if fragment else ""), 302)


def _to(address: str, status: int) -> Answer:
    return Answer(reply=_redirect(address, status))


def _redirect(address: str, status: int) -> Reply:
    return Reply(status, b"", "text/html; charset=utf-8", {"Location": address, "Cache-Control": "no-store"})


def _page(title: str, body: str, status: int = 200) -> Answer:
    made = page("plain.html", title, status, leads=CALLBACKS, body=body)
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": made.headers["Content-Security-Policy"]}
    return Answer(reply=Reply(status, made.get_data(), "text/html; charset=utf-8", headers))

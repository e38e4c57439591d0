"""The ways to log in: what a person is asked and shown, and what is kept in the end."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

import click

from imgur_sync.cli.credentials import asking, known_settings, logins, token_store
from imgur_sync.cli.redaction import secrets
from imgur_sync.cli.session import is_terminal, note, prompt
from imgur_sync.errors import CredentialsError, UsageError
from imgur_sync.executor import SystemClock
from imgur_sync.executor.ends import error_of
from imgur_sync.imgur.auth import Grant, fingerprint
from imgur_sync.imgur.loopback import Callback, Landing
from imgur_sync.imgur.oauth import INSTEAD, Flow, attempt, error_1024, look_ahead, redeem, refusal
from imgur_sync.model.outcome import Done, NotSent, Refused, Unknown
from imgur_sync.model.ports import Tokens
from imgur_sync.model.secret import Secret
from imgur_sync.state.logins import Login

if TYPE_CHECKING:
    from imgur_sync.imgur.transport import Transport
    from imgur_sync.settings import Settings

_LONGEST = 4096
_NO_CLIENT = (
    "Imgur registers no new applications since 2025: use a Client-ID that you have, in IMGUR_SYNC_CLIENT_ID or with "
    "--client-id; none is bundled. Without one: imgur-sync demo, and imgur-sync simulator"
)


@dataclass(frozen=True, slots=True)
class Asker:
    """What the command line says about how a person is asked."""

    callback: str
    browser: bool
    token_file: str | None

    def check(self, flow: Flow) -> None:
        """Raise `UsageError` before anything is asked or sent."""
        if flow in (Flow.CODE, Flow.TOKEN):
            Callback.parse(self.callback)
        if self.token_file not in (None, "-"):
            path = Path(str(self.token_file))
            # Never echoed: it may well be the token itself.
            if not path.is_file():
                raise UsageError(
                    "--refresh-token takes the name of a file, or - for stdin, and there is no such file",
                    hint="a token on the command line can be read by every user of this machine: pass it on stdin",
                )


def ready_settings(profile: str, flags: Mapping[str, str | None], flow: Flow) -> Settings:
    """Settings with a Client-ID, and with its secret where the flow needs one; a person at a terminal is asked.

    Raises `CredentialsError` that says what is missing.
    """
    import dataclasses

    settings = known_settings(profile, flags)
    person = is_terminal(sys.stdin) and is_terminal(sys.stderr)
    if not settings.client_id:
        if not person:
            raise CredentialsError("there is no Client-ID", hint=_NO_CLIENT)
        note(_NO_CLIENT)
        client_id = _usable(_asked("Client-ID", hidden=False)).reveal()
        settings = known_settings(profile, {**flags, "client_id": client_id})
    if settings.client_secret is None and flow is not Flow.TOKEN:
        if not person:
            raise CredentialsError(
                "there is no client secret, and tokens are given for one only",
                hint="set IMGUR_SYNC_CLIENT_SECRET, or name a file that holds it: --client-secret-file",
            )
        settings = dataclasses.replace(settings, client_secret=_usable(_asked("Client secret", hidden=True)))
    if settings.client_secret is not None:
        secrets.know(settings.client_secret.reveal())
    return settings


def log_in(settings: Settings, flow: Flow, asker: Asker) -> str:
    """Log in and keep what came of it; the account's name, "" if Imgur does not say.

    Tokens first, then the log-in that leads to them: a kill between the two leaves the log-in before as it was. What
    is stored already is replaced only by tokens that Imgur gave just now.
    """
    match flow:
        case Flow.REFRESH:
            given = _refresh_token(asker)
            with asking(settings) as transport, token_store(settings).refreshing():
                return _keep(settings, flow, _redeemed(transport, settings, flow, given, None), given)
        case Flow.PIN:
            with asking(settings) as transport:
                return _keep_alone(settings, flow, _by_pin(transport, settings, asker))
        case Flow.CODE | Flow.TOKEN:
            with asking(settings) as transport:
                return _keep_alone(settings, flow, _by_page(transport, settings, flow, asker))
        case _:
            assert_never(flow)


def overruled(settings: Settings) -> tuple[str, ...]:
    """Sentences about what in the environment wins over the log-in that was just made."""
    tokens, login = token_store(settings).load(), logins(settings).load()
    given = known_settings(settings.profile)
    told: list[str] = []
    token = given.refresh_token
    if tokens is not None and token and token != tokens.refresh and fingerprint(token) != tokens.source:
        told.append("IMGUR_SYNC_REFRESH_TOKEN is another log-in and wins over this one: unset it")
    if login is not None and given.client_id not in (None, login.client_id):
        told.append("IMGUR_SYNC_CLIENT_ID is another application and wins over this log-in: unset it")
    return tuple(told)


def _by_pin(transport: Transport, settings: Settings, asker: Asker) -> Grant:
    wanted = attempt(Flow.PIN, settings.client_id or "", None)
    _look(transport, wanted.address(settings.api_url), lambda: look_ahead(transport, wanted), asker)
    note(f"If it shows error 1024, press Enter instead of a PIN: {INSTEAD}")
    prompt("PIN: ")
    text = sys.stdin.readline(_LONGEST).strip() if sys.stdin is not None else ""
    if not text:
        raise CredentialsError("there is no PIN", hint=f"if Imgur's page failed, {INSTEAD}")
    if "1024" in text and "error" in text.lower():
        raise error_1024()
    return _redeemed(transport, settings, Flow.PIN, _usable(text), wanted.verifier)


def _by_page(transport: Transport, settings: Settings, flow: Flow, asker: Asker) -> Grant:
    """Through the page on this machine that Imgur's page leads back to."""
    callback = Callback.parse(asker.callback)
    blank = attempt(flow, settings.client_id or "", asker.callback)
    with Landing(callback, blank.state, SystemClock(), fragment=flow is Flow.TOKEN) as landing:
        wanted = blank.coming_back_to(landing.address)
        _look(transport, wanted.address(settings.api_url), lambda: look_ahead(transport, wanted), asker)
        note(f"It leads back to {landing.address}, which the Client-ID has to be registered with (else: --flow pin).")
        note(f"Waiting for 5 minutes at most; Ctrl-C stops. If the page shows error 1024, {INSTEAD}")
        found = landing.wait(note)
    if isinstance(found, Grant):
        return found
    secrets.know(found.reveal())
    return _redeemed(transport, settings, flow, found, wanted.verifier)


def _look(transport: Transport, address: str, ahead: Callable[[], object], asker: Asker) -> None:
    from imgur_sync.model.outcome import Problem

    problem = ahead()
    if isinstance(problem, Problem):
        raise error_of(problem)
    note(f"Open this page in a browser, and choose Allow:\n  {address}")
    if asker.browser and _has_desktop():
        # Some browsers are waited for until they are closed.
        threading.Thread(target=_open_browser, args=(address,), name="browser", daemon=True).start()


def _open_browser(address: str) -> None:
    """The address was told already: a browser that does not open is no error."""
    import webbrowser

    with suppress(webbrowser.Error, OSError):
        webbrowser.open(address)


def _has_desktop() -> bool:
    """Whether a browser would open in a window of its own, and not take this terminal over."""
    shown = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))
    return shown or sys.platform in ("darwin", "win32")


def _redeemed(transport: Transport, settings: Settings, flow: Flow, given: Secret, verifier: Secret | None) -> Grant:
    secrets.know(given.reveal())
    outcome = redeem(transport, flow, settings.client_id or "", settings.client_secret or Secret(""), given, verifier)
    match outcome:
        case Done(grant):
            return grant
        case Refused(problem):
            raise refusal(flow, problem)
        case NotSent(problem) | Unknown(problem):
            raise error_of(problem)


def _keep_alone(settings: Settings, flow: Flow, grant: Grant) -> str:
    with token_store(settings).refreshing():
        return _keep(settings, flow, grant, None)


def _keep(settings: Settings, flow: Flow, grant: Grant, given: Secret | None) -> str:
    """Under `refreshing`. A refresh token that was given stays known as the source of the tokens that it led to."""
    refresh = grant.refresh or given or Secret("")
    secrets.know(grant.access.reveal(), refresh.reveal())
    now = time.time()
    tokens = Tokens(
        refresh=refresh,
        access=grant.access,
        expires_at=None if grant.lifetime is None else now + grant.lifetime,
        account=grant.account,
        source="" if given is None else fingerprint(given),
    )
    token_store(settings).save(tokens, anew=True)
    login = Login(settings.client_id or "", settings.client_secret, grant.account, now, flow.value)
    logins(settings).save(login)
    return grant.account


def _refresh_token(asker: Asker) -> Secret:
    if asker.token_file == "-":
        if is_terminal(sys.stdin):
            return _usable(_asked("Refresh token", hidden=True))
        return _usable(sys.stdin.readline(2 * _LONGEST).strip() if sys.stdin is not None else "")
    with open(str(asker.token_file), "rb") as file:
        return _usable(file.read(2 * _LONGEST).decode("utf-8-sig", "replace").strip())


def _asked(what: str, *, hidden: bool) -> str:
    answer: str = click.prompt(what, default="", show_default=False, hide_input=hidden, err=True)
    return answer.strip()


def _usable(text: str) -> Secret:
    """The secret; `CredentialsError` for what no credential can be."""
    if not text or len(text) > _LONGEST or not (text.isascii() and text.isprintable()) or " " in text:
        what = "nothing was given" if not text else "what was given holds blanks, or what is not ASCII, or is too long"
        hint = "copy the bare value again, nothing around it" if text else "the bare value is wanted, on one line"
        raise CredentialsError(what, hint=hint)
    return Secret(text)

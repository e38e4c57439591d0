"""What `doctor` asks Imgur: the way there, whose token this is, what is left, what time it is. GETs only."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from imgur_sync.cli.clock import REMEDY, Watched, disagreement
from imgur_sync.cli.credentials import given_variables, known_settings, logins, profile_of, token_store
from imgur_sync.cli.doctor_hook import hook_findings
from imgur_sync.cli.doctor_secret import Renewals, secret_finding
from imgur_sync.cli.logout import REVOKE
from imgur_sync.cli.redaction import secrets
from imgur_sync.cli.session import Session
from imgur_sync.errors import CredentialsError, ExitCode, ImgurSyncError
from imgur_sync.executor import SystemClock
from imgur_sync.imgur.accounts import account_name
from imgur_sync.imgur.auth import Credentials, fingerprint
from imgur_sync.imgur.origin import Origin
from imgur_sync.imgur.reachable import steps
from imgur_sync.imgur.reader import ImgurReader
from imgur_sync.imgur.transport import READ_ONLY, Transport
from imgur_sync.model.outcome import Done, NotSent, Outcome, Problem, ProblemKind, Refused, Unknown
from imgur_sync.model.ports import Tokens
from imgur_sync.model.spec import AccountSpec
from imgur_sync.report.checkup import Finding, Verdict, fine, problem, warning
from imgur_sync.report.figures import moment, number
from imgur_sync.report.prices import used_up

if TYPE_CHECKING:
    from imgur_sync.settings import Settings

_CREDENTIALS, _LATER = ExitCode.CREDENTIALS, ExitCode.TRY_LATER
_SLACK, _ABSURD = 30.0, 3600.0
_LOG_IN = "log in: imgur-sync login; with a refresh token that you have: imgur-sync login --refresh-token -"


def online_findings(session: Session, account: AccountSpec | None, profile: str | None) -> Iterator[Finding]:
    """Credentials as they are set, the network, then two GETs with them."""
    wish = profile or (account.profile if account is not None else profile_of(session, None))
    anonymous = account is not None and account.mode == "anonymous"
    try:
        settings = known_settings(wish)
        _know(settings)
        found = _credentials(settings, anonymous=anonymous)
    except CredentialsError as error:
        yield problem("credentials", error.message, error.hint, _CREDENTIALS)
        return
    except ImgurSyncError as error:
        yield problem("settings", error.message, error.hint)
        return
    yield found
    yield from hook_findings(settings.hook)
    reachable = True
    for finding in _network(settings):
        reachable = reachable and finding.code is ExitCode.DONE
        yield finding
    if not reachable:
        yield warning("account", "not asked, as Imgur cannot be reached", "mend the network, then run this again")
    elif found.code is ExitCode.DONE:
        yield from _asked(settings, anonymous=anonymous)


def _know(settings: Settings) -> None:
    given = (settings.client_secret, settings.refresh_token, settings.access_token)
    secrets.know(*(secret.reveal() for secret in given if secret))


def _credentials(settings: Settings, *, anonymous: bool) -> Finding:
    """What there is and where it comes from; nothing is sent."""
    profile = f"profile {settings.profile}"
    if not settings.client_id:
        remedy = f"{_LOG_IN}; Imgur registers no new applications since 2025; without one: imgur-sync demo"
        return problem("credentials", f"{profile}: there is no Client-ID", remedy, _CREDENTIALS)
    given = ", ".join(given_variables())
    login = logins(settings).load()
    stored = token_store(settings).load()
    sources = [f"the environment ({given})"] if given else []
    if login is not None and login.client_id == settings.client_id:
        when = moment(login.at, time.time())
        sources.append(f"the log-in of {when}, kept in the {token_store(settings).safe.kept or 'file'}")
    elif stored is not None and _is_used(stored, settings):
        sources.append(f"tokens kept in the {token_store(settings).safe.kept}")
    told = f"{profile}: from {' and '.join(sources) or 'config.toml'}"
    if anonymous:
        return fine("credentials", f"{told}; anonymous mode needs no more than the Client-ID")
    if stored is None and not settings.refresh_token and not settings.access_token:
        return problem("credentials", f"{told}; but there is no token", _LOG_IN, _CREDENTIALS)
    if not settings.client_secret:
        remedy = "set IMGUR_SYNC_CLIENT_SECRET, or log in with it: imgur-sync login"
        return warning("credentials", f"{told}; without a client secret no token can be refreshed", remedy)
    return fine("credentials", told)


def _is_used(stored: Tokens, settings: Settings) -> bool:
    """Whether stored tokens win over the refresh token that the environment gives, if any: they are its successors."""
    given = settings.refresh_token
    return not given or given == stored.refresh or fingerprint(given) == stored.source


def _network(settings: Settings) -> Iterator[Finding]:
    origin = Origin.parse(settings.api_url)
    gone = steps(origin)
    failed = next((step for step in gone if not step.passed), None)
    if failed is None:
        yield fine("network", f"{origin.text}: {'; '.join(step.detail for step in gone)}")
        return
    remedies = {
        "name": "is there a network, does the name server answer?",
        "connection": "does a firewall or a proxy stand between? Imgur also blocks some regions and networks",
        "TLS": "something between here and Imgur breaks the encryption; there is no way to switch the check off",
    }
    remedy = remedies.get(failed.name, "")
    if origin.loopback:
        port = origin.text.rpartition(":")[2]
        remedy = "start the local Imgur: imgur-sync simulator" + (f" --port {port}" if port.isdigit() else "")
    yield problem("network", f"{origin.text}: {failed.detail}", remedy, _LATER)


def _asked(settings: Settings, *, anonymous: bool) -> Iterator[Finding]:
    from imgur_sync.model.spec import BudgetSpec
    from imgur_sync.state.ledger import Caps, SqliteLedger

    spec, clock = BudgetSpec(), SystemClock()
    try:
        with SqliteLedger(
            settings.directories.state / "ledger.db",
            origin=settings.api_url,
            client_id=settings.client_id or "",
            account=settings.profile,
            # A check is to work when nothing else does: what is reserved for others is there for it, too.
            caps=Caps(0, spec.uploads_per_hour, None, strike_approved=True),
            clock=clock,
        ) as ledger:
            watched = Watched(ledger)
            tokens = Renewals(token_store(settings))
            credentials = Credentials(
                settings.client_id or "",
                settings.client_secret,
                settings.refresh_token,
                settings.access_token,
                anonymous=anonymous,
            )
            with Transport(settings.api_url, credentials, watched, tokens, clock, allow=READ_ONLY) as transport:
                for finding in _answers(transport, watched, anonymous=anonymous):
                    yield finding
                    if (finding.check, finding.verdict) == ("account", Verdict.OK):
                        found = secret_finding(settings, tokens)
                        yield from (found,) if found is not None else ()
    except CredentialsError as error:
        yield problem("account", error.message, error.hint, _CREDENTIALS)
    except ImgurSyncError as error:
        yield problem("ledger", error.message, error.hint, error.exit_code)


def _answers(transport: Transport, watched: Watched, *, anonymous: bool) -> Iterator[Finding]:
    if not anonymous:
        match account_name(transport):
            case Done(name):
                yield fine("account", f"Imgur accepts the token, as the account {name}")
            case outcome:
                found = _refused("account", outcome)
                yield found
                if found.code is _CREDENTIALS:  # the same would be said of the limits
                    return
    report = ImgurReader(transport).credits()
    if isinstance(report, Done):
        yield from _limits(report.value.user_remaining, report.value.user_limit, "hour of the account")
        yield from _limits(report.value.client_remaining, report.value.client_limit, "day of the application")
    else:
        yield _refused("limits", report)
    if watched.ahead is not None:
        yield _clock(watched.ahead)


def _limits(left: int, limit: int, what: str) -> Iterator[Finding]:
    told = f"{number(left)} of {number(limit)} credits left in the {what}"
    if left < limit / 10:
        yield warning("limits", told, "a run stops at the limit and says when it goes on: imgur-sync credits")
    else:
        yield fine("limits", told)


def _clock(ahead: float) -> Finding:
    if abs(ahead) <= _SLACK:
        return fine("clock", "this machine's clock and Imgur's agree")
    told = disagreement(ahead)
    return problem("clock", told, REMEDY) if abs(ahead) > _ABSURD else warning("clock", told, REMEDY)


def _refused(check: str, outcome: Outcome[object]) -> Finding:
    found = Problem(ProblemKind.UNEXPECTED, "an answer that says nothing")
    if isinstance(outcome, Refused | NotSent | Unknown):
        found = outcome.problem
    match found.kind:
        case ProblemKind.CREDENTIALS | ProblemKind.CLIENT:
            return problem(check, found.detail, _remedy(found.detail), _CREDENTIALS)
        case ProblemKind.BUDGET | ProblemKind.RATE:
            told = used_up(found.detail, found.limit)
            return warning(check, told, "wait until the limit opens again: imgur-sync credits")
        case _:
            return problem(check, f"Imgur cannot be used now: {found.detail}", "nothing is lost; try later", _LATER)


def _remedy(detail: str) -> str:
    """What to do where Imgur refuses the credentials; it follows what is said already."""
    if "IMGUR_SYNC_CLIENT_ID" in detail:
        return f"Imgur shows both to the owner of the application, at {REVOKE}"
    if "IMGUR_SYNC_CLIENT_SECRET" in detail:
        return ""
    named = [name for name in given_variables() if "TOKEN" in name]
    with suppress(KeyError):
        if named and os.environ[named[0]]:
            return f"{named[0]} is outdated, revoked or of another application: unset it, and {_LOG_IN}"
    return _LOG_IN

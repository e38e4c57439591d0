"""Who we are to Imgur: credentials, and one access token at a time, refreshed by one at a time."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import assert_never

from imgur_sync.errors import CredentialsError
from imgur_sync.imgur.body import Misread, fields, text
from imgur_sync.imgur.wire import TOKEN_PATH, Call, Form
from imgur_sync.model.budget import Cost
from imgur_sync.model.outcome import Done, NotSent, Outcome, Problem, ProblemKind, Refused, Unknown
from imgur_sync.model.ports import Clock, Tokens, TokenStore
from imgur_sync.model.secret import Secret

TOKEN_COST = Cost(posts=1)
LONGEST_LIFE = 315_360_000.0
SHORTEST_LIFE = 60.0
EXPIRY_MARGIN = 30.0
LONGEST_NAME = 256
"""Characters of an account's name that are kept: it is stored beside the tokens, in a file whose size is bounded."""
GRUDGE = 3_600.0
_PRINTABLE = re.compile(r"[\x21-\x7e]{1,4096}\Z")
_ABOUT_CREDENTIALS = frozenset(
    {ProblemKind.CREDENTIALS, ProblemKind.CLIENT, ProblemKind.BAD_REQUEST, ProblemKind.FORBIDDEN}
)
_ON_THE_WAY = frozenset({ProblemKind.NETWORK, ProblemKind.TIMEOUT, ProblemKind.TLS})
_ABOUT_CLIENT = re.compile(r"(?i)\binvalid[_ ]client|\bclient credentials|\bclient_(id|secret)")
NEW_TOKEN = "log in again (imgur-sync login), or put a new one into IMGUR_SYNC_REFRESH_TOKEN"
NO_TOKEN = "there is no token: log in (imgur-sync login), or set IMGUR_SYNC_REFRESH_TOKEN and IMGUR_SYNC_CLIENT_SECRET"
NO_SECRET = "without a client secret no token can be refreshed: imgur-sync login, or set IMGUR_SYNC_CLIENT_SECRET"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the user gave. `anonymous` sends the Client-ID only; else the account's access token is sent.

    Raises `CredentialsError` for values that no header can carry.
    """

    client_id: str
    client_secret: Secret | None = None
    refresh_token: Secret | None = None
    access_token: Secret | None = None
    anonymous: bool = False

    def __post_init__(self) -> None:
        if not self.client_id:
            raise CredentialsError("there is no Client-ID", hint="set IMGUR_SYNC_CLIENT_ID")
        given = {
            "CLIENT_ID": Secret(self.client_id),
            "CLIENT_SECRET": self.client_secret,
            "REFRESH_TOKEN": self.refresh_token,
            "ACCESS_TOKEN": self.access_token,
        }
        for name, value in given.items():
            if value and not _PRINTABLE.match(value.reveal()):
                raise CredentialsError(
                    f"IMGUR_SYNC_{name} holds blanks, line breaks or characters that are not ASCII",
                    hint="copy it again",
                )


@dataclass(frozen=True, slots=True)
class Grant:
    """What the token endpoint gave. `lifetime` in seconds, None when not said or absurd."""

    access: Secret
    refresh: Secret | None
    lifetime: float | None
    account: str


def read_grant(body: object) -> Grant:
    """A token reply, unwrapped or in Imgur's wrapper (imgur-api §1). Raises `Misread`."""
    reply = fields(body, "a token reply")
    if "access_token" not in reply and reply.get("success") is True:
        reply = fields(reply.get("data"), "a token reply")
    access, refresh = text(reply, "access_token"), text(reply, "refresh_token")
    if not _PRINTABLE.match(access) or (refresh and not _PRINTABLE.match(refresh)):
        raise Misread("a token reply without a usable token")
    seconds = reply.get("expires_in")
    lifetime = None
    if isinstance(seconds, int | float) and not isinstance(seconds, bool) and seconds > 0:
        lifetime = min(max(float(seconds), SHORTEST_LIFE), LONGEST_LIFE)
    account = reply.get("account_username")
    return Grant(
        Secret(access),
        Secret(refresh) if refresh else None,
        lifetime,
        account[:LONGEST_NAME] if isinstance(account, str) else "",
    )


class Account:
    """The access token of one account. Thread-safe; other processes are kept out by `TokenStore.refreshing`.

    `ask` sends one call to the token endpoint. A stored token that came from the given refresh token is newer than it
    and wins; any other given token is a new log-in and wins over the store.
    """

    def __init__(
        self, credentials: Credentials, store: TokenStore, clock: Clock, ask: Callable[[Call], Outcome[Grant]]
    ) -> None:
        self._credentials = credentials
        self._store = store
        self._clock = clock
        self._ask = ask
        self._mutex = threading.Lock()
        self._tokens: Tokens | None = None
        self._useless: tuple[Secret, float] | None = None
        self._refused: tuple[Secret, float, Refused] | None = None

    def token(self) -> Secret | NotSent | Refused:
        """An access token to send; refreshed first if there is none or it has expired."""
        with self._mutex:
            if self._tokens is None:
                self._tokens = self._load()
            tokens = self._tokens
        if tokens is not None and tokens.access and not self._expired(tokens):
            return tokens.access
        return self.renewed(tokens.access if tokens is not None else None)

    def renewed(self, stale: Secret | None) -> Secret | NotSent | Refused:
        """An access token other than `stale`: one that somebody else got meanwhile, or a refreshed one.

        A refused refresh is `Refused`; one that did not get through is `NotSent`, as what it was for was not sent.
        """
        with self._store.refreshing():
            tokens = self._load()
            if tokens is None:
                return _refused(NO_TOKEN)
            if tokens.access and tokens.access != stale and not self._expired(tokens):
                self._keep(tokens)
                return tokens.access
            return self._refresh(tokens)

    def useless(self, access: Secret) -> None:
        """A fresh token was refused too: it is not refreshed again for an hour, as that would not help."""
        with self._mutex:
            self._useless = (access, self._clock.monotonic() + GRUDGE)

    def secrets(self) -> tuple[str, ...]:
        """What must not be shown, should Imgur echo it."""
        with self._mutex:
            tokens = self._tokens
        given = self._credentials
        held = [given.client_secret, given.refresh_token, given.access_token]
        held += [tokens.access, tokens.refresh] if tokens is not None else []
        return tuple(secret.reveal() for secret in held if secret)

    def _refresh(self, tokens: Tokens) -> Secret | NotSent | Refused:
        """Under `refreshing`: trade the refresh token. The new tokens are durable before they are used."""
        now = self._clock.monotonic()
        if self._useless is not None and tokens.access == self._useless[0] and now < self._useless[1]:
            return _refused(f"Imgur refuses the access token, also after a refresh: {NEW_TOKEN}")
        if not tokens.refresh:
            return _refused(f"Imgur refuses the access token and there is no refresh token: {NEW_TOKEN}")
        if self._refused is not None and tokens.refresh == self._refused[0] and now < self._refused[1]:
            return self._refused[2]
        if not self._credentials.client_secret:
            return _refused(NO_SECRET)
        outcome = self._ask(self._call(tokens.refresh, self._credentials.client_secret))
        match outcome:
            case Done(grant):
                renewed = self._granted(tokens, grant)
                self._store.save(renewed)
                self._keep(renewed)
                return grant.access
            case Refused(problem) if problem.kind in _ABOUT_CREDENTIALS:
                refusal = Refused(replace(problem, kind=ProblemKind.CREDENTIALS, detail=_why(problem.detail[:80])))
                self._refused = (tokens.refresh, now + GRUDGE, refusal)
                return refusal
            case Unknown(problem) | NotSent(problem) if problem.kind in _ON_THE_WAY:
                return NotSent(problem)
            case Refused(problem) | Unknown(problem) | NotSent(problem):
                return NotSent(replace(problem, detail=f"refreshing the access token: {problem.detail}"[:200]))
        assert_never(outcome)

    def _call(self, refresh: Secret, client_secret: Secret) -> Call:
        form = Form(
            [
                ("client_id", self._credentials.client_id),
                ("client_secret", client_secret.reveal()),
                ("grant_type", "refresh_token"),
                ("refresh_token", refresh.reveal()),
            ]
        )
        return Call("POST", TOKEN_PATH, body=form, cost=TOKEN_COST, named=(refresh.reveal(), client_secret.reveal()))

    def _granted(self, old: Tokens, grant: Grant) -> Tokens:
        """The next generation. `source` stays the first refresh token's, so that the one in the environment is known
        as outdated however often it was traded since."""
        expires_at = None if grant.lifetime is None else self._clock.now() + grant.lifetime
        return Tokens(
            refresh=grant.refresh or old.refresh,
            access=grant.access,
            expires_at=expires_at,
            account=grant.account or old.account,
            source=old.source or fingerprint(old.refresh),
        )

    def _load(self) -> Tokens | None:
        stored, given = self._store.load(), self._credentials.refresh_token
        if stored is not None and given and given != stored.refresh and fingerprint(given) != stored.source:
            stored = None
        if stored is None and (given or self._credentials.access_token):
            return Tokens(refresh=given or Secret(""), access=self._credentials.access_token)
        if stored is not None and stored.access and not _PRINTABLE.match(stored.access.reveal()):
            return replace(stored, access=None)
        return stored

    def _keep(self, tokens: Tokens) -> None:
        with self._mutex:
            self._tokens = tokens

    def _expired(self, tokens: Tokens) -> bool:
        return tokens.expires_at is not None and self._clock.now() >= tokens.expires_at - EXPIRY_MARGIN


def fingerprint(token: Secret) -> str:
    """The SHA-256 of a token, in hex, by which a later generation names where it came from."""
    return hashlib.sha256(token.reveal().encode()).hexdigest()


def _why(said: str) -> str:
    """Which of the credentials Imgur refuses, by its words (imgur-api §1; those for a wrong client are not known for
    sure), and what to do."""
    if _ABOUT_CLIENT.search(said):
        return f"Imgur refuses the application ({said}): check IMGUR_SYNC_CLIENT_ID and IMGUR_SYNC_CLIENT_SECRET"
    return f"Imgur refuses the refresh token ({said}): {NEW_TOKEN}"


def _refused(detail: str) -> Refused:
    return Refused(Problem(ProblemKind.CREDENTIALS, detail))

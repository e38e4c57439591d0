"""The one seam to the network: allow-list, reserve, send, settle, observe, outcome."""

from __future__ import annotations

import functools
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import TypeVar

import httpx

from imgur_sync import __version__
from imgur_sync.errors import ImgurSyncError
from imgur_sync.imgur.auth import Account, Credentials, Grant, read_grant
from imgur_sync.imgur.bounded import Unbounded, collect
from imgur_sync.imgur.deadline import hurry
from imgur_sync.imgur.limits import reading
from imgur_sync.imgur.network import is_tls, words
from imgur_sync.imgur.origin import Origin
from imgur_sync.imgur.plain import plain
from imgur_sync.imgur.refusals import refuses_token
from imgur_sync.imgur.reporting import report
from imgur_sync.imgur.tls import tls_context
from imgur_sync.imgur.verdict import judge, without_account
from imgur_sync.imgur.wire import TOKEN_PATH, Call, OneSending, Reply
from imgur_sync.model.budget import Charge, Denied, Reservation
from imgur_sync.model.outcome import NotSent, Outcome, Problem, ProblemKind, Refused, Unknown
from imgur_sync.model.ports import Clock, Ledger, TokenStore
from imgur_sync.model.secret import Secret

T = TypeVar("T")

READ_ONLY = frozenset({"GET"})
READ_WRITE = frozenset({"GET", "POST", "PUT", "DELETE"})
CONNECTIONS = 32
_BEFORE_SENDING = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_AT_ANY_TIME = (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, RuntimeError)
_log = logging.getLogger(__name__)
_address = functools.lru_cache(maxsize=64)(httpx.URL)  # taking an address apart takes a tenth of a request's work


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to wait: for a connection, for bytes to come, for bytes to go, for a free connection."""

    connect: float = 10.0
    read: float = 60.0
    write: float = 60.0
    pool: float = 3_600.0


class Transport:
    """Sends calls to one origin as one application or account. Thread-safe; nothing is retried but after a refresh.

    `allow` holds the methods that may be sent (`READ_ONLY` for a reader); the token endpoint is always allowed, and
    nothing else than this origin is ever contacted. `http` replaces the network. Raises `UsageError` for an origin
    that credentials may not be sent to. Close it, or use it in a `with`.
    """

    def __init__(
        self,
        origin: str,
        credentials: Credentials,
        ledger: Ledger,
        tokens: TokenStore,
        clock: Clock,
        *,
        allow: frozenset[str],
        http: httpx.BaseTransport | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._origin = Origin.parse(origin)
        self._credentials = credentials
        self._ledger = ledger
        self._clock = clock
        self._allow = allow
        self._http = http
        self._patience = patience or Patience()
        self._account = None if credentials.anonymous else Account(credentials, tokens, clock, self.ask_for_tokens)
        self._client: httpx.Client | None = None
        self._mutex = threading.Lock()
        _quieten("httpx", "httpcore")  # they log addresses at INFO

    def __enter__(self) -> Transport:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections; a later call opens new ones."""
        with self._mutex:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    @property
    def clock(self) -> Clock:
        """The clock that waits and readings are judged by."""
        return self._clock

    def call(self, call: Call, read: Callable[[object], T], reservation: Reservation | None = None) -> Outcome[T]:
        """Send a call and say what became of it. `read` makes the value of the reply's JSON, or raises `Misread`.

        Without a `reservation` the call's cost is reserved here; a brought one is settled here, RETURNED only if the
        outcome is `NotSent`; for a GET it is first changed for a new one. A reply that refuses the access token leads
        to at most one refresh and one more attempt, with a reservation of its own. Raises `ValueError` for a method
        that is not allowed: a mistake of the caller.
        """
        if call.method not in self._allow:
            raise ValueError(f"{call.method} is not allowed here")
        if self._account is None:
            header = f"Client-ID {self._credentials.client_id}"
            return without_account(self._attempt(call, read, header, reservation)[0])
        access = self._first_token(self._account, reservation)
        if not isinstance(access, Secret):
            return access
        outcome, token_refused = self._attempt(call, read, f"Bearer {access.reveal()}", reservation)
        if not token_refused:
            return outcome
        renewed = self._account.renewed(access)
        if not isinstance(renewed, Secret):
            return renewed
        outcome, token_refused = self._attempt(call, read, f"Bearer {renewed.reveal()}", None)
        if token_refused:
            self._account.useless(renewed)
        return outcome

    def _first_token(self, account: Account, reservation: Reservation | None) -> Secret | NotSent | Refused:
        """A token to begin with; without one the call ends here, and so does its reservation."""
        try:
            access = account.token()
        except ImgurSyncError:
            self._settle(reservation, Charge.RETURNED)
            raise
        if isinstance(access, NotSent | Refused):
            self._settle(reservation, Charge.RETURNED if isinstance(access, NotSent) else Charge.SPENT)
        return access

    def look(self, call: Call) -> Reply | NotSent | Unknown:
        """The bare reply to a GET that carries no credentials and costs nothing: a page for people."""
        return self._exchange(call, None)

    def ask_for_tokens(self, call: Call) -> Outcome[Grant]:
        """The one POST that a reader's transport sends too: no Authorization, no credits."""
        return self._attempt(call, read_grant, None, None)[0]

    def _attempt(
        self, call: Call, read: Callable[[object], T], authorization: str | None, reservation: Reservation | None
    ) -> tuple[Outcome[T], bool]:
        """Reserve, send once, settle, observe, report. The second value: whether the reply refused the access token."""
        granted: Reservation | Denied | None = reservation
        if granted is None or call.method == "GET":
            # Kept since before a write for reading it back: what the write's reply said may have closed a limit.
            granted = self._ledger.reserve(call.cost, reservation)
        if isinstance(granted, Denied):
            return NotSent(self._denied(granted)), False
        sent = self._clock.monotonic()
        reply = self._exchange(call, authorization)
        if not isinstance(reply, Reply):
            self._settle(granted, Charge.RETURNED if isinstance(reply, NotSent) else Charge.SPENT)
            return reply, False
        now = self._clock.now()
        # Settled first: a reading counts this request already, and must not find it open beside that.
        self._settle(granted, Charge.SPENT)
        self._observe(reply, granted, now, self._clock.monotonic() - sent)
        outcome = judge(reply, read, now, self._unshown(call))
        report(self._ledger, outcome, reply, call, granted, now)
        return outcome, refuses_token(reply)

    def _exchange(self, call: Call, authorization: str | None) -> Reply | NotSent | Unknown:
        try:
            client = self._connected()
        except OSError as error:
            return NotSent(Problem(ProblemKind.TLS, plain(f"TLS cannot be set up: {words(error)}")))
        sending = OneSending(call.body) if call.body is not None else None
        try:
            return self._answered(client, self._request(call, authorization, sending))
        finally:
            if sending is not None:
                sending.let_go()

    def _answered(self, client: httpx.Client, request: httpx.Request) -> Reply | NotSent | Unknown:
        try:
            response = client.send(request, stream=True, follow_redirects=False)
        except _BEFORE_SENDING as error:
            return NotSent(self._network(error))
        except _AT_ANY_TIME as error:
            return Unknown(self._network(error))
        headers = dict(response.headers.items())  # in one pass; by its keys each would be looked for among all
        body, trouble = b"", None
        try:
            body = collect(response.iter_raw(), headers.get("content-encoding", ""), self._clock)
        except Unbounded as flaw:
            trouble = flaw.problem
        except _AT_ANY_TIME as error:
            trouble = self._network(error)
        finally:
            with suppress(*_AT_ANY_TIME):
                response.close()
        return Reply(response.status_code, headers, body, trouble)

    def _request(self, call: Call, authorization: str | None, sending: OneSending | None) -> httpx.Request:
        assert call.method in self._allow or (call.method, call.path) == ("POST", TOKEN_PATH)
        assert call.path.startswith("/")
        headers = {"User-Agent": f"imgur-sync/{__version__}", "Accept": "*/*", "Accept-Encoding": "gzip"}
        if authorization is not None:
            headers["Authorization"] = authorization
        if call.body is not None:
            headers["Content-Type"] = call.body.content_type
            headers["Content-Length"] = str(call.body.length)
        elif call.method in ("POST", "PUT"):
            headers["Content-Length"] = "0"
        patience = self._patience
        timeout = httpx.Timeout(connect=patience.connect, read=patience.read, write=patience.write, pool=patience.pool)
        return httpx.Request(
            call.method,
            _address(self._origin.text + call.target),
            headers=headers,
            content=sending,
            extensions={"timeout": timeout.as_dict()},
        )

    def _connected(self) -> httpx.Client:
        """The client, made once: loading certificates takes 40 to 110 ms. It keeps no cookies and, for this machine
        itself, uses no proxy."""
        with self._mutex:
            if self._client is None:
                self._client = httpx.Client(
                    transport=self._http,
                    verify=tls_context(trusting=self._http is None and self._origin.text.startswith("https:")),
                    trust_env=not self._origin.loopback,
                    limits=httpx.Limits(
                        max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS, keepalive_expiry=60.0
                    ),
                    cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
                )
                hurry(self._client, self._clock)
            return self._client

    def _observe(self, reply: Reply, answers: Reservation, now: float, took: float) -> None:
        """A ledger that cannot take a reading in must not cost a reply that was received: an id would be lost."""
        try:
            self._ledger.observe(reading(reply.headers, now, took), answers)
        except ImgurSyncError as error:
            _log.warning("the ledger did not take a reading in: %s", error)

    def _settle(self, reservation: Reservation | None, charge: Charge) -> None:
        """A reservation that cannot be settled stays charged, which is safe; a reply is not given up for it."""
        if reservation is None:
            return
        try:
            self._ledger.settle(reservation, charge)
        except ImgurSyncError as error:
            _log.warning("the ledger did not settle a reservation: %s", error)

    def _denied(self, denied: Denied) -> Problem:
        wait = None if denied.resumes_at is None else max(0.0, denied.resumes_at - self._clock.now())
        detail = plain(denied.detail) or f"nothing is left of the limit: {denied.limit.value}"
        return Problem(ProblemKind.BUDGET, detail, resume_after=wait, limit=denied.limit.value)

    def _network(self, error: Exception) -> Problem:
        kind = ProblemKind.NETWORK
        if isinstance(error, httpx.TimeoutException | TimeoutError):
            kind = ProblemKind.TIMEOUT
        elif is_tls(error):
            kind = ProblemKind.TLS
        conceal = () if self._account is None else self._account.secrets()
        text = "no answer came in time" if kind is ProblemKind.TIMEOUT else words(error)
        return Problem(kind, plain(text, conceal) or type(error).__name__)

    def _unshown(self, call: Call) -> tuple[str, ...]:
        return call.named + (() if self._account is None else self._account.secrets())


def _quieten(*loggers: str) -> None:
    for name in loggers:
        logger = logging.getLogger(name)
        if logger.level < logging.WARNING:
            logger.setLevel(logging.WARNING)

"""What became of one request. Retry classes are types; nothing is decided by matching texts outside imgur/."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

T = TypeVar("T")


class ProblemKind(StrEnum):
    """What kind of thing went wrong."""

    BUDGET = "budget"  # our own ledger did not grant the credits; nothing was sent
    RATE = "rate"  # Imgur says: slow down
    OVER_CAPACITY = "over capacity"  # Imgur throttles this address (403) or is overloaded
    CREDENTIALS = "credentials"  # missing, refused or expired, also after one refresh
    CLIENT = "client"  # the application is not known, which Imgur also says now and then of one that is
    FORBIDDEN = "forbidden"  # not ours
    NOT_FOUND = "not found"
    COUNTRY = "country"  # blocked region or CDN refusal
    TOO_LARGE = "too large"
    BAD_TYPE = "bad type"
    BAD_REQUEST = "bad request"  # any other complete 4xx
    SERVER = "server"  # 5xx
    UNEXPECTED = "unexpected answer"  # not understood: HTML, empty, an error inside a success, too large
    TIMEOUT = "timeout"
    NETWORK = "network"
    TLS = "tls"
    REDIRECT = "redirect"


@dataclass(frozen=True, slots=True)
class Problem:
    """One failure. `detail` is safe to show: bounded, one line, no secret. `status` is the HTTP status, 0 when there
    was no reply. `resume_after` is the number of seconds that Imgur (or our ledger) asks to wait, None when not said.
    `limit` names the limit that was hit where that is known: "day", "hour", "posts", "uploads", "run"."""

    kind: ProblemKind
    detail: str
    status: int = 0
    resume_after: float | None = None
    limit: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    """It happened, and this is the reply."""

    value: T


@dataclass(frozen=True, slots=True)
class NotSent:
    """It certainly never reached Imgur: refused connection, connect timeout, or our own ledger said no."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class Refused:
    """A complete answer that says no: any 4xx but 408, 425, 499, whatever its body. It did not happen."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have happened: a timeout, a broken or unintelligible answer, 5xx, an error inside a success."""

    problem: Problem


Outcome = Done[T] | NotSent | Refused | Unknown

"""The closed union of events that a run yields, for whoever shows or logs it. No secrets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imgur_sync.errors import ExitCode
    from imgur_sync.model.budget import LimitName
    from imgur_sync.model.outcome import Problem
    from imgur_sync.model.plan import Plan
    from imgur_sync.model.step import Step
    from imgur_sync.model.synced import RetiredUrl


@dataclass(frozen=True, slots=True)
class Scanning:
    """The folder of an album is being read; `number` of `total` albums."""

    album: str
    number: int
    total: int


@dataclass(frozen=True, slots=True)
class Hashing:
    """`bytes` of a file's content were hashed since the last such event."""

    album: str
    path: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Listing:
    """Imgur is being asked about an album (or, with "", about the account)."""

    album: str


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan was made. The first of a run is the one that was shown; later ones follow what changed since."""

    plan: Plan
    round: int


@dataclass(frozen=True, slots=True)
class UploadStarted:
    """A file is on its way."""

    album: str
    path: str
    size: int


@dataclass(frozen=True, slots=True)
class UploadDone:
    """A picture is up and recorded. `link` is the picture's own address."""

    album: str
    path: str
    size: int
    link: str


@dataclass(frozen=True, slots=True)
class UploadFound:
    """An upload in doubt turned out to have happened; it was not sent twice."""

    album: str
    path: str
    link: str


@dataclass(frozen=True, slots=True)
class UploadFailed:
    """A file was not uploaded. `final`: it is not tried again until it changes."""

    album: str
    path: str
    problem: Problem
    final: bool


@dataclass(frozen=True, slots=True)
class InDoubt:
    """Nobody knows yet whether a request happened; it is settled by reading, at `until` at the earliest."""

    album: str
    what: str
    problem: Problem
    until: float


@dataclass(frozen=True, slots=True)
class StepDone:
    """A step other than an upload is done (and, for edits, read back)."""

    album: str
    step: Step
    link: str = ""


@dataclass(frozen=True, slots=True)
class StepFailed:
    """A step other than an upload was refused."""

    album: str
    step: Step
    problem: Problem


@dataclass(frozen=True, slots=True)
class TwinRemoved:
    """A late twin of an upload or an empty twin of an album turned up and was removed."""

    album: str
    what: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """The run waits: for what, and until when (our clock)."""

    reason: str
    until: float


@dataclass(frozen=True, slots=True)
class Countdown:
    """The run goes on waiting: for what, and how many seconds more."""

    reason: str
    seconds: float


@dataclass(frozen=True, slots=True)
class BudgetReached:
    """A limit is used up; what is left over goes on at `resume_at` (our clock; None: not in this run)."""

    limit: LimitName
    resume_at: float | None


@dataclass(frozen=True, slots=True)
class Warned:
    """Something that a person should know."""

    text: str


@dataclass(frozen=True, slots=True)
class AlbumResult:
    """What became of one album: counts of this run; `problems` are sentences; `link` is the album's page."""

    album: str
    title: str
    uploaded: int = 0
    failed: int = 0
    done: bool = True
    link: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The last event. `codes` are all exit codes that apply, the ruling one first (7 before 3 before 6).

    `credits` is what the ledger charged in this run, `looking` how much of it before the first plan was made, which
    has no part in that plan's price; `resume_at` when to come back (exit 6),
    `retired` the old and new addresses of the pictures that were replaced. `stopped` is True when the run was ended
    before its end: an error follows, `left` is then what nobody saw done, `in_doubt` counts requests that may or may
    not have happened. `lasting` are the codes but for what passes by itself while somebody watches: see `PASSING`.
    """

    codes: tuple[ExitCode, ...]
    albums: tuple[AlbumResult, ...]
    uploaded: int
    uploaded_bytes: int
    edited: int
    deleted: int
    credits: int
    left: Plan
    resume_at: float | None = None
    retired: tuple[RetiredUrl, ...] = ()
    stopped: bool = False
    in_doubt: int = 0
    deleted_albums: int = 0
    looking: int = 0
    lasting: tuple[ExitCode, ...] = ()


Event = (
    Scanning
    | Hashing
    | Listing
    | Planned
    | UploadStarted
    | UploadDone
    | UploadFound
    | UploadFailed
    | InDoubt
    | StepDone
    | StepFailed
    | TwinRemoved
    | Waiting
    | Countdown
    | BudgetReached
    | Warned
    | RunFinished
)

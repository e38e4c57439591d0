"""Every error that imgur-sync raises on purpose, as one tree.

    ImgurSyncError            1    something failed; the message says what
    ├── UsageError           64    the command line cannot be carried out as written
    ├── ManifestError        65    sync.toml cannot be used; carries every problem found
    ├── StateError           65    the state cannot be read, or is not this manifest's
    ├── UnreadableError      65    a file that was handed in is not what it should be
    ├── ApprovalError         3    an approval does not name what the plan withholds
    ├── StaleError            4    the world, the manifest or the plan changed
    ├── LockHeldError         5    another run holds the lock
    ├── BudgetError           6    a limit is used up; run again at the time given
    ├── CredentialsError      8    credentials are missing, refused or expired
    ├── DeclinedError        10    the person at the prompt said no
    ├── TryAgainLaterError   75    Imgur or the network cannot be had now
    │   ├── UnreachableError 75    no answer came at all
    │   └── MadeRoomError    75    a pass of `watch` ended early, to go on later (never reaches a user)
    ├── FileChangedError      1    a file changed between planning and reading (never reaches a user)
    └── InterruptedRun   130/143   SIGINT or SIGTERM; state is safe

Facts are attributes; a sentence is made only at the edge. `hint` says what to do about it. Every command line loads
this module, `--version` too: it imports nothing that click does not.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple


class ExitCode(IntEnum):
    """What the process tells its caller; the table of behaviour is tested against these."""

    DONE = 0
    ERROR = 1
    CHANGES = 2
    GATE = 3
    STALE = 4
    LOCKED = 5
    BUDGET = 6
    PARTIAL = 7
    CREDENTIALS = 8
    DECLINED = 10
    USAGE = 64
    UNREADABLE = 65
    TRY_LATER = 75
    SIGINT = 130
    SIGTERM = 143


class ImgurSyncError(Exception):
    """The root: an error that a user is shown as one message, without a traceback."""

    exit_code: ExitCode = ExitCode.ERROR

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(ImgurSyncError):
    """The command line asks for something that cannot be done as written."""

    exit_code = ExitCode.USAGE


class ManifestProblem(NamedTuple):
    """One thing that is wrong in sync.toml: where, what, and what to write instead.

    `line` and `column` count from 1; 0 means that the place is the whole file.
    """

    line: int
    column: int
    what: str
    remedy: str = ""
    source: str = ""


class ManifestError(ImgurSyncError):
    """sync.toml cannot be used. Carries all problems, in the order of their lines."""

    exit_code = ExitCode.UNREADABLE

    def __init__(self, path: str, problems: tuple[ManifestProblem, ...]) -> None:
        super().__init__(f"{path}: {len(problems)} problem{'s' if len(problems) != 1 else ''}")
        self.path = path
        self.problems = problems


class StateError(ImgurSyncError):
    """The state (or ledger, or token file) cannot be read, or belongs to something else."""

    exit_code = ExitCode.UNREADABLE


class NewerStateError(StateError):
    """A newer version of this program wrote it."""


class UnreadableError(ImgurSyncError):
    """A file that was handed in cannot be read, or is not what it should be."""

    exit_code = ExitCode.UNREADABLE


class ApprovalError(ImgurSyncError):
    """An approval names a gate or a number that this plan does not have; nothing was done."""

    exit_code = ExitCode.GATE


class StaleError(ImgurSyncError):
    """What was to be applied was made for another world. `difference` are lines: what the plan of now has more (+) and
    less (-)."""

    exit_code = ExitCode.STALE

    def __init__(self, message: str, *, hint: str = "", difference: tuple[str, ...] = ()) -> None:
        super().__init__(message, hint=hint)
        self.difference = difference


class LockHeldError(ImgurSyncError):
    """Another run works on the same state; `holder` describes it, `command` is what it said to be ("": not known)."""

    exit_code = ExitCode.LOCKED

    def __init__(self, message: str, *, holder: str = "", hint: str = "", command: str = "") -> None:
        super().__init__(message, hint=hint)
        self.holder = holder
        self.command = command


class CredentialsError(ImgurSyncError):
    """Credentials are missing, refused or expired."""

    exit_code = ExitCode.CREDENTIALS


class BudgetError(ImgurSyncError):
    """A limit is used up before anything could be done; `resume_at` (Unix seconds) says when it opens again. `never`
    says that no time opens it: it has no room for the request even when nothing of it is used."""

    exit_code = ExitCode.BUDGET

    def __init__(self, message: str, *, resume_at: float | None = None, hint: str = "", never: bool = False) -> None:
        super().__init__(message, hint=hint)
        self.resume_at = resume_at
        self.never = never


class DeclinedError(ImgurSyncError):
    """The person at the prompt declined."""

    exit_code = ExitCode.DECLINED


class TryAgainLaterError(ImgurSyncError):
    """Imgur, or the way to it, cannot be had now; nothing is lost by trying later."""

    exit_code = ExitCode.TRY_LATER


class UnreachableError(TryAgainLaterError):
    """Nothing answered where Imgur should be."""


class FileChangedError(ImgurSyncError):
    """A file is not what the plan saw; its album is planned again."""

    def __init__(self, path: str, *, gone: bool = False) -> None:
        super().__init__(f"{path} changed after it was planned")
        self.path = path
        self.gone = gone


class MadeRoomError(TryAgainLaterError):
    """A run that was asked to make room for something else ended after its requests in flight."""


class OutdatedError(ImgurSyncError):
    """Another version of this program was installed, or worked on the same state, while this one ran: it has to be
    started anew."""

    exit_code = ExitCode.TRY_LATER


class InterruptedRun(ImgurSyncError):
    """SIGINT or SIGTERM ended the run; what was received is recorded."""

    def __init__(self, exit_code: ExitCode) -> None:
        super().__init__("stopped; what was done is saved")
        self.exit_code = exit_code

"""Plan files on the command line: which argument is one, reading and writing it."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from imgur_sync.errors import ImgurSyncError, StaleError, UnreadableError, UsageError

if TYPE_CHECKING:
    from imgur_sync.model.reviewed import Expected
    from imgur_sync.report.plan_reading import PlanFile

DIGEST_LENGTH = len("sha256:") + 64
_STREAMS = ("/dev", "/dev/fd", "/proc/self/fd")


def is_plan_file(argument: str) -> bool:
    """Whether an argument names a plan file and not an album: it ends in ".json", or is "-", the standard input."""
    return argument == "-" or argument.lower().endswith(".json")


def named_file(albums: Sequence[str]) -> str:
    """The plan file among the arguments, "" where they are albums. Raises `UsageError` for a file beside others."""
    files = [name for name in albums if is_plan_file(name)]
    if files and len(albums) > 1:
        raise UsageError("a plan file holds its albums itself", hint=f"imgur-sync apply {files[0]}")
    return files[0] if files else ""


def load(name: str) -> PlanFile:
    """The plan file of that name, "-" for stdin. Raises `UnreadableError`, and `StaleError` for an edited one."""
    from imgur_sync.report.escape import terminal
    from imgur_sync.report.plan_reading import MOST_BYTES, read_plan

    shown = "(stdin)" if name == "-" else name
    try:
        if name == "-":
            data = sys.stdin.buffer.read(MOST_BYTES + 1) if sys.stdin is not None else b""
        else:
            with open(name, "rb") as file:
                data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise UnreadableError(f"{terminal(shown, 0)} cannot be read: {error.strerror}") from error
    if len(data) > MOST_BYTES:
        raise UnreadableError(
            f"{terminal(shown, 0)} is larger than any plan", hint="imgur-sync plan -o FILE writes one"
        )
    try:
        return read_plan(data.decode("utf-8"), shown)
    except UnicodeDecodeError:
        raise UnreadableError(f"{terminal(shown, 0)} is not a plan: it is not UTF-8") from None


def write(name: str, text: str) -> None:
    """Write a plan file, whole or not at all; a link in its place is replaced, not followed. Into a device, a pipe or a
    stream of this process it is written as it is. It holds no secret: others may read it as far as the umask says."""
    from imgur_sync.report.plan_reading import MOST_BYTES

    if len(text) > MOST_BYTES:
        raise ImgurSyncError(
            f"the plan is too large for a file: {len(text):,} bytes, and none of more than {MOST_BYTES:,} is read",
            hint="plan some of the albums at a time: imgur-sync plan ALBUM... -o FILE",
        )
    target = Path(name)
    if not target.name:
        raise UsageError("-o names no file", hint="imgur-sync plan -o plan.json")
    if _is_stream(target):
        _pour(target, text)
        return
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as file:
            file.write(text.encode("ascii"))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except OSError as error:
        raise _unwritable(target, error) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _is_stream(target: Path) -> bool:
    """Whether something stands there that cannot be replaced by a file: /dev/null, a pipe, /dev/stdout."""
    try:
        regular = stat.S_ISREG(target.stat().st_mode) or stat.S_ISDIR(target.stat().st_mode)
    except OSError:
        return False
    return not regular or (target.is_symlink() and os.fspath(target.parent) in _STREAMS)


def _pour(target: Path, text: str) -> None:
    try:
        with open(os.open(target, os.O_WRONLY | os.O_APPEND), "wb") as file:
            file.write(text.encode("ascii"))
    except OSError as error:
        raise _unwritable(target, error) from error


def _unwritable(target: Path, error: OSError) -> ImgurSyncError:
    from imgur_sync.report.escape import terminal

    return ImgurSyncError(f"the plan cannot be written to {terminal(os.fspath(target), 0)}: {error.strerror}")


def expected_digest(text: str) -> Expected:
    """`--expect` as what an apply may carry out. Raises `UsageError` for what is no digest of a plan."""
    from imgur_sync.model.reviewed import Expected

    digits = text.removeprefix("sha256:")
    if len(text) != DIGEST_LENGTH or text == digits or set(digits) - set("0123456789abcdef"):
        raise UsageError(
            "--expect takes the digest of a plan, sha256: and 64 hex digits",
            hint="the last line that plan prints has it",
        )
    return Expected(text)


def refuse_offline(plan_file: PlanFile) -> None:
    """A plan that was made without asking Imgur tells nothing of what is there."""
    if plan_file.plan.offline:
        raise StaleError("the plan was made without asking Imgur: it cannot be applied", hint="leave out --offline")

"""The lock of runs for a command that somebody typed: a watch pass gives way to it, any other run does not."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING

from imgur_sync.cli.session import Session, note
from imgur_sync.errors import LockHeldError
from imgur_sync.model.activity import WATCH, WISH_LASTS

if TYPE_CHECKING:
    from pathlib import Path

    from imgur_sync.model.ports import ActivityBoard, Clock, Lock
    from imgur_sync.model.spec import Manifest
    from imgur_sync.state.git_share import SharedState

POLL = 0.25
"""The lock is tried anew after so many seconds."""


@contextmanager
def turn(
    session: Session, manifest: Manifest, command: str, share: SharedState | None = None, *, anew: bool = False
) -> Iterator[None]:
    """The lock of runs of the manifest's state, held under the name of that command while the block lasts; see
    `take_turn`. A state that machines share (`share`, where the caller has it open already) is held too, brought here,
    and put back at the end; `anew`: not brought here, as the block makes another one."""
    from imgur_sync.cli.sharing import shared

    with ExitStack() as stack:
        stack.enter_context(own_turn(session, manifest, command))
        share = share or stack.enter_context(shared(manifest))
        if share is None:
            _no_copy(manifest.state_path)
        begun = stack.enter_context(share.held(command, anew=anew)) if share is not None else 0
        if begun and not session.quiet:
            note(f"A run before this one did not end: what became of {begun} of its requests is looked up.")
        yield


def _no_copy(state_path: Path) -> None:
    """From now on the file is the state itself: no shared one may take its place unasked."""
    from imgur_sync.state.disk import COPY

    mark = state_path.with_name(state_path.name + COPY)
    if mark.exists():
        mark.unlink()


def own_turn(session: Session, manifest: Manifest, command: str) -> AbstractContextManager[None]:
    """The lock of runs of this machine alone."""
    from imgur_sync.cli.wiring import board, run_lock
    from imgur_sync.executor import SystemClock

    path, longest = manifest.state_path, manifest.upload.max_wait
    tell = (lambda text: None) if session.quiet else note
    return take_turn(run_lock(path), board(path), SystemClock(), command, longest, tell=tell)


@contextmanager
def take_turn(
    lock: Lock,
    board: ActivityBoard,
    clock: Clock,
    command: str,
    max_wait: float,
    *,
    tell: Callable[[str], None] = note,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[None]:
    """Hold the lock while the block lasts. Raises `LockHeldError` at once where anything but a watch pass holds it.

    A watch pass is asked to give way by a wish on the board, `tell` says so, and the lock is tried again until it is
    had, for up to `max_wait` seconds; then `LockHeldError` tells who holds it. What `sleep` raises ends the wait.
    """
    with ExitStack() as stack:
        attempt = partial(_tried, stack, lock, command)
        held = attempt()
        latest = clock.monotonic() + max_wait
        if held is not None and max_wait > 0:
            tell(f"Waiting for {held.holder} to give way, for up to {_text(max_wait)}. Ctrl-C ends the wait.")
        while held is not None:
            now = clock.monotonic()
            if now >= latest:
                raise _refusal(held, max_wait)
            with board.wish(command):
                held = _polled(attempt, clock, sleep, min(latest, now + WISH_LASTS / 2), held)
        yield


def _polled(
    attempt: Callable[[], LockHeldError | None],
    clock: Clock,
    sleep: Callable[[float], None],
    until: float,
    held: LockHeldError | None,
) -> LockHeldError | None:
    """Try until the lock is had (None) or that time has come; then who held it last."""
    while held is not None and (now := clock.monotonic()) < until:
        sleep(min(POLL, until - now))
        held = attempt()
    return held


def _tried(stack: ExitStack, lock: Lock, command: str) -> LockHeldError | None:
    """None when the lock is held now; else why not. Raises that where nobody gives way."""
    try:
        stack.enter_context(lock.hold(command))
    except LockHeldError as error:
        if error.command != WATCH:
            raise
        return error
    return None


def _refusal(held: LockHeldError, max_wait: float) -> LockHeldError:
    return LockHeldError(
        f"{held.holder} did not give way within {_text(max_wait)}",
        holder=held.holder,
        hint="Run again, or see what it does: imgur-sync status. [upload] max_wait says how long it is waited.",
        command=held.command,
    )


def _text(seconds: float) -> str:
    from imgur_sync.report.figures import duration

    return duration(seconds)

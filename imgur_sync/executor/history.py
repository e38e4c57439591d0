"""Keeps the history of runs: each run is written down when it begins, and again when it ends, however it does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from imgur_sync.errors import ExitCode, ImgurSyncError
from imgur_sync.model.history import Run

if TYPE_CHECKING:
    from imgur_sync.executor.session import Ports


class RunRecord:
    """What the caller tells of a run that is under way."""

    def __init__(self) -> None:
        self.exit_codes: tuple[ExitCode, ...] = (ExitCode.DONE,)
        self.uploaded_bytes = 0


@contextmanager
def recorded_run(ports: Ports, command: str, albums: Sequence[str] = ()) -> Iterator[RunRecord]:
    """A run of `command` in the history, from now to the end of the block.

    An error that leaves the block gives the exit code, else the record's. A kill leaves a run without an end. An end
    that cannot be written does not hide the error that came before it.
    """
    record = RunRecord()
    run = ports.store.begin_run(Run(0, command, ports.clock.now(), tuple(albums)))
    try:
        yield record
    except ImgurSyncError as error:
        record.exit_codes = (error.exit_code,)
        _end_quietly(ports, run, record)
        raise
    except KeyboardInterrupt:
        record.exit_codes = (ExitCode.SIGINT,)
        _end_quietly(ports, run, record)
        raise
    except Exception:
        record.exit_codes = (ExitCode.ERROR,)
        _end_quietly(ports, run, record)
        raise
    _end(ports, run, record)


def _end_quietly(ports: Ports, run: Run, record: RunRecord) -> None:
    try:
        _end(ports, run, record)
    except ImgurSyncError:
        return


def _end(ports: Ports, run: Run, record: RunRecord) -> None:
    ended = replace(
        run,
        ended_at=ports.clock.now(),
        exit_codes=tuple(code.value for code in record.exit_codes),
        credits=ports.ledger.spent() if ports.ledger is not None else None,
        uploaded_bytes=record.uploaded_bytes,
    )
    ports.store.end_run(ended)

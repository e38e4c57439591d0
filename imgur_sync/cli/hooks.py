"""Tells the user's hook of a run that ended: the last thing that `apply` does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from imgur_sync.cli.redaction import redacted
from imgur_sync.cli.session import note
from imgur_sync.errors import DeclinedError, ImgurSyncError, InterruptedRun, UsageError

if TYPE_CHECKING:
    from imgur_sync.cli.outcome import Outcome
    from imgur_sync.cli.session import Session
    from imgur_sync.cli.wiring import ApplyBench

PATIENCE = 2.0
"""Seconds in which a hook can end within the command: what fails is told then. After them it goes on by itself."""
MOST_GATES = 16
"""Gates that the hook is told of one by one; the document of the run has all."""


class Hooked:
    """What the hook is told, as soon as it is known."""

    def __init__(self, session: Session, albums: Sequence[str]) -> None:
        self._session = session
        self._albums = tuple(albums)
        self._bench: ApplyBench | None = None
        self._outcome: Outcome | None = None

    def follow(self, bench: ApplyBench, outcome: Outcome) -> None:
        """The run begins that the hook is to be told of."""
        self._bench, self._outcome = bench, outcome

    def tell(self, error: ImgurSyncError | None) -> None:
        """Run the hook with the run that ended (if need be by `error`) and with each gate that still holds something
        back. Nothing where no run began, or where the one who typed it knows: declined, stopped before anything was
        done, wrongly called."""
        if self._bench is None or self._outcome is None or not self._bench.hook:
            return
        run = self._outcome.finished
        if run is None and (error is None or isinstance(error, DeclinedError | InterruptedRun | UsageError)):
            return
        from imgur_sync.report.hooks import gate_documents, run_document
        from imgur_sync.watch.hook import Hook

        file = "" if self._session.file == "-" else str(self._bench.manifest.path)
        document = run_document(run, command="apply", manifest=file, albums=self._albums, error=error)
        gates = gate_documents(run.left, command="apply", manifest=file, albums=self._albums) if run is not None else ()
        hook = Hook(self._bench.hook, note, redact=redacted)
        hook.run(document, *gates[:MOST_GATES])
        with suppress(InterruptedRun, KeyboardInterrupt):  # the run has ended: this ends the waiting
            hook.close(PATIENCE)


@contextmanager
def hooked(session: Session, albums: Sequence[str]) -> Iterator[Hooked]:
    """For the time of a run: at its end, also by an error, the hook is told. `albums` are those asked for."""
    hook = Hooked(session, albums)
    try:
        yield hook
    except ImgurSyncError as error:
        hook.tell(error)
        raise
    hook.tell(None)

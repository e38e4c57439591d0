"""Tells what a run did, also when it was ended before its end."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from imgur_sync.cli.redaction import secrets
from imgur_sync.cli.session import is_terminal, note, result
from imgur_sync.errors import BudgetError, ImgurSyncError, InterruptedRun
from imgur_sync.model.event import Event, Planned, RunFinished, TwinRemoved, Warned

if TYPE_CHECKING:
    from imgur_sync.cli.session import Session
    from imgur_sync.model.plan import Plan
    from imgur_sync.model.ports import StateStore

GO_ON = "run apply again to go on"


class Outcome:
    """Watches the events of one run for what is to be told at its end."""

    def __init__(self, session: Session, store: StateStore) -> None:
        self._session = session
        self._store = store
        self._run: RunFinished | None = None
        self._changed = False
        self._said: tuple[str, ...] = ()

    @property
    def finished(self) -> RunFinished | None:
        """The result, once there is one."""
        return self._run

    def plan_shown(self, plan: Plan) -> None:
        """The plan was shown with its notes: the run does not have to say them again."""
        self._said = plan.notes

    def noted(self, events: Iterable[Event]) -> Iterator[Event]:
        """The same events, without warnings that were read as notes of the plan."""
        for event in events:
            if isinstance(event, Warned) and event.text in self._said:
                continue
            if isinstance(event, RunFinished):
                self._run = event
            self._changed = self._changed or isinstance(event, TwinRemoved)
            if isinstance(event, Planned) and event.round == 1 and event.plan.settled:
                self._remark(event.plan)
            yield event

    def _remark(self, plan: Plan) -> None:
        """A plan with nothing to do is not shown; what it has to say all the same, such as albums without a table."""
        from imgur_sync.report.escape import sentence

        if not self._session.quiet:
            for text in plan.notes:
                note(f"note: {sentence(text, 400)}")

    def with_pages(self, run: RunFinished) -> RunFinished:
        """The result, with the address of each album's page."""
        from imgur_sync.cli.stored import album_page

        known = {album.album: self._store.album(album.album) for album in run.albums}
        pages = {key: album_page(album.id) for key, album in known.items() if album is not None and not album.gone}
        albums = tuple(replace(album, link=pages.get(album.album, "")) for album in run.albums)
        return replace(run, albums=albums)

    def tell(self, run: RunFinished, error: ImgurSyncError | None = None) -> None:
        """The result on stdout."""
        from imgur_sync.report.jsons import run_json
        from imgur_sync.report.summary import run_text
        from imgur_sync.report.text import Moment

        if self._session.json:
            text = run_json(run, error)
        else:
            # The page of a hidden album is for the person at the terminal, not for a log that others may read.
            text = run_text(run, Moment(time.time()), links=is_terminal(sys.stdout))
        result(secrets.redact(text) if error is not None else text)
        self._session.told = True

    def cut_short(self, error: ImgurSyncError) -> None:
        """Tell what was done before this error, if the run had begun; and in the error what to type next."""
        if isinstance(error, InterruptedRun):
            if self._run is not None:
                error.hint = GO_ON
            elif not self._changed:
                error.message = "stopped; nothing was changed"
        if isinstance(error, BudgetError) and not error.hint:
            error.hint = "or let it wait by itself: imgur-sync apply --wait"
        if self._run is not None:
            with suppress(ImgurSyncError):  # the state may be what the error is about
                self._run = self.with_pages(self._run)
            self.tell(self._run, error)

"""`imgur-sync history`: the runs so far, and what each did, from the state alone."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from imgur_sync.cli.keys import fitting
from imgur_sync.cli.numbers import Whole
from imgur_sync.cli.session import Session, note, result, shared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgur_sync.model.history import Run, RunStep
    from imgur_sync.model.ports import StateStore
    from imgur_sync.model.synced import RetiredUrl
    from imgur_sync.report.history import ToldRun

MOST = 1_000_000


@click.command("history", short_help="Show what the runs so far did.")
@click.argument("album", required=False)
@click.option("--limit", type=Whole(1, MOST), default=20, show_default=True, metavar="N", help="How many runs.")
@shared()
def command(session: Session, album: str | None, limit: int) -> None:
    """Show the runs of apply, the newest first: when, how each ended, what it did, what it cost.

    With ALBUM (a key, or a pattern of keys) only the runs that did something there, and only that. -v lists the single
    steps of each run and the old and new links of replaced pictures. Read from the state alone: nothing is sent.
    """
    from imgur_sync.report.history import history_json, history_text
    from imgur_sync.report.text import Moment

    told = _told(session, album, limit)
    result(history_json(told) if session.json else history_text(told, Moment(time.time())))


def _told(session: Session, album: str | None, limit: int) -> list[ToldRun]:
    from imgur_sync.cli.moved_keys import by_new_keys
    from imgur_sync.cli.stored import place
    from imgur_sync.report.history import Ending, ToldRun
    from imgur_sync.state.lock import FileLock
    from imgur_sync.state.store import find_store

    where = place(session)
    path = where.state_path
    store = find_store(path, lineage=None, read_only=True)
    if store is None:
        if not session.quiet:
            note("note: nothing was synced here yet, or the state was lost; see: imgur-sync plan")
        return []
    held = FileLock(path.with_name("run.lock")).holder() is not None
    with by_new_keys(session, where, store) as store:
        meant = fitting(album, (made.key for made in store.albums())) if album is not None else None
        newest = next((run.number for run in store.runs(1)), 0)
        found: list[ToldRun] = []
        for run, steps in _runs(store, meant, limit):
            open_ended = Ending.RUNNING if held and run.number == newest else Ending.INTERRUPTED
            ending = Ending.ENDED if run.ended_at is not None else open_ended
            told = ToldRun(run, ending, steps, _retired(store, steps)) if session.verbose else ToldRun(run, ending)
            found.append(told)
    return found


def _runs(store: StateStore, albums: tuple[str, ...] | None, limit: int) -> Iterator[tuple[Run, tuple[RunStep, ...]]]:
    """The runs to tell, each with its steps; those of some albums have their steps and counts only."""
    if albums is None:
        yield from ((run, store.run_steps(run.number)) for run in store.runs(limit))
        return
    count = 0
    for run in store.runs():
        steps = tuple(step for step in store.run_steps(run.number) if step.album in albums) if run.done else ()
        if steps:
            kinds = {step.kind for step in steps}
            done = tuple((kind, sum(step.kind is kind for step in steps)) for kind in sorted(kinds))
            yield replace(run, done=done), steps
            count += 1
        if count == limit:
            return


def _retired(store: StateStore, steps: tuple[RunStep, ...]) -> tuple[RetiredUrl, ...]:
    """The addresses that these steps retired."""
    from imgur_sync.model.history import StepKind

    replaced = {(step.album, step.path, step.detail) for step in steps if step.kind is StepKind.REPLACED}
    albums = sorted({album for album, _, _ in replaced})
    urls = (url for album in albums for url in store.retired(album))
    return tuple(url for url in urls if (url.album, url.path, url.old_id) in replaced)

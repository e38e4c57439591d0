"""Pictures that left their albums and live on: read from the state, told as lines or JSON."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from imgur_sync.cli.keys import exact
from imgur_sync.cli.session import Session, is_terminal, note, prompt
from imgur_sync.errors import DeclinedError, ExitCode, InterruptedRun, UsageError

if TYPE_CHECKING:
    from imgur_sync.cli.wiring import ApplyBench
    from imgur_sync.executor.restoring import Outing
    from imgur_sync.executor.session import Session as Run
    from imgur_sync.executor.tasks import Task
    from imgur_sync.model.ports import StateStore
    from imgur_sync.model.synced import Departure, SyncedPicture


@contextmanager
def reading(session: Session) -> Iterator[StateStore]:
    """The state, read only, without a lock, with the keys that the manifest gives its albums now. Raises `UsageError`
    where nothing was synced yet."""
    from imgur_sync.cli.stored import place
    from imgur_sync.state.store import find_store

    here = place(session)
    store = find_store(here.state_path, lineage=None, read_only=True)
    if store is None:
        raise UsageError("nothing was synced here yet, or the state was lost", hint="see: imgur-sync plan")
    with store:
        if not here.manifest.get("moved"):
            yield store
            return
        from imgur_sync.cli.manifests import load_manifest
        from imgur_sync.executor.renaming import follow

        with store.copy_to_memory() as copy:
            follow(copy, load_manifest(session))
            yield copy


def departures(store: StateStore, albums: Sequence[str]) -> list[Departure]:
    """The pictures that left these albums, or any where none is named, by album and path.

    Raises `UsageError` for an unknown album.
    """
    found = store.departures()
    known = {album.key for album in store.albums()} | {departure.picture.album for departure in found}
    for key in albums:
        exact(key, sorted(known))
    chosen = [departure for departure in found if not albums or departure.picture.album in albums]
    return sorted(chosen, key=lambda d: (d.picture.album, os.fsencode(d.picture.path), d.picture.id))


def line(departure: Departure, now: float) -> str:
    """One picture that left, with its link and how long ago."""
    from imgur_sync.report.escape import address, terminal
    from imgur_sync.report.figures import duration

    picture = departure.picture
    path = terminal(picture.path) if picture.path else "(path not known)"
    since = "earlier" if departure.at is None else f"{duration(max(0.0, now - departure.at))} ago"
    return f"  {terminal(picture.album)}/{path}  left {since}  {address(picture.link)}"


def facts(picture: SyncedPicture) -> Mapping[str, object]:
    """One picture as JSON shows it."""
    return {"album": picture.album, "path": picture.path, "link": picture.link, "size": picture.size}


def run_outing(
    session: Session, bench: ApplyBench, command: str, work: Callable[[Run], Task[None]], outing: Outing
) -> ExitCode:
    """Do the work, showing how it goes; the exit code that follows. Problems are told on stderr."""
    from imgur_sync.cli.following import shown
    from imgur_sync.executor.history import recorded_run
    from imgur_sync.executor.session import Session as Run
    from imgur_sync.report.escape import sentence

    run = Run(bench.ports, bench.manifest, bench.options, bench.writer)
    screen = shown(session, bench.ports.clock)
    with recorded_run(bench.ports, command) as record:
        try:
            with bench.stopper.watching():
                for event in run.scheduler.drive(work(run)):
                    screen.show(event)
        finally:
            screen.close()
        code = ExitCode.PARTIAL if outing.problems or outing.gone else ExitCode.DONE
        code = ExitCode.BUDGET if run.limit_hit is not None else code
        record.exit_codes = (code,)
    for problem in outing.problems:
        note(f"problem: {sentence(problem, 400)}")
    return code


def typed(question: str, expected: str, *, beforehand: str) -> None:
    """Ask at the terminal for exactly this text. Raises `DeclinedError` for any other, `UsageError` without one, which
    says with which option it is answered beforehand."""
    if not is_terminal(sys.stdin):
        raise UsageError("there is no terminal to ask at", hint=f"answer beforehand: {beforehand}")
    prompt(question)
    try:
        answer = sys.stdin.readline()
    except InterruptedRun as stopped:
        note("")
        stopped.message = "stopped; nothing was changed"
        raise
    if not answer.endswith("\n"):
        note("")
    if answer.strip() != expected:
        raise DeclinedError("declined; nothing was changed")

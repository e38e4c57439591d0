"""`imgur-sync purge`: deletes pictures for good that left their albums a while ago, by exact count."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import click

from imgur_sync.cli.departed import departures, facts, line, reading, run_outing, typed
from imgur_sync.cli.session import Session, is_terminal, note, result, shared
from imgur_sync.errors import ApprovalError, ExitCode, StaleError, UsageError

if TYPE_CHECKING:
    from imgur_sync.model.ports import StateStore
    from imgur_sync.model.synced import Departure

GRACE = "7d"
"""How long a picture stays after it left its album, unless another time is asked for."""


@click.command("purge", short_help="Delete pictures for good that left their albums.")
@click.argument("albums", metavar="[ALBUM]...", nargs=-1)
@click.option(
    "--older-than", metavar="TIME", default=GRACE, show_default=True, help="Only those that left longer ago than this."
)
@click.option("--approve", metavar="purge=N", help="Delete exactly N pictures, without a question.")
@shared()
def command(session: Session, albums: tuple[str, ...], older_than: str, approve: str | None) -> int:
    """Delete pictures from Imgur for good that runs took out of ALBUM, or of any album.

    These are the pictures whose files left their folder, and those that others replaced. Their links stop working.
    Each costs 1 credit.

    The pictures are listed first; their exact number has to be typed, or given with --approve. Pictures of protected
    albums stay, and so does what a file in a folder would take back at the next apply, without an upload. The old and
    new links of replaced pictures stay known (imgur-sync links --retired).

    \b
    imgur-sync purge                         list, and ask for the number
    imgur-sync purge cats --older-than 30d   only what left cats a month ago
    imgur-sync purge --approve purge=12      without a question
    """
    grace, number = _seconds(older_than), _number(approve)
    shielded = _protected(session)
    with reading(session) as store:
        due = _due(store, albums, grace, shielded)
        kept, closed = _taken_back(session, store, due)
    found = [departure for departure in due if departure.picture.id not in kept]
    if due or not session.json:
        _show(session, found, [departure for departure in due if departure.picture.id in kept], older_than)
    if found and not session.quiet:
        for folder in closed:
            note(f"note: the folder {folder} cannot be read whole: what it would take back is not known")
    if not found and number is None:
        if session.json:
            result(_document([], []))
        return ExitCode.DONE.value
    again = " ".join(["imgur-sync purge", *map(shlex.quote, albums)])
    again += f" --older-than {shlex.quote(older_than)}" if older_than != GRACE else ""
    _check(len(found), number, again)
    return _purge(session, albums, grace, shielded, found)


def _seconds(text: str) -> float:
    from imgur_sync.manifest.amounts import DAY, Duration

    try:
        return float(Duration(0, 3650 * DAY)(text))
    except ValueError as error:
        raise UsageError(f'--older-than cannot be "{text}"', hint='write a time such as "7d" or "12h"') from error


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    name, _, count = text.partition("=")
    count = count.strip()
    if name.strip() != "purge" or not (count.isascii() and count.isdigit()) or len(count) > 12:
        raise UsageError(f'--approve takes purge=NUMBER here, not "{text}"', hint="for example: --approve purge=12")
    return int(count)


def _protected(session: Session) -> frozenset[str]:
    """The albums that the manifest protects; beside them those whose protection outlives their table."""
    from imgur_sync.cli.manifests import load_manifest

    return frozenset(spec.key for spec in load_manifest(session).albums if spec.protect)


def _due(store: StateStore, albums: Sequence[str], grace: float, shielded: frozenset[str]) -> list[Departure]:
    """The pictures to delete. One that left at a time which is not known counts as having left just now."""
    now = time.time()
    old = [d for d in departures(store, albums) if (now - d.at if d.at is not None else 0.0) >= grace]
    kept = shielded | store.protected()
    return [departure for departure in old if departure.picture.album not in kept]


def _taken_back(
    session: Session, store: StateStore, due: Sequence[Departure]
) -> tuple[frozenset[str], tuple[str, ...]]:
    """The ids of those that the next apply would take back, and the folders that could not be looked into."""
    if not due:
        return frozenset(), ()
    from imgur_sync.cli.manifests import load_manifest
    from imgur_sync.executor import SystemClock
    from imgur_sync.executor.taken_back import taken_back
    from imgur_sync.local.folders import Folders
    from imgur_sync.report.escape import terminal
    from imgur_sync.state.cache import SqliteCache

    manifest = load_manifest(session)
    with SqliteCache(manifest.state_path.with_name("cache.db")) as cache:
        local = Folders(cache, SystemClock())
        kept, closed = taken_back(local, store, manifest, [departure.picture for departure in due])
    return kept, tuple(terminal(folder, 0) for folder in closed)


def _show(session: Session, found: Sequence[Departure], kept: Sequence[Departure], older_than: str) -> None:
    from imgur_sync.report.figures import plural

    tell = note if session.json else lambda text: result(text + "\n")
    if kept:
        one = len(kept) == 1
        tell(
            f"{plural(len(kept), 'picture')} {'is' if one else 'are'} left out: the next apply puts "
            f"{'it' if one else 'them'} back without an upload, as the file is in a folder again:"
        )
        for departure in kept:
            tell(line(departure, time.time()))
    if kept and not found:
        tell("Nothing else to delete.")
        return
    if not found:
        tell(f"Nothing to delete: no picture left an album more than {older_than} ago.")
        return
    now = time.time()
    tell(f"{plural(len(found), 'picture')} left more than {older_than} ago, {plural(len(found), 'credit')} to delete:")
    for departure in found:
        tell(line(departure, now))


def _check(count: int, number: int | None, again: str) -> None:
    """The exact number, given or typed. Raises `ApprovalError` (3) or `DeclinedError` (10)."""
    from imgur_sync.report.figures import plural

    if number is None and not is_terminal(sys.stdin):
        raise ApprovalError(
            f"{plural(count, 'picture')} would be deleted for good; nothing was done",
            hint=f"to delete {'it' if count == 1 else 'them'}: {again} --approve purge={count}",
        )
    if number is None:
        question = f"Links to them stop working, and they cannot be got back. To delete them, type {count}: "
        typed(question, str(count), beforehand=f"--approve purge={count}")
    elif number != count:
        raise ApprovalError(
            f"--approve says {number}, but {plural(count, 'picture')} would be deleted; nothing was done",
            hint=f"look at the list; to delete it: {again} --approve purge={count}" if count else "leave --approve out",
        )


def _purge(
    session: Session, albums: Sequence[str], grace: float, shielded: frozenset[str], found: Sequence[Departure]
) -> int:
    from imgur_sync.cli.adopting import adopt
    from imgur_sync.cli.wiring import applying
    from imgur_sync.executor import Options
    from imgur_sync.executor.purging import purge
    from imgur_sync.executor.renaming import follow
    from imgur_sync.executor.restoring import Outing
    from imgur_sync.report.figures import plural

    outing = Outing()
    fill = partial(adopt, session)
    approved = [departure.picture for departure in found]
    with applying(session, Options(), max_credits=None, adopt=fill, command="purge") as bench:
        follow(bench.ports.store, bench.manifest)
        due = {departure.picture.id for departure in _due(bench.ports.store, albums, grace, shielded)}
        if not due >= {picture.id for picture in approved}:
            raise StaleError(
                "another run changed what left the albums; nothing was done", hint="look at the list again"
            )
        code = run_outing(session, bench, "purge", lambda run: purge(run, approved, outing), outing)
    if session.json:
        done = {picture.id for picture in outing.done}
        result(_document([p for p in approved if p.id in done], [p for p in approved if p.id not in done]))
    else:
        result(f"{plural(len(outing.done), 'picture')} deleted for good.\n")
    return code.value


def _document(done: Sequence[object], left: Sequence[object]) -> str:
    from imgur_sync.model.synced import SyncedPicture
    from imgur_sync.report.jsons import document

    def told(pictures: Sequence[object]) -> list[object]:
        return [facts(picture) for picture in pictures if isinstance(picture, SyncedPicture)]

    return document("purged", {"deleted": told(done), "left": told(left)})

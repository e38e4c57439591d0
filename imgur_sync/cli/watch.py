"""`imgur-sync watch`: keeps every album equal to its folder, for ever."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from imgur_sync.cli.redaction import secrets
from imgur_sync.cli.session import Session, note, result, shared
from imgur_sync.errors import ImgurSyncError, InterruptedRun, UsageError

if TYPE_CHECKING:
    from imgur_sync.watch.events import WatchEvent
    from imgur_sync.watch.telling import Line

PULSE = 3600.0


@click.command("watch", short_help="Keep every album equal to its folder, until Ctrl-C.")
@shared()
def command(session: Session) -> int:
    """Keep every album equal to its folder, until Ctrl-C or SIGTERM.

    Changes of the folders are noticed at once; a file is sent when it has been still for a moment and is whole. A
    picture leaves its album when its file has been missing in two looks a while apart. What a gate holds back waits for
    somebody who types what the log says; what the budget holds back waits for the next window. SIGHUP, or an edit of
    sync.toml, reads the manifest anew. What it does, and what waits for what: imgur-sync status.

    There is nobody to ask: run plan first. One process watches a manifest at a time. With --json each event is one line
    of JSON on stdout.

    \b
    imgur-sync watch             in a terminal
    imgur-sync watch --json      for programs that read the log
    """
    if session.file == "-":
        raise UsageError("watch cannot read the manifest from stdin", hint="name a file with -f")
    from imgur_sync.cli.signals import Stopper, reloading
    from imgur_sync.cli.watching import watching
    from imgur_sync.watch.showing import Shown

    with watching(session, lambda: None, PULSE) as (daemon, stops, live):
        tell, face = _teller(session), Shown(live, daemon)
        try:
            with Stopper(stops.request).watching(), reloading(daemon.request_reload):
                for event in daemon.run():
                    tell(event)
                    face.show(event)
        except ImgurSyncError as error:
            _last(error, session)
            raise
    return 0


def _last(error: ImgurSyncError, session: Session) -> None:
    """The end is one more line of the log on stdout, not a document of its own."""
    from imgur_sync.watch.telling import Level, Line

    if session.json:
        level = Level.INFO if isinstance(error, InterruptedRun) else Level.WARNING
        result(secrets.redact(_json(Line(level, "ended", "", error.message), time.time())) + "\n")
        session.told = True


def _teller(session: Session) -> Callable[[WatchEvent], None]:
    """What writes an event to the log: lines of text on stderr, or of JSON on stdout."""
    from imgur_sync.report.text import Moment
    from imgur_sync.watch.telling import Level, told

    wanted = {Level.WARNING} if session.quiet else {Level.WARNING, Level.INFO}
    wanted |= {Level.DETAIL} if session.verbose or session.debug else set()
    dated = not _journal()

    def tell(event: WatchEvent) -> None:
        now = time.time()
        line = told(event, Moment(now))
        if line.level not in wanted:
            return
        if session.json:
            result(secrets.redact(_json(line, now)) + "\n")
        else:
            note(secrets.redact((f"{datetime.now():%Y-%m-%d %H:%M:%S}  " if dated else "") + line.text))

    return tell


def _json(line: Line, now: float) -> str:
    at = datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds")
    fields = {"at": at, "level": line.level.value, "event": line.event, "album": line.album, "text": line.text}
    return json.dumps(fields, ensure_ascii=True)


def _journal() -> bool:
    """Whether stderr goes to systemd's journal, which dates its lines itself."""
    device, _, inode = os.environ.get("JOURNAL_STREAM", "").partition(":")
    try:
        here = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError, AttributeError):
        return False
    return (device, inode) == (str(here.st_dev), str(here.st_ino))

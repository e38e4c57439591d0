"""`imgur-sync watch`: keeps every album equal to its folder, for ever."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from imgur_sync.cli.redaction import secrets
from imgur_sync.cli.session import Session, note, result, shared
from imgur_sync.errors import UsageError

if TYPE_CHECKING:
    from imgur_sync.watch.events import WatchEvent
    from imgur_sync.watch.telling import Line

PULSE = 3600.0


@click.command("watch", short_help="Keep every album equal to its folder, until Ctrl-C.")
@click.option("--listen", metavar="HOST:PORT", help="Serve a status page there, for this machine only.")
@click.option("--listen-anywhere", is_flag=True, help="Let --listen be an address that others can reach.")
@shared()
def command(session: Session, listen: str | None, listen_anywhere: bool) -> int:
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
    imgur-sync watch --listen 127.0.0.1:8750    with a page that shows it all
    """
    if session.file == "-":
        raise UsageError("watch cannot read the manifest from stdin", hint="name a file with -f")
    from imgur_sync.cli.signals import Stopper, reloading
    from imgur_sync.cli.watch_page import status_page
    from imgur_sync.cli.watching import watching
    from imgur_sync.watch.showing import Shown

    page = status_page(session, listen, anywhere=listen_anywhere)
    with watching(session, page.alive, page.pulse(PULSE), page.reading) as (daemon, stops, live):
        (tell, say), face = _teller(session), Shown(live, daemon)
        with (
            page.served(daemon, live, say),
            Stopper(stops.request).watching(),
            reloading(daemon.request_reload),
        ):
            for event in daemon.run():
                tell(event)
                face.show(event)
                page.show(event)
    return 0


def _teller(session: Session) -> tuple[Callable[[WatchEvent], None], Callable[[str], None]]:
    """What writes an event to the log, and where the status page is: lines of text on stderr, or of JSON on stdout."""
    import time

    from imgur_sync.report.text import Moment
    from imgur_sync.watch.telling import Level, Line, told

    wanted = {Level.WARNING} if session.quiet else {Level.WARNING, Level.INFO}
    wanted |= {Level.DETAIL} if session.verbose or session.debug else set()
    dated = not _journal()

    def tell(event: WatchEvent) -> None:
        write(told(event, Moment(time.time())))

    def write(line: Line) -> None:
        now = time.time()
        if line.level not in wanted:
            return
        if session.json:
            result(secrets.redact(_json(line, now)) + "\n")
        else:
            note(secrets.redact((f"{datetime.now():%Y-%m-%d %H:%M:%S}  " if dated else "") + line.text))

    return tell, lambda text: write(Line(Level.INFO, "listening", "", text))


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

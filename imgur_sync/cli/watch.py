"""`imgur-sync watch`: keeps every album equal to its folder, for ever."""

from __future__ import annotations

import click

from imgur_sync.cli.session import Session, shared
from imgur_sync.errors import ImgurSyncError, UsageError

PULSE = 3600.0
"""Seconds between two signs of life where no service manager asks for them."""


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
    from imgur_sync.cli.audience import Audience
    from imgur_sync.cli.signals import Stopper, reloading
    from imgur_sync.cli.watching import watching
    from imgur_sync.watch.notify import ServiceNotifier

    notifier = ServiceNotifier()
    pulse = notifier.interval / 2 if notifier.interval else PULSE
    with watching(session, notifier.alive, pulse) as (daemon, stops, live):
        audience = Audience(session, daemon, live, notifier)
        try:
            with Stopper(stops.request).watching(), reloading(audience.reload):
                for event in daemon.run():
                    audience.take(event)
        except ImgurSyncError as error:
            audience.ended(error)
            raise
        finally:
            audience.close()
    return 0

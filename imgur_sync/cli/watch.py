"""`imgur-sync watch`: keeps every album equal to its folder, for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imgur_sync.cli.extras import events_option
from imgur_sync.cli.session import Session, shared
from imgur_sync.errors import ImgurSyncError, UsageError

if TYPE_CHECKING:
    from imgur_sync.cli.watch_page import StatusPage

PULSE = 3600.0
"""Seconds between two signs of life where no service manager asks for them."""


@click.command("watch", short_help="Keep every album equal to its folder, until Ctrl-C.")
@click.option("--listen", metavar="HOST:PORT", help="Serve a status page there, for this machine only.")
@click.option("--listen-anywhere", is_flag=True, help="Let --listen be an address that others can reach.")
@shared()
@events_option
def command(session: Session, listen: str | None, listen_anywhere: bool) -> int:
    """Keep every album equal to its folder, until Ctrl-C or SIGTERM.

    Changes of the folders are noticed at once; a file is sent when it has been still for a moment and is whole. A
    picture leaves its album when its file has been missing in two looks a while apart. What a gate holds back waits for
    somebody who types what the log says; what the budget holds back waits for the next window. SIGHUP, or an edit of
    sync.toml, reads the manifest anew. What it does, and what waits for what: imgur-sync status.

    There is nobody to ask: run plan first. One process watches a manifest at a time. With --json each event is one line
    of JSON on stdout; with --events FILE the same lines go there, beside the log.

    \b
    imgur-sync watch             in a terminal
    imgur-sync watch --json      for programs that read the log
    imgur-sync watch --listen 127.0.0.1:8750    with a page that shows it all
    """
    if session.file == "-":
        raise UsageError("watch cannot read the manifest from stdin", hint="name a file with -f")
    from imgur_sync.cli.watch_page import status_page

    _watch(session, status_page(session, listen, anywhere=listen_anywhere))
    return 0


def _watch(session: Session, page: StatusPage) -> None:
    """Have a daemon tell all who listen what it does, until it ends by an error or a signal."""
    from imgur_sync.cli.audience import Audience
    from imgur_sync.cli.signals import Stopper, reloading
    from imgur_sync.cli.watching import watching
    from imgur_sync.watch.notify import ServiceNotifier

    notifier = ServiceNotifier()
    pulse = notifier.interval / 2 if notifier.interval else PULSE

    def alive() -> None:
        notifier.alive()
        page.alive()

    with watching(session, alive, page.pulse(pulse), page.reading) as (daemon, stops, live):
        audience = Audience(session, daemon, live, notifier)
        try:
            with (
                page.served(daemon, live, audience.say),
                Stopper(stops.request).watching(),
                reloading(audience.reload),
            ):
                for event in daemon.run():
                    audience.take(event)
                    page.show(event)
        except ImgurSyncError as error:
            audience.ended(error)
            raise
        finally:
            audience.close()

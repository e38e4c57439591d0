"""Fills a new state with what is ours on Imgur, for `state rebuild` and for an `apply` that finds no state."""

from __future__ import annotations

from imgur_sync.cli.following import shown
from imgur_sync.cli.session import Session
from imgur_sync.cli.wiring import Bench
from imgur_sync.executor.rebuilding import rebuild
from imgur_sync.executor.session import Session as Run


def adopt(session: Session, bench: Bench) -> tuple[int, int]:
    """Adopt what carries our markers, showing how it goes; returns how many albums and pictures there are."""
    run = Run(bench.ports, bench.manifest, bench.options)
    screen = shown(session, bench.ports.clock)
    try:
        with bench.stopper.watching():
            for event in run.scheduler.drive(rebuild(run)):
                screen.show(event)
    finally:
        screen.close()
    albums = bench.ports.store.albums()
    return len(albums), sum(len(bench.ports.store.pictures(album.key)) for album in albums)

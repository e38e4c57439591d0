"""`imgur-sync state`: repairs of the state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imgur_sync.cli.session import Session, result, shared

if TYPE_CHECKING:
    from imgur_sync.cli.wiring import Bench


@click.group("state", short_help="Repair the state.")
def command() -> None:
    """Repair the state, which remembers what is on Imgur. `apply` keeps it; this is for when it is lost or damaged."""


@command.command("rebuild", short_help="Make a new state from what is on Imgur.")
@shared()
def rebuild(session: Session) -> None:
    """Make a new state from the markers that every upload carries. Nothing is uploaded, nothing on Imgur is changed.

    Costs 1 credit for each hundred pictures of the account and each album looked into. The manifest must name its
    lineage. A state that is there is kept beside the new one, whatever its condition.
    """
    from imgur_sync.cli.wiring import rebuild_state
    from imgur_sync.report.figures import plural
    from imgur_sync.report.jsons import document

    (albums, pictures), kept = rebuild_state(session, lambda bench: _fill(session, bench))
    if session.json:
        content = {"albums": albums, "pictures": pictures, "kept": str(kept) if kept is not None else None}
        result(document("state_rebuild", content))
        return
    result(f"Recognised {plural(pictures, 'picture')} in {plural(albums, 'album')}.\n")
    if kept is not None:
        result(f"The state before is kept as {kept.name}.\n")
    result("Look at what is left to do: imgur-sync plan\n")


def _fill(session: Session, bench: Bench) -> tuple[int, int]:
    """Adopt what carries our markers; returns how many albums and pictures there are."""
    from imgur_sync.cli.following import shown
    from imgur_sync.executor.rebuilding import rebuild as adopt
    from imgur_sync.executor.session import Session as Run

    run = Run(bench.ports, bench.manifest, bench.options)
    screen = shown(session, bench.ports.clock)
    try:
        with bench.stopper.watching():
            for event in run.scheduler.drive(adopt(run)):
                screen.show(event)
    finally:
        screen.close()
    albums = bench.ports.store.albums()
    return len(albums), sum(len(bench.ports.store.pictures(album.key)) for album in albums)

"""One look without Imgur, and one pass: what both find out goes to the standings."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace

from imgur_sync.executor import Options, apply, make_plan
from imgur_sync.executor.history import recorded_run
from imgur_sync.model.event import Planned, RunFinished
from imgur_sync.model.spec import Manifest
from imgur_sync.watch.events import WatchEvent
from imgur_sync.watch.precedence import with_uploads_kept
from imgur_sync.watch.site import RoomWanted, Site
from imgur_sync.watch.standing import Standings


def peek(site: Site, manifest: Manifest, keys: Sequence[str], standings: Standings) -> Iterator[WatchEvent]:
    """Look at the folders of these albums and at what is known of Imgur, for no credit: is there anything to do now?"""
    options = Options(albums=tuple(keys), offline=True)
    with site.peeking(with_uploads_kept(manifest, keys)) as ports:
        for event in make_plan(ports, manifest, options):
            if isinstance(event, Planned):
                yield from standings.looked(event.plan, keys)
            else:
                site.alive()
                yield event


def run_pass(
    site: Site, manifest: Manifest, keys: tuple[str, ...], standings: Standings, room_wanted: RoomWanted
) -> Generator[WatchEvent, None, RunFinished]:
    """One run over these albums (none named: all). Returns how it ended; raises what ended it before its end."""
    aged = replace(manifest, budget=replace(manifest.budget, remote_max_age=manifest.watch.remote_max_age))
    with site.passing(with_uploads_kept(aged, keys), Options(albums=keys), room_wanted) as bench:
        with recorded_run(bench.ports, "watch", keys) as record:
            run: RunFinished | None = None
            for event in apply(bench.ports, bench.writer, bench.manifest, bench.options, lambda plan: True):
                site.alive()
                yield event
                if isinstance(event, Planned) and event.round == 1:
                    yield from standings.planned(event.plan)
                if isinstance(event, RunFinished):
                    run = event
            assert run is not None, "a run ends with its result"
            record.exit_codes, record.uploaded_bytes = run.codes, run.uploaded_bytes
        meant = keys or tuple(spec.key for spec in manifest.albums)
        yield from standings.looked(run.left, meant, run)
    return run

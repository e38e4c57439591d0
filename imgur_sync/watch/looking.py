"""One look without Imgur, and one pass: what both find out goes to the standings."""

from __future__ import annotations

from collections.abc import Collection, Generator, Sequence
from dataclasses import replace

from imgur_sync.executor import Options, Ports, apply, make_plan
from imgur_sync.executor.history import recorded_run
from imgur_sync.model.event import Planned, RunFinished
from imgur_sync.model.plan import Plan
from imgur_sync.model.ports import StateStore
from imgur_sync.model.spec import Manifest
from imgur_sync.model.step import Upload
from imgur_sync.model.synced import Standing, SyncedPicture
from imgur_sync.watch.absences import SHORT
from imgur_sync.watch.events import WatchEvent
from imgur_sync.watch.precedence import with_uploads_kept
from imgur_sync.watch.site import RoomWanted, Site
from imgur_sync.watch.standing import Standings

Looked = tuple[tuple[str, ...], frozenset[str]]
"""Albums that were looked at, and those that pictures which are to be sent were made for."""


def peek(
    site: Site, manifest: Manifest, keys: Sequence[str], standings: Standings
) -> Generator[WatchEvent, None, Looked]:
    """Look at the folders of these albums and at what is known of Imgur, for no credit: is there anything to do now?

    Where a picture that is to be sent was made for another album, that one is looked at, too: the file may have been
    moved, and the folder that it left is told of a moment later, or never. Returns the albums that were looked at,
    and those that such pictures were made for.
    """
    looked = tuple(keys)
    while True:
        with site.peeking(with_uploads_kept(manifest, looked)) as ports:
            plan = yield from _planned(site, ports, manifest, looked)
            givers = _givers(ports.store, manifest, plan)
        more = tuple(key for key in givers if key not in looked)
        if not more:
            yield from standings.looked(plan, looked)
            return looked, frozenset(givers)
        looked += more


def _planned(site: Site, ports: Ports, manifest: Manifest, keys: tuple[str, ...]) -> Generator[WatchEvent, None, Plan]:
    plan: Plan | None = None
    for event in make_plan(ports, manifest, Options(albums=keys, offline=True)):
        if isinstance(event, Planned):
            plan = event.plan
        else:
            site.alive()
            yield event
    assert plan is not None, "a plan ends with its result"
    return plan


def _givers(store: StateStore, manifest: Manifest, plan: Plan) -> tuple[str, ...]:
    """The albums that have or had pictures of what is to be sent."""
    steps = (step for album in plan.albums for step in album.wanted)
    sent = {step.digest[:SHORT] for step in steps if isinstance(step, Upload)}
    if not sent:
        return ()
    keys = (spec.key for spec in manifest.albums)
    return tuple(key for key in keys if any(_gives(picture, sent) for picture in store.pictures(key)))


def _gives(picture: SyncedPicture, sent: Collection[str]) -> bool:
    return picture.standing in (Standing.PLACED, Standing.DETACHED) and picture.digest[:SHORT] in sent


def run_pass(
    site: Site, manifest: Manifest, keys: tuple[str, ...], standings: Standings, room_wanted: RoomWanted
) -> Generator[WatchEvent, None, RunFinished]:
    """One run over these albums (none named: all). Returns how it ended; raises what ended it before its end."""
    aged = replace(manifest, budget=replace(manifest.budget, remote_max_age=manifest.watch.remote_max_age))
    apart = standings.quarrelled() | standings.unusable()
    others = frozenset(spec.key for spec in manifest.albums if spec.key not in keys) - apart
    with (
        site.absences.leaving_out(others if keys else frozenset()),
        site.passing(with_uploads_kept(aged, keys), Options(albums=keys), room_wanted) as bench,
    ):
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
        meant = tuple(dict.fromkeys((*meant, *standings.outside(), *(album.album for album in run.left.albums))))
        yield from standings.looked(run.left, meant, run)
    return run

"""One look without Imgur, and one pass: what both find out goes to the standings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

from imgur_sync.errors import ImgurSyncError
from imgur_sync.executor import Options, Ports, apply, make_plan
from imgur_sync.executor.history import recorded_run
from imgur_sync.model.event import Event, Planned, RunFinished
from imgur_sync.model.plan import Plan
from imgur_sync.model.ports import StateStore
from imgur_sync.model.spec import Manifest
from imgur_sync.model.step import Upload
from imgur_sync.model.synced import Standing, SyncedPicture
from imgur_sync.watch.absences import SHORT
from imgur_sync.watch.events import WatchEvent
from imgur_sync.watch.precedence import with_uploads_kept
from imgur_sync.watch.site import PassBench, RoomWanted, Site
from imgur_sync.watch.standing import Standings
from imgur_sync.watch.turns import LONGEST_YEARS

Looked = tuple[tuple[str, ...], frozenset[str]]
"""Albums that were looked at, and those that pictures which are to be sent were made for."""


def peek(
    site: Site, manifest: Manifest, keys: Sequence[str], standings: Standings, room_wanted: RoomWanted
) -> Generator[WatchEvent, None, Looked]:
    """Look at the folders of these albums and at what is known of Imgur, for no credit: is there anything to do now?

    Where a picture that is to be sent was made for another album, that one is looked at, too: the file may have been
    moved, and the folder that it left is told of a moment later, or never. Returns the albums that were looked at,
    and those that such pictures were made for. Raises what `room_wanted` returns, if that is an error.
    """
    looked = tuple(keys)
    while True:
        with site.peeking(with_uploads_kept(manifest, looked)) as ports:
            standings.heed(ports.store)
            plan = yield from _planned(site, replace(ports, room_wanted=room_wanted), manifest, looked)
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
    site: Site,
    manifest: Manifest,
    keys: tuple[str, ...],
    standings: Standings,
    room_wanted: RoomWanted,
    looking: AbstractContextManager[Callable[[int], None] | None],
) -> Generator[WatchEvent, None, RunFinished]:
    """One run over these albums (none named: all). Returns how it ended; raises what ended it before its end. `looking`
    surrounds it; one that looks for changes on Imgur tells there what that cost, before it does anything.
    """
    with looking as looked:
        return (yield from _run(site, _aged(manifest, looked), keys, standings, room_wanted, looked))


def _aged(manifest: Manifest, looked: Callable[[int], None] | None) -> Manifest:
    """The manifest for a pass. A look at everything lists no album for its age: each has a turn of its own."""
    oldest = manifest.watch.remote_max_age if looked is None else LONGEST_YEARS
    return replace(manifest, budget=replace(manifest.budget, remote_max_age=oldest))


def _run(
    site: Site,
    manifest: Manifest,
    keys: tuple[str, ...],
    standings: Standings,
    room_wanted: RoomWanted,
    looked: Callable[[int], None] | None,
) -> Generator[WatchEvent, None, RunFinished]:
    apart = standings.quarrelled() | standings.unusable()
    others = frozenset(spec.key for spec in manifest.albums if spec.key not in keys) - apart
    left_out = others if keys else frozenset()
    with site.passing(with_uploads_kept(manifest, keys), Options(albums=keys), room_wanted, left_out) as bench:
        with recorded_run(bench.ports, "watch", keys) as record:
            run: RunFinished | None = None
            for event in _applied(bench, looked):
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


def _applied(bench: PassBench, looked: Callable[[int], None] | None) -> Iterator[Event]:
    """The events of the run; what looking cost is told with the first plan, or with the error that came before it."""
    events = apply(bench.ports, bench.writer, bench.manifest, bench.options, lambda plan: True)
    untold = looked
    try:
        for event in events:
            if untold is not None and isinstance(event, Planned):
                untold(event.plan.observation_reads)
                untold = None
            yield event
    except ImgurSyncError:
        if untold is not None and bench.ports.ledger is not None:
            untold(bench.ports.ledger.spent())
        raise

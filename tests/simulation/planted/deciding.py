"""Mistakes in what is decided: the order of steps, gates, waits, exit codes, whose a picture is."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from imgur_sync.errors import BudgetError, ExitCode
from imgur_sync.executor import album_run, applying, finishing, planning, session
from imgur_sync.executor.session import Session
from imgur_sync.executor.tasks import Do, Pause, Task
from imgur_sync.executor.writing import note_limit
from imgur_sync.imgur import limits
from imgur_sync.imgur.keys import ById
from imgur_sync.imgur.transport import READ_ONLY, READ_WRITE
from imgur_sync.imgur.writer import ImgurWriter
from imgur_sync.model.budget import POST_COST, LimitName, Reservation
from imgur_sync.model.event import Planned
from imgur_sync.model.plan import AlbumPlan, Plan
from imgur_sync.model.spec import AlbumSpec, Privacy, Prune
from imgur_sync.model.step import CreateAlbum
from imgur_sync.planner import confirm, retry, target
from imgur_sync.planner.marker import album_marker
from imgur_sync.planner.price import Price, price_albums
from imgur_sync.state import lessons
from tests.simulation.planted.needing import both, fault, holding
from tests.simulation.planted.patching import Bug, everywhere, methods, together


def widen_privacy_first() -> AbstractContextManager[Any]:
    """Any change of the privacy goes before the uploads, not only one that narrows."""
    return everywhere(target._narrows, lambda view, privacy: Privacy(privacy) is not target.current_privacy(view))


def retry_after_0_loop() -> AbstractContextManager[Any]:
    """`Retry-After: 0` is obeyed to the letter."""

    def park(self: Session, problem: Any, decision: retry.Park, latest: float | None = None) -> Task[None]:
        seconds = None if decision.until is None else decision.until - self.clock.now()
        if seconds is None or seconds > 1.0 or not decision.again:
            yield from waiting(self, problem, decision, latest)
        else:
            yield Pause(self.clock.monotonic() + max(0.0, seconds))

    def learned(connection: Any, scope: Any, refusal: Any, own_cap: Any, now: float) -> None:
        if refusal.wait != 0.0:
            learn(connection, scope, refusal, own_cap, now)

    waiting, learn = session.Session.park, lessons.learn
    return together(
        everywhere(learn, learned),
        patch.object(limits, "SHORTEST_WAIT", 0.0),
        patch.object(retry, "SHORTEST_PAUSE", 0.0),
        methods(session.Session, park=park),
    )


def exit_0_on_partial() -> AbstractContextManager[Any]:
    """What was left over is told, and the exit code is 0."""
    codes = finishing._codes

    def fine(run: Session, plan: Plan) -> tuple[ExitCode, ...]:
        return tuple(code for code in codes(run, plan) if code is not ExitCode.PARTIAL) or (ExitCode.DONE,)

    return everywhere(codes, fine)


def plan_does_a_post() -> AbstractContextManager[Any]:
    """A plan makes the albums that are missing, to be able to name them; for that it may write."""
    look = planning.look

    def looked(run: Session, world: planning.World, specs: Any) -> Task[None]:
        yield from look(run, world, specs)
        new = [plan for plan in world.plans.values() if any(isinstance(step, CreateAlbum) for step in plan.steps)]
        if run.writer is None and not run.options.offline and run.ports.ledger is not None:
            writer = ImgurWriter(run.reader()._transport, ById())
            for plan in new:
                grant = run.ports.ledger.reserve(POST_COST)
                marker = album_marker(run.store.lineage, plan.album)
                if isinstance(grant, Reservation):
                    yield Do(lambda g=grant, m=marker, p=plan: writer.create_album(p.title, m, Privacy.HIDDEN, g))

    return together(everywhere(look, looked), everywhere(READ_ONLY, frozenset({*READ_WRITE, "HEAD"})))


def stale_plan_accepted() -> AbstractContextManager[Any]:
    """The digest that was asked for is not compared."""
    return everywhere(applying.accept, lambda session, world, plan: None)


def delete_foreign_image() -> AbstractContextManager[Any]:
    """With prune = "delete" whatever has no file in the folder is deleted, whoever put it there."""
    run = album_run._run

    def all_of_it(run_: Session, spec: AlbumSpec, plan: AlbumPlan) -> Task[None]:
        yield from run(run_, spec, plan)
        synced = run_.store.album(spec.key)
        listing = run_.listings.get(synced.id) if synced is not None else None
        if spec.prune is Prune.DELETE and listing is not None and run_.writer is not None and not run_.anonymous:
            for image in sorted(set(listing.ids) - run_.store.known(listing.ids)):
                grant = yield from album_run_reserve(run_)
                yield Do(lambda i=image, g=grant: run_.writer.delete_image(i, g))

    return everywhere(run, all_of_it)


def album_run_reserve(run: Session) -> Task[Reservation]:
    """A credit for one more call."""
    from imgur_sync.executor.writing import reserve
    from imgur_sync.model.budget import CALL_COST

    return (yield from reserve(run, CALL_COST))


def close_an_unseen_round() -> AbstractContextManager[Any]:
    """When the budget ends while it is looked again, the albums are closed with the plan of the round before."""

    def rounds(run: Session, world: planning.World, plan: Plan, deeds: Any) -> Task[Plan]:
        number, acts, waits = 1, 0, 0
        waited = 0.0
        while acts < applying.MAX_ROUNDS:
            number += 1
            acted = yield from applying._act(run, world, plan)
            if not acted:
                pause = applying._pause(run, plan, waits, waited)
                if pause is None:
                    break
                waits += 1
                waited += pause
                yield Pause(run.clock.monotonic() + pause)
                run.listings.clear()
            else:
                acts, waits = acts + 1, 0
            try:
                plan = yield from applying._look_again(run, world)
            except BudgetError as limit:
                note_limit(run, LimitName.HOUR, limit.resume_at)
                run.unseen = True
                plan = _not_done(plan)
                break
            run.emit(Planned(plan, number))
        applying.remember_lost_texts(run, plan)
        applying._close(run, world, plan)
        return plan

    return everywhere(applying._rounds, rounds)


def _not_done(plan: Plan) -> Plan:
    albums: list[AlbumPlan] = []
    for album in plan.albums:
        held = tuple(item.step for item in album.withheld) + tuple(item.step for item in album.deferred)
        albums.append(replace(album, wanted=held, steps=()))
    return replace(plan, albums=tuple(albums), price=Price(), total=price_albums(albums, wanted=True))


def unanswered_edit_is_ignored() -> AbstractContextManager[Any]:
    """An edit whose request may never have arrived counts as one that Imgur did not take over."""
    ignored = confirm.ignored_fields
    return everywhere(ignored, lambda wish, listing: ignored(replace(wish, answered=True), listing))


BUGS = (
    Bug(
        "widen privacy first",
        "an album is published before its pictures change",
        widen_privacy_first,
        holding("privacy", "public"),
    ),
    Bug("Retry-After 0 loop", "a wait of no seconds is no wait", retry_after_0_loop, fault("retry-after-0")),
    Bug("exit 0 on partial", "what is left over does not show in the exit code", exit_0_on_partial),
    Bug("plan does a POST", "looking changes something", plan_does_a_post),
    Bug(
        "stale plan accepted",
        "another plan than the one that was looked at is applied",
        stale_plan_accepted,
        holding("between"),
    ),
    Bug(
        "delete foreign image",
        "a picture without a file is deleted, whosever it is",
        delete_foreign_image,
        both(holding("op", "add"), holding("prune", "delete")),
    ),
)

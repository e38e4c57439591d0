"""How one API request is served: arrive, faults, identify, meter, decide, commit, reply."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import NoReturn

from werkzeug.wrappers import Response

from imgur_sync.simulator.announcing import Dressed, dressed, limit_headers, reset_headers
from imgur_sync.simulator.auth import identify, is_local
from imgur_sync.simulator.breaking import broken
from imgur_sync.simulator.calls import Answer, Call, Caller, Route
from imgur_sync.simulator.changes import Note, Settle
from imgur_sync.simulator.cors import shared
from imgur_sync.simulator.etags import tagged
from imgur_sync.simulator.faults import ConnectionDropped, Fault, Faults
from imgur_sync.simulator.job import Job
from imgur_sync.simulator.options import Knobs, Options
from imgur_sync.simulator.records import Request
from imgur_sync.simulator.refusals import OVER_CAPACITY, over_limit
from imgur_sync.simulator.replies import Refusal, Reply, refused, wrapped
from imgur_sync.simulator.sent import Sent
from imgur_sync.simulator.troubles import BETWEEN, strike_world
from imgur_sync.simulator.waits import Waits
from imgur_sync.simulator.wire import read_fields
from imgur_sync.simulator.world import World

ORIGINS = 16
RAPIDAPI = "HTTP_X_RAPIDAPI_KEY"
"""What the commercial front at rapidapi.com asks for; replies there announce no limits (M)."""
UPLOADS = frozenset(("/3/upload", "/3/image"))


class Desk:
    """Serves API requests. The world's lock is held to decide and commit, never while sleeping or reading a body."""

    def __init__(self, world: World, options: Options, sleep: Callable[[float], object] | None = None) -> None:
        self.world = world
        self.options = options
        self.knobs = options.knobs
        self.faults = Faults()
        self.waits = Waits(sleep)
        self._origins: dict[tuple[str, ...], str] = {}
        world.count_in(options.windows)
        world.remember_last(options.history)
        if options.chaos:
            self.faults.let_loose({"seed": options.chaos})

    def turn(self, knobs: Knobs) -> None:
        """Put other knobs in force."""
        with self.world.lock:
            self.knobs = knobs
            self.remember()

    def remember(self) -> None:
        """Have the world remember as far back as reads may be asked to lag."""
        with self.world.lock:
            lag = max(self.knobs.lag, self.faults.longest_stale())
            self.world.images.lag = self.world.albums.lag = lag

    @contextlib.contextmanager
    def promptly(self, method: str, path: str) -> Iterator[bool]:
        """Whether a request is an upload that waits for nothing while the block runs: no latency, no fault, no lock."""
        if method != "POST" or path not in UPLOADS or self.options.latency or not self.world.lock.acquire(False):
            yield False
            return
        self.world.lock.release()
        with self.faults.held_off() as none:
            yield none

    def serve(self, route: Route, params: Mapping[str, str], sent: Sent) -> Dressed | Response:
        """The reply to a request for that route. ConnectionDropped if there is to be none."""
        job = self._arrive(route, params, sent)
        try:
            return self._answer(job)
        finally:
            if not job.kept:
                job.let_go(self.world.blobs)

    def _answer(self, job: Job) -> Dressed | Response:
        self._meddle(job)
        self._pause(job, after=False)
        scripted, cut, drop = job.fault("reply"), job.fault("body"), job.fault("drop_before")
        if drop or scripted is not None or cut is not None:
            response = self._turn_away(job, scripted.reply if scripted else wrapped(True, new=False))
            if drop is not None:
                self._drop(drop, committed=False)
            return response
        reply = self._execute(job)
        self._pause(job, after=True)
        if reply is None:
            self._drop(job.fault("drop_after"), committed=job.note.committed)
        return reply

    def _drop(self, fault: Fault | None, *, committed: bool) -> NoReturn:
        """Close the connection as the fault says: at once, or when a client has long given up."""
        how = (fault.how if fault else "") or "closed"
        if fault is not None and how == "timeout":
            self.waits.wait(fault.seconds, fault)
        raise ConnectionDropped(committed, how)

    def _arrive(self, route: Route, params: Mapping[str, str], sent: Sent) -> Job:
        fields = read_fields(sent.content_type, sent.body(), sent.query)
        path, method = sent.path.rstrip("/") or "/", sent.method
        number, now = self.world.arrive(), self.world.clock.now()
        struck = self.faults.strike(method, path, number, now)
        self._not_reached(struck, method, path, number)
        note = Request(
            n=number,
            time=now,
            method=method,
            path=path,
            route=route.rules[0],
            ip=sent.ip,
            post=method == "POST" and not route.open,
        )
        received = route.prepare(self.world, self.options, fields) if route.prepare else None
        # What was received is stored, and need not be in memory any longer.
        return Job(route, params, note, sent.environ, self._origin(sent), fields.without_files(), received, struck)

    def _origin(self, sent: Sent) -> str:
        """What links begin with. A few are remembered, for Werkzeug is slow to tell."""
        key = sent.addressed()
        found = self._origins.get(key)
        if found is None:
            found = sent.origin()
            self._origins = {**dict(list(self._origins.items())[-ORIGINS:]), key: found}
        return found

    def _not_reached(self, struck: list[Fault], method: str, path: str, number: int) -> None:
        """A connection that never came about: nothing is charged, counted or in the history but the fault."""
        fault = next((fault for fault in struck if fault.kind == "unreachable"), None) if struck else None
        if fault is None:
            return
        self.faults.note(fault, method, path, number)
        if fault.how == "timeout":
            self.waits.wait(fault.seconds, fault)
        raise ConnectionDropped(False, "no-connection" if fault.how == "timeout" else fault.how)

    def _meddle(self, job: Job) -> None:
        """What other programs and people do just before this request."""
        if not job.struck:
            return
        anonymous = (job.authorization or "").lower().startswith("client-id")
        for fault in job.struck:
            if fault.kind in BETWEEN and not strike_world(
                self.world, self.options.limits, fault, anonymous=anonymous, ip=job.note.ip
            ):
                job.missed.append(fault)

    def _pause(self, job: Job, *, after: bool) -> None:
        if self.options.latency:
            self.waits.wait(self.options.latency / 2)
        for fault in job.struck:
            if fault.kind == "delay" and fault.after == after and fault.seconds:
                self.waits.wait(fault.seconds, fault)

    def _turn_away(self, job: Job, reply: Reply | None) -> Dressed | Response:
        """Answer with a script, or not at all; nothing is charged or changed, but a POST counts (M, seen with 417)."""
        job.pass_by()
        with self.world.lock:
            job.note.time = self.world.settle()
            with contextlib.suppress(Refusal):
                self._identify(job)
            return self._note(job, None if job.fault("drop_before") else reply)

    def _execute(self, job: Job) -> Dressed | Response | None:
        """Decide and commit under the lock; None if no reply is to be sent."""
        with self.world.lock:
            job.note.time = self.world.settle()
            caller: Caller | None = None
            answer = Answer()
            late = job.fault("late")
            try:
                caller = self._admit(job)
                if late is not None:
                    job.note.credits = self._cost(job)
                    self._note(job, None)
                    job.kept = True
                    self.world.later(job.note.time + late.seconds, partial(self._commit_late, job, caller))
                    return None
                answer, reply = self._decide(job, caller, job.note.time)
                if job.note.method == "GET" and answer.reply is None:
                    reply = tagged(reply, job.environ.get("HTTP_IF_NONE_MATCH"))
                job.note.credits = self._cost(job)
            except Refusal as refusal:
                reply = refused(refusal, job.note.method, job.note.path, new=self._new(job), number=job.note.n)
                job.note.credits = 0 if job.route.upload or job.note.refused_by or caller is None else self._cost(job)
                job.note.upload = False
            job.note.committed = bool(answer.changes)
            scripted = job.fault("reply", after=True)
            if scripted is not None and scripted.reply is not None:
                reply = scripted.reply
            lost = job.fault("drop_after") is not None or job.lost()
            sent = None if lost else job.spoil(reply)
            response = self._note(job, sent, answer)
            return None if sent is None else response

    def _identify(self, job: Job) -> Caller:
        note = job.note
        if job.route.open:
            note.client = job.fields.text("client_id") or ""
            return Caller(note.client, None, note.ip)
        if self.knobs.local_origin == "refused" and is_local(job.environ.get("HTTP_ORIGIN", "")):
            raise Refusal(403, OVER_CAPACITY, shape="bare")
        authorization = job.authorization
        if authorization is None and job.route.by_query and (client := job.fields.text("client_id")):
            authorization = f"Client-ID {client}"
        errors = job.route.by_query or (self.knobs.shape == "v1" and note.path.startswith("/3/album"))
        caller = identify(self.world, authorization, note.ip, note.time, errors=errors, knobs=self.knobs)
        note.client, note.user = caller.client, caller.user
        return caller

    def _admit(self, job: Job) -> Caller:
        caller, note = self._identify(job), job.note
        if job.route.open:
            return caller
        note.upload = job.route.upload
        meters, limits, cost = self.world.meters, self.options.limits, self._cost(job)
        note.refused_by = meters.refusal(note, cost, limits)
        if note.refused_by:
            raise over_limit(note.refused_by, meters.wait(note, cost, limits), self.knobs)
        return caller

    def _cost(self, job: Job) -> int:
        """What the call costs, in credits; that of one call is not known (L)."""
        return self.knobs.credits_cost if job.note.route == "/3/credits" else job.route.cost

    def _decide(self, job: Job, caller: Caller, at: float) -> tuple[Answer, Reply]:
        new = self._new(job)
        job.bend()
        stale = job.fault("stale")
        call = Call(
            world=self.world,
            options=self.options,
            knobs=self.knobs,
            caller=caller,
            method=job.note.method,
            params=job.params,
            fields=job.fields,
            origin=job.origin,
            now=at,
            n=job.note.n,
            new=new,
            received=job.received,
            rotate=job.fault("rotate") is not None,
            stale=stale.seconds if stale else 0.0,
            path=job.note.path,
        )
        answer = job.route.handler(call)
        return answer, answer.reply or wrapped(answer.data, new=new)

    def _commit_late(self, job: Job, caller: Caller, at: float) -> None:
        """Do at last what a withheld request asked for, in the world as it is then; a refusal is lost."""
        try:
            answer, _ = self._decide(job, caller, at)
        except Refusal:
            job.let_go(self.world.blobs)
            return
        if answer.changes:
            self.world.commit([*answer.changes, Settle(job.note.n)], at)

    def _new(self, job: Job) -> bool:
        return self.knobs.shape == "v1" or (self.knobs.shape == "mixed" and job.route.upload and not job.legacy)

    def _note(self, job: Job, reply: Reply | None, answer: Answer | None = None) -> Dressed | Response:
        """Commit the request with what it changes, and dress the reply."""
        with self.world.lock:
            note = job.note
            note.status = reply.status if reply else None
            note.faults = tuple(fault.name for fault in job.effective())
            self.world.commit([*(answer.changes if answer else ()), Note(note)], note.time)
            job.kept = note.committed
            response = Dressed(500, [], b"") if reply is None else self._dressed(job, reply)
            for fault in job.effective():
                self.faults.note(fault, note.method, note.path, note.n)
            return response

    def _dressed(self, job: Job, reply: Reply) -> Dressed | Response:
        note, knobs = job.note, self.knobs
        scripted = job.fault("reply") or job.fault("reply", after=True)
        bare = scripted or RAPIDAPI in job.environ
        limits = [] if bare else limit_headers(note, reply.status, knobs, self.options.limits, self.world.meters)
        whole = dressed(reply, note, limits if scripted else [*limits, *shared(knobs, note.path).items()])
        if not job.struck:
            return whole
        response = whole.response()
        for fault in job.struck:
            if fault.kind == "headers" and not reset_headers(response, fault.more):
                job.missed.append(fault)
            elif fault.kind == "body":
                response = broken(response, fault, note.committed, self.waits.wait)
        return response

"""How one API request is served: arrive, faults, identify, meter, decide, commit, reply."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from flask import Response, request
from werkzeug.http import http_date

from imgur_sync.simulator.auth import identify
from imgur_sync.simulator.calls import Answer, Call, Caller, Received, Route
from imgur_sync.simulator.changes import Note, Settle
from imgur_sync.simulator.faults import ConnectionDropped, Fault, Faults
from imgur_sync.simulator.options import Headers, Knobs, Options
from imgur_sync.simulator.records import Request
from imgur_sync.simulator.refusals import over_limit
from imgur_sync.simulator.replies import Refusal, Reply, refused, wrapped
from imgur_sync.simulator.wire import Fields, read_fields
from imgur_sync.simulator.world import World


@dataclass(slots=True)
class Job:
    """A request on its way through the desk."""

    route: Route
    params: Mapping[str, str]
    note: Request
    authorization: str | None
    origin: str
    fields: Fields
    received: Received | Refusal | None
    struck: list[Fault]

    def fault(self, kind: str, *, after: bool = False) -> Fault | None:
        """The first fault of that kind which strikes this request at this time."""
        return next((fault for fault in self.struck if fault.kind == kind and fault.after == after), None)


class Desk:
    """Serves API requests. The world's lock is held to decide and commit, never while sleeping or reading a body."""

    def __init__(self, world: World, options: Options, sleep: Callable[[float], object] = time.sleep) -> None:
        self.world = world
        self.options = options
        self.knobs = options.knobs
        self.faults = Faults()
        self._sleep = sleep
        world.count_in(options.windows)

    def turn(self, knobs: Knobs) -> None:
        """Put other knobs in force."""
        with self.world.lock:
            self.knobs = knobs
            self.world.images.lag = self.world.albums.lag = knobs.lag

    def serve(self, route: Route, params: Mapping[str, str]) -> Response:
        """The reply to the current Flask request. ConnectionDropped if there is to be none."""
        job = self._arrive(route, params)
        self._pause(job, after=False)
        scripted = job.fault("reply")
        if job.fault("drop_before") or scripted is not None:
            response = self._turn_away(job, scripted.reply if scripted else None)
            if job.fault("drop_before"):
                raise ConnectionDropped(committed=False)
            return response
        reply = self._execute(job)
        self._pause(job, after=True)
        if reply is None:
            raise ConnectionDropped(job.note.committed)
        return reply

    def _arrive(self, route: Route, params: Mapping[str, str]) -> Job:
        body = request.get_data(cache=False, parse_form_data=False)
        fields = read_fields(request.headers.get("Content-Type", ""), body, request.query_string.decode("latin-1"))
        path = request.path.rstrip("/") or "/"
        struck = self.faults.strike(request.method, path)
        note = Request(
            n=self.world.arrive(),
            time=self.world.clock.now(),
            method=request.method,
            path=path,
            route=route.rules[0],
            ip=request.remote_addr or "",
            post=request.method == "POST" and not route.open,
            faults=tuple(fault.kind for fault in struck),
        )
        received = route.prepare(self.world, self.options, fields) if route.prepare else None
        authorization = request.headers.get("Authorization")
        origin = request.host_url.rstrip("/")
        return Job(route, params, note, authorization, origin, fields, received, struck)

    def _pause(self, job: Job, *, after: bool) -> None:
        seconds = self.options.latency / 2
        seconds += sum(fault.seconds for fault in job.struck if fault.kind == "delay" and fault.after == after)
        if seconds:
            self._sleep(seconds)

    def _turn_away(self, job: Job, reply: Reply | None) -> Response:
        """Answer with a script, or not at all; nothing is charged or changed, but a POST counts (M, seen with 417)."""
        with self.world.lock:
            job.note.time = self.world.settle()
            with contextlib.suppress(Refusal):
                self._identify(job)
            return self._note(job, None if job.fault("drop_before") else reply)

    def _execute(self, job: Job) -> Response | None:
        """Decide and commit under the lock; None if no reply is to be sent."""
        with self.world.lock:
            job.note.time = self.world.settle()
            caller: Caller | None = None
            answer = Answer()
            late = job.fault("late")
            try:
                caller = self._admit(job)
                if late is not None:
                    job.note.credits = job.route.cost
                    self._note(job, None)
                    self.world.later(job.note.time + late.seconds, partial(self._commit_late, job, caller))
                    return None
                answer, reply = self._decide(job, caller, job.note.time)
                job.note.credits = job.route.cost
            except Refusal as refusal:
                reply = refused(refusal, job.note.method, job.note.path, new=self._new(job.route), number=job.note.n)
                job.note.credits = 0 if job.route.upload or job.note.refused_by or caller is None else job.route.cost
                job.note.upload = False
            job.note.committed = bool(answer.changes)
            scripted = job.fault("reply", after=True)
            if scripted is not None and scripted.reply is not None:
                reply = scripted.reply
            sent = None if job.fault("drop_after") else reply
            response = self._note(job, sent, answer)
            return None if sent is None else response

    def _identify(self, job: Job) -> Caller:
        note = job.note
        if job.route.open:
            note.client = job.fields.text("client_id") or ""
            return Caller(note.client, None, note.ip)
        errors = self.knobs.shape == "v1" and note.path.startswith("/3/album")
        caller = identify(self.world, job.authorization, note.ip, note.time, errors=errors, knobs=self.knobs)
        note.client, note.user = caller.client, caller.user
        return caller

    def _admit(self, job: Job) -> Caller:
        caller, note = self._identify(job), job.note
        if job.route.open:
            return caller
        note.upload = job.route.upload
        meters, limits, cost = self.world.meters, self.options.limits, job.route.cost
        note.refused_by = meters.refusal(note, cost, limits)
        if note.refused_by:
            raise over_limit(note.refused_by, meters.wait(note, cost, limits), self.knobs)
        return caller

    def _decide(self, job: Job, caller: Caller, at: float) -> tuple[Answer, Reply]:
        new = self._new(job.route)
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
        )
        answer = job.route.handler(call)
        return answer, answer.reply or wrapped(answer.data, new=new)

    def _commit_late(self, job: Job, caller: Caller, at: float) -> None:
        """Do at last what a withheld request asked for, in the world as it is then; a refusal is lost."""
        try:
            answer, _ = self._decide(job, caller, at)
        except Refusal:
            return
        if answer.changes:
            self.world.commit([*answer.changes, Settle(job.note.n)], at)

    def _new(self, route: Route) -> bool:
        return self.knobs.shape == "v1" or (self.knobs.shape == "mixed" and route.upload)

    def _note(self, job: Job, reply: Reply | None, answer: Answer | None = None) -> Response:
        """Commit the request with what it changes, and dress the reply."""
        with self.world.lock:
            note = job.note
            note.status = reply.status if reply else None
            self.world.commit([*(answer.changes if answer else ()), Note(note)], note.time)
            response = Response(reply.body if reply else b"", status=reply.status if reply else 500)
            if reply is not None:
                response.headers["Content-Type"] = reply.content_type
                response.headers["Date"] = http_date(note.time)
                if not reply.edge and not job.fault("reply") and not job.fault("reply", after=True):
                    response.headers.update(self._limit_headers(note, reply.status))
                for name, value in reply.headers.items():
                    response.headers[name] = value
            return response

    def _limit_headers(self, note: Request, status: int) -> dict[str, str]:
        """Rate-limit headers in the chosen spelling and unit (imgur-api §3, H); X-Post only on POST, in seconds (H)."""
        knobs, limits, meters = self.knobs, self.options.limits, self.world.meters
        if not note.client or not note.user or _bare(knobs.headers, note.path, status):
            return {}
        shown = {}
        for name, value in meters.remaining(note.client, note.user, note.time, limits).items():
            epoch = name.endswith("Reset") and knobs.reset_unit == "epoch"
            shown[f"X-RateLimit-{name}"] = str(int(value + note.time) if epoch else value)
        if note.post:
            limit, left, reset = meters.posts_remaining(note.ip, note.time, limits)
            shown["X-Post-Rate-Limit-Limit"] = str(limit)
            shown["X-Post-Rate-Limit-Remaining"] = str(left)
            shown["X-Post-Rate-Limit-Reset"] = str(reset)
        if knobs.header_case == "lower":
            return {name.lower(): value for name, value in shown.items()}
        return shown


def _bare(headers: Headers, path: str, status: int) -> bool:
    """Whether a reply goes out without rate-limit headers."""
    account, error = path.startswith(("/3/account", "/3/credits")), status >= 400
    without = {"all": False, "some": account or error, "no-account": account, "no-errors": error, "none": True}
    return without[headers]

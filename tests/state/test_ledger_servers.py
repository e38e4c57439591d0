"""The ledger against model servers: fixed, sliding and calendar windows, other programs, clocks that jump or stop."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from imgur_sync.model.budget import CALL_COST, UPLOAD_COST, Charge, Cost, Denied, LimitName, Reading, Refusal
from imgur_sync.model.budget import Reservation as Granted
from imgur_sync.model.ports import Ledger
from imgur_sync.state.ledger import Caps, SqliteLedger
from tests.support.hand_clock import HandClock
from tests.support.memory_ledger import MemoryLedger

HOUR, DAY = 3600.0, 86_400.0
ROOM = {LimitName.HOUR: (HOUR, 40), LimitName.DAY: (DAY, 130)}
JUMPS = [-DAY, DAY, -HOUR, HOUR, -1_700_000_000.0, 2_500_000_000.0]
MOVES = st.one_of(
    st.tuples(st.just("send"), st.sampled_from([CALL_COST, CALL_COST, UPLOAD_COST, Cost(25)])),
    st.tuples(st.just("send"), st.just(UPLOAD_COST)),
    st.tuples(st.just("together"), st.tuples(*[st.permutations(range(3))] * 2)),
    st.tuples(st.just("pass"), st.sampled_from([1.0, 59.0, 600.0, 1200.0, 1800.0, 3599.0, 3601.0, 20_000.0])),
    st.tuples(st.just("others"), st.integers(1, 60)),
    st.tuples(st.just("jump"), st.sampled_from(JUMPS)),
    st.tuples(st.just("suspend"), st.sampled_from([600.0, 5_000.0, 100_000.0])),
    st.tuples(st.just("restart"), st.sampled_from([0.0, *JUMPS])),
)


class Server:
    """Imgur's side. It refuses what does not fit, announces every limit, and notes what it refused."""

    def __init__(self, kind: str, now: float) -> None:
        self.kind, self.now = kind, now
        self.spent: list[tuple[float, int]] = []
        self.refused = self.events = 0
        self._starts: dict[LimitName, float] = {}

    def _start(self, name: LimitName) -> float:
        """Where the window that holds now begins; what was spent later counts."""
        length = ROOM[name][0]
        if self.kind == "sliding":
            return self.now - length
        if self.kind == "calendar":
            return self.now - self.now % length
        if self._starts.get(name, -DAY * 2) + length <= self.now:
            self._starts[name] = self.now
        return self._starts[name]

    def left(self, name: LimitName) -> int:
        """What is left of one limit."""
        start = self._start(name)
        used = sum(amount for at, amount in self.spent if (at > start if self.kind == "sliding" else at >= start))
        return ROOM[name][1] - used

    def ask(self, credits: int) -> bool:
        """Spend, or refuse and spend nothing."""
        if any(self.left(name) < credits for name in ROOM):
            return False
        self.spent.append((self.now, credits))
        return True

    def reading(self) -> Reading:
        """The headers of a reply."""
        resets = {name: (self.now if self.kind == "sliding" else self._start(name)) + ROOM[name][0] for name in ROOM}
        hour, day = LimitName.HOUR, LimitName.DAY
        return Reading(
            date=float(int(self.now)),
            user_limit=ROOM[hour][1],
            user_remaining=self.left(hour),
            user_reset=resets[hour],
            client_limit=ROOM[day][1],
            client_remaining=self.left(day),
            client_reset=resets[day],
        )


def reserved(ledger: Ledger, cost: Cost, clock: HandClock) -> Granted | None:
    """A grant; None when it was denied."""
    answer = ledger.reserve(cost)
    if isinstance(answer, Denied):
        assert answer.resumes_at is None or answer.resumes_at >= clock.now(), "a wait is never negative"
        return None
    assert isinstance(answer, Granted)
    return answer


def taken(server: Server, cost: Cost) -> tuple[Reading, Refusal | None]:
    """What Imgur answers: the headers, and how it refused."""
    went, reading = server.ask(cost.credits), server.reading()
    if went:
        return reading, None
    server.refused += 1
    short = [name for name in ROOM if server.left(name) < cost.credits]
    daily = LimitName.DAY in short
    name = LimitName.DAY if daily else LimitName.HOUR
    resets = {LimitName.DAY: reading.client_reset, LimitName.HOUR: reading.user_reset}
    return reading, Refusal(limit=name, wait=(resets[name] or 0.0) - server.now, upload=cost.uploads > 0, daily=daily)


def heard(ledger: Ledger, granted: Granted, answer: tuple[Reading, Refusal | None]) -> None:
    """Its answer is there: told to the ledger as the transport tells it."""
    reading, refusal = answer
    ledger.settle(granted, Charge.SPENT)
    ledger.observe(reading, granted)
    if refusal is not None:
        ledger.refused(replace(refusal, number=granted.number))


def send(ledger: Ledger, server: Server, cost: Cost, clock: HandClock) -> bool:
    """One request as the transport makes it; whether Imgur was asked."""
    granted = reserved(ledger, cost, clock)
    if granted is None:
        return False
    heard(ledger, granted, taken(server, cost))
    return True


def send_together(ledger: Ledger, server: Server, value: tuple[list[int], list[int]], clock: HandClock) -> bool:
    """Three uploads under way at once: Imgur takes them in one order, and its answers come in another. It may refuse
    them all before the first refusal is heard of: they count as one."""
    before = server.refused
    grants = [granted for granted in (reserved(ledger, UPLOAD_COST, clock) for _ in range(3)) if granted is not None]
    order, back = ([one for one in numbers if one < len(grants)] for numbers in value)
    answers = {number: taken(server, UPLOAD_COST) for number in order}
    server.refused = min(server.refused, before + 1)
    for number in back:
        heard(ledger, grants[number], answers[number])
        check(ledger, clock)
    return bool(grants)


def check(ledger: Ledger, clock: HandClock) -> None:
    """What a budget always is: nothing negative, nothing in the past, what comes back in order."""
    for limit in ledger.budget().limits:
        assert limit.remaining is None or limit.remaining >= 0
        assert limit.resumes_at is None or limit.resumes_at >= clock.now()
        moments = [step.at for step in limit.returns]
        assert moments == sorted(moments)
        assert all(step.amount > 0 for step in limit.returns)


@pytest.mark.parametrize("kind", ["fixed", "sliding", "calendar"])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors])
@given(moves=st.lists(MOVES, min_size=5, max_size=45))
@example(moves=[("pass", 3600.0), *[("send", UPLOAD_COST)] * 4, ("jump", DAY), ("restart", 0.0)])
def test_a_server_of_any_kind_refuses_only_what_nobody_could_know(kind: str, moves: list[tuple[str, Any]]) -> None:
    """Without other programs nothing is ever refused, but one request of a run whose clock was wrong when it began;
    each time that others spend costs one refusal at most."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        clock = HandClock()
        server = Server(kind, clock.now())
        ledger = stack.enter_context(_opened(folder, clock))
        send(ledger, server, CALL_COST, clock)
        jumped = False  # and no answer has told the ledger since
        for move, value in moves:
            if move == "send":
                jumped &= not send(ledger, server, value, clock)
            elif move == "together":
                jumped &= not send_together(ledger, server, value, clock)
            elif move == "pass":
                clock.advance(value)
                server.now += value
            elif move == "others":
                server.ask(min(value, *(server.left(name) for name in ROOM)))
                server.events += 1
            elif move == "jump":
                clock.jump(value)
                jumped = True
            elif move == "suspend":
                clock.jump(value)
                server.now += value
            else:
                clock.jump(value)
                server.events += bool(value) or jumped
                ledger.close()
                ledger = stack.enter_context(_opened(folder, clock))
                jumped = not send(ledger, server, CALL_COST, clock) and (jumped or bool(value))
            check(ledger, clock)
        assert server.refused <= server.events


@pytest.mark.parametrize("kind", ["fixed", "sliding", "calendar"])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.differing_executors])
@given(moves=st.lists(MOVES, min_size=5, max_size=45))
def test_the_double_in_memory_keeps_the_same_promise(kind: str, moves: list[tuple[str, Any]]) -> None:
    """With a clock that is right: it has no file and no restarts."""
    clock = HandClock()
    server = Server(kind, clock.now())
    ledger = MemoryLedger(clock, hour=ROOM[LimitName.HOUR][1], day=ROOM[LimitName.DAY][1])
    for move, value in moves:
        if move == "send":
            send(ledger, server, value, clock)
        elif move == "together":
            send_together(ledger, server, value, clock)
        elif move in ("pass", "suspend"):
            clock.advance(value)
            server.now += value
        elif move == "others":
            server.ask(min(value, *(server.left(name) for name in ROOM)))
            server.events += 1
        check(ledger, clock)
    assert server.refused <= server.events


def _opened(folder: str, clock: HandClock) -> SqliteLedger:
    caps = Caps(reserve_credits=0, uploads_per_hour=0)
    return SqliteLedger(Path(folder) / "ledger.db", origin="o", client_id="c", account="a", caps=caps, clock=clock)

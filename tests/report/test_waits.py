"""When to come back, and what a run that waits says before it is begun."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from imgur_sync.errors import ExitCode
from imgur_sync.model.budget import LimitName
from imgur_sync.model.event import RunFinished
from imgur_sync.model.forecast import Forecast, Windows
from imgur_sync.model.plan import AlbumPlan, Deferred, Plan, Price
from imgur_sync.model.step import EditAlbum
from imgur_sync.report.text import Moment
from imgur_sync.report.waits import come_back_lines, waits_line

READ = Moment(1_800_000_000.0)


def deferring(limit: LimitName | None, count: int = 2, resume_at: float | None = None) -> Plan:
    """A plan that defers so many steps for want of that limit."""
    deferred = tuple(Deferred(EditAlbum("cats"), limit) for _ in range(count)) if limit is not None else ()
    album = AlbumPlan("cats", "cats", 0, 0, 0, 0, deferred=deferred)
    return Plan("", "", (album,), 0, 0, Price(), Price(), None, "", READ.now, resume_at)


def finished(plan: Plan, code: ExitCode, resume_at: float | None = None) -> RunFinished:
    """A run that ended with this plan left."""
    return RunFinished((code,), (), 0, 0, 0, 0, 0, plan, resume_at)


@pytest.mark.parametrize(
    ("limit", "count", "resume_at", "words"),
    [
        (None, 0, None, ""),
        (
            LimitName.DAY,
            2,
            READ.now + 2580,
            "2 steps do not fit now: the run waits and goes on by itself until all is ",
        ),
        (
            LimitName.DAY,
            1,
            None,
            "1 step does not fit now: the run waits and goes on by itself until all is done, next ",
        ),
        (LimitName.RUN, 2, None, "2 steps do not fit now within what this run may spend; the run does not wait for "),
    ],
)
def test_the_prompt_says_what_will_wait(
    limit: LimitName | None, count: int, resume_at: float | None, words: str
) -> None:
    """How many steps, that it goes on by itself, and about when; at the cap of the run it does not."""
    told = waits_line(deferring(limit, count, resume_at), READ)
    assert told.startswith(words)
    assert bool(told) == bool(words)
    assert ("(in 43 min)" in told) == (resume_at is not None)
    assert "\n" not in told


def test_what_to_type_and_when() -> None:
    """With a time, without one, at the cap of the run, and not at all."""
    day, run = deferring(LimitName.DAY), deferring(LimitName.RUN)
    timed = "".join(come_back_lines(finished(day, ExitCode.BUDGET, READ.now + 2580), READ))
    assert timed.startswith("Run again at ")
    assert "(in 43 min): imgur-sync apply (or let it wait by itself: imgur-sync apply --wait)." in timed
    untimed = "".join(come_back_lines(finished(day, ExitCode.BUDGET), READ))
    assert untimed.startswith("Run again in an hour or so: imgur-sync apply (or ")
    capped = "".join(come_back_lines(finished(run, ExitCode.BUDGET), READ))
    assert capped == "This run may spend no more; another one goes on: imgur-sync apply"
    window = Windows(READ.now + 2580, READ.now + 2580, READ.now + 2580, 0, 1, 2, 20, 2)
    coming = Forecast(Price(), Price(), Price(), 0, (LimitName.RUN,), None, (window,), (), None, window.end, per_run=30)
    closed = finished(replace(run, forecast=coming), ExitCode.BUDGET)
    later = "".join(come_back_lines(closed, READ))
    assert re.fullmatch(r"This run may spend no more; another one goes on at .* \(in 43 min\): imgur-sync apply", later)
    done = replace(finished(deferring(None), ExitCode.DONE))
    assert list(come_back_lines(done, READ)) == []

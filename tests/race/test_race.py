"""Three machines on one state that lives in a git ref, killed, frozen, stalled and cut off: a few rounds of the race,
and what its judge finds in spoiled ones. More of them: `python -m tests.race race --rounds 100 --seed 1`."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest

from tests.race.judging import Held, judge_tenures
from tests.race.perils import AT_PUSH, HOUR, KINDS, draw
from tests.race.playing import play

SEEDS = ("1/0", "1/2")
"""Rounds in which runners are killed at requests and at pushes, frozen, and an hour behind."""


@pytest.mark.parametrize("seed", SEEDS)
def test_three_machines_race_and_none_overwrites_another(seed: str) -> None:
    """One at a time, no picture twice but a zombie's, no run or album forgotten, and in the end all is as wanted."""
    played = play(seed)
    assert not played.broken, f"{played.told()}\npython -m tests.race round {seed}"


def test_the_draw_has_every_peril_and_clocks_that_are_wrong() -> None:
    """Within a hundred rounds."""
    drawn = [peril for number in range(100) for peril in draw(random.Random(number), 3)]
    counted = Counter(peril.kind for peril in drawn)
    assert set(counted) == set(KINDS)
    assert min(counted.values()) >= 5
    assert {-HOUR, HOUR} < {peril.skew for peril in drawn}
    assert {peril.environ()["RACE_DO"] for peril in drawn} == {"", *AT_PUSH.values()}


_GOOD = [Held(f"c{n}", n // 2, f"m{n // 2}", f"t{n // 2}", frozenset("ab"[: n // 2]), frozenset(), 0) for n in range(6)]


def test_the_judge_sees_interleaved_and_forgetful_runs() -> None:
    """A holder that comes back, a number that is skipped or used twice, an album and a run that are gone."""
    judge_tenures(_GOOD)
    late = [*_GOOD, replace(_GOOD[2], commit="c6", albums=frozenset("ab"))]
    skipped = [*_GOOD[:2], *_GOOD[4:]]
    twice = [*_GOOD[:3], replace(_GOOD[3], token="other")]
    forgot = [*_GOOD, replace(_GOOD[5], commit="c6", albums=frozenset("a"))]
    ended = replace(_GOOD[5], runs=frozenset({(1.0, (0,))}))
    for spoiled in (late, skipped, twice, forgot, [*_GOOD[:5], ended, _GOOD[5]]):
        with pytest.raises(AssertionError):
            judge_tenures(spoiled)

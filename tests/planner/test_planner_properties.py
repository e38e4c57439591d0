"""What holds for every plan: for those that Hypothesis thinks of, and for twenty thousand seeds.

`PLANNER_SEEDS=1000000` checks more, `PLANNER_FROM=SEED` others.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.planner.drawn_worlds import Chance, Drawn, Seeded
from tests.planner.plan_properties import PROPERTIES

SEEDS = int(os.environ.get("PLANNER_SEEDS", "20000"))
FIRST = int(os.environ.get("PLANNER_FROM", "0"), 0)
CHUNKS = 21  # not a multiple of the properties' number


@st.composite
def chances(draw: st.DrawFn) -> Chance:
    """Decisions that Hypothesis makes, and makes smaller where one fails."""
    return Drawn(draw)


@pytest.mark.parametrize("holds", PROPERTIES, ids=[holds.__name__ for holds in PROPERTIES])
@settings(max_examples=60, deadline=None, database=None)
@given(chances())
def test_it_holds_for_whatever_is_thought_of(holds: Callable[[Chance], None], chance: Chance) -> None:
    """Each property by itself."""
    holds(chance)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_they_hold_for_every_seed(chunk: int) -> None:
    """Each seed is a world of its own; the properties take turns."""
    for seed in range(FIRST + chunk, FIRST + SEEDS, CHUNKS):
        holds = PROPERTIES[seed % len(PROPERTIES)]
        try:
            holds(Seeded(seed))
        except Exception as error:
            error.add_note(f"{holds.__name__}: PLANNER_FROM={seed} PLANNER_SEEDS=1 repeats it")
            raise

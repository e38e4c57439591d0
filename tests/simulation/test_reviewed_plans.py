"""Histories about plans that were reviewed: whatever happens between a plan and its applies, nothing else is done."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest

from imgur_sync.executor import applying, expecting
from tests.simulation.drawing_reviewed import draw_reviewed
from tests.simulation.playing import perform
from tests.simulation.seeding import chosen, first_seed

Json = dict[str, Any]
SEEDS = 20
FIRST = first_seed(chosen())


def failures(seeds: Iterable[int]) -> tuple[list[str], Counter[str]]:
    """Play them; what broke, each with the history to play again (`replay --file`), and what struck."""
    told, struck = [], Counter[str]()
    for seed in seeds:
        verdict = perform(draw_reviewed(seed))
        struck.update(verdict.struck)
        if not verdict.held:
            lines = [f"reviewed {seed}: {verdict.invariant}: {verdict.what}", *verdict.last]
            told.append("\n".join([*lines, json.dumps(draw_reviewed(seed))]))
    return told, struck


def test_nothing_is_done_that_was_not_reviewed() -> None:
    """By the file once and for one world, by the digest as long as it holds all that is wanted; and all converges."""
    told, struck = failures(range(FIRST, FIRST + SEEDS))
    assert not told, "\n\n".join(told)
    assert min(struck["reviewed"], struck["reviewed and refused"], struck["reviewed and begun"]) > 0, struck


def _nothing(*given: Any) -> None:
    return None


def _anything(session: Any, world: Any, plan: Any, expected: Any) -> Any:
    """Whatever the plan is, it is the one that was reviewed."""
    return expecting.reviewed(plan)


def history(*then: Json) -> Json:
    """An album with a picture, a file that is new, a plan of that, and what happens then."""
    put = {"do": "put", "album": "a", "kind": "png"}
    steps = [
        {"do": "album", "album": "a", "fields": {}},
        {**put, "name": 0, "seed": 1},
        {"do": "apply", "approve": "right"},
        {**put, "name": 1, "seed": 2},
        {"do": "review", "approve": "none", "then": list(then)},
    ]
    return {"seed": 1, "setup": {}, "steps": steps}


LATE = {"do": "put", "album": "a", "name": 2, "kind": "png", "seed": 3}
SITE = {"do": "site", "pick": 0, "image": 0}
STRANGE, TITLED = {**SITE, "op": "add", "seed": 301}, {**SITE, "op": "title", "value": "Mine"}
FILE, DIGEST = {"do": "apply", "by": "file"}, {"do": "apply", "by": "digest"}
MEANWHILE = {**DIGEST, "faults": [[3, {"kind": "somebody", "step": TITLED}]]}
PLANTED: dict[str, tuple[object, str, object, Json]] = {
    "any plan is accepted": (applying, "accept", _nothing, history(LATE, DIGEST)),
    "any plan is the one of the file": (expecting, "compared", _anything, history(LATE, FILE)),
    "what comes up later is done": (applying, "check_again", _nothing, history(MEANWHILE)),
    "the world is not compared": (expecting, "_compare_worlds", _nothing, history(STRANGE, FILE)),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_mistake_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a history that holds without it."""
    place, attribute, wrong, played = PLANTED[name]
    without = perform(played)
    assert without.held, without.what
    assert without.struck["reviewed and refused"] == 1
    monkeypatch.setattr(place, attribute, wrong)
    found = perform(played)
    assert found.invariant == "I6", found.what

"""Histories that once broke an invariant, shrunk and explicit: they are played for ever. And the harness itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.simulation.drawing import draw
from tests.simulation.playing import perform
from tests.simulation.running import trace_of
from tests.simulation.shrinking import REGRESSIONS, keep, shrink

FILES = sorted(REGRESSIONS.glob("*.json"))


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_what_was_mended_stays_mended(path: Path) -> None:
    """The invariant that broke holds, and so do the others."""
    history = json.loads(path.read_text(encoding="utf-8"))
    verdict = perform(history)
    assert verdict.held, "\n".join([f"{verdict.invariant}: {verdict.what}", *verdict.last])


def test_a_seed_has_one_trace_also_under_another_hash_seed() -> None:
    """Same seed, same trace hash."""
    verdict = perform(draw(7))
    assert verdict.trace == perform(draw(7)).trace
    assert verdict.trace == trace_of(7, hashseed="4242")


def test_a_history_is_explicit() -> None:
    """It survives a way through JSON, and steps that make no sense any more do nothing."""
    history = json.loads(json.dumps(draw(11)))
    assert perform(history).trace == perform(draw(11)).trace
    history["steps"] = [step for step in history["steps"] if step["do"] != "album"]
    assert perform(history).held


def test_a_failure_is_made_small(tmp_path: Path) -> None:
    """Of a history in which one step breaks something, little more than that step is left."""
    history = draw(13)
    broken = {"do": "put", "album": "a", "name": 0, "kind": "no such kind", "seed": 1}
    history["steps"].insert(len(history["steps"]) // 2, broken)
    verdict = perform(history)
    assert verdict.invariant == "crash"
    small = shrink(history, "crash", seconds=60)
    assert broken in small["steps"]
    assert len(small["steps"]) <= 3
    path = keep(small, verdict, tmp_path)
    assert perform(json.loads(path.read_text(encoding="utf-8"))).invariant == "crash"

"""The table of security goals names tests that exist, and every goal."""

from __future__ import annotations

import ast

import pytest

from tests.security.goals import GOALS, NOT_YET
from tests.test_walls import ROOT


@pytest.mark.parametrize("goal", GOALS)
def test_what_shows_a_goal_exists(goal: str) -> None:
    """Each file, and each test that is named in it."""
    for place in GOALS[goal][1]:
        path, _, name = place.partition("::")
        module = ast.parse((ROOT / "tests" / path).read_text(encoding="utf-8"))
        names = {node.name for node in module.body if isinstance(node, ast.FunctionDef)}
        assert name in names if name else any(found.startswith("test_") for found in names), place


def test_no_goal_is_forgotten() -> None:
    """S1 to S21: shown, or named as something that is to come."""
    assert {*GOALS, *NOT_YET} == {f"S{number}" for number in range(1, 22)}


def test_weaknesses_can_be_told_in_private() -> None:
    """SECURITY.md says where, and how soon what is serious is mended."""
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    assert "in private" in text
    assert "fourteen" in text

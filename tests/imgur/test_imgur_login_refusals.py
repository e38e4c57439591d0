"""What is told when Imgur does not trade what came back from its page."""

from __future__ import annotations

import pytest

from imgur_sync.imgur.oauth import Flow, refusal
from imgur_sync.model.outcome import Problem, ProblemKind


@pytest.mark.parametrize("flow", list(Flow))
def test_a_refusal_names_what_was_refused(flow: Flow) -> None:
    """With Imgur's own words, and what to do."""
    error = refusal(flow, Problem(ProblemKind.CREDENTIALS, "invalid_grant"))
    assert "invalid_grant" in error.message
    assert error.hint


@pytest.mark.parametrize("flow", list(Flow))
@pytest.mark.parametrize("words", ["Error: 1024", "1024 error", "An error occurred (1024)"])
def test_error_1024_is_told_as_imgurs_own_trouble(flow: Flow, words: str) -> None:
    """The log-in is not refused: another way of logging in helps."""
    error = refusal(flow, Problem(ProblemKind.CREDENTIALS, words))
    assert "error 1024" in error.message
    assert "refuses" not in error.message

"""Whose account a token is for: by one GET, and never by a guess."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from imgur_sync.imgur.accounts import account_name
from imgur_sync.imgur.auth import Credentials
from imgur_sync.model.budget import Cost
from imgur_sync.model.outcome import Done, Unknown
from imgur_sync.model.secret import Secret
from tests.support.scripted import Answer

GIVEN = Credentials("id15", Secret("shh"), Secret("r0"), Secret("a0"))


def answer(url: object) -> Answer:
    """What Imgur says of the account of the token."""
    return Answer(body={"data": {"id": 1, "url": url, "bio": None}, "success": True, "status": 200})


def test_the_account_is_named_for_one_credit(bench: Callable[..., Any]) -> None:
    """What would move the cursor is taken out of its name."""
    one = bench(answer("some\x1bbody"), credentials=GIVEN)
    outcome = account_name(one.transport)
    assert isinstance(outcome, Done)
    assert outcome.value.startswith("some")
    assert "\x1b" not in outcome.value
    assert [(sent.method, sent.url) for sent in one.script.sent] == [("GET", "https://api.imgur.com/3/account/me")]
    assert one.ledger.costs == [Cost(1)]


@pytest.mark.parametrize("url", ["", None, "\x1b", 5])
def test_an_account_without_a_name_is_an_answer_that_nobody_expects(bench: Callable[..., Any], url: object) -> None:
    """It is told as such; no name is made up."""
    one = bench(*[answer(url)] * 5, credentials=GIVEN)
    assert isinstance(account_name(one.transport), Unknown)

"""What Imgur is said to do, case by case, on the simulator; and each knob does what a case would advise it for."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from imgur_sync.simulator.testing import Knobs, Options, running
from tests.contract.conformance.belongings import Belongings
from tests.contract.conformance.case import Answer, Case
from tests.contract.conformance.cases import CASES, PRICE
from tests.contract.conformance.made import Access
from tests.contract.conformance.meter import CAP
from tests.contract.conformance.run import Result, attempt, row
from tests.contract.conformance.visit import SHARED, Visit

OTHERS = [pytest.param(one, other, id=f"{one.name}-{other.told()}") for one in CASES for other in one.answers[1:]]


@pytest.fixture(scope="module")
def http() -> Iterator[httpx.Client]:
    """One for all: making it takes longer than a case."""
    with httpx.Client(timeout=60, trust_env=False) as client:
        yield client


def looked(case: Case, knobs: Knobs, http: httpx.Client) -> tuple[Result, int]:
    """The result of one case on a simulator of its own, which is empty again; and what was spent beside the shared."""
    with running(Options(knobs=knobs)) as server:
        credentials = (server.client_id, server.client_secret, server.access_token)
        sent = {"client_id": server.client_id, "client_secret": server.client_secret, "grant_type": "refresh_token"}
        login = http.post(f"{server.url}/oauth2/token", data={**sent, "refresh_token": server.refresh_token})
        visit = Visit(Access(server.url, *credentials, login.json()), Belongings(), http=http)
        result = attempt(case, visit)
        assert visit.clean() == []
        assert (server.pictures(), server.albums()) == ([], [])
    return result, visit.meter.spent - sum(SHARED[name] for name in SHARED if name in vars(visit))


@pytest.mark.parametrize("case", [pytest.param(one, id=one.name) for one in CASES])
def test_the_simulator_does_it_at_that_price(case: Case, http: httpx.Client) -> None:
    result, spent = looked(case, Knobs(), http)
    assert (result.verdict, result.seen) == ("agrees", case.answers[0].seen)
    assert spent == case.price


@pytest.mark.parametrize(("case", "other"), OTHERS)
def test_a_knob_has_the_simulator_do_what_else_was_seen(case: Case, other: Answer, http: httpx.Client) -> None:
    result, _ = looked(case, Knobs().switched(other.knobs), http)
    assert (result.verdict, result.seen, result.knobs) == ("differs", other.seen, other.told())


def test_there_are_enough_of_them_and_none_costs_too_much() -> None:
    names = [one.name for one in CASES]
    assert len(names) >= 60
    assert len(set(names)) == len(names)
    assert PRICE <= CAP == 300


def test_each_is_about_a_row_of_the_readme() -> None:
    """With the source and the confidence that the row gives; or about a question that is told to be open."""
    for case in CASES:
        told = row(case)
        assert case.what
        assert bool(told.source) == bool(told.sure)

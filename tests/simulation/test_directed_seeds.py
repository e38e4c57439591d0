"""Seeds for the faults that few requests can have."""

from __future__ import annotations

from tests.simulation.coverage import LEAST, rare
from tests.simulation.drawing import DIRECTED, draw
from tests.simulation.running import Tally, directed
from tests.simulation.vocabulary import ALL, REQUESTS


def test_seeds_are_played_until_a_fault_struck_often_enough() -> None:
    """One was missing of one kind: those of that kind are played, no others, and no more than it takes."""
    tally = Tally()
    tally.struck.update({name: LEAST - (word.number == "F10") for name, word in ALL.items()})
    played = [number for number, _, _ in directed(tally, LEAST, 1)]
    assert set(played) == {"F10"}
    assert tally.seeds == len(played)
    assert not rare(tally.struck)
    assert not tally.failures


def test_where_nothing_is_missing_nothing_is_played() -> None:
    """As in most runs of many seeds."""
    tally = Tally()
    tally.struck.update(dict.fromkeys(ALL, LEAST))
    assert not list(directed(tally, LEAST, 1))


def test_a_directed_seed_has_no_faults_of_requests_but_those() -> None:
    """Tokens expire where they have to be refreshed for the fault to strike."""
    for number in DIRECTED:
        names = {name for name, word in REQUESTS.items() if word.number == number}
        drawn = {fault["kind"] for step in draw(1, number)["steps"] for _, fault in step.get("faults", ())}
        assert drawn & names, number
        assert drawn <= names | ({"token-expired"} if number == "F32" else set())

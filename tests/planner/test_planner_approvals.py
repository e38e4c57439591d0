"""Passing gates: by name and exact number, summed over the albums, and never more than was approved."""

from __future__ import annotations

import pytest

from imgur_sync.errors import ApprovalError, ExitCode
from imgur_sync.model.plan import AlbumPlan, Gate, GateName
from imgur_sync.model.spec import Prune
from imgur_sync.model.step import DeleteImage, Upload
from imgur_sync.planner.gates import passed
from imgur_sync.planner.view import AlbumView
from imgur_sync.planner.whole import plan_albums
from tests.support.album_views import file, picture, spec, view


def names(part: AlbumPlan) -> dict[GateName, int]:
    """The gates that tripped, with their counts."""
    return {gate.name: gate.count for gate in part.gates}


def many(count: int, key: str, missing: int, prune: Prune = Prune.DETACH) -> AlbumView:
    """An album of that many pictures of which so many files left, and a new one came."""
    paths = [f"{key}{n:04}" for n in range(count)]
    files = [file(path) for path in paths[missing:]]
    ours = [picture(f"i{path}", path, album=key) for path in paths]
    return view([*files, file(f"new {key}")], ours, entry=spec(key, prune=prune))


def test_the_limit_of_a_run_counts_all_albums_and_holds_every_removal() -> None:
    """100 in one run pass, 101 are all withheld, in each album with its number; uploads go on."""
    fits = plan_albums([many(500, "cats", 60), many(500, "dogs", 40, Prune.DELETE)], [], {}, 100)
    assert [names(part) for part in fits] == [{}, {}]
    above = plan_albums([many(500, "cats", 60), many(500, "dogs", 41, Prune.DELETE)], [], {}, 100)
    assert [names(part) for part in above] == [{GateName.PRUNE: 60}, {GateName.PRUNE: 41}]
    for part in above:
        assert (part.leaving, part.deleting) == (frozenset(), ())
        assert any(isinstance(step, Upload) for step in part.steps)


def test_an_approved_number_is_summed_over_the_albums_where_the_gate_tripped() -> None:
    """All removals where the run limit tripped; then they are granted."""
    views = [many(500, "cats", 60), many(500, "dogs", 41, Prune.DELETE), many(10, "owls", 1)]
    parts = plan_albums(views, [], {GateName.PRUNE: 102}, 100)
    assert [part.gates for part in parts] == [(), (), ()]
    assert [len(part.leaving) for part in parts] == [60, 0, 1]
    assert len([step for step in parts[1].steps if isinstance(step, DeleteImage)]) == 41
    small = [many(20, "cats", 5), many(20, "dogs", 1)]
    assert [len(part.leaving) for part in plan_albums(small, [], {GateName.PRUNE: 5}, 100)] == [5, 1]


@pytest.mark.parametrize("number", [0, 4, 6, 100])
def test_a_wrong_number_refuses_the_run(number: int) -> None:
    """Neither more nor less passes; the error has the exit code of a gate and says the right number."""
    with pytest.raises(ApprovalError, match="withholds 5") as caught:
        plan_albums([many(20, "cats", 5)], [], {GateName.PRUNE: number}, 100)
    assert caught.value.exit_code is ExitCode.GATE


@pytest.mark.parametrize("name", [GateName.REPLACE, GateName.RESTORE, GateName.PUBLISH])
def test_a_gate_that_did_not_trip_cannot_be_approved(name: GateName) -> None:
    """A number for it belongs to another plan."""
    with pytest.raises(ApprovalError):
        plan_albums([many(20, "cats", 5)], [], {name: 1}, 100)


@pytest.mark.parametrize("name", [GateName.ROOT, GateName.SCAN, GateName.LISTING])
def test_some_gates_cannot_be_passed_by_any_number(name: GateName) -> None:
    """Not even by the exact one."""
    gate = Gate(name, "cats", 3, "")
    for number in (3, 0):
        with pytest.raises(ApprovalError, match="cannot be passed"):
            passed([gate], {name: number})


def test_later_rounds_of_a_run_pass_what_is_left_of_an_approval_and_never_more() -> None:
    """Three of five are done; the last two are still approved; six are not."""
    for left, through in ((2, True), (5, True), (6, False)):
        gates = [Gate(GateName.PRUNE, "cats", left, "")]
        assert (GateName.PRUNE in passed(gates, {GateName.PRUNE: 5}, exact=False)) is through

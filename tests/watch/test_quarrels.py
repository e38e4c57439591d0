"""Two daemons that want different things of the same album: they stop after a few rounds, say so, and cost little."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from imgur_sync.model.activity import WaitKind
from imgur_sync.model.event import UploadDone
from imgur_sync.model.plan import GateName
from imgur_sync.watch.events import Quarrel
from imgur_sync.watch.quarrels import ROUNDS, TRUCE
from tests.support.two_days import TakingTurns, beside, both

HOUR, DAY = 3600.0, 86400.0


@pytest.fixture
def home(tmp_path: Path) -> Iterator[TakingTurns]:
    """A daemon's machine, with an album of four pictures that is in order."""
    with TakingTurns(tmp_path / "home") as stage:
        stage.album("cats")
        for number in range(4):
            stage.put("cats", f"{number}.png", number)
        assert stage.apply().codes == (0,)
        yield stage


def copied(home: TakingTurns, base: Path) -> TakingTurns:
    """Another machine with a copy of the manifest and of the folder, and no state."""
    other = beside(home, base)
    other.album("cats")
    for number in range(4):
        other.put("cats", f"{number}.png", number)
    return other


def edits(stage: TakingTurns) -> int:
    """How many edits Imgur received."""
    return sum(method == "PUT" for method, _ in stage.wire.sent)


def test_a_copied_manifest_with_another_order_is_a_quarrel_that_ends(home: TakingTurns, tmp_path: Path) -> None:
    """Both stop and say so; the whole of three days costs no more edits than rounds."""
    other = copied(home, tmp_path / "other")
    other.change("cats", listed=("3.png", "2.png"))
    before = edits(home), len(home.wire.sent)
    both(home, other, 3 * DAY)
    told = [*home.of(Quarrel), *other.of(Quarrel)]
    assert {quarrel.album for quarrel in told} == {"cats"}
    assert edits(home) - before[0] <= 2 * (ROUNDS + 1) * 3
    assert len(home.wire.sent) - before[1] <= 3 * 2 * 250
    assert home.uploads() == 4


def test_two_that_are_started_again_and_again_stop_too(home: TakingTurns, tmp_path: Path) -> None:
    """Neither forgets what it set back, nor the truce: two days of starts cost no more edits than rounds."""
    other = copied(home, tmp_path / "other")
    other.change("cats", listed=("3.png", "2.png"))
    before = edits(home), len(home.wire.sent)
    for number in range(16):
        both(home, other, 3 * HOUR * (number + 1))
    assert home.of(Quarrel) or other.of(Quarrel)
    assert edits(home) - before[0] <= 2 * (ROUNDS + 1) * 2
    assert len(home.wire.sent) - before[1] <= 2 * 2 * 250


def test_the_one_that_is_left_goes_on(home: TakingTurns, tmp_path: Path) -> None:
    """After the other was stopped, the truce ends and the album is put in order once more."""
    other = copied(home, tmp_path / "other")
    other.change("cats", listed=("3.png", "2.png"))
    both(home, other, 2 * DAY)
    home.watch(2 * DAY + TRUCE + 3 * DAY)
    assert home.shown("cats") == home.wanted("cats")
    assert not [wait for wait in home.daemon.standings.waits() if wait.kind is WaitKind.PAUSED]


def test_a_change_of_the_folder_ends_the_truce(home: TakingTurns, tmp_path: Path) -> None:
    """What people do here is a reason to try again at once."""
    other = copied(home, tmp_path / "other")
    other.change("cats", listed=("3.png", "2.png"))
    both(home, other, 2 * DAY)
    assert home.of(Quarrel)
    at = home.elapsed + 60.0
    home.at(at, lambda: home.add("cats", "4.png", 4))
    home.watch(at + 600.0)
    assert home.shown("cats") == home.wanted("cats")


def test_an_album_that_two_adopted_is_a_quarrel_that_ends(home: TakingTurns, tmp_path: Path) -> None:
    """Two lineages, each of which puts its own pictures first: neither picture nor credit is wasted for ever."""
    other = beside(home, tmp_path / "other", lineage="q7w2m4zz")
    other.album("dogs", id=home.remote("cats")["id"], title="cats")
    for number in range(10, 13):
        other.put("dogs", f"{number}.png", number)
    other.apply({GateName.ADOPT: 4})
    before = edits(home), len(home.wire.sent)
    both(home, other, 3 * DAY)
    assert edits(home) - before[0] <= 2 * (ROUNDS + 1) * 3
    assert len(home.wire.sent) - before[1] <= 3 * 2 * 250
    assert home.uploads() == 7
    assert "DELETE" not in {method for method, _ in home.wire.sent}
    assert home.of(Quarrel) or other.of(Quarrel)


def test_a_picture_that_one_has_and_the_other_has_not_is_not_sent_again_and_again(
    home: TakingTurns, tmp_path: Path
) -> None:
    """The one that lacks the file takes it out, the other puts it back: a quarrel, and not one upload."""
    other = copied(home, tmp_path / "other")
    (tmp_path / "other" / "cats" / "3.png").unlink()
    both(home, other, 3 * DAY)
    assert home.uploads() == 4
    assert home.of(Quarrel) or other.of(Quarrel)
    assert edits(home) <= 2 * (ROUNDS + 1) * 3


def test_a_change_that_comes_with_a_look_for_changes_ends_the_truce_too(home: TakingTurns, tmp_path: Path) -> None:
    """The look leaves the album at odds alone; what was told of its folder is not forgotten over it."""
    home.album("dogs")
    home.put("dogs", "0.png", 20)
    other = copied(home, tmp_path / "other")
    other.change("cats", listed=("3.png", "2.png"))
    when: list[float] = []

    def come() -> None:
        assert home.daemon.standings.quarrelled() == {"cats"}
        home.add("cats", "4.png", 4)
        when.append(home.elapsed)

    def plan() -> None:
        home.at(home.daemon.lookout.next_at() - home._began - home.pace.quiet, come)

    home.at(DAY / 2, plan)
    both(home, other, DAY)
    (up,) = [at for at, event in home.told if isinstance(event, UploadDone) and event.path == "4.png"]
    assert up - when[0] < 60.0

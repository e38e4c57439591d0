"""Kills between two records of the state: whatever was on disk at that moment, one more run ends in order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import ExitCode
from imgur_sync.model.spec import Prune
from imgur_sync.state.store import SqliteStore
from tests.support.sync_stage import Killed, SyncStage


class DyingStore:
    """A state store in front of which the process dies at its `at`-th durable write: before it, or right after."""

    def __init__(self, store: SqliteStore, at: int, *, after: bool) -> None:
        self._store = store
        self._at = at
        self._after = after
        self._writes = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def record(self, *changes: Any) -> None:
        """Record, or die."""
        self._write(self._store.record, *changes)

    def open_intent(self, draft: Any) -> Any:
        """Record the intent, or die."""
        return self._write(self._store.open_intent, draft)

    def _write(self, write: Any, *arguments: Any) -> Any:
        self._writes += 1
        if self._writes == self._at and not self._after:
            raise Killed
        value = write(*arguments)
        if self._writes == self._at:
            raise Killed
        return value


class MortalStage(SyncStage):
    """A stage whose next apply dies at one of its durable writes."""

    die_at = 0
    die_after = False

    def _ports(self, store: Any, *rest: Any) -> Any:
        return super()._ports(DyingStore(store, self.die_at, after=self.die_after) if self.die_at else store, *rest)

    def dying_apply(self, at: int, *, after: bool) -> bool:
        """An apply that dies at its `at`-th durable write; whether it came that far."""
        self.die_at, self.die_after = at, after
        try:
            self.apply()
        except Killed:
            return True
        finally:
            self.die_at = 0
        return False


def fill(stage: SyncStage, prune: Prune) -> None:
    """Two folders, with one picture twice in the first."""
    for key in ("cats", "dogs"):
        stage.album(key, prune=prune)
    for seed in range(4):
        stage.put("cats", f"{seed}.png", seed)
    stage.put("cats", "copy.png", 0)
    stage.put("dogs", "d.png", 20)


def edit_folders(stage: SyncStage) -> None:
    """A rename, a replacement, a removal, an addition, a move to the other album."""
    cats, dogs = stage.albums["cats"].root, stage.albums["dogs"].root
    (cats / "0.png").rename(cats / "9.png")
    stage.put("cats", "2.png", 77)
    (cats / "3.png").unlink()
    stage.put("cats", "6.png", 78)
    (cats / "1.png").rename(dogs / "1.png")


def check(stage: SyncStage, uploads: int) -> None:
    """Albums equal folders, nothing was sent twice, old addresses are kept, nothing is left to do."""
    for key in stage.albums:
        assert stage.shown(key) == stage.wanted(key)
    assert stage.look("ledger")["uploads"] == uploads
    assert stage.plan().settled


FAULTS = {
    "no fault": [],
    "an upload's answer is lost": [
        {"match": {"method": "POST", "path": "/3/upload", "nth": 2}, "fault": "drop_after"},
    ],
    "an edit's answer is lost": [
        {"match": {"method": "PUT", "path": "/3/album/*", "nth": 1}, "fault": "drop_after"},
    ],
}


@pytest.mark.parametrize("after", [False, True], ids=["before the write", "after the write"])
@pytest.mark.parametrize("fault", list(FAULTS))
@pytest.mark.parametrize("scenario", ["first sync", "detach", "delete"])
def test_a_kill_at_any_durable_write_loses_and_doubles_nothing(
    tmp_path: Path, scenario: str, fault: str, after: bool
) -> None:
    """For every durable write of a run: killed there, one more apply ends with exit 0, albums equal, no second
    sending of what had arrived."""
    at = 0
    prune = Prune.DELETE if scenario == "delete" else Prune.DETACH
    while True:
        at += 1
        with MortalStage(tmp_path / str(at)) as stage:
            fill(stage, prune)
            if scenario != "first sync":
                assert stage.apply().codes == (ExitCode.DONE,)
                stage.clock.advance(100)
                edit_folders(stage)
            stage.steer("faults", FAULTS[fault])
            if not stage.dying_apply(at, after=after):
                break
            finished = stage.apply()
            assert finished.codes == (ExitCode.DONE,), f"write {at}: {finished.albums}"
            check(stage, uploads=6 if scenario == "first sync" else 8)
    assert at > 8


def test_a_second_death_at_any_write_of_the_recovery_is_survived(tmp_path: Path) -> None:
    """Dead after the edit's intent, and again at each of the first writes of the run that recovers."""
    for second in range(1, 9):
        with MortalStage(tmp_path / str(second)) as stage:
            fill(stage, Prune.DETACH)
            stage.apply()
            stage.clock.advance(100)
            edit_folders(stage)
            assert stage.dying_apply(5, after=True)
            stage.dying_apply(second, after=second % 2 == 0)
            assert stage.apply().codes == (ExitCode.DONE,)
            check(stage, uploads=8)

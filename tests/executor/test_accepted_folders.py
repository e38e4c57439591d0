"""A folder that a person accepted: that one scan of it, for one apply."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from imgur_sync.errors import ExitCode
from imgur_sync.local.folders import Folders
from imgur_sync.model.change import RootAccepted
from imgur_sync.planner.gates import scan_print
from imgur_sync.state.cache import SqliteCache
from imgur_sync.state.store import SqliteStore, open_store
from tests.support.sync_stage import LINEAGE, SyncStage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[SyncStage]:
    """An album of six pictures whose folder is another directory now, with two others and one of them."""
    with SyncStage(tmp_path) as made:
        root = made.album("cats")
        for number in range(6):
            made.put("cats", f"{number}.png", number)
        made.apply()
        root.rename(tmp_path / "kept away")
        made.album("cats")
        shutil.copy(tmp_path / "kept away" / "0.png", root / "0.png")
        for number in (7, 8):
            made.put("cats", f"{number}.png", number)
        yield made


def opened(stage: SyncStage) -> SqliteStore:
    """The state."""
    return open_store(stage.manifest().state_path, lineage=LINEAGE, create=False)


def accept(stage: SyncStage) -> None:
    """What `root accept` records."""
    with SqliteCache(stage.base / "cache.db") as cache, opened(stage) as store:
        local = Folders(cache, stage.clock).scan(stage.albums["cats"])
        store.record(RootAccepted("cats", scan_print(local)))


def accepted(stage: SyncStage) -> str:
    """The scan that is accepted."""
    with opened(stage) as store:
        return store.accepted_root("cats")


def test_what_was_accepted_goes_once_and_is_over_then(stage: SyncStage) -> None:
    """The gate of the root is passed for this scan; that of removals counts as ever."""
    assert stage.apply().codes == (ExitCode.GATE,)
    accept(stage)
    assert accepted(stage)
    assert stage.apply().codes == (ExitCode.GATE,)
    assert accepted(stage), "the removals wait for their number: the folder is not the album's yet"
    gate = next(gate for album in stage.plan().albums for gate in album.gates)
    assert stage.apply({gate.name: gate.count}).codes == (ExitCode.DONE,)
    assert sorted(stage.shown("cats")) == sorted(stage.wanted("cats"))
    assert accepted(stage) == ""


def test_another_content_than_was_accepted_is_held_again(stage: SyncStage) -> None:
    """Between the question and the apply the folder lost a picture."""
    accept(stage)
    (stage.albums["cats"].root / "0.png").unlink()
    assert stage.apply().codes == (ExitCode.GATE,)
    assert len(stage.shown("cats")) == 6

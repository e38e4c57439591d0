"""Every `Watcher`: that of real folders, and the double whose events happen by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from imgur_sync.model.hint import Deaf
from tests.contract.watcher_contract import Stage, WatcherContract
from tests.support.hand_clock import HandClock
from tests.support.hand_watcher import HandWatcher
from tests.support.watch_stage import WatchStage


class HandStage:
    """The double, told of changes that nobody makes."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.watcher = HandWatcher(self.clock)
        self.base = Path("/pictures")

    def put(self, path: Path) -> None:
        """A file appears."""
        self.watcher.happen(path)

    def make(self, path: Path) -> None:
        """A folder is there (again)."""
        if any(one.root == path for one in self.watcher.unwatched()):
            self.watcher.rewatch(path)

    def remove(self, path: Path) -> None:
        """A root is gone."""
        self.watcher.unwatch(path, Deaf.GONE)


class TestFolderWatcher(WatcherContract):
    """Real folders."""

    @pytest.fixture
    def stage(self, tmp_path: Path) -> Iterator[Stage]:
        """Looks at its roots twenty times a second."""
        stage = WatchStage(tmp_path)
        yield stage
        stage.watcher.close()


class TestHandWatcher(WatcherContract):
    """The double."""

    @pytest.fixture
    def stage(self) -> Stage:
        """Nothing happens but by hand."""
        return HandStage()


def test_all_events_of_the_double_can_be_lost() -> None:
    """And what happens while it waits is told before time passes."""
    stage = HandStage()
    WatcherContract().test_a_new_file_is_told_with_its_folder(stage)
    stage.watcher.deaf = True
    stage.put(stage.base / "cats" / "one.png")
    WatcherContract().nothing(stage)
    stage.watcher.deaf = False
    before = stage.clock.monotonic()
    stage.watcher.before_waiting = lambda deadline: stage.put(stage.base / "cats" / "two.png")
    assert stage.watcher.next(before + 100) is not None
    assert stage.clock.monotonic() == before

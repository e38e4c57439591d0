"""A stop that is asked for while folders are read ends the run there: hashing a disk is not finished first."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import ExitCode, InterruptedRun
from imgur_sync.local.folders import Folders
from tests.support.sync_stage import SyncStage


class StoppedWhileHashing:
    """The folders, and a signal that comes when the first file was read."""

    def __init__(self, local: Any, workers: Any) -> None:
        self._local = local
        self._workers = workers
        self.hashed: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._local, name)

    def scan(self, spec: Any, *, on_hashed: Any, **rest: Any) -> Any:
        """Scan, counting the files read."""

        def hashed(path: str, size: int) -> None:
            self.hashed.append(path)
            self._workers.stopping = 2
            on_hashed(path, size)

        return self._local.scan(spec, on_hashed=hashed, **rest)


class HashingStage(SyncStage):
    """A stage whose runs are asked to stop as soon as they have read a file."""

    folders: StoppedWhileHashing

    def _ports(self, *arguments: Any) -> Any:
        ports = super()._ports(*arguments)
        self.folders = StoppedWhileHashing(ports.local, ports.workers)
        return replace(ports, local=self.folders)


def test_a_signal_during_hashing_ends_the_run_before_the_next_file(tmp_path: Path) -> None:
    """Of six files one is read; nothing is sent but the look at the account; exit 130."""
    with HashingStage(tmp_path) as stage:
        stage.album("cats")
        for seed in range(6):
            stage.put("cats", f"{seed}.png", seed)
        with pytest.raises(InterruptedRun) as ended:
            stage.apply()
        assert ended.value.exit_code == ExitCode.SIGINT
        assert len(stage.folders.hashed) == 1
        assert stage.uploads() == 0


def test_a_signal_ends_a_walk_in_which_nothing_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tree of which everything is known may take minutes on a slow disk: a plan, too, ends within a few entries."""
    with SyncStage(tmp_path) as stage:
        stage.album("cats")
        stage.put("cats", "a.png", 1)
        for number in range(200):
            (stage.albums["cats"].root / f"note{number}.txt").touch()
        stage.apply()
        whole, asked = Folders.scan, []

        def scan(folders: Folders, spec: Any, *, between: Any, **rest: Any) -> Any:
            def stopped() -> None:
                asked.append(None)
                stage.workers.stopping = 15
                between()

            return whole(folders, spec, between=stopped, **rest)

        ports = stage._ports

        def kept(*arguments: Any) -> Any:
            made = ports(*arguments)
            stage.workers = made.workers
            return made

        monkeypatch.setattr(stage, "_ports", kept)
        monkeypatch.setattr(Folders, "scan", scan)
        for run in (stage.apply, stage.plan):
            asked.clear()
            with pytest.raises(InterruptedRun) as ended:
                run()
            assert ended.value.exit_code == ExitCode.SIGTERM
            assert len(asked) == 1

"""Files that change under way: planned again, and Imgur never receives bytes that were not planned."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.executor import Ports
from imgur_sync.local.folders import Folders
from imgur_sync.model.event import Planned
from imgur_sync.model.step import Upload
from tests.support.pictures import png
from tests.support.sync_stage import SyncStage

VICTIM = "05.png"


class ChangingStage(SyncStage):
    """Changes a file once, when the program opens it for the `at`-th time: before that, or right after."""

    at = 0
    after = False
    opened = 0
    changes: tuple[Callable[[Path], None], ...] = ()

    def strike(self) -> None:
        """Change it."""
        for change in self.changes:
            change(self.albums["cats"].root / VICTIM)

    def _ports(self, *given: Any) -> Ports:
        ports = super()._ports(*given)
        return replace(ports, local=Folders(ports.cache, ports.clock, self._open))

    def _open(self, path: str, flags: int, *, dir_fd: int | None = None) -> int:
        due = False
        if os.path.basename(path) == VICTIM:
            self.opened += 1
            due = self.opened == self.at
        if due and not self.after:
            self.strike()
        fd = os.open(path, flags, dir_fd=dir_fd)
        if due and self.after:
            self.strike()
        return fd


def grow(path: Path) -> None:
    """Another program goes on writing."""
    with path.open("ab") as file:
        file.write(b"more" * 5000)


def shrink(path: Path) -> None:
    """It begins anew and got half-way."""
    os.truncate(path, path.stat().st_size // 2)


def vanish(path: Path) -> None:
    """It is removed."""
    path.unlink()


def swap(path: Path) -> None:
    """Another picture takes its place, as editors save."""
    other = path.with_name(".saving")
    other.write_bytes(png(seed=77))
    other.replace(path)


def overwrite(path: Path) -> None:
    """Another picture is written into the same file, from its first byte to its last."""
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.write(png(seed=78, pad=max(0, size - len(png(seed=78)))))
        file.truncate()


@pytest.mark.parametrize("after", [False, True], ids=["before it is open", "once it is open"])
@pytest.mark.parametrize("at", [1, 2], ids=["scan and hash", "upload"])
@pytest.mark.parametrize("change", [grow, shrink, vanish, swap, overwrite], ids=lambda value: value.__name__)
def test_a_file_that_changes_under_way_is_planned_again(
    change: Callable[[Path], None], at: int, after: bool, tmp_path: Path
) -> None:
    """Every upload that Imgur received has a digest that was planned and that some file really had; in the end the
    album shows what the folder holds, once."""
    with ChangingStage(tmp_path) as stage:
        root = stage.album("cats")
        for seed in range(8):
            stage.put("cats", f"{seed:02}.png", seed)
        had = {hashlib.sha256(path.read_bytes()).hexdigest() for path in root.iterdir()}
        stage.at, stage.after, stage.changes = at, after, (change,)
        planned: set[str] = set()
        codes = []
        for _ in range(3):
            codes.append(stage.apply().codes[0])
            plans = [event.plan for event in stage.events if isinstance(event, Planned)]
            steps = [step for plan in plans for album in plan.albums for step in album.wanted]
            planned |= {step.digest for step in steps if isinstance(step, Upload)}
            stage.clock.advance(86_400)
        assert stage.opened >= at
        had |= {hashlib.sha256(path.read_bytes()).hexdigest() for path in root.iterdir()}
        received = [upload["sha256"] for upload in stage.look("history")["uploads"]]
        assert set(received) <= planned <= had
        assert len(received) == len(set(received))
        whole = [digest for name, digest in _digests(root) if change is not shrink or name != VICTIM]
        shown = stage.shown("cats")
        if change is shrink:
            assert codes[-1] == 7, "half a picture is never sent, and told"
            assert [digest for digest in shown if digest in whole] == whole
        else:
            assert codes[-1] == 0
            assert shown == whole


def _digests(root: Path) -> list[tuple[str, str]]:
    return [(path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in sorted(root.iterdir())]

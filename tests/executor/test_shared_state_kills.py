"""Machines that lose everything when they die: wherever that is, the next one ends in order and sends nothing twice."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import ExitCode
from imgur_sync.model.event import RunFinished
from imgur_sync.model.plan import Plan
from imgur_sync.model.secret import Secret
from imgur_sync.model.spec import Manifest, Prune
from imgur_sync.state.git_copy import write_copy
from imgur_sync.state.git_lease import GitLease
from imgur_sync.state.git_seal import Sealer
from imgur_sync.state.git_share import SharedState
from imgur_sync.state.git_store import GitStore
from tests.executor.test_store_kills import MortalStage, edit_folders, fill
from tests.support.memory_ref import MemoryRef, MemoryRemote
from tests.support.sync_stage import LINEAGE, Killed

SEALER = Sealer(Secret("a key of the tests, long enough"), LINEAGE, "the ref")
LEASE = 600.0


class DyingRef(MemoryRef):
    """A ref in front of which the machine dies at its `at`-th push: before it, or right after."""

    at, after = 0, False

    def write(self, files: Mapping[str, bytes], old: str, message: str) -> str:
        """Push, or die."""
        self.at -= 1
        if self.at == 0 and not self.after:
            raise Killed
        commit = super().write(files, old, message)
        if self.at == 0:
            raise Killed
        return commit


class RunnerStage(MortalStage):
    """Each apply runs on a machine of its own, which has nothing before and nothing after."""

    push_at, push_after = 0, False

    def __init__(self, base: Path, **knobs: Any) -> None:
        super().__init__(base, **knobs)
        self.shared = MemoryRemote()

    def apply(self, *arguments: Any, **options: Any) -> RunFinished:
        """As a whole command does it: the lock, the run, the end of both."""
        try:
            finished = super().apply(*arguments, **options)
            self.share._stage_end()
            self.lease._give_back()
            return finished
        except Killed:
            self.clock.advance(LEASE + self.settle + 31)
            raise
        finally:
            shutil.rmtree(self.base / ".imgur-sync", ignore_errors=True)

    def plan(self, *arguments: Any, **options: Any) -> Plan:
        """On a machine that has what the last one left."""
        write_copy(
            SEALER.open("state", self.shared.held.files["state"]), self.manifest().state_path, LINEAGE, "the ref"
        )
        return super().plan(*arguments, **options)

    def _opened(self, manifest: Manifest) -> GitStore:
        ref: Any = DyingRef(self.shared)
        ref.at, ref.after = self.push_at, self.push_after
        clock = self.clock
        times = {"now": clock.now, "monotonic": clock.monotonic, "sleep": clock.advance}
        self.lease = GitLease(ref, seconds=LEASE, settle=self.settle, **times)
        self.share = SharedState(
            ref, self.lease, lambda: SEALER, manifest.state_path, LINEAGE, monotonic=clock.monotonic
        )
        self.lease._take("apply")
        self.share._bring(SEALER)
        return GitStore.over(super()._opened(manifest), self.share)

    def dies(self, way: str, at: int) -> bool:
        """An apply that dies at its `at`-th push, record or request, before and after it by turns; whether it came that
        far."""
        if way == "record":
            return self.dying_apply(at, after=at % 2 == 0)
        if way == "request":
            return self.killed_apply(at, after=at % 2 == 0)
        self.push_at, self.push_after = (at + 1) // 2, at % 2 == 0
        try:
            self.apply()
        except Killed:
            return True
        finally:
            self.push_at = 0
        return False


STEPS = {"push": 1, "record": 7, "request": 9}
"""Of what happens in a run, it dies at each so-manieth; SHARED_KILLS=all takes all, in some minutes."""


@pytest.mark.parametrize("way", list(STEPS))
@pytest.mark.parametrize("scenario", ["first sync", "changes"])
def test_a_machine_that_dies_anywhere_leaves_nothing_twice(tmp_path: Path, scenario: str, way: str) -> None:
    """At a push, record or request of a run: no picture twice, no album twice, exit 0, nothing left to do."""
    step = 1 if os.environ.get("SHARED_KILLS") == "all" else STEPS[way]
    at = 1 - step
    while True:
        at += step
        with RunnerStage(tmp_path / str(at)) as stage:
            fill(stage, Prune.DETACH)
            if scenario == "changes":
                assert stage.apply().codes == (ExitCode.DONE,)
                stage.clock.advance(100)
                edit_folders(stage)
            if not stage.dies(way, at):
                break
            finished = stage.apply()
            assert finished.codes == (ExitCode.DONE,), f"{way} {at}: {finished.albums}"
            for key in stage.albums:
                assert stage.shown(key) == stage.wanted(key), f"{way} {at}"
            assert stage.look("ledger")["uploads"] == (6 if scenario == "first sync" else 8), f"{way} {at}"
            assert len(stage.look("world")["albums"]) == 2, f"{way} {at}"
            assert stage.plan().settled
    assert at > 3


def test_an_upload_that_no_album_shows_is_found_all_the_same(tmp_path: Path) -> None:
    """Sent by a machine that died, and in the account alone: the ref tells that it may have been sent."""
    with RunnerStage(tmp_path) as stage:
        fill(stage, Prune.DETACH)
        stage.apply()
        stage.clock.advance(100)
        stage.put("cats", "new.png", 99)
        at = 0
        while stage.look("ledger")["uploads"] < 7:
            at += 1
            assert stage.killed_apply(at, after=True)
        newest = max(stage.look("world")["images"], key=lambda image: image["datetime"])
        cats = next(album for album in stage.look("world")["albums"] if newest["id"] in album["images"])
        stage.steer("edit", {"op": "remove_from_album", "id": cats["id"], "images": [newest["id"]]})
        assert stage.apply().codes == (ExitCode.DONE,)
        assert stage.shown("cats") == stage.wanted("cats")
        assert stage.look("ledger")["uploads"] == 7

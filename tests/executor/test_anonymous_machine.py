"""The state machine of test_machine.py without an account: whatever came before, quiet applies converge."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from imgur_sync.model.spec import Prune
from imgur_sync.model.synced import IntentKind, IntentStatus
from imgur_sync.state.store import find_store
from tests.executor.test_machine import KEYS, Mirror
from tests.support.sync_stage import LINEAGE, SyncStage


class NobodysMirror(Mirror):
    """Two folders and their albums of no account, in a drawn shape of replies."""

    def __init__(self) -> None:
        super().__init__()
        self.stage.__exit__(None, None, None)
        self.stage = SyncStage(self.base / "nobodys", anonymous=True)

    @initialize(prune=st.sampled_from(list(Prune)), shape=st.sampled_from(["mixed", "v1"]))
    def two_albums(self, prune: Prune, shape: str) -> None:
        """As with an account; names can be read in the new shape only."""
        self.stage.steer("knobs", {"shape": shape})
        for number, key in enumerate(("cats", "dogs")):
            self.stage.album(key, prune=prune if prune is not Prune.NEVER else Prune.DETACH)
            self.stage.put(key, "anchor.png", 100 + number)

    @rule(key=KEYS, seed=st.integers(200, 220))
    def somebody_adds(self, key: str, seed: int) -> None:
        """Not while an upload is in doubt: where names cannot be read, a picture as large as its file passes for it."""
        if not self._doubted():
            super().somebody_adds(key, seed)

    @rule(key=KEYS, data=st.data())
    def somebody_edits(self, key: str, data: Any) -> None:
        """Not while an upload is in doubt: a picture that leaves its album before we looked is never found again."""
        if not self._doubted():
            super().somebody_edits(key, data)

    def _doubted(self) -> bool:
        store = find_store(self.stage.manifest().state_path, lineage=LINEAGE, read_only=True)
        if store is None:
            return False
        with store:
            return any(intent.kind is IntentKind.UPLOAD for intent in store.intents(IntentStatus.OPEN))

    def _album(self, key: str) -> dict[str, Any]:
        """That of the record: nobody finds one whose answer was lost."""
        store = find_store(self.stage.manifest().state_path, lineage=LINEAGE, read_only=True)
        if store is None:
            return {}
        with store:
            record = store.album(key)
        found = (a for a in self.stage.look("world")["albums"] if record is not None and a["id"] == record.id)
        return dict(next(found, {}))

    def _check(self) -> None:
        """What is ours in each album equals its folder; what is not ours is still there; nothing has an owner."""
        world = self.stage.look("world")
        images = {image["id"]: image for image in world["images"]}
        for key in self.stage.albums:
            shown = [images[i] for i in self._album(key)["images"]]
            ours = [image["sha256"] for image in shown if ".is1-" in image["name"]]
            assert ours == self.stage.wanted(key)
        names = Counter(image["name"] for image in images.values() if ".is1-" in image["name"])
        twice = sum(count - 1 for count in names.values())
        assert twice == 0, "one upload, two pictures"
        assert self.foreign <= {image["sha256"] for image in images.values()}, "a foreign picture was deleted"
        for request in self.stage.look("history")["requests"]:
            assert "oauth" not in request["path"]
            assert "/account/" not in request["path"]


NobodysMirror.TestCase.settings = settings(
    max_examples=30, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck)
)
TestNobodysMirror = NobodysMirror.TestCase

"""A state machine over edits, plans, applies, faults and kills: whatever came before, quiet applies converge."""

from __future__ import annotations

import base64
import hashlib
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from imgur_sync.errors import ApprovalError, ExitCode, ImgurSyncError
from imgur_sync.model.plan import GateName
from imgur_sync.model.spec import Prune
from tests.support.pictures import png
from tests.support.sync_stage import SyncStage

KEYS = st.sampled_from(["cats", "dogs"])
NUMBERS = st.integers(0, 7)
SEEDS = st.integers(0, 11)
FAULTS = st.sampled_from(["drop_before", "drop_after", "late"])
TARGETS = st.sampled_from(
    [
        ("POST", "/3/upload"),
        ("POST", "/3/album"),
        ("PUT", "/3/album/*"),
        ("PUT", "/3/image/*"),
        ("POST", "/3/album/*/remove_images"),
        ("DELETE", "/3/image/*"),
        ("GET", "/3/album/*"),
        ("GET", "/3/account/me/images/*"),
    ]
)


class Mirror(RuleBasedStateMachine):
    """Two folders and their albums. The oracle is the folders, and what the simulator holds and counted."""

    def __init__(self) -> None:
        super().__init__()
        self.base = Path(tempfile.mkdtemp(prefix="imgur-sync-machine-"))
        self.stage = SyncStage(self.base / "world")
        self.foreign: set[str] = set()
        self.deleted: set[str] = set()

    @initialize(prune=st.sampled_from(list(Prune)), template=st.sampled_from(["", "{stem}"]))
    def two_albums(self, prune: Prune, template: str) -> None:
        """Each folder holds one picture that stays, so that no folder looks unplugged."""
        for number, key in enumerate(("cats", "dogs")):
            self.stage.album(key, prune=prune if prune is not Prune.NEVER else Prune.DETACH, image_title=template)
            self.stage.put(key, "anchor.png", 100 + number)

    def files(self, key: str) -> list[Path]:
        """The files that may be changed, by name."""
        root = self.stage.albums[key].root
        return sorted(path for path in root.iterdir() if path.name != "anchor.png")

    @rule(key=KEYS, number=NUMBERS, seed=SEEDS)
    def write(self, key: str, number: int, seed: int) -> None:
        """Add a file, or replace its content."""
        self.stage.put(key, f"{number}.png", seed)

    @rule(key=KEYS, data=st.data())
    def remove(self, key: str, data: Any) -> None:
        """Delete a file."""
        if files := self.files(key):
            data.draw(st.sampled_from(files)).unlink()

    @rule(key=KEYS, other=KEYS, number=NUMBERS, data=st.data())
    def move(self, key: str, other: str, number: int, data: Any) -> None:
        """Rename a file, also over another one, also into the other folder."""
        if files := self.files(key):
            data.draw(st.sampled_from(files)).rename(self.stage.albums[other].root / f"{number}.png")

    @rule(key=KEYS, data=st.data())
    def swap(self, key: str, data: Any) -> None:
        """Two files change contents."""
        if len(files := self.files(key)) > 1:
            one, two = data.draw(st.permutations(files))[:2]
            first, second = one.read_bytes(), two.read_bytes()
            one.write_bytes(second)
            two.write_bytes(first)

    @rule(seconds=st.sampled_from([1, 50, 100, 5000]))
    def wait(self, seconds: int) -> None:
        """Time passes."""
        self.stage.clock.advance(seconds)

    @rule(key=KEYS, seed=st.integers(200, 220))
    def somebody_adds(self, key: str, seed: int) -> None:
        """A picture is added to the album on the web site."""
        if album := self._album(key):
            data = png(seed=seed)
            self.stage.steer("edit", {"op": "add", "id": album["id"], "image_base64": base64.b64encode(data).decode()})
            self.foreign.add(hashlib.sha256(data).hexdigest())

    @rule(key=KEYS, data=st.data())
    def somebody_edits(self, key: str, data: Any) -> None:
        """On the web site a picture is taken out or deleted (none twice), the order or a picture's text is changed."""
        album = self._album(key)
        if not album or not album["images"]:
            return
        image = data.draw(st.sampled_from(album["images"]))
        sha = next(i["sha256"] for i in self.stage.look("world")["images"] if i["id"] == image)
        match data.draw(st.sampled_from(["out", "delete", "order", "text"])):
            case "out" if sha not in self.foreign:
                self.stage.steer("edit", {"op": "remove_from_album", "id": album["id"], "images": [image]})
            case "delete" if sha not in self.deleted | self.foreign:
                self.deleted.add(sha)
                self.stage.steer("edit", {"op": "delete_image", "id": image})
            case "text":
                self.stage.steer("edit", {"op": "set_image", "id": image, "title": "Mine"})
            case "order":
                order = data.draw(st.permutations(album["images"]))
                self.stage.steer("edit", {"op": "order", "id": album["id"], "images": list(order)})

    @rule(request=TARGETS, nth=st.integers(1, 4), fault=FAULTS)
    def break_something(self, request: tuple[str, str], nth: int, fault: str) -> None:
        """One of the next requests goes wrong."""
        match = {"method": request[0], "path": request[1], "nth": nth}
        self.stage.steer("faults", [{"match": match, "fault": fault, "seconds": 40}])

    @rule()
    def plan(self) -> None:
        """A plan sends nothing but GETs."""
        before = len(self.stage.look("history")["requests"])
        try:
            self.stage.plan()
        except ImgurSyncError:
            return
        finally:
            sent = self.stage.look("history")["requests"][before:]
            assert all(entry["method"] == "GET" for entry in sent)

    @rule()
    def apply(self) -> None:
        """An apply that passes no gate, under whatever faults there are."""
        try:
            self.stage.apply()
        except ImgurSyncError:
            return

    @rule(at=st.integers(1, 25), after=st.booleans())
    def killed(self, at: int, after: bool) -> None:
        """An apply that is killed at some request."""
        try:
            self.stage.killed_apply(at, after=after)
        except ImgurSyncError:
            return

    @rule(template=st.sampled_from(["", "{stem}", "{index}", "{name} of {folder}"]))
    def retitle(self, template: str) -> None:
        """The manifest asks for other titles."""
        self.stage.change("cats", image_title=template)

    @precondition(lambda self: self.stage.albums)
    @rule()
    def converge(self) -> None:
        """Faults stop and listings grow old: at most three applies later all is in order, and stays so."""
        self.stage.web.delete("/_simulator/faults")
        self.stage.clock.advance(4000)
        for _ in range(3):
            codes = self._approved_apply()
            if codes == (ExitCode.DONE,):
                break
        assert codes == (ExitCode.DONE,), self.stage.events[-1]
        self._check()
        plan = self.stage.plan()
        assert plan.settled
        assert plan.empty

    def _approved_apply(self) -> tuple[ExitCode, ...]:
        counts: dict[GateName, int] = {}
        for album in self.stage.plan().albums:
            for gate in album.gates:
                if gate.name.approvable:
                    counts[gate.name] = counts.get(gate.name, 0) + gate.count
        try:
            return self.stage.apply(counts).codes
        except ApprovalError:
            return self.stage.apply().codes

    def _album(self, key: str) -> dict[str, Any]:
        found = [album for album in self.stage.look("world")["albums"] if album["title"] == key]
        return dict(found[0]) if found else {}

    def _check(self) -> None:
        """Albums equal folders (foreign pictures behind ours), and no picture was ever uploaded twice."""
        images = {image["id"]: image for image in self.stage.look("world")["images"]}
        for key in self.stage.albums:
            shown = [images[i] for i in self.stage.remote(key)["images"]]
            ours = [image["sha256"] for image in shown if ".is1-" in image["name"]]
            assert ours == self.stage.wanted(key)
            assert all(".is1-" not in image["name"] for image in shown[len(ours) :])
            if wanted := self._titles(key):
                assert [image["title"] for image in shown[: len(ours)]] == wanted
        names = [image["name"] for image in images.values() if ".is1-" in image["name"]]
        assert len(names) == len(set(names)), "one upload, two pictures"
        shas = {image["sha256"] for image in images.values()}
        assert self.foreign <= shas, "a foreign picture was deleted"

    def _titles(self, key: str) -> list[str]:
        """The titles that the manifest asks for, in the order of the album; none where it asks for none."""
        spec = self.stage.albums[key]
        files = sorted(path for path in spec.root.iterdir())
        return [
            spec.image_title.format(stem=path.stem, name=path.name, folder=spec.root.name, index=number)
            for number, path in enumerate(files if spec.image_title else [], 1)
        ]

    def teardown(self) -> None:
        """Check once more where it ends, then clean up."""
        try:
            if self.stage.albums:
                self.converge()
        finally:
            self.stage.__exit__(None, None, None)
            shutil.rmtree(self.base)


Mirror.TestCase.settings = settings(
    max_examples=30, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck)
)
TestMirror = Mirror.TestCase

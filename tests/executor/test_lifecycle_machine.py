"""A state machine over what becomes of whole albums: keys that move, albums removed, dropped, forgotten and taken up
again, collections, adopted ids, texts, pictures put back and deleted for good; with faults and kills."""

from __future__ import annotations

import base64
import hashlib
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from imgur_sync.errors import ApprovalError, ExitCode, ImgurSyncError
from imgur_sync.model.plan import GateName, Plan
from imgur_sync.model.spec import Order, Prune
from imgur_sync.model.texts import Texts
from tests.executor.test_machine import FAULTS, TARGETS
from tests.support.lifecycle_stage import LifecycleStage
from tests.support.pictures import png

NUMBERS = st.integers(0, 4)
SEEDS = st.integers(0, 9)
TITLES = st.sampled_from([None, "", "Tom", "Tim"])
KILLS = st.integers(0, 25)


class Lives(RuleBasedStateMachine):
    """Two albums and a collection. The oracle is the folders, and what the simulator holds and counted."""

    anonymous = False

    def __init__(self) -> None:
        super().__init__()
        self.base = Path(tempfile.mkdtemp(prefix="imgur-sync-lives-"))
        self.stage = LifecycleStage(self.base / "world", anonymous=self.anonymous)
        self.foreign: dict[str, str] = {}
        self.edited: set[str] = set()
        self.lost: set[str] = set()
        self.dropped: dict[str, Any] = {}
        self.serial = 0

    @initialize(prune=st.sampled_from([Prune.DETACH, Prune.DELETE]), shape=st.sampled_from(["mixed", "v1"]))
    def folders(self, prune: Prune, shape: str) -> None:
        """Each folder holds one picture that stays, so that no folder looks unplugged."""
        self.prune = prune
        self.stage.steer("knobs", {"shape": shape if self.anonymous else "mixed"})
        for number, key in enumerate(("cats", "dogs")):
            self.stage.album(key, prune=prune)
            self.stage.put(key, "anchor.png", 100 + number)
        self.stage.collect(prune=prune)

    def keys(self) -> list[str]:
        """The albums that the manifest names now."""
        return [spec.key for spec in self.stage.manifest().albums]

    def key(self, data: Any) -> str:
        """One of them."""
        return str(data.draw(st.sampled_from(self.keys())))

    def files(self, key: str) -> list[Path]:
        """The files that may be changed, by name."""
        return sorted(path for path in self.stage.spec(key).root.iterdir() if path.name != "anchor.png")

    # Files

    @rule(data=st.data(), number=NUMBERS, seed=SEEDS)
    def write(self, data: Any, number: int, seed: int) -> None:
        """Add a file, or replace its content."""
        if self.keys():
            (self.stage.spec(self.key(data)).root / f"{number}.png").write_bytes(png(seed=seed))

    @rule(data=st.data())
    def unlink(self, data: Any) -> None:
        """Delete a file."""
        if self.keys() and (files := self.files(self.key(data))):
            data.draw(st.sampled_from(files)).unlink()

    @rule(data=st.data(), number=NUMBERS)
    def move_file(self, data: Any, number: int) -> None:
        """Rename a file, also into another folder."""
        if self.keys() and (files := self.files(self.key(data))):
            data.draw(st.sampled_from(files)).rename(self.stage.spec(self.key(data)).root / f"{number}.png")

    # The manifest

    @rule(data=st.data(), title=TITLES, number=NUMBERS, template=st.sampled_from(["", "{stem}", "{index}"]))
    def texts(self, data: Any, title: str | None, number: int, template: str) -> None:
        """The manifest asks for other texts of pictures."""
        if keys := [key for key in self.keys() if key in self.stage.albums]:
            images = ((f"{number}.png", Texts(title, None)),) if title is not None else ()
            self.stage.change(data.draw(st.sampled_from(keys)), images=images, image_title=template)

    @rule(data=st.data(), listed=st.lists(st.sampled_from(["4.png", "anchor.png", "1.png"]), unique=True))
    def order(self, data: Any, listed: list[str]) -> None:
        """The manifest lists some pictures first."""
        if keys := [key for key in self.keys() if key in self.stage.albums]:
            self.stage.change(data.draw(st.sampled_from(keys)), listed=tuple(listed), order=Order.NAME)

    @rule(data=st.data(), on=st.booleans())
    def protect(self, data: Any, on: bool) -> None:
        """An album is protected, or no more."""
        if keys := [key for key in self.keys() if key in self.stage.albums]:
            self.stage.change(data.draw(st.sampled_from(keys)), protect=on)

    @rule(data=st.data())
    def rename_key(self, data: Any) -> None:
        """A table gets another key."""
        if keys := [key for key in self.keys() if key in self.stage.albums]:
            old = data.draw(st.sampled_from(keys))
            self.serial += 1
            self.stage.rename(old, f"{old.rstrip('0123456789')}{self.serial}")

    @rule(data=st.data(), pictures=st.booleans(), keep=st.booleans())
    def remove_album(self, data: Any, pictures: bool, keep: bool) -> None:
        """An album's table goes for a [[removed]], or just goes."""
        keys = [key for key in self.keys() if key in self.stage.albums]
        if len(keys) < 2:
            return
        key = data.draw(st.sampled_from(keys))
        self.dropped[key] = self.stage.albums[key]
        if keep:
            del self.stage.albums[key]
            self.stage.moved = tuple(move for move in self.stage.moved if move.target != key)
        else:
            self.stage.remove(key, pictures=pictures)

    @rule(data=st.data())
    def take_up(self, data: Any) -> None:
        """A table that went comes back."""
        if self.dropped:
            key = data.draw(st.sampled_from(sorted(self.dropped)))
            self.stage.removed = tuple(one for one in self.stage.removed if one.album != key)
            self.stage.albums[key] = self.dropped.pop(key)

    @rule(data=st.data())
    def forget(self, data: Any) -> None:
        """The user lets go of an album without a table."""
        if self.dropped:
            key = data.draw(st.sampled_from(sorted(self.dropped)))
            album = self.stage.there(key)
            if self.stage.forget(key):
                self.stage.removed = tuple(one for one in self.stage.removed if one.album != key)
                images = {image["id"]: image["sha256"] for image in self.stage.look("world")["images"]}
                self.foreign |= {image_id: images[image_id] for image_id in album.get("images", ())}

    @rule(name=st.sampled_from(["alps", "sea"]), seed=SEEDS)
    def sub_folder(self, name: str, seed: int) -> None:
        """The collection has another sub-folder."""
        root = self.stage.base / "trips" / name
        key = f"trips/{name}"
        if not root.exists() and not self.stage.there(key):  # another folder in its place would trip the gate root
            self.stage.removed = tuple(one for one in self.stage.removed if one.album != key)
            self.stage.moved = tuple(move for move in self.stage.moved if move.source != key)
            root.mkdir()
            (root / "anchor.png").write_bytes(png(seed=110 + seed))

    @rule(told=st.booleans(), back=st.booleans())
    def rename_sub_folder(self, told: bool, back: bool) -> None:
        """A sub-folder gets another name, with or without a [[moved]]."""
        old, new = ("sea", "alps") if back else ("alps", "sea")
        trips = self.stage.base / "trips"
        if not (trips / old).exists() or (trips / new).exists() or self.stage.knows(f"trips/{new}"):
            return
        (trips / old).rename(trips / new)
        self.stage.removed = tuple(one for one in self.stage.removed if one.album != f"trips/{new}")
        self.stage.moved = tuple(move for move in self.stage.moved if move.source != f"trips/{new}")
        if told:
            self.stage.tell_move(f"trips/{old}", f"trips/{new}")

    @rule(name=st.sampled_from(["alps", "sea"]))
    def drop_sub_folder(self, name: str) -> None:
        """A sub-folder is deleted."""
        if (self.stage.base / "trips" / name).exists():
            shutil.rmtree(self.stage.base / "trips" / name)

    @precondition(lambda self: not self.anonymous)
    @rule(seed=st.integers(200, 220))
    def adopt(self, seed: int) -> None:
        """The manifest names an album by its id."""
        key = f"found{self.serial}"
        if key in self.stage.albums or self.stage.knows(key):
            return
        self.stage.web.delete("/_simulator/faults")
        album = self.stage.found(seed)
        (found,) = (one for one in self.stage.look("world")["albums"] if one["id"] == album)
        self.foreign |= dict.fromkeys(found["images"], "")
        self.stage.removed = tuple(one for one in self.stage.removed if one.album != key)
        self.stage.moved = tuple(move for move in self.stage.moved if move.source != key)
        self.stage.album(key, id=album, prune=self.prune)
        self.stage.put(key, "anchor.png", 120 + self.serial % 10)

    # Imgur

    @rule(data=st.data(), what=st.sampled_from(["out", "delete", "order", "text", "add", "privacy"]))
    def somebody(self, data: Any, what: str) -> None:
        """Something is done on the web site; no picture is deleted there twice."""
        album = self.stage.there(self.key(data)) if self.keys() else {}
        if not album or not album["images"]:
            return
        image = data.draw(st.sampled_from(album["images"]))
        sha = next(i["sha256"] for i in self.stage.look("world")["images"] if i["id"] == image)
        match what:
            case "out" if image not in self.foreign:
                self.stage.steer("edit", {"op": "remove_from_album", "id": album["id"], "images": [image]})
            case "delete" if sha not in self.lost and image not in self.foreign:
                self.lost.add(sha)
                self.stage.steer("edit", {"op": "delete_image", "id": image})
            case "text":
                self.stage.steer("edit", {"op": "set_image", "id": image, "title": "Mine"})
            case "order":
                order = data.draw(st.permutations(album["images"]))
                self.stage.steer("edit", {"op": "order", "id": album["id"], "images": list(order)})
            case "add":
                self.serial += 1
                picture = base64.b64encode(png(seed=300 + self.serial)).decode()
                self.stage.steer("edit", {"op": "add", "id": album["id"], "image_base64": picture})
                now = next(one for one in self.stage.look("world")["albums"] if one["id"] == album["id"])
                self.foreign |= {i: "" for i in now["images"] if i not in album["images"]}
            case "privacy":
                self.stage.steer("edit", {"op": "set_album", "id": album["id"], "privacy": "public"})

    @rule(seconds=st.sampled_from([1, 50, 100, 5000]))
    def wait(self, seconds: int) -> None:
        """Time passes."""
        self.stage.clock.advance(seconds)

    @rule(request=TARGETS, nth=st.integers(1, 4), fault=FAULTS)
    def break_something(self, request: tuple[str, str], nth: int, fault: str) -> None:
        """One of the next requests goes wrong."""
        match = {"method": request[0], "path": request[1], "nth": nth}
        self.stage.steer("faults", [{"match": match, "fault": fault, "seconds": 40}])

    # Runs

    @rule(offline=st.booleans())
    def plan(self, offline: bool) -> None:
        """A plan sends nothing but GETs, and offline nothing."""
        before, state = len(self.stage.look("history")["requests"]), self.state_bytes()
        with suppress(ImgurSyncError):
            self.stage.plan(offline=offline)
        sent = self.stage.look("history")["requests"][before:]
        assert all(entry["method"] == "GET" for entry in sent)
        assert not (offline and sent)
        assert self.state_bytes() == state

    def state_bytes(self) -> bytes:
        path = self.stage.manifest().state_path
        return path.read_bytes() if path.exists() else b""

    @rule(data=st.data(), some=st.booleans(), kill_at=KILLS, after=st.booleans(), approved=st.booleans())
    def apply(self, data: Any, some: bool, kill_at: int, after: bool, approved: bool) -> None:
        """An apply of all or one album, perhaps killed at some request."""
        options: dict[str, Any] = {"albums": (self.key(data),)} if some and self.keys() else {}
        if kill_at and not some:
            try:
                self.stage.killed_apply(kill_at, after=after)
            except ImgurSyncError:
                return
        try:
            self._apply(approved, **options)
        except ImgurSyncError:
            return

    @rule(data=st.data(), kill_at=KILLS, after=st.booleans())
    def put_back(self, data: Any, kill_at: int, after: bool) -> None:
        """`restore` of all that left an album, perhaps killed."""
        if self.keys() and not self._pending():
            self._reversal(self.stage.restore, self.key(data), kill_at=kill_at, after=after)

    @rule(kill_at=KILLS, after=st.booleans())
    def purge(self, kill_at: int, after: bool) -> None:
        """`purge` of all that left, perhaps killed."""
        if not self._pending():
            self._reversal(self.stage.purge, kill_at=kill_at, after=after)

    def _reversal(self, command: Any, *given: str, **kill: Any) -> None:
        if self.stage.ask(lambda store: store.lineage) is None:
            return
        try:
            command(*given, **kill)
        except ImgurSyncError:
            return

    def _pending(self) -> bool:
        return any(self.stage.knows(move.source) for move in self.stage.moved)

    @rule()
    def converge(self) -> None:
        """Faults stop, nothing is protected and listings grow old: a few applies later all is in order, and stays."""
        self.stage.web.delete("/_simulator/faults")
        for key in self.stage.albums:
            self.stage.change(key, protect=False)
        for _ in range(5):
            self._settle_sub_folders()
            self.stage.clock.advance(4000)
            codes = self._apply(True).codes
            if codes == (ExitCode.DONE,):
                break
        plan = self.stage.plan()
        assert codes == (ExitCode.DONE,) or self._blocked(plan), (codes, self.stage.events[-1])
        self._check()
        assert self._blocked(plan)

    def _settle_sub_folders(self) -> None:
        """What vanished without a word is removed, once no [[moved]] is left to follow."""
        for synced in self.stage.ask(lambda store: store.albums()) or ():
            told = {move.source for move in self.stage.moved}
            lost = synced.key.startswith("trips/") and not (self.stage.base / synced.key).exists()
            if lost and synced.key not in told and not synced.gone:
                self.stage.remove(synced.key)

    def _blocked(self, plan: Plan) -> bool:
        """Whether nothing is left but removals of albums that hold somebody else's pictures, or were protected."""
        removed = {one.album for one in self.stage.removed}
        for album in plan.albums:
            if album.album in removed and album.blocked and not album.steps:
                assert album.foreign or album.blocked[0].protected
                continue
            lost = [item for item in album.blocked if "deletehash was lost" in item.reason]
            assert not lost or self.anonymous
            if album.steps or album.gates or album.unsettled or album.wanted or len(album.blocked) > len(lost):
                return False
        return True

    def _apply(self, approved: bool, **options: Any) -> Any:
        counts: dict[GateName, int] = {}
        plan = self.stage.plan(**options)
        for gate in (gate for album in plan.albums for gate in album.gates if gate.name.approvable and approved):
            counts[gate.name] = counts.get(gate.name, 0) + gate.count
        try:
            return self.stage.apply(counts, **options)
        except ApprovalError:
            return self.stage.apply(**options)

    # What holds

    def _check(self) -> None:
        """Albums equal folders, nothing is there twice, and what is foreign is there."""
        images = {image["id"]: image for image in self.stage.look("world")["images"]}
        for spec in self.stage.manifest().albums:
            files = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in spec.root.iterdir()}
            if not files and not self.stage.there(spec.key):
                continue
            names = [name for name in spec.listed if name in files]
            names += sorted(files.keys() - set(names))
            shown = [images[i] for i in self.stage.there(spec.key)["images"]]
            self._check_album(spec, [files[name] for name in names], shown, names)
        names = [image["name"] for image in images.values() if ".is1-" in image["name"]]
        assert len(names) == len(set(names)), "one upload, two pictures"
        assert self.foreign.keys() <= images.keys(), "a foreign picture was deleted"

    def _check_album(self, spec: Any, wanted: list[str], shown: list[dict[str, Any]], names: list[str]) -> None:
        pictures = self.stage.ask(lambda store: store.pictures(spec.key)) or ()
        managed = {picture.id for picture in pictures}
        keyless = {picture.id for picture in pictures if picture.deletehash is None and self.anonymous}
        if self.anonymous:  # pictures of others stay where they are
            shown = [image for image in shown if image["id"] in managed]
        assert [image["sha256"] for image in shown[: len(wanted)]] == wanted, spec.key
        for image in shown[: len(wanted)]:
            assert image["id"] in managed
            assert image["id"] not in self.foreign
        single = dict(spec.images)
        for number, (name, image) in enumerate(zip(names, shown, strict=False), 1):
            title = single[name].title if name in single else None
            if title is None and spec.image_title:
                title = spec.image_title.format(stem=name[:-4], index=number)
            assert title is None or (image["title"] or "") == title or image["id"] in keyless, (spec.key, name)

    def teardown(self) -> None:
        """Check once more where it ends, then clean up."""
        try:
            if self.stage.albums:
                self.converge()
        finally:
            self.stage.__exit__(None, None, None)
            shutil.rmtree(self.base)


Lives.TestCase.settings = settings(
    max_examples=20, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
TestLives = Lives.TestCase


class NobodysLives(Lives):
    """The same without an account."""

    anonymous = True


NobodysLives.TestCase.settings = settings(
    max_examples=20, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
TestNobodysLives = NobodysLives.TestCase

"""What happens in a history beside the runs: people at their folders, at the manifest, on the web site; other programs;
time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from imgur_sync.model.spec import AlbumSpec, BudgetSpec, OnRemoteDelete, Order, Privacy, Prune
from imgur_sync.model.texts import Texts
from imgur_sync.simulator.records import Album, Image
from imgur_sync.simulator.website import edit
from tests.simulation.contents import content
from tests.simulation.streets import Streets
from tests.simulation.theatre import Theatre
from tests.simulation.watching import Watcher

Step = Mapping[str, Any]
CONVERTERS = {
    "privacy": Privacy,
    "prune": Prune,
    "order": Order,
    "on_remote_delete": OnRemoteDelete,
    **dict.fromkeys(("listed", "include", "exclude"), tuple),
}


class Acts:
    """Does steps. `foreign` are the pictures of others by id, `site_edits` when each album was last edited on the site,
    `spent_by_others` whether another program used the same limits."""

    def __init__(self, stage: Theatre, watcher: Watcher) -> None:
        self.stage = stage
        self.watcher = watcher
        self.streets = Streets(stage.base / "pictures", stage.albums.get)
        self.streets.base.mkdir(parents=True)
        self.foreign: dict[str, Image] = {}
        self.joined: dict[str, float] = {}
        self.site_edits: dict[str, float] = {}
        self.site_privacy: dict[str, float] = {}
        self.wishes: dict[str, set[str]] = {}
        """For each key, every privacy that the manifest ever asked for since the album was last in order."""
        self.deleted_shas: set[str] = set()
        self.held: dict[str, dict[str, str]] = {}
        """For each key, the files by path that were last in order."""
        self.albums_deleted: set[str] = set()
        """The ids of the albums that somebody deleted."""
        self.out_of_sight: set[str] = set()
        """Without an account: pictures that somebody took out of their album before any answer told of them."""
        self.dropped: dict[str, AlbumSpec] = {}
        self.spent_by_others = False
        self.striked = False
        self.lost = False
        self.ever_lost = False
        self.shifted = False
        self.ahead = 0.0
        """By how many seconds the clock was ahead of the true time at most."""
        self.struck: Counter[str] = Counter()

    def do(self, step: Step) -> None:
        """One step; what makes no sense here does nothing."""
        getattr(self, "_" + step["do"])(step)

    def inside(self, step: Step) -> None:
        """A step that happens during a run."""
        by, self.watcher.by = self.watcher.by, "site"
        try:
            self.do(step)
        finally:
            self.watcher.by = by

    def calm(self) -> None:
        """Faults stop: disks are there, clocks are right, the user is logged in."""
        for key in list(self.streets.missing):
            self.streets.mount(key)
        self.stage.clock.jump(-self.stage.clock.wrong)

    def key(self, step: Step, name: str = "album") -> str | None:
        """The album of the step, if the manifest has it."""
        return step[name] if step.get(name) in self.stage.albums else None

    # Folders

    def _put(self, step: Step) -> None:
        if self.key(step):
            more = {"keep_time": step.get("keep_time", False), "below": step.get("below", "")}
            self.streets.put(step["album"], step.get("kind", "png"), step["name"], step["seed"], **more)

    def _remove(self, step: Step) -> None:
        if self.key(step):
            self.streets.remove(step["album"], step["pick"])

    def _move(self, step: Step) -> None:
        if self.key(step) and self.key(step, "to"):
            self.streets.move(step["album"], step["pick"], step["to"], step["name"], step.get("below", ""))

    def _swap(self, step: Step) -> None:
        if self.key(step):
            self.streets.swap(step["album"], step["pick"], step["other"])

    def _empty(self, step: Step) -> None:
        if self.key(step):
            self.streets.empty(step["album"])

    def _unmount(self, step: Step) -> None:
        if self.key(step):
            self.streets.unmount(step["album"], step.get("leave", False))

    def _mount(self, step: Step) -> None:
        self.streets.mount(step["album"])

    def _replace_root(self, step: Step) -> None:
        if self.key(step):
            self.streets.replace_root(step["album"], step.get("same", True))

    def _touch(self, step: Step) -> None:
        if step["kind"] == "unmount_mid":
            self.streets.unmount(step["album"], step.get("leave", False))
        else:
            self.streets.touch(step["album"], step["path"], step)

    # The manifest

    def _album(self, step: Step) -> None:
        key = step["album"]
        if key in self.stage.albums:
            return
        self.streets.make(key)
        spec = AlbumSpec(key, f"pictures/{key}", self.streets.root(key), title=key, position=len(self.stage.albums))
        self.stage.albums[key] = replace(spec, **self._fields(step.get("fields", {})))
        self._wish(key)

    def _set(self, step: Step) -> None:
        if key := self.key(step):
            self.stage.albums[key] = replace(self.stage.albums[key], **self._fields(step["fields"]))
            self._wish(key)

    def _fields(self, given: Mapping[str, Any]) -> dict[str, Any]:
        fields = {name: CONVERTERS[name](v) if name in CONVERTERS else v for name, v in given.items()}
        if "images" in fields:
            fields["images"] = tuple((path, Texts(title, None)) for path, title in fields["images"])
        return fields

    def _wish(self, key: str) -> None:
        self.wishes.setdefault(key, set()).add(self.stage.albums[key].privacy.value)

    def _drop(self, step: Step) -> None:
        """The table of an album goes from the manifest: it becomes un-managed."""
        if self.key(step) and len(self.stage.albums) > 1:
            self.dropped[step["album"]] = self.stage.albums.pop(step["album"])

    def _take_up(self, step: Step) -> None:
        if spec := self.dropped.pop(step["album"], None):
            self.stage.albums[step["album"]] = spec
            self._wish(step["album"])

    def _budget(self, step: Step) -> None:
        self.stage.budget = BudgetSpec(**step["fields"])

    # The site

    def albums(self) -> list[Album]:
        """The albums that we made and that are there."""
        return [album for album in self.stage.world.albums.values() if self.watcher.born.get(album.id) == "us"]

    def _site(self, step: Step) -> None:
        """Somebody does something on the web site."""
        albums = self.albums()
        if not albums:
            return
        album = albums[step["pick"] % len(albums)]
        images = list(album.images)
        image = images[step.get("image", 0) % len(images)] if images else ""
        changes: dict[str, Any] | None = None
        match step["op"]:
            case "add":
                import base64

                data = base64.b64encode(content("foreign", step.get("seed", 300))).decode()
                changes = {"op": "add", "id": album.id, "image_base64": data}
            case "out" if image and image not in self.foreign:
                if self.stage.anonymous and image not in self.stage.known_ids():
                    self.out_of_sight.add(image)
                changes = {"op": "remove_from_album", "id": album.id, "images": [image]}
            case "delete" | "moderate" if image and self._may_vanish(image):
                self.deleted_shas.add(self.watcher.shas[image])
                changes = {"op": "delete_image" if step["op"] == "delete" else "moderate", "id": image}
                self.struck["vanished"] += 1
            case "order" if images:
                by = step.get("by", 1) % len(images)
                changes = {"op": "order", "id": album.id, "images": images[by:] + images[:by]}
            case "title" | "description" | "privacy":
                changes = {"op": "set_album", "id": album.id, step["op"]: step["value"]}
                if step["op"] == "privacy":
                    self.site_privacy[album.id] = self.stage.clock.true()
            case "text" if image and image not in self.foreign:
                changes = {"op": "set_image", "id": image, "title": step["value"]}
            case "delete_album":
                self.albums_deleted.add(album.id)
                changes = {"op": "delete_album", "id": album.id}
        if changes is None:
            return
        self.site_edits[album.id] = self.stage.clock.true()
        by_whom, self.watcher.by = self.watcher.by, "site"
        try:
            done = edit(self.stage.world, changes)
        finally:
            self.watcher.by = by_whom
        if step["op"] == "add":
            found = self.stage.world.images.get(done["id"])
            assert found is not None
            self.foreign[found.id] = found
            self.joined[found.id] = self.stage.clock.true()

    def _may_vanish(self, image: str) -> bool:
        """Whether it was not restored before: what vanishes twice is not sent a third time."""
        return image not in self.foreign and self.watcher.shas[image] not in self.deleted_shas

    def _spend(self, step: Step) -> None:
        self.spent_by_others = True
        self.striked = self.striked or bool(step.get("hit"))
        self.struck["strike" if step.get("hit") else "drained"] += 1
        self.stage.steer("spend", {name: value for name, value in step.items() if name != "do"})

    def _tokens(self, step: Step) -> None:
        self.stage.steer("tokens", {name: value for name, value in step.items() if name != "do"})

    # Time, and this machine

    def _wait(self, step: Step) -> None:
        self.stage.clock.advance(step["seconds"])
        self.stage.world.settle()

    def _jump(self, step: Step) -> None:
        self.stage.clock.jump(step["seconds"])
        self.shifted = True
        self.ahead = max(self.ahead, self.stage.clock.wrong)
        self.struck["jump"] += 1

    def _lose_state(self, step: Step) -> None:
        """The state is deleted; without an account the copy of the last apply takes its place."""
        path = self.stage.manifest().state_path
        if not path.exists():
            return
        if not self.stage.anonymous:
            self.stage.lose_state()
            self.lost = self.ever_lost = True
        elif self.stage.recover():
            self.lost = self.ever_lost = True

"""What becomes of whole albums: keys that move, albums removed, put back or forgotten, older copies of the state."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace

from imgur_sync.executor.purging import purge
from imgur_sync.executor.restoring import Outing, restore
from imgur_sync.executor.session import Session
from imgur_sync.executor.tasks import Task
from imgur_sync.model.spec import AlbumSpec, Moved, OnRemoteDelete, Removal
from imgur_sync.simulator.changes import PutAlbum
from imgur_sync.simulator.records import WEB, Album
from imgur_sync.simulator.website import edit
from tests.simulation.acts import Acts, Step
from tests.simulation.contents import content
from tests.simulation.theatre import Theatre
from tests.simulation.watching import Watcher


class LifeActs(Acts):
    """Does these steps too. `removed` holds each album that a [[removed]] names, with whether its pictures go too."""

    def __init__(self, stage: Theatre, watcher: Watcher) -> None:
        super().__init__(stage, watcher)
        self.removed: dict[str, bool] = {}
        self.unprotected = False
        self.copied: frozenset[str] | None = None
        """The pictures that there were when somebody made a copy of the state."""
        self.rolled_back = self.ever_rolled_back = False
        self.adopted: dict[str, str] = {}
        """The albums that others made and the manifest names, by id, with their keys."""
        self.forgotten: set[str] = set()
        """Albums and pictures that were let go of."""
        self.put_back: set[str] = set()
        """The pictures that a `restore` was asked to put back: no run takes them out again."""

    def calm(self) -> None:
        """Nothing is protected any more, but for what has no table; an `id` that names nothing is gone."""
        self._end_ids()
        gone = {key: self.streets.missing.pop(key) for key in self.removed if key in self.streets.missing}
        super().calm()
        self.streets.missing.update(gone)
        for key, spec in self.stage.albums.items():
            if spec.protect:
                self.stage.albums[key] = replace(spec, protect=False)
                self.unprotected = True

    # What somebody deleted on Imgur

    def respected(self, key: str) -> frozenset[str]:
        """The contents that are not sent again, since somebody deleted a picture of them: they may be there or not."""
        respects = self.stage.albums[key].on_remote_delete is OnRemoteDelete.RESPECT
        return frozenset(self.deleted_shas) if respects else frozenset()

    def stays_gone(self, key: str) -> bool:
        """Whether the whole album was deleted, and that is respected."""
        respects = self.stage.albums[key].on_remote_delete is OnRemoteDelete.RESPECT
        return respects and not self.albums_deleted.isdisjoint(self.stage.albums_made().get(key, ()))

    # Keys that move

    def _rename_key(self, step: Step) -> None:
        """A table gets another key, once, and a [[moved]] tells of it."""
        key = self.key(step)
        if key is None or self.stage.name(key) != key or self.stage.albums[key].id is not None:
            return
        new, spec = f"{key}.1", self.stage.albums[key]
        if spec.collection:  # its key is the name of its folder
            if not self.streets.present(key) or key in self.streets.missing:
                return
            self.streets.relocate(key, new)
            self.stage.albums[key] = replace(spec, folder=new, root=self.streets.root(key), title=new)
        self.stage.rename_key(key, new)
        self.struck["moved"] += 1

    def _end_move(self, key: str) -> None:
        """The table is about to go, and with it the [[moved]] that names it; one that no run followed yet never was."""
        name = self.stage.albums[key].key
        if name != key and self.stage.knows(key):
            self.stage.albums[key] = replace(self.stage.albums[key], key=key)
        self.stage.moved = tuple(move for move in self.stage.moved if move.target != name)

    def _tell_all_moves(self) -> None:
        """What the state may know under an older key, once it is not the newest any more."""
        told = {move.source for move in self.stage.moved}
        fresh = (Moved(key, s.key) for key, s in self.stage.albums.items() if s.key != key and key not in told)
        self.stage.moved = (*self.stage.moved, *fresh)

    # Tables that go and come back

    def _drop(self, step: Step) -> None:
        key = self.key(step)
        if key and len(self.stage.albums) > 1 and not self.stage.albums[key].collection:
            self._end_move(key)
            super()._drop(step)

    def _remove_table(self, step: Step) -> None:
        """The table goes, and a [[removed]] comes."""
        key = self.key(step)
        if key is None or len(self.stage.albums) < 2:
            return
        if self.stage.albums[key].collection:  # its folder goes
            if self.stage.name(key) != key or not self.streets.present(key) or key in self.streets.missing:
                return
            self.streets.unmount(key, leave=False)
        self._end_move(key)
        spec = self.stage.albums[key]
        self.dropped[key] = spec
        self.held.pop(key, None)
        self.stage.remove(key)
        self.removed[key] = bool(step.get("pictures"))
        self._name_removals()
        self.struck["removed"] += 1

    def _remove_dropped(self, step: Step) -> None:
        """A [[removed]] for an album whose table went some time ago."""
        key = step["album"]
        if key in self.dropped and key not in self.removed:
            self.removed[key] = bool(step.get("pictures"))
            self.held.pop(key, None)
            self._name_removals()
            self.struck["removed"] += 1

    def _name_removals(self) -> None:
        """Each [[removed]] names the key that the state knows."""
        names = {key: self.dropped[key].key for key in self.removed}
        names = {
            key: name if self.stage.knows(name) or not self.stage.knows(key) else key for key, name in names.items()
        }
        self.stage.removed = tuple(Removal(names[key], pictures) for key, pictures in self.removed.items())

    def _take_up(self, step: Step) -> None:
        key = step["album"]
        if key in self.dropped and self.removed.pop(key, None) is not None:
            # The state may know it under its older key again, since a copy of it was put back.
            self._name_removals()
        spec: AlbumSpec | None = self.dropped.get(key)
        if spec is not None and spec.collection:
            self.streets.mount(key)
        super()._take_up(step)
        if spec is not None and spec.key != key and self.stage.knows(key):
            self._tell_all_moves()

    def _forget(self, step: Step) -> None:
        """`forget` of an album whose table went: its pictures are nobody's from now on."""
        key = step["album"]
        if key not in self.dropped or key in self.removed or self.dropped[key].collection:
            return
        name = self.dropped[key].key
        pictures = self.stage.ask(lambda store: {p.id for p in store.pictures(name)}) or set()
        album = self.stage.ask(lambda store: store.album(name))
        # One that was never finished says by its description whose it is: forgotten, it can be found again by that.
        finished = album is not None and album.edited
        if finished and self.stage.forget(name):
            self.forgotten |= pictures | ({album.id} if album is not None else set())
            self.stage.albums_made()[key] = []
            self.held.pop(key, None)
            self.struck["forgotten"] += 1

    def outing(self, step: Step) -> tuple[frozenset[str], Callable[[Session], Task[None]]]:
        """What `restore` or `purge` acts on, and how; as the commands choose it."""
        name = self.stage.name(step.get("album", ""))
        if step["do"] == "restore":
            pictures = self.stage.left(name)
            self.put_back |= {picture.id for picture in pictures}
            self.struck["put_back"] += bool(pictures)
            return frozenset(p.id for p in pictures), lambda run: restore(run, name, pictures, Outing())
        chosen = self.stage.purgeable()
        self.struck["purged"] += bool(chosen)
        return frozenset(p.id for p in chosen), lambda run: purge(run, chosen, Outing())

    # Sub-folders of a collection

    def _mount(self, step: Step) -> None:
        if step["album"] not in self.removed:
            super()._mount(step)

    def _sub_folder(self, step: Step) -> None:
        """The collection, which is made with the first one, has another sub-folder."""
        key = f"trips/{step['name']}"
        if key in self.stage.albums or key in self.dropped:
            return
        if self.stage.collection is None:
            self.stage.collect(**self._fields(step.get("fields", {})))
        template = self.stage.collection
        assert template is not None
        self.streets.make(key)
        spec = replace(template, key=key, folder=key, root=self.streets.root(key), title=key)
        self.stage.albums[key] = replace(spec, position=len(self.stage.albums))
        self._wish(key)
        self.struck["collections"] += 1

    def _set(self, step: Step) -> None:
        """What is asked of one sub-folder is asked of all."""
        if self.key(step):
            self.struck["protected"] += bool(step["fields"].get("protect"))
            self.struck["respected"] += step["fields"].get("on_remote_delete") == "respect"
        template = self.stage.collection
        if (key := self.key(step)) and self.stage.albums[key].collection and template is not None:
            fields = {name: value for name, value in self._fields(step["fields"]).items() if name != "listed"}
            self.stage.collection = replace(template, **fields)
            for other, spec in self.stage.albums.items():
                if spec.collection:
                    self.stage.albums[other] = replace(spec, **fields)
                    self._wish(other)
        else:
            super()._set(step)

    # Albums of somebody's making

    def _adopt(self, step: Step) -> None:
        """Somebody made an album by hand, and the manifest names it by its id."""
        key = step["album"]
        if key in self.stage.albums or key in self.dropped or self.stage.anonymous:
            return
        world = self.stage.world
        album = Album(
            world.name(7, "album"), world.name(15, "album"), self.stage.demo.account, WEB, int(world.clock.now())
        )
        by_whom, self.watcher.by = self.watcher.by, "site"
        try:
            world.commit([PutAlbum(album)], world.settle())
            for number in range(step.get("count", 1)):
                data = base64.b64encode(content("foreign", step.get("seed", 300) + number)).decode()
                image = world.images.get(edit(world, {"op": "add", "id": album.id, "image_base64": data})["id"])
                assert image is not None
                self.foreign[image.id] = image
                self.joined[image.id] = self.stage.clock.true()
        finally:
            self.watcher.by = by_whom
        # Nobody is so quick that Imgur does not show it yet.
        self.stage.clock.advance(self.stage.options.knobs.lag + 1)
        self._album({"album": key, "fields": step.get("fields", {})})
        self.stage.albums[key] = replace(self.stage.albums[key], id=album.id)
        self.adopted[album.id] = key
        self.site_privacy[album.id] = self.stage.clock.true()
        self.struck["adopted"] += 1

    def _end_ids(self) -> None:
        """An id that no album has any more is taken out of the manifest."""
        for specs in (self.stage.albums, self.dropped):
            for key, spec in specs.items():
                if spec.id is not None and self.stage.world.albums.get(spec.id) is None:
                    specs[key] = replace(spec, id=None)

    # The state

    def _lose_state(self, step: Step) -> None:
        super()._lose_state(step)
        if self.lost:
            self.held.clear()  # with the state goes which picture was of which path
            self._tell_all_moves()
            self._end_ids()

    def _keep_state(self, step: Step) -> None:
        """Somebody makes a copy of the state."""
        if not self.stage.anonymous and self.stage.keep_copy():
            self.copied = frozenset(image.id for image in self.stage.world.images.values())

    def _old_state(self, step: Step) -> None:
        """That copy takes the place of the state, however old it is."""
        if self.copied is None:
            return
        self.stage.put_back_copy()
        self.held.clear()
        self._tell_all_moves()
        self._name_removals()
        self._end_ids()
        self.rolled_back = self.ever_rolled_back = self.ever_lost = True
        self.struck["old_state"] += 1

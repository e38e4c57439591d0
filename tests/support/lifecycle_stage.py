"""A stage whose manifest moves keys, removes albums and has a collection, and whose state can be asked."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from imgur_sync.executor.purging import purge
from imgur_sync.executor.restoring import Outing, restore
from imgur_sync.executor.session import Session
from imgur_sync.executor.tasks import Task
from imgur_sync.local.collections import expanded
from imgur_sync.model.change import AlbumForgotten, PictureForgotten
from imgur_sync.model.spec import AlbumSpec, CollectionSpec, Manifest, Moved, Removal
from imgur_sync.model.synced import IntentStatus, Standing, SyncedPicture
from imgur_sync.state.cache import SqliteCache
from imgur_sync.state.store import SqliteStore, find_store
from tests.support.pictures import png
from tests.support.sync_stage import LINEAGE, SyncStage

T = TypeVar("T")


class LifecycleStage(SyncStage):
    """Beside its albums it may have [[moved]] and [[removed]] tables, and the collection "trips"."""

    moved: tuple[Moved, ...] = ()
    removed: tuple[Removal, ...] = ()
    collection: AlbumSpec | None = None

    def manifest(self) -> Manifest:
        """The manifest as it stands, with the sub-folders that are there now."""
        plain = replace(super().manifest(), moved=self.moved, removed=self.removed)
        if self.collection is None:
            return plain
        trips = CollectionSpec("trips", "trips", self.base / "trips", self.collection)
        return expanded(replace(plain, collections=(trips,)))

    def collect(self, **fields: Any) -> Path:
        """The collection, of which each sub-folder of "trips" is an album."""
        root = self.base / "trips"
        root.mkdir(exist_ok=True)
        values = {"title": "trips/{folder}", "collection": "trips", **fields}
        self.collection = AlbumSpec(key="trips", folder="trips", root=root, **values)
        return root

    def spec(self, key: str) -> AlbumSpec:
        """The entry of that key, also one of the collection."""
        found = self.manifest().album(key)
        assert found is not None, key
        return found

    def rename(self, old: str, new: str) -> None:
        """The album's table gets another key, and a [[moved]] from the key that the state knows."""
        self.albums = {
            new if key == old else key: replace(spec, key=new, title=new) if key == old else spec
            for key, spec in self.albums.items()
        }
        self.tell_move(old, new)

    def tell_move(self, old: str, new: str) -> None:
        """A [[moved]] table; one that was not followed yet is written anew from the oldest key."""
        pending = [move for move in self.moved if move.target == old and self.knows(move.source)]
        source = pending[0].source if pending else old
        kept = [move for move in self.moved if move.target != old and move.source not in (source, new)]
        self.moved = (*(move for move in kept if move.target != new), Moved(source, new))

    def remove(self, key: str, *, pictures: bool = False) -> None:
        """The table of the album goes, and a [[removed]] comes."""
        self.albums.pop(key, None)
        self.moved = tuple(move for move in self.moved if key not in (move.source, move.target))
        self.removed = (*(one for one in self.removed if one.album != key), Removal(key, pictures))

    def found(self, *seeds: int, owned: bool = True) -> str:
        """The id of an album made by hand, with a picture of each seed."""
        headers = {"Authorization": f"Client-ID {self.demo.client_id}"}
        if owned:
            headers = {"Authorization": f"Bearer {self.demo.access_token}"}
        reply = self.web.post("/3/album", data={"title": "found"}, headers=headers)
        album = str(reply.json()["data"]["id"])
        for seed in seeds:
            data = base64.b64encode(png(seed=seed)).decode()
            self.steer("edit", {"op": "add", "id": album, "image_base64": data})
        return album

    # The state

    def ask(self, question: Callable[[SqliteStore], T]) -> T | None:
        """What the state answers; None where there is none."""
        store = find_store(self.manifest().state_path, lineage=LINEAGE, read_only=True)
        if store is None:
            return None
        with store:
            return question(store)

    def knows(self, key: str) -> bool:
        """Whether the state has an album of that key, or anything in doubt of it."""

        def known(store: SqliteStore) -> bool:
            unsure = store.intents(IntentStatus.OPEN, IntentStatus.SUSPECT)
            return store.album(key) is not None or any(intent.album == key for intent in unsure)

        return bool(self.ask(known))

    def there(self, key: str) -> dict[str, Any]:
        """The album that the state has under that key, as Imgur holds it; empty if there is none."""
        synced = self.ask(lambda store: store.album(key))
        if synced is None or synced.gone:
            return {}
        return next((dict(one) for one in self.look("world")["albums"] if one["id"] == synced.id), {})

    def left(self, *keys: str) -> list[SyncedPicture]:
        """The pictures that left these albums, or any, and live on."""
        found = self.ask(lambda store: store.departures()) or ()
        return [one.picture for one in found if not keys or one.picture.album in keys]

    def restore(self, key: str, *, kill_at: int = 0, after: bool = False) -> Outing:
        """`restore KEY --all`."""
        outing, wanted = Outing(), self.left(key)

        def work(run: Session) -> Task[None]:
            yield from restore(run, key, wanted, outing)

        self.act(work, kill_at=kill_at, after=after)
        return outing

    def purge(self, *keys: str, kill_at: int = 0, after: bool = False) -> Outing:
        """`purge` of all that left these albums, or any."""
        outing, wanted = Outing(), self.left(*keys)

        def work(run: Session) -> Task[None]:
            yield from purge(run, wanted, outing)

        self.act(work, kill_at=kill_at, after=after)
        return outing

    def forget_pictures(self, key: str, *paths: str) -> None:
        """`forget KEY PATH…`."""
        path = self.manifest().state_path
        store = find_store(path, lineage=LINEAGE)
        assert store is not None
        with store, SqliteCache(path.with_name("cache.db")) as cache:
            found = [p for p in store.pictures(key) if p.path in paths and p.standing is not Standing.PLACED]
            store.record(*(PictureForgotten(picture.id) for picture in found))
            cache.keep_quiet(key, None)
            cache.flush()

    def forget(self, key: str) -> bool:
        """`forget KEY`, as far as nothing of the album is in doubt; whether it was."""
        path = self.manifest().state_path
        store = find_store(path, lineage=LINEAGE)
        if store is None:
            return False
        with store, SqliteCache(path.with_name("cache.db")) as cache:
            doubts = any(intent.album == key for intent in store.intents(IntentStatus.OPEN))
            if store.album(key) is None or doubts:
                return False
            store.record(AlbumForgotten(key))
            cache.keep_quiet(key, None)
            cache.flush()
        return True

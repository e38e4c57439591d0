"""Reads from the state, while a look or a pass has it open anyway, what the page shows of albums and of the budget."""

from __future__ import annotations

import heapq
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import blake2b
from types import MappingProxyType

from imgur_sync.errors import ImgurSyncError, InterruptedRun
from imgur_sync.executor import Ports
from imgur_sync.model.budget import Budget
from imgur_sync.model.ports import StateStore
from imgur_sync.model.spec import AlbumSpec, Manifest
from imgur_sync.model.synced import Standing, SyncedPicture
from imgur_sync.report.watched import AlbumFace, Tile
from imgur_sync.watch.page.snapshot import Picture

TILES = 12
"""Pictures shown of each album."""
AGAIN = 30.0
"""Seconds between two readings of the state in one pass."""
SHOWN = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
"""Media types that every browser shows as a picture."""
WHOLE_DIGEST = 64


class Gatherer:
    """Keeps what was read last of each album; only those that something happened to are read again.

    Lives on the daemon's thread. An error of the state leaves what was known: the pass meets it, too, and tells.
    """

    def __init__(self) -> None:
        self._faces: dict[str, AlbumFace] = {}
        self.budget: Budget | None = None
        self.budget_at = 0.0
        self._pictures: dict[str, dict[str, Picture]] = {}
        self._specs: dict[str, AlbumSpec] = {}
        self._touched: set[str] = set()
        self._looked: set[str] = set()
        self._ports: Ports | None = None
        self._manifest: Manifest | None = None
        self._read_at = float("-inf")
        self._salt = secrets.token_bytes(16)
        self._shown: tuple[tuple[AlbumFace, ...], Mapping[str, Picture]] = ((), MappingProxyType({}))
        self._shown_of: Manifest | None = None

    @contextmanager
    def reading(self, manifest: Manifest, ports: Ports) -> Iterator[None]:
        """What is open in the block may be read, and is at its end, also when it fails."""
        self._ports, self._manifest = ports, manifest
        try:
            yield
            self._gather()
        except InterruptedRun:
            raise
        except ImgurSyncError:
            self._gather()
            raise
        finally:
            self._ports = None

    def touched(self, album: str) -> None:
        """Something happened to this album, or it was looked at."""
        self._touched.add(album)
        self._looked.add(album)

    def refresh(self) -> None:
        """Read again what happened to something, unless that was done a moment ago or nothing is open."""
        ports = self._ports
        if ports is not None and self._touched and ports.clock.monotonic() - self._read_at >= AGAIN:
            self._gather()

    def shown(self, manifest: Manifest) -> tuple[tuple[AlbumFace, ...], Mapping[str, Picture]]:
        """The albums of a manifest, in its order, also those of which nothing was read yet, and the pictures that may
        be shown, by address. The same values until something was read, or another manifest rules."""
        if manifest is not self._shown_of:
            keys = frozenset(spec.key for spec in manifest.albums)
            for kept in (self._faces, self._pictures, self._specs):
                for key in kept.keys() - keys:
                    kept.pop(key)
            faces = tuple(self._faces.get(spec.key) or _unread(spec) for spec in manifest.albums)
            found = {address: one for pictures in self._pictures.values() for address, one in pictures.items()}
            self._shown, self._shown_of = (faces, MappingProxyType(found)), manifest
        return self._shown

    def _gather(self) -> None:
        ports, manifest = self._ports, self._manifest
        if ports is None or manifest is None:
            return
        try:
            for spec in manifest.albums:
                if spec.key in self._touched or self._specs.get(spec.key) != spec:
                    self._read(spec, ports.store)
            if ports.ledger is not None:
                self.budget, self.budget_at = ports.ledger.budget(), ports.clock.now()
        except ImgurSyncError:
            return
        self._touched.clear()
        self._read_at = ports.clock.monotonic()
        self._shown_of = None

    def _read(self, spec: AlbumSpec, store: StateStore) -> None:
        """One album, whole."""
        album = store.album(spec.key)
        placed = [one for one in store.pictures(spec.key) if one.standing is Standing.PLACED]
        newest = heapq.nlargest(TILES, (one for one in placed if one.path), key=lambda one: (one.placed_at, one.path))
        pictures: dict[str, Picture] = {}
        tiles = tuple(self._tile(spec, one, pictures) for one in newest)
        self._faces[spec.key] = AlbumFace(
            key=spec.key,
            title=spec.title or "",
            privacy=spec.privacy.value,
            pictures=len(placed),
            failed=len(store.failed(spec.key)),
            made=album is not None,
            gone=album is not None and album.gone,
            looked=spec.key in self._looked,
            tiles=tiles,
        )
        self._pictures[spec.key], self._specs[spec.key] = pictures, spec

    def _tile(self, spec: AlbumSpec, one: SyncedPicture, pictures: dict[str, Picture]) -> Tile:
        if one.media_type not in SHOWN or len(one.digest) != WHOLE_DIGEST:
            return Tile(one.path, one.media_type)
        named = "\0".join((spec.key, str(spec.root), one.path, one.digest)).encode("utf-8", "surrogateescape")
        address = f"/p/{blake2b(named, key=self._salt, digest_size=9).hexdigest()}"
        pictures[address] = Picture(spec.root, one.path, one.digest)
        return Tile(one.path, one.media_type, address)


def _unread(spec: AlbumSpec) -> AlbumFace:
    return AlbumFace(spec.key, spec.title or "", spec.privacy.value)

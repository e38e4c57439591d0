"""A synced state without the syncing: `python -m tests.benchmarks.prepared BASE FILES SHAPE`.

A hundred thousand uploads through a local Imgur would take an hour. What they would leave behind is written through the
same ports that a run writes to: the state (albums and pictures), the cache (a listing and a quiet mark of each album);
and the digests, by a real scan. A real `imgur-sync plan --offline` then has nothing to do, which `check` asserts.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from imgur_sync.executor import Options, Ports
from imgur_sync.executor.quiet import keep_quiet_mark
from imgur_sync.executor.session import Session
from imgur_sync.local.folders import Folders
from imgur_sync.manifest import load
from imgur_sync.model.change import AlbumEdited, AlbumMade, Change, FolderSeen, PictureAdopted
from imgur_sync.model.local import LocalAlbum, LocalFile
from imgur_sync.model.remote import AlbumHeader, RemoteAlbum, RemotePicture
from imgur_sync.model.spec import AlbumSpec, Manifest
from imgur_sync.model.synced import SyncedPicture
from imgur_sync.planner.marker import upload_name
from imgur_sync.state.cache import SqliteCache
from imgur_sync.state.store import SqliteStore, open_store
from tests.benchmarks import tree
from tests.benchmarks.harness import environment, imgur_sync
from tests.support.album_folder import Later
from tests.support.hand_clock import HandClock
from tests.support.inline_workers import InlineWorkers

LINEAGE = "bench234"
FOLDER = "pictures"
ALBUMS, RECURSIVE = "albums", "recursive"
SHAPES = (ALBUMS, RECURSIVE)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A manifest's folder in which everything is in order: `files` pictures in `folders` folders."""

    base: Path
    files: int
    folders: int

    @property
    def pictures(self) -> Path:
        """Where the pictures are."""
        return self.base / FOLDER


def prepare(base: Path, files: int, shape: str, *, per_folder: int = tree.PER_FOLDER) -> Prepared:
    """Tree, manifest, state and cache below `base`; the tree is kept if it is there, the state always made anew."""
    folders = tree.make(base / FOLDER, files, per_folder)
    (base / "sync.toml").write_text(manifest_text(folders, shape), encoding="utf-8")
    return synced(base, files, folders)


def synced(base: Path, files: int, folders: int) -> Prepared:
    """State and cache for the manifest and the folders that are below `base`."""
    for name in ("state.db", "cache.db"):
        for suffix in ("", "-wal", "-shm"):
            (base / ".imgur-sync" / f"{name}{suffix}").unlink(missing_ok=True)
    manifest = load(base / "sync.toml", directory=base)
    with (
        open_store(manifest.state_path, lineage=LINEAGE, create=True) as store,
        SqliteCache(manifest.state_path.with_name("cache.db")) as cache,
    ):
        session = _session(manifest, store, cache)
        for spec in manifest.albums:
            _sync_album(session, spec)
    return Prepared(base, files, folders)


def manifest_text(folders: int, shape: str) -> str:
    """One album of one folder each, or one recursive album of all folders."""
    head = f'version = 1\nlineage = "{LINEAGE}"\n'
    if shape == RECURSIVE:
        return f'{head}\n[albums.all]\nfolder = "{FOLDER}"\ntitle = "All"\n'
    names = [tree.folder_name(number) for number in range(folders)]
    return head + "".join(f'\n[albums.{name}]\nfolder = "{FOLDER}/{name}"\ntitle = "{name}"\n' for name in names)


def check(prepared: Prepared, *arguments: str) -> None:
    """Assert that `plan --offline` finds nothing to do and all files unchanged."""
    command = imgur_sync("plan", "--offline", "--detailed-exitcode", "--json", *arguments)
    shown = subprocess.run(command, cwd=prepared.base, env=environment(), capture_output=True, text=True)
    assert shown.returncode == 0, f"exit {shown.returncode}: {shown.stdout[:2000]} {shown.stderr[-2000:]}"
    plan = json.loads(shown.stdout)
    assert plan["unchanged"]["pictures"] == prepared.files, plan["unchanged"]


def _session(manifest: Manifest, store: SqliteStore, cache: SqliteCache) -> Session:
    clock = Later()  # so that files just made are not too young to be trusted by the next scan
    ports = Ports(Folders(cache, clock), store, cache, clock, InlineWorkers(HandClock()))
    return Session(ports, manifest, Options())


def _sync_album(session: Session, spec: AlbumSpec) -> None:
    """What a run that uploaded every file of the album would have left behind."""
    local = session.ports.local.scan(spec)
    assert isinstance(local, LocalAlbum), "a scan without a known fingerprint tells everything"
    assert local.root is not None, f"{spec.folder} is missing"
    assert not local.unsendable, local.unsendable
    now = session.clock.now() - 3600
    album_id = _remote_id(spec.key, 7)
    pictures = tuple(_pictures(session, spec, local, now))
    changes: list[Change] = [AlbumMade(spec.key, album_id, None, spec.folder, now)]
    changes += [PictureAdopted(picture) for picture in pictures]
    changes += [AlbumEdited(spec.key, spec.title, spec.description, spec.privacy, now)]
    changes += [FolderSeen(spec.key, spec.folder, local.root)]
    session.store.record(*changes)
    header = AlbumHeader(album_id, spec.title or "", "", False, None, len(pictures))
    listing = RemoteAlbum(header, tuple(_shown(picture) for picture in pictures), now + 1800)
    keep_quiet_mark(session, spec.key, local.fingerprint, len(pictures), listing)
    session.ports.cache.flush()


def _pictures(session: Session, spec: AlbumSpec, local: LocalAlbum, now: float) -> Iterator[SyncedPicture]:
    for file in local.files:
        yield SyncedPicture(
            id=(image_id := _remote_id(file.digest, 7)),
            album=spec.key,
            path=file.path,
            digest=file.digest,
            sent_digest=file.digest,
            marker=_marker(session, spec, file),
            media_type=file.media_type,
            size=file.size,
            width=file.width,
            height=file.height,
            link=f"https://i.imgur.com/{image_id}.png",
            made_at=now,
            placed_at=now,
        )


def _marker(session: Session, spec: AlbumSpec, file: LocalFile) -> str:
    return upload_name(file.path, file.media_type, session.store.lineage, spec.key, file.digest, 0)


def _shown(picture: SyncedPicture) -> RemotePicture:
    return RemotePicture(
        picture.id,
        picture.marker,
        picture.link,
        picture.media_type,
        picture.width,
        picture.height,
        picture.size,
        picture.made_at,
    )


def _remote_id(seed: str, length: int) -> str:
    """Letters and digits as Imgur's ids have, from a seed; long enough that a million differ."""
    return hashlib.sha256(seed.encode()).hexdigest()[: length + 5]


def main() -> None:
    """Prepare a folder from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base", type=Path)
    parser.add_argument("files", type=int)
    parser.add_argument("shape", choices=SHAPES)
    given = parser.parse_args()
    os.makedirs(given.base, exist_ok=True)
    prepared = prepare(given.base.absolute(), given.files, given.shape)
    check(prepared)
    print(f"{prepared.files} pictures in {prepared.folders} folders, all in order, below {prepared.base}")


if __name__ == "__main__":
    main()

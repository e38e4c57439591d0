"""Albums of one tiny picture each, synced without the syncing: on the simulated Imgur and in the state alike.

A thousand applies through a local Imgur take half a minute. Here the simulator's world gets the albums by its own
changes and the state by the changes that a run records. No listing is kept: the first plan reads all of them and has to
find everything in order.
"""

from __future__ import annotations

from imgur_sync.local.folders import Folders
from imgur_sync.model.change import AlbumEdited, AlbumMade, Change, FolderSeen, PictureAdopted
from imgur_sync.model.local import LocalAlbum
from imgur_sync.model.spec import AlbumSpec
from imgur_sync.model.synced import SyncedPicture
from imgur_sync.planner.marker import upload_name
from imgur_sync.simulator.changes import Join, PutAlbum, PutImage
from imgur_sync.simulator.records import Album, Image
from imgur_sync.state.cache import SqliteCache
from imgur_sync.state.store import open_store
from tests.support.pictures import png
from tests.support.sync_stage import LINEAGE, SyncStage
from tests.support.wsgi import ORIGIN


def plant(stage: SyncStage, albums: int) -> None:
    """Give the stage so many albums, each of one picture, as if they had been applied an hour before."""
    for number in range(albums):
        key = f"a{number:05}"
        stage.album(key)
        stage.put(key, "p.png", number)
    stage.clock.advance(3600)
    manifest = stage.manifest()
    manifest.state_path.parent.mkdir(parents=True, exist_ok=True)
    changes: list[Change] = []
    with (
        open_store(manifest.state_path, lineage=LINEAGE, create=True) as store,
        SqliteCache(manifest.state_path.with_name("cache.db")) as cache,
    ):
        local = Folders(cache, stage.clock)
        for spec in manifest.albums:
            scanned = local.scan(spec)
            assert isinstance(scanned, LocalAlbum)
            assert scanned.root is not None
            picture = _put(stage, spec, scanned)
            made = stage.clock.now() - 1800
            changes += [AlbumMade(spec.key, _album_id(spec), None, spec.folder, made), PictureAdopted(picture)]
            changes += [AlbumEdited(spec.key, spec.title, spec.description, spec.privacy, made)]
            changes += [FolderSeen(spec.key, spec.folder, scanned.root)]
        store.record(*changes)
        cache.flush()


def _album_id(spec: AlbumSpec) -> str:
    return f"Al{spec.position:05}"


def _put(stage: SyncStage, spec: AlbumSpec, scanned: LocalAlbum) -> SyncedPicture:
    """Put the album with its one picture on Imgur; the picture's record."""
    (file,) = scanned.files
    made = stage.clock.now() - 1800
    image_id = f"Pi{spec.position:05}"
    marker = upload_name(file.path, file.media_type, LINEAGE, spec.key, file.digest, 0)
    data = png(seed=spec.position)
    image = Image(
        id=image_id,
        deletehash=f"x{image_id}",
        owner="demo",
        creator=stage.demo.client_id,
        type="image/png",
        width=file.width or 0,
        height=file.height or 0,
        size=len(data),
        blob=stage.world.blobs.put(data),
        datetime=int(made),
        name=marker,
    )
    album = Album(_album_id(spec), f"x{_album_id(spec)}", "demo", stage.demo.client_id, int(made), title=spec.title)
    stage.world.commit([PutImage(image), PutAlbum(album), Join(album.id, (image_id,))], made)
    return SyncedPicture(
        id=image_id,
        album=spec.key,
        path=file.path,
        digest=file.digest,
        sent_digest=file.digest,
        marker=marker,
        media_type=file.media_type,
        size=file.size,
        width=file.width,
        height=file.height,
        link=f"{ORIGIN}/i/{image_id}.png",
        made_at=made,
        placed_at=made,
    )

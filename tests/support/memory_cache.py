"""The port `Cache` in a few dicts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from imgur_sync.model.local import CachedFile, FolderMark
from imgur_sync.model.ports import QuietMark
from imgur_sync.model.remote import RemoteAlbum


class MemoryCache:
    """Keeps everything until it is dropped. `flushes` counts calls of `flush`."""

    def __init__(self) -> None:
        self._marks: dict[str, dict[str, FolderMark]] = {}
        self._files: dict[tuple[str, str], tuple[CachedFile, ...]] = {}
        self._listings: dict[str, RemoteAlbum] = {}
        self._quiet: dict[str, QuietMark] = {}
        self.flushes = 0

    def folders(self, album: str) -> Mapping[str, FolderMark]:
        """The marks of an album's folders, by relative path."""
        return dict(self._marks.get(album, {}))

    def files(self, album: str, folder: str) -> tuple[CachedFile, ...]:
        """The rows of one folder, in the order of their names' bytes."""
        return self._files.get((album, folder), ())

    def keep_folder(self, album: str, folder: str, mark: FolderMark | None, files: Sequence[CachedFile]) -> None:
        """Replace what is known of one folder."""
        marks = self._marks.setdefault(album, {})
        marks.pop(folder, None)
        if mark is not None:
            marks[folder] = mark
        self._files[album, folder] = tuple(sorted(files, key=lambda row: row.name.encode("utf-8", "surrogateescape")))

    def forget_folders(self, album: str, folders: Iterable[str]) -> None:
        """These folders are no longer there."""
        for folder in folders:
            self._marks.get(album, {}).pop(folder, None)
            self._files.pop((album, folder), None)

    def listing(self, album_id: str) -> RemoteAlbum | None:
        """The last listing kept."""
        return self._listings.get(album_id)

    def keep_listing(self, listing: RemoteAlbum) -> None:
        """Keep a listing, without deletehashes."""
        pictures = tuple(replace(picture, deletehash=None) for picture in listing.pictures)
        header = replace(listing.header, deletehash=None)
        self._listings[listing.header.id] = replace(listing, header=header, pictures=pictures)

    def quiet(self, album: str) -> QuietMark | None:
        """The last quiet mark of an album."""
        return self._quiet.get(album)

    def keep_quiet(self, album: str, mark: QuietMark | None) -> None:
        """Set or clear the quiet mark."""
        self._quiet.pop(album, None)
        if mark is not None:
            self._quiet[album] = mark

    def flush(self) -> None:
        """Nothing to commit."""
        self.flushes += 1

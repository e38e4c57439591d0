"""One pass over an album's folder, a sub-folder at a time, reading only what changed."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping

from imgur_sync.local.content import Seen, mark_of
from imgur_sync.local.listing import Entry, Listing, list_folder
from imgur_sync.local.look import Looker, left_alone
from imgur_sync.local.names import IGNORE_FILE, promised_type, stub_of
from imgur_sync.local.patterns import read_patterns
from imgur_sync.local.rules import Rules
from imgur_sync.local.stillness import Stillness
from imgur_sync.local.walk import FOLDER_FLAGS, OpenFile
from imgur_sync.model.local import CachedFile, FolderMark
from imgur_sync.model.ports import Cache

DEEPEST = 128
RACY_NS = 2_000_000_000
"""A file younger than this when the scan starts may change again within the same timestamp (reliability §2)."""


SAVED_BYTES = 512 * 1024 * 1024
"""In a folder of many files what was read is saved after so many bytes: power may fail in the hour that it takes."""
SHARE = 8
"""And after a part of one in so many of all that was read: what is saved each time grows with the folder."""


class Scan:
    """Walks one album's folders and fills `seen` and `errors` (sentences).

    `trust` is false where every file is to be read anew. `start_ns` is the wall clock when the scan began.
    """

    __slots__ = (
        "_album",
        "_cache",
        "_known",
        "_looker",
        "_open_file",
        "_racy_from",
        "_raised",
        "_save_at",
        "_stillness",
        "errors",
        "seen",
    )

    def __init__(
        self,
        cache: Cache,
        album: str,
        looker: Looker,
        open_file: OpenFile,
        start_ns: int,
        *,
        trust: bool,
        stillness: Stillness | None = None,
    ) -> None:
        self._cache = cache
        self._album = album
        self._looker = looker
        self._open_file = open_file
        self._racy_from = start_ns - RACY_NS
        self._stillness = stillness
        self._known: Mapping[str, FolderMark] | None = cache.folders(album) if trust else None
        self._raised: BaseException | None = None
        self._save_at = looker.hashed + SAVED_BYTES
        self.seen: list[Seen] = []
        self.errors: list[str] = []

    def folder(self, fd: int, folder: str, above: Rules, depth: int = 0) -> None:
        """Look at the folder open as `fd` and at all below it. `above` are the rules of the folder above."""
        try:
            listing = list_folder(fd, self._go_on)
            rules = above.below(folder, read_patterns(fd, listing.kind_of(IGNORE_FILE), self._open_file))
        except (OSError, ValueError) as error:
            if self._raised is not None:
                raise self._raised from None
            self._failed(folder, error)
            return
        names = listing.folders()
        self._note(fd, folder, rules, listing)
        del listing  # one folder in memory at a time
        for name in names:
            path = f"{folder}/{name}" if folder else name
            if rules.leaves_out_folder(path, name):
                continue
            if depth >= DEEPEST:
                self.errors.append(f"folders are nested too deeply: {path}")
                continue
            try:
                below = self._open_file(name, FOLDER_FLAGS, dir_fd=fd)
            except OSError as error:
                self._failed(path, error)
                continue
            try:
                self.folder(below, path, rules, depth + 1)
            finally:
                os.close(below)

    @property
    def found_nothing_new(self) -> bool:
        """Whether the cache knew every folder just as it is, and none has a problem."""
        return not self.errors and all(seen.rows is None and not seen.mark.problems for seen in self.seen)

    def forget_vanished(self) -> None:
        """Tell the cache which folders are no longer there; nothing is known for sure after an error."""
        if self.errors or self._known is None:
            return
        if gone := self._known.keys() - {seen.folder for seen in self.seen}:
            self._cache.forget_folders(self._album, sorted(gone))

    def _failed(self, folder: str, error: OSError | ValueError) -> None:
        text = (error.strerror if isinstance(error, OSError) else "") or str(error)
        self.errors.append(f"the folder {folder or '.'} cannot be listed: {text}")

    def _note(self, fd: int, folder: str, rules: Rules, listing: Listing) -> None:
        mark = self._known.get(folder) if self._known is not None else None
        same_rules = mark is not None and mark.rules == rules.digest
        if mark is not None and same_rules and mark.stats == listing.digest:
            self.seen.append(Seen(folder, mark))
            return
        rows: list[CachedFile] = []
        kept: list[CachedFile] = []
        try:
            for row, keep in self._rows(fd, folder, rules, listing, same_rules):
                rows.append(row)
                if keep:
                    kept.append(row)
                if self._looker.hashed >= self._save_at:
                    self._save_at = self._looker.hashed + max(SAVED_BYTES, self._looker.hashed // SHARE)
                    self._keep_part(folder, kept)
                    self._cache.flush()
        except BaseException:
            self._keep_part(folder, kept)
            raise
        mark = mark_of(listing.digest, rules.digest, rows)
        kept.sort(key=_bytes_of_name)
        self._cache.keep_folder(self._album, folder, mark if len(kept) == len(rows) else None, kept)
        self.seen.append(Seen(folder, mark, rows))

    def _keep_part(self, folder: str, kept: Iterable[CachedFile]) -> None:
        """Of a folder whose look is not at its end, what was seen of it is known from now on, beside what was known of
        the rest."""
        rows = {row.name: row for row in (*self._cache.files(self._album, folder), *kept)}
        self._cache.keep_folder(self._album, folder, None, sorted(rows.values(), key=_bytes_of_name))

    def _go_on(self) -> None:
        """As `Looker.between`; what it raises is kept apart from the folder's errors."""
        try:
            self._looker.between()
        except BaseException as error:
            self._raised = error
            raise

    def _rows(
        self, fd: int, folder: str, rules: Rules, listing: Listing, same_rules: bool
    ) -> Iterator[tuple[CachedFile, bool]]:
        """A row for every file that the rules leave in, and whether the cache may keep it."""
        known = {}
        if self._known is not None:
            known = {row.name: row for row in self._cache.files(self._album, folder)}
        prefix = f"{folder}/" if folder else ""
        for entry in listing.entries:
            name = entry[0]
            if entry[5] == stat.S_IFDIR:
                continue
            row = known.get(name)
            unchanged = row is not None and _is(row, entry, listing.device)
            if not (unchanged and same_rules):
                shown = _shown(name)
                if rules.leaves_out(prefix + shown, shown):
                    continue
            if row is not None and unchanged:
                yield row, True
                continue
            if self._stillness is not None and not self._stillness.is_still(self._album, prefix + name, entry):
                yield left_alone(entry, listing.device).row, False
                continue
            look = self._looker.look(fd, prefix + name, entry, listing.device)
            if look.error:
                self.errors.append(look.error)
            yield look.row, look.keep and max(entry[2], entry[3]) < self._racy_from


def _bytes_of_name(row: CachedFile) -> bytes:
    return row.name.encode("utf-8", "surrogateescape")


def _is(row: CachedFile, entry: Entry, device: int) -> bool:
    """Whether the row was made of exactly this file."""
    return (
        row.size == entry[1]
        and row.mtime_ns == entry[2]
        and row.ctime_ns == entry[3]
        and row.inode == entry[4]
        and row.device == device
    )


def _shown(name: str) -> str:
    """The name that the rules see: that of the picture, for a cloud drive's stub."""
    stub = stub_of(name)
    return stub if stub and promised_type(stub) else name

"""What a folder's rows come to: marks, fingerprints, and the album's values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b, sha256

from imgur_sync.local.names import promised_type, stub_of
from imgur_sync.local.verdict import LINK, LINK_OUT, PICTURE, POINTER, SKIPPED, UNSENDABLE
from imgur_sync.model.local import (
    CachedFile,
    FolderMark,
    LocalAlbum,
    LocalFile,
    Presence,
    RootIdentity,
    Unsendable,
    Why,
)

EXAMPLES = 10
FEW = 3


@dataclass(frozen=True, slots=True)
class Seen:
    """One folder of a scan. `rows` is None where the cache's mark still held; then they are in the cache."""

    folder: str
    mark: FolderMark
    rows: Sequence[CachedFile] | None = None


@dataclass(slots=True)
class Gathered:
    """What all folders come to, before it is put in order."""

    files: list[LocalFile] = field(default_factory=list)
    unsendable: list[Unsendable] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    skipped: int = 0

    def add(self, folder: str, rows: Iterable[CachedFile]) -> None:
        """Take in the rows of one folder."""
        prefix = f"{folder}/" if folder else ""
        for name, row in named(rows):
            path = prefix + name
            if row.kind == PICTURE or row.kind == POINTER:
                self._file(path, row)
            elif row.kind == UNSENDABLE:
                why, _, text = row.detail.partition("\n")
                self.unsendable.append(Unsendable(path, Why(why), text))
            else:
                self._skip(path, row)

    def _file(self, path: str, row: CachedFile) -> None:
        here = row.kind == PICTURE
        size = row.size if here else int(row.detail)
        presence = Presence.PRESENT if here else Presence.POINTER
        self.files.append(
            LocalFile(
                path,
                row.digest,
                size,
                row.mtime_ns,
                row.media_type,
                row.width,
                row.height,
                row.has_gps,
                presence,
                row.taken,
            )
        )

    def _skip(self, path: str, row: CachedFile) -> None:
        if row.detail == LINK_OUT:
            self.outside.append(path)
            return
        self.skipped += 1
        examples = self.links if row.detail == LINK else self.others
        if len(examples) < EXAMPLES and (row.detail != LINK or promised_type(row.name)):
            examples.append(path)

    def album(
        self, key: str, root: RootIdentity, errors: tuple[str, ...], fingerprint: str, hashed_bytes: int
    ) -> LocalAlbum:
        """The album, in the order of the paths' bytes; among the skipped, links that look like pictures come first."""
        return LocalAlbum(
            key,
            root,
            tuple(sorted(self.files, key=_bytes_of_path)),
            tuple(sorted(self.unsendable, key=_bytes_of_path)),
            self.skipped,
            tuple((self.links + self.others)[:EXAMPLES]),
            errors,
            _refused(self.outside),
            fingerprint=fingerprint,
            hashed_bytes=hashed_bytes,
        )


def _refused(links: list[str]) -> tuple[str, ...]:
    """The links that lead out of the folder, as one sentence with a few names."""
    if not links:
        return ()
    links = sorted(links, key=lambda path: path.encode("utf-8", "surrogateescape"))
    rest = f" and {len(links) - FEW} more" if len(links) > FEW else ""
    one = len(links) == 1
    return (
        f"{len(links)} {'link leads' if one else 'links lead'} out of the album's folder and "
        f"{'is' if one else 'are'} not followed: {', '.join(links[:FEW])}{rest}",
    )


def named(rows: Iterable[CachedFile]) -> list[tuple[str, CachedFile]]:
    """The rows under the names that they stand for, in the order of the names' bytes.

    A cloud drive's stub stands for its file, unless that file is there as well.
    """
    found = {row.name: row for row in rows}
    for name in [name for name in found if name.endswith("cloud")]:
        if found[name].kind == UNSENDABLE and (stub := stub_of(name)):
            row = found.pop(name)
            found.setdefault(stub, row)
    return sorted(found.items(), key=_bytes_of_name)


def _bytes_of_path(item: LocalFile | Unsendable) -> bytes:
    return item.path.encode("utf-8", "surrogateescape")


def _bytes_of_name(item: tuple[str, CachedFile]) -> bytes:
    return item[0].encode("utf-8", "surrogateescape")


def mark_of(stats: bytes, rules: bytes, rows: Iterable[CachedFile]) -> FolderMark:
    """The mark of a folder with these rows. `content` is empty when there is nothing to show or to complain of.

    It covers times as well, since the order "modified" follows them, but nothing that differs between machines.
    """
    total = blake2b(digest_size=32)
    files = problems = 0
    for name, row in named(rows):
        if row.kind == SKIPPED:
            continue
        if row.kind == UNSENDABLE:
            problems += 1
            facts = row.detail
        else:
            files += 1
            facts = f"{row.digest}\0{row.media_type}\0{row.mtime_ns}"
        total.update(f"{name}\0{row.kind}\0{facts}\0".encode("utf-8", "surrogateescape"))
    return FolderMark(stats, rules, total.digest() if files or problems else b"", files, problems)


def fingerprint_of(folders: Iterable[Seen]) -> str:
    """64 hex digits for the content of all folders; equal for equal content, on any machine."""
    total = sha256()
    for folder, content in sorted(
        (seen.folder.encode("utf-8", "surrogateescape"), seen.mark.content) for seen in folders
    ):
        if content:
            total.update(len(folder).to_bytes(4, "big") + folder + content)
    return total.hexdigest()

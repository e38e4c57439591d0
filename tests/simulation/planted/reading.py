"""Mistakes in what is believed: of Imgur's answers and of the folders."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from imgur_sync.executor import observe, probing
from imgur_sync.executor.session import Session
from imgur_sync.executor.tasks import Task
from imgur_sync.imgur import limits, replies
from imgur_sync.imgur.body import fields
from imgur_sync.local import folders, scan
from imgur_sync.local.listing import Entry
from imgur_sync.local.reading import read_content
from imgur_sync.local.walk import OpenFile, open_below
from imgur_sync.model.local import CachedFile, Content, LocalAlbum, LocalFile
from imgur_sync.model.plan import Gone
from imgur_sync.model.remote import RemoteAlbum
from imgur_sync.model.synced import Standing
from imgur_sync.planner import gates, order
from tests.simulation.drawing import FILTERS
from tests.simulation.planted.needing import either, fault, holding, local, setup, step
from tests.simulation.planted.patching import Bug, everywhere, methods, together


def read_header_as_epoch() -> AbstractContextManager[Any]:
    """A reset of 3600 is a moment in 1970."""

    def reset(name: str, headers: Any, start: float, warnings: list[str]) -> float | None:
        text = headers.get(name)
        return float(text) if text is not None and limits._INTEGER.match(text) else None

    return everywhere(limits._reset, reset)


def trust_empty_scan() -> AbstractContextManager[Any]:
    """A folder without files is a folder without files."""
    return everywhere(gates.root_gate, lambda view: None)


def ignore_scan_error() -> AbstractContextManager[Any]:
    """What could be listed is taken for all."""
    look = observe._scan

    def looked(*given: Any, **named: Any) -> Any:
        found = look(*given, **named)
        return replace(found, errors=()) if isinstance(found, LocalAlbum) else found

    return everywhere(look, looked)


def null_list_is_empty() -> AbstractContextManager[Any]:
    """`images: null` is an empty album, whatever else is said, and what an empty album does not show was deleted."""
    inline = replies.inline

    def believed(data: object) -> replies.Inline:
        source = fields(data, "an album")
        if source.get("images") is None:
            return replies.Inline(replace(replies.header(source), count=0), ())
        return inline(data)

    return together(everywhere(inline, believed), _absence_is_loss(lambda listing: not listing.ids))


def trust_partial_page() -> AbstractContextManager[Any]:
    """The list that came is the whole list, and what it does not show was deleted."""
    album, partial = replies.album, set()

    def whole(top: Any, entries: Any, taken_at: float) -> RemoteAlbum:
        found = album(top, entries, taken_at)
        if not found.complete:
            partial.add((top.id, taken_at))
        return replace(found, complete=True, flaw="")

    return together(
        methods(replies.Inline, short=False),
        everywhere(album, whole),
        _absence_is_loss(lambda listing: (listing.header.id, listing.taken_at) in partial),
    )


def _absence_is_loss(believed: Callable[[RemoteAlbum], bool]) -> AbstractContextManager[Any]:
    """What such a listing does not show is gone; nobody asks for the picture itself."""
    probe_missing = probing.probe_missing

    def gone(run: Session, spec: Any, local: Any, pictures: Any, listing: RemoteAlbum | None) -> Task[Gone]:
        if listing is None or not believed(listing):
            return (yield from probe_missing(run, spec, local, pictures, listing))
        here = [picture.id for picture in pictures if picture.standing is Standing.PLACED]
        return Gone(frozenset(here) - frozenset(listing.ids))

    return everywhere(probe_missing, gone)


def hash_then_reopen() -> AbstractContextManager[Any]:
    """The file is opened once to hash it and once to send it."""

    def read(root: Path, file: LocalFile, open_file: OpenFile) -> Content:
        checked = read_content(root, file, open_file)
        with ExitStack() as stack:
            fd = open_below(root, file.path, open_file, stack)
            return replace(checked, data=os.read(fd, 1 << 24))

    return everywhere(folders.read_content, read)


def mtime_only_cache() -> AbstractContextManager[Any]:
    """A file with the time that it had is the file that it was."""

    def same(row: CachedFile, entry: Entry, device: int) -> bool:
        return row.mtime_ns == entry[2]

    return everywhere(scan._is, same)


def order_by_readdir() -> AbstractContextManager[Any]:
    """The order of the folder's own listing is thought to be one."""

    def key(self: order.Ranking, path: str) -> tuple[object, ...]:
        return (self.listed.get(path, len(self.listed)),)

    begin = order.Ranking.__init__

    def made(self: Any, spec: Any, files: Any) -> None:
        begin(self, spec, files)
        names = os.listdir(spec.root) if spec.root.is_dir() else []
        self.listed = {name: number for number, name in enumerate(names)}

    return methods(order.Ranking, __init__=made, key=key)


def a_filter_deletes() -> AbstractContextManager[Any]:
    """What the rules leave out is not in the scan, and so it is gone."""
    return methods(folders.Folders, ignored=lambda self, spec, paths: frozenset())


BUGS = (
    Bug(
        "trust empty scan",
        "an empty folder means that all pictures were removed",
        trust_empty_scan,
        either(step("empty", "unmount"), local("unmount_mid")),
    ),
    Bug(
        "ignore scan error",
        "files that could not be listed were removed",
        ignore_scan_error,
        local("readdir", "unreadable", "unmount_mid"),
    ),
    Bug(
        "treat null list as empty+delete",
        "no list means that there are no pictures",
        null_list_is_empty,
        either(fault("images-null"), setup("images_null")),
    ),
    Bug(
        "trust partial page",
        "a short list is taken for the whole",
        trust_partial_page,
        either(fault("page-short", "entry-twice", "count-off", "images-null"), setup("short_pages")),
    ),
    Bug(
        "hash then reopen file",
        "what is sent is read after what was checked",
        hash_then_reopen,
        local("change", where="open"),
    ),
    Bug("mtime-only cache", "a file is the same if its time is", mtime_only_cache, holding("keep_time")),
    Bug("order by readdir", "files come in the order in which the disk lists them", order_by_readdir),
    Bug("a filter deletes", "a file that is left out is one that is gone", a_filter_deletes, profile=FILTERS),
)

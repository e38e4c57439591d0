"""What every `Cache` promises. A test class inherits this and gives a fixture `cache`: an empty one."""

from __future__ import annotations

import os
from dataclasses import replace

from imgur_sync.model.local import CachedFile, FolderMark
from imgur_sync.model.ports import Cache, QuietMark
from imgur_sync.model.remote import AlbumHeader, RemoteAlbum, RemotePicture
from imgur_sync.model.secret import Secret

MARK = FolderMark(b"s\x00", b"r\xff", b"c", 2, 1)
QUIET = QuietMark("fingerprint", "spec", "header", 7, 3, 1234.5)


def cached(name: str) -> CachedFile:
    """A row with a value in every field, an inode as large as they come."""
    return CachedFile(name, 9, 2**62, -5, 2**64 - 1, 64768, "picture", "d" * 64, "image/png", 4, 3, True, "a\nb")


def remote_album() -> RemoteAlbum:
    """A listing with odd texts and secrets."""
    header = AlbumHeader("AbC", "T\ud800", "", False, None, 1, True, Secret("hush"))
    shown = RemotePicture("p1", "n", "l", "image/gif", 1, 2, 3, 4.5, "t", "d", Secret("hush"))
    return RemoteAlbum(header, (shown,), 99.5, False, "count 2, listed 1")


class CacheContract:
    """Inherited by the tests of every implementation."""

    def test_an_empty_cache_knows_nothing(self, cache: Cache) -> None:
        """Nothing is found, and nothing raises."""
        assert dict(cache.folders("cats")) == {}
        assert cache.files("cats", "") == ()
        assert cache.listing("AbC") is None
        assert cache.quiet("cats") is None
        cache.forget_folders("cats", ["x"])
        cache.keep_quiet("cats", None)
        cache.flush()

    def test_folders_and_their_files_come_back(self, cache: Cache) -> None:
        """Names may be bytes that are no text; rows come in the order of their names' bytes; albums are apart."""
        names = ["é.jpg", "a.jpg", "\udcff.jpg", "B.jpg"]
        cache.keep_folder("cats", "", MARK, [])
        cache.keep_folder("cats", "sub\udcfe/x", replace(MARK, files=9), [cached(name) for name in names])
        cache.keep_folder("dogs", "", MARK, [cached("rex.jpg")])
        assert dict(cache.folders("cats")) == {"": MARK, "sub\udcfe/x": replace(MARK, files=9)}
        assert cache.files("cats", "sub\udcfe/x") == tuple(cached(name) for name in sorted(names, key=os.fsencode))
        assert cache.files("cats", "") == ()

    def test_a_folder_kept_again_is_replaced(self, cache: Cache) -> None:
        """Mark and rows both."""
        cache.keep_folder("cats", "", MARK, [cached("a"), cached("b")])
        cache.keep_folder("cats", "", replace(MARK, stats=b"new"), [cached("c")])
        assert dict(cache.folders("cats")) == {"": replace(MARK, stats=b"new")}
        assert cache.files("cats", "") == (cached("c"),)

    def test_a_folder_without_a_mark_keeps_its_rows(self, cache: Cache) -> None:
        """It is looked at again, and its digests serve then."""
        cache.keep_folder("cats", "", MARK, [cached("a")])
        cache.keep_folder("cats", "", None, [cached("b")])
        assert "" not in cache.folders("cats")
        assert cache.files("cats", "") == (cached("b"),)

    def test_forgotten_folders_are_not_there(self, cache: Cache) -> None:
        """Neither mark nor rows; others stay."""
        for folder in ("a", "b", "c"):
            cache.keep_folder("cats", folder, MARK, [cached("x")])
        cache.forget_folders("cats", iter(["a", "c"]))
        assert set(cache.folders("cats")) == {"b"}
        assert cache.files("cats", "a") == ()
        assert cache.files("cats", "b") == (cached("x"),)

    def test_a_listing_comes_back_without_deletehashes(self, cache: Cache) -> None:
        """All else is as it was; the last one kept counts."""
        listing = remote_album()
        cache.keep_listing(replace(listing, taken_at=1.0))
        cache.keep_listing(listing)
        bare = replace(listing.pictures[0], deletehash=None)
        expected = replace(listing, header=replace(listing.header, deletehash=None), pictures=(bare,))
        assert cache.listing("AbC") == expected

    def test_a_quiet_mark_is_set_replaced_and_cleared(self, cache: Cache) -> None:
        """By album."""
        cache.keep_quiet("cats", QUIET)
        cache.keep_quiet("dogs", QUIET)
        cache.keep_quiet("cats", replace(QUIET, serial=8))
        assert cache.quiet("cats") == replace(QUIET, serial=8)
        cache.keep_quiet("cats", None)
        assert cache.quiet("cats") is None
        assert cache.quiet("dogs") == QUIET

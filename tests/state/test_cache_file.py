"""The cache file: damaged, foreign, newer, unwritable or shared, it never raises and never lies."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.state.cache import SqliteCache
from tests.contract.cache_contract import MARK, QUIET, cached, remote_album

READ_ONLY = """
import os, sys
from pathlib import Path
os.chmod(sys.argv[1], 0o755)
for name in os.listdir(sys.argv[1]):
    os.chmod(os.path.join(sys.argv[1], name), 0o444)
os.chmod(sys.argv[1], 0o555)
from imgur_sync.state.cache import SqliteCache
from tests.contract.cache_contract import MARK, QUIET, cached
if os.geteuid() == 0:
    os.chroot(sys.argv[1])
    os.seteuid(65534)
    path = Path("/cache.db")
else:
    path = Path(sys.argv[1]) / "cache.db"
with SqliteCache(path) as cache:
    assert cache.quiet("cats") == QUIET
    cache.keep_folder("cats", "new", MARK, [])
    cache.flush()
    assert set(cache.folders("cats")) == {""}, cache.folders("cats")
    print("survived", flush=True)
with SqliteCache(path.with_name("other.db")) as cache:
    cache.keep_quiet("cats", QUIET)
    assert cache.quiet("cats") is None
    print("survived", flush=True)
"""
KEEPS = """
import sys
from pathlib import Path
from imgur_sync.state.cache import SqliteCache
from tests.contract.cache_contract import MARK, cached
with SqliteCache(Path(sys.argv[1])) as cache:
    for number in range(300):
        cache.keep_folder(sys.argv[2], str(number), MARK, [cached("a"), cached("b")])
        if number % 10 == 0:
            cache.flush()
"""


def filled(path: Path) -> None:
    """A cache with something of every kind."""
    with SqliteCache(path) as cache:
        cache.keep_folder("cats", "", MARK, [cached("a"), cached("b")])
        cache.keep_listing(remote_album())
        cache.keep_quiet("cats", QUIET)


def test_what_was_kept_is_there_when_opened_again(tmp_path: Path) -> None:
    """Closing commits; the file is 0600."""
    path = tmp_path / ".imgur-sync" / "cache.db"
    filled(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with SqliteCache(path) as cache:
        assert dict(cache.folders("cats")) == {"": MARK}
        assert cache.files("cats", "") == (cached("a"), cached("b"))
        assert cache.listing("AbC") is not None
        assert cache.quiet("cats") == QUIET


def test_flush_shows_it_to_others(tmp_path: Path) -> None:
    """Without closing."""
    with SqliteCache(tmp_path / "cache.db") as mine, SqliteCache(tmp_path / "cache.db") as other:
        mine.keep_quiet("cats", QUIET)
        mine.flush()
        assert other.quiet("cats") == QUIET


def _spoil_text(path: Path) -> None:
    path.write_bytes(b"not a database" * 100)


def _spoil_empty(path: Path) -> None:
    path.write_bytes(b"")


def _spoil_newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
        connection.commit()


def _spoil_older(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 1")
        connection.commit()


def _spoil_tables(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("ALTER TABLE quiet RENAME TO loud")
        connection.commit()


def _spoil_half(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 8192 * 4096])


@pytest.mark.parametrize("spoil", [_spoil_text, _spoil_empty, _spoil_newer, _spoil_older, _spoil_tables, _spoil_half])
def test_a_file_that_is_no_cache_is_replaced(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    """It is empty then, and it keeps again."""
    path = tmp_path / "cache.db"
    filled(path)
    spoil(path)
    with SqliteCache(path) as cache:
        assert cache.quiet("cats") is None
        assert cache.files("cats", "") == ()
        cache.keep_quiet("dogs", QUIET)
        assert cache.quiet("dogs") == QUIET
    with SqliteCache(path) as cache:
        assert cache.quiet("dogs") == QUIET


def test_a_flipped_bit_is_never_believed(tmp_path: Path) -> None:
    """Every 29th byte of the file: what comes back is what was kept, or nothing; and no error."""
    path = tmp_path / "cache.db"
    filled(path)
    data = path.read_bytes()
    with SqliteCache(path) as cache:
        listing = cache.listing("AbC")
    for offset in range(0, len(data), 29):
        spoiled = bytearray(data)
        spoiled[offset] ^= 1 << offset % 8
        path.write_bytes(spoiled)
        with SqliteCache(path) as cache:
            assert cache.quiet("cats") in (QUIET, None)
            assert cache.files("cats", "") in ((cached("a"), cached("b")), ())
            assert dict(cache.folders("cats")) in ({"": MARK}, {})
            assert cache.listing("AbC") in (listing, None)


@pytest.mark.parametrize("place", ["file/cache.db", "folder"])
def test_a_place_that_cannot_be_written_behaves_as_empty(tmp_path: Path, place: str) -> None:
    """Below a file; in the place of a folder."""
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    with SqliteCache(tmp_path / place) as cache:
        cache.keep_folder("cats", "", MARK, [cached("a")])
        cache.keep_listing(remote_album())
        cache.keep_quiet("cats", QUIET)
        cache.forget_folders("cats", ["x"])
        cache.flush()
        assert dict(cache.folders("cats")) == {}
        assert cache.files("cats", "") == ()
        assert cache.listing("AbC") is None
        assert cache.quiet("cats") is None
    assert (tmp_path / "folder").is_dir()


def test_a_read_only_folder_is_read_and_survived(tmp_path: Path, child: Callable[..., Any]) -> None:
    """What was kept before is found; what is kept now is dropped."""
    folder = tmp_path / "sealed"
    filled(folder / "cache.db")
    process = child(READ_ONLY, folder)
    assert [process.line(), process.line()] == ["survived", "survived"]
    assert process.end() == 0
    folder.chmod(0o755)


def test_several_processes_keep_at_once(tmp_path: Path, child: Callable[..., Any]) -> None:
    """Nothing of either is lost."""
    path = tmp_path / "cache.db"
    processes = [child(KEEPS, path, album) for album in ("cats", "dogs")]
    assert [process.end() for process in processes] == [0, 0]
    with SqliteCache(path) as cache:
        assert len(cache.folders("cats")) == 300
        assert len(cache.folders("dogs")) == 300
        assert cache.files("dogs", "299") == (cached("a"), cached("b"))


def test_a_closed_cache_is_empty(tmp_path: Path) -> None:
    """Closing twice is harmless."""
    cache = SqliteCache(tmp_path / "cache.db")
    cache.keep_quiet("cats", QUIET)
    cache.close()
    cache.close()
    cache.keep_quiet("dogs", QUIET)
    assert cache.quiet("cats") is None

"""A scan that is broken off: at once, wherever it is, and without loss of what was read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.local import scan
from imgur_sync.local.folders import Folders
from imgur_sync.local.listing import FEW
from imgur_sync.local.stillness import Stillness
from imgur_sync.local.stream import PIECE
from imgur_sync.model.local import LocalAlbum
from tests.support.album_folder import AlbumFolder
from tests.support.hand_clock import HandClock
from tests.support.pictures import png


class Enough(Exception):
    """What ends a scan from outside."""


@pytest.fixture
def album(tmp_path: Path) -> AlbumFolder:
    """Twenty pictures in the root, and ten in a folder below."""
    made = AlbumFolder(tmp_path)
    for number in range(20):
        made.write(f"{number:02}.png", png(seed=number))
    for number in range(10):
        made.write(f"sub/{number:02}.png", png(seed=100 + number))
    return made


def broken_off(album: AlbumFolder, ends: Callable[[], bool], error: BaseException, *, checksum: bool = False) -> int:
    """Scan until that holds; how many files were read."""
    read: set[str] = set()

    def between() -> None:
        if ends():
            raise error

    def hashed(path: str, size: int) -> None:
        read.add(path)

    with pytest.raises(type(error)) as ended:
        album.folders.scan(album.spec(), on_hashed=hashed, between=between, checksum=checksum)
    assert ended.value is error
    return len(read)


def after(calls: int) -> Callable[[], bool]:
    """Whether it was asked so often."""
    left = iter(range(calls))
    return lambda: next(left, None) is None


@pytest.mark.parametrize("calls", [1, 2, 3, 9, 30, 45, 60])
def test_what_was_read_is_known_wherever_the_scan_ended(album: AlbumFolder, calls: int) -> None:
    """The next scan reads the others and no more; then the album is whole."""
    read = broken_off(album, after(calls), Enough())
    whole = album.scan()
    assert len(album.read_bytes) == 30 - read
    assert len(whole.files) == 30
    assert not whole.errors


@pytest.mark.parametrize("error", [OSError("no"), ValueError("no"), EOFError("no"), KeyboardInterrupt()])
@pytest.mark.parametrize("calls", [0, 1, 5])
def test_what_ends_it_is_not_taken_for_an_error_of_the_folder(
    album: AlbumFolder, calls: int, error: BaseException
) -> None:
    """In a listing, before a file, and in one."""
    broken_off(album, after(calls), error)
    assert len(album.scan().files) == 30


def test_what_was_known_of_the_rest_of_the_folder_stays_known(album: AlbumFolder) -> None:
    """A scan of some changed files that is broken off forgets none of the others, and sees those that are gone."""
    album.scan()
    for number in (3, 15, 16):
        album.write(f"{number:02}.png", png(seed=500 + number))
    (album.root / "07.png").unlink()
    read = broken_off(album, after(6), Enough())
    assert 1 <= read <= 2
    assert len(album.scan().files) == 29
    assert len(album.read_bytes) == 3 - read
    assert "07.png" not in album.paths()


def test_a_scan_that_reads_everything_anew_forgets_nothing_either(album: AlbumFolder) -> None:
    """`checksum`, broken off: the next plain scan reads nothing."""
    album.scan()
    broken_off(album, after(12), Enough(), checksum=True)
    album.scan()
    assert not album.read_bytes


def test_a_folder_of_known_files_asks_before_every_few_entries(album: AlbumFolder) -> None:
    """A scan that reads no file at all can be broken off, too."""
    for number in range(300):
        album.write(f"note{number}.txt")
    album.scan()
    asked: list[None] = []
    album.folders.scan(album.spec(), between=lambda: asked.append(None))
    assert len(asked) >= 320 // FEW
    assert broken_off(album, after(10), Enough()) == 0


def test_a_large_file_asks_before_every_piece(tmp_path: Path) -> None:
    """Of a file that was broken off nothing is known."""
    album = AlbumFolder(tmp_path)
    album.write("large.png", png(pad=12 * PIECE))
    asked: list[None] = []
    broken_off(album, lambda: len(asked) == 6 or asked.append(None) is not None, Enough())
    assert len(album.scan().files) == 1
    assert album.read_bytes["large.png"] > 12 * PIECE


def test_a_power_cut_costs_a_part_of_what_was_read_of_one_folder(
    album: AlbumFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a folder of many files gives is saved on the way, not at its end."""
    monkeypatch.setattr(scan, "SAVED_BYTES", 300)
    kept: list[int] = []
    keep = album.cache.keep_folder

    def counted(key: str, folder: str, mark: Any, files: Any) -> None:
        kept.append(len(files))
        keep(key, folder, mark, files)

    monkeypatch.setattr(album.cache, "keep_folder", counted)
    assert len(album.scan().files) == 30
    assert kept[:3] == sorted(kept[:3])
    assert 4 <= len(kept) <= 20


def test_a_file_that_did_not_hold_still_is_remembered_over_a_look_that_was_broken_off(album: AlbumFolder) -> None:
    """On a disk with a clock of its own two looks tell; one that did not come to it is none."""
    clock = HandClock(now=0.0)
    stillness = Stillness(clock, 2.0)
    folders = Folders(album.cache, clock, stillness=stillness)

    def look(calls: int) -> LocalAlbum:
        ends = after(calls)

        def between() -> None:
            if ends():
                raise Enough

        found = folders.scan(album.spec(), between=between)
        assert isinstance(found, LocalAlbum)
        return found

    assert len(look(1000).unsendable) == 30
    clock.advance(1.0)
    with pytest.raises(Enough):
        look(1)
    assert len(stillness.restless("cats")) == 30
    clock.advance(1.5)
    assert len(look(1000).files) == 30

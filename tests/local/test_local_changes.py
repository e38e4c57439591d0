"""Only what changed is read again; what may have changed unseen is read too."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from imgur_sync.model.local import CachedFile, LocalAlbum, UnchangedFolder, Why
from tests.support import pictures
from tests.support.album_folder import AlbumFolder
from tests.support.memory_cache import MemoryCache


def fill(album: AlbumFolder) -> LocalAlbum:
    """Twelve pictures in three folders and two files of other kinds, scanned once."""
    for seed in range(12):
        album.write(f"{'abc'[seed % 3]}/{seed}.png", pictures.png(seed=seed))
    album.write("readme.txt", b"hello")
    album.write("a/b.heic", pictures.mp4(brand=b"heic"))
    return album.scan()


def test_an_unchanged_folder_is_told_by_its_fingerprint_alone(album: AlbumFolder) -> None:
    """No file is opened; the count is that of the pictures."""
    found = fill(album)
    again = album.look(unchanged_if=found.fingerprint)
    assert again == UnchangedFolder("cats", found.root, found.fingerprint, 12)
    assert album.read_bytes == {}


def test_an_unchanged_folder_with_another_fingerprint_is_given_whole_without_reading(album: AlbumFolder) -> None:
    """The cache's rows make the same album; also skipped files are still counted."""
    found = fill(album)
    again = album.scan(unchanged_if="0" * 64)
    assert album.read_bytes == {}
    assert (again.files, again.skipped, again.skipped_examples) == (found.files, 2, found.skipped_examples)
    assert (again.fingerprint, again.hashed_bytes) == (found.fingerprint, 0)


def test_only_changed_files_are_read(album: AlbumFolder) -> None:
    """Content bytes read are exactly the bytes of new and changed pictures."""
    fill(album)
    changed, new = pictures.png(seed=100), pictures.gif(seed=101)
    album.write("b/4.png", changed)
    album.write("c/new.gif", new)
    (album.root / "a/0.png").rename(album.root / "a/moved.png")
    (album.root / "a/3.png").unlink()
    found = album.scan()
    moved = len(pictures.png(seed=0))  # a rename changes the ctime, which no cheap check can tell from a rewrite
    assert album.read_bytes == {"b/4.png": len(changed), "c/new.gif": len(new), "a/moved.png": moved}
    assert found.hashed_bytes == len(changed) + len(new) + moved
    assert len(found.files) == 12


def test_a_rewrite_with_the_same_size_and_time_is_noticed(album: AlbumFolder) -> None:
    """`touch -r` and `git checkout` restore the mtime; ctime and inode tell."""
    fill(album)
    path = album.root / "a/0.png"
    row = path.stat()
    path.write_bytes(pictures.png(seed=7))
    os.utime(path, ns=(row.st_atime_ns, row.st_mtime_ns))
    album.scan()
    assert list(album.read_bytes) == ["a/0.png"]


def test_a_file_replaced_by_another_with_the_same_times_is_noticed(album: AlbumFolder) -> None:
    """An editor's save by rename has another inode."""
    fill(album)
    path = album.root / "a/0.png"
    row = path.stat()
    other = album.write("tmp", pictures.png(seed=8))
    os.utime(other, ns=(row.st_atime_ns, row.st_mtime_ns))
    other.rename(path)
    album.scan()
    assert list(album.read_bytes) == ["a/0.png"]


def test_checksum_reads_everything_again(album: AlbumFolder) -> None:
    """With `checksum` the cache is not believed, and then filled anew."""
    found = fill(album)
    again = album.scan(checksum=True, unchanged_if=found.fingerprint)
    assert len([path for path in album.read_bytes if path.endswith(".png")]) == 12
    assert again.fingerprint == found.fingerprint
    assert isinstance(album.look(unchanged_if=found.fingerprint), UnchangedFolder)


def test_a_file_as_young_as_the_scan_is_read_again_next_time(album: AlbumFolder) -> None:
    """Within 2 s of the scan's start a second write could leave the same times: the racy rule."""
    album.clock.ahead = 1.0
    found = fill(album)
    assert isinstance(album.look(unchanged_if=found.fingerprint), LocalAlbum)
    assert len(album.read_bytes) == len([*found.files, "readme.txt", "b.heic"])
    album.clock.ahead = 10.0
    album.scan()
    assert isinstance(album.look(unchanged_if=found.fingerprint), UnchangedFolder)


def test_one_young_file_costs_no_other_file_a_reading(album: AlbumFolder) -> None:
    """The folder is looked at again, its old files are not."""
    fill(album)
    data = album.write("a/young.png", pictures.png(seed=50)).read_bytes()
    album.clock.ahead = 0.0
    album.scan()
    album.scan()
    assert album.read_bytes == {"a/young.png": len(data)}


@pytest.mark.parametrize("seconds", [-2_177_452_800, 4_291_747_200], ids=["1901", "2106"])
def test_an_absurd_time_costs_nothing_but_hashing(album: AlbumFolder, seconds: int) -> None:
    """A time before 1970 or in the future is kept as it is; the future is read again each time."""
    path = album.write("a.png", pictures.png())
    os.utime(path, (seconds, seconds))
    found = album.scan()
    again = album.scan()
    assert (found.files, found.errors) == (again.files, ())
    assert len(found.files) == 1
    assert bool(album.read_bytes) == (seconds > time.time())


def test_a_clock_that_went_back_trusts_nothing(album: AlbumFolder) -> None:
    """At 1970 every file is young: all are read, and the result is the same."""
    album.clock.ahead = -time.time()
    found = fill(album)
    again = album.scan(unchanged_if=found.fingerprint)
    assert again.files == found.files
    assert len(album.read_bytes) == 14


def test_the_fingerprint_is_that_of_the_content(album: AlbumFolder, tmp_path: Path) -> None:
    """Another folder with the same names, bytes and times has the same one; order of making does not matter."""
    other = AlbumFolder(tmp_path / "other")
    for one, seeds in ((album, range(9)), (other, reversed(range(9)))):
        for seed in seeds:
            path = one.write(f"{'xyz'[seed % 3]}/{seed}.png", pictures.png(seed=seed))
            os.utime(path, (seed, seed))
    other.write("empty/readme.txt", b"no picture")
    assert album.scan().fingerprint == other.scan().fingerprint != ""


def test_each_change_of_the_content_changes_the_fingerprint(album: AlbumFolder) -> None:
    """A rename, a swap of names, new bytes, another time, a move to another folder, one file more or less."""
    seen = [fill(album).fingerprint]
    root = album.root

    def step() -> None:
        seen.append(album.scan().fingerprint)

    (root / "a/0.png").rename(root / "a/00.png")
    step()
    (root / "a/00.png").rename(root / "b/00.png")
    step()
    (root / "b/1.png").rename(root / "t")
    (root / "b/4.png").rename(root / "b/1.png")
    (root / "t").rename(root / "b/4.png")
    step()
    album.write("c/2.png", pictures.png(seed=99))
    step()
    os.utime(root / "c/2.png", (5, 5))
    step()
    album.write("c/bad.png", b"")
    step()
    (root / "c/5.png").unlink()
    step()
    assert len(set(seen)) == len(seen)


def test_a_folder_that_is_gone_is_forgotten(album: AlbumFolder) -> None:
    """The cache does not grow for ever; with an error nothing is forgotten."""
    fill(album)
    for path in (album.root / "b").iterdir():
        path.unlink()
    (album.root / "b").rmdir()
    album.scan()
    assert set(album.cache.folders("cats")) == {"", "a", "c"}
    assert album.cache.files("cats", "b") == ()


def test_albums_do_not_share_their_cache(album: AlbumFolder) -> None:
    """Marks are kept by album key: what one album leaves out another may take in."""
    fill(album)
    assert set(album.cache.folders("dogs")) == set()


class Forgetful(MemoryCache):
    """Keeps marks and loses rows, as a cache that is damaged might."""

    def files(self, album: str, folder: str) -> tuple[CachedFile, ...]:
        return super().files(album, folder)[1:]


def test_a_cache_that_contradicts_itself_is_done_without(album: AlbumFolder) -> None:
    """Rows that are not those of the mark are not believed: no file is lost for them."""
    found = fill(album)
    forgetful = Forgetful()
    forgetful.__dict__.update(album.cache.__dict__)
    album.cache = forgetful
    assert album.scan().files == found.files


@pytest.mark.parametrize("change", ["append", "truncate", "same size", "replace", "delete"])
def test_a_file_that_changes_while_it_is_read_is_not_sent(album: AlbumFolder, change: str) -> None:
    """No mixture of old and new bytes is ever taken for a picture; the next scan reads it again."""
    path = album.write("a.png", pictures.png(pad=3_000_000))
    album.write("b.png", pictures.png(seed=2))

    def meddle(name: str, size: int) -> None:
        if name != "a.png":
            return
        if change == "append":
            with path.open("ab") as file:
                file.write(b"more")
        elif change == "truncate":
            os.truncate(path, 1_500_000)
        elif change == "same size":
            with path.open("r+b") as file:
                file.seek(2_500_000)
                file.write(b"other")
        elif path.exists():
            path.unlink()
            if change == "replace":
                path.write_bytes(pictures.png(seed=5))

    found = album.folders.scan(album.spec(), on_hashed=meddle)
    assert isinstance(found, LocalAlbum)
    assert [file.path for file in found.files] == ["b.png"]
    assert [(item.path, item.why) for item in found.unsendable] == [("a.png", Why.CHANGING)]
    assert album.cache.folders("cats") == {}
    assert "b.png" not in (album.scan(), album.read_bytes)[1]


@pytest.mark.parametrize("swap", ["gone", "link", "fifo", "folder", "other"])
def test_a_file_swapped_between_listing_and_opening_is_not_sent(album: AlbumFolder, failing_open, swap: str) -> None:
    """What is opened must be what was listed: a link is not followed, a FIFO does not hang, another file waits."""
    path = album.write("a.png", pictures.png(seed=1))
    outside = album.root.with_name("outside.png")
    outside.write_bytes(pictures.png(seed=3))

    def meddle(name: str) -> None:
        if name == "a.png":
            path.unlink()
            make = {"link": lambda: path.symlink_to(outside), "fifo": lambda: os.mkfifo(path), "folder": path.mkdir}
            make["other"] = lambda: path.write_bytes(pictures.png(seed=4))
            make.get(swap, lambda: None)()

    album.open_file = failing_open({}, meddle)
    found = album.scan()
    assert (found.files, [item.path for item in found.unsendable]) == ((), ["a.png"])
    assert {item.why for item in found.unsendable} <= {Why.CHANGING, Why.UNREADABLE}


def test_a_folder_swapped_for_a_link_while_scanning_is_an_error(album: AlbumFolder, failing_open) -> None:
    """It is not entered: nothing outside the root is read, and nothing is removed."""
    album.write("in/a.png", pictures.png())
    outside = album.root.with_name("outside")
    outside.mkdir()
    (outside / "b.png").write_bytes(pictures.png(seed=2))

    def meddle(name: str) -> None:
        if name == "in":
            (album.root / "in").rename(album.root.with_name("moved"))
            (album.root / "in").symlink_to(outside)

    album.open_file = failing_open({}, meddle)
    found = album.scan()
    assert found.files == ()
    assert len(found.errors) == 1

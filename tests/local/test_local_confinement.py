"""Only regular files inside the folder are opened, and nothing there is ever changed."""

from __future__ import annotations

import contextlib
import os
import socket
from pathlib import Path

import pytest

from imgur_sync.errors import FileChangedError
from imgur_sync.model.local import Presence
from tests.support import pictures
from tests.support.album_folder import AlbumFolder

HOSTILE = [
    b"new\nline.png",
    b"tab\t.png",
    b"\x1b[31mred.png",
    b"\xff\xfe\x80.png",
    b"::set-output name=x::y.png",
    "‮gnp.exe.png".encode(),
    b"'\"`$(x).png",
    b"-rf.png",
    b"e\xcc\x81.png",
    "é.png".encode(),
    b" .png",
    b"x" * 251 + b".png",
]


def test_hostile_names_are_scanned_and_read(album: AlbumFolder) -> None:
    """Undecodable bytes come as surrogate escapes; every file can be read again by its path."""
    for seed, name in enumerate(HOSTILE):
        album.write(name, pictures.png(seed=seed))
        album.write(b"d" + name[:200] + b"/" + name, pictures.gif(seed=seed))
    found = album.scan()
    assert {os.fsencode(file.path) for file in found.files} >= set(HOSTILE)
    assert len(found.files) == 2 * len(HOSTILE)
    for file in found.files:
        assert album.folders.read(album.spec(), file).source_digest == file.digest
    assert album.scan().fingerprint == found.fingerprint


def test_links_are_not_followed_and_named_when_they_look_like_pictures(album: AlbumFolder) -> None:
    """Inside, outside, dangling, looping, to a folder: skipped, named by path if the name promises a picture."""
    album.write("real/a.png", pictures.png())
    outside = album.root.with_name("outside")
    outside.mkdir()
    (outside / "o.png").write_bytes(pictures.png(seed=2))
    links = {"in.png": "real/a.png", "out.png": str(outside / "o.png"), "none.png": "nowhere", "loop.png": "loop.png"}
    links |= {"folder.png": "real", "dir": str(outside), "up": "..", "note.txt": "real/a.png"}
    for name, target in links.items():
        (album.root / name).symlink_to(target)
    for _ in range(2):
        found = album.scan()
        assert [file.path for file in found.files] == ["real/a.png"]
        assert found.skipped == len(links) - 3
        assert found.skipped_examples == ("folder.png", "in.png", "loop.png", "none.png")
        assert found.warnings == ("3 links lead out of the album's folder and are not followed: dir, out.png, up",)
        assert (found.unsendable, found.errors) == ((), ())


def test_what_is_no_regular_file_is_skipped_without_being_opened(album: AlbumFolder, failing_open) -> None:
    """A FIFO would hang, a socket fail, a device act."""
    os.mkfifo(album.root / "fifo.png")
    with socket.socket(socket.AF_UNIX) as server:
        here = os.open(album.root, os.O_RDONLY)
        try:
            server.bind(f"/proc/self/fd/{here}/sock.png")
        finally:
            os.close(here)
    opened: list[str] = []
    album.open_file = failing_open({}, opened.append)
    found = album.scan()
    assert (found.files, found.unsendable, found.errors, found.skipped) == ((), (), (), 2)
    assert opened == [str(album.root)]


def test_hard_links_are_files_of_their_own(album: AlbumFolder) -> None:
    """Two names of one content are two files with equal digests."""
    path = album.write("a.png", pictures.png())
    os.link(path, album.root / "b.png")
    one, two = album.scan().files
    assert (one.path, two.path, one.digest) == ("a.png", "b.png", two.digest)


def test_scanning_and_reading_change_nothing(album: AlbumFolder) -> None:
    """Names, bytes, modes and times (but for access) are as before; files are opened for reading only."""
    flags: list[int] = []

    def open_file(path: str, mode: int, *, dir_fd: int | None = None) -> int:
        flags.append(mode)
        return os.open(path, mode, dir_fd=dir_fd)

    for seed in range(5):
        album.write(f"d{seed % 2}/{seed}.png", pictures.png(seed=seed))
    album.write("d0/.imgursyncignore", b"9.png")

    def world() -> list[tuple[object, ...]]:
        rows = []
        for path in sorted(album.root.rglob("*")):
            row = path.lstat()
            rows.append((path, row.st_mode, row.st_size, row.st_mtime_ns, row.st_ctime_ns, row.st_ino, row.st_nlink))
        return rows

    before = world()
    album.open_file = open_file
    for file in album.scan().files:
        album.folders.read(album.spec(), file)
    album.scan(checksum=True)
    assert world() == before
    assert all(mode & (os.O_ACCMODE | os.O_CREAT | os.O_TRUNC) == os.O_RDONLY for mode in flags)
    assert all(mode & os.O_CLOEXEC for mode in flags)


def test_no_descriptor_stays_open(album: AlbumFolder) -> None:
    """After scans and reads as many are open as before, also when files fail."""
    album.write("a/b/c.png", pictures.png())
    album.write("a/bad.png", b"x")
    before = len(os.listdir("/dev/fd"))
    (file,) = album.scan().files
    album.folders.read(album.spec(), file)
    (album.root / "a/b/c.png").unlink()
    with pytest.raises(FileChangedError):
        album.folders.read(album.spec(), file)
    album.folders.ignored(album.spec(), ["a/b/c.png"])
    assert len(os.listdir("/dev/fd")) == before


def test_reading_gives_the_scanned_bytes_and_their_digest(album: AlbumFolder) -> None:
    """One buffer, hashed; what is sent is what is in the file."""
    data = pictures.webp(seed=9)
    album.write("sub/a.webp", data)
    (file,) = album.scan().files
    content = album.folders.read(album.spec(), file)
    assert (content.data, content.media_type) == (data, "image/webp")
    assert content.source_digest == content.sent_digest == file.digest


@pytest.mark.parametrize(
    ("change", "gone"),
    [
        ("other", False),
        ("longer", False),
        ("shorter", False),
        ("deleted", True),
        ("folder gone", True),
        ("root gone", True),
        ("link", False),
        ("linked folder", True),
        ("fifo", False),
        ("directory", False),
    ],
)
def test_reading_what_is_no_longer_the_scanned_file_is_refused(album: AlbumFolder, change: str, gone: bool) -> None:
    """Also when a link in its place leads to the very same bytes: no link is followed, on no part of the path."""
    path = album.write("sub/a.png", pictures.png(seed=1))
    (file,) = album.scan().files
    data = path.read_bytes()
    if change in ("other", "longer", "shorter"):
        path.write_bytes({"other": data[:-1] + b"x", "longer": data + b"x", "shorter": data[:-1]}[change])
    elif change in ("folder gone", "root gone", "linked folder"):
        top = album.root if change == "root gone" else path.parent
        top.rename(album.root.with_name("moved"))
        if change == "linked folder":
            top.symlink_to(album.root.with_name("moved"))
    else:
        path.unlink()
        if change == "link":
            album.write("b.png", data)
            path.symlink_to("../b.png")
        elif change == "fifo":
            os.mkfifo(path)
        elif change == "directory":
            path.mkdir()
    with pytest.raises(FileChangedError) as caught:
        album.folders.read(album.spec(), file)
    assert (caught.value.path, caught.value.gone) == ("sub/a.png", gone)


@pytest.mark.parametrize("path", ["../outside.png", "/etc/hostname", "a//b.png", "./a.png", "", "sub/../a.png"])
def test_reading_never_leaves_the_root(album: AlbumFolder, path: str) -> None:
    """A path that no scan gives is refused before anything is opened under it."""
    album.write("a.png", pictures.png())
    album.root.with_name("outside.png").write_bytes(pictures.png())
    (file,) = album.scan().files
    kind = type(file)
    wrong = kind(path, file.digest, file.size, file.modified_ns, file.media_type)
    with pytest.raises(FileChangedError):
        album.folders.read(album.spec(), wrong)


def test_reading_a_pointer_is_refused(album: AlbumFolder) -> None:
    """The bytes that its digest names are not here; the pointer's own text is never sent."""
    album.write("a.png", pictures.lfs_pointer("ab" * 32, 77))
    (file,) = album.scan().files
    assert file.content is Presence.POINTER
    with pytest.raises(FileChangedError):
        album.folders.read(album.spec(), file)


def test_a_file_swapped_for_a_link_ever_so_often_never_leaks(album: AlbumFolder, failing_open) -> None:
    """At whatever open the swap comes, what is returned are the scanned bytes or nothing."""
    album.write("sub/a.png", pictures.png(seed=1))
    secret = album.root.with_name("secret")
    secret.mkdir()
    (secret / "a.png").write_bytes(pictures.png(seed=2))
    (file,) = album.scan().files
    for moment in (str(album.root), "sub", "a.png"):
        for target in ("sub/a.png", "sub"):
            place: Path = album.root / target

            def swap(name: str, moment: str = moment, place: Path = place) -> None:
                if name == moment:
                    place.rename(album.root.with_name("kept"))
                    place.symlink_to(secret if place.name == "sub" else secret / "a.png")

            album.open_file = failing_open({}, swap)
            with contextlib.suppress(FileChangedError):
                assert album.folders.read(album.spec(), file).data == pictures.png(seed=1)
            place.unlink()
            album.root.with_name("kept").rename(place)

"""What a scan says of a folder's files."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from imgur_sync.local.folders import Folders
from imgur_sync.local.verdict import MIB
from imgur_sync.model.local import LocalAlbum, Presence, Why
from tests.support import pictures
from tests.support.album_folder import AlbumFolder

OID = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393"


def sparse(path: Path, start: bytes, size: int) -> None:
    """A file of that size that takes no room: `start`, then a hole."""
    path.write_bytes(start)
    os.truncate(path, size)


def test_files_come_in_the_order_of_their_paths_bytes(album: AlbumFolder) -> None:
    """Not in the order of folders or of the listing: "a-b" sorts before "a/b", capitals before small letters."""
    names = ["b.png", "a/x.png", "a-b.png", "a0.png", "Z.png", "a/b/c.png", "é.png", "\U0001f408.png"]
    for seed, name in enumerate(names):
        album.write(name, pictures.png(seed=seed))
    assert album.paths() == sorted(names, key=os.fsencode)


def test_a_file_has_its_digest_size_type_and_dimensions(album: AlbumFolder) -> None:
    """All that the plan needs of a file, from one scan."""
    data = pictures.jpeg(40, 24, gps=True)
    path = album.write("sub/tom.JPG", data)
    (file,) = album.scan().files
    assert (file.path, file.digest, file.size) == ("sub/tom.JPG", hashlib.sha256(data).hexdigest(), len(data))
    assert (file.media_type, file.width, file.height, file.has_gps) == ("image/jpeg", 40, 24, True)
    assert (file.modified_ns, file.content) == (path.stat().st_mtime_ns, Presence.PRESENT)


def test_the_content_counts_and_not_the_extension(album: AlbumFolder) -> None:
    """A PNG named .jpg is sent as the PNG that it is; one named .txt or not at all too."""
    for name in ("a.jpg", "b.txt", "c"):
        album.write(name, pictures.png())
    assert [file.media_type for file in album.scan().files] == ["image/png"] * 3


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.png", b"", Why.EMPTY),
        ("a.WEBM", b"", Why.EMPTY),
        ("a.gif", b"x", Why.NOT_A_PICTURE),
        ("a.JPEG", b"hello\n", Why.NOT_A_PICTURE),
        ("a.jpg", pictures.jpeg()[:-2], Why.TRUNCATED),
        ("a.dat", pictures.png()[:-2], Why.TRUNCATED),
        ("a.png", pictures.png_header(50_000, 50_000), Why.TOO_MANY_PIXELS),
        ("a.png", b"\0GITCRYPT\0" + bytes(60), Why.ENCRYPTED),
        ("a.png", pictures.lfs_pointer(OID, 20 * MIB + 1), Why.TOO_LARGE),
        ("id_rsa.png", b"secret", Why.SECRET),
        (".env", pictures.png(), Why.SECRET),
        ("server.key", pictures.gif(), Why.SECRET),
    ],
)
def test_a_file_that_should_be_a_picture_and_cannot_be_sent_is_unsendable(
    album: AlbumFolder, name: str, data: bytes, why: Why
) -> None:
    """It is listed with its reason, not among the files, and not an error that stops removals."""
    album.write(name, data)
    for _ in range(2):  # from the content, then from the cache
        found = album.scan()
        assert [(item.path, item.why) for item in found.unsendable] == [(name, why)]
        assert (found.files, found.errors, found.skipped) == ((), (), 0)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("notes.txt", b"hello"),
        ("empty", b""),
        ("a.heic", pictures.mp4(brand=b"heic")),
        (".env", b"TOKEN=1"),
        ("id_rsa", b"-----BEGIN"),
        ("a.dat", b"\0GITCRYPT\0" + bytes(60)),
        ("a.bin", pictures.lfs_pointer(OID, 5)),
        ("notes.txt.cloud", b""),
    ],
)
def test_a_file_that_promises_no_picture_is_skipped(album: AlbumFolder, name: str, data: bytes) -> None:
    """It is counted and named, and that is all."""
    album.write(name, data)
    found = album.scan()
    assert (found.skipped, found.skipped_examples) == (1, (name,))
    assert (found.files, found.unsendable, found.errors) == ((), (), ())


@pytest.mark.parametrize(
    ("start", "size", "refused"),
    [
        (pictures.png(), 20 * MIB, False),
        (pictures.png(), 20 * MIB + 1, True),
        (pictures.webp(), 20 * MIB + 1, True),
        (pictures.gif(), 20 * MIB + 1, False),
        (pictures.gif(), 200 * MIB + 1, True),
        (pictures.mp4(), 200 * MIB + 1, True),
    ],
)
def test_imgurs_size_limits(album: AlbumFolder, start: bytes, size: int, refused: bool) -> None:
    """Still images over 20 MiB, GIF and video over 200 MiB are refused, in the unit of the limit."""
    sparse(album.root / "a", start, size)
    found = album.scan()
    assert [item.why for item in found.unsendable] == [Why.TOO_LARGE] * refused
    assert len(found.files) == (not refused)
    assert all(item.detail.count(" MiB") == 2 for item in found.unsendable)


def test_what_is_too_large_or_no_picture_is_not_read_through(album: AlbumFolder) -> None:
    """One look at the start is enough, however long the file is."""
    sparse(album.root / "a.png", pictures.png(), 300 * MIB)
    sparse(album.root / "film.mov", b"\0\0\0\x14ftypqt  ", 300 * MIB)
    album.scan()
    assert max(album.read_bytes.values()) <= 64 * 1024


@pytest.mark.parametrize(
    ("name", "media_type"),
    [("a.png", "image/png"), ("a.JPG", "image/jpeg"), ("a.webm", "video/webm"), ("a.apng", "image/apng")],
)
def test_a_git_lfs_pointer_is_a_file_whose_bytes_are_elsewhere(album: AlbumFolder, name: str, media_type: str) -> None:
    """Digest and size are those of the content; the type is what the name says."""
    album.write(name, pictures.lfs_pointer(OID, 12345))
    for _ in range(2):
        (file,) = album.scan().files
        assert (file.digest, file.size, file.media_type) == (OID, 12345, media_type)
        assert file.content is Presence.POINTER


def test_a_git_lfs_pointer_may_have_extensions_and_must_be_short(album: AlbumFolder) -> None:
    """Lines between version and oid belong to the format; from 1,024 bytes on it is not a pointer."""
    head, _, tail = pictures.lfs_pointer(OID, 5).partition(b"oid")
    album.write("a.png", head + b"ext-0-crop sha256:00\noid" + tail)
    album.write("b.png", pictures.lfs_pointer(OID, 5) + b" " * 1024)
    found = album.scan()
    assert [file.path for file in found.files] == ["a.png"]
    assert [item.why for item in found.unsendable] == [Why.NOT_A_PICTURE]


def test_git_annex_keys_made_of_a_sha256_are_pointers(album: AlbumFolder) -> None:
    """Locked files are links into the store, unlocked ones name their key; the link is never followed."""
    key = f"SHA256E-s321--{OID}.png"
    (album.root / "locked.png").symlink_to(f"../.git/annex/objects/aa/bb/{key}/{key}")
    album.write("unlocked.png", f"/annex/objects/{key}\n".encode())
    (album.root / "other.png").symlink_to("../.git/annex/objects/aa/bb/WORM-s3-m1--x.png/WORM-s3-m1--x.png")
    for _ in range(2):
        found = album.scan()
        assert [(file.path, file.digest, file.size, file.content) for file in found.files] == [
            ("locked.png", OID, 321, Presence.POINTER),
            ("unlocked.png", OID, 321, Presence.POINTER),
        ]
        assert [(item.path, item.why) for item in found.unsendable] == [("other.png", Why.PLACEHOLDER)]


def test_a_cloud_drives_stub_stands_for_its_file(album: AlbumFolder) -> None:
    """Its picture stays, so it is reported under the file's own path, unless that file is there as well."""
    album.write(".tom.jpg.icloud", b"bplist00")
    album.write("sub/kit.png.cloud", b"")
    album.write(".both.png.icloud", b"bplist00")
    album.write("both.png", pictures.png())
    for _ in range(2):
        found = album.scan()
        assert [file.path for file in found.files] == ["both.png"]
        assert [(item.path, item.why) for item in found.unsendable] == [
            ("sub/kit.png", Why.PLACEHOLDER),
            ("tom.jpg", Why.PLACEHOLDER),
        ]


def test_a_missing_folder_has_no_root_and_the_cache_keeps_what_it_knew(album: AlbumFolder) -> None:
    """An unmounted drive comes back; nothing is an error, and nothing is hashed again then."""
    album.write("a.png", pictures.png())
    before = album.scan()
    away = album.root.rename(album.root.with_name("away"))
    assert album.scan() == LocalAlbum("cats", None, ())
    away.rename(album.root)
    assert album.scan().fingerprint == before.fingerprint
    assert album.read_bytes == {}


def test_a_file_in_the_place_of_the_folder_is_an_error(album: AlbumFolder) -> None:
    """It is not the folder, and nobody knows what was in there."""
    album.root.rmdir()
    album.root.write_bytes(b"")
    found = album.scan()
    assert (found.root, len(found.errors)) == (None, 1)


def test_a_root_that_became_a_link_is_not_followed(album: AlbumFolder, tmp_path: Path) -> None:
    """The manifest gives roots with all links resolved: a link in the way was put there since, and leads anywhere. No
    file, and an error, so that nothing is removed; also where the link is a folder above."""
    album.write("a.png", pictures.png())
    link = tmp_path / "link"
    link.symlink_to(album.root)
    (tmp_path / "above").symlink_to(tmp_path)
    for root in (link, tmp_path / "above" / album.root.name):
        found = Folders(album.cache, album.clock).scan(AlbumFolder(root).spec())
        assert isinstance(found, LocalAlbum)
        assert found.files == ()
        assert "another folder was put in its place" in found.errors[0]


def test_a_folder_named_like_a_picture_is_a_folder(album: AlbumFolder) -> None:
    """Its pictures are found, and it is not one."""
    album.write("a.png/b.png", pictures.png())
    found = album.scan()
    assert ([file.path for file in found.files], found.unsendable, found.skipped) == (["a.png/b.png"], (), 0)


def test_an_unreadable_file_is_unsendable_and_an_error(album: AlbumFolder, failing_open) -> None:
    """Its old picture stays, nothing is removed in its album, the others are scanned; the cache does not keep it."""
    album.write("a.png", pictures.png(seed=1))
    album.write("b.png", pictures.png(seed=2))
    album.open_file = failing_open({"a.png": PermissionError(13, "Permission denied")})
    found = album.scan()
    assert [file.path for file in found.files] == ["b.png"]
    assert [(item.path, item.why) for item in found.unsendable] == [("a.png", Why.UNREADABLE)]
    assert found.errors == ("a.png cannot be read: Permission denied",)
    album.open_file = os.open
    assert album.paths() == ["a.png", "b.png"]


def test_an_unreadable_folder_is_an_error_and_the_others_are_scanned(album: AlbumFolder, failing_open) -> None:
    """The sentence names it; what the cache knew of it is kept."""
    album.write("in/a.png", pictures.png(seed=1))
    album.write("out/b.png", pictures.png(seed=2))
    album.scan()
    album.open_file = failing_open({"in": PermissionError(13, "Permission denied")})
    found = album.scan()
    assert [file.path for file in found.files] == ["out/b.png"]
    assert found.errors == ("the folder in cannot be listed: Permission denied",)
    album.open_file = os.open
    assert album.paths() == ["in/a.png", "out/b.png"]
    assert album.read_bytes == {}


def test_an_unreadable_root_is_an_error_with_its_identity(album: AlbumFolder, failing_open) -> None:
    """It is there, so it is not missing; nothing is known of its content."""
    album.open_file = failing_open({str(album.root): PermissionError(13, "Permission denied")})
    found = album.scan()
    assert found.root is not None
    assert (found.files, found.errors) == ((), ("the folder cats cannot be opened: Permission denied",))


def test_a_file_that_is_hashed_is_reported_as_it_is_read(album: AlbumFolder) -> None:
    """`on_hashed` gets path and bytes, a piece at a time; the album sums them up."""
    data = pictures.png(pad=3 * MIB)
    album.write("sub/a.png", data)
    found = album.scan()
    assert album.read_bytes == {"sub/a.png": len(data)}
    assert found.hashed_bytes == len(data)


@pytest.mark.parametrize("error", [ValueError, EOFError, OSError, KeyboardInterrupt])
def test_what_on_hashed_raises_stops_the_scan_and_comes_out(album: AlbumFolder, error: type[BaseException]) -> None:
    """It is not taken for a fault of the file; what was found before is kept."""
    album.write("a/a.png", pictures.png(seed=1))
    album.write("b/b.png", pictures.png(seed=2))

    def stop(path: str, size: int) -> None:
        if path == "b/b.png":
            raise error("stop")

    opened = len(os.listdir("/dev/fd"))
    with pytest.raises(error, match="stop"):
        album.folders.scan(album.spec(), on_hashed=stop)
    assert len(os.listdir("/dev/fd")) == opened
    album.scan()
    assert list(album.read_bytes) == ["b/b.png"]
    assert album.cache.flushes == 2


def test_folders_nested_without_end_are_an_error(album: AlbumFolder) -> None:
    """Below 128 levels nothing is scanned, and nothing is removed for it."""
    deep = album.root
    for _ in range(131):
        deep = deep / "d"
    deep.mkdir(parents=True)
    (deep / "a.png").write_bytes(pictures.png())
    found = album.scan()
    assert found.files == ()
    assert len(found.errors) == 1

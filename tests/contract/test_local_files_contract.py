"""What every implementation of the port `LocalFiles` must do. Subclasses give the fixture `files`."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from imgur_sync.errors import FileChangedError
from imgur_sync.local.folders import Folders
from imgur_sync.model.local import LocalAlbum, UnchangedFolder, Why
from imgur_sync.model.ports import LocalFiles
from imgur_sync.model.spec import AlbumSpec
from tests.support import pictures
from tests.support.album_folder import Later
from tests.support.memory_cache import MemoryCache


class LocalFilesContract:
    """The suite. The folder is real; what looks at it is the implementation's business."""

    @pytest.fixture
    def files(self) -> LocalFiles:
        """The implementation, for which files just written count as old."""
        raise AssertionError("a subclass gives the implementation")

    @pytest.fixture
    def spec(self, tmp_path: Path) -> AlbumSpec:
        """An album over a folder with two pictures, a text and a broken picture in a sub-folder."""
        root = tmp_path / "cats"
        (root / "sub").mkdir(parents=True)
        (root / "b.png").write_bytes(pictures.png(seed=1))
        (root / "sub" / "a.jpg").write_bytes(pictures.jpeg(seed=2))
        (root / "note.txt").write_bytes(b"hello")
        return AlbumSpec("cats", "cats", root)

    def whole(self, files: LocalFiles, spec: AlbumSpec, **keys: object) -> LocalAlbum:
        """A scan that gives the whole album."""
        found = files.scan(spec, **keys)
        assert isinstance(found, LocalAlbum)
        return found

    def test_a_scan_gives_the_pictures_in_the_order_of_their_paths_bytes(
        self, files: LocalFiles, spec: AlbumSpec
    ) -> None:
        """With the SHA-256 of their bytes; what is no picture is counted."""
        found = self.whole(files, spec)
        assert [(file.path, file.digest) for file in found.files] == [
            ("b.png", hashlib.sha256(pictures.png(seed=1)).hexdigest()),
            ("sub/a.jpg", hashlib.sha256(pictures.jpeg(seed=2)).hexdigest()),
        ]
        assert (found.key, found.skipped, found.skipped_examples) == ("cats", 1, ("note.txt",))
        assert found.root is not None
        assert found.root.inode == spec.root.stat().st_ino

    def test_an_unchanged_folder_is_told_by_its_fingerprint(self, files: LocalFiles, spec: AlbumSpec) -> None:
        """Only by the right one, and only while nothing changed."""
        found = self.whole(files, spec)
        again = files.scan(spec, unchanged_if=found.fingerprint)
        assert again == UnchangedFolder("cats", found.root, found.fingerprint, 2)
        assert self.whole(files, spec, unchanged_if="0" * 64).fingerprint == found.fingerprint
        (spec.root / "b.png").write_bytes(pictures.png(seed=3))
        assert self.whole(files, spec, unchanged_if=found.fingerprint).fingerprint != found.fingerprint

    def test_a_folder_with_an_unsendable_file_is_never_unchanged(self, files: LocalFiles, spec: AlbumSpec) -> None:
        """Somebody must be told of it each time."""
        (spec.root / "c.png").write_bytes(b"")
        found = self.whole(files, spec)
        assert [(item.path, item.why) for item in found.unsendable] == [("c.png", Why.EMPTY)]
        again = self.whole(files, spec, unchanged_if=found.fingerprint)
        assert again.unsendable == found.unsendable

    def test_content_is_told_as_it_is_hashed_and_checksum_hashes_anew(self, files: LocalFiles, spec: AlbumSpec) -> None:
        """The bytes told of a picture sum up to its size; a second scan reads nothing unless asked to."""
        told: dict[str, int] = {}

        def tell(path: str, size: int) -> None:
            told[path] = told.get(path, 0) + size

        for checksum, expected in ((False, True), (False, False), (True, True)):
            told.clear()
            found = self.whole(files, spec, checksum=checksum, on_hashed=tell)
            assert {file.path: told.get(file.path, 0) for file in found.files} == {
                file.path: file.size * expected for file in found.files
            }

    def test_what_the_callback_raises_ends_the_scan(self, files: LocalFiles, spec: AlbumSpec) -> None:
        """It comes out as it is."""

        def stop(path: str, size: int) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            files.scan(spec, on_hashed=stop)

    def test_a_missing_folder_is_an_album_without_root(self, files: LocalFiles, tmp_path: Path) -> None:
        """Not an error, and not an empty folder."""
        found = self.whole(files, AlbumSpec("dogs", "dogs", tmp_path / "dogs"))
        assert (found.root, found.files, found.errors) == (None, (), ())

    def test_rules_decide_what_is_ignored_whether_it_exists_or_not(self, files: LocalFiles, spec: AlbumSpec) -> None:
        """Patterns of the manifest and of files in folders; what is ignored is not scanned."""
        spec = AlbumSpec("cats", "cats", spec.root, exclude=("*.JPG",))
        (spec.root / "sub" / ".imgursyncignore").write_text("gone.png\n")
        paths = ["b.png", "sub/a.jpg", "sub/gone.png", "gone.png", "else/x.jpg"]
        assert files.ignored(spec, paths) == {"sub/a.jpg", "sub/gone.png", "else/x.jpg"}
        assert [file.path for file in self.whole(files, spec).files] == ["b.png"]

    def test_a_place_at_which_nothing_is_any_more_is_told(self, files: LocalFiles, spec: AlbumSpec) -> None:
        """Without a scan; a link that leads nowhere is something."""
        (spec.root / "nowhere.png").symlink_to("absent.png")
        there = sorted(file.path for file in self.whole(files, spec).files)[0]
        assert files.gone(spec, [there, "absent.png", "absent/deep.png", "nowhere.png"]) == {
            "absent.png",
            "absent/deep.png",
        }

    def test_reading_gives_the_scanned_bytes(self, files: LocalFiles, spec: AlbumSpec) -> None:
        """Both digests are those of the very buffer."""
        for file in self.whole(files, spec).files:
            content = files.read(spec, file)
            assert content.data == (spec.root / file.path).read_bytes()
            assert content.source_digest == content.sent_digest == hashlib.sha256(content.data).hexdigest()
            assert content.media_type == file.media_type

    def test_reading_a_changed_or_absent_file_is_refused(self, files: LocalFiles, spec: AlbumSpec) -> None:
        """`gone` tells the one from the other."""
        one, two = self.whole(files, spec).files
        row = (spec.root / one.path).stat()
        (spec.root / one.path).write_bytes(pictures.png(seed=4))
        os.utime(spec.root / one.path, ns=(row.st_atime_ns, row.st_mtime_ns))
        (spec.root / two.path).unlink()
        for file, gone in ((one, False), (two, True)):
            with pytest.raises(FileChangedError) as caught:
                files.read(spec, file)
            assert (caught.value.path, caught.value.gone) == (file.path, gone)


class TestFolders(LocalFilesContract):
    """The real folders."""

    @pytest.fixture
    def files(self) -> LocalFiles:
        """Folders with an empty cache, ten seconds from now."""
        return Folders(MemoryCache(), Later())

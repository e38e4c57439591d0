"""The folders of the demo: pictures of all kinds, edits of all kinds, a manifest that names them."""

from __future__ import annotations

import hashlib
import tomllib
from collections import Counter
from pathlib import Path

from imgur_sync.cli.demo_folder import ALBUMS, EDITS, contents, edit_folders, manifest, write_folders


def every_digest(root: Path) -> list[str]:
    """The digests of all albums' pictures."""
    return [digest for album in ALBUMS for digest in contents(root, album)]


def test_a_few_dozen_pictures_of_four_kinds_none_twice(tmp_path: Path) -> None:
    """JPEG, PNG, GIF and WebP are there, and every file has bytes of its own."""
    count = write_folders(tmp_path)
    kinds = Counter(path.suffix for path in tmp_path.rglob("photos/*/*"))
    assert kinds == {".png": 24, ".jpg": 6, ".gif": 2, ".webp": 4, ".txt": 1}
    assert count == 36 == len(set(every_digest(tmp_path)))


def test_names_are_ordered_naturally(tmp_path: Path) -> None:
    """cat-2 comes before cat-10, and blink before cat."""
    write_folders(tmp_path)
    names = ["blink-1.gif", "blink-2.gif", *(f"cat-{number}.png" for number in range(1, 11))]
    folder = tmp_path / "photos/cats"
    expected = [hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names]
    assert list(contents(tmp_path, ALBUMS[0]))[: len(names)] == expected


def test_the_edits_need_five_uploads_and_no_more(tmp_path: Path) -> None:
    """Three additions and two replacements are new content; renames, moves and swaps are not."""
    write_folders(tmp_path)
    before = set(every_digest(tmp_path))
    edit_folders(tmp_path)
    after = every_digest(tmp_path)
    assert len(set(after)) == len(after) == 37
    assert len(set(after) - before) == 5
    assert len(before - set(after)) == 4


def test_every_edit_changes_the_names_or_the_contents(tmp_path: Path) -> None:
    """None of the edits that the demo speaks of is empty."""
    write_folders(tmp_path)
    for edit in EDITS:
        before = {path: path.read_bytes() for path in tmp_path.rglob("photos/*/*")}
        edit.make(tmp_path)
        assert {path: path.read_bytes() for path in tmp_path.rglob("photos/*/*")} != before, edit.words


def test_the_manifest_names_the_folders(tmp_path: Path) -> None:
    """One table an album, its folder as written, no hourly cap, and the public one allowed by name."""
    write_folders(tmp_path)
    read = tomllib.loads(manifest("k3v9x2mq"))
    assert read["version"] == 1
    assert read["lineage"] == "k3v9x2mq"
    assert read["budget"] == {"uploads_per_hour": 0}
    assert list(read["albums"]) == [album.key for album in ALBUMS]
    assert all((tmp_path / album["folder"]).is_dir() for album in read["albums"].values())
    public = [key for key, album in read["albums"].items() if album["privacy"] == "public"]
    assert public == [key for key, album in read["albums"].items() if album.get("allow_public")] == ["patterns"]

"""Which files the rules of an album leave out, seen in scans and in `ignored` alike."""

from __future__ import annotations

import os
from collections.abc import Iterable

import pytest

from tests.support import pictures
from tests.support.album_folder import AlbumFolder

TREE = (
    "top.png",
    "top.gif",
    "drafts/d.png",
    "drafts/keep/k.png",
    "trips/Rome/IMG.PNG",
    "trips/Rome/x.jpg",
    "trips/t.png",
)


def kept(album: AlbumFolder, tree: Iterable[str] = TREE, **keys: object) -> list[str]:
    """What a scan finds of the tree; what `ignored` says must be the opposite."""
    for seed, name in enumerate(tree):
        if name.rpartition("/")[2] != ".imgursyncignore":
            album.write(name, pictures.png(seed=seed))
    found = album.paths(**keys)
    spec = album.spec(**keys)
    assert album.folders.ignored(spec, tree) == frozenset(tree) - frozenset(found)
    return found


@pytest.mark.parametrize(
    ("keys", "left"),
    [
        ({}, TREE),
        ({"recursive": False}, ("top.png", "top.gif")),
        ({"include": ()}, ()),
        (
            {"include": ("*.png",)},
            ("top.png", "drafts/d.png", "drafts/keep/k.png", "trips/Rome/IMG.PNG", "trips/t.png"),
        ),
        ({"include": ("/*.PNG", "trips/")}, ("top.png", "trips/Rome/IMG.PNG", "trips/Rome/x.jpg", "trips/t.png")),
        ({"include": ("**/*", "!*.gif", "!trips/")}, ("top.png", "drafts/d.png", "drafts/keep/k.png")),
        ({"exclude": ("drafts/", "*.jpg")}, ("top.png", "top.gif", "trips/Rome/IMG.PNG", "trips/t.png")),
        ({"exclude": ("TRIPS/rome",)}, ("top.png", "top.gif", "drafts/d.png", "drafts/keep/k.png", "trips/t.png")),
        ({"exclude": ("drafts/", "!drafts/keep/")}, tuple(name for name in TREE if not name.startswith("drafts"))),
        ({"exclude": ("/t*.png",)}, tuple(name for name in TREE if name != "top.png")),
        ({"exclude": ("# comment", "", "top.*")}, tuple(name for name in TREE if not name.startswith("top"))),
    ],
)
def test_include_and_exclude_follow_gitignore_whatever_the_case(
    album: AlbumFolder, keys: dict[str, object], left: tuple[str, ...]
) -> None:
    """Names and patterns are compared without case; a folder that is left out is not entered."""
    assert kept(album, **keys) == sorted(left, key=os.fsencode)


def test_a_pattern_file_rules_its_folder_and_what_lies_below(album: AlbumFolder) -> None:
    """A deeper one wins over a higher one; the manifest's `exclude` wins over all."""
    album.write(".imgursyncignore", b"\xef\xbb\xbf*.gif\r\n/top.png\r\nk.png\r\n")
    album.write("drafts/keep/.imgursyncignore", b"!K.png\n!d.png\n")
    album.write("trips/.imgursyncignore", b"/Rome/*.png\n")
    assert kept(album) == ["drafts/d.png", "drafts/keep/k.png", "trips/Rome/x.jpg", "trips/t.png"]
    assert kept(album, exclude=("k.png",)) == ["drafts/d.png", "trips/Rome/x.jpg", "trips/t.png"]


def test_a_changed_pattern_file_is_obeyed_though_no_picture_changed(album: AlbumFolder) -> None:
    """Folders below are looked at again, without reading their files."""
    album.write(".imgursyncignore", b"*.gif\n")
    kept(album)
    album.write(".imgursyncignore", b"*.jpg\n")
    assert album.paths() == sorted(set(TREE) - {"trips/Rome/x.jpg"}, key=os.fsencode)
    assert list(album.read_bytes) == ["top.gif"]


def test_changed_keys_of_the_manifest_are_obeyed_from_the_cache(album: AlbumFolder) -> None:
    """What was read for one set of rules is not read again for another."""
    kept(album)
    assert album.paths(exclude=("trips/",), recursive=True) == [
        "drafts/d.png",
        "drafts/keep/k.png",
        "top.gif",
        "top.png",
    ]
    assert album.paths(include=("*.gif",)) == ["top.gif"]
    assert album.read_bytes == {}


@pytest.mark.parametrize("pattern", ["!", "\\", "[z-a]"])
def test_a_pattern_that_cannot_be_understood_keeps_everything_back(album: AlbumFolder, pattern: str) -> None:
    """It was meant to keep something back: nothing below it is sent, and nothing removed."""
    album.write("in/.imgursyncignore", pattern.encode() + b"\n")
    album.write("in/a.png", pictures.png(seed=1))
    album.write("out.png", pictures.png(seed=2))
    found = album.scan()
    assert [file.path for file in found.files] == ["out.png"]
    assert len(found.errors) == 1
    assert "the folder in cannot be listed" in found.errors[0]
    assert album.folders.ignored(album.spec(), ["in/a.png", "out.png"]) == {"in/a.png"}
    found = album.scan(exclude=(pattern,))
    assert found.root is not None
    assert (found.files, len(found.errors)) == ((), 1)
    assert album.folders.ignored(album.spec(exclude=(pattern,)), ["out.png"]) == {"out.png"}


@pytest.mark.parametrize("kind", ["link", "fifo", "large", "unreadable"])
def test_a_pattern_file_that_cannot_be_read_keeps_its_folder_back(album: AlbumFolder, failing_open, kind: str) -> None:
    """Its patterns are not known, so nothing of the folder is sent and nothing removed."""
    album.write("in/a.png", pictures.png(seed=1))
    path = album.root / "in/.imgursyncignore"
    if kind == "link":
        path.symlink_to("a.png")
    elif kind == "fifo":
        os.mkfifo(path)
    else:
        path.write_bytes(b"#" * (2_000_000 if kind == "large" else 1))
    if kind == "unreadable":
        album.open_file = failing_open({".imgursyncignore": PermissionError(13, "Permission denied")})
    found = album.scan()
    assert (found.files, len(found.errors)) == ((), 1)
    assert album.folders.ignored(album.spec(), ["in/a.png"]) == {"in/a.png"}


@pytest.mark.parametrize(
    "junk",
    [
        ".DS_Store",
        "Thumbs.db",
        "THUMBS.DB",
        "desktop.ini",
        "@eaDir/a.png",
        ".git/a.png",
        ".imgur-sync/a.png",
        ".stfolder/a.png",
        "lost+found/a.png",
        "._a.png",
        ".#a.png",
        ".~lock.a.png",
        "a.png~",
        "a.png.part",
        "a.png.crdownload",
    ],
)
def test_junk_is_left_out_whatever_the_patterns_say(album: AlbumFolder, junk: str) -> None:
    """Litter of systems and editors is neither a file nor skipped, also when a pattern asks for it."""
    album.write(junk, pictures.png())
    found = album.scan(include=("**/*", junk))
    assert (found.files, found.unsendable, found.skipped) == ((), (), 0)
    assert album.folders.ignored(album.spec(), [junk, "a.png"]) == {junk}


def test_rules_see_names_of_every_kind(album: AlbumFolder) -> None:
    """A newline or an undecodable byte in a name does not let it slip through a pattern."""
    names = ["a\n/b.gif", "a\nb.gif", "b.gif\n", os.fsdecode(b"\xff\xfe.gif"), "x.png"]
    assert kept(album, names, exclude=("*.gif", "*.gif?")) == ["x.png"]
    assert kept(album, names, include=("*.png",)) == ["x.png"]


def test_paths_of_folders_that_are_gone_are_judged_by_the_rules(album: AlbumFolder) -> None:
    """A missing root or folder has no pattern files; the manifest's rules still hold."""
    paths = ["drafts/a.png", "gone/b.png"]
    assert album.folders.ignored(album.spec(exclude=("drafts/",)), paths) == {"drafts/a.png"}
    album.root.rmdir()
    assert album.folders.ignored(album.spec(exclude=("drafts/",)), paths) == {"drafts/a.png"}


def test_an_ignored_file_is_neither_read_nor_counted(album: AlbumFolder) -> None:
    """Also when it could not be sent, or would be skipped."""
    album.write("bad.png", b"")
    album.write("note.txt", b"x")
    (album.root / "link.png").symlink_to("bad.png")
    found = album.scan(include=("*.gif",))
    assert (found.unsendable, found.skipped, album.read_bytes) == ((), 0, {})


@pytest.mark.parametrize(
    ("keys", "patterns", "filtered"),
    [
        ({}, {}, False),
        ({"recursive": False}, {}, True),
        ({"include": ("*.png",)}, {}, True),
        ({"exclude": ("*.gif",)}, {}, True),
        ({}, {"trips/Rome": b"*.gif"}, True),
    ],
)
def test_a_scan_says_whether_rules_may_leave_files_out(
    album: AlbumFolder, keys: dict[str, object], patterns: dict[str, bytes], filtered: bool
) -> None:
    """Whether they did or not, and from the cache as well; junk does not count."""
    for name in (*TREE, "Thumbs.db"):
        album.write(name, pictures.png())
    for folder, text in patterns.items():
        album.write(f"{folder}/.imgursyncignore", text)
    assert [album.scan(**keys).filtered, album.scan(**keys).filtered] == [filtered, filtered]

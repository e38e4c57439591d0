"""The folders of pictures that `demo` mirrors: written, edited, and listed in the order that their albums must have."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from imgur_sync.cli.demo_drawing import cat, landscape, rings
from imgur_sync.cli.demo_samples import varied


@dataclass(frozen=True, slots=True)
class DemoAlbum:
    """One album of the demo: its key, its folder relative to the manifest, and what the manifest says of it."""

    key: str
    title: str
    privacy: str

    @property
    def folder(self) -> str:
        """The folder, relative to the manifest."""
        return f"photos/{self.key}"


ALBUMS = (
    DemoAlbum("cats", "Cats", "hidden"),
    DemoAlbum("trips", "Trips", "hidden"),
    DemoAlbum("patterns", "Patterns", "public"),
)
NOTES = "photos/trips/notes.txt"
"""A file that is no picture: it is left out, and nothing is said to be wrong with it."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit of the folders, in words, and what it does to them."""

    words: str
    make: Callable[[Path], None]


def write_folders(root: Path) -> int:
    """Write all pictures below `root`, no two with the same bytes; returns how many."""
    pictures = _pictures()
    for path, data in pictures.items():
        _write(root, path, data)
    _write(root, NOTES, b"Pack light.\n")
    return len(pictures)


def _pictures() -> Mapping[str, bytes]:
    found = {f"photos/cats/cat-{number}.png": cat(number) for number in range(1, 11)}
    found |= {f"photos/trips/hills-{number}.png": landscape(number) for number in range(1, 7)}
    found |= {f"photos/patterns/rings-{number}.png": rings(number) for number in range(1, 9)}
    for folder, name in (
        ("cats", "window.jpg"),
        ("cats", "blink.gif"),
        ("trips", "dunes.jpg"),
        ("trips", "lake.jpg"),
        ("trips", "balloons.webp"),
        ("patterns", "tiles.webp"),
    ):
        stem, _, extension = name.partition(".")
        for number in (1, 2):
            found[f"photos/{folder}/{stem}-{number}.{extension}"] = varied(name, f"imgur-sync demo, {stem} {number}")
    return found


def _write(root: Path, path: str, data: bytes) -> None:
    place = root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)


def _add(root: Path) -> None:
    _write(root, "photos/cats/cat-11.png", cat(11))
    _write(root, "photos/trips/hills-7.png", landscape(7))
    _write(root, "photos/trips/dunes-3.jpg", varied("dunes.jpg", "imgur-sync demo, dunes 3"))


def _rename(root: Path) -> None:
    (root / "photos/cats/cat-10.png").rename(root / "photos/cats/oscar.png")
    (root / "photos/patterns/tiles-1.webp").rename(root / "photos/patterns/floor.webp")


def _move(root: Path) -> None:
    (root / "photos/trips/balloons-2.webp").rename(root / "photos/patterns/balloons.webp")


def _swap(root: Path) -> None:
    first, second = root / "photos/trips/hills-1.png", root / "photos/trips/hills-6.png"
    kept = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(kept)


def _replace(root: Path) -> None:
    _write(root, "photos/cats/cat-3.png", cat(33))
    _write(root, "photos/patterns/rings-2.png", rings(22))


def _delete(root: Path) -> None:
    (root / "photos/cats/blink-2.gif").unlink()
    (root / "photos/trips/dunes-2.jpg").unlink()


EDITS = (
    Edit("add 3 pictures: cats/cat-11.png, trips/hills-7.png, trips/dunes-3.jpg", _add),
    Edit("rename 2: cats/cat-10.png is now oscar.png, patterns/tiles-1.webp is now floor.webp", _rename),
    Edit("move 1 to another folder: trips/balloons-2.webp is now patterns/balloons.webp", _move),
    Edit("swap the contents of 2: trips/hills-1.png and trips/hills-6.png", _swap),
    Edit("replace 2 by new pictures: cats/cat-3.png, patterns/rings-2.png", _replace),
    Edit("delete 2: cats/blink-2.gif, trips/dunes-2.jpg", _delete),
)


def edit_folders(root: Path) -> None:
    """Make all `EDITS` in the folders that `write_folders` wrote."""
    for edit in EDITS:
        edit.make(root)


def contents(root: Path, album: DemoAlbum) -> tuple[str, ...]:
    """The SHA-256 of each picture of a folder, in hex, in the natural order of their names: 2 before 10.

    The order is worked out here anew, so that it can be held against what the commands made of the folder.
    """
    pictures = (path for path in (root / album.folder).iterdir() if path.suffix != ".txt")
    ordered = sorted(pictures, key=lambda path: _natural(path.name))
    return tuple(hashlib.sha256(path.read_bytes()).hexdigest() for path in ordered)


def _natural(name: str) -> tuple[tuple[int, int | str], ...]:
    parts = re.findall(r"\d+|\D+", name)
    return tuple((0, int(part)) if part.isdigit() else (1, part) for part in parts)


def manifest(lineage: str, *, anonymous: bool = False) -> str:
    """The text of `sync.toml` for `ALBUMS`."""
    lines = [
        "version = 1",
        f'lineage = "{lineage}"',
        "",
        *(("[account]", 'mode = "anonymous"            # a Client-ID alone', "") if anonymous else ()),
        "[budget]",
        "uploads_per_hour = 0          # this local Imgur has no hourly limits",
    ]
    for album in ALBUMS:
        lines += ["", f"[albums.{album.key}]", f'folder = "{album.folder}"', f'title = "{album.title}"']
        lines.append(f'privacy = "{album.privacy}"')
        if album.privacy == "public":
            lines.append("allow_public = true           # said on purpose: otherwise a gate asks first")
    return "\n".join(lines) + "\n"

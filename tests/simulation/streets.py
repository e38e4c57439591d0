"""The folders of a history: a model of them, and what people do to them between runs and during runs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from imgur_sync.model.spec import AlbumSpec
from tests.simulation.contents import content, digest, file_name, natural, sendable, unsendable
from tests.simulation.filters import left_out

Step = Mapping[str, Any]


class Streets:
    """The folders below `base`. Nothing is ever unlinked: what goes is parked elsewhere, so that no inode comes back.

    `ever` holds the digest of every content that a file ever had. `table` gives what the manifest has for a key now:
    which files its album leaves out.
    """

    def __init__(self, base: Path, table: Callable[[str], AlbumSpec | None] = lambda key: None) -> None:
        self.base = base
        self.table = table
        self.parked = base.with_name(base.name + "-parked")
        self.parked.mkdir(parents=True)
        self.ever: set[str] = set()
        self.ever_at: dict[tuple[str, str], set[str]] = {}
        self.missing: dict[str, Path] = {}
        """Roots that are unmounted, with where they are kept."""
        self.emptied: set[str] = set()
        self.replaced: set[str] = set()
        self.places: dict[str, str] = {}
        """The names of folders that have another one than their key."""
        self._read: dict[tuple[int, int], bytes] = {}
        self._count = 0
        self._time = 1_700_000_000.0

    def root(self, key: str) -> Path:
        """Where the folder of that album is, or would be."""
        place = self.places.get(key, key)
        return self.base / place if "/" not in place else self.base.parent / place

    def roots(self) -> list[tuple[str, Path]]:
        """Every folder that is there, by its key; sub-folders of a collection last."""
        keys = {place: key for key, place in self.places.items()}
        found = [(name, self.base / name) for name in sorted(os.listdir(self.base)) if self.base.exists()]
        trips = self.base.with_name("trips")
        inside = sorted(os.listdir(trips)) if trips.exists() else []
        found += [(f"trips/{name}", trips / name) for name in inside]
        return [(keys.get(name, name), root) for name, root in found]

    def present(self, key: str) -> bool:
        """Whether the folder is there."""
        return self.root(key).is_dir()

    def names(self, key: str) -> list[str]:
        """The files of a folder, by name; those in folders of it with the way to them."""
        found = _inside(self.root(key)) if self.present(key) else ()
        return sorted(name for name, entry in found if not entry.is_dir())

    def taken(self, key: str) -> list[str]:
        """Those of them that the album does not leave out."""
        return [name for name in self.names(key) if not left_out(self.table(key), name)]

    def data(self, key: str, name: str) -> bytes:
        """The bytes of a file; read once, for no inode comes back and every content has a time of its own."""
        path = self.root(key) / name
        stat = path.stat()
        mark = (stat.st_ino, stat.st_mtime_ns)
        if mark not in self._read:
            self._read[mark] = path.read_bytes()
        return self._read[mark]

    def pictures(self, key: str, order: str = "natural", listed: tuple[str, ...] = ()) -> list[tuple[str, str]]:
        """(name, digest) of what has to be in the album, in its order."""
        found = [(name, self.data(key, name)) for name in self.taken(key)]
        kept = {name: digest(data) for name, data in found if sendable(data)}
        keys = {
            "natural": natural,
            "name": lambda name: os.fsencode(name),
            "modified": lambda name: ((self.root(key) / name).stat().st_mtime_ns, natural(name)),
        }
        front = [name for name in listed if name in kept]
        rest = sorted((name for name in kept if name not in front), key=keys[order])
        return [(name, kept[name]) for name in (*front, *rest)]

    def flawed(self, key: str) -> list[str]:
        """The files that are reported as not sendable."""
        return [name for name in self.taken(key) if unsendable(name, self.data(key, name))]

    def snapshot(self) -> dict[str, tuple[int, ...]]:
        """Every folder and file with what must not change by a run; remembers what each file holds."""
        found: dict[str, tuple[int, ...]] = {}
        for key, root in self.roots():
            stat = root.stat()
            found[key] = (stat.st_ino, stat.st_mtime_ns, stat.st_mode)
            for name, entry in _inside(root):
                stat = entry.stat()
                if not entry.is_dir():
                    self.ever_at.setdefault((key, name), set()).add(digest(self.data(key, name)))
                found[f"{key}/{name}"] = (stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_mode)
        return found

    # What people do

    def make(self, key: str) -> None:
        """A folder, if it is not there."""
        if key not in self.missing:
            self.root(key).mkdir(parents=True, exist_ok=True)

    def write(self, key: str, name: str, data: bytes, *, keep_time: bool = False) -> None:
        """A file is made or altered, as most programs do it: another file takes its name; with `keep_time` one of the
        same modification time."""
        if not self.present(key):
            return
        path = self.root(key) / name
        new = self._parking()
        new.write_bytes(data)
        self._stamp(new)
        if keep_time and path.exists():
            moment = path.stat().st_mtime_ns
            os.utime(new, ns=(moment, moment))
        self._park(path)
        path.parent.mkdir(exist_ok=True)
        new.rename(path)
        self.ever.add(digest(data))

    def put(self, key: str, kind: str, number: int, seed: int, *, keep_time: bool = False, below: str = "") -> None:
        """A file of a kind, also in a folder `below`."""
        name = f"{below}/{file_name(kind, number)}" if below else file_name(kind, number)
        self.write(key, name, content(kind, seed), keep_time=keep_time)

    def remove(self, key: str, pick: int) -> str:
        """A file goes; returns its name."""
        names = self.names(key)
        if not names:
            return ""
        name = names[pick % len(names)]
        self._park(self.root(key) / name)
        return name

    def move(self, key: str, pick: int, other: str, number: int, below: str = "") -> None:
        """A file gets another name, perhaps over another file, perhaps in another folder, or one `below`."""
        names = self.names(key)
        if not names or not self.present(other):
            return
        name = names[pick % len(names)]
        target = self.root(other) / below / f"{number}{Path(name).suffix}"
        if target != self.root(key) / name:
            self._park(target)
            target.parent.mkdir(exist_ok=True)
            (self.root(key) / name).rename(target)

    def swap(self, key: str, one: int, two: int) -> None:
        """Two files change names."""
        names = self.names(key)
        if len(names) < 2:
            return
        first, second = names[one % len(names)], names[two % len(names)]
        if first == second or Path(first).suffix != Path(second).suffix:
            return
        root, aside = self.root(key), self._parking()
        (root / first).rename(aside)
        (root / second).rename(root / first)
        aside.rename(root / second)

    def empty(self, key: str) -> None:
        """All files of a folder go."""
        for name in self.names(key):
            self._park(self.root(key) / name)

    def unmount(self, key: str, leave: bool) -> None:
        """The folder is not there any more; with `leave` an empty mount point is."""
        if not self.present(key) or key in self.missing:
            return
        self.missing[key] = self._parking()
        self.root(key).rename(self.missing[key])
        if leave:
            self.root(key).mkdir()

    def mount(self, key: str) -> None:
        """The folder is back."""
        if key in self.missing:
            if self.present(key):
                self.root(key).rename(self._parking())
            self.missing.pop(key).rename(self.root(key))

    def relocate(self, key: str, place: str) -> None:
        """The folder gets another name."""
        old = self.root(key)
        self.places[key] = place
        old.rename(self.root(key))

    def replace_root(self, key: str, same: bool) -> None:
        """Another folder in its place: a copy of it, or one with other pictures."""
        if not self.present(key):
            return
        old, names = self._parking(), self.names(key)
        self.root(key).rename(old)
        self.root(key).mkdir()
        for number, name in enumerate(names):
            data = (old / name).read_bytes() if same else content("png", 900 + number)
            self.write(key, name, data)

    def touch(self, key: str, path: str, action: Step) -> None:
        """Somebody works in the folder while a run does."""
        names = self.names(key)
        name = path or (names[action.get("pick", 0) % len(names)] if names else "")
        if not name or name not in names:
            return
        if action["kind"] == "vanish":
            self._park(self.root(key) / name)
        elif action["kind"] == "change":
            kind = action.get("with", "png")
            data = content(kind, action.get("seed", 700))
            self.write(key, name, data)
            self.ever_at.setdefault((key, name), set()).add(digest(data))  # gone before a run ends, perhaps

    def _stamp(self, path: Path) -> None:
        """A time of its own for every content, so that nothing hangs on how fast this machine is."""
        self._time += 1.0
        os.utime(path, (self._time, self._time))

    def _park(self, path: Path) -> None:
        if path.exists():
            path.rename(self._parking())

    def _parking(self) -> Path:
        self._count += 1
        return self.parked / str(self._count)


def _inside(root: Path, below: str = "") -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Every file and folder below it, with the way there."""
    for entry in list(os.scandir(root)):
        yield below + entry.name, entry
        if entry.is_dir():
            yield from _inside(root / entry.name, f"{below}{entry.name}/")

"""What a disk holds after a power cut: a model of files and names, fed with system calls, that forgets what no sync
covered."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash.traced import Called

_NUMBERS = re.compile(r"(\d+)(?:, (\d+))?$")
SECTOR = 512


@dataclass(eq=False)
class File:
    """One file: as programs see it, as it surely is on disk, and the writes in between."""

    now: bytearray = field(default_factory=bytearray)
    kept: bytes = b""
    unsynced: list[tuple[int, bytes]] = field(default_factory=list)


class PowerCut:
    """Folders below `root`, from the state in which they are when this is made. `feed` it the calls of a run; then
    `leave` writes what the cut leaves."""

    def __init__(self, root: Path, folders: tuple[str, ...]) -> None:
        self.root, self.folders = root, folders
        self.names: dict[str, File] = {}
        for folder in folders:
            for path in (root / folder).rglob("*"):
                if path.is_file() and not path.name.endswith("-shm"):
                    data = path.read_bytes()
                    self.names[str(path)] = File(bytearray(data), data)
        self.kept_names = dict(self.names)
        self.new_folders: set[str] = set()

    def feed(self, calls: list[Called]) -> None:
        """What the run did; a call that failed, or never ended, did nothing."""
        for call in calls:
            if call.result is not None and call.result >= 0 and not call.injected:
                self._take(call)

    def _take(self, call: Called) -> None:
        match call.name:
            case "openat" if call.texts:
                self._opened(call)
            case "pwrite64" | "write" if call.path in self.names and call.texts:
                self._written(call)
            case "ftruncate" if call.path in self.names:
                size = int(call.rest.rsplit(",", 1)[1])
                file = self.names[call.path]
                del file.now[size:]
                file.now.extend(bytes(size - len(file.now)))
            case "fsync" | "fdatasync":
                self._synced(call.path)
            case "rename" | "linkat" | "link" if len(call.texts) >= 2:
                old, new = (text.decode() for text in call.texts[-2:])
                if old in self.names:
                    self.names[new] = self.names[old]
                    if call.name == "rename":
                        del self.names[old]
            case "mkdir" | "mkdirat" if call.texts and call.result == 0:
                self.new_folders.add(call.texts[-1].decode())
            case "unlink" if call.texts:
                self.names.pop(call.texts[0].decode(), None)
            case _:
                pass

    def _opened(self, call: Called) -> None:
        path = call.opened
        if not self._ours(path) or path.endswith("-shm"):
            return
        if "O_CREAT" in call.rest and path not in self.names:
            self.names[path] = File()
        if "O_TRUNC" in call.rest and path in self.names:
            self.names[path].now.clear()

    def _written(self, call: Called) -> None:
        file, data = self.names[call.path], call.texts[0]
        found = _NUMBERS.search(call.rest)
        at = int(found[2]) if call.name == "pwrite64" and found and found[2] else len(file.now)
        data = data[: call.result]
        if len(file.now) < at:
            file.now.extend(bytes(at - len(file.now)))
        file.now[at : at + len(data)] = data
        file.unsynced.append((at, data))

    def _synced(self, path: str) -> None:
        if path in self.names:
            file = self.names[path]
            file.kept, file.unsynced = bytes(file.now), []
        else:
            self.new_folders -= {folder for folder in self.new_folders if folder.rsplit("/", 1)[0] == path}
            here = {name for name in {*self.names, *self.kept_names} if name.rsplit("/", 1)[0] == path}
            for name in here:
                if name in self.names:
                    self.kept_names[name] = self.names[name]
                else:
                    self.kept_names.pop(name, None)

    def _ours(self, path: str) -> bool:
        return any(path.startswith(f"{self.root / folder}/") for folder in self.folders)

    def leave(self, chance: random.Random | None = None) -> None:
        """Put the folders as the cut left them. With a `chance`, some sectors that no sync covered are there all the
        same, in no order, and logs end in garbage."""
        for folder in self.folders:
            for path in (self.root / folder).rglob("*"):
                if path.is_file():
                    path.unlink()
        for name, file in self.kept_names.items():
            if any(str(folder) in self.new_folders for folder in Path(name).parents):
                continue  # the folder itself was never synced into the one above
            data = file.kept if chance is None else _torn(file, chance)
            if chance is not None and name.endswith("-wal"):
                data += chance.randbytes(chance.randrange(5000))
            path = Path(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            path.chmod(0o600)


def _torn(file: File, chance: random.Random) -> bytes:
    data = bytearray(file.kept)
    for at, written in file.unsynced:
        for start in range(0, len(written), SECTOR):
            if chance.random() < 0.5:
                part = written[start : start + SECTOR]
                if len(data) < at + start:
                    data.extend(bytes(at + start - len(data)))
                data[at + start : at + start + len(part)] = part
    return bytes(data)

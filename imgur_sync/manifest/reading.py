"""The file of the manifest: found, bounded, decoded."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from imgur_sync.errors import ManifestError, ManifestProblem

NAMES = ("sync.toml", "imgur-sync.toml")
LIMIT = 1024 * 1024
"""The largest manifest, in bytes."""

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes of a manifest. `path` is absolute, links in it unresolved; `digest` is the SHA-256 in hex."""

    path: Path
    data: bytes
    digest: str


def read(path: Path | None, *, directory: Path) -> Source:
    """The bytes of the manifest `path`, or of the first of `NAMES` that is in `directory`.

    ManifestError if there is none, or if it is no regular file, cannot be read, is empty or above `LIMIT`.
    """
    target = _absolute(path, directory) if path is not None else _found(directory)
    try:
        data = _bytes(target)
    except FileNotFoundError:
        refuse(target, "there is no such file", "name the manifest with -f, or make one: imgur-sync init")
    except PermissionError:
        refuse(target, "the file may not be read", "give your user the right to read it")
    except IsADirectoryError:
        refuse(target, "this is a directory", "name the file in it: -f DIRECTORY/sync.toml")
    except OSError as error:
        from imgur_sync.manifest.showing import escaped

        refuse(target, f"the file cannot be read: {escaped(error.strerror or 'unknown error')}")
    except ValueError:
        refuse(target, "this is not the name of a file", "name the manifest with -f")
    if len(data) > LIMIT:
        refuse(target, "the file is larger than 1 MiB", "a manifest names folders, not files; split it into several")
    if not data.removeprefix(_BOM).strip():
        refuse(target, "the file is empty", "write one from the folders that exist: imgur-sync init")
    return Source(target, data, hashlib.sha256(data).hexdigest())


def decoded(source: Source) -> str:
    """The text, without a byte order mark and with every line ended by a single line feed.

    ManifestError if it is UTF-16 or not UTF-8.
    """
    data = source.data
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or (len(data) > 1 and 0 in (data[0], data[1])):
        refuse(source.path, "the file is UTF-16", "save it as UTF-8")
    data = data.removeprefix(_BOM)
    try:
        return data.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8").replace("\r\n", "\n")
        rest = data[error.start :].partition(b"\n")[0].removesuffix(b"\r").decode("utf-8", "backslashreplace")
        line = before.count("\n") + 1
        column = len(before) - (before.rfind("\n") + 1) + 1
        from imgur_sync.manifest.showing import Lines, escaped

        shown = Lines(before + rest).shown(line)
        problem = ManifestProblem(line, column, "this is not UTF-8", "save the file as UTF-8", shown)
        raise ManifestError(escaped(str(source.path)), (problem,)) from None


def refuse(path: Path, what: str, remedy: str = "") -> NoReturn:
    """Raises the ManifestError of one problem that concerns the whole file."""
    from imgur_sync.manifest.showing import escaped

    raise ManifestError(escaped(str(path)), (ManifestProblem(0, 0, what, remedy),)) from None


def _absolute(path: Path, directory: Path) -> Path:
    return Path(os.path.abspath(directory / path))


def _found(directory: Path) -> Path:
    for name in NAMES:
        if os.path.lexists(directory / name):
            return _absolute(Path(name), directory)
    refuse(
        _absolute(Path(NAMES[0]), directory),
        f"there is no {NAMES[0]} here",
        "name the manifest with -f, or make one from the folders that exist: imgur-sync init",
    )


def _bytes(path: Path) -> bytes:
    """Up to one byte above the limit. Does not wait for the other end of a pipe."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags)
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError
        if not stat.S_ISREG(mode):
            raise OSError(0, "it is not a regular file")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(LIMIT + 1)
    finally:
        os.close(descriptor)

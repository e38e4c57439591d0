"""Which files an album leaves out, said once more and otherwise than the program says it: gitignore's rules for the few
kinds of patterns that histories draw."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from imgur_sync.model.spec import AlbumSpec

EVERYTHING = ("**/*",)


def filtering(spec: AlbumSpec | None) -> bool:
    """Whether the table leaves out anything at all."""
    return spec is not None and not (spec.recursive and spec.include == EVERYTHING and not spec.exclude)


def left_out(spec: AlbumSpec | None, path: str) -> bool:
    """Whether the file at `path`, below the album's folder, is none of the album's."""
    if spec is None or not filtering(spec):
        return False
    folders = _above(path)
    if folders and not spec.recursive:
        return True
    # A folder that is left out is not entered: nothing in it is taken in again.
    shut = [line[1:] for line in spec.include if line.startswith("!") and line.endswith("/")]
    if any(_says([*spec.exclude, *shut], folder, folder=True) for folder in folders):
        return True
    return bool(_says(spec.exclude, path)) or not (spec.include == EVERYTHING or _says(spec.include, path))


def _above(path: str) -> list[str]:
    """The folders on the way to it, the outermost first."""
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


def _says(lines: Iterable[str], path: str, *, folder: bool = False) -> bool | None:
    """What the last line that matches says; None where none does."""
    found: bool | None = None
    for line in lines:
        pattern = line.removeprefix("!")
        if _matches(pattern, path, folder=folder):
            found = not line.startswith("!")
    return found


def _matches(pattern: str, path: str, *, folder: bool) -> bool:
    """Whether it names the path, or a folder on the way to it."""
    names_folders, bare = pattern.endswith("/"), pattern.strip("/")
    anchored = "/" in pattern.rstrip("/")
    here = [*_above(path), *([path] if folder or not names_folders else [])]
    if pattern == EVERYTHING[0]:
        return True
    return any(_alike(bare.split("/"), one.split("/") if anchored else [one.rpartition("/")[2]]) for one in here)


def _alike(pattern: Sequence[str], parts: Sequence[str]) -> bool:
    pairs = zip(pattern, parts, strict=False)
    return len(pattern) == len(parts) and all(fnmatchcase(part.lower(), one.lower()) for one, part in pairs)

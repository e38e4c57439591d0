"""sync.toml: read, checked, drafted.

Importing this package costs the standard library only. pydantic is imported by the first `load` or `check` that has a
manifest to check; a manifest that was checked before comes back through `load_dumped` without it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from imgur_sync.manifest.dumping import dump, load_dumped, roots_hold
from imgur_sync.manifest.reading import Source, read
from imgur_sync.model.spec import Manifest

if TYPE_CHECKING:
    from imgur_sync.manifest.drafting import draft, new_lineage

__all__ = ["Source", "check", "draft", "dump", "load", "load_dumped", "new_lineage", "read", "roots_hold"]


def load(
    path: Path | None, *, directory: Path, allow_roots: tuple[Path, ...] = (), check_folders: bool = False
) -> Manifest:
    """The checked manifest in the file `path`, or in `sync.toml`, else `imgur-sync.toml`, of `directory`.

    A relative `path` starts at `directory`. Folders outside the manifest's own are refused unless they lie in one of
    `allow_roots`. Folders need not exist unless `check_folders` is set. ManifestError carries all problems at once.
    """
    return check(read(path, directory=directory), allow_roots=allow_roots, check_folders=check_folders)


def check(source: Source, *, allow_roots: tuple[Path, ...] = (), check_folders: bool = False) -> Manifest:
    """What `load` promises, for a manifest that has been read already."""
    from imgur_sync.manifest.checking import checked

    return checked(source, allow_roots=allow_roots, check_folders=check_folders)


def __getattr__(name: str) -> object:
    """What drafts a manifest, loaded by the first that asks for it."""
    if name not in ("draft", "new_lineage"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from imgur_sync.manifest import drafting

    return getattr(drafting, name)

"""Remembers a checked manifest beside its state, so that an unchanged one is not checked again: that takes pydantic."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from imgur_sync.manifest import Source, check, dump, load_dumped, roots_hold
from imgur_sync.model.spec import Manifest

FOLDER = ".imgur-sync"
NAME = "manifest.checked"
LARGEST = 64 * 1024 * 1024


def remembered(source: Source, allow_roots: tuple[Path, ...]) -> Manifest:
    """The checked manifest, from the last check where file, place and allowed folders are the same as then.

    Raises what `check` raises. What cannot be read or written is no obstacle: the manifest is checked then. Nothing is
    written where there is no state folder yet.
    """
    file = source.path.parent / FOLDER / NAME
    key = _key(source, allow_roots)
    kept = _read(file)
    if kept is not None and kept[:64] == key:
        manifest = load_dumped(kept[64:])
        if manifest is not None and roots_hold(manifest, allow_roots=allow_roots):
            return manifest
    manifest = check(source, allow_roots=allow_roots)
    if file.parent.is_dir():
        _write(file, key + dump(manifest))
    return manifest


def _key(source: Source, allow_roots: tuple[Path, ...]) -> bytes:
    parts = (source.digest, os.fspath(source.path), *(os.fspath(root) for root in allow_roots))
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest().encode("ascii")


def _read(file: Path) -> bytes | None:
    try:
        with open(os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as opened:
            return opened.read(LARGEST)
    except OSError:
        return None


def _write(file: Path, data: bytes) -> None:
    """Whole or not at all, and only for this user."""
    temporary = file.with_name(f".{NAME}.{os.getpid()}")
    try:
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
            opened.write(data)
        temporary.replace(file)
    except OSError:
        temporary.unlink(missing_ok=True)

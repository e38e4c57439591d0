"""The manifest of a command line. A checked one is remembered beside its state, because checking takes pydantic."""

from __future__ import annotations

import hashlib
import os
import sys
from contextlib import suppress
from pathlib import Path

from imgur_sync.cli.session import Session
from imgur_sync.errors import UsageError
from imgur_sync.manifest import Source, check, dump, load, load_dumped, read, roots_hold
from imgur_sync.model.spec import Manifest

FOLDER = ".imgur-sync"
NAME = "manifest.checked"
LONGEST_MANIFEST = 1024 * 1024
LARGEST = 64 * 1024 * 1024


def load_manifest(session: Session, *, check_folders: bool = False) -> Manifest:
    """The manifest that the command line names, with the albums of its collections as their folders are right now.

    "-" is stdin, and then paths start at the current directory.
    """
    manifest = _checked(session, check_folders=check_folders)
    if not manifest.collections:
        return manifest
    from imgur_sync.local.collections import expanded

    return expanded(manifest)


def _checked(session: Session, *, check_folders: bool) -> Manifest:
    here = Path.cwd()
    if session.file == "-":
        data = sys.stdin.buffer.read(LONGEST_MANIFEST + 1) if sys.stdin is not None else b""
        if len(data) > LONGEST_MANIFEST:
            raise UsageError("the manifest on stdin is larger than 1 MiB")
        source = Source(here / "(stdin)", data, hashlib.sha256(data).hexdigest())
        return check(source, allow_roots=session.allow_roots, check_folders=check_folders)
    if check_folders:
        return load(session.manifest_path, directory=here, allow_roots=session.allow_roots, check_folders=True)
    return remembered(read(session.manifest_path, directory=here), session.allow_roots)


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
        with suppress(OSError):  # a read-only disk lets nothing be removed, not even what is not there
            temporary.unlink(missing_ok=True)

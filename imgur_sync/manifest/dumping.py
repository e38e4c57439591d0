"""A checked manifest as bytes, so that an unchanged sync.toml is not checked (and pydantic not imported) again.

Keyed by the caller with the digest and the path of the file. What was true when the manifest was checked, but need
not be now, is `roots_hold`.
"""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path
from typing import Any

from imgur_sync import __version__
from imgur_sync.manifest.folders import within
from imgur_sync.model.spec import (
    AccountSpec,
    AlbumSpec,
    BudgetSpec,
    CollectionSpec,
    GateLimit,
    GateLimits,
    Manifest,
    Moved,
    OnRemoteDelete,
    Order,
    Privacy,
    Prune,
    Removal,
    StateSpec,
    UploadSpec,
    WatchSpec,
)
from imgur_sync.model.texts import Texts

_VALUES = (
    AccountSpec,
    AlbumSpec,
    BudgetSpec,
    CollectionSpec,
    GateLimit,
    GateLimits,
    Manifest,
    Moved,
    Removal,
    StateSpec,
    Texts,
    UploadSpec,
    WatchSpec,
)
_SHAPE = [__version__, *(f"{kind.__name__}.{field.name}" for kind in _VALUES for field in dataclasses.fields(kind))]
"""Written into each dump: another version, or other fields, and the dump is not read."""

_ALBUM_DEFAULTS = {
    field.name: field.default for field in dataclasses.fields(AlbumSpec) if field.default is not dataclasses.MISSING
}


def dump(manifest: Manifest) -> bytes:
    """The manifest as JSON, for `load_dumped`; equal manifests give equal bytes."""
    plain = dataclasses.asdict(dataclasses.replace(manifest, albums=(), collections=()))
    plain["collections"] = [
        {"name": one.name, "folder": one.folder, "root": one.root, "template": _album_row(one.template)}
        for one in manifest.collections
    ]
    plain["albums"] = [_album_row(spec) for spec in manifest.albums]
    document = {"shape": _SHAPE, "manifest": plain}
    return json.dumps(document, sort_keys=True, separators=(",", ":"), default=os.fspath).encode("ascii")


def load_dumped(data: bytes) -> Manifest | None:
    """The manifest of a dump, equal to the one dumped; None if another version made it or it is damaged."""
    try:
        document = json.loads(data)
        if document["shape"] != _SHAPE:
            return None
        return _manifest(document["manifest"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def roots_hold(manifest: Manifest, *, allow_roots: tuple[Path, ...] = ()) -> bool:
    """Whether every folder is still what it was checked to be: where its name in the manifest leads, also by links that
    were put elsewhere since, and inside the manifest's folder or an allowed one."""
    base = os.path.realpath(manifest.path.parent)
    confines = [base, *(os.path.realpath(root) for root in allow_roots)]
    paths = [(spec.folder, os.fspath(spec.root)) for spec in manifest.albums]
    paths += [(one.folder, os.fspath(one.root)) for one in manifest.collections]
    paths.append((manifest.state.path, os.fspath(manifest.state_path)))
    return all(
        os.path.realpath(os.path.join(base, name)) == path and any(within(path, root) for root in confines)
        for name, path in paths
    )


def _album_row(spec: AlbumSpec) -> dict[str, Any]:
    """The fields that differ from the defaults."""
    row = {name: getattr(spec, name) for name in ("key", "folder", "root")}
    for name, default in _ALBUM_DEFAULTS.items():
        value = getattr(spec, name)
        if value != default:
            row[name] = value
    if spec.images:
        row["images"] = [[path, texts.title, texts.description] for path, texts in spec.images]
    return row


def _manifest(plain: dict[str, Any]) -> Manifest:
    gates = plain["gates"]
    return Manifest(
        path=Path(plain["path"]),
        digest=plain["digest"],
        albums=tuple(_album(row) for row in plain["albums"]),
        state_path=Path(plain["state_path"]),
        lineage=plain["lineage"],
        account=AccountSpec(**plain["account"]),
        budget=BudgetSpec(**plain["budget"]),
        upload=UploadSpec(**plain["upload"]),
        watch=WatchSpec(**plain["watch"]),
        gates=GateLimits(
            prune=GateLimit(**gates["prune"]),
            prune_run=gates["prune_run"],
            replace=GateLimit(**gates["replace"]),
            restore=GateLimit(**gates["restore"]),
        ),
        warnings=tuple(plain["warnings"]),
        collections=tuple(
            CollectionSpec(row["name"], row["folder"], Path(row["root"]), _album(row["template"]))
            for row in plain["collections"]
        ),
        moved=tuple(Moved(**row) for row in plain["moved"]),
        removed=tuple(Removal(**row) for row in plain["removed"]),
        state=StateSpec(**plain["state"]),
    )


def _images(rows: list[list[Any]]) -> tuple[tuple[str, Texts], ...]:
    return tuple((path, Texts(title, description)) for path, title, description in rows)


def _album(row: dict[str, Any]) -> AlbumSpec:
    row["root"] = Path(row["root"])
    for name, kind in (
        ("privacy", Privacy),
        ("order", Order),
        ("prune", Prune),
        ("on_remote_delete", OnRemoteDelete),
        ("include", tuple),
        ("exclude", tuple),
        ("listed", tuple),
        ("images", _images),
    ):
        if name in row:
            row[name] = kind(row[name])
    return AlbumSpec(**row)

"""A manifest that was read → a checked `Manifest`, or every problem at once."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from imgur_sync.manifest.faults import located
from imgur_sync.manifest.folders import Confines
from imgur_sync.manifest.images import missing_files
from imgur_sync.manifest.nobodys import account_faults
from imgur_sync.manifest.reading import NAMES, Source, decoded
from imgur_sync.manifest.rules import Rules, newer_version
from imgur_sync.manifest.schema import Document, GatesTable, ImageTable, album_id, given
from imgur_sync.manifest.sharing import sharing_faults
from imgur_sync.manifest.syntax import parsed
from imgur_sync.manifest.words import faults
from imgur_sync.model.spec import (
    AccountSpec,
    AlbumSpec,
    BudgetSpec,
    CollectionSpec,
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
    title_of,
)
from imgur_sync.model.texts import Texts


def checked(source: Source, *, allow_roots: tuple[Path, ...], check_folders: bool) -> Manifest:
    """The manifest that the bytes of `source` stand for. ManifestError carries all problems."""
    text = decoded(source)
    data = parsed(text, source.path)
    newer = newer_version(data)
    if newer is not None:  # its other keys would look like mistakes
        raise located([newer], text, source.path)
    rules = Rules(data, source.path, Confines(source.path.parent, allow_roots), check_folders=check_folders)
    found = [*rules.faults(), *account_faults(data), *sharing_faults(data)]
    document = None
    try:
        document = Document.model_validate(data)
    except ValidationError as error:
        found.extend(faults(error))
    if document is None or found:
        raise located(found, text, source.path)
    manifest = _manifest(source, document, rules)
    missing = tuple(missing_files(manifest)) if check_folders else ()
    return dataclasses.replace(manifest, warnings=(*manifest.warnings, *missing))


def _manifest(source: Source, document: Document, rules: Rules) -> Manifest:
    manifest = Manifest(
        path=source.path,
        digest=source.digest,
        albums=_albums(document, rules.roots),
        collections=_collections(document, rules.collection_roots),
        moved=tuple(_moved(given(row)) for row in document.moved or ()),
        removed=tuple(Removal(row.album, row.pictures == "delete") for row in document.removed or ()),
        state_path=Path(rules.state_path),
        lineage=document.lineage,
        account=dataclasses.replace(AccountSpec(), **given(document.account)),
        budget=dataclasses.replace(BudgetSpec(), **given(document.budget)),
        upload=dataclasses.replace(UploadSpec(), **given(document.upload)),
        watch=dataclasses.replace(WatchSpec(), **given(document.watch)),
        gates=_gates(document.gates),
        state=dataclasses.replace(StateSpec(), **given(document.state)),
    )
    return dataclasses.replace(manifest, warnings=_warnings(manifest))


def _albums(document: Document, roots: Mapping[str, str]) -> tuple[AlbumSpec, ...]:
    defaults = _converted(given(document.defaults))
    collections = document.collections or {}
    albums: list[AlbumSpec] = []
    for position, (name, table) in enumerate((document.albums or {}).items()):
        values = dict(defaults)
        above = name.partition("/")[0] if "/" in name else ""
        if above:  # a sub-folder of a collection with keys of its own
            values |= _converted(given(collections[above]))
            values.pop("folders", None)
        own = _converted(given(table))
        root = Path(roots[name])
        title = values.get("title")
        if above and isinstance(title, str):
            values["title"] = title.replace("{folder}", title_of(root.name))
        albums.append(AlbumSpec(key=name, root=root, position=position, collection=above, **{**values, **own}))
    return tuple(albums)


def _collections(document: Document, roots: Mapping[str, str]) -> tuple[CollectionSpec, ...]:
    defaults = _converted(given(document.defaults))
    found: list[CollectionSpec] = []
    for name, table in (document.collections or {}).items():
        values = {**defaults, **_converted(given(table))}
        folders = str(values.pop("folders")).removesuffix("*")
        folder = folders.rstrip("/") or folders[:1] or "."
        root = Path(roots[name])
        template = AlbumSpec(key=name, folder=folder, root=root, collection=name, **values)
        found.append(CollectionSpec(name, folder, root, template))
    return tuple(found)


def _moved(row: Mapping[str, Any]) -> Moved:
    return Moved(row["from"], row["to"])


def _converted(values: dict[str, Any]) -> dict[str, Any]:
    converted = {name: _CONVERTED[name](value) if name in _CONVERTED else value for name, value in values.items()}
    if "order" in converted:
        listed = converted["order"] if isinstance(converted["order"], list) else []
        converted |= {"order": Order.NATURAL if listed else Order(converted["order"]), "listed": tuple(listed)}
    return converted


def _images(tables: Mapping[str, ImageTable]) -> tuple[tuple[str, Texts], ...]:
    return tuple((path, Texts(table.title, table.description)) for path, table in tables.items())


_CONVERTED: Mapping[str, Callable[[Any], Any]] = {
    "privacy": Privacy,
    "prune": Prune,
    "on_remote_delete": OnRemoteDelete,
    "include": tuple,
    "exclude": tuple,
    "id": album_id,
    "images": _images,
}


def _gates(table: GatesTable | None) -> GateLimits:
    limits = GateLimits()
    if table is None:
        return limits
    prune = given(table.prune)
    run = prune.pop("run", limits.prune_run)
    return GateLimits(
        prune=dataclasses.replace(limits.prune, **prune),
        prune_run=run,
        replace=dataclasses.replace(limits.replace, **given(table.replace)),
        restore=dataclasses.replace(limits.restore, **given(table.restore)),
    )


def _warnings(manifest: Manifest) -> tuple[str, ...]:
    warnings = []
    if manifest.lineage is None:
        loss = "found again among the copies" if manifest.account.anonymous else "rebuilt"
        warnings.append(
            f"the manifest names no lineage, so that a lost state could not be {loss}: before the first apply, "
            f'add below version = 1 the line: lineage = "{_proposed_lineage(manifest)}"'
        )
    if not manifest.albums and not manifest.collections and not manifest.removed:
        warnings.append("the manifest names no album: there is nothing to do")
    if manifest.path.name == NAMES[0] and os.path.lexists(manifest.path.with_name(NAMES[1])):
        warnings.append(f"{NAMES[1]} is not read, because there is a {NAMES[0]} beside it")
    return tuple(warnings)


def _proposed_lineage(manifest: Manifest) -> str:
    """The same for the same file at the same place, so that a warning can be repeated."""
    seed = os.fsencode(manifest.path) + b"\0" + manifest.digest.encode()
    return base64.b32encode(hashlib.sha256(seed).digest()[:10]).decode().lower()

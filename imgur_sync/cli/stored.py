"""What can be told from the state alone: no lock, no network, and no manifest beyond where its state lies."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from imgur_sync.cli.glance import glance
from imgur_sync.cli.session import Session, note
from imgur_sync.errors import UsageError
from imgur_sync.model.spec import Order

if TYPE_CHECKING:
    from imgur_sync.model.ports import Cache

NAMES = ("sync.toml", "imgur-sync.toml")
"""The manifest's names, where none is given."""
STATE = ".imgur-sync/state.db"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the state is, and what of the manifest matters to reading it. Unchecked: a broken manifest is no reason
    not to show the state."""

    state_path: Path
    directory: Path
    manifest: Mapping[str, Any]

    def folder(self, album: str) -> Path | None:
        """The folder that the manifest names for an album, None where it names none."""
        wish = _table(_table(self.manifest, "albums"), album).get("folder")
        name, slash, sub = album.partition("/")
        above = _table(_table(self.manifest, "collections"), name).get("folders") if slash else None
        if wish is None and isinstance(above, str):
            wish = os.fsdecode(unquote_to_bytes(f"{above.removesuffix('*')}{sub}"))
        return Path(os.path.abspath(self.directory / wish)) if isinstance(wish, str) and "\0" not in wish else None

    def order(self, album: str) -> tuple[Order, tuple[str, ...]]:
        """The order that the manifest wants for an album, and the files that it lists first; natural where it says
        nothing usable."""
        own = _table(_table(self.manifest, "albums"), album).get("order")
        if own is None and "/" in album:
            own = _table(_table(self.manifest, "collections"), album.partition("/")[0]).get("order")
        wish = own if own is not None else _table(self.manifest, "defaults").get("order")
        listed = tuple(path for path in wish if isinstance(path, str)) if isinstance(wish, list) else ()
        return next((order for order in Order if order.value == wish), Order.NATURAL), listed

    def taken(self, album: str) -> dict[str, str]:
        """When the album's pictures were taken, by path, as far as the cache of digests knows it."""
        with self._cache() as cache:
            folders = {folder: cache.files(album, folder) for folder in cache.folders(album)} if cache else {}
        prefixes = ((f"{folder}/" if folder else "", files) for folder, files in folders.items())
        return {prefix + file.name: file.taken for prefix, files in prefixes for file in files if file.taken}

    def shown(self, album_id: str) -> tuple[str, ...]:
        """The pictures' ids in the order in which Imgur last showed them; () where that is not known."""
        with self._cache() as cache:
            listing = cache.listing(album_id) if cache else None
        return listing.ids if listing is not None else ()

    @contextmanager
    def _cache(self) -> Iterator[Cache | None]:
        path = self.state_path.with_name("cache.db")
        if not path.exists():
            yield None
            return
        from imgur_sync.state.cache import SqliteCache

        with SqliteCache(path) as cache:
            yield cache


def place(session: Session) -> Place:
    """The state that belongs to the manifest of the command line, or to the current directory."""
    named = session.manifest_path if session.file != "-" else None
    path = named if named is not None else next((Path(name) for name in NAMES if os.path.lexists(name)), None)
    if path is None:
        if not session.quiet and session.file is None:
            note(f"note: there is no {NAMES[0]} here")
        return Place(Path(STATE).absolute(), Path.cwd(), {})
    manifest = _read(path.absolute(), must=named is not None)
    wish = _table(manifest, "state").get("path")
    relative = wish if isinstance(wish, str) and wish and "\0" not in wish else STATE
    directory = path.absolute().parent
    here = Place(Path(os.path.abspath(directory / relative)), directory, manifest)
    if not session.quiet and _table(manifest, "state").get("backend") == "git" and not here.state_path.exists():
        note("note: there is no copy of the shared state here; to bring it: imgur-sync state fetch")
    return here


def album_page(album_id: str) -> str:
    """The address of an album's page: on Imgur's web site, or on the local Imgur that is in use."""
    api = os.environ.get("IMGUR_SYNC_API_URL", "").rstrip("/")
    local = api and api != "https://api.imgur.com"
    return f"{api if local else 'https://imgur.com'}/a/{album_id}"


def _read(path: Path, *, must: bool) -> Mapping[str, Any]:
    try:
        return glance(path)
    except OSError as error:
        if must:
            from imgur_sync.manifest.reading import read

            read(path, directory=path.parent)  # says why not, as everywhere else
            raise UsageError(f"{path} cannot be read: {error.strerror}", hint="name the manifest with -f") from error
    except (ValueError, RecursionError):
        pass
    note("warning: the manifest cannot be read; see: imgur-sync validate")
    return {}


def _table(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = value.get(key)
    return found if isinstance(found, Mapping) else {}

"""`imgur-sync root accept`: confirms that a folder is the right one although it does not look so."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from imgur_sync.cli.session import Session, is_terminal, note, prompt, result, shared
from imgur_sync.errors import DeclinedError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from imgur_sync.model.plan import Gate
    from imgur_sync.model.ports import StateStore
    from imgur_sync.model.spec import AlbumSpec, Manifest
    from imgur_sync.planner.view import AlbumView


@click.group("root", short_help="Confirm a folder that does not look like the one it was.")
def command() -> None:
    """Confirm a folder that does not look like the one it was, and for which the gate root keeps an album as it is."""


@dataclass(frozen=True, slots=True)
class _Case:
    """An album whose root gate trips: how many of its pictures have no file any more, and whether none has one."""

    view: AlbumView
    gate: Gate
    loses: int
    empty: bool


@command.command("accept", short_help="Let an album follow its folder as it is now.")
@click.argument("album")
@click.option("--empty", is_flag=True, help="Also a folder that is missing or has no picture left.")
@shared()
def accept(session: Session, album: str, empty: bool) -> None:
    """Let ALBUM follow its folder as it is right now, once.

    Says first what the album on Imgur would lose, and asks for its key. The folder never changes. It holds for this
    very state of the folder; when anything in it changes, it has to be accepted anew. What leaves the album is counted
    by the gate prune all the same. Nothing is sent.
    """
    from imgur_sync.cli.manifests import load_manifest
    from imgur_sync.cli.turns import turn
    from imgur_sync.executor.renaming import follow
    from imgur_sync.model.change import RootAccepted
    from imgur_sync.planner.collections import with_vanished
    from imgur_sync.planner.gates import scan_print
    from imgur_sync.report.jsons import document
    from imgur_sync.state.store import find_store

    manifest = load_manifest(session)
    with ExitStack() as stack:
        stack.enter_context(turn(session, manifest, "root accept"))
        store = find_store(manifest.state_path, lineage=manifest.lineage)
        if store is None:
            raise UsageError("nothing was synced here yet", hint="run: imgur-sync plan")
        stack.enter_context(store)
        follow(store, manifest)
        spec = with_vanished(manifest, store.albums()).album(album)
        if spec is None:
            raise _unknown(manifest, album)
        case = _case(store, spec, manifest.state_path.with_name("cache.db"))
        if case is None:
            text = f"The folder {spec.folder} is the one that was synced: there is nothing to accept.\n"
            result(document("root_accept", {"album": album, "accepted": False, "loses": 0}) if session.json else text)
            return
        _check(case, empty=empty)
        _ask(case)
        store.record(RootAccepted(album, scan_print(case.view.local, shared=manifest.state.shared)))
    if session.json:
        result(document("root_accept", {"album": album, "accepted": True, "loses": case.loses}))
    else:
        result("Accepted, for the folder as it is now. Look at what will happen: imgur-sync plan\n")


def _case(store: StateStore, spec: AlbumSpec, cache_path: Path) -> _Case | None:
    """A look at the folder alone; None when its root gate does not trip."""
    from imgur_sync.executor import SystemClock
    from imgur_sync.local.folders import Folders
    from imgur_sync.model.local import LocalAlbum, Presence
    from imgur_sync.model.synced import Standing
    from imgur_sync.planner.gates import root_gate
    from imgur_sync.planner.view import AlbumView
    from imgur_sync.state.cache import SqliteCache

    clock = SystemClock()
    with SqliteCache(cache_path) as cache:
        local = Folders(cache, clock).scan(spec)
    assert isinstance(local, LocalAlbum)
    pictures = store.pictures(spec.key)
    view = AlbumView(spec, local, clock.now(), 0.0, store.album(spec.key), pictures)
    gate = root_gate(view)
    if gate is None:
        return None
    files = [file for file in local.files if file.content is not Presence.PLACEHOLDER]
    digests = {file.digest for file in files} | {file.digest[:16] for file in files}
    placed = [picture for picture in pictures if picture.standing is Standing.PLACED]
    return _Case(view, gate, sum(picture.digest not in digests for picture in placed), not files)


def _unknown(manifest: Manifest, album: str) -> UsageError:
    from imgur_sync.report.figures import some

    keys = some([known.key for known in manifest.albums], 20)
    what = f'no album "{album}" in {manifest.path.name}'
    return UsageError(what, hint=f"an exact key is wanted here; the albums are {keys}")


def _check(case: _Case, *, empty: bool) -> None:
    spec, local = case.view.spec, case.view.local
    if local.errors:
        raise UsageError(
            f"the folder {spec.folder} cannot be read whole: {local.errors[0]}",
            hint="make it readable for you, as with: chmod u+rX",
        )
    if case.empty and not empty:
        raise UsageError(
            f"{case.gate.detail}: the album on Imgur would lose all of its {case.gate.count} pictures",
            hint="is its disk there? If all of them are to leave the album: give --empty",
        )
    if empty and not case.empty:
        raise UsageError(f"the folder {spec.folder} is not empty", hint="leave --empty out")


def _ask(case: _Case) -> None:
    """Say which side loses what, and ask for the key. Raises `DeclinedError` on any other answer."""
    from imgur_sync.model.spec import Prune
    from imgur_sync.report.escape import sentence, terminal
    from imgur_sync.report.figures import plural

    spec = case.view.spec
    fates = {
        Prune.DETACH: "they leave the album and stay on Imgur",
        Prune.DELETE: "they are deleted for good",
        Prune.NEVER: 'but prune = "never" keeps them where they are',
    }
    if not is_terminal(sys.stdin):
        raise UsageError("there is no terminal to ask at", hint="a folder is accepted by a person who looks at it")
    note(f"{sentence(case.gate.detail, 400)}.")
    note(f"The album {terminal(spec.key)} on Imgur loses {case.loses} of {plural(case.gate.count, 'picture')}:")
    note(f"  {fates[spec.prune]}. The folder loses nothing.")
    note("If a disk is only not there, or another one is in its place, stop here and bring the right one back.")
    prompt(f"Type the key of the album to accept ({terminal(spec.key)}): ")
    if sys.stdin.readline().strip() != spec.key:
        raise DeclinedError("declined; nothing was changed")

"""`imgur-sync init`: writes a sync.toml for folders that exist, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import click

from imgur_sync.cli.session import Session, note, result, shared
from imgur_sync.errors import ImgurSyncError, StateError, UsageError

SCHEMA_PLACE = ".imgur-sync/sync.schema.json"
SCHEMA_LINE = f"#:schema ./{SCHEMA_PLACE}"
"""How editors (Taplo, Even Better TOML, Tombi) are told where the schema of a TOML file is: in its first line."""


@click.command("init", short_help="Write a sync.toml for folders that exist.")
@click.argument("folders", metavar="[FOLDER]...", nargs=-1)
@shared()
def command(session: Session, folders: tuple[str, ...]) -> None:
    """Write a commented sync.toml with one album for each FOLDER, or for the folders below that hold pictures.

    An existing manifest is never overwritten. Nothing is sent. With -f FILE that file is written; -f - writes to
    stdout. Beside it a JSON Schema is written, .imgur-sync/sync.schema.json: the manifest's first line names it, and
    editors check the file against it.
    """
    from imgur_sync.manifest import draft, new_lineage

    target = Path("sync.toml" if session.file in (None, "-") else str(session.file)).absolute()
    if session.file is None:
        _refuse_existing(target.parent / "imgur-sync.toml")
    text = draft(target.parent, [Path(folder).absolute() for folder in folders], lineage=new_lineage(os.urandom(10)))
    if session.file == "-":
        result(text)
        return
    _write(target, f"{SCHEMA_LINE}\n{text}")
    _write_schema(target.parent)
    _tell(session, target, text)


def _refuse_existing(path: Path) -> None:
    if os.path.lexists(path):
        raise UsageError(f"{path.name} is here already; nothing was written", hint="edit it, or name another with -f")


def _write(target: Path, text: str) -> None:
    """Make the file, whole or not at all."""
    made = False
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        made = True
        with open(handle, "w", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        _refuse_existing(target)
    except OSError as error:
        if made:
            target.unlink(missing_ok=True)
        raise ImgurSyncError(f"{target} cannot be written: {error.strerror}") from error


def _write_schema(directory: Path) -> None:
    """The schema for editors. It is a help only: where it cannot be written, the manifest does without."""
    from imgur_sync.manifest.describing import json_schema
    from imgur_sync.state.disk import private_folder

    place = directory / SCHEMA_PLACE
    try:
        private_folder(place.parent)
        place.write_text(json_schema(), encoding="utf-8")
    except (OSError, StateError) as error:
        why = error.strerror if isinstance(error, OSError) else error.message
        note(f"warning: {place} was not written: {why}; later: imgur-sync schema > {SCHEMA_PLACE}")


def _tell(session: Session, target: Path, text: str) -> None:
    import tomllib

    from imgur_sync.report.escape import terminal
    from imgur_sync.report.figures import plural, some
    from imgur_sync.report.jsons import document

    albums = sorted(tomllib.loads(text).get("albums", {}))
    if session.json:
        result(document("init", {"manifest": str(target), "albums": albums}))
        return
    if not albums:
        result(f"No folder here holds pictures. Wrote {terminal(str(target), 0)} without an album.\n")
        result("Add one to it, as it says, or remove it and name the folders: imgur-sync init FOLDER\n")
        return
    result(f"Wrote {terminal(str(target), 0)} with {plural(len(albums), 'album')}: {some(albums, 10)}.\n")
    result("Look at it, then at what would happen: imgur-sync plan\n")

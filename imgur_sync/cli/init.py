"""`imgur-sync init`: writes a sync.toml for folders that exist, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import click

from imgur_sync.cli.session import Session, result, shared
from imgur_sync.errors import ImgurSyncError, UsageError


@click.command("init", short_help="Write a sync.toml for folders that exist.")
@click.argument("folders", metavar="[FOLDER]...", nargs=-1)
@shared()
def command(session: Session, folders: tuple[str, ...]) -> None:
    """Write a commented sync.toml with one album for each FOLDER, or for the folders below that hold pictures.

    An existing manifest is never overwritten. Nothing else is made, and nothing is sent. With -f FILE that file is
    written; -f - writes to stdout.
    """
    from imgur_sync.manifest import draft, new_lineage

    target = Path("sync.toml" if session.file in (None, "-") else str(session.file)).absolute()
    if session.file is None:
        _refuse_existing(target.parent / "imgur-sync.toml")
    text = draft(target.parent, [Path(folder).absolute() for folder in folders], lineage=new_lineage(os.urandom(10)))
    if session.file == "-":
        result(text)
        return
    _write(target, text)
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

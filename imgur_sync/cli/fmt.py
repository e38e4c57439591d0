"""`imgur-sync fmt`: sync.toml in canonical spacing and order, with every comment and line."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

import click

from imgur_sync.cli.session import Session, result, shared
from imgur_sync.errors import ExitCode, ImgurSyncError


@click.command("fmt", short_help="Tidy up sync.toml, keeping every comment.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when it is not tidy.")
@shared()
def command(session: Session, check: bool) -> int:
    """Write sync.toml anew with canonical spacing and tables in canonical order.

    No value changes, albums keep their order, every comment and every line stays. With -f - it goes from stdin to
    stdout. A file that is tidy already is not written.
    """
    from imgur_sync.manifest.formatting import Unchangeable, formatted
    from imgur_sync.manifest.reading import Source, decoded, read
    from imgur_sync.manifest.syntax import parsed
    from imgur_sync.report.escape import terminal
    from imgur_sync.report.jsons import document

    piped = session.file == "-"
    if piped:
        source = Source(Path.cwd() / "(stdin)", sys.stdin.buffer.read() if sys.stdin is not None else b"", "")
    else:
        source = read(session.manifest_path, directory=Path.cwd())
    text = decoded(source)
    parsed(text, source.path)
    try:
        new = formatted(text)
    except Unchangeable:
        raise ImgurSyncError(
            f"{source.path} cannot be tidied up without changing what it says", hint="nothing was written"
        ) from None
    tidy = new.encode("utf-8") == source.data
    if piped and not check:
        result(new)
        return ExitCode.DONE.value
    if not tidy and not check:
        _write(source.path, new)
    if session.json:
        result(document("fmt", {"manifest": str(source.path), "tidy": tidy, "written": not tidy and not check}))
    elif not tidy:
        result(f"{terminal(str(source.path), 0)} {'is not tidy: imgur-sync fmt' if check else 'is tidy now'}\n")
    return ExitCode.ERROR.value if check and not tidy else ExitCode.DONE.value


def _write(path: Path, text: str) -> None:
    """Whole or not at all, with the rights that the file has; a link stays one."""
    target = Path(os.path.realpath(path))
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(target.stat().st_mode & 0o7777)
        temporary.replace(target)
    except OSError as error:
        raise ImgurSyncError(f"{target} cannot be written: {error.strerror}") from error
    finally:
        with suppress(OSError):  # a read-only disk lets nothing be removed, not even what is not there
            temporary.unlink(missing_ok=True)

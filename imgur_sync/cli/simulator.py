"""`imgur-sync simulator`: serves a local Imgur until Ctrl-C, or around one command."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import click

from imgur_sync.cli.session import Session, note, result, shared
from imgur_sync.cli.simulator_settings import SETTINGS, given_knobs, given_options, simulator_settings
from imgur_sync.errors import ImgurSyncError, UsageError

PORT = 8723
LIMIT = click.IntRange(0, 1_000_000)
LIMITS = ("client", "user", "posts", "uploads")
WAITS = ("wait-400", "wait-400-object", "wait-429", "wait-429-object")
FORMS = ("shape", "legacy", "legacy-403", "errors", *WAITS, "417", "over-capacity", "cdn")
HEADERS: dict[str, dict[str, str]] = {
    "current": {},
    "legacy": {"header_case": "title", "reset_unit": "epoch"},
    "none": {"headers": "none"},
}


@click.command(
    "simulator",
    short_help="Serve a local Imgur until Ctrl-C.",
    context_settings={"allow_interspersed_args": False},  # what follows COMMAND is its own
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    show_default=f"{PORT}, for COMMAND a free one",
    help="0 picks a free one.",
)
@click.option("--data", metavar="DIR", help="Keep its world in DIR; without, it ends with the command.")
@click.option(
    "--shape",
    type=click.Choice(["mixed", "legacy", "v1"]),
    default="mixed",
    show_default=True,
    help="The forms of Imgur's replies.",
)
@click.option(
    "--latency", metavar="MS", type=click.FloatRange(0, 60_000), default=0.0, help="Milliseconds a call takes."
)
@click.option("--user-credits", metavar="N", type=LIMIT, default=500, show_default=True, help="Credits an hour.")
@click.option("--client-credits", metavar="N", type=LIMIT, default=12_500, show_default=True, help="Credits a day.")
@click.option("--posts", metavar="N", type=LIMIT, default=1250, show_default=True, help="POSTs an hour.")
@click.option("--uploads", metavar="N", type=LIMIT, default=50, show_default=True, help="Uploads an hour.")
@click.option(
    "--windows",
    type=click.Choice(["fixed", "sliding", "calendar"]),
    default="fixed",
    show_default=True,
    help="What limits count in: windows opened by the first call, the last hour and day, or clock hours and UTC days.",
)
@click.option(
    "--refusal",
    metavar="[LIMIT=]FORM",
    multiple=True,
    help="How a broken limit is refused; LIMIT is client, user, posts or uploads, FORM one of "
    + ", ".join(FORMS)
    + ".",
)
@click.option(
    "--headers",
    type=click.Choice(list(HEADERS)),
    default="current",
    show_default=True,
    help="Limits in lower-case headers and seconds, in the old spelling with moments, or in none.",
)
@simulator_settings
@click.option("--chaos", metavar="SEED", default="", help="Strike requests with faults that SEED draws.")
@click.option("--write-env", metavar="FILE", help="Write the four settings to FILE, too.")
@click.argument("words", metavar="[-- COMMAND…]", nargs=-1, type=click.UNPROCESSED)
@shared(json=False)
def command(
    session: Session,
    host: str,
    port: int | None,
    data: str | None,
    refusal: tuple[str, ...],
    headers: str,
    write_env: str | None,
    words: tuple[str, ...],
    **chosen: Any,
) -> int:
    """Serve a local Imgur, with Imgur's limits, until Ctrl-C. A limit of 0 is none.

    It prints the settings that point imgur-sync at it, then where it listens. Albums and pictures open in a browser.

    With COMMAND it prints nothing and ends with it, and with its exit code. COMMAND has IMGUR_SYNC_API_URL and
    so on in its environment, and IMGUR_API_URL, IMGUR_CLIENT_ID, IMGUR_CLIENT_SECRET, IMGUR_REFRESH_TOKEN and
    IMGUR_ACCESS_TOKEN, which lead any client there.
    """
    from imgur_sync.simulator import FolderInUse, JournalError, NotStarted, run_simulator

    port = port if port is not None else (0 if words else PORT)
    try:
        return run_simulator(
            host=host,
            port=port,
            data=Path(data) if data is not None else None,
            latency_ms=chosen.pop("latency"),
            write_env=_writable(write_env),
            echo=lambda line: result(line + "\n"),
            switches={**HEADERS[headers], **_refusals(refusal), **given_knobs(chosen.pop("knob"))},
            command=words,
            more=given_options(**{name: chosen.pop(name) for name in SETTINGS}),
            **chosen,
        )
    except NotStarted as error:
        note(f"error: {error}")
        return error.code
    except (FolderInUse, JournalError, OSError) as error:
        raise _refused(error, host, port) from error


def _writable(write_env: str | None) -> Path | None:
    if write_env is None:
        return None
    if not Path(write_env).absolute().parent.is_dir():
        raise UsageError(f"--write-env {write_env}: there is no such folder", hint="make the folder, or name another")
    return Path(write_env)


def _refusals(sent: tuple[str, ...]) -> dict[str, str]:
    """The knobs that `--refusal` turns; a later one wins."""
    knobs: dict[str, str] = {}
    for item in sent:
        limit, named, form = item.rpartition("=")
        if form not in FORMS or (named and limit not in LIMITS):
            raise UsageError(
                f"--refusal {item}: there is no such limit or form",
                hint=f"a limit is {', '.join(LIMITS)}; a form {', '.join(FORMS)}",
            )
        knobs |= {f"refuse_{name}": form for name in ([limit] if limit else LIMITS)}
    return knobs


def _refused(error: Exception, host: str, port: int) -> ImgurSyncError:
    from imgur_sync.simulator import FolderInUse

    if isinstance(error, FolderInUse):
        return ImgurSyncError(str(error), hint="end that one, or name another --data")
    if not isinstance(error, OSError):
        return ImgurSyncError(str(error), hint="name another --data, or remove this one")
    if error.filename is not None:
        return ImgurSyncError(f"{error.filename}: {error.strerror}", hint="name another --data or --write-env")
    what = f"the local Imgur cannot serve on {host}:{port}"
    if error.errno == errno.EADDRINUSE:
        return ImgurSyncError(
            f"{what}: the port is taken, perhaps by another local Imgur", hint="--port 0 picks a free port"
        )
    reason = (error.strerror or str(error)).partition(" (while ")[0]  # waitress adds the address, as a Python value
    return ImgurSyncError(f"{what}: {reason}", hint="name another --host")

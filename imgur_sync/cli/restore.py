"""`imgur-sync restore`: puts pictures back that left their album; their links never stopped working."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import click

from imgur_sync.cli.departed import departures, facts, line, reading, run_outing
from imgur_sync.cli.session import Session, is_terminal, note, prompt, result, shared
from imgur_sync.errors import DeclinedError, UsageError

if TYPE_CHECKING:
    from imgur_sync.model.synced import Departure, SyncedPicture


@click.command("restore", short_help="Put pictures back that left an album.")
@click.argument("album", required=False)
@click.argument("pictures", metavar="[PATH|LINK]...", nargs=-1)
@click.option("--all", "whole", is_flag=True, help="Every picture that left ALBUM.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@shared()
def command(session: Session, album: str | None, pictures: tuple[str, ...], whole: bool, yes: bool) -> int:
    """Put pictures back into ALBUM that a run took out of it.

    It is the same picture under the same link: nothing is uploaded. It costs 1 credit, and 1 for each picture to look
    whether it is still there.

    Without PATH, LINK or --all the pictures are only listed, from the state: nothing is sent. A picture put back stays
    in the album, behind those of the folder, and no run takes it out again; when a file with its content comes back, it
    is that file's again.

    \b
    imgur-sync restore                     what can be put back
    imgur-sync restore cats tom.jpg        put one back
    imgur-sync restore cats --all -y       put all of them back
    """
    with reading(session) as store:
        found = departures(store, (album,) if album is not None else ())
    if album is None or not (pictures or whole):
        _list(session, found)
        return 0
    chosen = [departure.picture for departure in found] if whole else _chosen(album, found, pictures)
    if not chosen:
        result(_document("restored", [], []) if session.json else "Nothing left that album: nothing to put back.\n")
        return 0
    if not yes:
        _agree(album, len(chosen))
    return _restore(session, album, chosen)


def _list(session: Session, found: Sequence[Departure]) -> None:
    from imgur_sync.report.figures import iso, plural
    from imgur_sync.report.jsons import document

    if session.json:
        items = [{**facts(departure.picture), "left_at": iso(departure.at)} for departure in found]
        result(document("restorable", {"pictures": items}))
        return
    if not found:
        result("No picture left an album.\n")
        return
    now = time.time()
    count = plural(len(found), "picture")
    result("\n".join((f"{count} can be put back:", *(line(departure, now) for departure in found))) + "\n")


def _chosen(album: str, found: Sequence[Departure], wanted: Sequence[str]) -> list[SyncedPicture]:
    """The pictures that these paths, links or ids mean; of several that left one path the one that left last."""
    latest = sorted(found, key=lambda departure: departure.at or 0.0)
    by_name: dict[str, SyncedPicture] = {}
    for departure in latest:
        picture = departure.picture
        by_name.update({name: picture for name in (picture.path, picture.id, picture.link) if name})
    unknown = [name for name in wanted if name not in by_name]
    if unknown:
        raise UsageError(
            f'no picture "{unknown[0]}" left the album {album}', hint=f"see which did: imgur-sync restore {album}"
        )
    return list({by_name[name].id: by_name[name] for name in wanted}.values())


def _agree(album: str, count: int) -> None:
    from imgur_sync.report.escape import terminal
    from imgur_sync.report.figures import plural

    if not is_terminal(sys.stdin):
        raise UsageError("there is no terminal to ask at", hint="give -y to put them back without a question")
    prompt(f"Put {plural(count, 'picture')} back into {terminal(album)}, for 1 credit and the readings? [y/N] ")
    answer = sys.stdin.readline()
    if not answer.endswith("\n"):
        note("")
    if answer.strip().lower() not in ("y", "yes"):
        raise DeclinedError("declined; nothing was changed")


def _restore(session: Session, album: str, chosen: Sequence[SyncedPicture]) -> int:
    from imgur_sync.cli.adopting import adopt
    from imgur_sync.cli.wiring import applying
    from imgur_sync.executor import Options
    from imgur_sync.executor.restoring import Outing, restore
    from imgur_sync.report.escape import terminal
    from imgur_sync.report.figures import plural

    outing = Outing()
    fill = partial(adopt, session)
    with applying(session, Options(), max_credits=None, adopt=fill, command="restore") as bench:
        code = run_outing(session, bench, "restore", lambda run: restore(run, album, chosen, outing), outing)
    if session.json:
        result(_document("restored", outing.done, outing.gone))
        return code.value
    for picture in outing.gone:
        note(f"{terminal(picture.path or picture.link)}: deleted on Imgur meanwhile; it cannot be put back")
    result(f"{plural(len(outing.done), 'picture')} put back into {terminal(album)}.\n")
    return code.value


def _document(kind: str, done: Sequence[SyncedPicture], gone: Sequence[SyncedPicture]) -> str:
    from imgur_sync.report.jsons import document

    return document(kind, {"restored": [facts(p) for p in done], "gone": [facts(p) for p in gone]})

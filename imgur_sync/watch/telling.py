"""What a daemon tells, as lines for a log: without links, ids and secrets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from imgur_sync.errors import LockHeldError
from imgur_sync.model.event import (
    BudgetReached,
    Event,
    InDoubt,
    RunFinished,
    StepDone,
    StepFailed,
    TwinRemoved,
    UploadDone,
    UploadFailed,
    UploadFound,
    Waiting,
    Warned,
)
from imgur_sync.report.escape import sentence, terminal
from imgur_sync.report.figures import plural
from imgur_sync.report.loglines import line
from imgur_sync.report.text import Moment
from imgur_sync.watch.events import (
    Asleep,
    Began,
    FileWaits,
    GateOpened,
    GateTripped,
    Noticed,
    NotReloaded,
    Own,
    PassBegan,
    PassFailed,
    Quarrel,
    Reloaded,
    WatchEvent,
)
from imgur_sync.watch.wording import error_text

_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")
_NEWS = (UploadDone, UploadFound, StepDone, BudgetReached)
_TROUBLE = (UploadFailed, InDoubt, StepFailed, TwinRemoved, Waiting, Warned)


class Level(StrEnum):
    """How much an event matters: only to whoever asked for all, to whoever reads the log, or to be looked at."""

    DETAIL = "detail"
    INFO = "info"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a log. `event` is the event's name, `album` its key ("" where it is not of one)."""

    level: Level
    event: str
    album: str
    text: str


def told(event: WatchEvent, read: Moment) -> Line:
    """An event as one line."""
    name = _CAPITAL.sub("_", type(event).__name__).lower()
    level, text = _own(event, read) if isinstance(event, Own) else _of_run(event, read)
    album = event.gate.album if isinstance(event, GateTripped) else getattr(event, "album", "")
    return Line(level, name, terminal(album) if album else "", text)


def _own(event: Own, read: Moment) -> tuple[Level, str]:
    """What the daemon itself tells."""
    match event:
        case Began(albums=albums):
            return Level.INFO, f"watching {plural(albums, 'album')}"
        case PassBegan(albums=albums, why=why):
            what = ", ".join(terminal(album) for album in albums[:5]) + (" and more" if albums[5:] else "")
            return Level.DETAIL, f"a pass over {what or 'all albums'}, {why}"
        case PassFailed(error=LockHeldError() as error):
            return Level.DETAIL, f"{error_text(error)}; the pass waits for it"
        case PassFailed(error=error, again=again):
            hint = f"; {sentence(error.hint, 300)}" if error.hint else ""
            return Level.WARNING, f"{error_text(error)}{hint}. It is tried again {read.text(again)}"
        case GateTripped(gate=gate, remedy=remedy):
            text = f"{terminal(gate.album)}: the gate {gate.name.value} holds: {sentence(gate.detail, 400)}"
            return Level.WARNING, text + (f". To let it through: {remedy}" if remedy else "")
        case GateOpened(album=album, gate=name):
            return Level.INFO, f"{terminal(album)}: the gate {name.value} holds no more"
        case FileWaits(album=album, text=text):
            return Level.WARNING, f"{terminal(album)}: {text}"
        case Quarrel(album=album, what=what, until=until):
            text = f"{terminal(album)}: again and again {sentence(what, 300)} after it was set back: the album is left "
            return Level.WARNING, f"{text}alone until {read.text(until)}. Is another imgur-sync at work on it?"
        case Reloaded(albums=albums):
            return Level.INFO, f"the manifest was read anew: {plural(albums, 'album')}"
        case NotReloaded(error=error):
            return (
                Level.WARNING,
                f"the manifest cannot be used, the one before it rules: {error_text(error)}",
            )
        case Noticed(text=text):
            return Level.WARNING, sentence(text, 600)
        case Asleep(until=until):
            return Level.DETAIL, f"nothing to do until {read.text(until)}"
        case _:
            assert_never(event)


def _of_run(run: Event, read: Moment) -> tuple[Level, str]:
    """What a pass tells; its end only where it did or could not do something."""
    if isinstance(run, RunFinished):
        return (Level.INFO if did(run) else Level.DETAIL), line(run, read)
    level = Level.WARNING if isinstance(run, _TROUBLE) else Level.INFO if isinstance(run, _NEWS) else Level.DETAIL
    return level, line(run, read)


def did(run: RunFinished) -> bool:
    """Whether a run changed anything. What it could not do is told by events of its own, once."""
    return bool(run.uploaded or run.edited or run.deleted or run.deleted_albums)

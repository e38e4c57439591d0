"""The history of runs in state.db: one row a run, and one row for each thing that a run did.

A step is written in the transaction that records what it tells, so that a killed run's history is true.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Mapping

from imgur_sync.model.change import (
    AlbumGone,
    AlbumMade,
    Change,
    EditDone,
    FileFailed,
    PictureAdopted,
    PictureDeleted,
    PictureDetached,
    PictureGone,
    PicturePlaced,
    PictureReattached,
    PictureReleased,
    UrlRetired,
)
from imgur_sync.model.history import Run, RunStep, StepKind
from imgur_sync.model.synced import SyncedPicture
from imgur_sync.state import rows
from imgur_sync.state.sealed import Sealed

RUN = Sealed("run", "number command started_at albums ended_at exit_codes credits uploaded_bytes")
STEP = Sealed("run_step", "run number kind album path at detail")
MOST_IDLE = 1000
"""How many of the newest runs are kept even if they did nothing; older ones of that kind are forgotten."""

_PICTURES: Mapping[type[Change], StepKind] = {
    PicturePlaced: StepKind.PLACED,
    PictureDetached: StepKind.DETACHED,
    PictureReleased: StepKind.RELEASED,
    PictureGone: StepKind.GONE,
    PictureDeleted: StepKind.DELETED,
}


OF_PICTURES = (PicturePlaced, PictureDetached, PictureReleased, PictureReattached, PictureGone, PictureDeleted)
"""The changes of a picture that was recorded before."""


def begin(connection: sqlite3.Connection, draft: Run) -> int:
    """Write a run under the next number, and forget old ones that did nothing."""
    number = int(connection.execute("SELECT coalesce(max(number), 0) + 1 FROM run").fetchone()[0])
    _put(connection, number, draft)
    connection.execute(
        "DELETE FROM run WHERE number <= ? AND number NOT IN (SELECT run FROM run_step)", (number - MOST_IDLE,)
    )
    return number


def end(connection: sqlite3.Connection, number: int, ended: Run) -> None:
    """Write how a run ended. Raises KeyError for one that the state does not hold."""
    if RUN.one(connection, "WHERE number = ?", number) is None:
        raise KeyError(f"no run {number} in the state")
    _put(connection, number, ended)


def _put(connection: sqlite3.Connection, number: int, run: Run) -> None:
    row = (
        number,
        rows.free(run.command),
        rows.seconds(run.started_at),
        rows.free(json.dumps(run.albums)),
        None if run.ended_at is None else rows.seconds(run.ended_at),
        ",".join(str(code) for code in run.exit_codes),
        run.credits,
        run.uploaded_bytes,
    )
    RUN.put(connection, row)


def newest(connection: sqlite3.Connection, limit: int | None) -> tuple[Run, ...]:
    """Up to `limit` runs, the newest first, each with the counts of its steps."""
    found = list(RUN.get(connection, "ORDER BY number DESC LIMIT ?", -1 if limit is None else limit))
    done: dict[int, list[tuple[StepKind, int]]] = {}
    oldest = int(found[-1][0]) if found else 0
    counts = "SELECT run, kind, count(*) FROM run_step WHERE run >= ? GROUP BY run, kind ORDER BY run, kind"
    for run, kind, count in connection.execute(counts, (oldest,)):
        done.setdefault(int(run), []).append((StepKind(kind), int(count)))
    return tuple(_load(row, tuple(done.get(int(row[0]), ()))) for row in found)


def _load(row: tuple[object, ...], done: tuple[tuple[StepKind, int], ...]) -> Run:
    number, command, started_at, albums, ended_at, codes, credits, uploaded_bytes = row
    assert isinstance(command, bytes)
    assert isinstance(albums, bytes)
    return Run(
        int(str(number)),
        rows.unfree(command),
        float(str(started_at)),
        tuple(str(name) for name in json.loads(rows.unfree(albums))),
        None if ended_at is None else float(str(ended_at)),
        tuple(int(code) for code in str(codes).split(",") if code),
        None if credits is None else int(str(credits)),
        int(str(uploaded_bytes)),
        done,
    )


def steps_of(connection: sqlite3.Connection, run: int) -> tuple[RunStep, ...]:
    """What one run did, in order."""
    found = STEP.get(connection, "WHERE run = ? ORDER BY number", run)
    return tuple(
        RunStep(int(of), int(number), StepKind(kind), album, os.fsdecode(path), at, rows.unfree(detail))
        for of, number, kind, album, path, at, detail in found
    )


def note(connection: sqlite3.Connection, run: int, change: Change, before: SyncedPicture | None, at: float) -> None:
    """Write what a change means for a run's history, if anything. `before` is the picture that it changed, as it was;
    `at` is the time of changes that name none."""
    step = _step(change, before, at)
    if step is None:
        return
    kind, album, path, when, detail = step
    if kind is StepKind.REPLACED:  # the old picture was taken out: one thing, told once
        taken_out = (run, StepKind.DETACHED.value, rows.free(detail))
        connection.execute("DELETE FROM run_step WHERE run = ? AND kind = ? AND detail = ?", taken_out)
    number = connection.execute("SELECT coalesce(max(number), 0) + 1 FROM run_step WHERE run = ?", (run,)).fetchone()[0]
    values = (run, int(number), kind.value, album, os.fsencode(path), rows.seconds(when), rows.free(detail))
    STEP.put(connection, values)


def _step(change: Change, before: SyncedPicture | None, at: float) -> tuple[StepKind, str, str, float, str] | None:
    """Kind, album, path, time and detail of a change that a history tells."""
    match change:
        case AlbumMade():
            return StepKind.ALBUM_MADE, change.key, "", change.made_at, ""
        case EditDone():
            return StepKind.EDITED, change.key, change.path, change.at, ""
        case AlbumGone(key):
            return StepKind.ALBUM_GONE, key, "", at, ""
        case PictureAdopted(picture, intent):
            kind = StepKind.UPLOADED if intent else StepKind.ADOPTED
            return kind, picture.album, picture.path, picture.made_at, picture.id
        case PicturePlaced():
            came = before is not None and (before.album, before.path) != (change.album, change.path) and before.path
            told = f"{before.album}/{before.path}" if before is not None and came else ""
            return StepKind.PLACED, change.album, change.path, change.at, told
        case PictureDetached() | PictureReleased() | PictureGone() | PictureDeleted() if before is not None:
            return _PICTURES[type(change)], before.album, before.path, change.at, change.id
        case PictureReattached() if before is not None:
            return StepKind.PLACED, before.album, before.path, change.at, ""
        case UrlRetired(url):
            return StepKind.REPLACED, url.album, url.path, url.at, url.old_id
        case FileFailed(file):
            return StepKind.FAILED, file.album, file.path, file.at, file.reason
        case _:
            return None

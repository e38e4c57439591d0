"""What running processes do, for people and for programs: from the board of activities, without lock and network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from imgur_sync.report.escape import sentence, terminal
from imgur_sync.report.figures import iso, number, plural
from imgur_sync.report.text import MOST_LINES, Moment

if TYPE_CHECKING:
    from imgur_sync.model.activity import Activity, LastRun, Queued, Wait, Wish

START = "imgur-sync watch"
SILENCE = 60.0
"""It is told when a process said what it does, where that was longer ago than so many seconds."""

ACTIVITY_SHAPES: Mapping[str, Any] = {
    "activity": [
        {
            **dict.fromkeys(("host", "command", "doing", "album"), "text"),
            **dict.fromkeys(("pid", "done", "total"), "number"),
            **dict.fromkeys(("since", "at", "until", "next_look"), "time"),
            "ended": "flag",
            "queue": [{"album": "text", **dict.fromkeys(("uploads", "others", "credits"), "number")}],
            "waits": [{**dict.fromkeys(("kind", "album", "what", "remedy"), "text"), "until": "time"}],
            "last": {"ended_at": "time", "codes": ["number"], "uploaded": "number", "credits": "number"},
        }
    ],
    "watch": "text?",
    "wishes": [{"pid": "number", "host": "text", "command": "text", "at": "time"}],
}
"""The fields of these in the document of `status`; `last` may be null."""


@dataclass(frozen=True, slots=True)
class Running:
    """What is known of processes now: who holds the lock of watches (None: nobody), what each process said that it
    does, and who asks for the lock of runs."""

    watch: str | None = None
    activities: tuple[Activity, ...] = ()
    wishes: tuple[Wish, ...] = ()


def running_dict(running: Running) -> dict[str, object]:
    """All of it, as in `ACTIVITY_SHAPES`."""
    return {
        "activity": [_activity(activity) for activity in running.activities],
        "watch": running.watch,
        "wishes": [{**asdict(wish), "at": iso(wish.at)} for wish in running.wishes],
    }


def _activity(activity: Activity) -> dict[str, object]:
    times = {name: iso(getattr(activity, name)) for name in ("since", "at", "until", "next_look")}
    waits = [{**asdict(wait), "kind": wait.kind.value, "until": iso(wait.until)} for wait in activity.waits]
    last = activity.last
    ended = None if last is None else {**asdict(last), "ended_at": iso(last.ended_at), "codes": list(last.codes)}
    return {**asdict(activity), **times, "waits": waits, "last": ended}


def running_lines(running: Running, holder: str | None, read: Moment) -> Iterator[str]:
    """A part for each process, and who asks for its turn. The `holder` of the lock of runs and that of watches are told
    where they do not say by themselves what they do."""
    for activity in running.activities:
        name = sentence(activity.command)
        if activity.ended:
            what = f": {_doing(activity)}" if activity.doing else ""
            yield f"{name} is not running; it was last seen {read.text(activity.at)}{what}"
            yield f"  It did not end in order. Nothing is lost; start it again: {START}"
            continue
        yield f"{name} (pid {activity.pid}) runs since {read.text(activity.since)}"
        yield from (f"  {line}" for line in _living(activity, read))
    told = [f"(pid {activity.pid} on {activity.host}," for activity in running.activities if not activity.ended]
    if running.watch is not None and not any(name in running.watch for name in told):
        yield f"A watch is running, and does not say what it does: {sentence(running.watch, 400)}"
    if holder is not None and not any(name in holder for name in told):
        yield f"A run is under way: {sentence(holder, 400)}"
    for wish in running.wishes:
        yield f"{sentence(wish.command)} (pid {wish.pid}) asks for its turn"


def _living(activity: Activity, read: Moment) -> Iterator[str]:
    steps = f", {number(activity.done)} of {plural(activity.total, 'step')} done" if activity.total else ""
    until = f", until {read.text(activity.until)}" if activity.until is not None else ""
    yield f"now: {_doing(activity) or 'nothing to do'}{steps}{until}"
    yield from _queue(activity.queue)
    yield from _waits(activity.waits, read)
    if activity.last is not None:
        yield f"last run: {_last(activity.last, read)}"
    if activity.next_look is not None:
        yield f"looks at the folders next: {read.text(activity.next_look)}"
    if activity.at < read.now - SILENCE:
        yield f"(as it said {read.text(activity.at)})"


def _doing(activity: Activity) -> str:
    words = sentence(activity.doing, 400)
    return f"{terminal(activity.album)}: {words}" if activity.album and words else words


def _queue(queue: Sequence[Queued]) -> Iterator[str]:
    if not queue:
        return
    total = sum(queued.credits for queued in queue)
    yield f"queue: {plural(len(queue), 'album')}, {plural(total, 'credit')}"
    for queued in queue[:MOST_LINES]:
        parts = [plural(queued.uploads, "upload")] if queued.uploads else []
        parts += [plural(queued.others, "other step" if queued.uploads else "step")] if queued.others else []
        yield f"  {terminal(queued.album)}: {' and '.join(parts) or 'to be looked at'}"
    if len(queue) > MOST_LINES:
        yield f"  and {number(len(queue) - MOST_LINES)} more (--json lists all)"


def _waits(waits: Sequence[Wait], read: Moment) -> Iterator[str]:
    """What somebody can do something about comes first."""
    for wait in sorted(waits, key=lambda wait: not wait.remedy)[:MOST_LINES]:
        album = f"{terminal(wait.album)}: " if wait.album else ""
        until = f", until {read.text(wait.until)}" if wait.until is not None else ""
        yield f"waits: {album}{sentence(wait.what, 400)}{until}"
        if wait.remedy:
            yield f"  to go on: {sentence(wait.remedy, 400)}"
    if len(waits) > MOST_LINES:
        yield f"waits: and {number(len(waits) - MOST_LINES)} more (--json lists all)"


def _last(last: LastRun, read: Moment) -> str:
    parts = [plural(last.uploaded, "upload")] if last.uploaded else []
    parts += [plural(last.credits, "credit")]
    codes = ", ".join(str(code) for code in last.codes) or "0"
    return f"{read.text(last.ended_at)}: {', '.join(parts)}, exit code {codes}"

"""The status page of a daemon as HTML: nothing is run, nothing is loaded but its own style sheet and pictures.

Every name is escaped. What colours tell, words tell too. The page renews itself; the one at `STILL` does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from imgur_sync.model.activity import Wait, WaitKind
from imgur_sync.report.escape import html
from imgur_sync.report.figures import duration, number, plural
from imgur_sync.report.history import OUTCOMES
from imgur_sync.report.html import table
from imgur_sync.report.page_albums import album_sections, total
from imgur_sync.report.page_budget import budget_sections

if TYPE_CHECKING:
    from imgur_sync.model.activity import LastRun
    from imgur_sync.report.text import Moment
    from imgur_sync.report.watched import LogLine, Watched

EVERY = 10
"""Seconds after which a browser asks for the page again."""
STILL, STYLE_SHEET, ICON_ADDRESS = "/still", "/style.css", "/icon.svg"
MOST_WAITS = 100
"""Waits told one by one."""
LONG = 600
_FOR = {
    WaitKind.FILE: "File",
    WaitKind.REMOVAL: "Removal",
    WaitKind.GATE: "Gate",
    WaitKind.BUDGET: "Budget",
    WaitKind.TROUBLE: "Imgur",
    WaitKind.PAUSED: "Paused",
    WaitKind.FOLDER: "Folder",
    WaitKind.MANIFEST: "Manifest",
}
_HELD = (WaitKind.GATE, WaitKind.PAUSED, WaitKind.MANIFEST)
"""Somebody has to do something about these."""


def page_html(watched: Watched, read: Moment, *, silent: float, still: bool = False) -> str:
    """The page, ending in a newline. `silent` are the seconds since the daemon's loop gave a sign of life if that is
    too long ago, else 0."""
    renewing = "" if still else f'<meta http-equiv="refresh" content="{EVERY}">'
    head = (
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        *([renewing] if renewing else []),
        f"<title>{html(_title(watched, silent))}</title>",
        f'<link rel="stylesheet" href="{STYLE_SHEET}">',
        f'<link rel="icon" href="{ICON_ADDRESS}" type="image/svg+xml">',
        "</head>",
        "<body>",
        "<main>",
    )
    body = (
        *_top(watched, read, silent=silent, still=still),
        *_waits(watched, read),
        *album_sections(watched, read),
        *_queue(watched),
        *budget_sections(watched, read),
        *_log(watched.lines, read),
    )
    return "\n".join((*head, *body, "</main>", "</body>", "</html>")) + "\n"


def _title(watched: Watched, silent: float) -> str:
    if silent:
        return "No sign of life: imgur-sync watch"
    held = sum(wait.kind in _HELD for wait in watched.activity.waits)
    return (f"({held}) " if held else "") + "imgur-sync watch"


def _top(watched: Watched, read: Moment, *, silent: float, still: bool) -> Iterator[str]:
    """What is going on now, and what was last."""
    activity = watched.activity
    yield "<header><h1>imgur-sync watch</h1>"
    if silent:
        yield (
            '<p class="alarm" role="alert"><strong>The daemon has given no sign of life for '
            f"{duration(silent)}.</strong> It hangs, perhaps on a disk that does not answer. "
            "What stands below may be old.</p>"
        )
    where = f" in {html(activity.album)}" if activity.album else ""
    until = f", until {html(read.text(activity.until))}" if activity.until is not None else ""
    doing = html(activity.doing or "nothing", LONG)
    yield f'<p class="lead">Now: {doing}{where}{until}</p>'
    if activity.total:
        yield f"<p>{number(activity.done)} of {plural(activity.total, 'step')} of this pass done</p>"
    yield "<dl>"
    for term, words in _facts(watched, read):
        yield f"<dt>{term}</dt><dd>{html(words, LONG)}</dd>"
    yield "</dl>"
    when = html(_clock(read.now, read))
    renews = 'It stays as it is; <a href="/">one that renews itself</a>.'
    if not still:
        renews = f'It renews itself every {EVERY} seconds; <a href="{STILL}">one that does not</a>.'
    yield f'<p class="faint">Page of {when}. {renews}</p></header>'


def _facts(watched: Watched, read: Moment) -> Iterator[tuple[str, str]]:
    activity = watched.activity
    yield "Albums", total(watched)
    yield "Last run", _last(activity.last, read)
    if activity.next_look is not None:
        yield "Next full look", read.text(activity.next_look)
    yield "Running since", f"{read.text(activity.since)}, process {activity.pid} on {activity.host}"
    yield "Manifest", watched.manifest
    for text in watched.unwatched:
        yield "Not watched", text


def _last(last: LastRun | None, read: Moment) -> str:
    if last is None:
        return "none since this daemon began"
    codes = " and ".join(_meaning(code) for code in last.codes)
    done = f"{plural(last.uploaded, 'upload')}, {plural(last.credits, 'credit')}"
    return f"ended {read.text(last.ended_at)}: {codes}; {done}"


def _meaning(code: int) -> str:
    word = OUTCOMES.get(code)
    return f"{word} ({code})" if word else f"exit code {code}"


def _waits(watched: Watched, read: Moment) -> Iterator[str]:
    waits = sorted(watched.activity.waits, key=lambda wait: wait.kind not in _HELD)
    yield '<h2 id="waits">What waits for what</h2>'
    if not waits:
        yield "<p>Nothing waits.</p>"
        return
    yield '<ul class="waits">'
    yield from (_wait(wait, read) for wait in waits[:MOST_WAITS])
    yield "</ul>"
    if len(waits) > MOST_WAITS:
        yield f"<p>And {number(len(waits) - MOST_WAITS)} more.</p>"


def _wait(wait: Wait, read: Moment) -> str:
    held = wait.kind in _HELD
    album = f" {html(wait.album)}:" if wait.album else ""
    lines = [f"<p><strong>{_FOR[wait.kind]}</strong>{album} {html(wait.what, LONG)}</p>"]
    if wait.until is not None:
        lines.append(f"<p>Until {html(read.text(wait.until))}</p>")
    if wait.remedy:
        words = html(wait.remedy, 2000)
        typed = wait.remedy.startswith("imgur-sync ")
        lines.append(f"<p>To type: <code>{words}</code></p>" if typed else f"<p>What helps: {words}</p>")
    kind = "held" if held else "soft"
    return f'<li class="{kind}">' + "".join(lines) + "</li>"


def _queue(watched: Watched) -> Iterator[str]:
    queue = watched.activity.queue
    yield '<h2 id="queue">Queue</h2>'
    if not queue:
        yield "<p>Nothing is to be sent.</p>"
        return
    cells = ((one.album, *(number(count) for count in (one.uploads, one.others, one.credits))) for one in queue)
    yield from table("What is to come, by album", ("album", "uploads", "other steps", "credits"), cells)


def _log(lines: tuple[LogLine, ...], read: Moment) -> Iterator[str]:
    yield '<h2 id="log">Last events</h2>'
    if not lines:
        yield "<p>Nothing was told yet.</p>"
        return
    yield '<ol class="log" reversed>'
    for line in reversed(lines):
        level = "<strong>Warning:</strong> " if line.level == "warning" else ""
        yield f"<li><time>{html(_clock(line.at, read))}</time>{level}{html(line.text, LONG)}</li>"
    yield "</ol>"


def _clock(at: float, read: Moment) -> str:
    """A time to the second, as the reader's clock has it."""
    try:
        return f"{datetime.fromtimestamp(at, UTC).astimezone(read.zone):%Y-%m-%d %H:%M:%S}"
    except (OverflowError, ValueError, OSError):
        return ""

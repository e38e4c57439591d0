"""What a run did, for people: the last thing that `apply` prints."""

from __future__ import annotations

from collections.abc import Iterator

from imgur_sync.errors import ExitCode
from imgur_sync.model.event import AlbumResult, RunFinished
from imgur_sync.report.escape import address, quoted, sentence, terminal
from imgur_sync.report.figures import number, plural, size
from imgur_sync.report.text import MOST_LINES, Moment, approval_lines
from imgur_sync.report.timetable import ending
from imgur_sync.report.waits import come_back_lines

MEANINGS = {
    ExitCode.DONE: "done, or nothing to do",
    ExitCode.ERROR: "error",
    ExitCode.CHANGES: "there are changes (only with --detailed-exitcode)",
    ExitCode.GATE: "a gate held steps back",
    ExitCode.STALE: "stale: the world, the manifest or the plan changed",
    ExitCode.LOCKED: "another run holds the lock",
    ExitCode.BUDGET: "stopped at the budget; run again at the time printed",
    ExitCode.PARTIAL: "partial: something failed, the rest is done and saved",
    ExitCode.CREDENTIALS: "credentials missing, refused or expired",
    ExitCode.DECLINED: "declined at the prompt",
    ExitCode.USAGE: "wrong usage",
    ExitCode.UNREADABLE: "manifest, plan or state cannot be read",
    ExitCode.TRY_LATER: "try again later",
    ExitCode.SIGINT: "stopped by Ctrl-C, state safe",
    ExitCode.SIGTERM: "stopped by SIGTERM, state safe",
}
"""Every exit code in a few words."""


def run_text(run: RunFinished, read: Moment, *, links: bool) -> str:
    """The summary of a run, ending in a newline. With `links`, album pages are named (they open hidden albums)."""
    lines: list[str] = []
    for album in run.albums:
        lines += _album(album, links=links)
    lines.append(counts_line(run))
    if run.retired:
        lines.append(f"{plural(len(run.retired), 'replaced picture')} with a new link: imgur-sync links --retired")
    lines += _left(run, read)
    if run.in_doubt:
        lines.append(f"In doubt, settled by the next apply: {plural(run.in_doubt, 'request')}")
    lines += [f"Exit {code.value}: {MEANINGS[code]}" for code in run.codes if code is not ExitCode.DONE]
    return "\n".join(lines) + "\n"


def _album(album: AlbumResult, *, links: bool) -> Iterator[str]:
    title = f" {quoted(album.title, 80)}," if album.title else ""
    words = [f"{plural(album.uploaded, 'picture')} uploaded"] if album.uploaded else []
    words += [f"{number(album.failed)} failed"] if album.failed else []
    words.append("as wanted" if album.done else "not finished")
    page = address(album.link) if links else ""
    yield f"{terminal(album.album)}:{title} {', '.join(words)}" + (f"  {page}" if page else "")
    for problem in album.problems[:MOST_LINES]:
        yield f"  ! {sentence(problem, 400)}"
    if len(album.problems) > MOST_LINES:
        yield f"  ! and {number(len(album.problems) - MOST_LINES)} more (--json lists all)"


def counts_line(run: RunFinished) -> str:
    """What was done and spent, in one line."""
    words = []
    if run.uploaded:
        words.append(f"{plural(run.uploaded, 'picture')} uploaded ({size(run.uploaded_bytes)})")
    if run.edited:
        words.append(f"{plural(run.edited, 'edit')}")
    if run.deleted:
        words.append(f"{number(run.deleted)} deleted")
    if run.deleted_albums:
        words.append(f"{plural(run.deleted_albums, 'album')} deleted")
    return f"{', '.join(words) or 'Nothing was changed'}; {_spent(run)}."


def _spent(run: RunFinished) -> str:
    """The credits, apart for the plan, whose price has no part in them, and for what came after it."""
    told = f"{plural(run.credits, 'credit')} spent"
    after = run.credits - run.looking
    if not run.looking or after < 0:
        return told
    if not after:
        return f"{told}, on looking"
    return f"{told}: {number(run.looking)} on looking for the plan, {number(after)} on carrying it out"


def _left(run: RunFinished, read: Moment) -> Iterator[str]:
    left = sum(len(album.wanted) for album in run.left.albums)
    if left:
        yield f"Left over: {plural(left, 'step')}, {plural(run.left.total.credits, 'credit')}."
    yield from approval_lines(run.left, ())
    yield from come_back_lines(run, read)
    coming = run.left.forecast
    if coming is not None and left and (coming.finished_at or 0.0) >= (run.resume_at or 0.0):
        yield from ending(coming, read)

"""The forecast for people: a few lines of a timetable, and one sentence about the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from imgur_sync.model.budget import LimitName
from imgur_sync.report.escape import terminal
from imgur_sync.report.figures import duration, number, plural, some
from imgur_sync.report.prices import LIMIT_TEXTS

if TYPE_CHECKING:
    from imgur_sync.model.forecast import Forecast, Windows
    from imgur_sync.report.text import Moment

MOST_ROWS = 6
"""A timetable with more rows shows the first ones and the last."""
_EVERY = {3600: "hour", 86_400: "day"}


def timetable(coming: Forecast, read: Moment) -> Iterator[str]:
    """What goes when, window by window, with what is known beside it; nothing where all goes now."""
    if coming.soon:
        are = "is" if coming.soon == 1 else "are"
        wait = duration(coming.patience)
        yield f"{plural(coming.soon, 'upload')} of this run {are} waited for: they are possible again within {wait}."
    if not coming.later.credits:
        return
    if coming.windows:
        yield "Timetable, as far as the limits decide (uploading itself takes time, too):"
        yield from _rows(coming, read)
        if coming.looks:
            yield f"Looking again each time takes some {plural(coming.looks, 'credit')} in all, counted in."
    if coming.per_run is not None:
        yield _runs(coming)
    yield from _never(coming)


def ending(coming: Forecast, read: Moment) -> Iterator[str]:
    """One sentence: when all of it is done. Nothing where all goes now, or something never does."""
    if not coming.later.credits or coming.finished_at is None:
        return
    what = "The last picture is up" if coming.later.uploads else "All is done"
    if coming.per_run is not None and LimitName.RUN in coming.limits:
        yield f"{what} after {plural(runs_left(coming), 'more run')}, at the earliest {read.text(coming.finished_at)}."
    else:
        yield f"{what} {read.text(coming.finished_at)}, if apply goes on each time that the limits let it."


def runs_left(coming: Forecast) -> int:
    """How many windows come after the present one."""
    return sum(window.count for window in coming.windows[1 if coming.now.credits else 0 :])


def heads(coming: Forecast) -> tuple[str, str, str, str]:
    """What stands above the columns of `rows`; the last one counts towards all pictures that wait for the limits."""
    return "from", "pictures", "credits", f"up of {number(coming.windows[-1].up if coming.windows else 0)}"


def rows(coming: Forecast, read: Moment) -> list[tuple[str, str, str, str]]:
    """When, how many pictures and credits, and how many pictures are up then, for each row of windows."""
    found: list[tuple[str, str, str, str]] = []
    for place, window in enumerate(coming.windows):
        now = place == 0 and coming.now.credits > 0
        when = "now" if now else read.text(window.start)
        found.append((when, _pictures(window), number(window.credits), number(window.up)))
    return found


def album_rows(coming: Forecast, read: Moment) -> Iterator[tuple[str, str]]:
    """Each album that has work, and when that ends, in words."""
    for album in coming.albums:
        if album.finished_at is not None:
            yield album.album, read.text(album.finished_at)
        else:
            yield album.album, "never" if album.never is None else f"never: {_too_small(album.never)}"


def _rows(coming: Forecast, read: Moment) -> Iterator[str]:
    found = [(when.partition(" (")[0], *rest) for when, *rest in rows(coming, read)]  # to fit into 80 columns
    left_out = len(found) - MOST_ROWS
    if left_out > 0:
        found = [*found[: MOST_ROWS - 1], found[-1]]
    shown: Sequence[tuple[str, ...]] = [heads(coming), *found]
    widths = [max(len(row[column]) for row in shown) for column in range(4)]
    for place, row in enumerate(shown):
        if left_out > 0 and place == len(shown) - 1:
            yield f"  … {plural(left_out, 'row')} more (--json has all)"
        cells = [row[0].ljust(widths[0]), row[1].ljust(widths[1]), row[2].rjust(widths[2]), row[3].rjust(widths[3])]
        yield "  " + "  ".join(cells)


def _pictures(window: Windows) -> str:
    if window.count == 1:
        return number(window.uploads)
    usual = round(window.uploads / window.count)
    about = "" if usual * window.count == window.uploads else "about "
    if window.every < 1:
        return f"{about}{number(usual)}, {number(window.count)} times"
    return f"{about}{number(usual)} every {_every(window.every)}, {number(window.count)} times"


def _every(seconds: float) -> str:
    for length, name in _EVERY.items():
        if abs(seconds - length) <= length / 60:
            return name
    return duration(seconds)


def _runs(coming: Forecast) -> str:
    assert coming.per_run is not None, "asked for a cap of a run only"
    return (
        f"A run spends at most {plural(coming.per_run, 'credit')}: each of these times is a run of its own, begun when "
        "the other limits let it."
    )


def _never(coming: Forecast) -> Iterator[str]:
    for limit in dict.fromkeys(album.never for album in coming.albums if album.never is not None):
        keys = [terminal(album.album) for album in coming.albums if album.never is limit]
        verb = "is" if len(keys) == 1 else "are"
        yield f"{plural(len(keys), 'album')} {verb} never finished, as {_too_small(limit)}: {some(keys)}."


def _too_small(limit: LimitName) -> str:
    return f"the {LIMIT_TEXTS[limit]} have no room for one more step, even when none are used"

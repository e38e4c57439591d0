"""Progress while a plan is made and carried out: a live bar on a terminal, now and then a line elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Protocol, TextIO

from imgur_sync.model.event import Countdown, Event, RunFinished
from imgur_sync.model.ports import Clock
from imgur_sync.report.loglines import important, line
from imgur_sync.report.tally import Tally
from imgur_sync.report.text import Moment

EVERY = 5.0
"""Plain progress is told at most once in so many seconds."""
EVERY_WAIT = 3600.0
"""Plain progress tells of a wait that goes on at most once in so many seconds."""
REDRAW = 0.1
"""The bar is drawn at most once in so many seconds."""
BAR = (8, 24)
"""The bar's width: at least, at most."""
SPARE = 5
"""Columns that the bar leaves: two between its parts, and at the end room for "^C", which must not begin a new line."""
WORDS = 12
"""So many characters are kept for what is being done before figures are left out."""


class Detail(IntEnum):
    """How much is told: only what went wrong; progress as well; every event."""

    QUIET = 0
    NORMAL = 1
    VERBOSE = 2


class Display(Protocol):
    """Shows events as they come."""

    def begin(self) -> None:
        """Show that something goes on, before the first event comes."""
        ...

    def show(self, event: Event) -> None:
        """Take in one event and show it, now or with the next ones."""
        ...

    def pause(self) -> None:
        """Clear the way for other output; the next event goes on."""
        ...

    def close(self) -> None:
        """Leave the terminal as it was."""
        ...


class PlainLines:
    """Lines for logs and pipes. Failures and waits are told at once, the rest at most every five seconds."""

    def __init__(self, write: Callable[[str], None], clock: Clock, detail: Detail = Detail.NORMAL) -> None:
        self._write = write
        self._clock = clock
        self._detail = detail
        self._tally = Tally()
        self._told = clock.monotonic()

    def begin(self) -> None:
        """Nothing is told that early."""

    def show(self, event: Event) -> None:
        """Take in one event; see the class."""
        now, read = self._clock.monotonic(), Moment(self._clock.now())
        news = self._tally.take(event, now, read)
        if important(event) or (news and self._detail is Detail.VERBOSE and not isinstance(event, Countdown)):
            self._write(line(event, read))
            self._told = now
        elif isinstance(event, Countdown):
            if self._detail is not Detail.QUIET and now - self._told >= EVERY_WAIT:
                self._write(line(event, read))
                self._told = now
        elif self._detail is Detail.NORMAL and now - self._told >= EVERY and not isinstance(event, RunFinished):
            self._write(self._tally.line(now))
            self._told = now

    def pause(self) -> None:
        """Nothing is in the way of other lines."""

    def close(self) -> None:
        """Nothing to leave behind."""


class LiveBar:
    """A bar that redraws itself at the bottom of a terminal; events that matter are lines above it.

    Nothing redraws it in between: no thread, no use of the processor while the run waits.
    """

    def __init__(self, stream: TextIO, clock: Clock, detail: Detail = Detail.NORMAL, *, color: bool = True) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        self._console = Console(file=stream, no_color=not color, highlight=False, markup=False, force_terminal=True)
        self._column = BarColumn(bar_width=BAR[1])
        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            self._column,
            TextColumn("{task.fields[counts]}", markup=False),
            console=self._console,
            auto_refresh=False,
            transient=True,
        )
        self._task = self._bar.add_task("", total=None, counts="")
        self._clock = clock
        self._detail = detail
        self._tally = Tally()
        self._drawn = clock.monotonic() - REDRAW
        self._live = False

    def begin(self) -> None:
        """Draw the bar without figures."""
        self._start()
        self._draw(self._clock.monotonic())

    def show(self, event: Event) -> None:
        """Take in one event and redraw, unless that was done a moment ago."""
        now, read = self._clock.monotonic(), Moment(self._clock.now())
        news = self._tally.take(event, now, read)
        if isinstance(event, RunFinished):
            # The last figures stay on the screen: of a quick run they are the only ones.
            self._start()
            self._draw(now)
            self.close()
            return
        self._start()
        told = important(event) or (news and self._detail is Detail.VERBOSE and not isinstance(event, Countdown))
        if told:
            self._console.print(line(event, read), soft_wrap=True)
        if told or now - self._drawn >= REDRAW:
            self._draw(now)

    def pause(self) -> None:
        """Take the bar away until the next event."""
        if self._live:
            self._bar.stop()
            self._live = False

    def close(self) -> None:
        """Take the bar away and show the cursor again."""
        self.pause()

    def _start(self) -> None:
        if not self._live:
            self._bar.start()
            self._live = True

    def _draw(self, now: float) -> None:
        """Words, bar and figures on one line, however narrow the terminal: the bar shrinks, then the words are cut."""
        from rich.cells import cell_len, set_cell_size

        tally, width = self._tally, self._console.width - SPARE
        doing, counts = tally.doing or "starting", tally.counts(now, width - BAR[0] - WORDS)
        room = max(1, width - cell_len(counts))
        self._column.bar_width = max(BAR[0], min(BAR[1], room - cell_len(doing)))
        words = max(1, room - self._column.bar_width)
        self._bar.update(
            self._task,
            description=doing if cell_len(doing) <= words else set_cell_size(doing, words - 1).rstrip() + "…",
            counts=counts,
            total=tally.upload_bytes or None,
            completed=tally.uploaded_bytes,
        )
        self._bar.refresh()
        self._drawn = now


def display(
    stream: TextIO, write: Callable[[str], None], clock: Clock, detail: Detail, *, live: bool, color: bool
) -> Display:
    """A bar when `live`, else lines through `write`; never a bar when quiet. rich is loaded for a bar only."""
    if live and detail is not Detail.QUIET:
        return LiveBar(stream, clock, detail, color=color)
    return PlainLines(write, clock, detail)

"""Shows the events of a run while they come."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TypeVar

from imgur_sync.cli.redaction import secrets
from imgur_sync.cli.session import Session, is_terminal, note
from imgur_sync.model.event import Event
from imgur_sync.model.ports import Clock
from imgur_sync.report.progress import Detail, Display, display

E = TypeVar("E")


def shown(session: Session, clock: Clock) -> Display:
    """The display that this command line and this terminal want: a bar for a person, lines for everything else.

    A terminal that is dumb or belongs to a CI runner gets lines; NO_COLOR keeps the bar without colours. With
    `--events` the events go to that file as well.
    """
    detail = Detail.QUIET if session.quiet else Detail.VERBOSE if session.verbose or session.debug else Detail.NORMAL
    environ = os.environ
    live = is_terminal(sys.stderr) and not environ.get("CI") and environ.get("TERM", "dumb") != "dumb"
    screen = display(
        sys.stderr, lambda line: note(secrets.redact(line)), clock, detail, live=live, color=not environ.get("NO_COLOR")
    )
    if session.events is None:
        return screen
    from imgur_sync.cli.recording import EventFile, EventLines
    from imgur_sync.report.live import Both

    return Both(screen, EventLines(EventFile(session.events), clock))


def last(events: Iterable[Event], screen: Display, kind: type[E]) -> E:
    """Show all events and return the last one, which is of that kind."""
    event: Event | None = None
    try:
        screen.begin()
        for event in events:
            screen.show(event)
    finally:
        screen.close()
    if not isinstance(event, kind):
        raise AssertionError(f"a run ended with {type(event).__name__}, not {kind.__name__}")
    return event

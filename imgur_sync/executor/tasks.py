"""Tasks: generators that say what they wait for. The one control thread drives them; it never sends and never sleeps.

A task yields `Do` (a job for a worker), `Pause`, `Lull`, `Take` (a place among the uploads in flight, with room for
bytes) or `Fork` (other tasks, all of which end before it goes on). What it gets back is the job's value; a job's error
is raised at the yield. Everything a task records, it records between two yields, on the control thread.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Do:
    """Run a job on a worker and wait for it."""

    job: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Pause:
    """Go on at `until` (monotonic seconds)."""

    until: float


@dataclass(frozen=True, slots=True)
class Lull:
    """Wait until every job that is under way now has ended. Gets back whether there was any."""


@dataclass(frozen=True, slots=True)
class Take:
    """Wait for a place among the uploads in flight and for room for `size` bytes; given back by `Scheduler.give`."""

    size: int


@dataclass(frozen=True, slots=True)
class Fork:
    """Run these tasks; go on when all have ended. The first error among them is raised here."""

    tasks: tuple[Task[Any], ...]


Wish = Do | Pause | Lull | Take | Fork
Task = Generator[Wish, Any, T]


class RunStopped(BaseException):
    """Raised in a task that waits when the run is asked to stop: nothing more is sent, what is open stays open.

    Not an `Exception`, so that no handler for failures takes it for one.
    """

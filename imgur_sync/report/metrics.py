"""What a daemon does as metrics, in the text format 0.0.4 of Prometheus.

There are totals only: no key, title, id or address of any album is in them, as metrics go to places that others see.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from imgur_sync.model.activity import WaitKind
from imgur_sync.report.watched import left_at

if TYPE_CHECKING:
    from imgur_sync.report.watched import Watched

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_Sample = tuple[str, float]


def metrics_text(watched: Watched, now: float, silent: float) -> str:
    """All metrics, ending in a newline. `silent` are the seconds since the daemon's loop gave a sign of life."""
    rows = (*_counted(watched), *_standing(watched), *_budget(watched, now), *_times(watched, silent))
    return "".join(f"{line}\n" for row in rows for line in _lines(*row))


_Row = tuple[str, str, str, Sequence[_Sample]]


def _counted(watched: Watched) -> Iterator[_Row]:
    """What grows while the daemon lives."""
    counted = watched.counted
    yield "uploads_total", "counter", "Pictures uploaded since the daemon began.", _one(counted.uploads)
    yield "uploaded_bytes_total", "counter", "Bytes of these pictures.", _one(counted.uploaded_bytes)
    passes = (('{result="ended"}', counted.passes), ('{result="failed"}', counted.passes_failed))
    yield "passes_total", "counter", "Passes since the daemon began, by how they ended.", passes
    events = [(f'{{event="{name}"}}', count) for name, count in counted.events]
    yield "events_total", "counter", "Events since the daemon began, by kind.", events


def _standing(watched: Watched) -> Iterator[_Row]:
    """How things stand."""
    activity = watched.activity
    yield "albums", "gauge", "Albums of the manifest.", _one(len(watched.albums))
    yield "pictures", "gauge", "Pictures that are in these albums.", _one(sum(face.pictures for face in watched.albums))
    refused = sum(face.failed for face in watched.albums)
    yield "files_refused", "gauge", "Files that are not tried again until they change.", _one(refused)
    queued = activity.queue
    yield "queued_uploads", "gauge", "Uploads to come.", _one(sum(one.uploads for one in queued))
    yield "queued_steps", "gauge", "Other steps to come.", _one(sum(one.others for one in queued))
    yield "queued_credits", "gauge", "Credits that these take.", _one(sum(one.credits for one in queued))
    kinds = [(f'{{kind="{kind.value}"}}', sum(w.kind is kind for w in activity.waits)) for kind in WaitKind]
    yield "waits", "gauge", "What waits, by what it waits for.", kinds
    yield "roots", "gauge", "Folders that are to be watched.", _one(watched.roots)
    yield "roots_unwatched", "gauge", "Those of them from which no events come.", _one(len(watched.unwatched))


def _budget(watched: Watched, now: float) -> Iterator[_Row]:
    budget = watched.budget
    if budget is None:
        return
    found = left_at(budget, now)
    left = [(f'{{limit="{name}"}}', count) for name, count, _ in found]
    yield "limit_left", "gauge", "What is left of each limit: credits (day, hour) or requests (posts, uploads).", left
    whole = [(f'{{limit="{name}"}}', count) for name, _, count in found]
    yield "limit", "gauge", "The whole of each limit.", whole
    yield "strikes", "gauge", "Days of this month on which the daily limit was hit.", _one(budget.strikes)
    blocked = budget.blocked_until is not None and budget.blocked_until > now
    yield "blocked", "gauge", "Whether Imgur blocks the application.", _one(blocked)


def _times(watched: Watched, silent: float) -> Iterator[_Row]:
    activity = watched.activity
    yield "start_time_seconds", "gauge", "When the daemon began (Unix time).", _one(activity.since)
    yield "silent_seconds", "gauge", "Seconds since its loop last gave a sign of life.", _one(silent)
    if activity.until is not None:
        yield "idle_until_seconds", "gauge", "Until when it waits (Unix time).", _one(activity.until)
    last = activity.last
    if last is not None:
        yield "last_pass_end_seconds", "gauge", "When the last pass ended (Unix time).", _one(last.ended_at)
        codes = [(f'{{code="{code}"}}', 1) for code in dict.fromkeys(last.codes or (0,))]
        yield "last_pass_exit_code", "gauge", "The exit codes that a run would have ended with: 1 for each.", codes
        yield "last_pass_uploads", "gauge", "Pictures that the last pass uploaded.", _one(last.uploaded)
        yield "last_pass_credits", "gauge", "Credits that the last pass was charged.", _one(last.credits)


def _one(value: float) -> Sequence[_Sample]:
    return (("", value),)


def _lines(name: str, kind: str, words: str, samples: Iterable[_Sample]) -> Iterator[str]:
    whole = f"imgur_sync_{name}"
    yield f"# HELP {whole} {words}"
    yield f"# TYPE {whole} {kind}"
    for labels, value in samples:
        yield f"{whole}{labels} {_figure(value)}"


def _figure(value: float) -> str:
    """A whole number as such, others to the millisecond."""
    return str(int(value)) if value == int(value) else f"{value:.3f}"

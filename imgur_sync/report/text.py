"""A plan for people: album by album what changes, what is held back and why, then the price and what is left."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING

from imgur_sync.errors import ExitCode
from imgur_sync.model.plan import GateName
from imgur_sync.model.step import CreateAlbum, DeleteAlbum
from imgur_sync.report.escape import quoted, sentence, terminal
from imgur_sync.report.figures import moment, number, plural, some
from imgur_sync.report.prices import LIMIT_TEXTS, budget_lines, left_alone, price_text
from imgur_sync.report.remedies import MISSING, remedy_lines
from imgur_sync.report.timetable import ending, timetable

if TYPE_CHECKING:
    from imgur_sync.model.budget import LimitName
    from imgur_sync.model.plan import AlbumPlan, Blocked, Drift, Plan

MOST_LINES = 10
"""Longer lists of problems are cut; `--json` has all of them."""

REMEDIES = {
    GateName.ROOT: "nothing is removed; bring the folder back (is its disk there?) or drop the album from the manifest"
    "; if it is right as it is: imgur-sync root accept ALBUM",
    GateName.SCAN: "nothing is removed from this album until all of its folder can be read",
    GateName.LISTING: "nothing is made, uploaded or removed here until Imgur's answer is whole; run again later",
}
"""What to do about the gates that no number passes."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When and where a text is read: Unix seconds, and the zone for times (None: the local one)."""

    now: float
    zone: tzinfo | None = None

    def text(self, at: float) -> str:
        """That time as the reader's clock has it, and how far away it is."""
        return moment(at, self.now, self.zone)


def plan_text(plan: Plan, read: Moment, approved: Collection[GateName] = ()) -> str:
    """The whole plan, ending in a newline. No ids, no links, no secrets. `approved` gates hold nothing back."""
    lines: list[str] = []
    for album in plan.albums:
        lines += [*album_lines(album, read, approved), ""]
    lines += [f"note: {sentence(note, 400)}" for note in plan.notes]
    lines += verdict_lines(plan)
    lines += approval_lines(plan, approved)
    if not plan.empty:
        lines += price_lines(plan, read)
    lines += observation_lines(plan, read)
    lines += end_lines(plan, read)
    lines.append(f"Digest: {terminal(plan.digest)}")
    return "\n".join(lines) + "\n"


def album_lines(album: AlbumPlan, read: Moment, approved: Collection[GateName] = ()) -> list[str]:
    """One album: a headline and, indented, one line per kind of change and per remark."""
    from imgur_sync.report.changes import change_lines

    lines = (*change_lines(album, approved), *_remarks(album, read, approved))
    return [_headline(album)] + [f"  {line}" for line in lines]


def approvals(plan: Plan) -> dict[GateName, int]:
    """What `--approve` would have to say to let everything through that a number can: gate to count, summed."""
    numbers: dict[GateName, int] = {}
    for gate in (gate for album in plan.albums for gate in album.gates if gate.name.approvable):
        numbers[gate.name] = numbers.get(gate.name, 0) + gate.count
    return numbers


def _headline(album: AlbumPlan) -> str:
    title = f" {quoted(album.title, 80)}," if album.title else ""
    if any(isinstance(step, DeleteAlbum) for step in album.wanted):
        return f"{terminal(album.album)}:{title} removed in the manifest"
    new = " a new album," if any(isinstance(step, CreateAlbum) for step in album.wanted) else ""
    return f"{terminal(album.album)}:{title}{new} {plural(album.files, 'picture')} in the folder"


def _remarks(album: AlbumPlan, read: Moment, approved: Collection[GateName]) -> Iterator[str]:
    """Everything about an album that is no change."""
    told = {gate.detail for gate in album.gates}
    yield from (f"! {sentence(error, 400)}" for error in _cut(tuple(e for e in album.errors if e not in told)))
    for gate in album.gates:
        verb = "is passed for" if gate.name in approved else "holds back"
        held = f" {verb} {number(gate.count)}" if gate.name.approvable else ""
        yield f"! gate {gate.name}{held}: {sentence(gate.detail, 400)}"
        if gate.name in REMEDIES:
            yield f"    {REMEDIES[gate.name].replace('ALBUM', shlex.quote(terminal(album.album)))}"
    yield from _blocked(album.blocked)
    if album.unsendable:
        count = len(album.unsendable)
        yield f"! {plural(count, 'file')} cannot be sent; apply will exit {ExitCode.PARTIAL.value}:"
        for bad in album.unsendable[:MOST_LINES]:
            yield f"    {terminal(bad.path)}: {bad.why}" + (f" ({sentence(bad.detail, 400)})" if bad.detail else "")
        if count > MOST_LINES:
            yield f"    and {number(count - MOST_LINES)} more (--json lists all)"
        yield from (f"  {line}" for line in remedy_lines(bad.why for bad in album.unsendable))
    for drift in _cut(tuple(drift_text(drift) for drift in album.drift)):
        yield f"? {sentence(drift, 400)}"
    for doubt in album.unsettled[:MOST_LINES]:
        yield f"? not certain yet: {sentence(doubt.what, 400)}; looked at again {read.text(doubt.until)}"
    yield from _stays(album)
    yield from (f"warning: {sentence(warning, 400)}" for warning in _cut(album.warnings))


def drift_text(drift: Drift) -> str:
    """What changed on Imgur, and what becomes of it."""
    return f"{drift.what}: {drift.then}" if drift.then else drift.what


def _cut(texts: tuple[str, ...]) -> tuple[str, ...]:
    if len(texts) <= MOST_LINES:
        return texts
    return (*texts[:MOST_LINES], f"and {number(len(texts) - MOST_LINES)} more (--json lists all)")


def _blocked(blocked: tuple[Blocked, ...]) -> Iterator[str]:
    for reason in dict.fromkeys(entry.reason for entry in blocked):
        paths = [entry.path for entry in blocked if entry.reason == reason]
        named = f": {some([path for path in paths if path])}" if any(paths) else ""
        yield f"! {number(len(paths))} blocked, {sentence(reason, 400)}{named}"
        if reason in MISSING:
            yield f"  to get {'it' if len(paths) == 1 else 'them'}: {MISSING[reason]}"


def _stays(album: AlbumPlan) -> Iterator[str]:
    if album.foreign:
        yield f"  {plural(album.foreign, 'picture')} that imgur-sync did not put there {_stay(album.foreign)}"
    if album.unmanaged:
        count = len(album.unmanaged)
        from imgur_sync.report.changes import NAMELESS

        names = some([path or NAMELESS for path in album.unmanaged])
        yield f"  {plural(count, 'picture')} no longer managed {_stay(count)}: {names}"
    if album.skipped:
        what = "not a picture that Imgur takes" if album.skipped == 1 else "not pictures that Imgur takes"
        few = album.skipped_examples[:3]
        named = f" ({some(few)}{', …' if album.skipped > len(few) else ''})" if few else ""
        yield f"  {plural(album.skipped, 'file')} skipped{named}: {what}"


def _stay(count: int) -> str:
    return "stays" if count == 1 else "stay"


def verdict_lines(plan: Plan) -> Iterator[str]:
    """What stays as it is."""
    same = f"{plural(plan.unchanged, 'album')} as wanted, with {plural(plan.unchanged_files, 'picture')}"
    if plan.empty and not any(album.gates for album in plan.albums):
        if not plan.settled:
            yield "Nothing to do now."
        elif plan.albums:
            yield f"Nothing to do. Besides these, {same}." if plan.unchanged else "Nothing to do."
        else:
            yield f"Nothing to do: {same}."
    elif plan.unchanged:
        yield f"Besides these, {same}."
    if plan.unchanged_foreign:
        parts = [f"{number(count)} in {terminal(key)}" for key, count in plan.unchanged_foreign]
        told = ", ".join(parts[:MOST_LINES]) + (f" and {len(parts) - MOST_LINES} more" if parts[MOST_LINES:] else "")
        yield f"  Pictures that imgur-sync did not put there stay: {told}"


def approval_lines(plan: Plan, approved: Collection[GateName]) -> Iterator[str]:
    """What to type to pass every gate that a number passes, when one of them still holds something back."""
    numbers = approvals(plan)
    waiting = [name.value for name in numbers if name not in approved]
    if waiting:
        typed = ",".join(f"{name}={count}" for name, count in numbers.items())
        yield f"Held back by {' and '.join(waiting)}; to let it through: apply --approve {typed}"


def price_lines(plan: Plan, read: Moment) -> Iterator[str]:
    """What it costs, what is left of the budget, and when the rest goes."""
    yield f"Price: {price_text(plan.price)}"
    if plan.total != plan.price:
        yield f"  All that is wanted: {price_text(plan.total)}"
    deferred = [step for album in plan.albums for step in album.deferred]
    if deferred:
        limits = list(dict.fromkeys(entry.limit for entry in deferred))
        yield f"  Deferred: {plural(len(deferred), 'step')}, because of the {_limits(limits)}"
        if plan.resume_at is not None:
            yield f"  It can go on at {read.text(plan.resume_at)}"
    if plan.budget is not None and plan.total.credits:
        yield from budget_lines(plan.budget, plan.price)
        yield from left_alone(plan)
    if plan.forecast is not None:
        yield from timetable(plan.forecast, read)


def end_lines(plan: Plan, read: Moment) -> Iterator[str]:
    """When all is done, where not all of it goes now."""
    if plan.forecast is not None and not plan.empty:
        yield from ending(plan.forecast, read)


def _limits(limits: list[LimitName]) -> str:
    return " and the ".join(LIMIT_TEXTS[limit] for limit in limits)


def observation_lines(plan: Plan, read: Moment) -> Iterator[str]:
    """What the plan rests on: what was asked of Imgur, and when."""
    if plan.offline:
        yield "Offline: planned from what was known before, nothing was asked of Imgur; this plan cannot be applied."
        if plan.budget is None and plan.total.credits:
            yield "What is left of the budget is not known offline: nothing is deferred, and there is no timetable."
    elif plan.observation_reads:
        yield f"Looking at Imgur took {plural(plan.observation_reads, 'credit')}."
    if plan.oldest_listing is not None:
        yield f"The oldest listing used was taken {read.text(plan.oldest_listing)}."

"""A plan as a comment for a pull request or merge request: what goes first, then gates, price, and the albums, folded.

The first line is a hidden marker with the digest. What is told is what the text tells, in its words and with its signs;
colours of a renderer say nothing more. No ids, no links, no secrets; every name is inert (see `commonmark`). Times are
UTC, without the distance to now, so that the same plan of the same moment reads the same later.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC

from imgur_sync.model.plan import AlbumPlan, GateName, Plan
from imgur_sync.model.step import EditAlbum
from imgur_sync.planner.remarks import NOT_DOWNLOADED
from imgur_sync.report.changes import change_lines
from imgur_sync.report.commonmark import code, fence, fold, known_digest, label, length, marker, prose
from imgur_sync.report.counts import counts_of, words
from imgur_sync.report.diff import Kind, album_differences, line
from imgur_sync.report.escape import sentence, terminal
from imgur_sync.report.figures import moment, number, plural
from imgur_sync.report.fitting import Part, first_lines, fitted
from imgur_sync.report.prices import price_text
from imgur_sync.report.text import (
    REMEDIES,
    Moment,
    album_lines,
    approvals,
    end_lines,
    observation_lines,
    price_lines,
    verdict_lines,
)

LIMIT = 60_000
"""GitHub takes comments of 65,536 characters."""
MOST_FILES = 300
"""Files of one album that are listed one by one."""
_ROOM = 12_000
"""So many characters at most for each of the parts above the albums that grow with the plan."""
_AROUND = 400
"""Characters for the heading of the albums and for what was left out."""
_SUMMED_UP = 4
"""More files than these are not all named in the lines about an album, so they get lines of their own."""
_FIRST = (Kind.ALBUM_REMOVED, Kind.REMOVED, Kind.REPLACED)


@dataclass(frozen=True, slots=True)
class Posted(Moment):
    """A text that is read later than it is made, by people anywhere: times are UTC."""

    def text(self, at: float) -> str:
        """That time in UTC."""
        return moment(at, self.now, UTC).partition(" (")[0]


def plan_markdown(plan: Plan, read: Moment, approved: Collection[GateName] = (), limit: int = LIMIT) -> str:
    """The comment, ending in a newline, of at most `limit` characters; parts that do not fit are left out whole, and
    the last lines say so. `approved` gates hold nothing back."""
    posted = Posted(read.now)
    head = "\n\n".join(_head(plan, posted, approved))
    tail = "\n\n".join(_tail(plan, posted))
    parts = [_part(album, posted, approved) for album in plan.albums]
    chosen = fitted(parts, limit - length(head) - length(tail) - _AROUND)
    albums = ["#### Albums", *chosen.texts] if chosen.texts else []
    left = _left_out(chosen.shortened, chosen.left_out)
    return "\n\n".join([head, *albums, *left, tail]) + "\n"


def _head(plan: Plan, read: Moment, approved: Collection[GateName]) -> Iterator[str]:
    yield marker("plan", plan.digest) + "\n" + _headline(plan)
    told = [sentence(note, 400) for note in plan.notes]
    notes, more = first_lines([f"- note: {prose(note)}" for note in told], _ROOM // 3)
    if notes:
        yield "\n".join([*notes, *_more(more, "note")])
    verdict = [text for text in verdict_lines(plan) if not text.startswith(" ")]
    if verdict:
        yield " ".join(verdict)
    yield from _removals(plan, approved)
    yield from _gates(plan, approved)
    yield from _not_done(plan)
    if not plan.empty:
        yield "#### Price and budget"
        yield fence(price_lines(plan, read))
        yield from (prose(text) for text in end_lines(plan, read))


def _headline(plan: Plan) -> str:
    counts = counts_of(plan.albums)
    if plan.empty:
        return "### imgur-sync plan: nothing to do" + ("" if plan.settled else " now")
    changed = sum(1 for album in plan.albums if album.wanted)
    return f"### imgur-sync plan: {plural(changed, 'album')}, {price_text(plan.total)}\n\n**{words(counts)}**"


def _removals(plan: Plan, approved: Collection[GateName]) -> Iterator[str]:
    """What leaves, what is deleted, which links change and what more people will see."""
    found = [text for album in plan.albums for text in _grave(album, approved)]
    if not found:
        return
    shown, more = first_lines(found, _ROOM)
    yield "#### Removals, changed links, wider privacy"
    yield fence([*shown, *_more(more, "line")], "diff")


def _grave(album: AlbumPlan, approved: Collection[GateName]) -> Iterator[str]:
    key = terminal(album.album)
    for text in change_lines(album, approved):
        sign, _, rest = text.partition(" ")
        if sign in ("-", "~"):
            yield f"{sign} {key}: {rest}"
    if any(isinstance(step, EditAlbum) and step.privacy == "public" for step in album.wanted):
        yield f"! {key}: everybody can see it (privacy public)"


def _gates(plan: Plan, approved: Collection[GateName]) -> Iterator[str]:
    gates = [gate for album in plan.albums for gate in album.gates]
    if not gates:
        return
    lines = []
    for gate in gates:
        count = f" {number(gate.count)}" if gate.name.approvable else ""
        verb = "is passed for" if gate.name in approved else "holds back"
        remedy = f" ({prose(REMEDIES[gate.name])})" if gate.name in REMEDIES else ""
        held = f"- **{gate.name.value}** {verb}{count} in {code(gate.album)}"
        lines.append(f"{held}: {prose(gate.detail)}{remedy}")
    shown, more = first_lines(lines, _ROOM)
    yield "#### Gates"
    yield "\n".join([*shown, *_more(more, "line", "- ")])
    numbers = approvals(plan)
    if any(name not in approved for name in numbers):
        typed = ",".join(f"{name.value}={count}" for name, count in numbers.items())
        yield f"What a gate holds back is left out. To let it through: `imgur-sync apply --approve {typed}`"


def _not_done(plan: Plan) -> Iterator[str]:
    """What will make apply end with an error, whatever is approved."""
    reasons = [entry.reason for album in plan.albums for entry in album.blocked]
    away = reasons.count(NOT_DOWNLOADED)
    if away:
        yield f"In Git LFS and not here: {plural(away, 'file')}. They are sent with `imgur-sync apply --lfs pull`."
    blocked = len(reasons) - away
    bad = sum(len(album.unsendable) for album in plan.albums)
    errors = sum(len(album.errors) for album in plan.albums)
    parts = [f"{number(blocked)} blocked"] if blocked else []
    parts += [f"{plural(bad, 'file')} that cannot be sent"] if bad else []
    parts += [f"{plural(errors, 'error')} while looking at the folders"] if errors else []
    if parts:
        yield f"Not done by apply, see the albums: {', '.join(parts)}."


def _part(album: AlbumPlan, read: Moment, approved: Collection[GateName]) -> Part:
    """An album with all that is to be told of it, without the list of its files, or in one line."""
    counts = counts_of([album])
    told = [text.removeprefix("  ") for text in album_lines(album, read, approved)[1:]]
    title = f" {label(album.title)}" if album.title else ""
    summary = (
        f"{label(album.album)}{title}: {words(counts)}{_marks(album)}, {plural(album.files, 'file')} in the folder"
    )
    forms: tuple[str, ...] = (
        fold(summary, fence(told, "diff")),
        f"- {code(album.album)}: {words(counts)}{_marks(album)}",
    )
    files = _files(album)
    if len(files) > _SUMMED_UP:
        forms = (fold(summary, fence([*told, "", *files], "diff")), *forms)
    return Part(forms, urgent=bool(counts.removals or album.gates))


def _marks(album: AlbumPlan) -> str:
    """What a reader should open the fold for."""
    held = len(album.withheld)
    marks = [f"{number(held)} held back"] if held else []
    marks += [f"{number(len(album.blocked))} blocked"] if album.blocked else []
    marks += [f"{number(len(album.unsendable))} cannot be sent"] if album.unsendable else []
    marks += ["changed on Imgur"] if album.drift else []
    return "".join(f", {mark}" for mark in marks)


def _files(album: AlbumPlan) -> list[str]:
    """A line for each file that something happens to, removals first."""
    found = [one for one in album_differences(album) if one.path]
    found.sort(key=lambda one: one.kind not in _FIRST)
    shown = [line(one) for one in found[:MOST_FILES]]
    return [*shown, *_more(len(found) - len(shown), "file")]


def _tail(plan: Plan, read: Moment) -> Iterator[str]:
    lines = [prose(text) for text in observation_lines(plan, read)]
    if lines:
        yield " ".join(lines)
    yield f"Digest: `{known_digest(plan.digest)}`"


def _left_out(shortened: int, left_out: int) -> list[str]:
    parts = [f"the files of {plural(shortened, 'album')}"] if shortened else []
    parts += [plural(left_out, "whole album")] if left_out else []
    if not parts:
        return []
    return [f"_Left out, as a comment cannot be longer: {' and '.join(parts)}. `imgur-sync plan --json` has all._"]


def _more(count: int, what: str, bullet: str = "") -> list[str]:
    return [f"{bullet}and {plural(count, 'more ' + what)} (plan --json lists all)"] if count > 0 else []

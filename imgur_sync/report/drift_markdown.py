"""What was changed on Imgur as Markdown, for an issue that a scheduled job keeps up to date.

The first line is a hidden marker with a digest of what is told: as long as it is the same, there is nothing new to say.
No times, ids, links or secrets; every name is inert (see `commonmark`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence

from imgur_sync.model.plan import AlbumPlan, Drift, Plan
from imgur_sync.report.commonmark import code, length, marker, prose
from imgur_sync.report.drift import drift_entries, telling_gates
from imgur_sync.report.figures import plural
from imgur_sync.report.fitting import Part, first_lines, fitted

LIMIT = 60_000
"""GitHub takes texts of 65,536 characters."""
MOST_LINES = 40
"""So many lines about one album."""
_AROUND = 300


def drift_markdown(plan: Plan, limit: int = LIMIT) -> str:
    """The text, ending in a newline, of at most `limit` characters; albums that do not fit are counted."""
    changes = sum(len(album.drift) for album in plan.albums)
    albums = sum(bool(album.drift) for album in plan.albums)
    told = [(album, lines) for album in plan.albums if (lines := _lines(album))]
    none = "no change seen, but not all could be compared" if told else "nothing was changed"
    found = f"{plural(changes, 'change')} on Imgur, in {plural(albums, 'album')}" if changes else none
    lead = [f"{marker('drift', drift_digest(plan))}\n### imgur-sync drift: {found}"]
    if changes:
        lead.append(
            "What the next apply makes of each stands behind it. To keep a change, write it into `sync.toml` first; "
            "`imgur-sync diff` tells more."
        )
    else:
        looked = plan.unchanged + len(plan.albums)
        lead.append(f"{plural(looked, 'album')} looked at. Pictures of others are kept and do not count.")
    tail = list(_others(plan))
    parts = [_part(album, lines) for album, lines in told]
    chosen = fitted(parts, limit - sum(length(text) + 2 for text in (*lead, *tail)) - _AROUND)
    left = []
    if chosen.left_out:
        left = [f"_And {plural(chosen.left_out, 'more album')}: `imgur-sync drift` lists all._"]
    return "\n\n".join([*lead, *chosen.texts, *left, *tail]) + "\n"


def drift_digest(plan: Plan) -> str:
    """ "sha256:" and 64 hex digits over all that is told: the same as long as nothing else was changed."""
    text = json.dumps(drift_entries(plan), sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(text.encode("ascii")).hexdigest()


def _part(album: AlbumPlan, lines: Sequence[str]) -> Part:
    head = f"#### {code(album.album)}\n"
    whole = "\n".join((head, *_bullets(lines[:MOST_LINES], len(lines) - MOST_LINES)))
    short, more = first_lines(lines, 1500)
    forms = [whole, "\n".join((head, *_bullets(short, more)))] if more else [whole]
    return Part((*forms, f"- {code(album.album)}: {plural(len(album.drift), 'change')}"), urgent=bool(album.drift))


def _bullets(lines: Sequence[str], more: int) -> Iterator[str]:
    yield from (f"- {line}" for line in lines)
    if more > 0:
        yield f"- and {plural(more, 'more line')}"


def _lines(album: AlbumPlan) -> list[str]:
    lines = [_change(drift) for drift in album.drift]
    lines += [f"not certain yet: {prose(doubt.what)}" for doubt in album.unsettled]
    return lines + [f"gate **{gate.name.value}**: {prose(gate.detail)}" for gate in telling_gates(album)]


def _change(drift: Drift) -> str:
    return f"{prose(drift.what)}: **{prose(drift.then)}**" if drift.then else prose(drift.what)


def _others(plan: Plan) -> Iterator[str]:
    """The albums that hold pictures of others."""
    found = [*((album.album, album.foreign) for album in plan.albums if album.foreign), *plan.unchanged_foreign]
    lines, more = first_lines([f"- {code(key)}: {plural(count, 'picture')}" for key, count in found], 6000)
    if lines:
        yield "#### Pictures of others, kept"
        yield "\n".join([*lines, *([f"- and {plural(more, 'more album')}"] if more else [])])

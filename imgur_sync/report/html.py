"""A plan as one HTML page: nothing is loaded, nothing is run, every name is escaped.

Sections stand in the order in which they matter: how it ends, what holds it back, the budget, when it goes, the albums,
and every step, folded. A page has no ids, links or secrets, like the text.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from imgur_sync.model.plan import GateName
from imgur_sync.model.step import Upload
from imgur_sync.report.budget_chart import budget_chart
from imgur_sync.report.chart import chart
from imgur_sync.report.escape import html
from imgur_sync.report.figures import number, plural
from imgur_sync.report.prices import LIMIT_TEXTS, left_alone, price_text, remarks, taken
from imgur_sync.report.steps import step_text
from imgur_sync.report.styling import STYLE
from imgur_sync.report.text import REMEDIES, album_lines, approval_lines
from imgur_sync.report.timetable import album_rows, ending, heads, rows, timetable

if TYPE_CHECKING:
    from imgur_sync.model.budget import Budget
    from imgur_sync.model.forecast import Forecast
    from imgur_sync.model.plan import AlbumPlan, Plan
    from imgur_sync.report.text import Moment

MOST_STEPS = 200
"""Steps of one album that are listed; `--json` has all."""
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
LONG = 400
"""Sentences are cut to so many characters, names to fewer."""
_FIGURES = 1


def plan_html(
    plan: Plan,
    read: Moment,
    approved: Collection[GateName] = (),
    pictures: Mapping[tuple[str, str], str] = MappingProxyType({}),
) -> str:
    """The page, ending in a newline. `approved` gates hold nothing back; `pictures` are `data:` addresses of files, by
    album and path."""
    body = (
        *_head(plan, read),
        *_gates(plan, approved),
        *_price(plan),
        *_forecast(plan, read),
        *_albums(plan, read),
        *_steps(plan, read, approved, pictures),
        f'<p class="faint">Digest: <code>{html(plan.digest)}</code></p>',
    )
    page = (
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        "<title>Plan: imgur-sync</title>",
        f"<style>\n{STYLE}</style>",
        "</head>",
        "<body>",
        "<main>",
        *body,
        "</main>",
        "</body>",
        "</html>",
    )
    return "\n".join(page) + "\n"


def _head(plan: Plan, read: Moment) -> Iterator[str]:
    yield "<h1>What apply would do</h1>"
    ends = list(ending(plan.forecast, read)) if plan.forecast is not None else []
    if plan.empty:
        words = "Nothing to do." if plan.settled else "Nothing to do now."
    elif ends:
        words = ends[0]
    elif plan.forecast is not None and not plan.forecast.later.credits:
        words = "All that is granted goes now."
    else:
        words = price_text(plan.price)
    yield f'<p class="lead">{html(words)}</p>'
    when = read.text(plan.made_at).partition(" (")[0]
    same = f"{plural(plan.unchanged, 'album')} as wanted, with {plural(plan.unchanged_files, 'picture')}."
    besides = f" Besides what stands here, {same}" if plan.unchanged else ""
    yield f'<p class="faint">Planned {html(when)}.{besides}</p>'
    if plan.offline:
        yield "<p>Offline: nothing was asked of Imgur; this plan cannot be applied.</p>"
    yield from (f"<p>Note: {html(note, LONG)}</p>" for note in plan.notes)


def _gates(plan: Plan, approved: Collection[GateName]) -> Iterator[str]:
    gates = [gate for album in plan.albums for gate in album.gates]
    if not gates:
        return
    yield '<section class="gates" aria-labelledby="gates">'
    yield '<h2 id="gates">Held back by gates</h2>'
    yield "<ul>"
    for gate in gates:
        count = f" {number(gate.count)}" if gate.name.approvable else ""
        verb = "is passed for" if gate.name in approved else "holds back"
        held = f"<strong>{gate.name.value}</strong> {verb}{count} in {html(gate.album)}"
        remedy = f" ({html(REMEDIES[gate.name], LONG)})" if gate.name in REMEDIES else ""
        yield f"<li>{held}: {html(gate.detail, LONG)}{remedy}</li>"
    yield "</ul>"
    yield from (f"<p>{html(line, LONG)}</p>" for line in approval_lines(plan, approved))
    yield "</section>"


def _price(plan: Plan) -> Iterator[str]:
    if plan.empty:
        return
    yield "<h2>Price and budget</h2>"
    yield f"<p>Now: {html(price_text(plan.price))}</p>"
    if plan.total != plan.price:
        yield f"<p>All that is wanted: {html(price_text(plan.total))}</p>"
    if plan.budget is None:
        yield "<p>What is left of the budget is not known.</p>"
        return
    heads = ("limit", "available", "this run", "left after")
    drawing = budget_chart(plan.budget, plan.price)
    if drawing:
        words = "What this run takes (outlined) of what is left; the table says the same."
        yield f'<figure><div class="wide">{drawing}</div><figcaption class="faint">{words}</figcaption></figure>'
    yield from table("What is left now, and after this run", heads, _limits(plan, plan.budget))
    yield from (f"<p>{html(line, LONG)}</p>" for line in (*remarks(plan.budget), *left_alone(plan)))


def _limits(plan: Plan, budget: Budget) -> Iterator[tuple[str, ...]]:
    for limit in budget.limits:
        if limit.remaining is not None:
            used = taken(limit.name, plan.price)
            left = max(0, limit.remaining - used)
            yield LIMIT_TEXTS[limit.name], number(limit.remaining), number(used), number(left)


def _forecast(plan: Plan, read: Moment) -> Iterator[str]:
    coming = plan.forecast
    if coming is None or not coming.later.credits:
        return
    yield "<h2>When it goes</h2>"
    drawing = chart(coming, plan.made_at, read)
    if drawing:
        words = "Pictures up over time; the table says the same."
        yield f'<figure><div class="wide">{drawing}</div><figcaption class="faint">{words}</figcaption></figure>'
    lines = [line for line in timetable(coming, read) if not line.startswith(("  ", "Timetable"))]
    yield from (f"<p>{html(line, LONG)}</p>" for line in lines)
    yield from table("Window by window, as far as the limits decide", heads(coming), rows(coming, read), figures=2)


def _albums(plan: Plan, read: Moment) -> Iterator[str]:
    if not plan.albums:
        return
    yield "<h2>Albums</h2>"
    ends = dict(album_rows(plan.forecast, read)) if plan.forecast is not None else {}
    heads = ("album", "in the folder", "steps now", "later", "held back", "finished")
    cells = (_album(album, plan.forecast, ends) for album in plan.albums)
    yield from table("Every album with something to tell", heads, cells, last_is_text=True)


def _album(album: AlbumPlan, coming: Forecast | None, ends: dict[str, str]) -> tuple[str, ...]:
    title = f"{album.album} ({album.title})" if album.title else album.album
    counts = (album.files, len(album.steps), len(album.deferred), len(album.withheld))
    unknown = "as wanted" if album.quiet else "not known" if coming is None else ""
    return (title, *(number(count) for count in counts), ends.get(album.album, unknown))


def _steps(
    plan: Plan, read: Moment, approved: Collection[GateName], pictures: Mapping[tuple[str, str], str]
) -> Iterator[str]:
    if not plan.albums:
        return
    yield "<h2>Steps</h2>"
    for album in plan.albums:
        yield f"<details><summary>{html(album.album)}: {plural(len(album.wanted), 'step')}</summary>"
        yield from (f"<p>{html(line.strip(), LONG)}</p>" for line in album_lines(album, read, approved)[1:])
        yield from _tiles(album, pictures)
        if album.wanted:
            yield "<ol>"
            yield from (f"<li>{html(step_text(step), LONG)}</li>" for step in album.wanted[:MOST_STEPS])
            yield "</ol>"
        if len(album.wanted) > MOST_STEPS:
            yield f"<p>and {number(len(album.wanted) - MOST_STEPS)} more (--json lists all)</p>"
        yield "</details>"


def _tiles(album: AlbumPlan, pictures: Mapping[tuple[str, str], str]) -> Iterator[str]:
    """The small files that are sent, to look at."""
    sent = dict.fromkeys(step.path for step in album.wanted if isinstance(step, Upload))
    shown = [(path, pictures[album.album, path]) for path in sent if (album.album, path) in pictures]
    if shown:
        yield '<ul class="tiles">'
        for path, data in shown:
            name = html(path)
            yield f'<li><img src="{data}" width="88" height="88" alt="{name}" title="{name}" loading="lazy"></li>'
        yield "</ul>"
        if len(shown) < len(sent):
            yield f'<p class="faint">{number(len(shown))} of {plural(len(sent), "picture")} that are sent.</p>'


def table(
    caption: str,
    heads: Sequence[str],
    body: Iterable[Sequence[str]],
    *,
    figures: int = _FIGURES,
    last_is_text: bool = False,
) -> Iterator[str]:
    """A table whose columns from `figures` on are figures, to the right."""
    last = len(heads) - 1 if last_is_text else len(heads)

    def kind(column: int) -> str:
        return ' class="n"' if figures <= column < last else ""

    yield f'<div class="wide"><table><caption>{html(caption)}</caption><thead><tr>'
    yield "".join(f'<th scope="col"{kind(place)}>{html(head)}</th>' for place, head in enumerate(heads))
    yield "</tr></thead><tbody>"
    for row in body:
        first, *rest = row
        cells = "".join(f"<td{kind(place)}>{html(cell)}</td>" for place, cell in enumerate(rest, 1))
        yield f'<tr><th scope="row">{html(first)}</th>{cells}</tr>'
    yield "</tbody></table></div>"

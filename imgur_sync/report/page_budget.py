"""The budget on the status page: each limit as a bar with its figures, and the forecast as a drawing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from imgur_sync.model.activity import WaitKind
from imgur_sync.model.budget import LimitName
from imgur_sync.report.chart import chart
from imgur_sync.report.credits import warnings_of
from imgur_sync.report.escape import html
from imgur_sync.report.figures import number
from imgur_sync.report.html import table
from imgur_sync.report.prices import LIMIT_TEXTS, remarks
from imgur_sync.report.timetable import heads, rows, timetable
from imgur_sync.report.watched import left_at

if TYPE_CHECKING:
    from imgur_sync.model.budget import Budget
    from imgur_sync.report.text import Moment
    from imgur_sync.report.watched import Watched

LONG = 400


def budget_sections(watched: Watched, read: Moment) -> Iterator[str]:
    """What is left of the limits, and when the rest goes."""
    yield '<h2 id="budget">Budget</h2>'
    if watched.budget is None:
        yield "<p>What is left of the budget is not known yet.</p>"
    else:
        yield from _limits(watched.budget, watched.budget_at, read)
    yield from _forecast(watched, read)


def _limits(budget: Budget, at: float, read: Moment) -> Iterator[str]:
    found = left_at(budget, read.now)
    if not found:
        yield "<p>No limit is known.</p>"
    else:
        yield '<div class="wide"><table><caption>What is left of each limit</caption><thead><tr>'
        columns = (("limit", ""), ("left", "n"), ("of", "n"), ("as a bar", "meter"), ("more at", ""))
        yield "".join(f'<th scope="col" class="{kind}">{head}</th>' for head, kind in columns)
        yield "</tr></thead><tbody>"
        resumes = {limit.name.value: limit.resumes_at for limit in budget.limits}
        for name, left, whole in found:
            when = resumes[name]
            more = read.text(when) if when is not None and when > read.now and left < whole else ""
            yield f'<tr><th scope="row">{html(LIMIT_TEXTS[LimitName(name)])}</th><td class="n">{number(left)}</td>'
            yield f'<td class="n">{number(whole)}</td><td class="meter">{_bar(left, whole)}</td>'
            yield f"<td>{html(more)}</td></tr>"
        yield "</tbody></table></div>"
    for line in (*remarks(budget), *warnings_of(budget, read.now, read.zone)):
        yield f"<p>{html(line, LONG)}</p>"
    yield f'<p class="faint">Read {html(read.text(at))}.</p>'


def _bar(left: int, whole: int) -> str:
    """A bar as long as what is left; the figures beside it say the same."""
    width = 100 * max(0, min(left, whole)) / whole if whole > 0 else 0
    return (
        '<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="track" width="100" height="8"/><rect class="fill" width="{width:.1f}" height="8"/></svg>'
    )


def _forecast(watched: Watched, read: Moment) -> Iterator[str]:
    coming = watched.forecast
    waits = any(wait.kind is WaitKind.BUDGET for wait in watched.activity.waits)
    if coming is None or not coming.later.credits or not waits:
        return
    yield '<h2 id="forecast">When the rest goes</h2>'
    drawing = chart(coming, watched.forecast_at, read)
    if drawing:
        words = "Pictures up over time; the table says the same."
        yield f'<figure><div class="wide">{drawing}</div><figcaption class="faint">{words}</figcaption></figure>'
    lines = [line for line in timetable(coming, read) if not line.startswith(("  ", "Timetable"))]
    if coming.finished_at is not None:
        lines.insert(0, f"The last picture is up {read.text(coming.finished_at)}, as far as the limits decide.")
    yield from (f"<p>{html(line, LONG)}</p>" for line in lines)
    if coming.windows:
        caption = "Window by window, as far as the limits decide"
        (_, *first), *others = rows(coming, read)
        cells = [(read.text(coming.windows[0].start), *first), *others]  # "now" was when it was foreseen
        yield from table(caption, heads(coming), cells, figures=2)
    yield f'<p class="faint">Foreseen {html(read.text(watched.forecast_at))}.</p>'

"""A drawing of the budget: each limit as a bar of what is left and what this run takes of it, as SVG inside a page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from imgur_sync.report.escape import html
from imgur_sync.report.figures import number
from imgur_sync.report.prices import LIMIT_TEXTS, taken

if TYPE_CHECKING:
    from imgur_sync.model.budget import Budget
    from imgur_sync.model.plan import Price

WIDTH, ROW, BAR = 720, 30, 14
LEFT, RIGHT = 180, 170


def budget_chart(budget: Budget, price: Price) -> str:
    """The drawing, with a title and a description; "" where no limit is known. What the run takes is outlined, and the
    figures stand beside each bar: colours say nothing more."""
    known = [limit for limit in budget.limits if limit.remaining is not None]
    rows = []
    for limit in known:
        left = limit.remaining or 0
        used = min(left, taken(limit.name, price))
        rows.append((LIMIT_TEXTS[limit.name], left, used, max(limit.capacity or 0, left, 1)))
    if not rows:
        return ""
    words = "; ".join(f"{name}: {number(used)} of the {number(left)} that are left" for name, left, used, _ in rows)
    height = ROW * len(rows) + 8
    return "\n".join(
        (
            f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="budget-title budget-words">',
            f'<title id="budget-title">What this run takes</title><desc id="budget-words">{html(words, 1000)}</desc>',
            *(line for place, row in enumerate(rows) for line in _bar(ROW * place + 8, *row)),
            "</svg>",
        )
    )


def _bar(top: int, name: str, left: int, used: int, whole: int) -> Iterator[str]:
    width = WIDTH - LEFT - RIGHT
    after, run = width * (left - used) / whole, width * used / whole
    middle = f'y="{top + BAR / 2:.0f}" dy="0.35em"'
    yield f'<text x="{LEFT - 8}" {middle} text-anchor="end">{html(name)}</text>'
    yield f'<rect class="track" x="{LEFT}" y="{top}" width="{width}" height="{BAR}"/>'
    yield f'<rect class="part" x="{LEFT}" y="{top}" width="{after:.1f}" height="{BAR}"/>'
    yield f'<rect class="run" x="{LEFT + after:.1f}" y="{top + 1}" width="{run:.1f}" height="{BAR - 2}"/>'
    yield f'<text x="{WIDTH - RIGHT + 8}" {middle}>{number(used)} of {number(left)}</text>'

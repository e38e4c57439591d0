"""What a plan costs, what is there, what is left: text from `Price` and `Budget`."""

from __future__ import annotations

from typing import assert_never

from imgur_sync.model.budget import Budget, Cost, LimitName
from imgur_sync.model.plan import GateName, Plan, Price
from imgur_sync.planner.learning import BLOCKED
from imgur_sync.report.figures import duration, number, plural, size

LIMIT_TEXTS = {
    LimitName.DAY: "credits of the day",
    LimitName.HOUR: "credits of the hour",
    LimitName.POSTS: "POSTs of the hour",
    LimitName.UPLOADS: "uploads of the hour",
    LimitName.RUN: "credits of this run",
}
"""What each limit counts, for people."""


def used_up(detail: str, limit: str) -> str:
    """Which limit holds a request back: the one of that name, with the figures of `detail`; without one ("") it
    is Imgur that said `detail`. The block of a month is told by itself."""
    if not limit:
        return f"Imgur allows no more for now: {detail}"
    if detail.startswith(BLOCKED):
        return detail
    known = {name.value: text for name, text in LIMIT_TEXTS.items() if name is not LimitName.RUN}
    return f"the {known[limit]} are used up: {detail}" if limit in known else detail


def never_fits(detail: str, limit: str) -> str:
    """That a limit has no room for a request whenever it is sent, with the figures of `detail`."""
    known = {name.value: text for name, text in LIMIT_TEXTS.items()}
    return f"the {known.get(limit, limit)} have no room for one more request, even when none are used: {detail}"


def price_text(price: Price) -> str:
    """ "43 credits (41 writes, 2 reads), 4 uploads (1.2 MB), 6 POSTs"; writes and reads are credits."""
    parts = [
        f"{plural(price.credits, 'credit')} ({plural(price.writes.credits, 'write')}, {plural(price.reads, 'read')})"
    ]
    if price.uploads:
        parts.append(f"{plural(price.uploads, 'upload')} ({size(price.upload_bytes)})")
    if price.writes.posts:
        parts.append(plural(price.writes.posts, "POST"))
    return ", ".join(parts)


def short_price_text(price: Price) -> str:
    """ "43 credits, with 4 uploads (1.2 MB)": what fits into a question on one line."""
    uploads = f", with {plural(price.uploads, 'upload')} ({size(price.upload_bytes)})" if price.uploads else ""
    return plural(price.credits, "credit") + uploads


def taken(limit: LimitName, price: Price) -> int:
    """How much of that limit a price takes, in the limit's own unit."""
    cost = price.writes + Cost(credits=price.reads)
    match limit:
        case LimitName.DAY | LimitName.HOUR | LimitName.RUN:
            return cost.credits
        case LimitName.POSTS:
            return cost.posts
        case LimitName.UPLOADS:
            return cost.uploads
        case _:
            assert_never(limit)


def budget_lines(budget: Budget, price: Price) -> list[str]:
    """A table: limit by limit what is there, what this run takes, what is left after it; then remarks."""
    rows = [("", "available", "this run", "left after")]
    for limit in budget.limits:
        if limit.remaining is None:
            continue
        used = taken(limit.name, price)
        left = max(0, limit.remaining - used)
        rows.append((LIMIT_TEXTS[limit.name], number(limit.remaining), number(used), number(left)))
    if len(rows) == 1:
        return ["No limit is known."]
    return [*_table(rows), *remarks(budget)]


def left_alone(plan: Plan) -> list[str]:
    """What the strikes of the month keep from being spent, where no gate of the plan tells it."""
    credits = plan.budget.caution if plan.budget is not None else 0
    if not credits or any(gate.name is GateName.STRIKE for album in plan.albums for gate in album.gates):
        return []
    are = "is" if credits == 1 else "are"
    why = "because of the strikes of this month (imgur-sync help gates)"
    return [f"Of the day, {plural(credits, 'credit')} {are} left alone {why}."]


def remarks(budget: Budget, remedy: str = "") -> list[str]:
    """What is kept for others, and where the figures come from if not from Imgur of late; `remedy` ends the latter."""
    lines = []
    if budget.reserved:
        are = "is" if budget.reserved == 1 else "are"
        lines.append(f"Of the day, {plural(budget.reserved, 'credit')} {are} kept for other users of this Client-ID.")
    if budget.reading_age is None:
        lines.append("Imgur has not said yet what is left; these are its documented limits less our own use.")
    elif budget.reading_age > 3600:
        lines.append(f"Imgur last said what is left {duration(budget.reading_age)} ago{remedy}.")
    return lines


def _table(rows: list[tuple[str, str, str, str]]) -> list[str]:
    """Columns side by side: names and times to the left, figures to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    figures = all(row[3].replace(",", "").isdigit() for row in rows[1:])
    return [
        "  "
        + "  ".join(
            (
                row[0].ljust(widths[0]),
                row[1].rjust(widths[1]),
                row[2].rjust(widths[2]),
                row[3].rjust(widths[3]) if figures else row[3],
            )
        ).rstrip()
        for row in rows
    ]

"""The budget by itself, for `imgur-sync credits`: limits, what was learned, strikes, and what comes back when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo

from imgur_sync.model.budget import Budget, Limit, LimitName, Return
from imgur_sync.planner.learning import STRIKES
from imgur_sync.report.figures import moment, number, plural
from imgur_sync.report.prices import LIMIT_TEXTS, remarks

MOST_RETURNS = 6
"""At most so many lines tell what comes back; `--json` has every moment."""


def credit_lines(budget: Budget, now: float, zone: tzinfo | None = None) -> list[str]:
    """Limit by limit what is left of what and when more comes back; then what there is to know about them."""
    rows = [("", "left", "of", "more at")]
    for limit in budget.limits:
        back = moment(limit.resumes_at, now, zone) if limit.resumes_at is not None else ""
        rows.append((LIMIT_TEXTS[limit.name], _or_none(limit.remaining), _or_none(limit.capacity), back))
    return [*_table(rows), *_remarks(budget), *warnings_of(budget, now, zone), *_coming(budget, now, zone)]


def _remarks(budget: Budget) -> Iterator[str]:
    yield f"Charged here in the last 24 hours: {plural(budget.used_today, 'credit')}."
    yield from remarks(budget, remedy="; --refresh asks again")
    yield _uploads(budget)


def _uploads(budget: Budget) -> str:
    """Our own cap on uploads an hour, and what Imgur's refusals taught."""
    cap = "no cap of ours" if budget.own_cap is None else f"a cap of our own of {number(budget.own_cap)}"
    if budget.learned is None:
        return f"Uploads an hour: {cap}; Imgur refused none of them for being too many."
    if budget.own_cap is not None and budget.learned >= budget.own_cap:
        return f"Uploads an hour: {cap}; what Imgur's refusals had lowered is back."
    return (
        f"Uploads an hour: {cap}; {number(budget.learned)} since Imgur refused more, and slowly more again "
        "while it takes them."
    )


def warnings_of(budget: Budget, now: float, zone: tzinfo | None) -> Iterator[str]:
    """Strikes, the month's block, and what is left alone because of them."""
    if budget.blocked_until is not None:
        yield (
            f"! Imgur blocks this application until {moment(budget.blocked_until, now, zone)}: it does so after five "
            "days of a month at the daily limit. Nothing is sent before; --refresh asks whether it still holds."
        )
    if budget.strikes:
        days = f"{plural(budget.strikes, 'day')} of this month"
        forgotten = f"; forgotten {moment(budget.strikes_end, now, zone)}" if budget.strikes_end is not None else ""
        yield f"Strikes: the daily limit was hit on {days}; {STRIKES} block the application{forgotten}."
    if budget.caution:
        are = "is" if budget.caution == 1 else "are"
        yield (
            f"Therefore {plural(budget.caution, 'credit')} of the day {are} left alone; "
            "when a plan needs more than the rest: apply --approve strike=1"
        )


def _coming(budget: Budget, now: float, zone: tzinfo | None) -> Iterator[str]:
    """What comes back when, of each limit of which anything is used."""
    used = [limit for limit in budget.limits if limit.returns and limit.name is not LimitName.RUN]
    if not used:
        return
    yield "If nothing more is spent, this much is back by then:"
    names = max(len(LIMIT_TEXTS[limit.name]) for limit in used)
    widest = max(len(number(sum(step.amount for step in limit.returns))) for limit in used) + 1
    share = _shares(used)
    for limit in used:
        label = LIMIT_TEXTS[limit.name]
        for step in gathered(limit.returns, share[limit.name]):
            yield f"  {label.ljust(names)}  {('+' + number(step.amount)).rjust(widest)}  {moment(step.at, now, zone)}"
            label = ""


def _shares(limits: Sequence[Limit]) -> dict[LimitName, int]:
    """How many lines each limit gets: at least one, and together as few as there may be."""
    shares = dict.fromkeys((limit.name for limit in limits), 1)
    spare = MOST_RETURNS - len(limits)
    while spare > 0 and (longer := [limit for limit in limits if shares[limit.name] < len(limit.returns)]):
        fewest = min(longer, key=lambda limit: shares[limit.name])
        shares[fewest.name] += 1
        spare -= 1
    return shares


def gathered(returns: Sequence[Return], most: int) -> list[Return]:
    """What comes back, in at most so many steps: neighbours are told as one, at the moment when all of it is there."""
    if len(returns) <= most:
        return list(returns)
    first, last = returns[0].at, returns[-1].at
    width = (last - first) / most or 1.0
    steps: dict[int, Return] = {}
    for step in returns:
        place = min(most - 1, int((step.at - first) / width))
        before = steps.get(place)
        steps[place] = Return(step.at, step.amount + (before.amount if before is not None else 0))
    return [steps[place] for place in sorted(steps)]


def _or_none(value: int | None) -> str:
    return "no limit" if value is None else number(value)


def _table(rows: Sequence[tuple[str, str, str, str]]) -> Iterator[str]:
    """Columns side by side: names and times to the left, figures to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for name, left, of, back in rows:
        yield f"  {name.ljust(widths[0])}  {left.rjust(widths[1])}  {of.rjust(widths[2])}  {back}".rstrip()

"""When Imgur is looked at, as a decision: never above a day's credits, no album forgotten, spread over the day."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imgur_sync.watch.schedule import DAY, NEVER, SHARE, SLACK, WINDOW, Glance, Past, Terms, next_look

HOUR = 3600.0
START = 1_000_000.0


class Made(NamedTuple):
    """A look that was made: when, at which album (None: at everything), for how much."""

    at: float
    album: str | None
    cost: int


def live(
    terms: Terms, until: float, prices: dict[str | None, int], stays: float = 0.0, overrun: int = 0, most: int = 2000
) -> list[Made]:
    """Look whenever that may be done; each look takes `stays` seconds, and now and then costs more than its price."""
    past, now, made = Past(), START, list[Made]()
    while len(made) < most:
        coming = next_look(terms, past, now)
        if coming is None or coming.at > START + until:
            break
        assert coming.at >= now
        now = coming.at + stays
        cost = prices.get(coming.album, 1)
        cost = min(coming.most, cost + (overrun if len(made) % 5 == 4 else 0))
        made.append(Made(coming.at, coming.album, cost))
        past = replace(past, spent=[*past.spent, (now, cost)])
        if coming.album is None:
            past = replace(past, everything=Glance(now, max(1, cost)))
        else:
            past = replace(past, albums={**past.albums, coming.album: Glance(now, max(1, cost))})
    return made


def most_in_a_day(made: list[Made]) -> int:
    """The most credits of any 24 hours on end."""
    ends = [look.at for look in made]
    return max(
        (sum(look.cost for look in made[bisect_right(ends, end - DAY) : i + 1]) for i, end in enumerate(ends)),
        default=0,
    )


def keys(count: int) -> tuple[str, ...]:
    """So many albums."""
    return tuple(f"album-{number:04}" for number in range(count))


@settings(max_examples=60, deadline=None)
@given(
    count=st.integers(1, 60),
    a_day=st.integers(1, 400),
    max_age=st.sampled_from([0.0, HOUR, 6 * HOUR, DAY, 7 * DAY]),
    pace=st.sampled_from([60.0, HOUR, 6 * HOUR]),
    headers=st.booleans(),
    price=st.integers(1, 30),
    stays=st.sampled_from([0.0, 1.0, 60.0]),
    overrun=st.integers(0, 5),
)
def test_no_24_hours_take_more_than_a_day_may(
    count: int, a_day: int, max_age: float, pace: float, headers: bool, price: int, stays: float, overrun: int
) -> None:
    """Whatever looks cost, and however often a read has to be made again."""
    terms = Terms(keys(count), a_day, max_age, pace, headers)
    made = live(terms, 6 * DAY, {None: price}, stays, overrun, most=600)
    assert most_in_a_day(made) <= a_day


@settings(max_examples=40, deadline=None)
@given(count=st.integers(1, 60), a_day=st.integers(1, 300), price=st.integers(1, 8), long=st.integers(1, 3))
def test_every_album_has_its_turn(count: int, a_day: int, price: int, long: int) -> None:
    """The oldest look is first: between two looks at an album, no other one is looked at twice more than it."""
    prices: dict[str | None, int] = {None: price, **dict.fromkeys(keys(count)[::3], min(long, a_day))}
    made = live(Terms(keys(count), a_day, DAY, HOUR), 100 * DAY, prices, most=4 * count + 60)
    turns = [look.album for look in made if look.album is not None]
    for start in range(len(turns) - count + 1):
        assert len(set(turns[start : start + count])) == count


@pytest.mark.parametrize(("count", "a_day", "days"), [(40, 24, 2.0), (100, 50, 2.6), (10, 250, 1.1), (400, 100, 4.9)])
def test_a_round_takes_as_long_as_its_credits_need(count: int, a_day: int, days: float) -> None:
    """All but one part in eight goes into listings where there are not enough for all."""
    made = live(Terms(keys(count), a_day, DAY, HOUR), days * DAY, {None: 1 + count // 100})
    assert len({look.album for look in made if look.album is not None}) == count


def test_looks_are_spread_over_the_day() -> None:
    """With 24 credits a day, one an hour."""
    made = live(Terms(keys(40), 24, DAY, HOUR), 10 * DAY, {})
    gaps = [after.at - before.at for before, after in pairwise(made)]
    assert min(gaps) >= HOUR - 1e-3
    assert max(gaps) <= HOUR + WINDOW - DAY + 1e-3


def test_headers_are_read_where_that_is_the_cheaper_way() -> None:
    """Every hour while there is plenty; three times a day while there is little; never for what costs more than all
    albums together, but for once a day."""
    plenty = live(Terms(keys(5), 250, DAY, HOUR), 2 * DAY, {})
    assert sum(look.album is None for look in plenty) in (48, 49)
    assert sum(look.album is not None for look in plenty) <= 15
    little = live(Terms(keys(40), 24, DAY, HOUR), 8 * DAY, {})
    assert 8 * 24 / SHARE - 2 <= sum(look.album is None for look in little) <= 8 * 24 / SHARE + 1
    dear = live(Terms(keys(3), 250, DAY, HOUR), 4 * DAY, {None: 20})
    assert sum(look.album is None for look in dear) <= 5
    assert sum(look.album is not None for look in dear) >= 4 * 24 * 3 * 0.7


def test_an_only_album_is_listed_every_hour() -> None:
    """That costs as much as the headers, and shows all."""
    made = live(Terms(keys(1), 250, DAY, HOUR), DAY, {})
    assert sum(look.album is not None for look in made) >= 23
    assert sum(look.album is None for look in made) <= 2


def test_without_credits_or_albums_nothing_is_looked_at() -> None:
    """`refresh_credits_per_day = 0` is a wish."""
    assert next_look(Terms(keys(3), 0, DAY, HOUR), Past(), START) is None
    assert next_look(Terms((), 250, DAY, HOUR), Past(), START) is None


def test_what_one_look_may_cost_leaves_room_for_a_second_try() -> None:
    """But not above the day."""
    coming = next_look(Terms(keys(1), 250, DAY, HOUR, headers=False), Past(everything=Glance(START)), START)
    assert coming is not None
    assert (coming.album, coming.most) == ("album-0000", 1 + SLACK)
    spent = [(START - DAY / 2, 2)]
    scarce = next_look(Terms(keys(1), 3, DAY, HOUR), Past(everything=Glance(START), spent=spent), START + DAY / 2)
    assert scarce is not None
    assert scarce.most == 1
    assert Glance().at == NEVER

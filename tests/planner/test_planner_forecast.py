"""The forecast: what goes now and when the rest will have gone; and that reality keeps to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from imgur_sync.model.budget import Budget, Cost, Limit, LimitName, Return
from imgur_sync.model.forecast import Forecast
from imgur_sync.model.plan import AlbumPlan, Deferred
from imgur_sync.model.step import CreateAlbum, DeleteImage, EditAlbum, EditImage, Place, Step, Upload
from imgur_sync.planner.cut import cut
from imgur_sync.planner.forecast import MOST, Terms, forecast, horizon, waking
from imgur_sync.planner.price import cost, price_albums, reads_around
from tests.support.album_views import NOW
from tests.support.sliding_ledger import SlidingLedger, Window

HOUR, DAY = 3600.0, 86_400.0
LENGTHS = {LimitName.DAY: DAY, LimitName.HOUR: HOUR, LimitName.POSTS: HOUR, LimitName.UPLOADS: HOUR}
TERMS = Terms(NOW, 180.0, 1)


def album(
    key: str, *, uploads: int, new: bool = False, texts: int = 0, deletes: int = 0, edit: bool = True
) -> AlbumPlan:
    """The plan of an album that wants these steps."""
    steps: list[Step] = [CreateAlbum(key, "T")] if new else []
    steps += [Upload(key, f"{n:05}", "0" * 64, 1000, "image/png", 1, 1, False) for n in range(uploads)]
    if edit:
        clears = "" if new else None  # the marker of the creation
        steps.append(EditAlbum(key, places=(Place("a", ""),), reordered=True, description=clears))
    steps += [EditImage(key, f"t{n}", "", "T", None) for n in range(texts)]
    steps += [DeleteImage(key, f"d{n}", "") for n in range(deletes)]
    return AlbumPlan(key, "", 0, 0, uploads, 0, wanted=tuple(steps), steps=tuple(steps), reads=reads_around(steps))


def foreseen(albums: Sequence[AlbumPlan], budget: Budget, terms: Terms = TERMS) -> Forecast:
    """The forecast of a plan of these albums, cut to the budget."""
    return forecast(cut(albums, budget, terms.now + terms.patience), budget, terms)


def ledger(run: int | None = None, **caps: int) -> SlidingLedger:
    """One with these limits, nothing of them used."""
    return SlidingLedger([Window(LimitName(name), n, LENGTHS[LimitName(name)]) for name, n in caps.items()], run)


def left_of(part: AlbumPlan) -> AlbumPlan:
    """What the next plan of an album wants, when what was granted is done."""
    steps = [entry.step for entry in part.deferred]
    return replace(part, steps=tuple(steps), deferred=(), wanted=tuple(steps), reads=reads_around(steps))


def carried_out(albums: Sequence[AlbumPlan], account: SlidingLedger, terms: Terms = TERMS) -> tuple[float, int]:
    """Plan, spend what is granted, wait until the plan says, look again, go on; when the last step was done, and in
    how many runs."""
    now, runs, last = terms.now, 0, terms.now
    while albums:
        runs += 1
        assert runs < 3000, "work goes on for ever"
        at = replace(terms, now=now)
        parts = cut(albums, account.budget(now), horizon(albums, account.budget(now), at, again=False))
        coming = forecast(parts, account.budget(now), at)
        for part in parts:
            for step in part.steps:
                last = account.spend(cost(step), max(now, last))
            if part.steps:
                last = account.spend(Cost(part.reads), max(now, last))
        now = max(now, last)
        albums = [left_of(part) for part in parts if part.deferred]
        if albums:
            wake = forecast(albums_deferred(albums), account.budget(now), replace(terms, now=now)).resume_at
            if account.run is not None:
                wake = wake or now
            assert wake is not None, coming
            now = max(now, wake)
            last = max(last, now)
            account.spend(Cost(terms.look), now)
    return last, runs


def albums_deferred(albums: Sequence[AlbumPlan]) -> list[AlbumPlan]:
    """The albums with all of their steps deferred, as in a plan when nothing is left."""
    return [replace(a, steps=(), deferred=tuple(Deferred(step, LimitName.UPLOADS) for step in a.steps)) for a in albums]


ALBUMS = st.lists(
    st.builds(
        lambda uploads, new, texts, deletes: (uploads, new, texts, deletes),
        st.integers(0, 40),
        st.booleans(),
        st.integers(0, 4),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=5,
).map(
    lambda shapes: [
        album(f"a{n}", uploads=u, new=new and u > 0, texts=t, deletes=d) for n, (u, new, t, d) in enumerate(shapes)
    ]
)
CAPS = st.fixed_dictionaries(
    {},
    optional={
        "day": st.integers(400, 900),
        "hour": st.integers(150, 300),
        "posts": st.integers(3, 60),
        "uploads": st.integers(1, 50),
    },
)
USED = st.lists(st.tuples(st.sampled_from(sorted(LENGTHS)), st.integers(0, 3599), st.integers(1, 40)), max_size=6)


def used_ledger(caps: dict[str, int], used: list[tuple[LimitName, int, int]]) -> SlidingLedger:
    """A ledger of which some was spent lately, never more than there was."""
    account = ledger(**caps)
    for window in account.windows:
        for name, ago, amount in used:
            if name is window.name:
                window.spent.append((NOW - ago, min(amount, window.left(NOW))))
    return account


@given(ALBUMS, CAPS, USED, st.sampled_from([0.0, 60.0, 180.0, 7200.0]))
def test_no_limit_is_overdrawn_at_any_moment(
    albums: list[AlbumPlan], caps: dict[str, int], used: list[tuple[LimitName, int, int]], patience: float
) -> None:
    """What is granted fits what is left now and what comes back within the patience, limit by limit; nothing is lost
    on the way; and what is granted of an album comes in its order."""
    budget = used_ledger(caps, used).budget(NOW)
    parts = cut(albums, budget, NOW + patience)
    price = price_albums(parts)
    whole = price.writes + Cost(price.reads)
    for limit in budget.limits:
        assert limit.remaining is not None
        back = sum(entry.amount for entry in limit.returns if entry.at <= NOW + patience)
        assert Window(limit.name, 0, 0).amount(whole) <= limit.remaining + back
    for part in parts:
        deferred = Counter(entry.step for entry in part.deferred)
        granted = Counter(replace(step, privacy=None) if isinstance(step, EditAlbum) else step for step in part.steps)
        assert granted + deferred == Counter(part.wanted)
        sent = [step.path for step in part.steps if isinstance(step, Upload)]
        assert sent == sorted(sent)
        later = [entry.step.path for entry in part.deferred if isinstance(entry.step, Upload)]
        assert not sent or not later or sent[-1] < later[0]
        assert not any(isinstance(step, CreateAlbum) for step in part.steps) or sent


@given(ALBUMS, CAPS, st.dictionaries(st.sampled_from(["day", "hour", "posts", "uploads"]), st.integers(0, 50)))
def test_more_budget_grants_no_less(albums: list[AlbumPlan], caps: dict[str, int], more: dict[str, int]) -> None:
    """As many credits in all, or more."""
    parts = cut(albums, ledger(**caps).budget(NOW))
    wider = cut(albums, ledger(**{name: n + more.get(name, 0) for name, n in caps.items()}).budget(NOW))
    fewer, most = price_albums(parts), price_albums(wider)
    assert most.uploads >= fewer.uploads or most.credits >= fewer.credits


@given(ALBUMS, CAPS, USED)
def test_the_windows_hold_all_that_is_needed(
    albums: list[AlbumPlan], caps: dict[str, int], used: list[tuple[LimitName, int, int]]
) -> None:
    """Their uploads are those of the plan, their times go up, and each album has its date or a reason."""
    coming = foreseen(albums, used_ledger(caps, used).budget(NOW))
    lost = sum(one.uploads for one in coming.albums if one.never is not None)
    assert sum(window.uploads for window in coming.windows) >= coming.needed.uploads - lost
    assert sum(window.uploads for window in coming.windows) <= coming.needed.uploads
    assert coming.now.uploads + coming.later.uploads == coming.needed.uploads == sum(a.uploads for a in coming.albums)
    times = [time for window in coming.windows for time in (window.start, window.end, window.last)]
    assert all(window.start <= window.end <= window.last for window in coming.windows)
    assert times[2::3] == sorted(times[2::3])
    assert all((one.finished_at is None) == (one.never is not None) for one in coming.albums)
    if not coming.never:
        ends = [one.finished_at for one in coming.albums if one.finished_at is not None]
        assert coming.finished_at == max(ends, default=NOW)


@settings(max_examples=150)
@given(ALBUMS, CAPS, USED, st.sampled_from([0.0, 180.0, 1800.0]))
def test_reality_keeps_to_the_forecast(
    albums: list[AlbumPlan], caps: dict[str, int], used: list[tuple[LimitName, int, int]], patience: float
) -> None:
    """Planning, spending and waiting as each plan says ends within one window of the date that the first one gave.

    The limits leave room for a dozen pictures or more: the reads around them are an estimate, which adds up where a
    window holds two or three."""
    terms, account = Terms(NOW, patience, 1), used_ledger(caps, used)
    coming = foreseen(albums, account.budget(NOW), terms)
    if coming.never:
        return
    last, _ = carried_out(albums, account, terms)
    window = max((LENGTHS[LimitName(name)] for name in caps), default=0.0)
    assert coming.finished_at is not None
    assert abs(last - coming.finished_at) <= window, (last - NOW, coming.finished_at - NOW)


ONE_CAP = st.sampled_from([("day", 400), ("hour", 150), ("posts", 3), ("uploads", 1)])


@given(ALBUMS, ONE_CAP, st.integers(0, 200), USED, st.integers(1, 200))
def test_more_budget_is_never_later_by_more_than_a_window(
    albums: list[AlbumPlan], cap: tuple[str, int], extra: int, used: list[tuple[LimitName, int, int]], more: int
) -> None:
    """A burst is waited for, so that a few pictures sent sooner may put off the rest, but by no more than a window."""
    name, least = cap
    narrow = foreseen(albums, used_ledger({name: least + extra}, used).budget(NOW))
    wide = foreseen(albums, used_ledger({name: least + extra + more}, used).budget(NOW))
    if narrow.finished_at is not None:
        assert wide.finished_at is not None
        assert wide.finished_at <= narrow.finished_at + LENGTHS[LimitName(name)]


@given(ALBUMS)
def test_without_limits_all_goes_now(albums: list[AlbumPlan]) -> None:
    """No window but the present one; nothing is deferred."""
    coming = foreseen(albums, Budget((Limit(LimitName.UPLOADS, None, None),)))
    assert (coming.finished_at, coming.resume_at, coming.limits, coming.later.credits) == (NOW, None, (), 0)
    assert len(coming.windows) <= 1


def test_an_import_goes_on_every_hour() -> None:
    """Three thousand pictures at 45 an hour: 67 windows in three runs of like ones; sixty-six hours."""
    coming = foreseen(
        [album("a", uploads=3000, new=True)], ledger(day=12_000, hour=500, posts=1250, uploads=45).budget(NOW)
    )
    assert [(window.count, window.uploads) for window in coming.windows] == [(1, 45), (65, 2925), (1, 30)]
    assert [window.every for window in coming.windows] == [0.0, HOUR, 0.0]
    assert coming.windows[-1].up == 3000
    assert (coming.resume_at, coming.finished_at) == (NOW + HOUR, NOW + 66 * HOUR)
    assert (coming.decides, coming.limits) == (LimitName.UPLOADS, (LimitName.UPLOADS,))


def test_a_run_wakes_once_a_window_and_not_once_a_picture() -> None:
    """Forty-five uploads were sent over two minutes: it goes on when the first comes back, and waits within the run;
    over forty minutes: three minutes before the last comes back."""
    for over, wake in ((120.0, HOUR - 120.0), (2400.0, HOUR - 179.0)):
        account = ledger(uploads=45)
        account.windows[0].spent = [(NOW - over + n * over / 44, 1) for n in range(45)]
        coming = foreseen([album("a", uploads=100)], account.budget(NOW))
        assert coming.now.uploads == 0
        assert coming.resume_at == NOW + wake


def test_what_comes_back_within_the_patience_goes_now() -> None:
    """Three uploads are left, two more come back in two minutes: five go, and two of them are waited for."""
    returns = (Return(NOW + 120, 2), Return(NOW + 3000, 40))
    budget = Budget((Limit(LimitName.UPLOADS, 45, 3, NOW + 120, HOUR, returns),))
    coming = foreseen([album("a", uploads=10)], budget)
    assert (coming.now.uploads, coming.soon) == (5, 2)
    assert (coming.windows[0].start, coming.windows[0].end) == (NOW, NOW + 120)
    assert foreseen([album("a", uploads=10)], budget, Terms(NOW)).now.uploads == 3


def test_a_plan_made_again_within_its_run_does_not_go_on_drop_by_drop() -> None:
    """It grants what is there, or a whole burst when that will fit; not what trickles in."""
    albums = [album("a", uploads=100)]
    account = ledger(uploads=45)
    account.windows[0].spent = [(NOW - HOUR + 60 * n, 1) for n in range(1, 46)]
    drops = account.budget(NOW)
    assert horizon(albums, drops, TERMS, again=False) == NOW + 180
    assert horizon(albums, drops, TERMS, again=True) == NOW
    account.windows[0].spent = [(NOW - HOUR + n, 1) for n in range(1, 46)]
    assert horizon(albums, account.budget(NOW + 1), replace(TERMS, now=NOW + 1), again=True) == NOW + 181


def test_an_album_that_never_fits_has_a_reason_and_the_others_go_on() -> None:
    """A day of thirteen credits makes no album (15 with the reads around it), but fills one that is there."""
    albums = [album("new", uploads=2, new=True), album("old", uploads=2, edit=False)]
    coming = foreseen(albums, ledger(day=13).budget(NOW))
    assert [(one.album, one.never) for one in coming.albums] == [("new", LimitName.DAY), ("old", None)]
    assert (coming.finished_at, coming.never) == (None, 1)
    assert foreseen(albums, ledger(uploads=0).budget(NOW)).never == 2


def test_a_blocked_month_starts_when_it_ends() -> None:
    """Nothing is granted before, not even work of one credit; all of it at the end of the block."""
    budget = replace(ledger(uploads=45).budget(NOW), blocked_until=NOW + 9 * DAY)
    coming = foreseen([album("a", uploads=10), album("b", uploads=0)], budget)
    assert (coming.now.credits, coming.resume_at, coming.finished_at) == (0, NOW + 9 * DAY, NOW + 9 * DAY)
    assert coming.limits == (LimitName.DAY,)


def test_a_cap_of_a_run_makes_each_window_a_run() -> None:
    """Fifty credits a run: four pictures each; no time to go on, as only the next run does."""
    coming = foreseen([album("a", uploads=12)], ledger(run=50, uploads=45).budget(NOW))
    assert (coming.per_run, coming.resume_at, coming.decides) == (50, None, LimitName.RUN)
    assert coming.windows[-1].up == 12
    assert coming.finished_at == NOW


def test_what_is_left_of_an_album_after_its_uploads_goes_with_the_next_window() -> None:
    """Forty uploads leave no room for two hundred texts: those go first an hour later, before the next uploads."""
    albums = [album("a", uploads=40, texts=200, edit=False), album("b", uploads=40, edit=False)]
    coming = foreseen(albums, ledger(hour=500).budget(NOW))
    assert coming.windows[-1].up == 80
    ends = {one.album: one.finished_at for one in coming.albums}
    assert ends["a"] == NOW + HOUR
    assert ends["b"] is not None
    assert ends["b"] >= ends["a"]


def test_what_takes_two_posts_is_split_where_an_hour_has_one() -> None:
    """An album is made that takes pictures of another one, without an upload: the removal edit waits for its POST."""
    edit = EditAlbum("a", places=(Place("a", ""),), reordered=False)
    steps: tuple[Step, ...] = (CreateAlbum("a", "T"), edit, EditImage("a", "a", "", "T", None))
    part = AlbumPlan("a", "", 0, 0, 0, 0, wanted=steps, steps=steps, reads=reads_around(steps))
    assert price_albums([part]).writes == Cost(3, 2)
    account = ledger(posts=1)
    coming = foreseen([part], account.budget(NOW))
    assert (coming.limits, coming.finished_at) == ((LimitName.POSTS,), NOW + HOUR)
    assert (coming.now.writes.posts, coming.later.writes.posts) == (1, 1)
    account.spend(Cost(1, 1), NOW)
    coming = foreseen([part], account.budget(NOW + 60))
    assert (coming.now.writes.posts, coming.resume_at, coming.finished_at) == (0, NOW + HOUR, NOW + 2 * HOUR)


def test_a_run_is_woken_for_the_album_that_can_begin() -> None:
    """One that never fits wakes nobody; alone it wakes nobody at all."""
    never, fits = album("new", uploads=2, new=True), album("old", uploads=2, edit=False)
    budget = ledger(day=13).budget(NOW)
    assert waking([never, fits], budget, TERMS) == NOW
    assert waking([never], budget, TERMS) is None


def test_windows_that_are_never_alike_are_told_in_a_list_that_ends() -> None:
    """Hundreds of albums of other sizes and rests: every two windows become one, and none of the pictures is lost."""
    albums = [album(f"a{n}", uploads=7 + 11 * n % 40, texts=(n * 53) % 260, edit=False) for n in range(400)]
    coming = foreseen(albums, ledger(hour=500).budget(NOW))
    assert MOST < len(coming.windows) <= 2 * MOST
    assert sum(window.uploads for window in coming.windows) == sum(one.uploads for one in coming.albums)
    assert coming.windows[-1].up == sum(7 + 11 * n % 40 for n in range(400))
    assert sum(window.count for window in coming.windows) > 2 * MOST

"""Fixed, sliding and calendar windows: what each lets through, announces and strikes (imgur-api §3)."""

from __future__ import annotations

import itertools
import random

import pytest

from imgur_sync.simulator import Clock, Limits, Options, World

HOUR, DAY = 3600, 86_400
START = 1_700_000_000
"""14 November 2023, 22:13:20 UTC: 2,800 seconds before the hour ends, 6,400 before the day does."""
KINDS = ["fixed", "sliding", "calendar"]


def spend(imgur, calls=1):
    return [imgur.get("/3/account/me").status_code for _ in range(calls)]


def forward(imgur, seconds):
    imgur.steer("clock", {"advance": seconds})


def announced(imgur):
    """What is left of the account's hour after one more call, and in how many seconds it says to come back."""
    headers = imgur.get("/3/account/me").headers
    return int(headers["x-ratelimit-userremaining"]), int(headers["x-ratelimit-userreset"])


def test_a_fixed_window_opens_with_the_first_call_and_gives_everything_back_at_its_end(make_imgur):
    imgur = make_imgur(windows="fixed", limits=Limits(user_credits=3))
    spend(imgur)
    forward(imgur, HOUR - 1)
    assert announced(imgur) == (1, 1)
    forward(imgur, 1)
    assert announced(imgur) == (2, HOUR)


def test_a_sliding_window_gives_back_what_is_an_hour_old_and_announces_the_oldest(make_imgur):
    imgur = make_imgur(windows="sliding", limits=Limits(user_credits=3))
    assert announced(imgur) == (2, HOUR)
    forward(imgur, 600)
    assert announced(imgur) == (1, HOUR - 600)
    forward(imgur, HOUR - 601)
    assert announced(imgur) == (0, 1)
    assert spend(imgur) == [429]
    forward(imgur, 1)
    assert announced(imgur) == (0, 600), "one call came back and was made"
    assert spend(imgur) == [429]


def test_a_calendar_window_ends_with_the_hour_of_the_clock(make_imgur):
    imgur = make_imgur(windows="calendar", limits=Limits(user_credits=2))
    assert announced(imgur) == (1, 2_800)
    forward(imgur, 2_799)
    assert announced(imgur) == (0, 1)
    assert spend(imgur) == [429]
    forward(imgur, 1)
    assert announced(imgur) == (1, HOUR)


@pytest.mark.parametrize(("kind", "first"), [("fixed", DAY), ("sliding", DAY), ("calendar", 6_400)])
def test_the_clients_day_and_the_posts_count_in_the_same_kind(make_imgur, kind, first):
    imgur = make_imgur(windows=kind)
    headers = imgur.post("/3/album").headers
    assert int(headers["x-ratelimit-clientreset"]) == first
    assert int(headers["x-post-rate-limit-reset"]) == min(first, 2_800 if kind == "calendar" else HOUR)


@pytest.mark.parametrize(("kind", "reset"), [("fixed", 2_600), ("sliding", 2_600), ("calendar", 1_800)])
def test_credits_tell_when_the_hour_comes_back(make_imgur, kind, reset):
    imgur = make_imgur(windows=kind)
    spend(imgur)
    forward(imgur, 1_000)
    assert imgur.data("/3/credits")["UserReset"] == START + 1_000 + reset


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_announced_is_what_holds(make_imgur, kind):
    """After any calls: as many as are left go through and no more, until the second that was announced."""
    chance = random.Random(kind)
    imgur = make_imgur(windows=kind, limits=Limits(user_credits=7, client_credits=0))
    for _ in range(40):
        if chance.random() < 0.5:
            forward(imgur, chance.randrange(1, 2 * HOUR))
        spend(imgur, chance.randrange(3))
        left, reset = announced(imgur)
        assert spend(imgur, left + 1) == [200] * left + [429]
        forward(imgur, reset - 1)
        assert spend(imgur) == [429]
        forward(imgur, 1)
        assert spend(imgur) == [200]


@pytest.mark.parametrize("kind", KINDS)
def test_the_minutes_to_wait_for_an_upload_are_true(make_imgur, jpeg, kind):
    """A moment before they are over it is refused, and then let through."""
    imgur = make_imgur(windows=kind, limits=Limits(0, 0, 0, uploads=3))
    for number, pause in enumerate((0, 100, 1_000)):
        forward(imgur, pause)
        imgur.upload(str(number))
    reply = imgur.post("/3/upload", files={"image": jpeg("x")})
    minutes = int(reply.json()["data"]["error"]["message"].split()[-3])
    assert minutes == {"fixed": 42, "sliding": 42, "calendar": 29}[kind]
    forward(imgur, (minutes - 1) * 60)
    assert imgur.post("/3/upload", files={"image": jpeg("x")}).status_code == 429
    forward(imgur, 60)
    imgur.upload("x")


def test_a_dear_call_waits_in_a_sliding_window_until_enough_has_come_back(make_imgur, jpeg):
    imgur = make_imgur(windows="sliding", limits=Limits(user_credits=12), refuse_user="wait-429")
    for _ in range(12):
        spend(imgur)
        forward(imgur, 60)
    reply = imgur.post("/3/upload", files={"image": jpeg("x")})
    assert reply.json()["data"]["error"].endswith("wait 57 more minutes."), (
        "the tenth call was 57 minutes before its end"
    )
    forward(imgur, 57 * 60)
    imgur.upload("x")


@pytest.mark.parametrize("kind", KINDS)
def test_the_ledger_knows_the_most_of_any_hour_on_end(make_imgur, kind):
    imgur = make_imgur(windows=kind, limits=Limits(user_credits=10))
    times = []
    chance = random.Random(7)
    for _ in range(60):
        forward(imgur, chance.randrange(0, 900))
        now = imgur.look("clock")["now"]
        times += [now] * spend(imgur, 2).count(200)
    most = max(sum(begin <= moment < begin + HOUR for moment in times) for begin in times)
    user = imgur.look("ledger")["users"]["account:demo"]
    assert (user["highest"], user["limit"]) == (most, 10)
    assert (most <= 10) is (kind == "sliding"), "around the border of two windows twice the limit is let through"


def test_refusals_are_counted_by_limit(make_imgur, jpeg):
    imgur = make_imgur(limits=Limits(user_credits=31, posts=4, uploads=2))
    for _ in range(3):
        imgur.post("/3/upload", files={"image": jpeg()})
    imgur.post("/3/album")
    imgur.post("/3/album")
    spend(imgur, 11)
    ledger = imgur.look("ledger")
    assert ledger["refusals"] == {"client": 0, "user": 1, "posts": 1, "uploads": 1}
    assert ledger["clients"][imgur.demo.client_id]["refusals"] == ledger["refusals"]
    assert ledger["addresses"]["127.0.0.1"] == {
        "posts": {"used": 5, "limit": 4, "highest": 5},
        "uploads": {"used": 2, "limit": 2, "highest": 2},
    }


def test_meters_forget_what_no_window_holds(make_imgur):
    imgur = make_imgur(windows="sliding", limits=Limits(0, 0, 0, 0))
    for _ in range(50):
        spend(imgur)
        forward(imgur, HOUR / 4)
    assert len(imgur.world.meters.user._counts["account:demo"].recent) <= 5


@pytest.mark.parametrize("kind", KINDS)
def test_five_daily_hits_block_until_the_month_ends_in_every_kind_of_window(make_imgur, kind):
    imgur = make_imgur(windows=kind, limits=Limits(client_credits=2), refuse_client="wait-429")
    client = imgur.demo.client_id
    for strikes in range(1, 6):
        assert spend(imgur, 4) == [200, 200, 429, 429]
        known = imgur.look("ledger")["clients"][client]
        assert known["strikes"] == strikes
        assert known["blocked_until"] == (MONTH_END if strikes == 5 else None)
        forward(imgur, DAY)
    reply = imgur.get("/3/account/me")
    assert reply.status_code == 429
    left = MONTH_END - imgur.look("clock")["now"]
    assert reply.json()["data"]["error"].endswith(f"wait {-(-left // 60):.0f} more minutes.")
    forward(imgur, left - 1)
    assert spend(imgur) == [429]
    forward(imgur, 1)
    assert spend(imgur, 3) == [200, 200, 429]
    known = imgur.look("ledger")["clients"][client]
    assert (known["strikes"], known["blocked_until"]) == (1, None)


MONTH_END = 1_701_388_800
"""1 December 2023, 00:00 UTC."""


@pytest.mark.parametrize(("kind", "strikes"), [("fixed", 1), ("sliding", 2), ("calendar", 1)])
def test_a_hit_before_and_one_after_midnight(make_imgur, kind, strikes):
    """One fixed window holds both; a sliding one is still full on the next day; a calendar day begins anew."""
    imgur = make_imgur(windows=kind, limits=Limits(client_credits=2))
    spend(imgur, 3)
    forward(imgur, 6_400)
    assert spend(imgur, 2) == ([200, 200] if kind == "calendar" else [429, 429])
    assert imgur.look("ledger")["clients"][imgur.demo.client_id]["strikes"] == strikes


@pytest.mark.parametrize("kind", KINDS)
def test_hits_of_two_months_do_not_add_up(make_imgur, kind):
    imgur = make_imgur(windows=kind, limits=Limits(client_credits=1))
    forward(imgur, 13 * DAY)  # 27 November
    strikes = []
    for _ in range(8):
        assert spend(imgur, 2) == [200, 429]
        strikes.append(imgur.look("ledger")["clients"][imgur.demo.client_id]["strikes"])
        forward(imgur, DAY)
    assert strikes == [1, 2, 3, 4, 1, 2, 3, 4]


def test_calls_that_are_dearer_than_the_whole_limit_strike_once_a_day(make_imgur, jpeg):
    imgur = make_imgur(limits=Limits(client_credits=5))
    for _ in range(10):
        assert imgur.post("/3/upload", files={"image": jpeg()}).status_code == 429
        forward(imgur, HOUR)
    assert imgur.look("ledger")["clients"][imgur.demo.client_id]["strikes"] == 1


@pytest.mark.parametrize(("before", "after"), list(itertools.product(KINDS, KINDS)))
def test_a_restart_gives_the_same_readings_also_in_another_kind(make_imgur, tmp_path, before, after):
    """Every meter is replayed for all kinds: one that ran in a kind all along reads as one that changed to it."""

    def run(folder, first):
        imgur = make_imgur(
            world=World.open(folder, clock=Clock(lambda: START), seed="s"),
            options=Options(limits=Limits(user_credits=30), windows=first),
        )
        for pause in (0, 1_000, 2_000, 1_000):
            forward(imgur, pause)
            spend(imgur, 3)
        imgur.world.close()
        again = make_imgur(
            world=World.open(folder, clock=Clock(lambda: START)),
            options=Options(limits=Limits(user_credits=30), windows=after),
        )
        assert again.look("ledger")["windows"] == after
        return {name: again.look("ledger")[name] for name in ("now", "users", "addresses", "credits")}

    assert run(tmp_path / "1", before) == run(tmp_path / "2", after)

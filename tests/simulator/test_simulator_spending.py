"""`POST /_simulator/spend`: another program of the same application and account."""

from __future__ import annotations

import pytest

from imgur_sync.simulator import Clock, Limits, World

DAY = 86_400


def left(imgur):
    shown = imgur.data("/3/credits")
    return shown["UserRemaining"], shown["ClientRemaining"]


def test_what_another_program_spends_is_gone_from_account_and_application(imgur):
    spent = imgur.steer("spend", {"credits": 120})
    assert spent == {
        "client": imgur.demo.client_id,
        "user": "account:demo",
        "ip": "127.0.0.1",
        "credits": 120,
        "posts": 0,
        "uploads": 0,
        "hit": False,
    }
    assert left(imgur) == (379, 12_379)


def test_it_is_in_the_meters_and_in_none_of_our_sums(imgur):
    imgur.steer("spend", {"credits": 30, "posts": 3, "uploads": 2})
    ledger = imgur.look("ledger")
    assert (ledger["credits"], ledger["posts"], ledger["uploads"], ledger["calls"]) == (0, 0, 0, {})
    assert ledger["others"] == {"credits": 30, "posts": 3, "uploads": 2}
    assert ledger["users"]["account:demo"] == {"used": 30, "limit": 500, "highest": 30}
    assert ledger["addresses"]["127.0.0.1"]["uploads"] == {"used": 2, "limit": 50, "highest": 2}
    assert imgur.look("history") == {"requests": [], "uploads": [], "struck": []}


def test_it_spends_no_more_than_is_left(make_imgur):
    imgur = make_imgur(limits=Limits(user_credits=10, client_credits=100, posts=3, uploads=2))
    first = imgur.steer("spend", {"credits": 12, "posts": 9, "uploads": 9})
    assert (first["credits"], first["posts"], first["uploads"]) == (10, 3, 2)
    assert imgur.get("/3/account/me").status_code == 429
    other = imgur.steer("spend", {"credits": 500, "user": "ip:10.0.0.9", "ip": "10.0.0.9"})
    assert other["credits"] == 10, "an address has an hour of its own, and 90 were left of the day"


def test_another_user_leaves_the_account_its_hour_and_takes_of_the_day(imgur):
    imgur.steer("clients", {"account": "other"})
    assert imgur.steer("spend", {"credits": 400, "user": "other"})["user"] == "account:other"
    assert left(imgur) == (499, 12_099)


def test_another_application_takes_of_the_account_only(imgur):
    client = imgur.steer("clients", {})["client_id"]
    imgur.steer("spend", {"credits": 400, "client": client})
    assert left(imgur) == (99, 12_499)


@pytest.mark.parametrize(("kind", "after"), [("fixed", 499), ("sliding", 499), ("calendar", 499)])
def test_it_comes_back_as_ours_does(make_imgur, kind, after):
    imgur = make_imgur(windows=kind)
    imgur.steer("spend", {"credits": 400})
    imgur.steer("clock", {"advance": 3600})
    assert left(imgur)[0] == after


def test_another_program_strikes_once_a_window(imgur):
    client = imgur.demo.client_id
    for day in range(1, 5):
        for _ in range(2):
            imgur.steer("spend", {"hit": True})
        assert imgur.look("ledger")["clients"][client]["strikes"] == day
        imgur.steer("clock", {"advance": DAY})
    assert imgur.get("/3/account/me").status_code == 200
    imgur.steer("spend", {"hit": True})
    assert imgur.get("/3/account/me").status_code == 429
    assert imgur.look("ledger")["clients"][client]["blocked_until"] == 1_701_388_800


def test_it_outlives_a_restart(make_imgur, tmp_path):
    def opened():
        return make_imgur(world=World.open(tmp_path, clock=Clock(lambda: 1_700_000_000.0)))

    first = opened()
    first.steer("spend", {"credits": 120, "posts": 4, "uploads": 5, "hit": True})
    before = first.look("ledger")
    first.world.close()
    assert opened().look("ledger") == before


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"credits": -1}, "credits is a whole number that is not negative"),
        ({"posts": True}, "posts is a whole number that is not negative"),
        ({"hit": 1}, "hit is true or false"),
        ({"user": "nobody"}, "there is no account 'nobody'"),
        ({"client": "none"}, "there is no application 'none'"),
        ({"credit": 1}, "unknown key 'credit'; there are credits, posts, uploads, hit, client, user, ip"),
    ],
)
def test_what_is_wrong_is_said_and_spends_nothing(imgur, sent, error):
    reply = imgur.http.post("/_simulator/spend", json=sent)
    assert (reply.status_code, reply.json()) == (400, {"error": error})
    assert imgur.look("ledger")["others"] == {"credits": 0, "posts": 0, "uploads": 0}

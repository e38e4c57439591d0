"""The page of meters: what was spent by hour and by kind of call, what is left, refusals, strikes."""

import json
import re

import pytest

from imgur_sync.simulator import Limits, World
from imgur_sync.simulator.hours import HOUR, KEPT, Hours, kinds_of
from imgur_sync.simulator.pages.meters import span_of
from imgur_sync.simulator.records import Request, Spending
from tests.support.web_page import WebPage


def meters(imgur, query=""):
    return WebPage(imgur.http.get(f"/meters{query}"))


def limits(page):
    """What was used, at most, left, and when it comes back, by limit and by whom."""
    return {(row[0], row[1].split()[0]): (row[2], row[3], row[4], row[6], row[7]) for row in page.table("Limits")[1:]}


def test_limits_tell_what_is_used_left_and_when_it_comes_back(imgur):
    imgur.upload()
    imgur.get("/3/image/none")
    imgur.steer("clock", {"advance": 600})
    rows = limits(meters(imgur))
    assert rows["Credits of a day", "application"] == ("11", "12,500", "12,489", "23 h 50 min", "11")
    assert rows["Credits of an hour", "account"] == ("11", "500", "489", "50 min", "11")
    assert rows["POSTs of an hour", "address"] == ("1", "1,250", "1,249", "50 min", "1")
    assert rows["Uploads of an hour", "address"] == ("1", "50", "49", "50 min", "1")
    bars = {bar.given["aria-label"]: bar.given for bar in meters(imgur).all("meter")}
    assert (bars["Credits of an hour, account demo"]["value"], bars["Credits of an hour, account demo"]["max"]) == (
        "11",
        "500",
    )


def test_a_limit_that_is_none_has_no_bar(make_imgur):
    free = make_imgur(limits=Limits(0, 0, 0, 0))
    free.upload()
    page = meters(free)
    assert limits(page)["Credits of an hour", "account"] == ("10", "no limit", "–", "–", "10")
    assert not page.all("meter")


def test_hours_are_charted_and_told_as_a_table(imgur):
    imgur.upload()
    imgur.steer("clock", {"advance": 2 * HOUR})
    imgur.get("/3/image/none")
    imgur.steer("spend", {"credits": 30, "posts": 2, "uploads": 1})
    page = meters(imgur)
    assert page.table("Hours in which")[1:] == [
        ["2023-11-15 00:00:00 UTC", "1", "1", "30", "2", "1", "1"],
        ["2023-11-14 22:00:00 UTC", "1", "10", "0", "1", "1", "0"],
    ]
    credits, posts, uploads = page.all("figure")
    assert credits.all("figcaption")[0].text == "Credits by hour: 41 in 24 hours"
    assert posts.all("figcaption")[0].text == "POSTs by hour: 3 in 24 hours"
    assert uploads.all("figcaption")[0].text == "Uploads by hour: 2 in 24 hours"
    bars = [(bar.given.get("class"), float(bar.given["height"])) for bar in credits.all("rect")]
    assert bars == [(None, round(1000 / 31, 2)), (None, round(100 / 31, 2)), ("others", round(3000 / 31, 2))]
    assert "other programs, 30" in credits.text
    assert "other programs" not in posts.text
    assert credits.all("svg")[0].given["role"] == "img"


def test_one_looks_back_further(imgur):
    imgur.upload()
    imgur.steer("clock", {"advance": 3 * 24 * HOUR})
    assert meters(imgur).table("Hours in which")[1:] == [["nothing yet"]]
    assert "10 in 7 days" in meters(imgur, "?hours=168").text
    assert "10 in 30 days" in meters(imgur, "?hours=720").text
    for odd in ("5", "x", "-24", "99999999"):
        assert meters(imgur, f"?hours={odd}").text == meters(imgur).text


def test_calls_are_told_by_method_and_path(imgur):
    key = imgur.upload()["id"]
    imgur.get(f"/3/image/{key}")
    imgur.get("/3/image/none")
    imgur.steer("faults", {"fault": "closed-before", "match": {"nth": 1}})
    with pytest.raises(OSError, match="before the change"):
        imgur.get(f"/3/image/{key}")
    assert meters(imgur).table("Calls of the last 24 hours")[1:] == [
        ["GET /3/image/{key}", "3", "2", "1", "1"],
        ["POST /3/upload", "1", "10", "0", "0"],
    ]


def test_strikes_a_block_and_refusals_are_told(make_imgur):
    small = make_imgur(limits=Limits(client_credits=10))
    for _ in range(5):
        small.upload()
        assert small.get("/3/credits").status_code == 429
        small.steer("clock", {"advance": 24 * HOUR})
    small.get("/3/credits")
    page = meters(small)
    row = next(row for row in page.table("Since the beginning") if row[0] == small.demo.client_id)
    assert row == [small.demo.client_id, "50", "5", "5", "5 of 5", "until 2023-12-01 00:00:00 UTC"]
    assert page.facts("Calls refused by a limit")["Credits of a day are used up"] == "6"
    assert page.facts("Calls refused by a limit")["Too many uploads"] == "0"


def test_calls_without_a_known_application_and_other_programs_have_rows(imgur):
    imgur.get("/3/credits", auth="Client-ID nobody")
    imgur.steer("spend", {"credits": 7, "hit": True})
    rows = {row[0]: row[1:] for row in meters(imgur).table("Since the beginning")[1:]}
    assert rows["none"][0] == "0"
    assert rows["Other programs"][:3] == ["7", "0", "0"]
    assert rows[imgur.demo.client_id][3] == "1 of 5"


def test_hours_outlive_a_restart(tmp_path, make_imgur):
    from imgur_sync.simulator import Clock

    clock = Clock(lambda: 1_700_000_000.0)
    first = make_imgur(world=World.open(tmp_path, clock=clock))
    first.upload()
    first.world.close()
    again = make_imgur(world=World.open(tmp_path, clock=Clock(lambda: 1_700_000_000.0)))
    assert meters(again).table("Hours in which")[1:] == [["2023-11-14 22:00:00 UTC", "1", "10", "0", "1", "1", "0"]]


def request(moment, **given):
    return Request(1, moment, "GET", "/3/image/x", "/3/image/<key>", status=200, credits=1, **given)


def test_no_more_than_thirty_days_of_hours_are_kept():
    hours = Hours()
    for hour in range(2 * KEPT):
        hours.count(request(hour * HOUR))
        hours.spend(Spending("c", "u", "i", credits=1), hour * HOUR)
    assert len(hours) == KEPT
    last = hours.last(KEPT, (2 * KEPT - 1) * HOUR)
    assert last[0] == (KEPT * HOUR, last[0][1])
    assert {(hour.credits, hour.others, hour.calls) for _, hour in last} == {(1, 1, 1)}
    hours.count(request(0.0))
    assert len(hours) == KEPT


def test_what_was_counted_can_be_kept_as_json():
    hours = Hours()
    hours.count(request(5.0))
    hours.count(Request(2, HOUR, "POST", "/3/upload", "/3/upload", credits=0, post=True, upload=True))
    hours.spend(Spending("c", "u", "i", credits=4, posts=2), HOUR)
    again = Hours()
    again.fill(json.loads(json.dumps(hours.kept())))
    assert again.last(3, 2 * HOUR) == hours.last(3, 2 * HOUR)
    assert len(again) == 2


def test_kinds_are_summed_over_hours_and_the_most_frequent_come_first():
    hours = Hours()
    for moment in (0, HOUR, 2 * HOUR):
        hours.count(request(moment))
    hours.count(Request(2, 5.0, "POST", "/3/upload", "/3/upload", status=400, credits=0))
    kinds = kinds_of(hours.last(3, 2 * HOUR))
    assert [(method, path, kind.calls, kind.credits, kind.refused) for method, path, kind in kinds] == [
        ("GET", "/3/image/<key>", 3, 3, 0),
        ("POST", "/3/upload", 1, 0, 1),
    ]


def test_spans_are_said_as_people_say_them():
    said = [span_of(seconds) for seconds in (1, 119, 120, 3541, 3600, 86_400, 172_800, 1_000_000)]
    assert said == ["1 s", "119 s", "2 min", "1 h 0 min", "1 h 0 min", "24 h 0 min", "2 d 0 h", "11 d 13 h"]


def test_numbers_of_a_chart_are_plain(imgur):
    imgur.upload()
    for number in re.findall(r'\b(?:x|y|width|height)="([^"]*)"', imgur.http.get("/meters").text.split("<rect")[1]):
        assert re.fullmatch(r"\d+(\.\d+)?", number), number

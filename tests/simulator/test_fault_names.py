"""The faults that have a name: all numbers there are, each listed in the README, each doing what it stands for."""

import json
import re
from pathlib import Path

import pytest

from imgur_sync import simulator
from imgur_sync.simulator.named_faults import NAMED

README = (Path(simulator.__file__).parent / "README.md").read_text(encoding="utf-8")
SERVER_MADE = {f"F{number}" for number in (*range(1, 19), *range(20, 34), 35, 36)}
ANSWERS = [name for name, named in NAMED.items() if named.rule["fault"] == "reply" and not named.rule.get("after")]
AFTERS = [name for name in NAMED if name.endswith("-after") and name.removesuffix("-after") in NAMED]
CALLS = (
    ("POST", "/3/album"),
    ("GET", "/3/account/me/images/0"),
    ("POST", "/3/upload"),
    ("POST", "/3/album/aaaaaaa/add"),
    ("POST", "/oauth2/token"),
)


def fitting(name):
    return next(call for call in CALLS if NAMED[name].fits(*call))


def test_every_fault_that_a_server_can_cause_has_a_name_a_source_and_a_confidence():
    assert {named.number for named in NAMED.values()} == SERVER_MADE
    for named in NAMED.values():
        assert all((named.what, named.source)), named.name
        assert named.confidence in ("H", "M", "L", "net"), named.name


def test_the_readme_lists_every_name_in_the_row_of_its_number():
    rows = dict(re.findall(r"^\| (F\d+) \|(.*)\|$", README, re.MULTILINE))
    assert set(rows) == SERVER_MADE
    for name, named in NAMED.items():
        base = name.removesuffix("-after") if name in AFTERS else name
        assert f"`{base}`{'*' if f'{base}-after' in NAMED else ''}" in rows[named.number], name


def test_the_names_are_listed_with_their_rules(imgur):
    listed = {entry["name"]: entry for entry in imgur.look("faults/names")}
    assert list(listed) == list(NAMED)
    assert listed["over-capacity-403"]["number"] == "F9"
    assert listed["over-capacity-403"]["rule"]["status"] == 403
    assert {entry["scope"] for entry in listed.values()} >= {"any", "read", "write", "upload", "create", "token"}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_named_answer_is_given_as_it_was_seen_and_nothing_is_changed(imgur, name):
    rule = NAMED[name].rule
    method, path = fitting(name)
    imgur.steer("faults", {"fault": name})
    reply = imgur.send(method, path)
    body = rule["body"].replace("$request", path).replace("$method", method)
    assert (reply.status_code, reply.text) == (rule["status"], body)
    for header, value in rule["headers"].items():
        assert reply.headers[header] == value
    if reply.headers["content-type"].endswith("json"):
        json.loads(body)
    assert imgur.look("world") == {"albums": [], "images": []}
    (request,) = imgur.look("history")["requests"]
    assert (request["faults"], request["credits"]) == ([name], 0)


@pytest.mark.parametrize("name", AFTERS)
def test_the_second_name_of_an_answer_comes_after_the_change(imgur, name):
    imgur.steer("faults", {"fault": name, "match": {"nth": 1}})
    reply = imgur.post("/3/album", data={"title": name})
    assert reply.status_code == NAMED[name.removesuffix("-after")].rule["status"]
    (album,) = imgur.look("world")["albums"]
    assert album["title"] == name
    assert imgur.look("history")["requests"][0]["committed"] is True


def test_any_key_of_a_named_fault_can_be_replaced(imgur):
    imgur.steer("faults", {"fault": "html-503", "status": 500, "headers": {"Retry-After": "7"}})
    reply = imgur.get("/3/credits")
    assert (reply.status_code, reply.headers["retry-after"]) == (500, "7")
    assert "Fastly" in reply.text or "54113" in reply.text


def test_a_request_that_a_named_fault_does_not_fit_is_counted_and_let_pass(imgur):
    imgur.steer("faults", [{"fault": "html-404", "match": {"nth": 1}}, {"fault": "html-404", "match": {"nth": 3}}])
    assert [imgur.post("/3/album").status_code, imgur.get("/3/credits").status_code] == [200, 200]
    assert imgur.get("/3/credits").status_code == 404
    assert [entry["n"] for entry in imgur.look("history")["struck"]] == [3]


def test_the_history_says_what_struck_and_which_rule_repeats_it(imgur, make_imgur):
    imgur.steer("faults", [{"fault": "html-502", "match": {"nth": 2}}, {"fault": "alter", "how": "extra"}])
    first = [imgur.get("/3/credits") for _ in range(3)]
    struck = imgur.look("history")["struck"]
    assert [(entry["n"], entry["fault"], entry["number"]) for entry in struck] == [
        (1, "alter", None),
        (2, "html-502", "F8"),
        (3, "alter", None),
    ]
    assert struck[1]["rule"] == {"fault": "html-502", "match": {"n": 2}}
    assert imgur.http.get("/_simulator/history?since=2").json()["struck"] == struck[2:]
    again = make_imgur()
    again.steer("faults", [entry["rule"] for entry in struck])
    assert [reply.status_code for reply in (again.get("/3/credits") for _ in range(3))] == [200, 502, 200]
    assert again.look("history")["struck"] == struck
    assert "brand_new" in first[0].text


@pytest.mark.parametrize(
    ("match", "struck"),
    [
        ({"nth": 2}, [2]),
        ({"nth": 2, "count": 2}, [2, 3]),
        ({"nth": 3, "count": 0}, [3, 4, 5]),
        ({"count": 2}, [1, 2]),
        ({}, [1, 2, 3, 4, 5]),
        ({"n": 4}, [4]),
        ({"nth": 2, "lasts": 25}, [2, 3, 4]),
        ({"path": "/3/cred*", "method": "get", "nth": 5}, [5]),
        ({"method": "POST"}, []),
    ],
)
def test_what_a_match_strikes(imgur, match, struck):
    imgur.steer("faults", {"fault": "html-503", "match": match})
    seen = []
    for number in range(1, 6):
        if imgur.get("/3/credits").status_code == 503:
            seen.append(number)
        imgur.time[0] += 10
    assert seen == struck


@pytest.mark.parametrize(
    "wrong",
    [
        {"fault": "over-capacity"},
        {"fault": "html-503", "how": "x"},
        {"fault": "unreachable"},
        {"fault": "unreachable", "how": "tired"},
        {"fault": "body", "how": "half"},
        {"fault": "alter", "how": "null", "field": ["a"]},
        {"fault": "headers", "set": []},
        {"fault": "headers", "every": 1},
        {"fault": "ignore"},
        {"fault": "edit"},
        {"fault": "edit", "edit": "rename"},
        {"fault": "stale", "seconds": "x"},
        {"fault": "html-503", "match": {"count": -1}},
        {"fault": "html-503", "match": {"n": 0}},
        {"fault": "html-503", "match": {"lasts": -1}},
        {"fault": "html-503", "match": {"path": 1}},
        {"fault": ["html-503"]},
    ],
)
def test_a_wrong_rule_is_refused(imgur, wrong):
    reply = imgur.http.post("/_simulator/faults", json=wrong)
    assert (reply.status_code, set(reply.json())) == (400, {"error"})
    assert imgur.look("faults") == []


def test_an_end_of_a_call_may_be_announced(imgur):
    imgur.steer("faults", {"fault": "sunset", "match": {"path": "/3/credits"}})
    assert imgur.get("/3/credits").headers["sunset"] == "Fri, 31 Dec 2027 23:59:59 GMT"
    assert "sunset" not in imgur.get("/3/account/me").headers

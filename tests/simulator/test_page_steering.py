"""The pages of faults and of controls: forms that do what `/_simulator/` does, and say what is wrong."""

import pytest

from tests.support.web_page import WebPage, press


def rules(imgur):
    return WebPage(imgur.http.get("/faults")).table("Rules")[1:]


def test_a_rule_is_chosen_by_name_strikes_and_is_taken_away(imgur):
    page = press(
        imgur.http, "/faults", "add", fault="html-503", method="GET", path="/3/image/*", nth="2", count="1", lasts=""
    )
    assert "The rule is in force." in page.text
    assert imgur.look("faults")[0]["match"] == {"method": "GET", "path": "/3/image/*", "nth": 2, "count": 1}
    key = imgur.upload()["id"]
    assert [imgur.get(f"/3/image/{key}").status_code for _ in range(3)] == [200, 503, 200]
    assert rules(imgur) == [["1", "html-503", "GET /3/image/*", "nth 2, count 1", "", "3", "Remove"]]
    assert WebPage(imgur.http.get("/faults")).table("The newest first")[1:] == [
        ["3", f"GET /3/image/{key}", "html-503", "F8"]
    ]
    page = press(imgur.http, "/faults", "remove")
    assert "The rule is gone." in page.text
    assert imgur.look("faults") == []


def test_every_named_fault_is_listed_with_its_source_and_can_be_added(imgur):
    names = imgur.look("faults/names")
    listed = WebPage(imgur.http.get("/faults")).table(f"{len(names)} faults")[1:]
    assert [(row[0], row[1], row[2], row[3]) for row in listed] == [
        (one["name"], one["number"], one["what"], one["source"]) for one in names
    ]
    for one in names:
        imgur.http.post("/faults", data={"do": "add", "fault": one["name"]})
    assert [rule["fault"] for rule in imgur.look("faults")] == [one["name"] for one in names]
    assert "All rules are gone." in press(imgur.http, "/faults", "clear").text
    assert imgur.look("faults") == []


def test_a_link_of_the_list_chooses_the_fault_in_the_form(imgur):
    page = WebPage(imgur.http.get("/faults"))
    assert page.links["wait-429"] == "/faults?fault=wait-429#add"
    chosen = WebPage(imgur.http.get("/faults?fault=wait-429")).form("add")
    assert [one.given["value"] for one in chosen.all("option") if "selected" in one.given] == ["wait-429"]


def test_one_of_two_rules_is_taken_away(imgur):
    for path in ("/a", "/b"):
        imgur.http.post("/faults", data={"do": "add", "fault": "wait-429", "path": path})
    imgur.http.post("/faults", data={"do": "remove", "id": "1"})
    assert [rule["match"]["path"] for rule in imgur.look("faults")] == ["/b"]
    assert imgur.http.delete("/_simulator/faults?id=1").json() == {"error": "there is no rule 1"}
    assert imgur.http.delete("/_simulator/faults?id=2").json() == {"ok": True}
    assert imgur.look("faults") == []


def test_a_rule_as_json_and_seconds_of_a_fault(imgur):
    press(imgur.http, "/faults", "json", rule='[{"fault": "delay", "seconds": 2.5}]')
    press(imgur.http, "/faults", "add", fault="slow-reply", seconds="0.5", lasts="60")
    first, second = imgur.look("faults")
    assert (first["fault"], first["seconds"]) == ("delay", 2.5)
    assert (second["seconds"], second["match"]["lasts"]) == (0.5, 60)
    assert [row[4] for row in rules(imgur)] == ["seconds: 2.5", "seconds: 0.5 after: true"]


@pytest.mark.parametrize(
    ("do", "typed", "why"),
    [
        ("add", {"fault": "nonsense"}, "unknown fault"),
        ("add", {"fault": "wait-429", "nth": "0"}, "nth is a whole number from 1"),
        ("add", {"fault": "wait-429", "nth": "one"}, "nth is a whole number"),
        ("add", {"fault": "wait-429", "count": "9" * 20}, "count is a whole number"),
        ("add", {"fault": "wait-429", "lasts": "x"}, "lasts is a number"),
        ("add", {"fault": "slow-reply", "seconds": "nan"}, "seconds is a number"),
        ("add", {"fault": "slow-reply", "seconds": "-1"}, "seconds is a number that is not negative"),
        ("json", {"rule": "[" * 100_000}, "nested too deep"),
        ("json", {"rule": "{"}, "Expecting"),
        ("json", {"rule": '"text"'}, "a fault is an object"),
        ("remove", {"id": "7"}, "there is no rule 7"),
        ("swarm", {"until": "-1"}, "until is a whole number"),
        ("other", {}, "there is no form 'other' here"),
    ],
)
def test_what_is_wrong_with_a_rule_is_said_and_what_was_typed_is_kept(imgur, do, typed, why):
    reply = imgur.http.post("/faults", data={"do": do, "path": "/3/typed", **typed})
    page = WebPage(reply)
    assert page.status == 400
    alert = next(one for one in page.all("p") if one.given.get("role") == "alert")
    assert why in alert.text
    assert next(one for one in page.all("input") if one.given.get("name") == "path").given["value"] == "/3/typed"
    assert page.flaws() == []
    assert imgur.look("faults") == []


def test_a_swarm_is_let_loose_and_calmed(imgur):
    page = press(imgur.http, "/faults", "swarm", seed="storm", until="9")
    assert "The swarm is loose." in page.text
    assert "seed storm strikes requests up to number 9" in page.text
    assert imgur.look("swarm")["seed"] == "storm"
    assert "The swarm is gone." in press(imgur.http, "/faults", "calm").text
    assert imgur.look("swarm") == {}


def test_the_clock_is_put_forward(imgur):
    before = imgur.look("clock")["now"]
    page = press(imgur.http, "/controls", "advance", by="1.5", unit="hours")
    assert imgur.look("clock")["now"] == before + 5400
    assert "The clock was put forward." in page.text
    assert "It is 2023-11-14 23:43:20 UTC here." in page.text


def test_another_program_spends_and_strikes(imgur):
    press(imgur.http, "/controls", "spend", credits="30", posts="2", uploads="1", hit="on", ip="10.0.0.1")
    ledger = imgur.look("ledger")
    assert ledger["others"] == {"credits": 30, "posts": 2, "uploads": 1}
    assert ledger["addresses"]["10.0.0.1"]["posts"]["used"] == 2
    assert ledger["clients"][imgur.demo.client_id]["strikes"] == 1


def test_tokens_end(imgur):
    assert "Done." in press(imgur.http, "/controls", "expire_access").text
    assert imgur.get("/3/account/me/images").status_code == 403
    press(imgur.http, "/controls", "revoke_refresh")
    sent = {"grant_type": "refresh_token", "refresh_token": imgur.demo.refresh_token}
    sent |= {"client_id": imgur.demo.client_id, "client_secret": imgur.demo.client_secret}
    assert imgur.http.post("/oauth2/token", data=sent).status_code == 400


def test_knobs_are_turned_one_by_one_and_the_others_stay(imgur):
    before = imgur.look("knobs")
    page = press(imgur.http, "/controls", "turn", shape="v1", lag="2.5", images_null="True", token_answer="401")
    assert "The knobs are turned." in page.text
    assert imgur.look("knobs") == {**before, "shape": "v1", "lag": 2.5, "images_null": True, "token_answer": 401}
    press(imgur.http, "/controls", "turn")
    assert imgur.look("knobs")["shape"] == "v1"


@pytest.mark.parametrize(
    ("do", "typed", "why"),
    [
        ("advance", {"by": "-1", "unit": "hours"}, "advance is a number of seconds that is not negative"),
        ("advance", {"by": "1", "unit": "years"}, "a unit is one of"),
        ("advance", {"by": "inf", "unit": "days"}, "by is a number"),
        ("advance", {"by": "1e9", "unit": "days"}, "advance leads beyond the year 9000"),
        ("spend", {"credits": "x"}, "credits is a whole number"),
        ("spend", {"user": "nobody"}, "there is no account 'nobody'"),
        ("turn", {"shape": "round"}, "shape takes one of"),
        ("turn", {"lag": "-1"}, "lag takes a number that is not negative"),
        ("other", {}, "there is no form 'other' here"),
    ],
)
def test_what_is_wrong_with_a_control_is_said(imgur, do, typed, why):
    before = imgur.look("knobs"), imgur.look("clock"), imgur.look("ledger")
    page = WebPage(imgur.http.post("/controls", data={"do": do, **typed}))
    assert (page.status, page.flaws()) == (400, [])
    assert why in page.text
    assert (imgur.look("knobs"), imgur.look("clock"), imgur.look("ledger")) == before


def test_the_page_leads_to_all_that_can_be_had_as_json(imgur):
    for name, path in WebPage(imgur.http.get("/controls")).links.items():
        assert path == f"/_simulator/{name}"
        assert imgur.http.get(path).headers["content-type"].startswith("application/json")

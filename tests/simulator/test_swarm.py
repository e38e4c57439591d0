"""Faults drawn from a seed: the same everywhere, counted by kind, and turned into rules that repeat them."""

import math

import pytest

from imgur_sync.simulator import ConnectionDropped, Options
from imgur_sync.simulator.named_faults import NAMED
from imgur_sync.simulator.swarm import LASTING, Swarm, draw, drawn_rates, parse_swarm

RATES = {"html-502": 0.1, "closed-after": 0.1, "web-rename": 0.1, "stale-read": 0.2, "F14": 0.2, "late-commit": 0.05}


def drive(imgur, calls=60):
    """Some calls, whatever becomes of them: what became of each."""
    seen = []
    for number in range(calls):
        try:
            if number % 3:
                seen.append(imgur.get("/3/account/me/albums").status_code)
            else:
                seen.append(imgur.post("/3/album", data={"title": f"{number}"}).status_code)
        except ConnectionDropped:
            seen.append(None)
        imgur.time[0] += 5
    return seen


def titles(imgur):
    return [album["title"] for album in imgur.look("world")["albums"]]


def test_draws_are_those_of_sha256_on_every_machine():
    assert [round(draw("7", n, "html-502"), 9) for n in (1, 2, 3)] == [0.359322699, 0.140804133, 0.149471354]
    assert 0.48 < sum(draw("x", n, "y") for n in range(4000)) / 4000 < 0.52


def test_the_same_seed_strikes_the_same_requests_in_the_same_way(make_imgur):
    runs = []
    for _ in range(2):
        imgur = make_imgur()
        imgur.steer("swarm", {"seed": "s", "rates": RATES})
        runs.append((drive(imgur), imgur.look("history")["struck"], titles(imgur)))
    assert runs[0] == runs[1]
    other = make_imgur()
    other.steer("swarm", {"seed": "t", "rates": RATES})
    assert drive(other) != runs[0][0]


def test_what_struck_can_be_written_as_rules_that_do_it_again(make_imgur):
    first, again = make_imgur(), make_imgur()
    first.steer("swarm", {"seed": 3, "rates": RATES})
    seen, struck = drive(first), first.look("history")["struck"]
    assert {entry["number"] for entry in struck} >= {"F8", "F3", "F36", "F18", "F14"}
    again.steer("faults", [entry["rule"] for entry in struck])
    assert drive(again) == seen
    assert again.look("history")["struck"] == struck
    assert titles(again) == titles(first)


def test_a_draw_does_not_depend_on_the_other_faults_of_the_swarm():
    few, many = Swarm("s", {"web-add": 0.2}), Swarm("s", {"web-add": 0.2, "stale-read": 1.0, "html-502": 0.5})
    path = "/3/credits"
    for n in range(1, 200):
        alone = few.drawn("GET", path, n)
        assert [rule for rule in many.drawn("GET", path, n) if rule["fault"] == "web-add"] == alone


def test_of_what_makes_up_the_reply_one_at_most_strikes_and_all_fit():
    swarm = Swarm("s", dict.fromkeys(NAMED, 0.5))
    ends = {"unreachable", "drop_before", "drop_after", "late", "reply", "body", "alter", "rotate"}
    for n in range(1, 100):
        rules = swarm.drawn("GET", "/3/account/me/images/1", n)
        names = [rule["fault"] for rule in rules]
        assert sum(NAMED[name].rule["fault"] in ends for name in names) == 1
        assert all(NAMED[name].fits("GET", "/3/account/me/images/1") for name in names)


def test_it_ends_with_the_request_that_was_named_or_when_told_to(imgur):
    imgur.steer("swarm", {"seed": 1, "rates": {"html-503": 1}, "until": 2})
    assert [imgur.get("/3/credits").status_code for _ in range(3)] == [503, 503, 200]
    imgur.steer("swarm", {"seed": 1, "rates": {"html-503": 1}})
    assert imgur.get("/3/credits").status_code == 503
    assert imgur.look("swarm") == {"seed": "1", "rates": {"html-503": 1}, "seconds": {}, "until": None}
    imgur.http.delete("/_simulator/swarm")
    assert imgur.get("/3/credits").status_code == 200
    assert imgur.look("swarm") == {}


def test_seconds_are_drawn_up_to_the_most():
    swarm = parse_swarm({"seed": 1, "rates": {"late-commit": 1}, "seconds": {"late-commit": 300}})
    drawn = [swarm.drawn("POST", "/3/album", n)[0]["seconds"] for n in range(1, 300)]
    assert 280 < max(drawn) <= 300
    assert 0 <= min(drawn) < 20


def test_a_rate_by_number_is_shared_by_its_names():
    swarm = parse_swarm({"seed": 1, "rates": {"F15": 0.3}})
    assert swarm.rates == {name: pytest.approx(0.1) for name in NAMED if NAMED[name].number == "F15"}


def test_a_seed_alone_draws_which_numbers_take_part_and_how_often():
    sums, seen = [], set()
    for seed in range(200):
        rates = drawn_rates(str(seed))
        numbers = {NAMED[name].number for name in rates}
        seen |= numbers
        assert not LASTING & set(rates)
        for number in numbers:
            sums.append(sum(rate for name, rate in rates.items() if NAMED[name].number == number))
    assert 0.0009 < min(sums) < max(sums) < 0.31
    assert abs(sorted(sums)[len(sums) // 2] - math.sqrt(0.001 * 0.3)) < 0.01
    assert seen == {named.number for name, named in NAMED.items() if name not in LASTING}


def test_a_simulator_can_begin_with_a_swarm(make_imgur):
    imgur = make_imgur(options=Options(chaos="7"))
    assert imgur.look("swarm")["rates"] == drawn_rates("7")


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        {},
        {"seed": 1.5},
        {"seed": 1, "rates": []},
        {"seed": 1, "rates": {"html-999": 0.1}},
        {"seed": 1, "rates": {"html-502": 2}},
        {"seed": 1, "rates": {"html-502": True}},
        {"seed": 1, "until": -1},
        {"seed": 1, "seconds": {"late": 1}},
        {"seed": 1, "seconds": {"late-commit": -1}},
        {"seed": 1, "rate": {}},
    ],
)
def test_a_wrong_swarm_is_refused(imgur, wrong):
    reply = imgur.http.post("/_simulator/swarm", json=wrong)
    assert (reply.status_code, set(reply.json())) == (400, {"error"})
    assert imgur.look("swarm") == {}

"""Objects by id, deletehash and owner, and how long their past is remembered."""

from dataclasses import dataclass

import pytest

from imgur_sync.simulator.recent import Recent
from imgur_sync.simulator.shelf import GONE, VERSIONS, WEIGHT, Shelf
from imgur_sync.simulator.windows import FINE, Meter


@dataclass(frozen=True)
class Thing:
    deletehash: str
    owner: str | None
    weight: int = 1


def shelf():
    return Shelf(weight=lambda thing: thing.weight)


def test_what_was_dropped_last_is_seen_by_reads_that_lag():
    things = shelf()
    for number in range(GONE + 5):
        things.put(str(number), Thing(f"h{number}", "me"), 1.0)
    for number in range(GONE + 5):
        things.drop(str(number), 2.0)
    assert len(things) == 0
    assert list(things.values()) == []
    assert things.find("h7") is None
    # The first five are forgotten altogether: memory does not grow with what is long gone.
    assert len(list(things.values(1.5))) == GONE
    assert things.get("4", 1.5) is None
    assert things.get("5", 1.5) == Thing("h5", "me")


def test_with_a_lag_everything_in_it_is_remembered():
    things = shelf()
    things.lag = 100.0
    for number in range(GONE + 5):
        things.put(str(number), Thing(f"h{number}", "me"), 1.0)
        things.drop(str(number), 2.0)
    assert len(list(things.values(1.5))) == GONE + 5
    things.put("last", Thing("x", "me"), 200.0)
    things.drop("last", 201.0)
    assert len(list(things.values(1.5))) == GONE - 1


@pytest.mark.parametrize("weight", [1, WEIGHT // 4, WEIGHT * 2])
def test_fewer_versions_are_kept_of_what_is_heavy(weight):
    things = shelf()
    for version in range(VERSIONS * 2):
        things.put("a", Thing("h", "me", weight + version % 2), float(version))
    kept = max(1, min(VERSIONS, WEIGHT // (weight + 1)))
    newest = VERSIONS * 2 - 1
    for back in range(kept):
        assert things.get("a", newest - back) == Thing("h", "me", weight + (newest - back) % 2)
    # The oldest that is kept stands for all before it: the object is there since it was made.
    assert things.get("a", 0.0) == things.get("a", float(newest - kept + 1))
    assert things.get("a", -1.0) is None


def test_a_page_of_an_owner_is_newest_first():
    things = shelf()
    for number in range(10):
        things.put(str(number), Thing(f"h{number}", "me" if number % 2 else None), float(number))
    mine = things.newest_of("me")
    assert [thing.deletehash for thing in mine[1:3]] == ["h7", "h5"]
    assert mine[0].deletehash == "h9"
    assert list(mine[7:9]) == []
    whole = list(mine)
    assert all(mine[start:stop] == whole[start:stop] for start in range(7) for stop in range(8))
    assert len(mine) == 5
    assert [thing.deletehash for thing in mine] == ["h9", "h7", "h5", "h3", "h1"]
    assert [thing.deletehash for thing in things.newest_of("me", 5.0)] == ["h5", "h3", "h1"]
    assert list(things.newest_of("nobody")) == []
    with pytest.raises(ValueError, match="step"):
        mine[::2]


def test_an_id_that_comes_back_has_no_past():
    things = shelf()
    things.put("a", Thing("h", "me"), 1.0)
    things.drop("a", 2.0)
    things.put("a", Thing("h", "me", 2), 3.0)
    assert [things.get("a", moment) for moment in (1.0, 2.0, 3.0)] == [None, None, Thing("h", "me", 2)]
    for number in range(GONE + 1):
        things.put(str(number), Thing(f"h{number}", "me"), 4.0)
        things.drop(str(number), 5.0)
    assert things.get("a") == Thing("h", "me", 2)


@dataclass
class Entry:
    n: int


def test_numbers_of_a_log_may_come_out_of_order():
    log = Recent(most=10)
    for n in (1, 5, 2, 3, 9, 4):
        log.append(Entry(n))
    assert [entry.n for entry in log.since(3)] == [5, 9, 4]
    log.keep(3)
    assert [entry.n for entry in log] == [3, 9, 4]
    assert (log.dropped, log.complete_since) == (3, 5)


def test_a_sliding_window_holds_so_many_moments_at_most():
    """Twice as many as are told apart, however many counts there are; nothing is left out of the sum."""
    meter = Meter(3_600)
    meter.windows = "sliding"
    for number in range(3 * FINE):
        meter.count("me", 1, number / 100)
    assert meter.used("me", 3 * FINE / 100) == 3 * FINE
    assert len(meter.kept()["recent"]["me"]) <= 2 * FINE
    assert meter.used("me", 3_600 + 3 * FINE / 100 + 1) == 0

"""Before an apply follows [[moved]], what tells of the state goes by the keys that the manifest has now."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.inside import Inside
from tests.support.mirror import table
from tests.support.modes import MODES, Either, either

MOVED = '[[moved]]\nfrom = "dogs"\nto = "hounds"\n'
HOUNDS = table("hounds", 'order = ["d2.png"]', folder="dogs")


@pytest.fixture(params=MODES)
def up(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Either]:
    """Two albums, synced; one of dogs was replaced since."""
    with either(tmp_path, request.param, kind=Inside) as here:
        here.run("apply", "-y", "-q")
        here.put("dogs/d0.png", 50)
        here.run("apply", "-y", "-q")
        yield here


def keys(here: Either) -> dict[str, list[str]]:
    """The keys of the albums by the command that tells them."""
    return {
        "status": [album["key"] for album in here.json("status")["albums"]],
        "links": [album["album"] for album in here.json("links")["albums"]],
        "retired": [url["album"] for url in here.json("links", "--retired")["retired"]],
    }


def test_status_links_and_history_go_by_the_new_key_at_once(up: Either) -> None:
    """Nothing is sent and nothing is written; the links stand in the order of the new table; the old key is none."""
    up.manifest(table("cats") + HOUNDS + MOVED)
    state = {path: path.read_bytes() for path in (up.folder / ".imgur-sync").glob("state.db*")}
    last = up.last()
    assert keys(up) == {"status": ["cats", "hounds"], "links": ["cats", "hounds"], "retired": ["hounds"]}
    assert [row["path"] for row in up.json("links", "hounds")["albums"][0]["pictures"]] == [
        "d2.png",
        "d0.png",
        "d1.png",
    ]
    assert "hounds" in up.run("links", "dogs", code=64).stderr
    assert len(up.json("history", "hounds")["runs"]) == 2
    assert up.last() == last
    assert {path: path.read_bytes() for path in state} == state
    up.run("apply", "-y", "-q")
    assert keys(up) == {"status": ["cats", "hounds"], "links": ["cats", "hounds"], "retired": ["hounds"]}
    assert len(up.json("history", "hounds")["runs"]) == 3, "the apply that follows puts the order right"


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(table("cats") + MOVED, id="the new key is no album"),
        pytest.param(table("cats") + table("dogs") + HOUNDS + MOVED, id="the old key is still an album"),
        pytest.param(table("cats") + HOUNDS + MOVED + "[[moved]]\nfrom = 7\n", id="a table that says nothing"),
        pytest.param(MOVED + "[albums", id="no TOML"),
    ],
)
def test_a_manifest_that_is_not_whole_is_no_obstacle(broken: str, up: Either) -> None:
    """Then the keys are those of the state, and what is wrong is said by validate."""
    up.manifest(broken)
    assert keys(up)["status"] == ["cats", "dogs"]
    assert keys(up)["links"] == ["cats", "dogs"]
    up.run("validate", code=65)


def test_two_albums_that_were_both_synced_stay_two(up: Either) -> None:
    """A move that the next plan refuses is not followed here either."""
    up.put("hounds/h.png", 60)
    up.manifest(table("cats") + table("dogs") + table("hounds"))
    up.run("apply", "-y", "-q")
    up.manifest(table("cats") + table("hounds") + MOVED)
    assert keys(up)["links"] == ["cats", "dogs", "hounds"]
    up.run("plan", "--offline", code=65)

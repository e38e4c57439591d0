"""`history` with the installed command: what each run did, how it ended, also when it was killed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.inside import Inside
from tests.support.mirror import Mirror, mirror, table, until


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Mirror]:
    """The albums cats and dogs, nothing sent yet."""
    with mirror(tmp_path, kind=Inside) as made:
        yield made


def test_every_apply_is_told_with_what_it_did(here: Mirror) -> None:
    """Uploads, replacement, rename and removal; the run that found nothing to do; newest first."""
    here.run("apply", "-y")
    (here.folder / "cats" / "c0.png").rename(here.folder / "cats" / "first.png")
    here.put("cats/c1.png", 90)
    (here.folder / "dogs" / "d0.png").unlink()
    here.run("apply", "-y")
    here.run("apply", "-y", "cats")
    told = here.json("history")
    assert (told["format_version"], told["kind"]) == (1, "history")
    third, second, first = told["runs"]
    assert [run["number"] for run in told["runs"]] == [3, 2, 1]
    assert (first["command"], first["albums"], first["ending"], first["exit_code"]) == ("apply", [], "ended", 0)
    assert (first["done"]["album_made"], first["done"]["uploaded"], first["done"]["edited"]) == (2, 8, 2)
    assert first["credits"] > 80
    assert first["uploaded_bytes"] > 0
    done = {kind: count for kind, count in second["done"].items() if count}
    assert done == {"uploaded": 1, "replaced": 1, "placed": 1, "detached": 1, "edited": 2}
    assert (third["albums"], any(third["done"].values())) == (["cats"], False)
    assert not any(run["steps"] or run["retired"] for run in told["runs"])


def test_a_restored_picture_is_part_of_the_history(here: Mirror) -> None:
    """As put in its place, without its id."""
    here.run("apply", "-y")
    (here.folder / "cats" / "c0.png").unlink()
    here.run("apply", "-y")
    here.run("restore", "cats", "c0.png", "-y")
    assert "    1 moved or put back; " in here.run("history", "--limit", "1").stdout
    (run,) = here.json("history", "-v", "--limit", "1")["runs"]
    assert run["command"] == "restore"
    assert [(step["kind"], step["album"], step["path"], step["was"]) for step in run["steps"]] == [
        ("placed", "cats", "c0.png", "")
    ]


def test_single_steps_and_retired_links_with_v(here: Mirror) -> None:
    """One album's part of a run, with its steps; the links are those that `links --retired` lists."""
    here.run("apply", "-y")
    here.put("cats/c1.png", 90)
    (here.folder / "dogs" / "d0.png").rename(here.folder / "dogs" / "rex.png")
    here.run("apply", "-y")
    (old, new) = here.run("links", "--retired").stdout.split()
    text = here.run("history", "-v", "cats", "--limit", "1").stdout
    assert "    + cats/c1.png  uploaded\n" in text
    assert "    ~ cats/c1.png  replaced\n" in text
    assert f"    cats/c1.png: {old} is now {new}\n" in text
    assert "dogs" not in text
    assert "    > dogs/rex.png  moved, was dogs/d0.png\n" in here.run("history", "-v", "dogs", "--limit", "1").stdout
    run = json.loads(here.run("history", "--json", "-v", "cats", "--limit", "1").stdout)["runs"][0]
    assert run["retired"] == [{"album": "cats", "path": "c1.png", "old": old, "new": new}]
    assert {step["kind"] for step in run["steps"]} == {"uploaded", "replaced", "edited"}


def test_a_pattern_is_told_by_the_albums_that_it_meant(here: Mirror) -> None:
    """Whatever the manifest names later; a long list is cut, but not as JSON."""
    for number in range(6):
        here.put(f"trips/t{number}/a.png", 40 + number)
    here.manifest(table("cats") + '[collections.trips]\nfolders = "trips/*"\ntitle = "{folder}"\n')
    here.run("apply", "-y", "trips/*", "c*s", "cats")
    keys = [*(f"trips/t{number}" for number in range(6)), "cats"]
    assert here.json("history")["runs"][0]["albums"] == keys
    text = here.run("history").stdout
    assert "  apply trips/t0, trips/t1, trips/t2, trips/t3 and 3 more: done" in text
    here.run("apply", "-y", "nothing*", code=64)
    assert here.json("history")["runs"][0]["albums"] == ["nothing*"]


def test_a_killed_run_is_interrupted_and_tells_what_it_did(here: Mirror) -> None:
    """Killed in its third upload: two are told; and while it runs, it is told to be under way."""
    here.steer(
        "faults", [{"match": {"method": "POST", "path": "/3/upload", "nth": 3}, "fault": "delay", "seconds": 30}]
    )
    here.manifest('[upload]\nin_flight = 1\n[albums.cats]\nfolder = "cats"\ntitle = "cats"\n')
    process = here.place.start("apply", "-y")
    try:
        until(lambda: len(here.received()) == 2)
        until(lambda: here.json("history")["runs"][0]["done"]["uploaded"] == 2)
        assert here.json("history")["runs"][0]["ending"] == "running"
    finally:
        process.kill()
        process.communicate()
    (run,) = here.json("history")["runs"]
    assert (run["ending"], run["ended_at"], run["exit_code"], run["credits"]) == ("interrupted", None, None, None)
    assert run["done"]["uploaded"] == 2
    text = here.run("history").stdout
    assert "apply: interrupted" in text
    assert "1 album made, 2 uploaded\n" in text


def test_a_run_that_failed_is_told_with_its_exit_code(here: Mirror) -> None:
    """A file that cannot be sent: partial. A refused approval: nothing done, 3."""
    here.put("cats/broken.png", b"\x89PNG\r\n\x1a\n")
    here.run("apply", "-y", code=7)
    here.run("apply", "-y", "--approve", "prune=3", code=3)
    refused, partial = here.json("history")["runs"]
    assert (partial["exit_code"], refused["exit_code"]) == (7, 3)
    text = here.run("history").stdout
    assert "partial (exit 7)" in text
    assert "a gate withheld steps (exit 3)" in text
    assert "nothing changed" in text


def test_before_anything_was_synced(here: Mirror) -> None:
    """No run, no error; an album that was never synced is one."""
    done = here.run("history")
    assert done.stdout == "No run is recorded.\n"
    assert "nothing was synced here yet" in done.stderr
    here.run("apply", "-y", "cats")
    wrong = here.run("history", "birds", code=64)
    assert 'no album "birds" was synced here' in wrong.stderr
    assert "there is cats" in wrong.stderr

"""The stories of lost pictures where they go another way without an account.

All fifteen are told in both modes by the file beside this one. Two parts of the fourteenth are not: without an account
there is no token that a second machine could invalidate, and no list of what is ours by which it could know our
pictures again; what it does is told here. Of the ninth there is more to tell: with an answer a deletehash is lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.test_interruptions import started
from tests.support.command import Workplace
from tests.support.inside import Inside
from tests.support.mirror import LINEAGE, UPLOAD, apart, sibling, until
from tests.support.modes import Either, either


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Either]:
    """Nothing sent yet, no account."""
    with either(tmp_path, "anonymous", kind=Inside) as made:
        yield made


@pytest.fixture
def synced(here: Either) -> Either:
    """The same after a first apply."""
    here.run("apply", "-y", "-q")
    return here


def test_story_9_a_lost_answer_doubles_nothing_and_says_what_it_cost(here: Either) -> None:
    """The picture is stored, its answer lost with its deletehash: found in its album, kept, and told of."""
    here = apart(here)
    here.steer("faults", [{"match": {**UPLOAD, "nth": 2}, "fault": "drop_after"}])
    with started(here, "apply", "-y") as process:
        until(lambda: len(here.received()) >= 3)
        process.kill()
    here.calm()
    told = ""
    for _ in range(3):
        done = here.run("apply", "-y", code=None)
        told += done.stderr
        if done.returncode == 0:
            break
    assert "never be deleted" in told
    assert "never be deleted" in here.run("status").stdout
    here.settled("cats", "dogs")


def test_story_14_a_second_machine_without_the_state_touches_nothing_of_the_first(synced: Either) -> None:
    """It has no way to know what the first one made: it says so, makes albums of its own, and those of the first stay
    as they are, to the last picture."""
    before = synced.look("world")
    other = sibling(synced, "second-machine")
    own = {**other.place.environment, "IMGUR_SYNC_STATE_DIR": str(other.folder / ".user")}
    other.place = Workplace(other.folder, own)
    assert "the state file is the only key" in other.run("plan").stdout
    other.run("apply", "-y", "-q")
    after = synced.look("world")
    first = {album["id"]: album for album in before["albums"]}
    assert [album for album in after["albums"] if album["id"] in first] == before["albums"]
    assert len(after["albums"]) == 2 * len(first)
    assert [image for image in after["images"] if image in before["images"]] == before["images"]
    last = synced.last()
    for place in (synced, other):
        place.run("apply", "-y", "-q")
    assert synced.writes(last) == []


def test_story_14_a_second_machine_with_the_copy_goes_on_where_the_first_was(synced: Either) -> None:
    """Where the copy of the state lies, nothing is sent before it is put in place; then everything is recognised."""
    copy = synced.folder / ".user" / "backups" / f"{LINEAGE}.db"
    other = sibling(synced, "second-machine")
    last = synced.last()
    told = other.run("apply", "-y", code=65).stderr
    assert "imgur-sync state recover" in told
    assert copy.exists()
    other.run("state", "recover")
    (other.folder / "cats" / "c0.png").rename(other.folder / "cats" / "c9.png")
    other.run("apply", "-y", "-q")
    assert not [write for write in synced.writes(last) if write.startswith("POST /3/upload")]
    other.check_equal("cats", "dogs")

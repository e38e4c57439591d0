"""Every gate with an account and without one: withheld, refused with a wrong number, let through by the exact one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.inside import Inside
from tests.support.mirror import HEAD, table
from tests.support.modes import MODES, Either, either

CATS = table("cats")
DOGS = table("dogs")


@pytest.fixture(params=MODES)
def up(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Either]:
    """Two albums, synced."""
    with either(tmp_path, request.param, kind=Inside) as here:
        here.run("apply", "-y", "-q")
        yield here


def prune(here: Either) -> tuple[str, ...]:
    for number in range(4):
        (here.folder / f"cats/c{number}.png").unlink()
    return ("cats",)


def prune_all(here: Either) -> tuple[str, ...]:
    """All pictures of an album that has few; one that is broken says that the folder is the right one."""
    for number in range(3):
        (here.folder / f"dogs/d{number}.png").unlink()
    here.manifest(CATS + table("dogs"))
    here.put("dogs/new.png", 60)
    return ()


def prune_in_one_run(here: Either) -> tuple[str, ...]:
    """One of each album: few in each, too many in the run."""
    here.manifest(CATS + DOGS, head=HEAD + "[gates]\nprune = { min = 3, percent = 20, run = 1 }\n")
    (here.folder / "cats/c0.png").unlink()
    (here.folder / "dogs/d0.png").unlink()
    return ("cats", "dogs")


def replace(here: Either) -> tuple[str, ...]:
    here.manifest(CATS + DOGS, head=HEAD + "[gates]\nreplace = { min = 1, percent = 0 }\n")
    for number in range(2):
        here.put(f"cats/c{number}.png", 40 + number)
    return ("cats",)


def restore(here: Either) -> tuple[str, ...]:
    for image in here.album("cats")["images"][:4]:
        here.edit("delete_image", id=image)
    return ("cats",)


def restore_album(here: Either) -> tuple[str, ...]:
    here.edit("delete_album", title_of="dogs")
    return ("dogs",)


def publish(here: Either) -> tuple[str, ...]:
    here.manifest(table("cats", 'privacy = "public"') + DOGS)
    return ("cats",)


GATES = [
    pytest.param(prune, "prune", 4, id="prune"),
    pytest.param(prune_all, "prune", 3, id="prune of all"),
    pytest.param(prune_in_one_run, "prune", 2, id="prune of one run"),
    pytest.param(replace, "replace", 2, id="replace"),
    pytest.param(restore, "restore", 4, id="restore"),
    pytest.param(restore_album, "restore", 3, id="restore of an album"),
    pytest.param(publish, "publish", 1, id="publish"),
]


@pytest.mark.parametrize(("cause", "gate", "number"), GATES)
def test_a_gate_is_passed_by_its_exact_number(
    cause: Callable[[Either], tuple[str, ...]], gate: str, number: int, up: Either
) -> None:
    """Shown by a plan that ends with 0; 3 without the number; 3 and nothing sent with another; done with it."""
    equal = cause(up)
    told = up.run("plan", "--refresh")
    assert f"--approve {gate}={number}" in told.stdout
    last = up.last()
    for wrong in (f"{gate}={number + 1}", f"{gate}={number - 1}" if number > 1 else f"{gate}=7"):
        refused = up.run("apply", "-y", "--refresh", "--approve", wrong, code=3)
        assert f"{gate}={number}" in refused.stderr
    assert up.writes(last) == []
    before = {name: up.shown(name) for name in equal if gate != "restore"}
    assert f"--approve {gate}={number}" in up.run("apply", "-y", "--refresh", code=3).stdout
    assert {name: up.shown(name) for name in before} == before
    up.run("apply", "-y", "-q", "--refresh", "--approve", f"{gate}={number}")
    assert up.json("plan", "--refresh")["empty"] is True
    assert up.shown("cats") == up.wanted("cats")
    assert up.shown("dogs") == up.wanted("dogs")


def test_the_gate_root_takes_no_number(up: Either) -> None:
    """Missing, and named with the command that helps."""
    shutil.rmtree(up.folder / "cats")
    last = up.last()
    told = up.run("apply", "-y", code=3).stdout
    assert "gate root" in told
    assert "imgur-sync root accept cats" in told
    assert "root" in up.run("apply", "-y", "--approve", "root=5", code=3).stderr
    assert up.writes(last) == []


def test_the_gate_scan_takes_no_number(up: Either) -> None:
    """A folder that cannot be read: nothing is removed from that album, the rest is done, 7."""
    (up.folder / "cats/c0.png").unlink()
    up.put("cats/sub/x.png", 61).parent.chmod(0)
    up.put("dogs/d9.png", 62)
    # Root reads everything, unless the capabilities for that are dropped.
    drop = "setpriv --bounding-set=-dac_override,-dac_read_search" if os.geteuid() == 0 else ""
    try:
        told = up.shell(f'{drop} "$SYNC" apply -y')
        refused = up.shell(f'{drop} "$SYNC" apply -y --approve scan=1')
    finally:
        (up.folder / "cats/sub").chmod(0o700)
    assert told.returncode == 7, told.stdout + told.stderr
    assert "gate scan" in told.stdout
    assert refused.returncode == 3
    assert len(up.shown("cats")) == 5
    assert up.shown("dogs") == up.wanted("dogs")


@pytest.mark.parametrize("body", [{"data": {"images": None}, "success": True, "status": 200}, "<html>busy</html>"])
def test_the_gate_listing_removes_and_sends_nothing(body: object, up: Either) -> None:
    """An answer that is not understood: no write to that album, not approvable."""
    (up.folder / "cats/c0.png").unlink()
    up.put("cats/c9.png", 63)
    last = up.last()
    for path in ("/3/album/*", "/3/album/*/images"):
        fault = {"match": {"method": "GET", "path": path}, "fault": "reply", "status": 200, "body": body}
        up.steer("faults", [fault])
    told = up.run("apply", "-y", "--refresh", code=None)
    assert told.returncode in (7, 75), told
    assert up.writes(last) == []
    assert up.run("apply", "-y", "--refresh", "--approve", "listing=1", code=None).returncode in (3, 7, 75)
    assert up.writes(last) == []
    up.calm()
    up.run("apply", "-y", "-q", "--refresh")
    up.settled("cats", "dogs")


def test_the_gate_adopt_counts_what_is_in_the_album(up: Either) -> None:
    """With an account by the exact number; without one no album can be taken over, and that is said at once."""
    up.manifest(CATS)
    found = up.album("dogs")["id"]
    if up.anonymous:
        up.put("owls/o0.png", 70)
        up.manifest(CATS + table("owls", f'id = "{found}"'))
        last = up.last()
        told = up.run("apply", "-y", code=65)
        assert 'albums.owls.id needs an account, and account.mode is "anonymous"' in told.stderr
        assert "sync.toml:14:6" in told.stderr
        assert up.requests(last) == []
        return
    up.run("forget", "dogs", "--confirm", "dogs")
    up.put("owls/o0.png", 70)
    up.manifest(CATS + table("owls", f'id = "https://imgur.com/a/{found}"'))
    last = up.last()
    assert "--approve adopt=3" in up.run("apply", "-y", code=3).stdout
    assert "adopt=3" in up.run("apply", "-y", "--approve", "adopt=2", code=3).stderr
    assert up.writes(last) == []
    up.run("apply", "-y", "-q", "--approve", "adopt=3")
    assert up.shown("owls") == [*up.wanted("owls"), *up.wanted("dogs")]
    assert up.json("plan", "--refresh")["empty"] is True


def test_two_gates_are_passed_together_or_apart(up: Either) -> None:
    """One wrong number refuses both."""
    prune(up)
    up.manifest(table("cats") + table("dogs", 'privacy = "public"'))
    last = up.last()
    up.run("apply", "-y", "--approve", "prune=4,publish=2", code=3)
    assert up.writes(last) == []
    up.run("apply", "-y", "--approve", "publish=1", code=3)
    assert (up.album("dogs")["privacy"], len(up.shown("cats"))) == ("public", 5)
    up.run("apply", "-y", "-q", "--approve", "prune=4")
    assert up.shown("cats") == up.wanted("cats")

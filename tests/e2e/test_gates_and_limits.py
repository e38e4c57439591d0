"""What holds a run back: gates, used-up limits, expired tokens, and an Imgur that ignores what it is asked for."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.simulator import Limits
from tests.e2e.test_interruptions import started
from tests.support.inside import Inside
from tests.support.mirror import HEAD, Mirror, mirror, table, until

KIND = Inside

TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d [+-]\d\d:\d\d \(in ")


def refused(here: Mirror) -> list[dict[str, Any]]:
    """The requests that a limit of Imgur turned away."""
    return [request for request in here.requests() if request["refused_by"]]


def test_most_files_gone_is_not_believed_without_the_number(synced: Mirror) -> None:
    """Exit 3 names the approval; a wrong number sends nothing; the right one lets it through."""
    for number in range(4):
        (synced.folder / "cats" / f"c{number}.png").unlink()
    synced.put("dogs/d7.png", 90)
    assert "--approve prune=4" in synced.run("plan", "--detailed-exitcode", code=2).stdout
    told = synced.run("apply", "-y", code=3).stdout
    assert "--approve prune=4" in told
    assert len(synced.shown("cats")) == 5
    assert synced.shown("dogs") == synced.wanted("dogs"), "the rest is done"
    before = synced.last()
    wrong = synced.run("apply", "-y", "--approve", "prune=3", code=3)
    assert "prune=4" in wrong.stderr
    assert synced.writes(before) == []
    synced.run("apply", "-y", "-q", "--approve", "prune=4")
    assert synced.shown("cats") == synced.wanted("cats")


@pytest.mark.parametrize(
    ("how", "prune"),
    [("empty", "delete"), ("missing", "detach"), ("other", "delete")],
)
def test_a_folder_that_is_not_there_removes_nothing(how: str, prune: str, synced: Mirror) -> None:
    """An unmounted disk leaves an empty folder, none at all, or another one: exit 3, and no number passes it."""
    synced.manifest(table("cats", f'prune = "{prune}"') + table("dogs"))
    cats = synced.folder / "cats"
    cats.rename(synced.folder / "away")
    if how != "missing":
        cats.mkdir()
    if how == "other":
        synced.put("cats/other.png", 50)
    before = synced.last()
    told = synced.run("apply", "-y", code=3).stdout
    assert "gate root" in told
    assert "nothing is removed" in told
    assert not [write for write in synced.writes(before) if not write.startswith("POST /3/upload")]
    assert set(synced.wanted("away")) <= set(synced.shown("cats"))
    shutil.rmtree(cats, ignore_errors=True)
    (synced.folder / "away").rename(cats)
    synced.run("apply", "-y", "-q")
    assert synced.wanted("cats") == [digest for digest in synced.shown("cats") if digest in synced.wanted("cats")]


def test_an_album_deleted_on_the_web_site_is_asked_about(synced: Mirror) -> None:
    """Exit 3 with the number; approved, the album is made anew from the pictures that still live."""
    synced.steer("edit", {"op": "delete_album", "id": synced.album("cats")["id"]})
    told = synced.run("apply", "-y", "--refresh", code=3).stdout
    assert "--approve restore=5" in told
    uploads = len(synced.received())
    synced.run("apply", "-y", "-q", "--refresh", "--approve", "restore=5")
    synced.check_equal("cats", "dogs")
    assert len(synced.received()) == uploads


def test_many_replaced_pictures_are_asked_about(synced: Mirror) -> None:
    """Their addresses would change."""
    head = HEAD + "[gates]\nreplace = { min = 1, percent = 0 }\n"
    synced.manifest(table("cats") + table("dogs"), head=head)
    for number in range(3):
        synced.put(f"cats/c{number}.png", 30 + number)
    assert "--approve replace=3" in synced.run("apply", "-y", code=3).stdout
    synced.run("apply", "-y", "-q", "--approve", "replace=3")
    assert synced.shown("cats") == synced.wanted("cats")


def test_a_public_album_is_asked_about(synced: Mirror) -> None:
    """Hidden until the number is given, or the manifest says so for ever."""
    synced.manifest(table("cats", 'privacy = "public"') + table("dogs", 'privacy = "public"', "allow_public = true"))
    assert "--approve publish=1" in synced.run("apply", "-y", code=3).stdout
    assert (synced.album("cats")["privacy"], synced.album("dogs")["privacy"]) == ("hidden", "public")
    synced.run("apply", "-y", "-q", "--approve", "publish=1")
    assert synced.album("cats")["privacy"] == "public"


def test_a_protected_album_loses_nothing(synced: Mirror) -> None:
    """Removals are blocked, with exit 3; additions go in."""
    synced.manifest(table("cats", "protect = true") + table("dogs"))
    (synced.folder / "cats" / "c0.png").unlink()
    synced.put("cats/c9.png", 91)
    synced.run("apply", "-y", "-q", code=3)
    assert set(synced.wanted("cats")) < set(synced.shown("cats"))
    assert len(synced.shown("cats")) == 6


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_expires_in_the_middle_is_refreshed_once(status: int, tmp_path: Path) -> None:
    """Imgur says so with a 401 or with a 403; requests under way are done again."""
    with mirror(tmp_path, latency=0.1) as here:
        with started(here, "apply", "-y") as process:
            until(lambda: len(here.received()) >= 1)
            before = here.last()
            here.steer("tokens", {"expire_access": True, "answer": status})
            told = process.communicate(timeout=60)
            assert process.returncode == 0, told
        here.check_equal("cats", "dogs")
        refreshes = [request for request in here.requests(before) if request["path"] == "/oauth2/token"]
        assert len(refreshes) == 1
        assert len(here.received()) == 8


@pytest.mark.parametrize(
    "limits",
    [
        pytest.param(Limits(46, 0, 0, 0), id="the account's credits of the hour"),
        pytest.param(Limits(0, 46, 0, 0), id="the application's credits of the day"),
        pytest.param(Limits(0, 0, 5, 0), id="the POSTs of the hour"),
    ],
)
def test_a_used_up_limit_ends_a_run_before_imgur_has_to_refuse(limits: Limits, tmp_path: Path) -> None:
    """Exit 6 with the time to come back; a run before that time uploads nothing, and what is there is in order."""
    with mirror(tmp_path, limits=limits, kind=Inside) as here:
        here.run("plan", "-q")
        first = here.run("apply", "-y", code=6)
        assert TIME.search(first.stdout), first.stdout
        assert len(here.received()) >= 2
        uploads = len(here.received())
        again = here.run("apply", "-y", code=6)
        told = again.stdout + again.stderr  # without one credit for a reading there is no plan, only the error
        assert TIME.search(told), told
        assert len(here.received()) == uploads
        assert refused(here) == []
        # Both albums begin at once: which of them gets the last uploads is not known.
        world = here.look("world")
        digests = {image["id"]: image["sha256"] for image in world["images"]}
        inside = {album["title"]: {digests[image] for image in album["images"]} for album in world["albums"]}
        assert all(shown <= set(here.wanted(title)) for title, shown in inside.items())
        assert set().union(*inside.values()) == set(here.received())


def test_the_unannounced_limit_of_uploads_ends_a_run_with_the_first_refusals(tmp_path: Path) -> None:
    """Exit 6 with Imgur's own time; what was under way is refused, nothing is repeated, nothing is there twice."""
    with mirror(tmp_path, limits=Limits(0, 0, 0, 2), kind=Inside) as here:
        told = here.run("apply", "-y", code=6)
        assert TIME.search(told.stdout), told.stdout
        assert len(here.received()) == 2
        assert 1 <= len(refused(here)) <= 4
        assert len(set(here.received())) == 2


def test_a_run_capped_by_hand_is_finished_by_the_next_ones(here: Mirror) -> None:
    """--max-credits is never overspent, reads included."""
    for _ in range(12):
        before = here.look("ledger")["credits"]
        code = here.run("apply", "-y", "-q", "--max-credits", "40", code=None).returncode
        assert here.look("ledger")["credits"] - before <= 40
        if code == 0:
            break
        assert code == 6
    here.check_equal("cats", "dogs")
    assert len(here.received()) == 8


def test_wishes_that_imgur_ignores_are_told_and_not_repeated_for_ever(tmp_path: Path) -> None:
    """Exit 7 names them; after the second attempt they are not tried again until the wish changes."""
    with mirror(tmp_path, privacy="ignored", cover="ignored", kind=Inside) as here:
        public = table("dogs", 'privacy = "public"', "allow_public = true")
        here.manifest(table("cats", 'cover = "c3.png"') + public)
        here.run("apply", "-y", "-q", code=7)
        before = here.last()
        told = here.run("apply", "-y", code=7).stdout
        assert here.writes(before) == []
        assert "cover" in told
        assert "privacy" in told
        here.check_equal("cats", "dogs")
        here.manifest(table("cats") + table("dogs"))
        here.run("apply", "-y", "-q")


def test_an_imgur_that_ignores_order_and_ids_is_served_all_the_same(tmp_path: Path) -> None:
    """Then pictures are taken out and put in again by the other calls: the album equals the folder."""
    with mirror(tmp_path, order="ignored", put_ids="ignored", kind=Inside) as here:
        here.run("apply", "-y", "-q")
        here.check_equal("cats", "dogs")
        (here.folder / "cats" / "c0.png").rename(here.folder / "cats" / "x0.png")
        (here.folder / "dogs" / "d0.png").unlink()
        here.put("dogs/d9.png", 95)
        here.run("apply", "-y", "-q")
        assert here.shown("cats") == here.wanted("cats")
        assert here.shown("dogs") == here.wanted("dogs")


def test_the_album_with_priority_gets_the_credits_first(here: Mirror) -> None:
    """Whatever the order of the manifest: where not everything can be paid, it is filled before the others."""
    here.manifest(table("cats") + table("dogs", "priority = 10"))
    told = here.run("apply", "-y", "--max-credits", "40", code=6).stdout
    assert here.received()
    assert set(here.received()) <= set(here.wanted("dogs"))
    assert "dogs" in told

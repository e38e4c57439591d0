"""Every fault that has a name strikes a first sync and a sync of edits; a calm run afterwards ends equal.

A run has some 30 requests. Each fault strikes every twelfth of them, beginning with another one for each fault; with
EVERY_REQUEST=1 it strikes each of them, in a run of its own, which takes some minutes.
"""

from __future__ import annotations

import contextlib
import functools
import os
import tempfile
from collections import Counter
from pathlib import Path

import pytest

from imgur_sync.errors import ApprovalError, ExitCode, ImgurSyncError
from imgur_sync.model.gate import GateName
from imgur_sync.simulator.named_faults import NAMED
from tests.support.sync_stage import SyncStage

STRIDE = 1 if os.environ.get("EVERY_REQUEST") else 12
HOURS = 3_600.0
MONTH = 32 * 24 * HOURS
WAITS = {"retry-after-huge": 25 * HOURS, "daily-429": MONTH, "limit-403": MONTH, "daily-hit": 25 * HOURS}
"""How long after it a calm run comes: past every delay and refusal, for these past a day or a month."""
FAILING = frozenset((("forbidden-object-400", "POST", "/3/upload"),))
"""A refusal for good, after which a file is failed until its content changes."""
REFUSED = frozenset(("size-413", "html-413", "ticket-415"))
"""Faults that are nothing but such a refusal (`test_refused_files.py`)."""
UNASKED = frozenset(("add-403", "add-ignored", "create-empty"))
"""Nothing in these runs sends what these strike: albums are made empty, and get pictures by PUT or with the upload."""
DIFFERENT = frozenset(("web-add",))
"""After these the album holds a picture that is not ours."""


def set_out(stage: SyncStage, *, edited: bool) -> None:
    """Two albums of three pictures and one; `edited`: they are on Imgur, and have been changed here since."""
    cats, dogs = stage.album("cats"), stage.album("dogs", description="Words")
    for seed in range(3):
        stage.put("cats", f"{seed}.png", seed)
    stage.put("dogs", "d.png", 20)
    if edited:
        stage.apply()
        (cats / "0.png").rename(cats / "9.png")
        stage.put("cats", "2.png", 77)
        stage.put("cats", "6.png", 78)
        (cats / "1.png").rename(dogs / "1.png")
        stage.change("dogs", description="Other words", cover="d.png")
        stage.clock.advance(100)


def knobs_of(name: str) -> dict[str, int]:
    """A page that is repeated needs pages: lists then have one entry on each."""
    return {"short_pages": 99} if name == "page-repeated" else {}


@functools.cache
def requests_of(*, edited: bool, short_pages: int = 0) -> tuple[tuple[str, str], ...]:
    """The requests of a run that nothing strikes; the same in every run, for the workers are seeded."""
    with tempfile.TemporaryDirectory() as folder, SyncStage(Path(folder), short_pages=short_pages) as stage:
        set_out(stage, edited=edited)
        before = len(stage.look("history")["requests"])
        stage.apply()
        sent = stage.look("history")["requests"][before:]
        return tuple((request["method"], request["path"]) for request in sent)


def places(name: str) -> tuple[list[tuple[bool, int]], list[tuple[bool, int]]]:
    """Which requests the fault strikes, of a first sync or a sync of edits, counted from 1; and which others it could:
    it may find nothing in the first to have an effect on."""
    named = NAMED[name]
    fitting = [
        (edited, number)
        for edited in (False, True)
        for number, request in enumerate(requests_of(edited=edited, **knobs_of(name)), 1)
        if (named.scope == "token" or named.fits(*request)) and (name, *request) not in FAILING
    ]
    first = list(NAMED).index(name) % STRIDE
    chosen = fitting[min(first, len(fitting) - 1) :: STRIDE]
    return chosen, [place for place in fitting if place not in chosen]


def approved(stage: SyncStage) -> tuple[ExitCode, ...]:
    """An apply that passes the gates that a person can open."""
    counts: Counter[GateName] = Counter()
    for album in stage.plan().albums:
        for gate in album.gates:
            if gate.name.approvable:
                counts[gate.name] += gate.count
    try:
        return stage.apply(counts).codes
    except ApprovalError:
        return stage.apply().codes


def check_equal(stage: SyncStage, name: str, before: set[str]) -> None:
    """Every album shows its folder, in order, and none of the pictures that were not there `before` is there twice.

    A file that moves between albums is sent anew while the album that it leaves cannot be read; its old picture stays.
    """
    world = stage.look("world")
    images = {image["id"]: image for image in world["images"]}
    for key in stage.albums:
        shown = [images[image_id] for image_id in stage.remote(key)["images"]]
        ours = [image["sha256"] for image in shown if image["creator"] != "imgur-web"]
        assert ours == stage.wanted(key)
        assert len(ours) == len(shown) or name in DIFFERENT
    made = Counter(image["sha256"] for image in images.values() if image["id"] not in before)
    assert all(times == 1 for times in made.values())
    assert stage.plan().settled


def withdraw(stage: SyncStage) -> None:
    """Somebody takes all posts out of the public gallery again."""
    for album in stage.look("world")["albums"]:
        stage.steer("edit", {"op": "set_album", "id": album["id"], "in_gallery": False})


def strike(stage: SyncStage, name: str, number: int) -> bool:
    """An apply whose request of that number is struck; False if the fault had nothing to have an effect on."""
    rules = [{"fault": name, "match": {"nth": number}}]
    if NAMED[name].scope == "token":
        rules = [{"fault": "token-expired", "match": {"nth": number}}, {"fault": name}]
    stage.steer("faults", rules)
    with contextlib.suppress(ImgurSyncError):
        stage.apply()
    return any(entry["fault"] == name for entry in stage.look("history")["struck"])


@pytest.mark.parametrize("name", [name for name in NAMED if name not in REFUSED])
def test_whatever_strikes_a_calm_run_ends_equal(tmp_path: Path, name: str) -> None:
    """Struck once at a request; then at most three applies end with exit 0, albums equal, no twin."""
    struck = 0
    chosen, others = places(name)
    for edited, number in (*chosen, *(others if name not in UNASKED else ())):
        if struck and (edited, number) not in chosen:
            break
        with SyncStage(tmp_path / f"{edited} {number}", **knobs_of(name)) as stage:
            set_out(stage, edited=edited)
            before = {image["id"] for image in stage.look("world")["images"]}
            struck += strike(stage, name, number)
            stage.web.delete("/_simulator/faults")
            if name == "web-gallery":  # a person has to take it back: no program can hide what is in the gallery
                withdraw(stage)
            stage.demo = stage.world.demo()  # somebody logs in again, where that is needed
            stage.clock.advance(WAITS.get(name, 2 * HOURS))
            for _ in range(3):
                codes = approved(stage)
                if codes == (ExitCode.DONE,):
                    break
            assert codes == (ExitCode.DONE,), f"{name} at request {number}, edited: {edited}"
            check_equal(stage, name, before)
    assert bool(struck) is (name not in UNASKED)

"""What a run remembers of orders and covers, so that nothing of its own is taken for somebody's change of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.model.event import Planned
from imgur_sync.model.plan import Plan
from tests.support.sync_stage import SyncStage

KNOBS: dict[str, dict[str, Any]] = {
    "honoured": {},
    "uploads come first": {"upload_position": "first"},
    "uploads come second": {"upload_position": "second"},
    "orders ignored": {"order": "ignored"},
    "ids ignored": {"put_ids": "ignored"},
    "covers ignored": {"cover": "ignored"},
    "lag": {"lag": 5.0},
}


@pytest.fixture(params=[False, True], ids=["account", "nobody"])
def anonymous(request: pytest.FixtureRequest) -> bool:
    """Both modes."""
    return bool(request.param)


@pytest.fixture
def stage(anonymous: bool, tmp_path: Path) -> Iterator[SyncStage]:
    """The albums cats and dogs, of four pictures each, mirrored and settled."""
    with made(tmp_path, anonymous) as stage:
        yield stage


def made(base: Path, anonymous: bool, **knobs: Any) -> SyncStage:
    """An Imgur with these knobs, and two albums in order."""
    stage = SyncStage(base, anonymous=anonymous, **knobs)
    for number, key in enumerate(("cats", "dogs")):
        stage.album(key)
        for index in range(4):
            stage.put(key, f"{index}.png", 10 * number + index)
    for _ in range(3):
        stage.apply()
        stage.clock.advance(1000)
    return stage


def change(stage: SyncStage) -> None:
    """New, replaced, renamed, removed and moved files, and another cover."""
    cats, dogs = stage.albums["cats"].root, stage.albums["dogs"].root
    stage.put("cats", "00.png", 50)
    stage.put("cats", "1.png", 51)
    (cats / "0.png").rename(cats / "9.png")
    (cats / "3.png").rename(dogs / "a.png")
    (dogs / "0.png").unlink()
    stage.change("dogs", cover="2.png")


def blamed(plan: Plan) -> list[str]:
    """What is told of orders and covers that somebody changed."""
    drift = [drift for album in plan.albums for drift in album.drift]
    return [one.what for one in drift if "the order" in one.what or "the cover" in one.what]


def blamed_in_run(stage: SyncStage) -> list[str]:
    """The same of every plan that the last apply made."""
    return [what for event in stage.events if isinstance(event, Planned) for what in blamed(event.plan)]


def reorder(stage: SyncStage, key: str, *places: int) -> None:
    """Somebody puts an album's pictures into this order, by where they stand now."""
    album = stage.remote(key)
    images = [album["images"][place] for place in places]
    stage.web.post("/_simulator/edit", json={"op": "order", "id": album["id"], "images": images}).raise_for_status()


@pytest.mark.parametrize("knobs", KNOBS.values(), ids=KNOBS.keys())
def test_nobody_is_blamed_for_what_a_killed_run_did(anonymous: bool, tmp_path: Path, knobs: dict[str, Any]) -> None:
    """Killed before or after any of its requests, whatever Imgur makes of them: while its outcome is not known, when
    it is settled, and when the next run is through."""
    killed, job = True, -1
    while killed:
        job += 5 if knobs else 3
        with made(tmp_path / str(job), anonymous, **knobs) as stage:
            change(stage)
            killed = stage.killed_apply(job, after=bool(job % 2))
            assert blamed_in_run(stage) == [], job
            for seconds in (0, 1000):
                stage.clock.advance(seconds)
                assert blamed(stage.plan(refresh=True)) == [], job
            for _ in range(3):
                stage.apply(refresh=True)
                assert blamed_in_run(stage) == [], job
                assert blamed(stage.plan(refresh=True)) == [], job
                stage.clock.advance(200)
    assert job > 8


def test_what_somebody_changed_is_told_until_it_is_set_back(stage: SyncStage) -> None:
    """Runs that are killed in between do not make it the user's own change."""
    reorder(stage, "cats", 3, 2, 1, 0)
    stage.put("cats", "7.png", 60)
    moved, job = stage.remote("cats")["images"], 0
    while stage.remote("cats")["images"][: len(moved)] == moved:
        told = blamed(stage.plan(refresh=True))
        assert told == ["the order was changed on Imgur"] or (doubtful(stage) and not told), job
        job += 1
        stage.killed_apply(job)
        stage.clock.advance(1000)
    assert job > 2
    stage.apply()
    assert blamed(stage.plan(refresh=True)) == []


@pytest.mark.parametrize("anonymous", [False], indirect=True, ids=["account"])
def test_a_rebuilt_state_blames_nobody(stage: SyncStage) -> None:
    """Nothing is known of an order from before; after the next apply it is."""
    (stage.base / ".imgur-sync" / "state.db").unlink()
    reorder(stage, "cats", 3, 2, 1, 0)
    assert blamed(stage.plan(refresh=True)) == []
    stage.apply(refresh=True)
    reorder(stage, "cats", 1, 0, 2, 3)
    assert blamed(stage.plan(refresh=True)) == ["the order was changed on Imgur"]


def test_an_edit_that_is_lost_and_settled_is_remembered_as_it_was_seen(stage: SyncStage) -> None:
    """Its reply is lost; later it shows: what somebody does to it then is theirs."""
    stage.put("cats", "5.png", 61)
    (stage.albums["cats"].root / "0.png").rename(stage.albums["cats"].root / "6.png")
    job = 1
    while not any(intent for intent in doubtful(stage)):
        assert stage.killed_apply(job, after=True)
        job += 1
    stage.clock.advance(1000)
    assert blamed(stage.plan(refresh=True)) == []
    stage.apply()
    reorder(stage, "cats", 4, 3, 2, 1, 0)
    assert blamed(stage.plan(refresh=True)) == ["the order was changed on Imgur"]


def doubtful(stage: SyncStage) -> list[str]:
    """The edits whose outcome is not known."""
    plan = stage.plan(offline=True)
    return [doubt.what for album in plan.albums for doubt in album.unsettled if "an edit" in doubt.what]

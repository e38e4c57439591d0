"""Kills, old states and lost answers, followed by another change of the manifest instead of a plain second run."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from imgur_sync.model.plan import GateName
from imgur_sync.model.spec import Order
from imgur_sync.model.texts import Texts
from tests.support.lifecycle_stage import LifecycleStage

LATER = ("departure", "run", "run_step", "picture_text", "ignored_text", "agreed", "reviewed", "consumed")
"""The tables that the first version of the state did not have."""


@pytest.fixture(params=[False, True], ids=["account", "nobody"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LifecycleStage]:
    """The albums cats and dogs, of five pictures each, not on Imgur yet."""
    with LifecycleStage(tmp_path / "world", anonymous=request.param) as stage:
        for number, key in enumerate(("cats", "dogs")):
            stage.album(key)
            for index in range(5):
                stage.put(key, f"{index}.png", 10 * number + index)
        yield stage


def run(stage: LifecycleStage, times: int = 3) -> None:
    """A few applies with time between them, each passing the gate prune; then there is nothing to do."""
    for _ in range(times):
        stage.clock.advance(200)
        count = sum(gate.count for album in stage.plan().albums for gate in album.gates)
        finished = stage.apply({GateName.PRUNE: count} if count else {})
    assert finished.codes == (0,)
    plan = stage.plan()
    assert plan.settled
    assert plan.empty


@pytest.mark.parametrize("stage", [False], indirect=True, ids=["account"])
@pytest.mark.parametrize(("at", "after"), [(6, False), (6, True), (9, True)])
def test_a_state_of_the_first_version_with_requests_in_doubt(stage: LifecycleStage, at: int, after: bool) -> None:
    """Killed under the first version; upgraded, moved and given titles: every picture is there once."""
    assert stage.killed_apply(at, after=after)
    with closing(sqlite3.connect(stage.base / ".imgur-sync" / "state.db", isolation_level=None)) as connection:
        for table in LATER:
            connection.execute(f"DROP TABLE {table}")
        connection.execute("PRAGMA user_version = 1")
    stage.rename("cats", "katzen")
    stage.change("katzen", image_title="{stem}")
    run(stage)
    assert stage.uploads() == 10
    assert stage.shown("katzen") == stage.wanted("katzen")


@pytest.mark.parametrize("at", range(1, 7))
def test_putting_back_is_killed_and_the_album_moves_and_goes(stage: LifecycleStage, at: int) -> None:
    """The picture is in the album or offered again; with the album it goes, or it is left."""
    stage.apply()
    (stage.albums["cats"].root / "1.png").unlink()
    stage.apply()
    stage.clock.advance(1000)
    stage.restore("cats", kill_at=at, after=at % 2 == 0)
    stage.rename("cats", "katzen")
    run(stage)
    back = len(stage.there("katzen")["images"]) == 5
    assert len(stage.left("katzen")) == 1 - back
    stage.remove("katzen", pictures=True)
    run(stage, 2)
    assert stage.uploads() == (5 if back else 6)


@pytest.mark.parametrize("at", range(1, 5))
def test_a_purge_is_killed_and_another_album_wants_the_pictures(stage: LifecycleStage, at: int) -> None:
    """What was deleted is uploaded, what was not is taken; nothing is there twice."""
    stage.apply()
    for name in ("1.png", "2.png"):
        (stage.albums["cats"].root / name).rename(stage.base / name)
    stage.apply()
    stage.clock.advance(1000)
    stage.purge("cats", kill_at=at, after=at % 2 == 0)
    for name in ("1.png", "2.png"):
        (stage.base / name).rename(stage.albums["dogs"].root / f"z{name}")
    run(stage)
    assert stage.shown("dogs") == stage.wanted("dogs")
    assert stage.uploads() == 10


def test_a_file_that_comes_back_to_its_picture_gets_its_texts_and_place(stage: LifecycleStage) -> None:
    """The picture was put back behind the others; nothing is uploaded."""
    stage.apply()
    file = stage.albums["cats"].root / "1.png"
    data = file.read_bytes()
    file.unlink()
    stage.apply()
    titles = (("1.png", Texts("One", None)),)
    stage.change("cats", listed=("4.png",), order=Order.NAME, image_title="{index}", images=titles)
    assert stage.restore("cats").problems == []
    run(stage)
    file.write_bytes(data)
    run(stage)
    images = {image["id"]: image["title"] for image in stage.look("world")["images"]}
    assert [images[i] for i in stage.there("cats")["images"]] == ["1", "2", "One", "4", "5"]
    assert stage.uploads() == 10


@pytest.mark.parametrize("stage", [False], indirect=True, ids=["account"])
def test_an_adopted_album_is_let_go_of_and_adopted_again(stage: LifecycleStage) -> None:
    """What this program put in is foreign then, and counted like the rest."""
    stage.album("found", id=stage.found(901))
    stage.put("found", "a.png", 902)
    assert stage.apply({GateName.ADOPT: 1}).codes == (0,)
    spec = stage.albums.pop("found")
    assert stage.forget("found")
    stage.albums["found"] = spec
    assert stage.apply({GateName.ADOPT: 2}).codes == (0,)
    assert len(stage.there("found")["images"]) == 3
    run(stage, 1)

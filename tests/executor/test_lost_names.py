"""A state that was lost, while Imgur's lists come without the names that tell whose pictures they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgur_sync.errors import TryAgainLaterError
from tests.support.lifecycle_stage import LifecycleStage


def test_a_list_without_names_rebuilds_no_state(tmp_path: Path) -> None:
    """The run ends; the next one recognises every picture and uploads none."""
    with LifecycleStage(tmp_path) as stage:
        stage.album("cats")
        for number in range(3):
            stage.put("cats", f"{number}.png", number)
        stage.apply()
        stage.clock.advance(4000)
        for path in (tmp_path / ".imgur-sync").glob("state.db*"):
            path.unlink()
        stage.steer("faults", [{"fault": "field-null", "match": {"path": "/3/account/me/images/*"}}])
        with pytest.raises(TryAgainLaterError, match="could not be read to its end"):
            stage.apply()
        stage.web.delete("/_simulator/faults")
        stage.clock.advance(4000)
        stage.apply()
        assert stage.uploads() == 3
        assert stage.shown("cats") == stage.wanted("cats")


def test_an_album_that_is_listed_and_not_found_for_a_moment_is_not_left_behind(tmp_path: Path) -> None:
    """A page of 404 for what is there: the state is rebuilt by the next run, with the album in it."""
    with LifecycleStage(tmp_path) as stage:
        stage.album("cats")
        stage.put("cats", "0.png", 0)
        stage.apply()
        stage.clock.advance(4000)
        for path in (tmp_path / ".imgur-sync").glob("state.db*"):
            path.unlink()
        stage.steer("faults", [{"fault": "html-404", "match": {"path": f"/3/album/{stage.remote('cats')['id']}"}}])
        with pytest.raises(TryAgainLaterError, match="lists an album and does not find it"):
            stage.apply()
        stage.web.delete("/_simulator/faults")
        stage.clock.advance(4000)
        stage.apply()
        assert len(stage.look("world")["albums"]) == 1
        assert stage.shown("cats") == stage.wanted("cats")

"""Albums that were begun, and whose key the manifest did not have when the lost state was rebuilt."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgur_sync.errors import ExitCode
from tests.support.lifecycle_stage import LifecycleStage


def begun(stage: LifecycleStage, requests: int) -> None:
    """Two albums; a run is killed after so many requests, the state is lost, and it is rebuilt without the second."""
    stage.album("cats")
    stage.album("dogs")
    stage.put("dogs", "0.png", 0)
    stage.killed_apply(requests, after=True)
    dogs = stage.albums.pop("dogs")
    for path in stage.manifest().state_path.parent.glob("state.db*"):
        path.unlink()
    stage.clock.advance(4000)
    assert stage.apply().codes == (ExitCode.DONE,)
    stage.albums["dogs"] = dogs


def calls(stage: LifecycleStage) -> list[tuple[str, str]]:
    """What was sent that is no reading."""
    sent = ((entry["method"], entry["path"]) for entry in stage.look("history")["requests"])
    return [one for one in sent if one[0] != "GET"]


@pytest.mark.parametrize(("requests", "shows"), [(4, 0), (6, 1)])
def test_an_album_that_was_begun_is_taken_over_when_its_key_comes_back(
    tmp_path: Path, requests: int, shows: int
) -> None:
    """No second album is made, none is deleted, and a picture that it shows is not sent again."""
    with LifecycleStage(tmp_path) as stage:
        begun(stage, requests)
        before = stage.look("world")["albums"]
        assert [album["description"][:10] for album in before] == ["imgur-sync"]
        assert len(before[0]["images"]) == shows
        assert stage.apply().codes == (ExitCode.DONE,)
        assert stage.shown("dogs") == stage.wanted("dogs")
        assert stage.uploads() == 1
        assert [album["id"] for album in stage.look("world")["albums"]] == [before[0]["id"]]
        assert calls(stage).count(("POST", "/3/album")) == 1
        assert all(method != "DELETE" for method, _ in calls(stage))

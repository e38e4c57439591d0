"""`purge` while an edit is in doubt: what an album may show since is not deleted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.lifecycle_stage import LifecycleStage


@pytest.mark.parametrize("anonymous", [False, True])
def test_a_picture_that_an_edit_in_doubt_may_have_put_into_an_album_is_not_purged(
    tmp_path: Path, anonymous: bool
) -> None:
    """The picture left one album and another one took it; the run was killed before it knew that it had."""
    for kill in range(1, 30):
        with LifecycleStage(tmp_path / str(kill), anonymous=anonymous) as stage:
            for key, seed in (("cats", 1), ("dogs", 2)):
                stage.album(key)
                stage.put(key, "anchor.png", 10 + seed)
            stage.put("cats", "tom.png", 1)
            stage.apply()
            (stage.albums["cats"].root / "tom.png").unlink()
            stage.apply()
            (picture,) = stage.left("cats")
            stage.put("dogs", "tom.png", 1)
            stage.killed_apply(kill, after=True)
            if picture.id not in stage.remote("dogs")["images"] or not stage.left("cats"):
                continue
            outing = stage.purge()
            assert picture.id in stage.remote("dogs")["images"]
            assert outing.done == []
            assert "in doubt" in outing.problems[0]
            stage.clock.advance(200)
            stage.apply()
            assert stage.shown("dogs") == stage.wanted("dogs")
            assert stage.left() == []
            return
    raise AssertionError("no kill left the edit in doubt")

"""What a state that was lost took along: at which paths the files of pictures lay. Where an album leaves files out, a
picture of unknown path may be that of one of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import ExitCode
from imgur_sync.model.plan import GateName
from imgur_sync.model.spec import Prune
from tests.support.sync_stage import SyncStage

FILTERS: dict[str, tuple[dict[str, Any], str]] = {
    "exclude": ({"exclude": ("old/",)}, ""),
    "include": ({"include": ("new*",)}, ""),
    "recursive": ({"recursive": False}, ""),
    "a pattern file": ({}, "*"),
}


@pytest.mark.parametrize(("fields", "patterns"), FILTERS.values(), ids=FILTERS)
@pytest.mark.parametrize("prune", Prune)
def test_what_is_left_out_stays(tmp_path: Path, fields: dict[str, Any], patterns: str, prune: Prune) -> None:
    """Nobody knows any more whose picture it is: nothing is deleted or taken out, and the file takes it back later."""
    with SyncStage(tmp_path) as stage:
        lost(stage, fields, patterns, prune=prune)
        before = stage.shown("cats")
        finished = stage.apply()
        assert (finished.codes, stage.shown("cats")) == ((ExitCode.DONE,), before)
        assert [album.unmanaged for album in finished.left.albums] == [("",)]
        stage.change("cats", include=("**/*",), exclude=(), recursive=True)
        (tmp_path / "cats" / "old" / ".imgursyncignore").unlink(missing_ok=True)
        stage.clock.advance(4000)
        assert stage.apply().codes == (ExitCode.DONE,)
        assert stage.shown("cats") == before
        assert stage.uploads() == 3


def test_where_nothing_is_left_out_a_picture_without_a_file_leaves(tmp_path: Path) -> None:
    """The folder was seen whole: what is not in it is gone."""
    with SyncStage(tmp_path) as stage:
        lost(stage, {}, "", prune=Prune.DELETE)
        (tmp_path / "cats" / "old" / "2.png").unlink()
        assert stage.apply({GateName.PRUNE: 1} if stage.plan().albums[0].gates else None).codes == (ExitCode.DONE,)
        assert len(stage.look("world")["images"]) == 2


def lost(stage: SyncStage, fields: dict[str, Any], patterns: str, *, prune: Prune) -> None:
    """Three pictures are in order, then one is left out; then the state is lost."""
    stage.album("cats", prune=prune)
    for number, name in enumerate(("new0.png", "new1.png", "old/2.png")):
        stage.put("cats", name, number)
    stage.apply()
    stage.change("cats", **fields)
    if patterns:
        (stage.base / "cats" / "old" / ".imgursyncignore").write_text(patterns)
    stage.clock.advance(4000)
    stage.apply()
    for path in (stage.base / ".imgur-sync").glob("state.db*"):
        path.unlink()
    stage.clock.advance(4000)

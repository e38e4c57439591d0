"""Lines of a plan for albums that are not as usual."""

from __future__ import annotations

from collections.abc import Callable

from imgur_sync.model.plan import AlbumPlan
from imgur_sync.model.step import EditAlbum
from imgur_sync.report.changes import change_lines


def test_our_own_marker_is_not_told_as_somebodys_description(album: Callable[..., AlbumPlan]) -> None:
    """The edit that completes an interrupted creation takes it away; an emptied description is told as such."""
    edit = EditAlbum("cats", description="")
    assert change_lines(album(edit, unfinished=True)) == ["* its creation, which was interrupted, is completed"]
    assert change_lines(album(edit)) == ["* description: none"]
    assert change_lines(album(EditAlbum("cats", description="Ours"), unfinished=True)) == ['* description: "Ours"']

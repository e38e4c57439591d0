"""What a plan remarks beside its steps."""

from __future__ import annotations

import pytest

from imgur_sync.planner.album import plan_album
from imgur_sync.planner.marker import album_marker
from tests.support.album_views import file, new_view, picture, synced, view

LARGE = 10_000_001


def test_pictures_over_the_documented_size_are_one_line_with_a_few_names() -> None:
    """Counted in all, named up to three, sizes in the unit of the limit."""
    files = [file(f"{n}.png", size=LARGE + n * 1_000_000) for n in range(5)]
    (warning,) = plan_album(new_view(files)).warnings
    assert warning == (
        "5 pictures have more than the 10 MB (10,000,000 bytes) that Imgur documents for still images; it may refuse "
        "them: 0.png (10.0 MB), 1.png (11.0 MB), 2.png (12.0 MB) and 2 more"
    )


@pytest.mark.parametrize(
    ("size", "media_type", "warned"),
    [
        (LARGE - 1, "image/png", False),
        (LARGE, "image/png", True),
        (LARGE, "image/jpeg", True),
        (LARGE, "image/gif", False),
        (LARGE, "video/mp4", False),
    ],
)
def test_the_documented_size_is_ten_million_bytes_of_a_still_image(size: int, media_type: str, warned: bool) -> None:
    """Another limit holds for GIF and video."""
    plan = plan_album(new_view([file("a", size=size, media_type=media_type)]))
    assert [warning.startswith("1 picture has more than") for warning in plan.warnings] == [True] * warned


def test_a_large_picture_that_is_up_is_not_warned_of_any_more() -> None:
    """Imgur took it."""
    plan = plan_album(view([file("a", size=LARGE)], [picture("1", "a")], ["1"]))
    assert plan.warnings == ()
    assert plan.quiet


def test_the_marker_of_a_creation_makes_an_album_unfinished() -> None:
    """Whatever somebody else wrote there does not."""
    marker = album_marker("lineage", "cats")
    known = synced(edited=False)
    for text, unfinished in ((marker, True), ("mine", False), ("", False)):
        plan = plan_album(view([file("a")], [picture("1", "a")], ["1"], header={"description": text}, synced=known))
        assert plan.unfinished is unfinished

"""The order "taken" and the cover "newest" where dates are in files that are not here: nothing on Imgur is moved."""

from __future__ import annotations

import pytest

from imgur_sync.model.local import LocalFile, Presence
from imgur_sync.model.plan import AlbumPlan
from imgur_sync.model.spec import Order, Privacy
from imgur_sync.model.step import EditAlbum, Upload
from imgur_sync.planner.album import plan_album
from tests.support.album_views import file, new_view, picture, sha, spec, view

DATES = [f"2024-05-0{day}T12:00:00.000000" for day in range(1, 10)]
AWAY = [Presence.POINTER, Presence.PROMISED]


def away(path: str, presence: Presence = Presence.POINTER) -> LocalFile:
    """A file whose date nobody knows here."""
    return file(path, content=presence)


def places(part: AlbumPlan) -> list[str] | None:
    """The places of the one edit, None where there is none."""
    edits = [step for step in part.wanted if isinstance(step, EditAlbum) and step.places is not None]
    assert len(edits) < 2
    return [place.path for place in edits[0].places or ()] if edits else None


@pytest.mark.parametrize("presence", AWAY)
def test_pictures_that_are_up_stay_where_they_stand(presence: Presence) -> None:
    """All of them pointers, some of them, one of them: as an album that was made with all files here looks."""
    shown = ["c", "a", "d", "b"]
    dates = dict(zip(shown, DATES, strict=False))
    for known in ((), ("a",), ("d", "b"), ("c", "a", "b")):
        files = [file(path, taken=dates[path]) if path in known else away(path, presence) for path in sorted(shown)]
        part = plan_album(view(files, [picture(path, path) for path in shown], entry=spec(order=Order.TAKEN)))
        assert part.wanted == (), known
        assert part.warnings == ()


@pytest.mark.parametrize("presence", AWAY)
def test_new_ones_come_last_and_the_plan_says_why(presence: Presence) -> None:
    """What is known is put in order; the warning names the count."""
    files = [away("a"), file("b", taken=DATES[1]), away("new", presence), file("seen", taken=DATES[0])]
    part = plan_album(view(files, [picture("b", "b"), picture("a", "a")], entry=spec(order=Order.TAKEN)))
    assert places(part) == ["seen", "b", "a", "new"]
    (said,) = part.warnings
    assert said.startswith('the order "taken" follows the dates in the pictures, and 1 of those that are sent')


def test_a_cover_that_is_the_newest_stays() -> None:
    """It is chosen anew where all dates are known."""
    for files, wanted in (
        ([away("a"), away("b")], ()),
        ([file("a", taken=DATES[0]), file("b", taken=DATES[5])], ("b",)),
    ):
        entry = spec(order=Order.TAKEN, cover="newest")
        part = plan_album(view(files, [picture("a", "a"), picture("b", "b")], entry=entry, header={"cover": "a"}))
        edits = [step for step in part.wanted if isinstance(step, EditAlbum)]
        assert tuple(step.cover.path for step in edits if step.cover is not None) == wanted


def test_a_public_album_says_that_places_are_not_known() -> None:
    """Of pointers that are to be sent; not in a hidden album, not of what is here, not of what is up."""
    for files, privacy, warned in (
        ([away("a"), away("b")], Privacy.PUBLIC, True),
        ([away("a"), away("b")], Privacy.HIDDEN, False),
        ([file("a")], Privacy.PUBLIC, False),
    ):
        part = plan_album(new_view(files, entry=spec(privacy=privacy, allow_public=True)))
        assert [step for step in part.wanted if isinstance(step, Upload)]
        assert any("they may hold where they were taken" in text for text in part.warnings) == warned


def test_a_picture_that_a_gate_keeps_stands_behind_the_file_of_its_path() -> None:
    """Also where the file's date is not known: the first place of a path is the file's."""
    old = picture("old", "a", "before")
    files = [away("a"), away("b")]
    entry = spec(order=Order.TAKEN, protect=True, image_title="{stem}")
    part = plan_album(view(files, [old, picture("b", "b"), picture("a", "x", "a")], ["old", "b", "a"], entry=entry))
    (edit,) = [step for step in part.wanted if isinstance(step, EditAlbum)]
    assert [(place.path, place.digest) for place in edit.places or ()] == [
        ("b", sha("b")),
        ("a", sha("a")),
        ("a", sha("before")),
    ]


def test_many_pointers_take_no_time() -> None:
    """Ten thousand, in an order of their own: placed in one pass."""
    names = [f"{number * 7919 % 10_007:05}" for number in range(10_000)]
    files = [away(name) for name in sorted(names)]
    part = plan_album(view(files, [picture(name, name) for name in names], entry=spec(order=Order.TAKEN)))
    assert part.wanted == ()

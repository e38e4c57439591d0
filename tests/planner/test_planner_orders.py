"""The orders of an album: by the date in the picture, by a list of files; and covers that follow them."""

from __future__ import annotations

from itertools import permutations

import pytest

from imgur_sync.model.local import LocalFile, Presence
from imgur_sync.model.plan import AlbumPlan
from imgur_sync.model.spec import Order
from imgur_sync.model.step import EditAlbum
from imgur_sync.planner.album import plan_album
from imgur_sync.planner.digest import digest
from tests.support.album_views import file, new_view, picture, spec, view

EARLY, NOON, LATE = (f"2024-05-01T{hour}:00:00.000000" for hour in ("08", "12", "20"))


def order_of(files: list[LocalFile], **fields: object) -> list[str]:
    """The places of a new album in wanted order, whatever the order of the scan."""
    found = set()
    for some in list(permutations(files))[:6]:
        part = plan_album(new_view(some, entry=spec(**fields)))
        (edit,) = [step for step in part.wanted if isinstance(step, EditAlbum)]
        found.add(tuple(place.path for place in edit.places or ()))
    assert len(found) == 1
    return list(found.pop())


def taken(path: str, date: str, **facts: object) -> LocalFile:
    """A file that was taken then; its time of change says the opposite."""
    return file(path, taken=date, modified_ns=-int(date[11:13] or 0), **facts)


def test_taken_goes_by_the_date_in_the_picture() -> None:
    """Not by the file's time; equal dates and pictures without one in natural order, those behind."""
    files = [
        taken("c", EARLY),
        taken("b10", NOON),
        taken("b2", NOON),
        taken("a", LATE),
        taken("x10", ""),
        taken("x9", ""),
    ]
    assert order_of(files, order=Order.TAKEN) == ["c", "b2", "b10", "a", "x9", "x10"]


def test_a_picture_that_is_not_downloaded_has_no_date() -> None:
    """Its place is behind the dated ones."""
    files = [taken("a", "", content=Presence.POINTER), taken("b", LATE)]
    assert order_of(files, order=Order.TAKEN) == ["b", "a"]


@pytest.mark.parametrize(
    ("first", "second", "order"),
    [
        (f"{NOON}+02:00", f"{NOON}-05:00", ["a", "b"]),
        (f"{NOON}-05:00", f"{NOON}+02:00", ["b", "a"]),
        (f"{NOON}+02:00", "2024-05-01T11:00:00.000000+00:00", ["a", "b"]),
        (f"{NOON}+02:00", "2024-05-01T11:00:00.000000", ["b", "a"]),
        ("2024-05-01T12:00:00.500000", NOON, ["b", "a"]),
    ],
)
def test_dates_are_compared_in_utc_only_if_all_tell_their_offset(first: str, second: str, order: list[str]) -> None:
    """Where one does not, all go by the cameras' clocks."""
    assert order_of([taken("a", first), taken("b", second)], order=Order.TAKEN) == order


def test_a_list_of_files_comes_first() -> None:
    """In its order, however the names are composed; a name that is no file is told and left out."""
    composed, parts = "caf\u00e9", "cafe\u0301"
    files = [file("a"), file(parts), file("z2"), file("z10")]
    listed = ("z10", composed, "gone")
    assert order_of(files, listed=listed) == ["z10", parts, "a", "z2"]
    part = plan_album(new_view(files, entry=spec(listed=listed)))
    assert part.warnings == ("order names gone, which is no picture in the folder",)


def planned(cover: str, order: Order, files: list[LocalFile], **fields: object) -> AlbumPlan:
    """The plan of a new album with that cover."""
    return plan_album(new_view(files, entry=spec(order=order, cover=cover, **fields)))


def cover_of(part: AlbumPlan) -> str:
    """The cover of the album's edit; "" for the first, which needs none."""
    (edit,) = [step for step in part.wanted if isinstance(step, EditAlbum)]
    return edit.cover.path if edit.cover is not None else ""


def test_the_newest_cover_follows_the_order_taken() -> None:
    """There it is the last one with a date; without any date the last one; elsewhere the file changed last."""
    files = [taken("a", NOON), taken("b", LATE), taken("c", EARLY), taken("z", "")]
    assert cover_of(planned("newest", Order.TAKEN, files)) == "b"
    assert cover_of(planned("newest", Order.TAKEN, [taken("a", ""), taken("b", "")])) == "b"
    assert cover_of(planned("newest", Order.NATURAL, files[:3])) == "c"


def test_a_cover_is_found_however_its_name_is_composed() -> None:
    """NFC and NFD are one name."""
    assert cover_of(planned("caf\u00e9", Order.NATURAL, [file("a"), file("cafe\u0301")])) == "cafe\u0301"


def test_the_digest_of_a_plan_by_date_does_not_depend_on_the_files_times() -> None:
    """Another checkout of the same pictures has the same plan; only "modified" follows the files' times."""
    one = [file("a", taken=LATE, modified_ns=1), file("b", taken=EARLY, modified_ns=2), file("c", modified_ns=3)]
    other = [file("a", taken=LATE, modified_ns=9), file("b", taken=EARLY, modified_ns=8), file("c", modified_ns=7)]
    for order, same in ((Order.TAKEN, True), (Order.NATURAL, True), (Order.MODIFIED, False)):
        parts = [plan_album(new_view(files, entry=spec(order=order))) for files in (one, other)]
        assert (digest([parts[0]]) == digest([parts[1]])) is same
    parts = [planned("newest", Order.TAKEN, files) for files in (one, other)]
    assert digest([parts[0]]) == digest([parts[1]])


def test_a_picture_that_stays_without_a_file_keeps_its_place_among_dated_ones() -> None:
    """Its date is not known any more: it stays behind the one that it is shown behind."""
    files = [taken("a", EARLY), taken("b", NOON), taken("c", LATE)]
    ours = [picture("1", "a"), picture("2", "b"), picture("3", "c"), picture("4", "gone")]
    entry = spec(order=Order.TAKEN, protect=True)
    assert plan_album(view(files, ours, ["1", "4", "2", "3"], entry=entry)).steps == ()

"""What readings say about requests whose outcome is unknown."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from imgur_sync.model.remote import AlbumHeader, RemotePicture
from imgur_sync.model.synced import Intent, IntentKind, IntentStatus
from imgur_sync.planner.confirm import EditWish, ignored_fields
from imgur_sync.planner.settle import (
    MAX_SENDS,
    Absent,
    Early,
    Forgotten,
    Found,
    Twin,
    Verdict,
    settle_creation,
    settle_uploads,
)
from tests.support.album_views import NOW, SETTLE, intent, listing, remote

DAY = 86_400.0
OPEN = intent(path="a", failed_at=NOW)
SUSPECT = intent(path="a", failed_at=NOW, status=IntentStatus.SUSPECT)
FRESH = intent(path="a", failed_at=None)
NAME = OPEN.marker


def brief(verdict: Verdict) -> str:
    """A verdict in a word, with the id or the time that it names."""
    match verdict:
        case Found(_, picture):
            return f"found {picture.id}"
        case Twin(_, picture):
            return f"twin {picture.id}"
        case Early(_, until):
            return f"early {until - NOW:g}"
        case Absent():
            return "absent"
        case Forgotten():
            return "forgotten"


def seen(*ids: str, name: str = NAME) -> tuple[RemotePicture, ...]:
    """Pictures of that name, newest first, as the account lists them."""
    return tuple(remote(image_id, name, made_at=NOW - n) for n, image_id in enumerate(ids))


Row = tuple[str, Intent, tuple[RemotePicture, ...], str, dict[str, str], float, list[str]]
ROWS: list[Row] = [
    # what, intent, pictures seen, ids known, markers adopted, seconds after the failure, verdicts
    ("found at once", OPEN, seen("1"), "", {}, 0, ["found 1"]),
    ("found late", OPEN, seen("1"), "", {}, 999, ["found 1"]),
    ("found after a kill", FRESH, seen("1"), "", {}, 0, ["found 1"]),
    ("found twice: the older is ours", OPEN, seen("new", "old"), "", {}, 0, ["found old", "twin new"]),
    ("found thrice", OPEN, seen("3", "2", "1"), "", {}, 0, ["found 1", "twin 2", "twin 3"]),
    ("a known id is never adopted", OPEN, seen("1"), "1", {}, 0, ["early 90"]),
    ("another name", OPEN, seen("1", name="holiday.jpg"), "", {}, 0, ["early 90"]),
    ("no name", OPEN, seen("1", name=""), "", {}, 0, ["early 90"]),
    ("too early to say", OPEN, (), "", {}, 89, ["early 90"]),
    ("late enough", OPEN, (), "", {}, 90, ["absent"]),
    ("never seen to fail: from now on", FRESH, (), "", {}, 50, ["early 140"]),
    ("a suspect turns up", SUSPECT, seen("1"), "", {}, 999, ["found 1"]),
    ("a late twin of an adopted picture", SUSPECT, seen("2"), "1", {NAME: "1"}, 999, ["twin 2"]),
    ("two late twins", SUSPECT, seen("3", "2", "1"), "1", {NAME: "1"}, 999, ["twin 2", "twin 3"]),
    ("the adopted picture itself", SUSPECT, seen("1"), "1", {NAME: "1"}, 999, [f"early {DAY:g}"]),
    ("a suspect within a day", SUSPECT, (), "", {}, DAY - 1, [f"early {DAY:g}"]),
    ("a suspect after a day", SUSPECT, (), "", {}, DAY, ["forgotten"]),
]


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_one_reading_gives_a_verdict_on_each_intent(row: Row) -> None:
    """Found is adopted at once; not found is waited for, then sent again; a twin is removed; a suspect is watched for
    a day."""
    _, doubt, pictures, known, adopted, after, expected = row
    verdicts = settle_uploads([doubt], pictures, frozenset(known), adopted, NOW + after, SETTLE)
    assert [brief(verdict) for verdict in verdicts] == expected


def test_one_reading_settles_all_intents_of_all_albums() -> None:
    """Each by its own name; a picture is given to one intent only."""
    doubts = [intent(path=path, failed_at=NOW) for path in "abc"]
    pictures = (*seen("1", name=doubts[1].marker), *seen("2", name=doubts[2].marker), *seen("3", name="other"))
    verdicts = settle_uploads(doubts, pictures, frozenset(), {}, NOW + 100, SETTLE)
    assert [brief(verdict) for verdict in verdicts] == ["absent", "found 1", "found 2"]


def test_an_upload_is_sent_four_times_at_the_most() -> None:
    """Once, and three times again."""
    assert MAX_SENDS == 4


MADE = intent(IntentKind.CREATE_ALBUM, marker="imgur-sync is1-cats", failed_at=NOW)


def header(album_id: str, count: int | None = 0, description: str = MADE.marker) -> AlbumHeader:
    """An album of the account."""
    return AlbumHeader(album_id, "", description, False, None, count)


def test_an_album_in_doubt_is_found_by_its_marker() -> None:
    """The fullest is ours; empty others are twins to delete; known ids and other descriptions do not count."""
    headers = [header("b"), header("a"), header("full", 2), header("known", 9), header("x", 0, "mine")]
    found, twins, until = settle_creation(MADE, headers, frozenset({"known"}), NOW, SETTLE)
    assert (found, twins, until) == (headers[2], (header("a"), header("b")), None)


def test_a_twin_album_that_holds_pictures_is_not_deleted() -> None:
    """Only an empty one, certainly ours, is."""
    found, twins, _ = settle_creation(MADE, [header("a", 1), header("b", 2)], frozenset(), NOW, SETTLE)
    assert (found, twins) == (header("b", 2), ())


@pytest.mark.parametrize(("after", "until"), [(0, NOW + 90), (89, NOW + 90), (90, None)])
def test_an_album_not_found_is_made_again_only_after_the_time_to_settle(after: float, until: float | None) -> None:
    """A reading before that proves nothing."""
    assert settle_creation(MADE, [header("x", 0, "mine")], frozenset(), NOW + after, SETTLE) == (None, (), until)


WISH = EditWish(
    ids=("b", "a"), leaving=("x",), cover="b", cover_path="b.jpg", first_cover=True, title="T", description="D",
    privacy="public", order="o", before_ids=("a", "b", "x"), before_cover="a", before_title="old",
    answered=True,
)  # fmt: skip
DONE: dict[str, Any] = {"title": "T", "description": "D", "public": True, "cover": "b"}


def test_an_edit_is_done_when_a_reading_shows_all_of_it() -> None:
    """Pictures that somebody adds meanwhile do not count; no cover is the first; one field that differs is enough."""
    assert WISH.shown_by(listing(("b", "a"), **DONE))
    assert WISH.shown_by(listing(("new", "b", "a"), **DONE))
    assert WISH.shown_by(listing(("b", "a"), **{**DONE, "cover": None}))
    rows: tuple[tuple[tuple[str, ...], dict[str, Any]], ...] = (
        (("a", "b"), {}),
        (("b", "a", "x"), {}),
        (("b",), {}),
        (("b", "a"), {"cover": "a"}),
        (("b", "a"), {"title": "old"}),
        (("b", "a"), {"description": ""}),
        (("b", "a"), {"public": False}),
    )
    for ids, fields in rows:
        assert not WISH.shown_by(listing(ids, **{**DONE, **fields}))


def test_what_a_late_reading_shows_as_before_was_ignored_and_the_rest_was_changed_by_somebody() -> None:
    """A trimmed text is ignored too; a third value is drift."""
    before = listing(("a", "b", "x"), title="old", cover="a")
    names = {field: (wish, shown) for field, wish, shown in ignored_fields(WISH, before)}
    assert names == {
        "order": ("o", "the order before"),
        "cover": ("b.jpg", "a"),
        "title": ("T", "old"),
        "description": ("D", ""),
        "privacy": ("public", "hidden"),
    }
    assert ignored_fields(WISH, listing(("b", "a"), **DONE)) == ()
    drift = listing(("x", "a", "b"), title="third", description="third", cover="x", public=True)
    assert ignored_fields(WISH, drift) == ()
    assert ignored_fields(replace(WISH, answered=False), before) == (), "it may never have come to Imgur"
    trimmed = EditWish(title="  Cats  ", description="long text", before_title="old", answered=True)
    kept = ignored_fields(trimmed, listing((), title="Cats", description="long"))
    assert [(field, shown) for field, _, shown in kept] == [("title", "Cats"), ("description", "long")]


def test_a_wish_survives_its_record() -> None:
    """It is kept with the intent as text."""
    assert EditWish.parse(WISH.text()) == WISH
    assert EditWish.parse(EditWish().text()) == EditWish()

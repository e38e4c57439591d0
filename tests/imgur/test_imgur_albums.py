"""Listings of albums: complete, or flawed and saying so, or not understood; never a gap that goes unnoticed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from imgur_sync.model.outcome import Done, NotSent, ProblemKind, Refused, Unknown
from tests.support.imgur_bodies import LEGACY_ALBUM, V1, V1_ALBUM, ok, without
from tests.support.scripted import Answer


@pytest.mark.parametrize("album", [LEGACY_ALBUM, V1_ALBUM], ids=["legacy", "v1"])
def test_both_shapes_of_an_album_are_read(bench: Callable[..., Any], album: dict[str, Any]) -> None:
    """One read, complete."""
    one = bench(ok(album))
    outcome = one.reader.album("AbC1234")
    assert isinstance(outcome, Done)
    assert outcome.value.complete
    assert outcome.value.header.count == len(outcome.value.pictures) == 2
    assert outcome.value.header.title == ""
    assert [sent.path for sent in one.script.sent] == ["/3/album/AbC1234"]


@pytest.mark.parametrize(
    ("change", "flaw"),
    [
        ({"images_count": 1}, "1 pictures are announced, 2 are listed"),
        ({"images": [V1, V1]}, "a picture is listed twice"),
        ({"images": [V1, {}]}, "a picture cannot be read: an entry without a usable id"),
        ({"images": [V1, None]}, "a picture cannot be read: a picture that is not an object"),
        ({"images": [V1, {**V1, "id": "JPz3i", "width": "x"}]}, "a picture cannot be read: width that is not a number"),
    ],
)
def test_a_list_that_does_not_add_up_is_incomplete(
    bench: Callable[..., Any], change: dict[str, Any], flaw: str
) -> None:
    """Nothing may be created or removed on its strength; the flaw says why."""
    outcome = bench(ok({**V1_ALBUM, **change})).reader.album("AbC1234")
    assert isinstance(outcome, Done)
    assert (outcome.value.complete, outcome.value.flaw) == (False, flaw)


@pytest.mark.parametrize(
    "album",
    [
        {**V1_ALBUM, "images": [V1]},
        {**V1_ALBUM, "images": []},
        {**V1_ALBUM, "images": None},
        {**V1_ALBUM, "images": ""},
        without(V1_ALBUM, "images"),
        without(V1_ALBUM, "images", "images_count"),
    ],
)
def test_a_short_inline_list_is_asked_for_once_more(bench: Callable[..., Any], album: dict[str, Any]) -> None:
    """From /images, as a second metered read; if that is whole, the album is."""
    one = bench(ok(album), ok([V1, {**V1, "id": "JPz3i"}]))
    outcome = one.reader.album("AbC1234")
    assert isinstance(outcome, Done)
    assert (outcome.value.complete, outcome.value.ids) == (True, ("JPz2i", "JPz3i"))
    assert [sent.path for sent in one.script.sent] == ["/3/album/AbC1234", "/3/album/AbC1234/images"]
    assert one.ledger.spent() == 2


@pytest.mark.parametrize("second", [[V1], [], [V1, {}], [V1, V1]])
def test_a_list_that_stays_short_is_incomplete(bench: Callable[..., Any], second: list[Any]) -> None:
    """After one more read it is given up."""
    one = bench(ok({**V1_ALBUM, "images": None}), ok(second))
    outcome = one.reader.album("AbC1234")
    assert isinstance(outcome, Done)
    assert not outcome.value.complete
    assert outcome.value.flaw
    assert len(one.script.sent) == 2


def test_a_second_read_that_fails_is_never_an_album_that_is_gone(bench: Callable[..., Any]) -> None:
    """A 404 for the list of an album that was just there makes it incomplete; other failures are passed on."""
    short = ok({**V1_ALBUM, "images": None})
    outcome = bench(short, Answer(404)).reader.album("AbC1234")
    assert isinstance(outcome, Done)
    assert not outcome.value.complete
    assert isinstance(bench(short, Answer(429)).reader.album("AbC1234"), Refused)
    assert isinstance(bench(short, Answer(502)).reader.album("AbC1234"), Unknown)
    denied = bench(short, hour=1).reader.album("AbC1234")
    assert isinstance(denied, NotSent)
    assert denied.problem.kind is ProblemKind.BUDGET


@pytest.mark.parametrize("count", [{"images_count": 0}, {}])
def test_images_null_is_an_empty_album_if_no_pictures_are_announced(
    bench: Callable[..., Any], count: dict[str, Any]
) -> None:
    """F24: `data.images = null` for an empty album."""
    album = {**without(V1_ALBUM, "images_count"), "images": None, **count}
    outcome = bench(ok(album)).reader.album("AbC1234")
    assert isinstance(outcome, Done)
    assert (outcome.value.complete, outcome.value.ids) == (True, ())


@pytest.mark.parametrize(
    "album",
    [
        [],
        None,
        "x",
        True,
        {},
        {**V1_ALBUM, "id": "AbC1235"},
        {**V1_ALBUM, "images": {}},
        {**V1_ALBUM, "images": "x"},
        {**V1_ALBUM, "images_count": -1},
        {**V1_ALBUM, "images_count": "2"},
        {**V1_ALBUM, "cover": "../x"},
        {**V1_ALBUM, "cover": 7},
        {**V1_ALBUM, "privacy": 0},
        {**V1_ALBUM, "in_gallery": "no"},
        {**V1_ALBUM, "deletehash": "a b"},
    ],
)
def test_an_album_that_is_not_understood_is_unknown(bench: Callable[..., Any], album: object) -> None:
    """Also another album than the one that was asked for."""
    outcome = bench(ok(album)).reader.album("AbC1234")
    assert isinstance(outcome, Unknown)
    assert outcome.problem.kind is ProblemKind.UNEXPECTED

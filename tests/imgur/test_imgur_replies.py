"""The two shapes of Imgur's data, and everything that is neither."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from imgur_sync.imgur import replies
from imgur_sync.imgur.body import Misread, parse
from imgur_sync.model.budget import CALL_COST, POST_COST
from imgur_sync.model.outcome import Done, NotSent, Unknown
from imgur_sync.model.remote import AlbumChanges, CreditReport
from imgur_sync.model.spec import Privacy
from tests.support.imgur_bodies import LEGACY, LEGACY_ALBUM, V1, V1_ALBUM, ok, without
from tests.support.scripted import Answer

ODD = [[], {}, "x", 1.5, float("nan"), True, -1, 10**30]


def test_both_shapes_of_a_picture_are_read() -> None:
    """null, "" and missing are equal."""
    old, new = replies.picture(LEGACY), replies.picture(V1)
    assert (old.id, old.name, old.title, old.made_at, old.size) == ("nAYq66G", "banana.jpg", "", 1597542191.0, 227606)
    assert old.deletehash is not None
    assert old.deletehash.reveal() == "wp0N7ZSyJx2rbfe"
    assert (new.id, new.name, new.title, new.deletehash, new.media_type) == ("JPz2i", "", "", None, "image/png")
    bare = replies.picture({"id": "JPz2i"})
    assert (bare.name, bare.link, bare.width, bare.made_at, bare.deletehash) == ("", "", 0, 0.0, None)


@pytest.mark.parametrize(
    "bad", [None, "", "abc", "a" * 16, "../../etc", "AbC 123", "AbC12é4", 1234567, ["AbC1234"], "AbC1234\n"]
)
def test_an_id_that_is_none_is_not_read(bad: object) -> None:
    """Five to fifteen letters and digits; ids end up in paths."""
    with pytest.raises(Misread):
        replies.picture({**LEGACY, "id": bad})


@pytest.mark.parametrize(
    "field", ["title", "description", "name", "link", "type", "width", "height", "size", "datetime"]
)
def test_a_field_of_another_type_is_not_read(field: str) -> None:
    """Wrong types are an unexpected answer, never an exception of another kind."""
    for odd in ODD:
        number = field in ("width", "height", "size", "datetime")
        if isinstance(odd, str) and not number:
            continue
        with pytest.raises(Misread):
            replies.picture({**LEGACY, field: odd})


def test_an_upload_needs_only_its_id() -> None:
    """What comes this once is not given up for an odd width."""
    odd = {**LEGACY, "width": "wide", "link": None, "size": [], "datetime": float("nan")}
    got = replies.uploaded(odd)
    assert (got.id, got.width, got.link, got.size) == ("nAYq66G", 0, "", 0)
    assert got.deletehash is not None
    with pytest.raises(Misread):
        replies.uploaded(without(LEGACY, "id"))


def test_half_a_surrogate_pair_is_made_harmless() -> None:
    """Such a text can be neither stored nor printed."""
    source = parse(b'{"id":"JPz2i","title":"a\\ud800b \\ud83d\\ude00"}')
    assert replies.picture(source).title == "a\ufffdb \U0001f600"


@pytest.mark.parametrize(("privacy", "public"), [("public", True), ("hidden", False), ("private", False), ("", False)])
def test_only_public_is_public(privacy: str, public: bool) -> None:
    """v1 says "private" for hidden and secret alike (imgur-api §6)."""
    assert replies.header({**V1_ALBUM, "privacy": privacy}).public is public


@pytest.mark.parametrize("page", [None, {}, "x", [LEGACY, {}], [LEGACY, None], [{**LEGACY, "title": 7}]])
def test_one_unreadable_entry_spoils_a_page(bench: Callable[..., Any], page: object) -> None:
    """A page with a gap must not pass for a page without that picture."""
    assert isinstance(bench(ok(page)).reader.images(0), Unknown)
    assert isinstance(bench(ok(page)).reader.albums(0), Unknown)


def test_an_entry_with_nothing_but_its_id_spoils_a_list() -> None:
    """By its name it might be ours."""
    bare = {**LEGACY, "name": None, "link": "", "type": None}
    with pytest.raises(Misread):
        replies.pictures([LEGACY, bare])
    top = replies.header(LEGACY_ALBUM)
    assert not replies.album(top, (bare,), 0.0).complete
    assert len(replies.pictures([{**bare, "type": "image/png"}])) == 1


def test_pages_are_asked_for_a_hundred_at_a_time(bench: Callable[..., Any]) -> None:
    """imgur-api §2.3: pages from 0, at most 100."""
    one = bench(ok([]))
    one.reader.albums(0), one.reader.images(7)
    assert [sent.url for sent in one.script.sent] == [
        "https://api.imgur.com/3/account/me/albums/0?perPage=100",
        "https://api.imgur.com/3/account/me/images/7?perPage=100",
    ]


def test_another_picture_than_the_one_asked_for_is_unknown(bench: Callable[..., Any]) -> None:
    """Ids differ by case, too."""
    assert isinstance(bench(ok(LEGACY)).reader.image("nAYq66G"), Done)
    assert isinstance(bench(ok(LEGACY)).reader.image("nayq66g"), Unknown)


@pytest.mark.parametrize("bad", ["", "a/b", "../me", "AbC1234?x=1", "é" * 7, "a" * 33, "AbC1234\n"])
def test_what_cannot_be_an_id_is_not_sent(bench: Callable[..., Any], bad: str) -> None:
    """Nothing but letters and digits gets into a path."""
    one = bench(ok(LEGACY))
    assert isinstance(one.reader.album(bad), NotSent)
    assert isinstance(one.reader.image(bad), NotSent)
    for write in (one.writer.delete_image, one.writer.delete_album):
        with pytest.raises(ValueError, match="not an id"):
            write(bad, one.grant(CALL_COST))
    assert one.script.sent == []


def test_credits_are_read_with_a_reset_in_unix_seconds(bench: Callable[..., Any]) -> None:
    """The body stays in Unix seconds (imgur-api §3); a small figure is taken for seconds left."""
    body = {
        "UserLimit": 500,
        "UserRemaining": 450,
        "UserReset": 1800003600,
        "ClientLimit": 12500,
        "ClientRemaining": 12000,
    }
    assert bench(ok(body)).reader.credits() == Done(CreditReport(500, 450, 1800003600.0, 12500, 12000))
    assert bench(ok({**body, "UserReset": 60})).reader.credits() == Done(
        CreditReport(500, 450, 1_800_000_060.0, 12500, 12000)
    )
    assert isinstance(bench(ok(without(body, "ClientLimit"))).reader.credits(), Unknown)


@pytest.mark.parametrize(
    ("told", "reset"),
    [
        (None, None),
        (7200, 1_800_007_200.0),
        (1_800_050_000, 1_800_050_000.0),
        ("soon", None),
        (-1, None),
        (9_999_999_999, 1_800_000_000.0 + 32 * 86_400),
        (1_000_000_001, 1_800_000_000.0),
    ],
)
def test_the_days_reset_is_taken_where_it_is_told(bench: Callable[..., Any], told: object, reset: float | None) -> None:
    """It is not always there; what is no moment is left out, what is far away is brought near."""
    body = {"UserLimit": 500, "UserRemaining": 1, "UserReset": 60, "ClientLimit": 9, "ClientRemaining": 8}
    outcome = bench(ok({**body, "ClientReset": told})).reader.credits()
    assert isinstance(outcome, Done)
    assert outcome.value.client_reset == reset


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"null",
        b"[]",
        b"{}",
        b"true",
        b'{"data":true}',
        b'{"success":true,"status":200}',
        b'{"data":true,"success":false,"status":200}',
        b'{"data":true,"success":1,"status":200}',
        b'{"data":true,"success":"true","status":200}',
        b'{"data":true,"success":true,"status":1203}',
        b'{"data":true,"success":true,"status":500}',
        b'{"data":true,"success":true,"status":NaN}',
        b'{"data":true,"success":true,"errors":[{"code":"500"}]}',
        b'{"data":{"error":"x"},"success":true,"status":200}',
        b'{"data":"deleted","success":true,"status":200}',
        b'{"data":1,"success":true,"status":200}',
        b'fn({"data":true,"success":true,"status":200});',
        b'<?xml version="1.0"?><data type="array" success="1" status="200"><id>AbC1234</id></data>',
        b"<html><body>OK</body></html>",
        b"\xff\xfe\x00",
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b"9" * 5_000,
    ],
)
def test_a_success_that_is_not_understood_is_never_done(bench: Callable[..., Any], body: bytes) -> None:
    """Not for any write: HTML, JSONP, XML, nothing, depth bombs, an error inside."""
    one = bench(Answer(body=body))
    outcomes = [
        one.upload(),
        one.writer.create_album("t", "d", Privacy.HIDDEN, one.grant(POST_COST)),
        one.writer.edit_album("AbC1234", AlbumChanges(title="x"), one.grant(CALL_COST)),
        one.writer.add_images("AbC1234", ["JPz2i"], one.grant(POST_COST)),
        one.writer.remove_images("AbC1234", ["JPz2i"], one.grant(POST_COST)),
        one.writer.edit_image("JPz2i", "x", None, one.grant(CALL_COST)),
        one.writer.delete_image("JPz2i", one.grant(CALL_COST)),
        one.writer.delete_album("AbC1234", one.grant(CALL_COST)),
    ]
    for outcome in outcomes:
        assert isinstance(outcome, Unknown)
        assert outcome.problem.detail


def test_what_surrounds_the_data_does_not_matter(bench: Callable[..., Any]) -> None:
    """NaN, endless integers, duplicate keys and unknown fields in places that nobody looks at."""
    body = (
        b'{"status":200,"success":true,"x":NaN,"y":' + b"9" * 5_000 + b',"data":{"id":"old","views":-Infinity,'
        b'"id":"JPz2i","ad_config":{"safeFlags":[' + b"7" * 5_000 + b"]}}}"
    )
    outcome = bench(Answer(body=body)).reader.image("JPz2i")
    assert isinstance(outcome, Done)
    assert outcome.value.id == "JPz2i"


def test_reading_changes_nothing() -> None:
    """The parsed reply is left as it was."""
    before = copy.deepcopy(LEGACY_ALBUM)
    replies.inline(LEGACY_ALBUM)
    assert before == LEGACY_ALBUM

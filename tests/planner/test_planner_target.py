"""The album as it is to be: order, cover, texts, privacy, and the one edit that makes it so."""

from __future__ import annotations

from typing import Any

import pytest

from imgur_sync.model.local import LocalFile, Unsendable, Why
from imgur_sync.model.plan import AlbumPlan, GateName
from imgur_sync.model.spec import Order, Privacy, Prune
from imgur_sync.model.step import CreateAlbum, EditAlbum, Step, Upload
from imgur_sync.model.synced import NotHonoured, SentHeader, Standing, SyncedPicture
from imgur_sync.planner.album import plan_album
from imgur_sync.planner.confirm import cover_name
from imgur_sync.planner.membership import membership
from imgur_sync.planner.order import natural_key, sort_key
from imgur_sync.planner.price import cost
from imgur_sync.planner.target import order_wish
from tests.support.album_views import NOW, file, new_view, picture, spec, view

PUBLIC = frozenset({GateName.PUBLISH, GateName.PRUNE})


def edits(part: AlbumPlan) -> list[EditAlbum]:
    """The granted edits."""
    return [step for step in part.steps if isinstance(step, EditAlbum)]


def ids(part: AlbumPlan, shown: str, made: dict[str, str] | None = None) -> str:
    """The ids that the plan's membership edit sends, where the album shows `shown`; one letter each."""
    places = next(step.places for step in edits(part) if step.places is not None)
    return "".join(membership(part, [place.path for place in places], made or {}, shown))


def pairs(*paths: str, times: str = "") -> tuple[list[LocalFile], list[SyncedPicture]]:
    """Files in order with their pictures, whose ids are single letters from "A" on."""
    files = [file(path, modified_ns=int(time)) for path, time in zip(paths, times or "0" * len(paths), strict=True)]
    return files, [picture(chr(65 + n), path) for n, path in enumerate(paths)]


ORDERS = [
    (Order.NATURAL, ["img2", "IMG10", "img11", "b/1", "b/02"], ["b/1", "b/02", "img2", "IMG10", "img11"]),
    (Order.NAME, ["img2", "IMG10", "img11", "Z", "ü"], ["IMG10", "Z", "img11", "img2", "ü"]),
    (Order.NATURAL, ["é", "E", "e", "1" * 5000, "\udcff"], ["1" * 5000, "E", "e", "é", "\udcff"]),
]


@pytest.mark.parametrize(("order", "paths", "wanted"), ORDERS)
def test_names_are_put_in_order(order: Order, paths: list[str], wanted: list[str]) -> None:
    """Natural: numbers by value, letters without case. Name: by bytes. Any name sorts."""
    assert sorted(paths, key=lambda path: sort_key(order, path, 0)) == wanted
    backwards = list(reversed(paths))
    assert sorted(backwards, key=lambda path: sort_key(order, path, 0)) == wanted


def test_the_natural_order_tells_all_names_apart() -> None:
    """Names that differ only in case or leading zeros have a fixed order of their own."""
    assert len({natural_key(path) for path in ("a1", "A1", "a01", "A01")}) == 4


@pytest.mark.parametrize(
    ("order", "times", "wanted"),
    [(Order.NATURAL, "123", "BCA"), (Order.NAME, "123", "ABC"), (Order.MODIFIED, "321", "CBA")],
)
def test_the_edit_puts_pictures_in_the_wished_order(order: Order, times: str, wanted: str) -> None:
    """img10, img2, img3 as they are shown; the edit sends the wished order."""
    files, pictures = pairs("img10", "img2", "img3", times=times)
    part = plan_album(view(files, pictures, entry=spec(order=order)))
    if wanted == "ABC":
        assert part.quiet
    else:
        assert ids(part, "ABC") == wanted


def test_equal_times_fall_back_to_the_natural_order() -> None:
    """A checkout gives all files one time."""
    files, pictures = pairs("img2", "img10", times="77")
    assert plan_album(view(files, pictures, entry=spec(order=Order.MODIFIED))).quiet


def test_a_picture_without_a_known_time_stays_behind_its_neighbour() -> None:
    """In the order of times, the picture of a file that cannot be read (or that a gate keeps) does not move."""
    files, pictures = pairs("a", "c", times="15")
    stays = picture("X", "b")
    local = {"unsendable": (Unsendable("b", Why.TRUNCATED),), "files": tuple(files)}
    for shown in ("XAB", "AXB", "ABX"):
        assert plan_album(view([], [*pictures, stays], shown, local=local, entry=spec(order=Order.MODIFIED))).quiet


def test_several_pictures_that_stay_at_one_path_keep_their_order() -> None:
    """No edit is spent on their ids."""
    kept = [picture("B", "b", "1"), picture("A", "b", "2")]
    local = {"unsendable": (Unsendable("b", Why.TRUNCATED),), "files": (file("a"),)}
    assert plan_album(view([], [picture("C", "a"), *kept], "CBA", local=local)).quiet


def test_ours_come_first_then_what_stays_behind_then_foreign_ones() -> None:
    """Un-managed and kept ones in listing order, then those of others in listing order."""
    files, pictures = pairs("a")
    behind = [picture("K", "k"), picture("U", "u", standing=Standing.UNMANAGED)]
    part = plan_album(view(files, [*pictures, *behind], "fUgKA", entry=spec(prune=Prune.NEVER)))
    assert (ids(part, "fUgKA"), part.foreign) == ("AUKfg", 2)
    assert plan_album(view(files, [*pictures, *behind], "AUKfg", entry=spec(prune=Prune.NEVER))).quiet


def test_pictures_that_others_add_before_the_edit_follow_behind() -> None:
    """The ids are computed from what the album shows right then; lost ones that are alive are put back."""
    files, pictures = pairs("b", "a")
    part = plan_album(view(files, pictures, "AB"))
    places = [place.path for place in edits(part)[0].places or ()]
    assert membership(part, places, {}, ["A", "new", "B"], ["lost"]) == ("B", "A", "new", "lost")


def test_a_replaced_picture_keeps_its_place_while_its_upload_failed() -> None:
    """What was not uploaded is not missing: the old one stays at that place, others leave."""
    files = [file("a"), file("b", "new"), file("c")]
    ours = [picture("A", "a"), picture("B", "b", "old"), picture("C", "c"), picture("D", "d")]
    part = plan_album(view(files, ours), approved=PUBLIC)
    assert ids(part, "ABCD", {"b": "N"}) == "ANC"
    assert ids(part, "ABCD") == "ABC"


def test_two_pictures_of_one_path_keep_the_order_of_their_places() -> None:
    """The picture that moved over a protected one stands before it, and the next plan has nothing to do."""
    entry = spec(protect=True)
    files = [file("b", "x"), file("c")]
    ours = [picture("A", "a", "x"), picture("B", "b", "y"), picture("C", "c")]
    part = plan_album(view(files, ours, "BAC", entry=entry))
    assert ids(part, "BAC") == "ABC"


@pytest.mark.parametrize("prune", [Prune.DETACH, Prune.DELETE])
def test_a_removal_that_keeps_the_order_uses_no_reordering(prune: Prune) -> None:
    """Only pictures that leave: `remove_images`, one POST; with `delete` no edit at all."""
    files, pictures = pairs("a", "c")
    part = plan_album(view(files, [*pictures, picture("X", "b")], "AXB", entry=spec(prune=prune)), approved=PUBLIC)
    found = edits(part)
    assert [(step.reordered, step.calls, cost(step).posts) for step in found] == (
        [(False, 1, 1)] if prune is Prune.DETACH else []
    )


def test_a_removal_with_a_new_order_or_text_is_one_put() -> None:
    """One request, no POST."""
    for shown, entry in (("BXA", spec()), ("AXB", spec(title="New"))):
        files, pictures = pairs("a", "c")
        (step,) = edits(plan_album(view(files, [*pictures, picture("X", "b")], shown, entry=entry), approved=PUBLIC))
        assert (step.reordered, step.calls, cost(step).posts, cost(step).credits) == (True, 1, 0, 1)


def test_an_empty_membership_is_removed_and_a_text_takes_a_call_of_its_own() -> None:
    """An empty `ids[]` could mean "omitted": `remove_images`, and a PUT for the header."""
    for entry, calls in ((spec(), 1), (spec(title="New"), 2)):
        found = view([], [], ["X"], entry=entry, elsewhere=frozenset({"X"}))
        (step,) = edits(plan_album(found))
        assert (step.places, step.reordered, step.calls, cost(step).credits) == ((), False, calls, calls)


TEXTS: list[tuple[str | None, str, bool]] = [
    (None, "", False),
    (None, "theirs", False),
    ("", "", False),
    ("", "theirs", True),
    ("Cats", "Cats", False),
    ("Cats", "", True),
    ("Cats", "cats", True),
]


@pytest.mark.parametrize(("wish", "shown", "differs"), TEXTS)
@pytest.mark.parametrize("field", ["title", "description"])
def test_a_text_is_sent_where_it_is_managed_and_differs(
    field: str, wish: str | None, shown: str, differs: bool
) -> None:
    """null, "" and missing are one (a reading gives "" for all); a text that is absent from the manifest is theirs."""
    fields: dict[str, Any] = {field: wish}
    part = plan_album(view([file("a")], [picture("A", "a")], entry=spec(**fields), header={field: shown}))
    assert [getattr(step, field) for step in edits(part)] == ([wish] if differs else [])
    assert all(step.places is None for step in edits(part))


def test_the_first_edit_of_a_new_album_clears_the_marker() -> None:
    """Made with its title, edited once with everything, the description emptied where none is wished."""
    for wish in (None, "", "asleep"):
        part = plan_album(new_view([file("a"), file("b")], entry=spec(title="Cats", description=wish)))
        assert [type(step) for step in part.steps] == [CreateAlbum, Upload, Upload, EditAlbum]
        assert part.steps[0] == CreateAlbum("cats", "Cats")
        assert (edits(part)[0].title, edits(part)[0].description) == (None, wish or "")
        again = view([file("a")], [picture("A", "a")], entry=spec(description=wish), record={"edited": False})
        assert [step.description for step in edits(plan_album(again))] == [wish or ""]


COVERS = [
    ("first", None, None),
    ("first", "A", None),
    ("first", "B", "a"),
    ("first", "foreign", "a"),
    ("newest", None, "b"),
    ("newest", "B", None),
    ("c", None, "c"),
    ("c", "C", None),
    ("c", "A", "c"),
    ("missing", "A", None),
    ("missing", "B", "a"),
]


@pytest.mark.parametrize(("wish", "shown", "sent"), COVERS)
def test_the_cover_is_sent_where_imgur_shows_another(wish: str, shown: str | None, sent: str | None) -> None:
    """No cover on Imgur means the first; a file that is not there means the first too."""
    files, pictures = pairs("a", "b", "c", times="193")
    part = plan_album(view(files, pictures, entry=spec(cover=wish), header={"cover": shown}))
    assert [step.cover and step.cover.path for step in edits(part)] == ([sent] if sent else [])


def test_equal_pictures_are_alike_as_covers() -> None:
    """No credit is spent on telling them apart."""
    files = [file("a", "x"), file("b", "x")]
    ours = [picture("A", "a", "x"), picture("B", "b", "x")]
    assert plan_album(view(files, ours, header={"cover": "B"})).quiet


PRIVACIES: list[tuple[Privacy, bool, Privacy | None, str | None, bool]] = [
    # wish, shown public, last sent, what is sent, whether it narrows
    (Privacy.HIDDEN, False, None, None, False),
    (Privacy.HIDDEN, False, Privacy.HIDDEN, None, False),
    (Privacy.HIDDEN, False, Privacy.SECRET, "hidden", False),
    (Privacy.HIDDEN, True, Privacy.HIDDEN, "hidden", True),
    (Privacy.HIDDEN, True, None, "hidden", True),
    (Privacy.SECRET, False, Privacy.SECRET, None, False),
    (Privacy.SECRET, False, Privacy.HIDDEN, "secret", True),
    (Privacy.SECRET, False, None, "secret", True),
    (Privacy.SECRET, True, Privacy.SECRET, "secret", True),
    (Privacy.PUBLIC, True, None, None, False),
    (Privacy.PUBLIC, True, Privacy.HIDDEN, None, False),
    (Privacy.PUBLIC, False, Privacy.PUBLIC, "public", False),
    (Privacy.PUBLIC, False, Privacy.HIDDEN, "public", False),
]


@pytest.mark.parametrize(("wish", "shown", "last", "sent", "narrows"), PRIVACIES)
def test_privacy_compares_by_what_can_be_known(
    wish: Privacy, shown: bool, last: Privacy | None, sent: str | None, narrows: bool
) -> None:
    """Public by what Imgur shows; hidden and secret by what was last sent. Narrowing goes alone and first where there
    are uploads; widening rides in the last edit."""
    entry = spec(privacy=wish, allow_public=True)
    facts: dict[str, Any] = {"entry": entry, "header": {"public": shown}, "record": {"sent": SentHeader(privacy=last)}}
    calm = plan_album(view([file("a")], [picture("A", "a")], **facts))
    assert [(step.privacy, step.narrows) for step in edits(calm)] == ([(sent, False)] if sent else [])
    busy = plan_album(view([file("a"), file("b")], [picture("A", "a")], **facts))
    kinds: list[type[Step]] = [EditAlbum, Upload, EditAlbum] if narrows else [Upload, EditAlbum]
    assert [type(step) for step in busy.steps] == kinds
    found = edits(busy)
    if narrows:
        assert found[0] == EditAlbum("cats", privacy=sent, narrows=True)
        assert found[1].privacy is None
    else:
        assert found[0].privacy == sent


def test_a_wish_that_imgur_ignored_twice_is_not_repeated_until_it_changes() -> None:
    """Order, cover, title, description and privacy; told as blocked; once ignored it is tried once more."""
    files, pictures = pairs("b", "a")
    header = {"cover": "A"}
    entry = spec(title="T", description="D", privacy=Privacy.PUBLIC, allow_public=True)
    wishes = {"title": "T", "description": "D", "privacy": "public", "order": order_wish(("B", "A"))}
    wishes["cover"] = cover_name("a", "B")
    for attempts, count in ((1, 1), (2, 0)):
        marks = tuple(NotHonoured(field, wish, "", attempts, NOW) for field, wish in wishes.items())
        part = plan_album(view(files, pictures, entry=entry, header=header, record={"not_honoured": marks}))
        assert len(edits(part)) == count
        assert len(part.blocked) == (0 if count else 5)
    other = tuple(NotHonoured(field, "an earlier wish", "", 2, NOW) for field in wishes)
    assert (
        len(edits(plan_album(view(files, pictures, entry=entry, header=header, record={"not_honoured": other})))) == 1
    )


def test_one_upload_into_an_empty_album_needs_no_edit() -> None:
    """It can only stand first; nor do equal ones, wherever they stand; any other picture makes an edit needed."""
    assert [type(step) for step in plan_album(view([file("a")])).steps] == [Upload]
    assert [type(step) for step in plan_album(view([file("a", "x"), file("b", "x")])).steps] == [Upload, Upload]
    assert len(edits(plan_album(view([file("a")], [], ["foreign"])))) == 1
    assert len(edits(plan_album(view([file("a"), file("b")])))) == 1


def test_equal_uploads_do_not_spare_the_edit_that_takes_something_out() -> None:
    """Order does not matter among equal pictures, but what should leave has to."""
    ours = [picture("A", "a", "x"), picture("X", "old", "y")]
    (step,) = edits(plan_album(view([file("a", "x"), file("b", "x")], ours), approved=PUBLIC))
    assert [place.path for place in step.detached] == ["old"]

"""An order or a cover that somebody changed on Imgur, told apart from one that the user changed."""

from __future__ import annotations

from typing import Any

import pytest

from imgur_sync.model.plan import AlbumPlan, Drift
from imgur_sync.model.spec import Order
from imgur_sync.model.synced import Agreed, IntentKind, NotHonoured, Standing
from imgur_sync.planner.album import plan_album
from imgur_sync.planner.confirm import cover_name
from tests.support.album_views import file, intent, picture, spec, view

NAMES = ("a", "b", "c")
FILES = [file(name) for name in NAMES]
OURS = [picture(name.upper(), name) for name in NAMES]
ORDER, COVER = "the order was changed on Imgur", "the cover was changed on Imgur"
BACK, ANEW = "it is set back", "it is set as the manifest wants it now"
WANTED, STAYS = "as the manifest wants it now", "it stays so for now"


def planned(
    shown: str, agreed: str | None, cover: tuple[str | None, str | None] = (None, None), **facts: Any
) -> AlbumPlan:
    """The plan of an album that shows these ids (a letter each), and had those when they were agreed on; `cover` is
    the cover that it shows and the one agreed on."""
    known = Agreed(None if agreed is None else tuple(agreed), cover[1])
    header = {"cover": cover[0], **facts.pop("header", {})}
    files, pictures = facts.pop("files", FILES), facts.pop("pictures", OURS)
    return plan_album(view(files, pictures, list(shown), header=header, agreed=known, **facts))


def told(plan: AlbumPlan) -> list[tuple[str, str]]:
    """What the plan says of changes on Imgur."""
    assert {drift.album for drift in plan.drift} <= {"cats"}
    return [(drift.what, drift.then) for drift in plan.drift]


@pytest.mark.parametrize(
    ("shown", "agreed", "drift"),
    [
        ("ABC", "ABC", []),
        ("CBA", "ABC", [(ORDER, BACK)]),
        ("CBA", "CBA", []),
        ("CBA", "ACB", [(ORDER, ANEW)]),
        ("ABC", "CBA", [(ORDER, WANTED)]),
        ("CBA", None, []),
    ],
)
def test_an_order_is_somebodys_where_it_is_not_the_one_agreed_on(
    shown: str, agreed: str | None, drift: list[tuple[str, str]]
) -> None:
    """Set back; yours alone where the wish changed; both; as wanted by chance; and nothing where nobody knows."""
    plan = planned(shown, agreed)
    assert told(plan) == drift
    assert bool(plan.wanted) == (shown != "ABC")
    if plan.shown is not None:
        assert ("order" in plan.shown.drifted) == bool(drift)
        assert ("order" in plan.shown.rewished) == (agreed not in ("ABC", None))
        assert ("order" in plan.shown.unsure) == (agreed is None)


def test_a_changed_rule_of_order_is_yours() -> None:
    """The manifest asks for another order; the pictures stand as they were left."""
    times = [file("a", modified_ns=3), file("b", modified_ns=2), file("c", modified_ns=1)]
    plan = planned("ABC", "ABC", files=times, entry=spec(order=Order.MODIFIED))
    assert plan.drift == ()
    assert plan.shown is not None
    assert (plan.shown.drifted, plan.shown.rewished) == (frozenset(), {"order"})


def test_renamed_files_are_yours() -> None:
    """A file that has another name stands elsewhere, and nobody touched the album."""
    plan = planned("ABC", "ABC", files=[file("z", "a"), file("b"), file("c")])
    assert plan.drift == ()
    assert plan.shown is not None
    assert plan.shown.rewished == {"order"}


@pytest.mark.parametrize("shown", ["NABC", "ANBC", "ABNC", "ABCN"])
def test_where_imgur_puts_a_new_picture_is_no_change_of_the_order(shown: str) -> None:
    """An upload of a run that was killed before its edit."""
    plan = planned(shown, "ABC", files=[*FILES, file("bb")], pictures=[*OURS, picture("N", "bb")])
    assert plan.drift == ()


@pytest.mark.parametrize("shown", ["XABC", "AXBC", "ABCX"])
def test_a_picture_that_somebody_adds_is_no_change_of_the_order(shown: str) -> None:
    """It is one of others, kept behind."""
    plan = planned(shown, "ABC")
    assert plan.drift == ()
    assert plan.foreign == 1


def test_a_picture_of_others_that_somebody_moves_is_a_change_of_the_order() -> None:
    """It was there before, behind ours, where it comes again."""
    assert told(planned("XABC", "ABCX")) == [(ORDER, BACK)]


@pytest.mark.parametrize("shown", ["AB", "AC", "BC", "C"])
def test_pictures_that_left_change_no_order(shown: str) -> None:
    """Deleted or taken out by somebody: that is told by itself."""
    plan = planned(shown, "ABC", ("A", "A") if "A" in shown else ("C", "A"))
    assert not any(what in (ORDER, COVER) for what, _ in told(plan))


def test_pictures_that_we_take_out_change_no_order() -> None:
    """Their files left the folder; the rest stands as it was."""
    plan = planned("ABC", "ABC", files=FILES[1:])
    assert plan.drift == ()
    assert plan.wanted


def test_a_picture_that_goes_to_another_album_changes_no_order() -> None:
    """It is recorded there, and this album shows it still."""
    plan = planned("ABC", "ABC", files=FILES[:2], pictures=OURS[:2], elsewhere=frozenset({"C"}))
    assert plan.drift == ()


def test_equal_pictures_are_not_told_apart() -> None:
    """Nobody sees that two of them changed places; that they stand elsewhere, everybody does."""
    files = [file("a", "same"), file("b", "same"), file("c")]
    ours = [picture("A", "a", "same"), picture("B", "b", "same"), picture("C", "c")]
    assert planned("BAC", "ABC", ("B", "A"), files=files, pictures=ours).drift == ()
    assert told(planned("BCA", "ABC", files=files, pictures=ours)) == [(ORDER, BACK)]


@pytest.mark.parametrize(
    ("cover", "wish", "drift"),
    [
        (("A", "A"), "first", []),
        (("B", "A"), "first", [(COVER, BACK)]),
        (("B", ""), "first", [(COVER, BACK)]),
        (("A", ""), "first", []),
        ((None, "A"), "first", []),
        ((None, "B"), "b", [(COVER, BACK)]),
        ((None, "B"), "first", [(COVER, WANTED)]),
        (("B", "B"), "first", []),
        (("C", "B"), "first", [(COVER, ANEW)]),
        (("B", "A"), "b", [(COVER, WANTED)]),
        (("X", "A"), "first", [(COVER, BACK)]),
        (("B", None), "first", []),
    ],
)
def test_a_cover_is_somebodys_where_it_is_not_the_one_agreed_on(
    cover: tuple[str | None, str | None], wish: str, drift: list[tuple[str, str]]
) -> None:
    """No cover on Imgur is the first picture; a wish that changed is yours."""
    assert told(planned("ABC", "ABC", cover, entry=spec(cover=wish))) == drift


@pytest.mark.parametrize("cover", [("C", "A"), ("C", "")])
def test_a_cover_that_follows_the_order_is_told_by_the_order(cover: tuple[str, str]) -> None:
    """Where none was chosen, Imgur shows the first picture."""
    assert told(planned("CBA", "ABC", cover)) == [(ORDER, BACK)]


def test_a_cover_that_left_is_replaced_by_imgur_itself() -> None:
    """Whichever it takes."""
    plan = planned("AC", "ABC", ("C", "B"), entry=spec(cover="b"))
    assert not any(what == COVER for what, _ in told(plan))


def test_what_imgur_does_not_take_over_stays() -> None:
    """It was sent twice in vain; somebody changed it since, and it is not sent again."""
    marks = (NotHonoured("cover", cover_name("a", "A"), "B", 2, 0.0),)
    plan = planned("ABC", "ABC", ("C", "B"), record={"not_honoured": marks})
    assert told(plan) == [(COVER, STAYS)]


@pytest.mark.parametrize("kind", [IntentKind.EDIT_ALBUM, IntentKind.DELETE_IMAGE])
def test_nothing_is_told_while_an_edit_is_in_doubt(kind: IntentKind) -> None:
    """It may be our own edit that shows."""
    plan = planned("CBA", "ABC", ("C", "B"), intents=(intent(kind),))
    assert plan.drift == ()
    assert plan.shown is not None
    assert plan.shown.unsure == {"order", "cover"}


def test_nothing_is_told_of_an_album_that_was_never_edited() -> None:
    """A creation that was interrupted: no order was ever agreed on."""
    assert planned("CBA", "ABC", record={"edited": False}).drift == ()


def test_pictures_that_are_not_managed_count_like_all_others() -> None:
    """Ours from a folder that the manifest names no more, behind those of the folder."""
    loose = picture("L", "old/l", standing=Standing.UNMANAGED)
    assert told(planned("LABC", "ABCL", pictures=[*OURS, loose])) == [(ORDER, BACK)]


def test_without_an_account_pictures_of_others_stay_where_they_are() -> None:
    """No edit can name them, so where somebody puts them is nobody's business."""
    keys = {"anonymous": True, "pictures": [picture(n.upper(), n, deletehash=None) for n in NAMES]}
    assert planned("XABC", "ABCX", **keys).drift == ()


def test_what_is_told_names_the_album() -> None:
    """No ids in it."""
    assert planned("BAC", "ABC").drift == (Drift("cats", ORDER, BACK),)

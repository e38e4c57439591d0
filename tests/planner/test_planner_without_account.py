"""What is decided without an account: whose an unnamed picture is, and what a keyless one allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imgur_sync.model.remote import RemotePicture
from imgur_sync.model.synced import Intent, IntentKind, IntentStatus
from imgur_sync.planner.pieces import kept_prefix, stranded
from imgur_sync.planner.settle import Absent, Early, Found, Twin
from imgur_sync.planner.settle_album import Stray, settle_in_album
from imgur_sync.planner.text_wish import TextWish

NOW = 1000.0


def intent(number: int, **fields: object) -> Intent:
    """An upload in doubt of a PNG of 4 by 3, whose name stands in `marker`."""
    plain = Intent(number, IntentKind.UPLOAD, "cats", path=f"{number}.png", digest="d", size=70, media_type="image/png")
    whole = replace(plain, width=4, height=3, marker=f"m.is1-{number:016x}-00000000.png", failed_at=NOW)
    return replace(whole, **fields)


def picture(image_id: str, **fields: object) -> RemotePicture:
    """A picture of that size as it is shown to those who do not own it."""
    return replace(RemotePicture(image_id, "", "", "image/png", 4, 3, 70, NOW), **fields)


def settle(intents: Sequence[Intent], shown: Sequence[RemotePicture], at: float = NOW, **more: object) -> list[object]:
    """The verdicts, after ninety seconds to settle."""
    known, adopted = more.get("known", ()), more.get("adopted", {})
    return list(settle_in_album(intents, shown, known, adopted, at, 90.0))


def test_a_new_picture_of_the_same_type_and_size_is_the_one_in_doubt() -> None:
    """Also where Imgur made a JPEG of the PNG."""
    for shown in (picture("aaaaaaa"), picture("aaaaaaa", media_type="image/jpeg")):
        assert settle([intent(1)], [shown]) == [Found(intent(1), shown)]


@pytest.mark.parametrize(
    "other",
    [
        picture("aaaaaaa", width=5),
        picture("aaaaaaa", media_type="image/gif"),
        picture("ours000"),
        picture("before0"),
    ],
    ids=["another size", "another type", "known to the state", "there before"],
)
def test_any_other_picture_is_not(other: RemotePicture) -> None:
    """Early before the time to settle is over, absent then."""
    doubt = intent(1, wish=TextWish(strangers=("before0",)).text())
    assert settle([doubt], [other], known={"ours000"}) == [Early(doubt, NOW + 90)]
    assert settle([doubt], [other], NOW + 90, known={"ours000"}) == [Absent(doubt)]


def test_a_name_decides_where_names_are_shown() -> None:
    """A picture of the same size under another name is somebody else's."""
    doubt = intent(1)
    own, other = picture("aaaaaaa", name=doubt.marker), picture("bbbbbbb", name="logo")
    assert settle([doubt], [other, own]) == [Found(doubt, own)]
    assert settle([doubt], [other]) == [Early(doubt, NOW + 90)]


def test_where_two_could_be_meant_neither_is_taken() -> None:
    """Both files are sent again, and what is there leaves the album; uploads of other sizes are not concerned."""
    one, two, three = intent(1), intent(2), intent(3, width=9)
    shown = [picture("aaaaaaa"), picture("bbbbbbb"), picture("ccccccc", width=9)]
    verdicts = settle([one, two, three], shown, NOW + 90)
    assert [v.picture.id for v in verdicts if isinstance(v, Stray)] == ["aaaaaaa", "bbbbbbb"]
    assert [v.intent for v in verdicts if isinstance(v, Absent)] == [one, two]
    assert Found(three, shown[2]) in verdicts


def test_a_second_picture_of_an_upload_that_was_sent_again_is_its_twin() -> None:
    """It turned up after the other one was adopted, and there is no other upload that it could be of."""
    sent = intent(1, status=IntentStatus.SUSPECT, sends=2)
    late = picture("aaaaaaa")
    assert settle([sent], [late], adopted={sent.marker: "ours000"}) == [Twin(sent, late)]


IDS = st.lists(st.sampled_from("abcdef"), unique=True, max_size=6)


@settings(max_examples=300)
@given(wanted=IDS, current=IDS, keyless=st.sets(st.sampled_from("abcdef")), fixed=st.integers(0, 2))
def test_taking_out_and_adding_behind_makes_the_order_unless_something_is_stranded(
    wanted: list[str], current: list[str], keyless: set[str], fixed: int
) -> None:
    """What the kept prefix leaves in place plus what is added behind is the wanted order; pictures of others between
    change nothing; no keyless picture is ever added unless it is named as stranded."""
    shown = current.copy()
    for number in range(fixed):
        shown.insert(number * 2 % (len(shown) + 1), f"other{number}")
    same = kept_prefix(wanted, shown)
    stay = set(wanted[:same])
    left = [i for i in shown if i in stay or i.startswith("other")]
    after = left + wanted[same:]
    assert [i for i in after if not i.startswith("other")] == wanted
    added = set(wanted[same:])
    assert set(stranded(wanted, shown, keyless)) == added & keyless

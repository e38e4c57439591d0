"""The texts of single pictures: which are wished, which are sent, which are left."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from imgur_sync.model.budget import Budget, Limit, LimitName
from imgur_sync.model.plan import AlbumPlan
from imgur_sync.model.spec import Prune
from imgur_sync.model.step import DeleteImage, EditAlbum, EditImage, Upload
from imgur_sync.model.synced import IntentKind, NotHonoured, SyncedPicture
from imgur_sync.model.texts import Texts, filled, template_fault
from imgur_sync.planner.album import plan_album
from imgur_sync.planner.cut import cut
from imgur_sync.planner.digest import digest
from imgur_sync.planner.price import price
from imgur_sync.planner.text_wish import TextWish, judged, uploaded
from imgur_sync.planner.view import AlbumView
from tests.support.album_views import NOW, OLD, SETTLE, file, gone_view, intent, new_view, picture, remote, spec, view


def shown(ours: SyncedPicture, title: str = "", description: str = "", *, wish: Texts, **facts: object) -> AlbumView:
    """An album of that picture and its file, which Imgur shows with these texts."""
    entry = spec(images=((ours.path, wish),))
    base = view([file(ours.path)], [ours], entry=entry, **facts)
    assert base.listing is not None
    texts = replace(base.listing.pictures[0], title=title, description=description)
    return replace(base, listing=replace(base.listing, pictures=(texts,)))


def edits(part: AlbumPlan) -> list[tuple[str, str | None, str | None]]:
    """The texts that the plan sends by edits now."""
    return [(step.path, step.title, step.description) for step in part.steps if isinstance(step, EditImage)]


OURS = picture("1", "a.jpg")


@pytest.mark.parametrize(
    ("wish", "title", "description", "sent"),
    [
        (Texts("Tom"), "", "x", ("Tom", None)),
        (Texts("Tom"), "Tom", "x", None),
        (Texts("Tom", "y"), "Tom", "x", (None, "y")),
        (Texts("", ""), "Tom", "x", ("", "")),
        (Texts("", ""), "", "", None),
        (Texts(None, None), "Tom", "x", None),
    ],
)
def test_only_managed_texts_that_differ_are_sent(
    wish: Texts, title: str, description: str, sent: tuple[str | None, str | None] | None
) -> None:
    """Null, "" and missing are one; a text that is not managed stays as it is."""
    part = plan_album(shown(OURS, title, description, wish=wish))
    assert edits(part) == ([("a.jpg", *sent)] if sent is not None else [])
    assert part.quiet is (sent is None)
    assert price(part.steps, 0).writes.credits == len(edits(part))


def test_an_upload_carries_its_texts_and_they_are_part_of_the_digest() -> None:
    """No edit of it follows; without texts the digest is that of a plan that knows of none."""
    entry = spec(images=(("a.jpg", Texts("Tom", "")),))
    part = plan_album(new_view([file("a.jpg"), file("b.jpg")], entry=entry))
    sent = [(step.path, step.title, step.description) for step in part.steps if isinstance(step, Upload)]
    assert sent == [("a.jpg", "Tom", ""), ("b.jpg", None, None)]
    assert edits(part) == []
    other = plan_album(new_view([file("a.jpg"), file("b.jpg")], entry=spec(images=(("a.jpg", Texts("Jerry")),))))
    assert digest([part]) != digest([other])


def test_what_was_sent_a_moment_ago_is_unsettled_and_not_sent_again() -> None:
    """Later it is drift, and sent again; a wish that was never sent does not wait."""
    wish = Texts("Tom")
    young = replace(OURS, title="Tom", texts_at=NOW - 1)
    part = plan_album(shown(young, "Old", wish=wish))
    assert (edits(part), part.drift) == ([], ())
    assert [doubt.until for doubt in part.unsettled] == [NOW - 1 + SETTLE]
    part = plan_album(shown(replace(young, texts_at=OLD), "Old", wish=wish))
    assert edits(part) == [("a.jpg", "Tom", None)]
    assert [drift.what for drift in part.drift] == ["the title of a.jpg was changed on Imgur"]
    part = plan_album(shown(replace(young, title="Else"), "Else", wish=wish))
    assert edits(part) == [("a.jpg", "Tom", None)]
    assert part.drift == ()


@pytest.mark.parametrize(("attempts", "sent"), [(1, 1), (2, 0)])
def test_what_imgur_ignored_twice_is_blocked_until_the_wish_changes(attempts: int, sent: int) -> None:
    """It is said, and is nobody's drift."""
    marked = replace(
        OURS, title="Tomcat", texts_at=OLD, ignored_texts=(NotHonoured("title", "Tomcat", "Tom", attempts, OLD),)
    )
    part = plan_album(shown(marked, "Tom", wish=Texts("Tomcat")))
    assert len(edits(part)) == sent
    assert len(part.blocked) == 1 - sent
    assert part.drift == ()
    assert edits(plan_album(shown(marked, "Tom", wish=Texts("Jerry")))) == [("a.jpg", "Jerry", None)]


def test_a_picture_in_doubt_gets_no_edit_and_holds_nothing_else() -> None:
    """Other pictures, the album and its deletions go on."""
    doubt = intent(IntentKind.EDIT_IMAGE, "a.jpg", target="1")
    files = [file("a.jpg"), file("b.jpg")]
    ours = [OURS, picture("2", "b.jpg"), picture("3", "gone.jpg")]
    entry = spec(image_title="{stem}", title="New", prune=Prune.DELETE)
    part = plan_album(view(files, ours, entry=entry, intents=(doubt,), texts_in_doubt=frozenset({"1"})))
    assert edits(part) == [("b.jpg", "b", None)]
    assert {type(step) for step in part.steps} == {EditAlbum, EditImage, DeleteImage}
    assert len([step for step in part.wanted if isinstance(step, EditImage)]) == 2
    assert len(part.unsettled) == 1


def test_a_picture_that_no_listing_shows_is_compared_with_what_was_sent() -> None:
    """A new album takes pictures of a gone one back: equal texts are not sent again."""
    files = [file("a.jpg"), file("b.jpg")]
    ours = [replace(OURS, title="a", texts_at=OLD), picture("2", "b.jpg")]
    part = plan_album(gone_view(files, ours, entry=spec(image_title="{stem}")))
    assert [step.path for step in part.wanted if isinstance(step, EditImage)] == ["b.jpg"]


def test_the_template_knows_names_folder_and_place() -> None:
    """The folder of a file right in the album's is the album's own; names are composed, without control characters."""
    names = ["x/10.a.jpg", "x/2.jpg", "cafe\u0301\n\udcff.jpg"]
    entry = spec(image_title=" {index}|{stem}|{name}|{folder}|{{}} ", folder="pics/My cats", root=Path("/elsewhere"))
    part = plan_album(new_view([file(name, str(n)) for n, name in enumerate(names)], entry=entry))
    assert [step.title for step in part.steps if isinstance(step, Upload)] == [
        "1|caf\u00e9 \ufffd|caf\u00e9 \ufffd.jpg|My cats|{}",
        "2|2|2.jpg|x|{}",
        "3|10.a|10.a.jpg|x|{}",
    ]


def test_an_album_of_this_very_folder_is_named_by_the_directory() -> None:
    """Where the manifest says no name; letters that join emoji stay."""
    entry = spec(image_title="{folder} {stem}", folder=".", root=Path("/pictures/Cats"))
    part = plan_album(new_view([file("\U0001f468\u200d\U0001f469.jpg")], entry=entry))
    assert [step.title for step in part.steps if isinstance(step, Upload)] == ["Cats \U0001f468\u200d\U0001f469"]


def test_a_name_is_taken_letter_by_letter() -> None:
    """Braces in a file's name are no placeholders, and nothing is evaluated."""
    assert filled("{stem}{{index}}", {"stem": "{name.__class__} %s", "index": "1"}) == "{name.__class__} %s{index}"


@pytest.mark.parametrize(
    "template", ["{stem", "stem}", "{}", "{stem.upper}", "{index:03}", "{title}", "{{}", "{ stem }"]
)
def test_what_is_no_template_is_refused(template: str) -> None:
    """The remedy names what may stand there."""
    fault = template_fault(template)
    assert "{stem}, {name}, {folder}, {index}" in fault or "{{ or }}" in fault
    assert template_fault("a {stem} {{x}} {index}{name}{folder}") == ""


def test_single_titles_come_first_and_unknown_paths_are_told() -> None:
    """Whatever the composition of their letters."""
    files = [file("a.jpg"), file("cafe\u0301.jpg")]
    images = (
        ("caf\u00e9.jpg", Texts(description="d")),
        ("a.jpg", Texts("A")),
        *((f"{n}.jpg", Texts("x")) for n in range(4)),
    )
    part = plan_album(new_view(files, entry=spec(images=images, image_title="{stem}")))
    sent = {step.path: (step.title, step.description) for step in part.steps if isinstance(step, Upload)}
    assert sent == {"a.jpg": ("A", None), "cafe\u0301.jpg": ("caf\u00e9", "d")}
    assert part.warnings == ("images names 0.jpg, 1.jpg, 2.jpg and 1 more, which are no pictures in the folder",)


def test_texts_are_cut_before_uploads_and_what_does_not_fit_waits() -> None:
    """Work of one credit goes first; nothing is lost between granted and deferred."""
    files = [file(f"{n}.jpg") for n in range(8)]
    ours = [picture(str(n), f"{n}.jpg") for n in range(5)]
    part = plan_album(view(files, ours, entry=spec(image_title="{stem}")))
    assert [type(step) for step in part.wanted] == [Upload] * 3 + [EditAlbum] + [EditImage] * 5
    # The read-back is one credit.
    for credits, texts, uploads in ((4, 3, 0), (6, 5, 0), (16, 5, 1), (26, 5, 2)):
        (granted,) = cut([part], Budget((Limit(LimitName.DAY, None, credits),)))
        kinds = [type(step) for step in granted.steps]
        assert (kinds.count(EditImage), kinds.count(Upload)) == (texts, uploads)
        assert len(granted.steps) + len(granted.deferred) == len(part.steps)
    (granted,) = cut([part], Budget((Limit(LimitName.UPLOADS, None, 0),)))
    assert [type(step) for step in granted.steps] == [EditImage] * 5


def test_a_late_reading_tells_honoured_ignored_and_foreign_texts_apart() -> None:
    """As before, or only the beginning: ignored. Anything else was written by somebody."""
    wish = TextWish("Tomcat", "asleep", "old", "", answered=True)
    seen = replace(remote("1"), title="Tom", description="asleep")
    unanswered = replace(wish, answered=False)
    assert [type(change).__name__ for change in judged(OURS, unanswered, seen, NOW)] == ["PictureEdited"]
    kinds = [(type(change).__name__, getattr(change, "field", "")) for change in judged(OURS, wish, seen, NOW)]
    assert kinds == [("PictureEdited", ""), ("TextIgnored", "title")]
    seen = replace(remote("1"), title="old", description="mine")
    assert [getattr(change, "field", "") for change in judged(OURS, wish, seen, NOW)] == ["title"]
    assert TextWish.parse(wish.text()) == wish
    assert (TextWish().text(), TextWish.parse("")) == ("", TextWish())


def test_an_upload_whose_answer_shows_its_texts_leaves_no_mark() -> None:
    """One that does not counts as the first attempt."""
    wish = TextWish("Tom", "")
    assert uploaded(OURS, wish, replace(remote("1"), title="Tom"), 5.0) == replace(
        OURS, title="Tom", description="", texts_at=5.0
    )
    assert uploaded(OURS, wish, remote("1"), 5.0).ignored_texts == (NotHonoured("title", "Tom", "", 1, 5.0),)
    assert uploaded(OURS, TextWish(), remote("1"), 5.0) == OURS

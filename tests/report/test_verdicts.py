"""What `explain` reads out of a plan about one path, from values: step, gate, limit, remark and state."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from imgur_sync.model.budget import LimitName
from imgur_sync.model.local import Unsendable, Why
from imgur_sync.model.plan import AlbumPlan, Blocked, Deferred, Gate, GateName, LostText, Unsettled, Withheld
from imgur_sync.model.spec import AlbumSpec, Prune
from imgur_sync.model.step import (
    CreateAlbum,
    DeleteAlbum,
    DeleteImage,
    EditAlbum,
    EditImage,
    Move,
    Place,
    Upload,
    UploadReason,
)
from imgur_sync.model.synced import Standing, SyncedPicture
from imgur_sync.report.explain import Explanation, FileFacts, Verdict, explain_text
from imgur_sync.report.steps import step_text
from imgur_sync.report.text import Moment
from imgur_sync.report.verdicts import LIVES, Judgement, judge

Albums = Callable[..., AlbumPlan]
SPEC = AlbumSpec("cats", "cats", Path("/pictures/cats"))
TOM = Place("tom.jpg", "0" * 64)
PRUNE = Gate(GateName.PRUNE, "cats", 7, "7 of 9 pictures would leave the album")


def picture(standing: Standing = Standing.PLACED, link: str = "https://i.imgur.com/aaaaaaa.jpg") -> SyncedPicture:
    """A picture of ours that stands so."""
    mime, size = "image/jpeg", 100
    return SyncedPicture(
        "aaaaaaa", "cats", "tom.jpg", "0" * 64, "0" * 64, "m.jpg", mime, size, 3, 4, link, 1e9, 1e9, standing
    )


def told(album: AlbumPlan | None, *pictures: SyncedPicture, spec: AlbumSpec = SPEC, there: bool = True) -> Judgement:
    """The judgement on tom.jpg."""
    found = judge(album, spec, "tom.jpg", pictures, there=there)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("edit", "verdict", "why"),
    [
        (EditAlbum("cats", detached=(TOM,)), Verdict.LEAVES, f"its file left the folder; {LIVES}"),
        (
            EditAlbum("cats", retired=(TOM,)),
            Verdict.REPLACED,
            f"another picture takes its place; of the old one, {LIVES}",
        ),
        (
            EditAlbum("cats", attached=(TOM,)),
            Verdict.RETURNED,
            "a picture of this content is on Imgur, outside the album",
        ),
    ],
    ids=["leaves", "replaced", "returns"],
)
def test_an_edit_says_how_a_picture_fares_in_it(edit: EditAlbum, verdict: Verdict, why: str, album: Albums) -> None:
    """Out of the album, in the place of another, or back in."""
    assert told(album(edit)) == Judgement(verdict, (why,))


def test_a_renamed_picture_is_told_as_moved_though_its_edit_attaches_it(album: Albums) -> None:
    """Within the album and from another one, by its old name and by its new one."""
    move = Move("old.jpg", "tom.jpg", "0" * 64)
    edit = EditAlbum("cats", attached=(TOM,), moves=(move,))
    words = "cats/old.jpg is now cats/tom.jpg: the same content, so its picture and link stay"
    assert told(album(edit, moves=(move,))) == Judgement(Verdict.MOVED, (words,))
    away = Move("tom.jpg", "t.jpg", "0" * 64, album="dogs")
    assert told(album(edit, moves=(away,))).because[0].startswith("dogs/tom.jpg is now cats/t.jpg")


def test_a_deletion_and_its_gate(album: Albums) -> None:
    """Deleted for good, unless the gate for removals holds it back: then its reason is told beside."""
    delete = DeleteImage("cats", "tom.jpg", "0" * 64)
    why = 'its file left the folder, and prune = "delete"'
    assert told(album(delete)) == Judgement(Verdict.DELETED, (why,))
    held = album(wanted=(delete,), steps=(), gates=(PRUNE,), withheld=(Withheld(delete, GateName.PRUNE),))
    assert told(held) == Judgement(Verdict.WITHHELD, (why, PRUNE.detail), GateName.PRUNE)


def test_an_upload_that_a_gate_of_the_album_holds_back_names_it(album: Albums, upload: Callable[..., Upload]) -> None:
    """A new picture has no gate of its own: the one that withholds its step is told."""
    step, strike = upload("tom.jpg"), Gate(GateName.STRIKE, "cats", 1, "four strikes this month")
    held = album(wanted=(step,), steps=(), gates=(strike,), withheld=(Withheld(step, GateName.STRIKE),))
    assert (told(held).verdict, told(held).gate) == (Verdict.WITHHELD, GateName.STRIKE)
    replacing = upload("tom.jpg", UploadReason.REPLACES)
    held = album(wanted=(replacing,), steps=(), gates=(strike,), withheld=(Withheld(replacing, GateName.STRIKE),))
    assert (told(held).gate, told(held).because[-1]) == (GateName.STRIKE, "four strikes this month")


def test_what_does_not_fit_now_names_the_limit(album: Albums, upload: Callable[..., Upload]) -> None:
    """The words of the plan for it."""
    step = upload("tom.jpg", UploadReason.RESTORES)
    late = album(wanted=(step,), steps=(), deferred=(Deferred(step, LimitName.UPLOADS),))
    assert told(late).verdict is Verdict.DEFERRED
    assert told(late).because == (
        "its picture is gone from Imgur; it gets a new link",
        "the uploads of the hour do not suffice now",
    )


def test_an_album_that_could_not_be_compared_says_so_of_every_path(album: Albums) -> None:
    """Whatever else is known."""
    gate = Gate(GateName.LISTING, "cats", 0, "Imgur listed 3 of 9 pictures")
    delete = DeleteImage("cats", "tom.jpg", "0" * 64)
    assert told(album(delete, gates=(gate,))) == Judgement(Verdict.NOT_COMPARED, (gate.detail,), GateName.LISTING)


@pytest.mark.parametrize(
    ("facts", "verdict", "why"),
    [
        (
            {"blocked": (Blocked("cats", "x", "no"), Blocked("cats", "tom.jpg", "protected"))},
            Verdict.BLOCKED,
            "protected",
        ),
        (
            {"lost_texts": tuple(LostText("a", path, "title", "T", "", False) for path in ("x.jpg", "tom.jpg"))},
            Verdict.BLOCKED,
            "the title of this picture cannot be changed: its deletehash was lost",
        ),
        (
            {
                "unsettled": tuple(
                    Unsettled("cats", f"the upload of {p} may have happened", 0) for p in ("x", "tom.jpg")
                )
            },
            Verdict.IN_DOUBT,
            "the upload of tom.jpg may have happened",
        ),
        (
            {"unmanaged": ("tom.jpg",)},
            Verdict.UNMANAGED,
            "it lies outside what the album takes now; its picture stays as it is, unmanaged",
        ),
    ],
    ids=["blocked", "lost text", "in doubt", "unmanaged"],
)
def test_what_the_plan_remarks_is_the_verdict(
    facts: dict[str, object], verdict: Verdict, why: str, album: Albums
) -> None:
    """Of this very path: what is said of others is not told."""
    assert told(album(**facts), picture()) == Judgement(verdict, (why,))


def test_steps_that_are_about_no_single_path_decide_nothing(album: Albums) -> None:
    """Then the state speaks."""
    steps = (CreateAlbum("cats", "Cats"), EditImage("cats", "tom.jpg", "0" * 64, "T", None), DeleteAlbum("cats"))
    assert told(album(*steps), picture()).verdict is Verdict.AS_WANTED


def test_a_refused_file_says_how_it_is_tried_again(album: Albums) -> None:
    """And that the picture there for it stays."""
    refused = album(unsendable=(Unsendable("tom.jpg", Why.REFUSED, "too big"),))
    assert told(refused, picture()).because == (
        "refused by Imgur before: too big",
        "not tried again until the file changes, or with: imgur-sync apply --retry-failed",
        "the picture that is there for it stays",
    )
    assert told(album(unsendable=(Unsendable("tom.jpg", Why.EMPTY, ""),))).because == ("empty file",)


@pytest.mark.parametrize(
    ("standing", "there", "verdict", "why"),
    [
        (Standing.PLACED, True, Verdict.AS_WANTED, "the picture is in the album, and its file is the same"),
        (Standing.PLACED, False, Verdict.KEPT, "its picture is in the album"),
        (Standing.UNMANAGED, True, Verdict.UNMANAGED, "its picture stays in the album as it is, unmanaged"),
        (Standing.GONE, True, Verdict.RESPECTED, 'it was deleted on Imgur, and on_remote_delete = "respect"'),
        (Standing.GONE, False, Verdict.GONE, "its file left the folder, and its picture is gone"),
        (Standing.DETACHED, False, Verdict.GONE, "its file left the folder, and its picture is detached"),
    ],
)
def test_where_the_plan_says_nothing_the_state_does(
    standing: Standing, there: bool, verdict: Verdict, why: str
) -> None:
    """By how the pictures of the path stand, and whether the file is there."""
    assert told(None, picture(standing), there=there) == Judgement(verdict, (why,))


def test_prune_never_is_told_as_the_reason_and_nothing_known_is_no_judgement() -> None:
    """A path that is neither a picture's nor a file's is for others to judge."""
    never = AlbumSpec("cats", "cats", Path("/pictures/cats"), prune=Prune.NEVER)
    assert told(None, picture(), spec=never, there=False).because == ('its file left the folder, and prune = "never"',)
    assert judge(None, SPEC, "tom.jpg", (), there=False) is None


def test_an_explanation_tells_only_what_there_is(read: Moment) -> None:
    """A file that is no picture has a size and no digest; a gate that no number passes asks for none; asked online,
    nothing is said about what was not asked."""
    bare = Explanation("notes.txt", Verdict.SKIPPED, ("it is no picture",), file=FileFacts(20), offline=False)
    assert explain_text(bare, read).splitlines() == [
        "asked     notes.txt",
        "file      20 bytes",
        "verdict   skipped",
        "because   it is no picture",
    ]
    whole = Explanation(
        *("x", Verdict.WITHHELD, ("no",), "cats", "", "", FileFacts(20, "image/png", 3, 4, "ab" * 32), "prune", ""),
        pictures=(picture(Standing.DETACHED, link=""),),
        failed=("too big", read.now),
    )
    lines = explain_text(whole, read).splitlines()
    assert lines[1:6] == [
        "album     cats",
        "file      image/png, 3 × 4 pixels, 20 bytes",
        f"          sha256 {'ab' * 32}",
        "picture   without a link",
        "          taken out of the album, still on Imgur, recorded as cats/tom.jpg",
    ]
    assert f"failed    too big ({read.text(read.now)})" in lines
    assert lines[-2:] == [
        "gate      prune",
        "note      from what is known; nothing was asked of Imgur (see --online)",
    ]


def test_every_step_has_its_words(upload: Callable[..., Upload]) -> None:
    """As the page of a plan lists them; an edit that only looks says so."""
    edit = EditAlbum("cats", (TOM,), (TOM, TOM), cover=TOM, title="", description="", privacy="public")
    steps = (
        CreateAlbum("cats", None),
        upload("tom.jpg"),
        edit,
        EditAlbum("cats"),
        EditImage("cats", "tom.jpg", "0" * 64, "T", None),
        DeleteImage("cats", "tom.jpg", "0" * 64),
        DeleteAlbum("cats"),
    )
    assert [step_text(step) for step in steps] == [
        "make the album, hidden",
        "upload tom.jpg (300.0 kB)",
        "edit the album: 1 picture in order, 2 pictures taken out, cover tom.jpg, title, description, privacy public",
        "edit the album: nothing but a look",
        "change the texts of tom.jpg",
        "delete tom.jpg",
        "delete the album; its pictures live on",
    ]

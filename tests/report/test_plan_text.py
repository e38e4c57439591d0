"""What a plan looks like to a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from imgur_sync.model.budget import Budget, Limit, LimitName
from imgur_sync.model.local import Unsendable, Why
from imgur_sync.model.plan import AlbumPlan, Blocked, Deferred, Drift, Gate, GateName, Plan, Unsettled, Withheld
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
from imgur_sync.planner.learning import refusal_words
from imgur_sync.report.html import plan_html
from imgur_sync.report.prices import used_up
from imgur_sync.report.text import Moment, approvals, plan_text

Albums = Callable[..., AlbumPlan]
Plans = Callable[..., Plan]
Uploads = Callable[..., Upload]


def places(*paths: str) -> tuple[Place, ...]:
    """Places of these paths."""
    return tuple(Place(path, "0" * 64) for path in paths)


def test_a_plan_is_one_line_per_kind_of_change_removals_first(
    album: Albums, plan: Plans, upload: Uploads, read: Moment
) -> None:
    """Each kind of change has its sign, its count and its names; price, budget and digest follow."""
    edit = EditAlbum(
        "cats",
        places=places("a.jpg"),
        detached=places("old.jpg"),
        retired=places("tom.jpg"),
        moves=(Move("x.jpg", "y.jpg", "0" * 64),),
        reordered=True,
        cover=Place("b.jpg", "0" * 64),
        title="Our cats",
        description="",
        privacy="public",
    )
    steps = (
        upload("tom.jpg", UploadReason.REPLACES),
        *(upload(name) for name in ("a.jpg", "b.jpg", "c.jpg")),
        edit,
        EditImage("cats", "a.jpg", "0" * 64, "A", None),
        DeleteImage("cats", "gone.jpg", "0" * 64),
    )
    text = plan_text(plan(album(*steps, moves=edit.moves)), read)
    assert (
        text
        == """\
cats: "Cats", 12 pictures in the folder
  - 1 leaves the album: old.jpg (its link goes on working)
  - 1 is deleted: gone.jpg (for good)
  ~ 1 replaced: tom.jpg (its link changes)
  + 3 new: a.jpg, b.jpg, c.jpg
  > 1 renamed: x.jpg → y.jpg
  * 1 with other texts: a.jpg
      a.jpg: title "A"
  * order, as in the folder
  * cover: b.jpg
  * title: "Our cats"
  * description: none
  * privacy: becomes public

Besides these, 3 albums as wanted, with 1,204 pictures.
Price: 43 credits (41 writes, 2 reads), 4 uploads (1.2 MB), 6 POSTs
                       available  this run  left after
  credits of the day      11,957        43      11,914
  credits of the hour        457        43         414
  POSTs of the hour        1,244         6       1,238
  uploads of the hour         41         4          37
Of the day, 500 credits are kept for other users of this Client-ID.
Digest: sha256:abababababababababababababababababababababababababababababababab
"""
    )


def test_a_gate_says_what_it_holds_back_and_what_to_type(
    album: Albums, plan: Plans, upload: Uploads, read: Moment
) -> None:
    """The number to approve is the sum over all albums; what is granted all the same is not called held back."""
    edit = EditAlbum("cats", places=(), detached=places(*(f"{n}.jpg" for n in range(30))))
    cats = album(
        upload("new.jpg"),
        edit,
        steps=(upload("new.jpg"),),
        withheld=(Withheld(edit, GateName.PRUNE),),
        gates=(Gate(GateName.PRUNE, "cats", 30, "30 of 40 pictures would leave the album"),),
    )
    dogs = album(key="dogs", gates=(Gate(GateName.PRUNE, "dogs", 7, "7 of 9 pictures would leave the album"),))
    both = plan(cats, dogs)
    text = plan_text(both, read)
    assert "(their links go on working; 30 held back by prune)" in text
    assert "  + 1 new: new.jpg\n" in text
    assert "  ! gate prune holds back 30: 30 of 40 pictures would leave the album\n" in text
    assert "Held back by prune; to let it through: apply --approve prune=37\n" in text
    assert approvals(both) == {GateName.PRUNE: 37}
    passed = plan_text(both, read, {GateName.PRUNE})
    assert "is passed for 30" in passed
    assert "--approve" not in passed


@pytest.mark.parametrize("gate", [GateName.ROOT, GateName.SCAN, GateName.LISTING])
def test_a_gate_that_no_number_passes_says_what_to_do(gate: GateName, album: Albums, plan: Plans, read: Moment) -> None:
    """Nothing to type is offered; the sentence says what does not happen."""
    text = plan_text(plan(album(gates=(Gate(gate, "cats", 12, "the folder is missing"),))), read)
    assert f"  ! gate {gate}: the folder is missing\n      nothing is " in text
    assert ("imgur-sync root accept cats\n" in text) is (gate is GateName.ROOT)
    assert "--approve" not in text
    assert "Nothing to do" not in text


def test_what_does_not_fit_the_budget_waits_and_the_plan_says_until_when(
    album: Albums, plan: Plans, upload: Uploads, read: Moment
) -> None:
    """The deferred uploads are counted, the limit is named, the time is local and has its offset."""
    steps = tuple(upload(f"{n}.jpg") for n in range(22))
    cut = album(*steps, steps=steps[:4], deferred=tuple(Deferred(step, LimitName.UPLOADS) for step in steps[4:]))
    full = plan(cut)
    text = plan_text(replace(full, total=replace(full.price, uploads=22), resume_at=read.now + 2580), read)
    assert "+ 22 new: 0.jpg, 1.jpg, 2.jpg, 3.jpg and 18 more (18 wait for the budget)" in text
    assert "Deferred: 18 steps, because of the uploads of the hour\n" in text
    assert "It can go on at 2026-03-01 14:48 +01:00 (in 43 min)\n" in text
    assert "All that is wanted: 43 credits" in text


def test_what_the_strikes_keep_is_said_once(album: Albums, plan: Plans, upload: Uploads, read: Moment) -> None:
    """By the gate where it holds something back, else beside what is available, which is less by that."""
    careful = Budget((Limit(LimitName.DAY, 12_500, 9_500),), strikes=4, caution=2_500)
    fits = plan(album(upload("a.jpg")), budget=careful)
    assert "Of the day, 2,500 credits are left alone because of the strikes of this month" in plan_text(fits, read)
    gate = Gate(GateName.STRIKE, "cats", 1, "the last 2500 credits of the day are left alone")
    held = plan_text(plan(album(upload("a.jpg"), gates=(gate,)), budget=careful), read)
    assert held.count("left alone") == 1
    assert "2,500 credits are left alone" in plan_html(fits, read)


def test_the_block_of_a_month_is_no_limit_that_is_used_up() -> None:
    """Its words stand by themselves; a limit's figures stand behind its name."""
    block = refusal_words(LimitName.DAY, 1_772_370_300.0)
    assert used_up(block, "day") == block
    assert used_up("0 credits left, 1 needed", "day") == "the credits of the day are used up: 0 credits left, 1 needed"


def test_everything_that_stays_or_cannot_be_done_is_told(album: Albums, plan: Plans, read: Moment) -> None:
    """Unsendable, blocked, drifted, unsettled, foreign, unmanaged and skipped ones each have a line with a reason."""
    told = album(
        unsendable=(Unsendable("bad.jpg", Why.TRUNCATED, "no end marker"), Unsendable("e.png", Why.EMPTY)),
        blocked=(Blocked("cats", "lfs.png", "not downloaded"), Blocked("cats", "", "the album is protected")),
        drift=(Drift("cats", "the title was changed"),),
        unsettled=(Unsettled("cats", "q.jpg is not shown yet", read.now + 60),),
        skipped=3,
        foreign=1,
        unmanaged=("drafts/x.jpg", "drafts/y.jpg", ""),
        warnings=("2 files tell where they were taken",),
        errors=("sub cannot be listed: Permission denied",),
    )
    assert (
        plan_text(plan(told, unchanged=0), read)
        == """\
cats: "Cats", 12 pictures in the folder
  ! sub cannot be listed: Permission denied
  ! 1 blocked, not downloaded: lfs.png
    to get it: let the cloud drive download it
  ! 1 blocked, the album is protected
  ! 2 files cannot be sent; apply will exit 7:
      bad.jpg: incomplete file (no end marker)
      e.png: empty file
    incomplete file: put the whole file there; it may still be on its way
    empty file: put the whole file there, or remove it
  ? the title was changed
  ? not certain yet: q.jpg is not shown yet; looked at again 2026-03-01 14:06 +01:00 (in 60 s)
    1 picture that imgur-sync did not put there stays
    3 pictures no longer managed stay: drafts/x.jpg, drafts/y.jpg, (name not known)
    3 files skipped: not pictures that Imgur takes
  warning: 2 files tell where they were taken

Nothing to do now.
Digest: sha256:abababababababababababababababababababababababababababababababab
"""
    )


def test_a_new_album_is_told_as_one(album: Albums, plan: Plans, upload: Uploads, read: Moment) -> None:
    """Its title stands in the headline, its order goes without saying, a privacy other than hidden is named."""
    edit = EditAlbum("cats", places=(), reordered=True, title="Cats", description="purr", privacy="secret")
    text = plan_text(plan(album(CreateAlbum("cats", "Cats"), upload("a.jpg"), edit)), read)
    head = text.partition("\n\n")[0]
    assert head == (
        'cats: "Cats", a new album, 12 pictures in the folder\n'
        '  + 1 new: a.jpg\n  * description: "purr"\n  * privacy: secret'
    )


def test_moves_between_albums_and_a_deleted_album_are_told(album: Albums, plan: Plans, read: Moment) -> None:
    """A picture that comes from another album is a move and not an upload, and is told once."""
    move = Move("z.jpg", "z.jpg", "0" * 64, album="dogs")
    edit = EditAlbum("cats", places=(), attached=places("z.jpg", "back.jpg"))
    text = plan_text(plan(album(edit, moves=(move,)), album(DeleteAlbum("old"), key="old", title="")), read)
    assert "  > 1 comes from the album dogs: z.jpg\n" in text
    assert "  + 1 put back without an upload: back.jpg\n" in text
    assert "old: removed in the manifest\n  - the album is deleted; its pictures stay on Imgur\n" in text


def test_a_plan_without_changes_says_so(plan: Plans, read: Moment) -> None:
    """No price, no table: one line, and how fresh the knowledge is."""
    text = plan_text(plan(observation_reads=1, oldest_listing=read.now - 2000), read)
    assert text.splitlines() == [
        "Nothing to do: 3 albums as wanted, with 1,204 pictures.",
        "Looking at Imgur took 1 credit.",
        "The oldest listing used was taken 2026-03-01 13:31 +01:00 (33 min ago).",
        "Digest: sha256:" + "ab" * 32,
    ]


def test_an_album_in_order_with_a_warning_is_not_counted_as_none(album: Albums, plan: Plans, read: Moment) -> None:
    """What is told about an album does not make it less as wanted."""
    warned = album(warnings=("a.png is large",))
    assert "\nNothing to do.\n" in plan_text(plan(warned, unchanged=0, unchanged_files=0), read)
    assert "\nNothing to do. Besides these, 3 albums as wanted, with 1,204 pictures.\n" in plan_text(plan(warned), read)


def test_an_offline_plan_says_that_it_is_one(plan: Plans, read: Moment) -> None:
    """It names that nothing was asked and that it cannot be applied."""
    assert "Offline: planned from what was known before" in plan_text(plan(offline=True, budget=None), read)


def test_no_id_and_no_hostile_character_gets_into_a_plan(
    hostile: str, album: Albums, plan: Plans, upload: Uploads, read: Moment, inert: Callable[[str], None]
) -> None:
    """Names, titles, sentences and notes come out inert, and ids of replaced pictures do not come out at all."""
    edit = EditAlbum("cats", detached=places(hostile), title=hostile, description=hostile, privacy=hostile)
    bad = album(
        upload(hostile),
        edit,
        title=hostile,
        moves=(Move(hostile, hostile, "0" * 64, album=hostile),),
        replaced=((hostile, "SECRETid"),),
        unmanaged=(hostile,),
        unsendable=(Unsendable(hostile, Why.EMPTY, hostile),),
        blocked=(Blocked("cats", hostile, hostile),),
        drift=(Drift("cats", hostile),),
        unsettled=(Unsettled("cats", hostile, 1e300),),
        gates=(Gate(GateName.PRUNE, "cats", 1, hostile),),
        warnings=(hostile,),
        errors=(hostile,),
    )
    text = plan_text(plan(bad, notes=(hostile,)), read)
    inert(text)
    assert "SECRETid" not in text
    assert len(text) < 20_000


def test_long_lists_of_problems_are_cut(album: Albums, plan: Plans, read: Moment) -> None:
    """Ten of each are shown, then how many more there are."""
    bad = tuple(Unsendable(f"{n}.jpg", Why.EMPTY) for n in range(1_000))
    text = plan_text(plan(album(unsendable=bad, warnings=tuple("w" * n for n in range(1, 40)))), read)
    assert "      and 990 more (--json lists all)\n" in text
    assert "  warning: and 29 more (--json lists all)\n" in text
    assert text.count("\n") < 40


def test_skipped_files_are_named(read: Moment, album: Callable[..., AlbumPlan], plan: Callable[..., Plan]) -> None:
    """Photographs that Imgur does not take do not vanish behind a number: the first three are named."""
    names = ("IMG_1.HEIC", "b.mov", "c.svg", "d.txt")
    text = plan_text(plan(album(skipped=9, skipped_examples=names)), read)
    assert "9 files skipped (IMG_1.HEIC, b.mov, c.svg, …): not pictures that Imgur takes" in text

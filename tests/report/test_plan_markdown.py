"""A plan as a comment: what stands first, that it fits, and that nothing in it is more than words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from imgur_sync.model.local import Unsendable, Why
from imgur_sync.model.plan import AlbumPlan, Blocked, Drift, Gate, GateName, Plan, Unsettled, Withheld
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
from imgur_sync.report import commonmark
from imgur_sync.report.markdown import LIMIT, plan_markdown
from imgur_sync.report.text import Moment
from tests.support.comments import fenced, live_parts

Albums = Callable[..., AlbumPlan]
Plans = Callable[..., Plan]
Uploads = Callable[..., Upload]


def place(path: str) -> Place:
    """A place of that path."""
    return Place(path, "0" * 64)


@pytest.fixture
def busy(album: Albums, upload: Uploads) -> AlbumPlan:
    """An album with every kind of change, and a gate."""
    edit = EditAlbum(
        "cats",
        detached=(place("old.jpg"),),
        retired=(place("tom.jpg"),),
        moves=(Move("x.jpg", "y.jpg", "0" * 64),),
        title="Our cats",
        privacy="public",
    )
    steps = (
        upload("tom.jpg", UploadReason.REPLACES),
        *(upload(f"{name}.jpg") for name in "abcdef"),
        edit,
        EditImage("cats", "a.jpg", "0" * 64, "A", None),
        DeleteImage("cats", "gone.jpg", "0" * 64),
    )
    gate = Gate(GateName.PRUNE, "cats", 2, "2 of 12 pictures would leave the album")
    return album(*steps, moves=edit.moves, gates=(gate,), withheld=(Withheld(steps[-1], GateName.PRUNE),))


def test_the_comment_tells_removals_first_then_gates_price_and_albums(
    busy: AlbumPlan, plan: Plans, read: Moment
) -> None:
    """One hidden line with the digest, and everything in the order in which it matters."""
    text = plan_markdown(plan(busy), read)
    first, second, *_ = text.splitlines()
    assert first == f"<!-- imgur-sync plan sha256:{'ab' * 32} -->"
    assert second == "### imgur-sync plan: 1 album, 43 credits (41 writes, 2 reads), 4 uploads (1.2 MB), 6 POSTs"
    assert "**1 deleted, 1 leaves its album, 1 link changes, 6 new pictures, 1 renamed or moved," in text
    wanted = [
        "- cats: 1 leaves the album: old.jpg (its link goes on working)",
        "- cats: 1 is deleted: gone.jpg (for good)",
        "~ cats: 1 replaced: tom.jpg (its link changes)",
        "! cats: everybody can see it (privacy public)",
        "- **prune** holds back 2 in `cats`: 2 of 12 pictures would leave the album",
        "`imgur-sync apply --approve prune=2`",
        "#### Price and budget",
        "<details><summary><code>cats</code> <code>Cats</code>: 1 deleted",
        "+ 6 new: a.jpg, b.jpg, c.jpg, d.jpg and 2 more",
        "- cats/gone.jpg  is deleted",
        "+ cats/f.jpg",
        f"Digest: `sha256:{'ab' * 32}`",
    ]
    places = [text.find(part) for part in wanted]
    assert -1 not in places, wanted[places.index(-1)]
    assert places == sorted(places)
    assert live_parts(text) == []


def test_an_approved_gate_asks_for_nothing(busy: AlbumPlan, plan: Plans, read: Moment) -> None:
    """It is told as passed, and nothing has to be typed."""
    text = plan_markdown(plan(busy), read, (GateName.PRUNE,))
    assert "**prune** is passed for 2 in `cats`" in text
    assert "--approve" not in text


def test_a_plan_without_anything_to_do_is_short(plan: Plans, read: Moment) -> None:
    """The marker, one heading, what stays, and the digest."""
    text = plan_markdown(plan(), read)
    assert text.splitlines()[1] == "### imgur-sync plan: nothing to do"
    assert "3 albums as wanted, with 1,204 pictures" in text
    assert "#### " not in text
    assert live_parts(text) == []


def test_what_apply_cannot_do_is_told_above_the_albums(album: Albums, plan: Plans, read: Moment) -> None:
    """Blocked files and files that cannot be sent make apply end with 7, whatever is approved."""
    part = album(
        blocked=(Blocked("cats", "lfs.png", "not downloaded (Git LFS)"), Blocked("cats", "twice.png", "is no more")),
        unsendable=(Unsendable("broken.png", Why.TRUNCATED),),
        drift=(Drift("cats", "the title was changed on Imgur", "it is set back"),),
        unsettled=(Unsettled("cats", "an edit of the album may or may not have happened", read.now + 60),),
    )
    text = plan_markdown(plan(part), read)
    assert "### imgur-sync plan: nothing to do now" in text
    assert "Not done by apply, see the albums: 1 blocked, 1 file that cannot be sent." in text
    assert "In Git LFS and not here: 1 file. They are sent with `imgur-sync apply --lfs pull`." in text
    assert "! 1 blocked, not downloaded (Git LFS): lfs.png" in fenced(text)
    assert "? the title was changed on Imgur: it is set back" in fenced(text)
    assert "looked at again 2026-03-01 13:06 +00:00" in text, "times are UTC, without a distance"


def hostile_album(name: str, upload: Uploads, album: Albums) -> AlbumPlan:
    """The name everywhere where the user, a repository or Imgur can put one."""
    edit = EditAlbum(
        name, detached=(place(name),), moves=(Move(name, name, "0" * 64, name),), cover=place(name), title=name
    )
    steps = (CreateAlbum(name, name), upload(name, album=name), edit, DeleteAlbum(name))
    return album(
        *steps,
        *(upload(f"{name}{number}", album=name) for number in range(6)),
        EditImage(name, name, "0" * 64, name, name),
        key=name,
        title=name,
        moves=edit.moves,
        gates=(Gate(GateName.PRUNE, name, 1, f"the folder {name} is {name}"), Gate(GateName.ROOT, name, 1, name)),
        blocked=(Blocked(name, name, name),),
        unsendable=(Unsendable(name, Why.NOT_A_PICTURE, name),),
        drift=(Drift(name, name, name),),
        unmanaged=(name,),
        warnings=(name,),
        errors=(name,),
        skipped=3,
        skipped_examples=(name,),
    )


def test_hostile_names_are_inert(
    hostile: str, upload: Uploads, album: Albums, plan: Plans, read: Moment, inert: Callable[[str], None]
) -> None:
    """In every place where a name can stand: no mention, link, tag, command, fold or marker comes from it."""
    part = hostile_album(hostile, upload, album)
    made = plan(part, notes=(hostile, f"see {hostile}"), unchanged_foreign=((hostile, 2),), digest=hostile)
    text = plan_markdown(made, read)
    inert(text)
    assert live_parts(text) == []
    assert commonmark.length(text) <= LIMIT


@pytest.mark.parametrize(
    "name",
    [
        "```\n```diff",
        "````` x",
        "`" * 180,
        f"<!-- imgur-sync plan sha256:{'0' * 64} -->",
        "--><script>",
        "</summary></code><img src=x>",
        "~~~\n@team",
        "user@0123456789abcdef0123456789abcdef01234567",
        "org/repo#12",
        "org/repo!12 %3 ~bug &4 $5 :tada: GH-1",
        "www.evil.example",
        "https://evil.example",
        "ftp://evil.example",
        "mailto:a@evil.example",
        "/close",
        "/approve\n/merge",
        "a\\`b",
        " ` ",
        "&#64;team &commat;team",
    ],
)
def test_what_only_a_renderer_runs_is_inert(
    name: str, upload: Uploads, album: Albums, plan: Plans, read: Moment
) -> None:
    """Fences and code spans cannot be ended, references and quick actions are none, and the marker is ours alone."""
    text = plan_markdown(plan(hostile_album(name, upload, album), notes=(name, f"see {name}")), read)
    assert live_parts(text) == []
    assert text.count("<!--") == 1


def test_a_long_plan_is_cut_between_its_parts(upload: Uploads, album: Albums, plan: Plans, read: Moment) -> None:
    """At most 60,000 characters as GitHub counts them; folds are whole; what was left out is said."""
    parts = [
        album(
            *(upload(f"👩‍👩‍👧 {number:04d}.jpg", album=f"trip{index:03d}") for number in range(120)),
            key=f"trip{index:03d}",
        )
        for index in range(200)
    ]
    gone = DeleteImage("trip199", "gone.jpg", "0" * 64)
    parts[199] = replace(parts[199], wanted=(*parts[199].wanted, gone))
    text = plan_markdown(plan(*parts), read)
    assert 50_000 < commonmark.length(text) <= LIMIT
    assert live_parts(text) == []
    assert "- trip199/gone.jpg  is deleted" in fenced(text), "albums that lose something get their room first"
    assert "_Left out, as a comment cannot be longer: the files of " in text
    assert text.count("`trip150`") == 1, "an album without room for its fold has a line"
    assert text.rstrip().endswith("`")


def test_more_albums_than_lines_are_counted(upload: Uploads, album: Albums, plan: Plans, read: Moment) -> None:
    """Thousands of albums, each with a removal and a gate: the parts above the albums are bounded, too."""
    parts = [
        album(
            EditAlbum(f"album-{index}", detached=(place("x" * 150),)),
            key=f"album-{index}",
            gates=(Gate(GateName.PRUNE, f"album-{index}", 1, "1 of 1 picture would leave the album"),),
        )
        for index in range(3000)
    ]
    text = plan_markdown(plan(*parts), read)
    assert commonmark.length(text) <= LIMIT
    assert "more lines (plan --json lists all)" in text
    assert "whole albums. `imgur-sync plan --json` has all._" in text
    assert "`imgur-sync apply --approve prune=3000`" in text
    assert live_parts(text) == []


@pytest.mark.parametrize("limit", [1500, 2000, 3000, 5000, 10_000])
def test_any_limit_is_kept(limit: int, busy: AlbumPlan, plan: Plans, read: Moment) -> None:
    """However little room there is beside the parts that always stand there."""
    text = plan_markdown(plan(*(replace(busy, album=f"cats{n}") for n in range(4))), read, limit=limit)
    assert live_parts(text) == []
    assert text.splitlines()[0].startswith("<!-- imgur-sync plan sha256:")
    assert len(text) <= max(limit, 4000)


def test_it_says_the_same_at_any_time_and_in_any_zone(busy: AlbumPlan, plan: Plans, read: Moment) -> None:
    """A comment is made anew on each push: it changes only where the plan does."""
    made = replace(plan(busy), oldest_listing=read.now - 600, observation_reads=3)
    text = plan_markdown(made, read)
    assert text == plan_markdown(made, Moment(read.now + 5))
    assert "\nLooking at Imgur took 3 credits. The oldest listing used was taken 2026-03-01 12:55 +00:00.\n" in text

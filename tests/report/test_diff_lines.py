"""`diff` and `drift` from values: what the whole program's plans of a test seldom hold."""

from __future__ import annotations

import json
from collections.abc import Callable

from imgur_sync.model.plan import AlbumPlan, Drift, Gate, GateName, Plan, Shown, Unsettled
from imgur_sync.model.step import CreateAlbum, DeleteAlbum, DeleteImage, EditAlbum, EditImage, Place, Upload
from imgur_sync.report.diff import NOBODY_KNOWS, diff_text, differences
from imgur_sync.report.drift import drift_json, drift_text

Albums = Callable[..., AlbumPlan]
Plans = Callable[..., Plan]
A, B, C = (Place(f"{name}.jpg", name * 64) for name in "abc")


def shown(**facts: object) -> Shown:
    """What an album shows: a, b and c in this order, a as cover."""
    values: dict[str, object] = {"title": "Cats", "description": "", "privacy": "hidden", "cover": "a.jpg"}
    return Shown(**{**values, "order": ("a.jpg", "b.jpg", "c.jpg"), **facts})


def lines(plan: Plan) -> list[str]:
    """What `diff` prints."""
    return diff_text(plan, differences(plan)).splitlines()


def test_texts_deletions_and_removed_albums_are_lines(album: Albums, plan: Plans) -> None:
    """Of a picture only the texts that change; a text that is taken away is told as empty."""
    steps = (
        EditImage("cats", "a.jpg", "a" * 64, "Tom", None),
        EditImage("cats", "b.jpg", "b" * 64, "Tim", "in the snow"),
        EditImage("cats", "c.jpg", "c" * 64, None, ""),
        DeleteImage("cats", "old.jpg", "d" * 64),
        DeleteAlbum("cats"),
    )
    assert lines(plan(album(*steps))) == [
        "You changed:",
        "- cats  the album is deleted",
        '* cats/a.jpg  texts: "Tom"',
        '* cats/b.jpg  texts: "Tim / in the snow"',
        '* cats/c.jpg  texts: ""',
        "- cats/old.jpg  is deleted",
    ]


def test_what_nobody_could_look_at_is_told_by_the_side_that_hid_it(album: Albums, plan: Plans) -> None:
    """A folder that cannot be read is yours, a listing that is not whole is Imgur's; other gates are no difference."""
    gates = (
        Gate(GateName.SCAN, "cats", 0, "the folder cats/x cannot be read"),
        Gate(GateName.LISTING, "cats", 0, "Imgur listed 3 of 9 pictures"),
        Gate(GateName.PRUNE, "cats", 7, "7 of 9 pictures would leave"),
    )
    assert lines(plan(album(gates=gates))) == [
        "You changed:",
        "! cats  not compared: the folder cats/x cannot be read",
        "",
        "Changed on Imgur:",
        "! cats  not compared: Imgur listed 3 of 9 pictures",
    ]


def test_a_new_album_tells_a_privacy_that_is_not_hidden(
    album: Albums, plan: Plans, upload: Callable[..., Upload]
) -> None:
    """Nothing else of its first edit; without a title it has its key alone."""
    steps = (
        CreateAlbum("cats", None),
        upload("a.jpg"),
        EditAlbum("cats", (A,), attached=(B,), cover=A, privacy="public"),
    )
    assert lines(plan(album(*steps, shown=shown()))) == [
        "You changed:",
        "+ cats  a new album",
        "* cats  privacy: hidden → public",
        "+ cats/a.jpg",
    ]


def test_a_picture_comes_back_by_whoever_took_it_out(album: Albums, plan: Plans) -> None:
    """Somebody on Imgur, or you, whose file came back. Of an album whose listing is not known: you."""
    edit = EditAlbum("cats", attached=(A, B))
    assert lines(plan(album(edit, shown=shown(taken_out=frozenset({"a.jpg"}))))) == [
        "You changed:",
        "+ cats/b.jpg  comes back without an upload",
        "",
        "Changed on Imgur:",
        "+ cats/a.jpg  was taken out of the album there",
    ]
    assert "+ cats/a.jpg  comes back without an upload" in lines(plan(album(edit)))


def test_a_header_of_which_nothing_is_known_is_told_as_new(album: Albums, plan: Plans) -> None:
    """Without the old value; a value that is shown already is no difference."""
    edit = EditAlbum("cats", title="Kittens", privacy="public", cover=B)
    assert lines(plan(album(edit))) == [
        "You changed:",
        '* cats  title: none → "Kittens"',
        "* cats  privacy: none → public",
        "* cats  cover: none → b.jpg",
    ]
    same = EditAlbum("cats", title="Cats", description="all of them", privacy="hidden")
    assert lines(plan(album(same, shown=shown()))) == ["You changed:", '* cats  description: none → "all of them"']


def test_a_cover_or_an_order_that_both_changed_is_told_on_both_sides(album: Albums, plan: Plans) -> None:
    """What you changed from what was agreed on, what they changed from what is shown."""
    edit = EditAlbum("cats", (C, B, A), reordered=True, cover=C)
    both = frozenset({"order", "cover"})
    drifted = shown(drifted=both, rewished=both, agreed_order=("a.jpg", "c.jpg", "b.jpg"), agreed_cover="b.jpg")
    assert lines(plan(album(edit, shown=drifted))) == [
        "You changed:",
        "* cats  cover: b.jpg → c.jpg",
        "* cats  order: a.jpg, c.jpg, b.jpg → c.jpg, b.jpg, a.jpg",
        "",
        "Changed on Imgur:",
        "* cats  cover: a.jpg → c.jpg",
        "* cats  order: a.jpg, b.jpg, c.jpg → c.jpg, b.jpg, a.jpg",
    ]


def test_a_change_that_nobody_can_be_named_for_says_so(album: Albums, plan: Plans) -> None:
    """An order of which no run remembered what it was."""
    edit = EditAlbum("cats", (C, B, A), reordered=True)
    (line,) = lines(plan(album(edit, shown=shown(unsure=frozenset({"order"})))))[1:]
    assert line == f"* cats  order: a.jpg, b.jpg, c.jpg → c.jpg, b.jpg, a.jpg ({NOBODY_KNOWS})"


def test_offline_and_notes_are_said_at_the_end(album: Albums, plan: Plans) -> None:
    """What was compared is what was known before."""
    assert lines(plan(album(), offline=True, notes=("dogs is not looked at",))) == [
        "note: dogs is not looked at",
        "No difference: 4 albums with 1,216 pictures.",
        "Offline: compared with what was known before, nothing was asked of Imgur.",
    ]


def test_drift_tells_changes_doubts_and_the_gates_that_belong_to_them(album: Albums, plan: Plans) -> None:
    """A gate of an album in which nothing changed is no drift, unless the album could not be looked at."""
    prune = Gate(GateName.PRUNE, "cats", 7, "7 of 9 pictures would leave")
    cats = album(drift=(Drift("cats", "the title was changed on Imgur", "it is set again"),), gates=(prune,), foreign=2)
    dogs = album(
        key="dogs", unsettled=(Unsettled("dogs", "the upload of b.png may have happened", 0.0),), gates=(prune,)
    )
    owls = album(key="owls", gates=(Gate(GateName.LISTING, "owls", 0, "Imgur listed 3 of 9 pictures"),))
    made = plan(cats, dogs, owls, unchanged_foreign=(("bats", 1),))
    assert drift_text(made).splitlines() == [
        "cats: the title was changed on Imgur: it is set again",
        "cats: gate prune: 7 of 9 pictures would leave",
        "dogs: not certain yet: the upload of b.png may have happened",
        "owls: gate listing: Imgur listed 3 of 9 pictures",
        "cats: 2 pictures of others in it: kept",
        "bats: 1 picture of others in it: kept",
    ]
    told = json.loads(drift_json(made))
    assert [entry["album"] for entry in told["albums"]] == ["cats", "dogs", "owls", "bats"]
    assert told["albums"][0]["drift"] == [{"what": "the title was changed on Imgur", "then": "it is set again"}]
    assert told["albums"][1]["unsettled"] == ["the upload of b.png may have happened"]
    assert told["unchanged"] == 2, "bats has something to tell"
    assert drift_text(plan(album())) == "Nothing was changed on Imgur (4 albums looked at).\n"

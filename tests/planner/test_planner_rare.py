"""Plans of rare albums: of pictures without a deletehash, in the gallery, of folders that hold nothing to send."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import ManifestError
from imgur_sync.model.budget import Budget, Limit, LimitName
from imgur_sync.model.local import Unsendable, Why
from imgur_sync.model.plan import AlbumPlan, GateName
from imgur_sync.model.secret import Secret
from imgur_sync.model.spec import CollectionSpec, Privacy, Prune
from imgur_sync.model.step import EditAlbum, EditImage, Place, Upload, UploadReason
from imgur_sync.model.synced import Agreed, IntentKind
from imgur_sync.model.texts import Texts
from imgur_sync.planner.album import plan_album
from imgur_sync.planner.collections import with_vanished
from imgur_sync.planner.confirm import EditWish
from imgur_sync.planner.removal import plan_removal
from imgur_sync.planner.whole import assemble
from tests.support.album_views import NOW, file, intent, listing, new_view, picture, spec, synced, view
from tests.support.planned_world import MANIFEST

A, B = picture("p1", "a.jpg"), picture("p2", "b.jpg")


def uploads(part: AlbumPlan) -> list[tuple[str, UploadReason]]:
    """What is to be uploaded, and why."""
    return [(step.path, step.reason) for step in part.steps if isinstance(step, Upload)]


def keyless(*ids: str, shown: tuple[str, ...], **facts: Any) -> AlbumPlan:
    """The plan of an album of nobody's, of which these pictures lost their deletehash."""
    pictures = [replace(one, deletehash=None if one.id in ids else Secret("hush")) for one in (A, B)]
    return plan_album(view([file("a.jpg"), file("b.jpg")], pictures, shown, anonymous=True, **facts))


def test_a_picture_that_cannot_be_put_behind_is_uploaded_once_more() -> None:
    """Nobody can take p2 out and add it again: another one of its file takes its place, and p2 leaves the album."""
    part = keyless("p2", shown=("p2", "p1"))
    assert [path for path, _ in uploads(part)] == ["b.jpg"]
    assert any(warning.startswith("b.jpg is uploaded once more") for warning in part.warnings)
    (edit,) = [step for step in part.steps if isinstance(step, EditAlbum)]
    assert edit.places == (Place("a.jpg", A.digest), Place("b.jpg", B.digest))
    assert [place.path for place in (*edit.detached, *edit.retired)] == ["b.jpg"]


def test_one_that_stands_in_its_place_stays() -> None:
    """It is only told that it can never be changed."""
    part = keyless("p1", shown=("p1", "p2"))
    assert part.steps == ()
    assert any("can be shown but never changed or deleted" in warning for warning in part.warnings)


def test_while_anything_is_in_doubt_it_holds_the_order_up() -> None:
    """The upload in doubt may be the one that takes its place: nothing is sent twice, and nothing is arranged."""
    doubt = intent(IntentKind.UPLOAD, "c.jpg", width=99, height=99)
    part = keyless("p2", shown=("p2", "p1"), intents=(doubt,))
    assert uploads(part) == []
    assert [step for step in part.wanted if isinstance(step, EditAlbum)] == []


def test_a_folder_of_files_that_cannot_be_sent_trips_the_gate_of_the_root() -> None:
    """All pictures are there as something else: that is no deletion of them."""
    part = plan_album(view([], [A, B], local={"unsendable": (Unsendable("a.jpg", Why.TRUNCATED, "cut off"),)}))
    assert [(gate.name, gate.count) for gate in part.gates] == [(GateName.ROOT, 2)]
    assert "no readable picture left" in part.gates[0].detail
    assert part.steps == ()


def test_files_that_are_being_written_are_no_empty_folder() -> None:
    """Saved a moment ago, all of them: they are waited for, and no gate trips; it does where they are other files."""
    saved = (Unsendable("a.jpg", Why.UNSTILL, "s"), Unsendable("b.jpg", Why.UNSTILL, "s"))
    part = plan_album(view([], [A, B], local={"unsendable": saved}))
    assert (part.gates, part.steps) == ((), ())
    others = plan_album(view([], [A, B], local={"unsendable": (Unsendable("c.jpg", Why.UNSTILL, "s"),)}))
    assert [(gate.name, gate.count) for gate in others.gates] == [(GateName.ROOT, 2)]
    assert others.steps == ()


def test_an_album_in_the_gallery_is_not_hidden_by_its_privacy() -> None:
    """It is blocked, and told as a change of somebody's."""
    part = plan_album(view([file("a.jpg")], [A], header={"in_gallery": True}))
    assert any(blocked.protected and "gallery" in blocked.reason for blocked in part.blocked)
    assert any("public gallery" in drift.what for drift in part.drift)
    public = plan_album(view([file("a.jpg")], [A], entry=spec(privacy=Privacy.PUBLIC), header={"in_gallery": True}))
    assert public.blocked == ()


@pytest.mark.parametrize(("count", "words"), [(1, "1 picture holds"), (2, "2 pictures hold")])
def test_a_public_album_with_places_is_warned_of(count: int, words: str) -> None:
    """The pictures tell where they were taken; a hidden one is for whom its owner gives the link."""
    files = [file(f"{n}.jpg", has_gps=n < count) for n in range(3)]
    part = plan_album(new_view(files, entry=spec(privacy=Privacy.PUBLIC)))
    assert [warning for warning in part.warnings if "(GPS)" in warning and warning.startswith(words)]
    assert not [warning for warning in plan_album(new_view(files)).warnings if "GPS" in warning]


def test_an_album_that_cannot_be_listed_is_not_removed() -> None:
    """What is in it is not known: the gate of the listing holds the whole."""
    whole = view([], [A], entry=spec(prune=Prune.DELETE))
    assert plan_removal(whole).wanted != ()
    part = plan_removal(replace(whole, listing=replace(listing(["p1"]), complete=False)))
    assert [gate.name for gate in part.gates] == [GateName.LISTING]
    assert (part.steps, part.wanted) == ((), ())


def test_texts_wait_with_what_a_gate_holds_but_are_not_held_by_it() -> None:
    """An edit in doubt keeps a picture's text back; the gate that holds the removal is not told as its reason."""
    pictures = [picture(f"p{n}", f"{n}.jpg") for n in range(12)]
    entry = spec(images=(("0.jpg", Texts("Zero")),))
    doubt = intent(IntentKind.EDIT_IMAGE, "0.jpg", target="p0")
    part = plan_album(view([file("0.jpg")], pictures, entry=entry, intents=(doubt,), texts_in_doubt=frozenset({"p0"})))
    assert GateName.PRUNE in {gate.name for gate in part.gates}
    assert any(isinstance(step, EditImage) for step in part.wanted)
    assert not [step for step in part.steps if isinstance(step, EditImage)]
    assert not [entry for entry in part.withheld if isinstance(entry.step, EditImage)]


def test_a_blocked_month_is_told_in_the_notes() -> None:
    """With its end; a plan without a budget, or of a month that is not blocked, tells nothing."""

    def notes(budget: Budget | None) -> tuple[str, ...]:
        parts = [plan_album(new_view([file("a.jpg")]))]
        made = assemble(MANIFEST, "lineage", parts, unchanged=0, unchanged_files=0, budget=budget, now=NOW)
        return tuple(note for note in made.notes if "Imgur" in note)

    limits = (Limit(LimitName.DAY, 500, 500),)
    (told,) = set(notes(Budget(limits, blocked_until=NOW + 86_400.0))) - set(notes(Budget(limits)))
    assert "block" in told or "refuse" in told
    assert notes(None) == notes(Budget(limits))


def test_an_order_that_somebody_made_meanwhile_is_agreed_by_nobody() -> None:
    """It is neither what the edit wished nor what was there before; the cover that was wished is there."""
    wish = EditWish(ids=("b", "a"), cover="b", cover_path="b.jpg", order="o", before_ids=("a", "b"), answered=True)
    before = Agreed(("a", "b"), "a")
    assert wish.agreed(before, listing(("b", "a"), cover="b")) == Agreed(("b", "a"), "b")
    assert wish.agreed(before, listing(("a", "b"), cover="b")) == Agreed(("a", "b"), "b")
    assert wish.agreed(before, listing(("x", "a", "b"), cover="b")) == Agreed(None, "b")


def test_a_collection_whose_folder_cannot_be_listed_is_an_error_unless_it_is_known() -> None:
    """Where its albums were synced their root gates tell; else nobody would."""
    trips = CollectionSpec("trips", "trips", Path("/pictures/trips"), spec("trips"), problem="there is no such folder")
    manifest = replace(MANIFEST, albums=(), collections=(trips,))
    for known in ([], [synced("trips/rome", folder="elsewhere/rome", placed=3)]):
        with pytest.raises(ManifestError) as caught:
            with_vanished(manifest, known)
        assert "there is no such folder" in caught.value.problems[0].what
    whole = with_vanished(manifest, [synced("trips/rome", folder="trips/rome", placed=3)])
    assert [album.key for album in whole.albums] == ["trips/rome"]


def test_a_sub_folder_that_vanished_after_its_key_moved_is_told_by_the_key_of_now() -> None:
    """It is looked for where it was last seen, or, with another album there now, by its key."""
    trips = CollectionSpec("trips", "trips", Path("/pictures/trips"), spec("trips"))
    manifest = replace(MANIFEST, albums=(), collections=(trips,))
    known = [synced("trips/alps.1", folder="trips/alps", placed=3)]
    whole = with_vanished(manifest, known)
    assert [(album.key, album.folder) for album in whole.albums] == [("trips/alps.1", "trips/alps")]
    another = replace(spec("trips/alps"), folder="trips/alps")
    whole = with_vanished(replace(manifest, albums=(another,)), known)
    assert [(album.key, album.folder) for album in whole.albums] == [
        ("trips/alps", "trips/alps"),
        ("trips/alps.1", "trips/alps.1"),
    ]

"""What becomes of each file and each picture of one album."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from imgur_sync.model.local import LocalFile, Presence, Unsendable, Why
from imgur_sync.model.plan import AlbumPlan, Gone
from imgur_sync.model.spec import GateLimit, GateLimits, OnRemoteDelete, Prune
from imgur_sync.model.step import CreateAlbum, DeleteImage, EditAlbum, Upload, UploadReason
from imgur_sync.model.synced import FailedFile, IntentKind, Standing, SyncedPicture
from imgur_sync.planner.album import plan_album
from tests.support.album_views import NOW, file, gone_view, intent, new_view, picture, sha, spec, view

WIDE = GateLimits(GateLimit(99, 100), 999, GateLimit(99, 100), GateLimit(99, 100))
KEPT = (file("0"), picture("pk", "0"))


def plan(files: list[LocalFile], pictures: list[SyncedPicture], shown: str | None = None, **facts: Any) -> AlbumPlan:
    """The plan of an album with wide gates and one more picture, "0", that is in order. `shown`: ids between blanks."""
    limits = facts.pop("limits", WIDE)
    ids = ["pk", *shown.split()] if shown is not None else None
    return plan_album(view([KEPT[0], *files], [KEPT[1], *pictures], ids, limits=limits, **facts))


def edit(part: AlbumPlan) -> EditAlbum:
    """The one edit of the plan."""
    (found,) = [step for step in part.steps if isinstance(step, EditAlbum)]
    return found


def uploads(part: AlbumPlan) -> dict[str, UploadReason]:
    """Path and reason of every granted upload."""
    return {step.path: step.reason for step in part.steps if isinstance(step, Upload)}


def test_what_is_in_order_needs_nothing() -> None:
    """Matched and shown in order: no step, no record, quiet."""
    assert plan([], []).quiet


def test_a_rename_that_keeps_the_order_is_recorded_and_costs_nothing() -> None:
    """The recorded place changes, no request is made."""
    part = plan([file("z", "x")], [picture("1", "y", "x")])
    assert (part.steps, [(p.id, p.path) for p in part.placements]) == ((), [("1", "z")])
    assert [(m.source, m.target) for m in part.moves] == [("y", "z")]


def test_a_rename_over_another_file_retires_its_picture() -> None:
    """The picture that moved takes the place; the old one leaves in the one edit; nothing is uploaded."""
    part = plan([file("b", "x")], [picture("1", "a", "x"), picture("2", "b", "y")])
    assert uploads(part) == {}
    assert [place.path for place in edit(part).retired] == ["b"]
    assert part.leaving == {"2"}


@pytest.mark.parametrize("prune", Prune)
def test_a_replaced_picture_leaves_whatever_prune_says(prune: Prune) -> None:
    """The new one is uploaded, the old one is taken out of the album and not deleted, also with `never`."""
    part = plan([file("a", "new")], [picture("1", "a", "old")], entry=spec(prune=prune))
    assert uploads(part) == {"a": UploadReason.REPLACES}
    assert (part.leaving, part.deleting, part.replaced) == (frozenset({"1"}), (), (("a", "1"),))


def test_several_pictures_at_a_replaced_path_all_leave_and_count_once() -> None:
    """They leave in the edit that the replacement rides in and are no removals."""
    old = [picture("1", "a", "x"), picture("2", "a", "y")]
    part = plan([file("a", "new")], old, limits=GateLimits(GateLimit(0, 0), 0, GateLimit(1, 0), WIDE.restore))
    assert uploads(part) == {"a": UploadReason.REPLACES}
    assert (part.leaving, part.gates) == (frozenset({"1", "2"}), ())


@pytest.mark.parametrize(
    ("prune", "leaving", "deleting", "tail"),
    [
        (Prune.DETACH, frozenset({"1"}), (), ()),
        (Prune.DELETE, frozenset(), (("a", "1"),), ()),
        (Prune.NEVER, frozenset(), (), ("1",)),
    ],
)
def test_a_picture_without_a_file_is_pruned_as_the_manifest_says(
    prune: Prune, leaving: frozenset[str], deleting: tuple[tuple[str, str], ...], tail: tuple[str, ...]
) -> None:
    """`detach` takes it out, `delete` deletes it, `never` keeps it behind ours."""
    part = plan([], [picture("1", "a")], "1", entry=spec(prune=prune))
    assert (part.leaving, part.deleting) == (leaving, deleting)
    assert tuple(i for path, i in part.pairs if not path) == tail
    assert any(isinstance(step, DeleteImage) for step in part.steps) is (prune is Prune.DELETE)


UNSENDABLE = Unsendable("a", Why.TRUNCATED)


@pytest.mark.parametrize("prune", Prune)
def test_the_picture_of_an_unsendable_file_stays_where_it_is(prune: Prune) -> None:
    """No step; the file is reported."""
    local = {"unsendable": (UNSENDABLE,), "files": (KEPT[0],)}
    part = plan([], [picture("1", "a")], entry=spec(prune=prune), local=local)
    assert part.quiet
    assert part.unsendable == (UNSENDABLE,)
    assert [path for path, _ in part.pairs] == ["0", "a"]


def test_a_file_refused_before_is_not_sent_again_until_it_changes() -> None:
    """The same path and digest: unsendable, and its old picture stays; another digest is sent."""
    failed = (FailedFile("cats", "a", sha("new"), "bad type", NOW),)
    part = plan([file("a", "new")], [picture("1", "a", "old")], failed=failed)
    assert (uploads(part), part.leaving, [item.why for item in part.unsendable]) == ({}, frozenset(), [Why.REFUSED])
    assert uploads(plan([file("a", "newer")], [], failed=failed)) == {"a": UploadReason.NEW}


@pytest.mark.parametrize(("content", "why"), [(Presence.POINTER, "Git LFS"), (Presence.PLACEHOLDER, "not downloaded")])
def test_a_file_that_is_not_downloaded_is_blocked_and_keeps_its_old_picture(content: Presence, why: str) -> None:
    """Its upload is wanted, not granted; nothing leaves for it."""
    part = plan([file("a", "new", content=content)], [picture("1", "a", "old")])
    assert [step.path for step in part.wanted if isinstance(step, Upload)] == ["a"]
    assert (part.steps, part.leaving) == ((), frozenset())
    assert [(item.path, item.protected, why in item.reason) for item in part.blocked] == [("a", False, True)]


def test_a_pointer_whose_digest_is_known_is_a_file_that_is_there() -> None:
    """Its picture stays matched: nothing to do."""
    assert plan([file("a", content=Presence.POINTER)], [picture("1", "a")]).quiet


@pytest.mark.parametrize("prune", Prune)
def test_an_ignored_path_becomes_unmanaged_and_stays(prune: Prune) -> None:
    """Newly ignored is not deleted: no removal, reported."""
    part = plan([], [picture("1", "a")], ignored=frozenset({"a"}), entry=spec(prune=prune), shown="1")
    assert (part.leaving, part.deleting, part.unmanaged, part.gates) == (frozenset(), (), ("a",), ())


@pytest.mark.parametrize("prune", Prune)
def test_pictures_outside_a_changed_folder_stay_and_are_released(prune: Prune) -> None:
    """What the new folder does not hold is from then on not managed."""
    part = plan([], [picture("1", "a")], record={"folder": "old"}, entry=spec(prune=prune), shown="1")
    assert (part.leaving, part.deleting, part.released) == (frozenset(), (), ("1",))


def test_a_picture_released_before_is_never_replaced_or_pruned() -> None:
    """A new file of that name in the new folder is a new picture beside it."""
    part = plan([file("a", "new")], [picture("1", "a", "old", standing=Standing.UNMANAGED)])
    assert uploads(part) == {"a": UploadReason.NEW}
    assert (part.leaving, part.unmanaged) == (frozenset(), ("a",))


def test_a_released_picture_whose_content_comes_back_is_managed_again() -> None:
    """Its place is recorded anew, without any request."""
    part = plan([file("z", "x")], [picture("1", "z", "x", standing=Standing.UNMANAGED)])
    assert (part.steps, [p.id for p in part.placements], part.unmanaged) == ((), ["1"], ())


def test_protect_blocks_removals_and_replacements_and_nothing_else() -> None:
    """The new file is sent; the picture of the missing file and the one to replace stay and are told as protected."""
    files = [file("b", "new"), file("n")]
    part = plan(files, [picture("1", "a"), picture("2", "b", "old")], entry=spec(protect=True))
    assert uploads(part) == {"n": UploadReason.NEW}
    assert (part.leaving, part.deleting) == (frozenset(), ())
    assert {(item.path, item.protected) for item in part.blocked} == {("a", True), ("b", True)}


def test_a_protected_or_unscanned_album_keeps_what_is_recorded_elsewhere() -> None:
    """A picture of another album that it shows is dropped by the next edit, but not under `protect` or scan errors."""
    shown = ["pk", "other"]
    rows: tuple[tuple[dict[str, Any], frozenset[str]], ...] = (
        ({}, frozenset({"other"})),
        ({"entry": spec(protect=True)}, frozenset()),
        ({"local": {"errors": ("sub: cannot be read",), "files": (KEPT[0],)}}, frozenset()),
    )
    for facts, left in rows:
        part = plan_album(view([KEPT[0]], [KEPT[1]], shown, elsewhere=frozenset({"other"}), **facts))
        assert part.leaving == left


def test_a_picture_gone_from_imgur_is_restored() -> None:
    """Proven by a 404: its file is sent again, with that reason."""
    part = plan([file("a")], [picture("1", "a")], "", probed=Gone(gone=frozenset({"1"})))
    assert uploads(part) == {"a": UploadReason.RESTORES}


def test_absence_from_a_listing_proves_nothing() -> None:
    """A picture that the album does not show and that nobody proved gone is put back for one edit."""
    part = plan([file("a")], [picture("1", "a")], "")
    assert (uploads(part), [place.path for place in edit(part).attached]) == ({}, ["a"])


def test_with_respect_a_picture_gone_from_imgur_is_not_sent_again() -> None:
    """Nothing, also when its file is renamed; no gate."""
    entry = spec(on_remote_delete=OnRemoteDelete.RESPECT)
    for path in ("a", "renamed"):
        part = plan([file(path, "a")], [picture("1", "a", standing=Standing.GONE)], "", entry=entry)
        assert uploads(part) == {}
        assert part.gates == ()


def test_a_copy_of_a_picture_that_is_gone_is_a_new_file() -> None:
    """What is gone was the picture of its recorded path; an equal file at another path was never on Imgur."""
    lost = [picture("1", "a", standing=Standing.GONE)]
    assert uploads(plan([file("a"), file("z", "a")], lost, "")) == {
        "a": UploadReason.RESTORES,
        "z": UploadReason.NEW,
    }
    entry = spec(on_remote_delete=OnRemoteDelete.RESPECT)
    assert uploads(plan([file("a"), file("z", "a")], lost, "", entry=entry)) == {"z": UploadReason.NEW}
    blocked = plan([file("a"), file("z", "a")], [picture("1", "a", standing=Standing.GONE, restored=True)], "")
    assert (uploads(blocked), [b.path for b in blocked.blocked]) == ({"z": UploadReason.NEW}, ["a"])


def test_each_picture_that_is_gone_stands_for_one_renamed_file() -> None:
    """Two copies under new names, one of them was on Imgur."""
    lost = [picture("1", "a", standing=Standing.GONE)]
    reasons = uploads(plan([file("y", "a"), file("z", "a")], lost, ""))
    assert sorted(reasons.values()) == [UploadReason.NEW, UploadReason.RESTORES]


def test_a_picture_that_was_restored_and_vanishes_again_is_blocked() -> None:
    """Exit 7, not sent a third time."""
    part = plan([file("a")], [picture("1", "a", standing=Standing.GONE, restored=True)], "")
    assert (uploads(part), [(b.path, b.protected) for b in part.blocked]) == ({}, [("a", False)])


def test_an_album_gone_while_its_pictures_live_is_made_again_without_uploads() -> None:
    """Made, re-attached: two requests."""
    found = gone_view([file("a")], [picture("1", "a")])
    part = plan_album(found, approved=frozenset(gate.name for gate in plan_album(found).gates))
    assert [type(step) for step in part.steps] == [CreateAlbum, EditAlbum]
    assert [place.path for place in edit(part).attached] == ["a"]


def test_a_gone_album_stays_gone_with_respect() -> None:
    """No step is even wanted, and no gate asks."""
    entry = spec(on_remote_delete=OnRemoteDelete.RESPECT)
    part = plan_album(gone_view([file("a")], [picture("1", "a")], entry=entry))
    assert (part.wanted, part.steps, part.gates) == ((), (), ())


def test_a_picture_placed_a_moment_ago_and_not_shown_is_unsettled() -> None:
    """No membership is sent; it is told until when; afterwards it counts as taken out."""
    young = picture("1", "a", placed_at=NOW - 89)
    part = plan([file("a")], [young], "")
    assert (part.steps, [doubt.until for doubt in part.unsettled]) == ((), [NOW + 1])
    assert not plan([file("a")], [picture("1", "a", placed_at=NOW - 90)], "").unsettled


def test_what_was_taken_out_does_not_stand_there_before_an_edit_puts_it_in() -> None:
    """While another one is not shown yet no membership is sent. Recorded as placed, each would be the young one next,
    and none would ever be put in."""
    files, probed = [file("a"), file("b")], Gone(alive=frozenset({"1"}))
    old, young = picture("1", "a", placed_at=NOW - 5000), picture("2", "b", placed_at=NOW - 5)
    part = plan(files, [old, young], "", probed=probed)
    assert (part.steps, part.placements, len(part.unsettled)) == ((), (), 1)
    part = plan(files, [old, replace(young, placed_at=NOW - 90)], "", probed=probed)
    assert [place.path for place in edit(part).attached] == ["a", "b"]
    assert {placed.id for placed in part.placements} == {"1", "2"}


def test_a_young_picture_proven_alive_is_put_back_at_once() -> None:
    """One GET found it: it was taken out, no lag explains it."""
    young = picture("1", "a", placed_at=NOW - 1)
    part = plan([file("a")], [young], "", probed=Gone(alive=frozenset({"1"})))
    assert [place.path for place in edit(part).attached] == ["a"]


def test_a_pruned_picture_that_is_not_shown_any_more_is_recorded_only() -> None:
    """Somebody took it out already: state only, no request."""
    part = plan([], [picture("1", "a")], "")
    assert (part.steps, part.detachments) == ((), ("1",))


def test_with_scan_errors_not_even_the_record_of_a_missing_file_changes() -> None:
    """What was not seen is not gone, also where Imgur shows its picture no more."""
    local = {"errors": ("sub: cannot be read",), "files": (KEPT[0],)}
    part = plan_album(view([], [KEPT[1], picture("1", "sub/a")], ["pk"], local=local))
    assert (part.detachments, part.adrift, part.steps) == ((), (), ())


def test_nothing_is_made_for_an_empty_folder() -> None:
    """An album never synced whose folder is empty needs no album; one whose only file is a pointer neither, yet."""
    assert plan_album(new_view([])).quiet
    part = plan_album(new_view([file("a", content=Presence.POINTER)]))
    assert (part.steps, len(part.wanted), len(part.blocked)) == ((), 3, 1)


@pytest.mark.parametrize(
    "kind", [kind for kind in IntentKind if kind not in (IntentKind.UPLOAD, IntentKind.EDIT_IMAGE)]
)
def test_an_object_in_doubt_is_not_edited(kind: IntentKind) -> None:
    """After an unknown edit, deletion or creation no further edit of the album goes out; uploads go on, but not before
    the album is certainly made. (An edit of one picture's texts concerns that picture: test_planner_texts.)"""
    doubt = intent(kind, "pk" if "image" in kind else "")
    part = plan([file("n")], [picture("1", "a")], entry=spec(title="New", prune=Prune.DELETE), intents=(doubt,))
    allowed = set[type]() if kind is IntentKind.CREATE_ALBUM else {Upload}
    assert {type(step) for step in part.steps} == allowed
    assert {type(step) for step in part.wanted} == {Upload, EditAlbum, DeleteImage}
    assert len(part.unsettled) == 1


def test_an_upload_in_doubt_is_not_sent_again_and_holds_the_edit() -> None:
    """Other files of the album are sent meanwhile; one doubt stands for one of two equal files."""
    files = [file("a", "x"), file("b", "x"), file("c")]
    part = plan(files, [], intents=(intent(path="b", content="x"),))
    assert [type(step) for step in part.steps] == [Upload, Upload]
    assert uploads(part) == {"a": UploadReason.NEW, "c": UploadReason.NEW}


def test_an_album_is_not_narrowed_while_an_edit_is_in_doubt_and_nothing_goes_in() -> None:
    """An album that is more exposed than wished gets no picture before it is certainly narrowed."""
    doubt = intent(IntentKind.EDIT_ALBUM)
    part = plan([file("n")], [], header={"public": True}, intents=(doubt,))
    assert part.steps == ()
    assert isinstance(plan([file("n")], [], header={"public": True}).steps[0], EditAlbum)

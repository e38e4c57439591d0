"""The gates: when each trips, what it withholds, how it is passed, and that the rest goes on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from imgur_sync.model.local import LocalFile, Presence, RootIdentity, Unsendable, Why
from imgur_sync.model.plan import AlbumPlan, GateName, Gone
from imgur_sync.model.spec import GateLimit, GateLimits, Privacy, Prune
from imgur_sync.model.step import CreateAlbum, EditAlbum, Upload, UploadReason
from imgur_sync.model.synced import SentHeader, Standing, SyncedPicture
from imgur_sync.planner.album import plan_album
from imgur_sync.planner.gates import trips
from imgur_sync.planner.whole import plan_albums
from tests.support.album_views import file, gone_view, listing, new_view, picture, spec, view

OFF = GateLimit(999, 100)


def album(count: int, key: str = "cats") -> tuple[list[LocalFile], list[SyncedPicture]]:
    """That many files with their pictures, in order."""
    paths = [f"{key}{n:04}" for n in range(count)]
    return [file(path) for path in paths], [picture(f"i{path}", path, album=key) for path in paths]


def names(part: AlbumPlan) -> dict[GateName, int]:
    """The gates that tripped, with their counts."""
    return {gate.name: gate.count for gate in part.gates}


@pytest.mark.parametrize(
    ("count", "minimum", "percent", "synced", "tripped"),
    [
        (3, 3, 20, 10, False),
        (4, 3, 20, 10, True),
        (4, 3, 20, 19, True),  # 20 % of 19 is 3.8, rounded down
        (4, 3, 20, 20, False),
        (5, 3, 20, 24, True),
        (5, 3, 20, 25, False),
        (0, 0, 0, 10, False),
        (1, 0, 0, 10, True),
        (1, 0, 100, 1, False),
    ],
)
def test_a_counting_gate_trips_above_the_larger_limit(
    count: int, minimum: int, percent: int, synced: int, tripped: bool
) -> None:
    """Above max(min, percent of the synced pictures, rounded down); never at it."""
    assert trips(count, GateLimit(minimum, percent), synced) is tripped


COUNTS = [
    # gone files of how many, tripped by the default limits (3, 20 %)
    (3, 20, False),
    (4, 20, False),
    (5, 20, True),
    (3, 4, False),
    (4, 10, True),
]


@pytest.mark.parametrize(("missing", "synced", "tripped"), COUNTS)
@pytest.mark.parametrize("prune", [Prune.DETACH, Prune.DELETE])
def test_prune_counts_what_is_detached_and_deleted(missing: int, synced: int, tripped: bool, prune: Prune) -> None:
    """With the number withheld; nothing leaves, and a new file is sent all the same."""
    files, pictures = album(synced)
    part = plan_album(view([*files[missing:], file("new")], pictures, entry=spec(prune=prune)))
    assert names(part) == ({GateName.PRUNE: missing} if tripped else {})
    assert any(isinstance(step, Upload) for step in part.steps)
    leaving = len(part.leaving) + len(part.deleting)
    assert leaving == (0 if tripped else missing)
    held = [item.gate for item in part.withheld]
    assert set(held) == ({GateName.PRUNE} if tripped else set())


def test_prune_trips_when_all_of_it_would_leave() -> None:
    """The last picture too, whatever the limits."""
    limits = GateLimits(OFF, 999, OFF, OFF)
    part = plan_album(view([file("n")], album(2)[1], limits=limits))
    assert names(part) == {GateName.PRUNE: 2}


def test_replaced_pictures_do_not_count_as_pruned_and_never_keeps_all() -> None:
    """Only files that left count."""
    files, pictures = album(5)
    changed = [file(f.path, "new " + f.path) for f in files]
    assert names(plan_album(view(changed, pictures))) == {}
    assert names(plan_album(view([file("n")], pictures, entry=spec(prune=Prune.NEVER)))) == {}


@pytest.mark.parametrize(
    ("changed", "synced", "tripped"), [(5, 10, False), (6, 10, True), (6, 20, False), (7, 20, True)]
)
def test_replace_counts_addresses_that_change(changed: int, synced: int, tripped: bool) -> None:
    """Above max(5, 30 %); held: the old pictures stay, their uploads are withheld, new files are sent."""
    files, pictures = album(synced)
    others = [file(f.path, "new " + f.path) for f in files[:changed]]
    part = plan_album(view([*others, *files[changed:], file("z")], pictures))
    assert names(part) == ({GateName.REPLACE: changed} if tripped else {})
    sent = [step.reason for step in part.steps if isinstance(step, Upload)]
    assert sent.count(UploadReason.REPLACES) == (0 if tripped else changed)
    assert sent.count(UploadReason.NEW) == 1
    assert len(part.leaving) == (0 if tripped else changed)


@pytest.mark.parametrize(("lost", "synced", "tripped"), [(3, 10, False), (4, 10, True), (4, 40, False), (5, 40, True)])
def test_restore_counts_pictures_that_are_gone(lost: int, synced: int, tripped: bool) -> None:
    """Above max(3, 10 %) of the pictures that the state holds."""
    files, pictures = album(synced)
    gone = frozenset(p.id for p in pictures[:lost])
    part = plan_album(view([*files, file("z")], pictures, [p.id for p in pictures[lost:]], probed=Gone(gone)))
    assert names(part) == ({GateName.RESTORE: lost} if tripped else {})
    sent = [step.reason for step in part.steps if isinstance(step, Upload)]
    assert sent.count(UploadReason.RESTORES) == (0 if tripped else lost)
    assert sent.count(UploadReason.NEW) == 1


@pytest.mark.parametrize(("synced", "number"), [(2, 2), (0, 1)])
def test_a_gone_album_counts_its_pictures_at_least_one(synced: int, number: int) -> None:
    """Everything waits, and is told as withheld by `restore`."""
    files, pictures = album(synced)
    part = plan_album(gone_view([*files, file("z")], pictures))
    assert (names(part), part.steps) == ({GateName.RESTORE: number}, ())
    assert [type(item.step) for item in part.withheld] == [CreateAlbum, Upload, EditAlbum]
    assert {item.gate for item in part.withheld} == {GateName.RESTORE}


PRIVACIES = [
    (Privacy.PUBLIC, None, True),
    (Privacy.PUBLIC, Privacy.HIDDEN, True),
    (Privacy.HIDDEN, Privacy.SECRET, True),
    (Privacy.HIDDEN, Privacy.HIDDEN, False),
    (Privacy.SECRET, Privacy.HIDDEN, False),
]


@pytest.mark.parametrize(("wish", "last", "tripped"), PRIVACIES)
def test_publish_trips_when_privacy_widens(wish: Privacy, last: Privacy | None, tripped: bool) -> None:
    """One album each; the rest of the edit goes on; `allow_public` lets it pass."""
    record = {"sent": SentHeader(privacy=last)}
    facts: dict[str, Any] = {"record": record, "header": {"title": "Old"}}
    ours = [picture("A", "a")]
    part = plan_album(view([file("a")], ours, entry=spec(privacy=wish, title="New"), **facts))
    assert names(part) == ({GateName.PUBLISH: 1} if tripped else {})
    (edit,) = [step for step in part.steps if isinstance(step, EditAlbum)]
    assert edit.title == "New"
    if tripped:
        assert edit.privacy is None
    allowed = plan_album(view([file("a")], ours, entry=spec(privacy=wish, allow_public=True), **facts))
    assert names(allowed) == {}


def test_a_public_album_is_made_hidden_until_publish_is_passed() -> None:
    """Created, filled and edited; only the widening waits."""
    found = new_view([file("a")], entry=spec(privacy=Privacy.PUBLIC))
    part = plan_album(found)
    assert names(part) == {GateName.PUBLISH: 1}
    assert [type(step) for step in part.steps] == [CreateAlbum, Upload, EditAlbum]
    assert [step.privacy for step in part.steps if isinstance(step, EditAlbum)] == [None]
    (passed_part,) = plan_albums([found], [], {GateName.PUBLISH: 1}, 100)
    assert [step.privacy for step in passed_part.steps if isinstance(step, EditAlbum)] == ["public"]
    assert names(plan_album(new_view([], entry=spec(privacy=Privacy.PUBLIC)))) == {}


OTHER = RootIdentity(9, 9)
STUB = file("cats0000", "stub", content=Presence.PLACEHOLDER)
ROOTS: list[tuple[str, dict[str, Any], bool]] = [
    ("missing", {"root": None, "files": ()}, True),
    ("empty", {"files": ()}, True),
    ("only placeholders without a digest", {"files": (STUB,)}, True),
    (
        "only pointers with a digest",
        {"files": tuple(file(f.path, content=Presence.POINTER) for f in album(4)[0])},
        False,
    ),
    ("one file left", {"files": (album(4)[0][0],)}, False),
    ("another directory, half of it there", {"root": OTHER, "files": tuple(album(4)[0][:2])}, False),
    ("another directory, less than half there", {"root": OTHER, "files": (album(4)[0][0],)}, True),
    (
        "another directory, all renamed",
        {"root": OTHER, "files": tuple(file(f"r{n}", f"cats000{n}") for n in range(4))},
        False,
    ),
]


@pytest.mark.parametrize(("name", "local", "tripped"), ROOTS)
@pytest.mark.parametrize("prune", Prune)
def test_root_trips_when_the_folder_may_not_be_the_one_it_was(
    name: str, local: dict[str, Any], tripped: bool, prune: Prune
) -> None:
    """Absence is not deletion: no step at all, whatever `prune` says."""
    part = plan_album(view([], album(4)[1], local=local, entry=spec(prune=prune, title="New")))
    assert (GateName.ROOT in names(part)) is tripped, name
    if tripped:
        assert (part.steps, part.wanted, part.placements, part.detachments) == ((), (), (), ())


def test_pictures_whose_files_are_left_out_are_not_looked_for_in_another_directory() -> None:
    """A new clone of a folder of which the album takes few files by now is that folder."""
    files, pictures = album(4)
    seen = view([], pictures, local={"root": OTHER, "files": (files[0],)})
    assert GateName.ROOT in names(plan_album(seen))
    left_out = frozenset(picture.path for picture in pictures[1:])
    assert GateName.ROOT not in names(plan_album(replace(seen, ignored=left_out)))
    seen = view([file("new")], pictures, local={"root": OTHER})
    assert GateName.ROOT in names(plan_album(replace(seen, ignored=left_out | {pictures[0].path})))


@pytest.mark.parametrize(
    ("filtered", "told"), [(False, "no picture left"), (True, "no picture left that the album takes")]
)
def test_an_empty_folder_is_told_from_one_that_is_left_out(filtered: bool, told: str) -> None:
    """In words: both hold the album until somebody confirms it."""
    part = plan_album(view([], album(4)[1], local={"files": (), "filtered": filtered}))
    assert [gate.detail.endswith(told) for gate in part.gates if gate.name is GateName.ROOT] == [True]


def test_another_directory_counts_only_for_the_folder_that_was_synced() -> None:
    """A changed `folder` is another directory on purpose; a first run knows none."""
    local = {"root": OTHER, "files": (file("z"),)}
    for record in ({"folder": "elsewhere"}, {"root": None}):
        assert GateName.ROOT not in names(plan_album(view([], album(4)[1], local=local, record=record)))
    short = [picture(p.id, p.path, digest=p.digest[:16]) for p in album(4)[1]]
    local = {"root": OTHER, "files": tuple(album(4)[0])}
    assert names(plan_album(view([], short, local=local))) == {}


def test_an_empty_folder_never_synced_is_an_empty_album() -> None:
    """No gate without synced pictures; detached and gone ones are none."""
    assert plan_album(new_view([])).gates == ()
    ours = [picture("A", standing=Standing.DETACHED), picture("B", standing=Standing.GONE)]
    assert plan_album(view([], ours, [])).gates == ()


@pytest.mark.parametrize("prune", Prune)
def test_scan_errors_stop_removals_and_nothing_else(prune: Prune) -> None:
    """No picture leaves, none is replaced; new files are sent. What it holds is told as held by `scan`."""
    files, pictures = album(6)
    local = {"errors": ("sub: cannot be read",), "files": (*files[2:5], file("cats0005", "new"), file("z"))}
    part = plan_album(view([], pictures, local=local, entry=spec(prune=prune)))
    assert names(part) == {GateName.SCAN: 1}
    assert (part.leaving, part.deleting, part.detachments) == (frozenset(), (), ())
    assert {step.path for step in part.steps if isinstance(step, Upload)} == {"z"}
    assert {item.gate for item in part.withheld} == {GateName.SCAN}


@pytest.mark.parametrize(("seen", "privacy"), [(5, None), (6, "public")])
def test_a_gap_in_the_scan_publishes_no_picture_without_a_file(seen: int, privacy: str | None) -> None:
    """It may be about to leave; the rest of the edit goes on. Where every picture has its file, nothing is held."""
    files, pictures = album(6)
    local = {"errors": ("sub: cannot be read",), "files": (*files[:seen], file("z"))}
    entry = spec(privacy=Privacy.PUBLIC, allow_public=True)
    part = plan_album(view([], pictures, local=local, entry=entry, record={"sent": SentHeader(privacy=None)}))
    assert [step.privacy for step in part.steps if isinstance(step, EditAlbum)] == [privacy]
    assert [item.gate for item in part.withheld] == ([] if privacy else [GateName.SCAN])


@pytest.mark.parametrize("prune", Prune)
def test_an_answer_that_cannot_be_used_stops_the_album(prune: Prune) -> None:
    """No creation, no upload, no removal."""
    part = plan_album(view([file("n")], album(3)[1], entry=spec(prune=prune), listing=None, unlisted="a timeout"))
    assert (names(part), part.steps, part.unpaired_files) == ({GateName.LISTING: 1}, (), ())


def test_an_incomplete_listing_stops_the_album() -> None:
    """Counts that disagree, repeated ids: nothing rests on such a list."""
    flawed = replace(listing(["icats0000"]), complete=False, flaw="2 of 3 listed")
    part = plan_album(view([file("n")], album(3)[1], listing=flawed))
    assert (names(part), part.steps) == ({GateName.LISTING: 1}, ())
    assert part.gates[0].detail == "2 of 3 listed"


def test_a_gate_that_held_in_this_run_goes_on_holding() -> None:
    """Uploads make the album larger, so that the same removals would fall below the percentage: they stay withheld."""
    files, pictures = album(40)
    found = view(files[5:], pictures)
    assert names(plan_album(found)) == {}
    held = view(files[5:], pictures, tripped=frozenset({GateName.PRUNE}))
    assert names(plan_album(held)) == {GateName.PRUNE: 5}
    assert names(plan_album(view(files, pictures, tripped=frozenset(GateName)))) == {}


def test_gates_of_one_album_leave_the_others_alone() -> None:
    """A lost folder stops its own album only."""
    lost = view([], album(4)[1], local={"root": None})
    files, pictures = album(20, "dogs")
    parts = plan_albums([lost, view(files[1:], pictures, entry=spec("dogs"))], [], {}, 100)
    assert [bool(part.gates) for part in parts] == [True, False]
    assert len(parts[1].leaving) == 1


def test_unsendable_files_are_no_reason_to_prune() -> None:
    """Files that are there and cannot be sent keep their pictures and count for no gate."""
    files, pictures = album(10)
    broken = tuple(Unsendable(f.path, Why.UNREADABLE) for f in files[1:])
    part = plan_album(view([], pictures, local={"files": (files[0],), "unsendable": broken}))
    assert (part.gates, part.steps) == ((), ())

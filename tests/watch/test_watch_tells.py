"""What a daemon tells: its log, and what `status` reads of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC
from pathlib import Path

import pytest

from imgur_sync.errors import (
    BudgetError,
    CredentialsError,
    ExitCode,
    ImgurSyncError,
    LockHeldError,
    MadeRoomError,
    ManifestError,
    ManifestProblem,
    UnreachableError,
)
from imgur_sync.model.activity import WaitKind
from imgur_sync.model.gate import GateName
from imgur_sync.model.hint import Cause, Deaf, LookAtAll, Touched
from imgur_sync.model.plan import AlbumPlan, Drift
from imgur_sync.model.step import DeleteAlbum
from imgur_sync.report.text import Moment
from imgur_sync.watch.agenda import Agenda
from imgur_sync.watch.events import (
    Asleep,
    Began,
    FileWaits,
    GateOpened,
    Noticed,
    NotReloaded,
    PassBegan,
    PassFailed,
    Quarrel,
    Reloaded,
    WatchEvent,
)
from imgur_sync.watch.patience import Closure, Failures
from imgur_sync.watch.precedence import first_of, preferred, with_uploads_kept
from imgur_sync.watch.quarrels import TRUCE, WITHIN, Quarrels
from imgur_sync.watch.roots import MANIFEST, STATE, watched_roots, without_own_noise
from imgur_sync.watch.telling import Level, told
from tests.support.hand_clock import HandClock
from tests.support.memory_remembered import MemoryRemembered
from tests.support.watched_days import WatchedDays

HOUR = 3600.0
NOW = 1_800_000_000.0
READ = Moment(NOW, UTC)


@pytest.fixture
def days(tmp_path: Path) -> Iterator[WatchedDays]:
    """An album with three pictures."""
    with WatchedDays(tmp_path) as stage:
        stage.album("cats")
        stage.pictures("cats", ["a.png", "b.png", "c.png"])
        yield stage


@pytest.mark.parametrize(
    ("event", "level", "text"),
    [
        (Began(2), Level.INFO, "watching 2 albums"),
        (PassBegan(("a", "b"), "something changed"), Level.DETAIL, "a pass over a, b, something changed"),
        (PassBegan((), "why"), Level.DETAIL, "a pass over all albums, why"),
        (GateOpened("a", GateName.PRUNE), Level.INFO, "a: the gate prune holds no"),
        (FileWaits("a", "x.png: incomplete file"), Level.WARNING, "a: x.png: incomplete file"),
        (Quarrel("a", "the order was changed on Imgur", NOW + 60), Level.WARNING, "a: again and again the order was"),
        (Reloaded(1), Level.INFO, "the manifest was read anew: 1 album"),
        (Noticed("no events come from x", ("a",)), Level.WARNING, "no events come from x"),
        (Asleep(NOW + 60), Level.DETAIL, "nothing to do until"),
        (PassFailed(LockHeldError("another run works here", holder="apply"), NOW), Level.DETAIL, "another run works"),
        (
            PassFailed(UnreachableError("no answer", hint="wait"), NOW + 60),
            Level.WARNING,
            "no answer; wait. It is tried",
        ),
        (
            NotReloaded(ManifestError("sync.toml", (ManifestProblem(1, 1, "broken", "mend it"),))),
            Level.WARNING,
            "the manifest cannot be used, the one before it rules",
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_event_of_its_own_is_a_line(event: WatchEvent, level: Level, text: str) -> None:
    """Its level says who wants to read it."""
    line = told(event, READ)
    assert line.level is level
    assert line.text.startswith(text)
    assert "\n" not in line.text


def test_a_hostile_name_is_inert_in_the_log() -> None:
    """Names of files and albums are shown, never obeyed."""
    line = told(PassBegan(("a\x1b[2J",), "why"), READ)
    assert "\x1b" not in line.text


def test_status_reads_what_waits_for_what(days: WatchedDays) -> None:
    """A gate with what to type, a file that is not whole, a folder that is polled, a manifest that cannot be used."""
    days.pictures("cats", [f"{number}.png" for number in range(8)])
    whole = (days.base / "cats" / "a.png").read_bytes()

    def trouble() -> None:
        for number in range(8):
            days.remove("cats", f"{number}.png")
        (days.base / "cats" / "half.png").write_bytes(whole[:50])
        days.watcher.unwatch(days.base / "cats", Deaf.NETWORK, "cats is on a network drive: it is polled")
        days.load_error = ManifestError("sync.toml", (ManifestProblem(1, 1, "broken", "mend it"),))
        days.watcher.happen(days.base / "sync.toml")

    days.at(600.0, trouble)
    days.watch(HOUR)
    waits = {wait.kind: wait for wait in days.activity.waits}
    assert waits.keys() >= {WaitKind.GATE, WaitKind.FILE, WaitKind.FOLDER, WaitKind.MANIFEST}
    assert waits[WaitKind.GATE].remedy.endswith("apply cats --approve prune=8")
    assert "half.png" in waits[WaitKind.FILE].what
    assert [line.text for line in days.log if line.event == "file_waits"] == ["cats: half.png: incomplete file"]
    assert days.activity.doing == "sleeping until something happens"
    assert days.activity.next_look is not None


def test_a_missing_file_waits_with_the_moment_at_which_its_picture_leaves(days: WatchedDays) -> None:
    """Until then `status` tells of it."""
    seen: list[tuple[WaitKind, float | None]] = []
    days.watch(300.0)
    days.at(600.0, lambda: days.remove("cats", "b.png"))
    days.at(630.0, lambda: seen.extend((wait.kind, wait.until) for wait in days.activity.waits))
    days.watch(900.0)
    ((kind, until),) = seen
    assert kind is WaitKind.REMOVAL
    assert until is not None
    assert 60.0 <= until - (days.clock.now() - days.elapsed + 600.0) <= 66.0


def test_imgur_that_cannot_be_had_is_told_to_whoever_looks(days: WatchedDays) -> None:
    """The wait is of no album."""
    days.watch(300.0)
    days.at(400.0, lambda: setattr(days.wire, "down", True))
    days.at(410.0, lambda: days.add("cats", "d.png", 4))
    days.watch(HOUR)
    assert days.activity.doing == "waiting for Imgur"
    assert [(wait.kind, wait.album) for wait in days.activity.waits][:1] == [(WaitKind.TROUBLE, "")]


@pytest.mark.parametrize(
    ("error", "first", "fourth"),
    [
        (UnreachableError("x"), 60.0, 480.0),
        (CredentialsError("x"), 300.0, 2400.0),
        (LockHeldError("x", holder="y"), 2.0, 16.0),
        (BudgetError("x", resume_at=NOW + 900), 900.0, 900.0),
        (BudgetError("x"), HOUR, HOUR),
        (MadeRoomError("x"), 0.0, 0.0),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_ends_a_pass_is_waited_for_as_it_deserves(error: ImgurSyncError, first: float, fourth: float) -> None:
    """Longer each time, until a pass comes to its end."""
    closure = Closure()
    waits = [closure.close(error, 100.0, NOW) - 100.0 for _ in range(4)]
    assert (waits[0], waits[3]) == (first, fourth)
    closure.open()
    assert closure.until < 0
    assert closure.close(error, 100.0, NOW) - 100.0 == first


def test_an_album_that_fails_again_and_again_is_tried_more_and_more_seldom() -> None:
    """At most once an hour in the end; a change begins anew."""
    failures = Failures()
    waits = [failures.failed("a", 0.0) for _ in range(8)]
    assert waits[:3] == [60.0, 120.0, 240.0]
    assert waits[-1] == HOUR
    failures.fine("a")
    assert failures.until("a") < 0


def test_a_touched_album_is_due_when_it_is_quiet_or_at_the_cap(days: WatchedDays) -> None:
    """Each touch begins the quiet anew, but the first one counts for the cap."""
    agenda = Agenda(days.pace)
    for second in range(40):
        agenda.take(Touched("a", ("",)), float(second))
    assert agenda.next_at() == 30.0
    assert agenda.due(30.0) == {"a"}
    agenda.looked_at(("a",))
    assert agenda.next_at() is None
    agenda.take(LookAtAll(Cause.OVERFLOW, ("a", "b")), 50.0)
    agenda.keep(frozenset({"b"}))
    assert agenda.due(50.0) == {"b"}


def test_what_is_set_back_thrice_within_two_days_is_a_quarrel() -> None:
    """Counts in the sentence do not matter; what is only told does not count."""
    quarrels = Quarrels(MemoryRemembered(), HandClock())
    step = DeleteAlbum("a")

    def plan(what: str, then: str = "set back") -> AlbumPlan:
        return AlbumPlan("a", "", 0, 0, 1, 1, steps=(step,), drift=(Drift("a", what, then),))

    assert not quarrels.found(plan("2 pictures were deleted"), 0.0)
    assert not quarrels.found(plan("the album was posted", ""), 1.0)
    assert not quarrels.found(plan("3 pictures were deleted"), WITHIN + 10)
    assert not quarrels.found(plan("4 pictures were deleted"), WITHIN + 20)
    assert quarrels.found(plan("5 pictures were deleted"), WITHIN + 30)
    assert quarrels.until("a") == WITHIN + 30 + TRUCE
    quarrels.forget("a")
    assert quarrels.until("a") < 0


def test_a_share_of_the_uploads_is_kept_for_the_highest_priority(days: WatchedDays) -> None:
    """Only where priorities differ, and only from albums of a lower one."""
    days.album("shots", priority=5)
    days.budget = replace(days.budget, uploads_per_hour=45)
    manifest = days.manifest()
    assert first_of(manifest, {"cats", "shots"}) == preferred(manifest) == ("shots",)
    assert first_of(manifest, {"cats"}) == ("cats",)
    assert with_uploads_kept(manifest, ("cats",)).budget.uploads_per_hour == 41
    assert with_uploads_kept(manifest, ()).budget.uploads_per_hour == 41
    assert with_uploads_kept(manifest, ("shots",)) == manifest
    days.change("shots", priority=0)
    assert with_uploads_kept(days.manifest(), ("cats",)) == days.manifest()
    assert preferred(days.manifest()) == ()


def test_what_is_kept_is_used_at_once_by_those_for_whom_it_is(days: WatchedDays) -> None:
    """The first pass leaves a tenth; the album of the highest priority does not wait an hour for it."""
    days.album("shots", priority=5)
    days.pictures("shots", [f"{number:02}.png" for number in range(20)])
    days.budget = replace(days.budget, uploads_per_hour=20)
    days.watch(60.0)
    assert days.shown("shots") == days.wanted("shots")
    assert days.uploads() == 20


def test_each_folder_is_watched_once_for_all_that_it_is_the_root_of(days: WatchedDays) -> None:
    """The manifest's folder too; our own state beneath a root makes no work."""
    days.albums["cats"] = replace(days.albums["cats"], root=days.base)
    manifest = replace(days.manifest(), state_path=days.base / "data" / "state.db")
    roots = watched_roots(manifest)
    assert [(root.path, root.albums, root.recursive, root.names) for root in roots] == [
        (days.base, ("cats",), True, frozenset()),
        (days.base, (f"{MANIFEST} {days.base}",), False, {"sync.toml"}),
        (days.base / "data", (STATE,), False, {"run.lock"}),
    ]
    assert without_own_noise(Touched("cats", ("data", "data/held")), manifest) is None
    assert without_own_noise(Touched("cats", ("data", "x")), manifest) == Touched("cats", ("x",))
    assert without_own_noise(Touched("cats", ("x",)), days.manifest()) == Touched("cats", ("x",))
    assert without_own_noise(Touched("gone", ("x",)), manifest) == Touched("gone", ("x",))
    beside = replace(manifest, state_path=days.base / "state.db")
    assert without_own_noise(Touched("cats", ("data",)), beside) == Touched("cats", ("data",))


def test_the_end_of_a_pass_is_told_when_it_did_something(days: WatchedDays) -> None:
    """What found nothing is a detail."""
    days.at(600.0, lambda: days.add("cats", "d.png", 4))
    days.watch(30 * HOUR)
    ends = [line.level for line in days.log if line.event == "run_finished"]
    assert ends.count(Level.INFO) == 2
    assert Level.DETAIL in ends
    assert {run.codes for _, run in days.runs()} == {(ExitCode.DONE,)}

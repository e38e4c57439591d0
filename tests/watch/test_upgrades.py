"""Another version of the program, installed or at work on the same state, while a daemon runs."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.cli import watching
from imgur_sync.errors import ExitCode, ImgurSyncError, OutdatedError, StateError
from imgur_sync.model.event import RunFinished, UploadDone
from imgur_sync.state.schema import STEPS
from imgur_sync.watch.events import PassFailed
from tests.support.watched_days import WatchedDays


@pytest.fixture
def days(tmp_path: Path) -> Iterator[WatchedDays]:
    """An album with three pictures; a request takes a second."""
    with WatchedDays(tmp_path, latency=1.0) as stage:
        stage.album("cats")
        stage.pictures("cats", ["a.png", "b.png", "c.png"])
        yield stage


def newer(days: WatchedDays) -> None:
    """A newer program has worked on the state."""
    with closing(sqlite3.connect(days.base / ".imgur-sync" / "state.db", isolation_level=None)) as connection:
        connection.execute(f"PRAGMA user_version = {len(STEPS) + 1}")


@pytest.mark.parametrize("touched", [True, False])
def test_a_state_that_became_newer_ends_the_daemon_with_75(days: WatchedDays, touched: bool) -> None:
    """At the next look, whatever is the reason for it; the state is left as it is, and nothing is asked of Imgur."""
    days.watch(600.0)
    before: list[bytes] = []

    def upgrade() -> None:
        newer(days)
        before.append(days.copy_state())
        if touched:
            days.add("cats", "d.png", 4)

    days.at(700.0, upgrade)
    sent = len(days.wire.sent)
    with pytest.raises(OutdatedError) as ended:
        days.watch(700.0 + 2 * days.pace.rescan)
    assert ended.value.exit_code is ExitCode.TRY_LATER
    assert "anew" in ended.value.hint
    assert days.elapsed < 700.0 + (60.0 if touched else days.pace.rescan + 60.0)
    assert {method for method, _ in days.wire.sent[sent:]} <= {"GET"}
    assert days.copy_state() == before[0]


def test_a_state_of_a_newer_program_is_refused_at_the_start(days: WatchedDays) -> None:
    """A downgrade: 65, and the state is left as it is."""
    days.watch(600.0)
    newer(days)
    before = days.copy_state()
    with pytest.raises(StateError) as refused:
        days.watch(1200.0)
    assert refused.value.exit_code is ExitCode.UNREADABLE
    assert days.copy_state() == before


def test_another_version_that_was_installed_ends_the_daemon_after_its_pass(days: WatchedDays) -> None:
    """What is under way is finished: every upload has its record."""
    days.at(3.0, lambda: setattr(days, "outdated", True))
    with pytest.raises(OutdatedError) as ended:
        days.watch(3600.0)
    assert ended.value.exit_code is ExitCode.TRY_LATER
    assert len(days.of(UploadDone)) == 3
    assert isinstance(days.told[-1][1], RunFinished)
    assert days.shown("cats") == days.wanted("cats")


def test_a_look_that_fails_is_no_end(days: WatchedDays, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fails for a while: told, and tried again."""
    peeking, failing = days._peeking, [True]

    def fails(manifest: Any) -> Any:
        if failing[0]:
            raise ImgurSyncError("the disk says no")
        return peeking(manifest)

    monkeypatch.setattr(days, "_peeking", fails)
    days.at(700.0, lambda: days.add("cats", "d.png", 4))
    days.at(900.0, lambda: failing.insert(0, False))
    days.watch(3000.0)
    assert 1 <= len(days.of(PassFailed)) <= 5
    assert days.shown("cats") == days.wanted("cats")


@pytest.mark.parametrize("metadata", [None, b"", b"Name: imgur-sync\n", b"Version: \xff\n"])
def test_an_installation_that_is_half_way_is_no_other_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, metadata: bytes | None
) -> None:
    """The package's folder is there before what it says of itself: a daemon that ended then would start too early."""
    outdated = watching._outdated()
    half = tmp_path / "imgur_sync-99.0.dist-info"
    half.mkdir()
    if metadata is not None:
        (half / "METADATA").write_bytes(metadata)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert not outdated()
    (half / "METADATA").write_text("Metadata-Version: 2.1\nName: imgur-sync\nVersion: 99.0\n")
    assert outdated()


def test_a_daemon_of_no_known_version_is_never_outdated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that began in the middle of an installation does not take its end for the next one."""
    half = tmp_path / "imgur_sync-99.0.dist-info"
    half.mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))
    outdated = watching._outdated()
    (half / "METADATA").write_text("Metadata-Version: 2.1\nName: imgur-sync\nVersion: 99.0\n")
    assert not outdated()

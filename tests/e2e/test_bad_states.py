"""Bad files of our own (state, cache, ledger, tokens, lock): told with the remedy, left as they are, nothing lost."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.inside import Inside
from tests.support.mirror import LINEAGE, Mirror

KIND = Inside


def truncated(path: Path) -> None:
    """The first 5,000 bytes."""
    path.write_bytes(path.read_bytes()[:5000])


def emptied(path: Path) -> None:
    """No byte."""
    path.write_bytes(b"")


def flipped_header(path: Path) -> None:
    """One byte of the first page."""
    data = bytearray(path.read_bytes())
    data[3] ^= 0xFF
    path.write_bytes(data)


def flipped_pages(path: Path) -> None:
    """A byte of each page but the first two."""
    data = bytearray(path.read_bytes())
    for place in range(8192, len(data), 997):
        data[place] ^= 0x5A
    path.write_bytes(data)


def other_file(path: Path) -> None:
    """A text."""
    path.write_text("this is no database at all " * 50)


def folder(path: Path) -> None:
    """A directory of that name."""
    path.unlink()
    path.mkdir()


def sql(statement: str) -> Callable[[Path], None]:
    """A change made with a database tool."""

    def change(path: Path) -> None:
        connection = sqlite3.connect(path)
        connection.execute(statement)
        connection.commit()
        connection.close()

    return change


STATES = [
    pytest.param(truncated, ("truncated", "state rebuild"), id="truncated"),
    pytest.param(emptied, ("is empty (0 bytes)", "state rebuild"), id="empty"),
    pytest.param(flipped_header, ("damaged", "state rebuild"), id="a byte of its header flipped"),
    pytest.param(flipped_pages, ("damaged", "state rebuild"), id="bytes of its pages flipped"),
    pytest.param(other_file, ("no imgur-sync state", "state rebuild"), id="a text"),
    pytest.param(sql("DROP TABLE picture"), ("its tables are not", "state rebuild"), id="a table gone"),
    pytest.param(sql("PRAGMA application_id = 1"), ("another program", "state rebuild"), id="of another program"),
    pytest.param(sql("PRAGMA user_version = 999"), ("newer than this program", "left as it is"), id="newer"),
    pytest.param(folder, ("state.db",), id="a directory"),
]


@pytest.mark.parametrize(("damage", "words"), STATES)
def test_a_damaged_state_stops_everything(
    damage: Callable[[Path], None], words: tuple[str, ...], shared: Mirror
) -> None:
    """65 with the remedy, also from commands that only look; the file is left as it is, nothing is sent."""
    state, before = shared.folder / ".imgur-sync" / "state.db", shared.last()
    good = state.read_bytes()
    try:
        damage(state)
        bad = state.read_bytes() if state.is_file() else b""
        assert "state.db" in shared.run("status", code=65).stderr
        told = shared.run("apply", "-y", code=65).stderr
        for word in words:
            assert word in told
        assert (state.read_bytes() if state.is_file() else b"") == bad
        assert shared.last() == before
    finally:
        if state.is_dir():
            state.rmdir()
        state.write_bytes(good)


def test_the_remedy_for_a_damaged_state_needs_no_upload(synced: Mirror) -> None:
    """`state rebuild` keeps the damaged file and recognises every picture; the next run has nothing to send."""
    state, before = synced.folder / ".imgur-sync" / "state.db", synced.last()
    truncated(state)
    bad = state.read_bytes()
    assert "8 pictures in 2 albums" in synced.run("state", "rebuild").stdout
    assert [path.read_bytes() for path in state.parent.glob("state.db.2*")] == [bad]
    synced.run("apply", "-y", "-q")
    assert synced.writes(before) == []
    synced.run("plan", "--detailed-exitcode", "-q")
    synced.check_equal("cats", "dogs")


def test_a_state_of_another_lineage_is_not_used(shared: Mirror) -> None:
    """The remedy puts the lineage back: anything else would send everything again."""
    path = shared.folder / "sync.toml"
    before, good = shared.last(), path.read_text()
    try:
        path.write_text(good.replace(LINEAGE, "zzzzzzzz"))
        told = shared.run("apply", "-y", code=65).stderr
    finally:
        path.write_text(good)
    assert f'lineage = "{LINEAGE}"' in told
    assert "rebuild" not in told
    assert shared.last() == before


def test_a_damaged_cache_is_no_obstacle(shared: Mirror) -> None:
    """It is disposable: made anew without a word of alarm."""
    cache = shared.folder / ".imgur-sync" / "cache.db"
    for damage in (truncated, emptied, other_file, folder):
        if cache.exists():
            damage(cache)
        assert "Nothing to do" in shared.run("plan", "--detailed-exitcode", "-q").stdout
        if cache.is_dir():
            shutil.rmtree(cache)


@pytest.mark.parametrize("damage", [truncated, emptied, other_file, folder], ids=lambda value: value.__name__)
def test_a_damaged_ledger_stops_before_anything_is_sent(damage: Callable[[Path], None], shared: Mirror) -> None:
    """What was spent is not forgotten by accident; moved aside, a new one begins with what Imgur says."""
    ledger, before = shared.folder / ".user" / "ledger.db", shared.last()
    good = ledger.read_bytes()
    try:
        damage(ledger)
        told = shared.run("plan", code=65)
        assert "ledger.db" in told.stderr
        assert "Move it aside" in told.stderr
        assert shared.last() == before
    finally:
        if ledger.is_dir():
            ledger.rmdir()
        ledger.write_bytes(good)


@pytest.mark.parametrize("damage", [emptied, other_file, folder], ids=lambda value: value.__name__)
def test_damaged_tokens_are_told_and_not_overwritten(damage: Callable[[Path], None], shared: Mirror) -> None:
    """Exit 8 names the file and what to do; the commands that need no tokens go on."""
    tokens = next((shared.folder / ".user" / "tokens").glob("*.json"))
    before, good = shared.last(), tokens.read_bytes()
    try:
        damage(tokens)
        told = shared.run("plan", code=8)
        assert tokens.name in told.stderr
        assert "IMGUR_SYNC_REFRESH_TOKEN" in told.stderr
        assert shared.last() == before
        shared.run("status")
        shared.run("plan", "--offline")
    finally:
        if tokens.is_dir():
            tokens.rmdir()
        tokens.write_bytes(good)
        tokens.chmod(0o600)


def test_tokens_that_others_can_read_are_not_used(shared: Mirror) -> None:
    """Exit 8 with the command that mends it."""
    tokens = next((shared.folder / ".user" / "tokens").glob("*.json"))
    tokens.chmod(0o644)
    told = shared.run("plan", code=8).stderr
    tokens.chmod(0o600)
    assert f"chmod 600 {tokens}" in told


def test_a_lock_file_that_is_damaged_or_removed_is_told(shared: Mirror) -> None:
    """A damaged one stops the run with its remedy; a missing one is made."""
    lock = shared.folder / ".imgur-sync" / "run.lock"
    other_file(lock)
    assert "run.lock" in shared.run("apply", "-y", code=65).stderr
    lock.unlink()
    shared.run("apply", "-y", "-q")
    assert lock.exists()

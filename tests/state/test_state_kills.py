"""The state under SIGKILL, a full disk, and several processes."""

from __future__ import annotations

import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import StateError
from imgur_sync.model.synced import IntentStatus
from imgur_sync.state.migrations import version_of
from imgur_sync.state.schema import STEPS
from imgur_sync.state.store import find_store, open_store
from tests.contract.intent_contract import CATS, LINEAGE, upload

RECORDS = """
import sys
from pathlib import Path
from imgur_sync.state.store import open_store
from tests.contract.intent_contract import CATS, LINEAGE, upload
with open_store(Path(sys.argv[1]), lineage=LINEAGE, create=True) as store:
    store.record(CATS)
    while True:
        print(store.open_intent(upload()).number, flush=True)
"""
RECORDS_WHEN_ASKED = """
import sys
from pathlib import Path
from imgur_sync.state.store import open_store
from tests.contract.intent_contract import CATS, LINEAGE, upload
with open_store(Path(sys.argv[1]), lineage=LINEAGE, create=True) as store:
    store.record(CATS)
    print("ready", flush=True)
    for asked in sys.stdin:
        for _ in range(10):
            store.open_intent(upload())
"""
MIGRATES = """
import sys
from pathlib import Path
from imgur_sync.state.schema import STEPS
from imgur_sync.state.store import open_store
def second(connection):
    connection.execute("ALTER TABLE failed ADD COLUMN extra TEXT NOT NULL DEFAULT ''")
    if connection.execute("PRAGMA database_list").fetchone()[2]:
        print("in the middle", flush=True)
        sys.stdin.readline()
open_store(Path(sys.argv[1]), lineage=None, create=False, steps=(*STEPS, second)).close()
print("done", flush=True)
"""
FULL = """
import resource, sys
from pathlib import Path
from imgur_sync.errors import ImgurSyncError
from imgur_sync.state.store import open_store
from tests.contract.intent_contract import CATS, LINEAGE, upload
with open_store(Path(sys.argv[1]), lineage=LINEAGE, create=True) as store:
    store.record(CATS)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
    number = 0
    try:
        while True:
            number = store.open_intent(upload()).number
    except ImgurSyncError as error:
        print(number, type(error).__name__, flush=True)
"""


def _second(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE failed ADD COLUMN extra TEXT NOT NULL DEFAULT ''")


@pytest.mark.parametrize("count", [1, 2, 50])
def test_what_open_intent_returned_survives_a_kill(tmp_path: Path, child: Callable[..., Any], count: int) -> None:
    """Every number that the killed process told is there, in order, and at most one more."""
    path = tmp_path / ".imgur-sync" / "state.db"
    process = child(RECORDS, path)
    told = [int(process.line()) for _ in range(count)]
    process.kill()
    told += [int(line) for line in process.process.stdout.read().split("\n")[:-1]]
    with open_store(path, lineage=LINEAGE, create=False) as store:
        numbers = [intent.number for intent in store.intents(IntentStatus.OPEN)]
    assert told == numbers[: len(told)]
    assert len(numbers) - len(told) in (0, 1)


def test_a_reader_sees_whole_records_while_another_process_writes(tmp_path: Path, child: Callable[..., Any]) -> None:
    """A plan beside an apply: the album's serial and the number of intents always belong together.

    The writer gets ten records ahead at most for each copy: one without a bound outgrows a slow reader."""
    path = tmp_path / "state.db"
    process = child(RECORDS_WHEN_ASKED, path)
    assert process.line() == "ready"
    seen: set[int] = set()
    with open_store(path, lineage=LINEAGE, create=False, read_only=True) as store:
        while len(seen) < 20:
            process.tell("more")
            with store.copy_to_memory() as snapshot:
                album = snapshot.album("cats")
                assert album is not None
                assert album.serial - 1 == len(snapshot.intents(IntentStatus.OPEN))
                seen.add(album.serial)
    process.kill()


def test_a_full_disk_loses_nothing_that_was_recorded(tmp_path: Path, child: Callable[..., Any]) -> None:
    """The write that does not fit raises an error of ours; with space again the run goes on."""
    process = child(FULL, tmp_path / "state.db")
    number, kind = process.line().split()
    assert process.end() == 0
    assert kind in ("TryAgainLaterError", "StateError")
    with open_store(tmp_path / "state.db", lineage=LINEAGE, create=False) as store:
        assert [intent.number for intent in store.intents(IntentStatus.OPEN)] == list(range(1, int(number) + 1))
        assert store.open_intent(upload()).number == int(number) + 1


def _version_1(path: Path) -> None:
    with open_store(path, lineage=LINEAGE, create=True) as store:
        store.record(CATS)
        store.open_intent(upload())


def test_an_older_state_is_upgraded_beside_a_copy_of_what_it_was(tmp_path: Path) -> None:
    """The copy is a whole state of the old version, 0600; nothing is lost, and new files have the same tables."""
    path = tmp_path / "state.db"
    _version_1(path)
    with open_store(path, lineage=LINEAGE, create=False, steps=(*STEPS, _second)) as store:
        assert len(store.intents(IntentStatus.OPEN)) == 1
    backup = tmp_path / f"state.db.backup-v{len(STEPS)}"
    assert backup.stat().st_mode & 0o777 == 0o600
    with open_store(backup, lineage=LINEAGE, create=False, read_only=True) as old:
        assert len(old.intents(IntentStatus.OPEN)) == 1
    assert sorted(file.name for file in tmp_path.iterdir()) == ["state.db", f"state.db.backup-v{len(STEPS)}"]
    open_store(tmp_path / "new.db", lineage=None, create=True, steps=(*STEPS, _second)).close()
    with pytest.raises(StateError, match="newer than this program"):
        find_store(path, lineage=LINEAGE)


def test_a_reader_upgrades_in_memory_only(tmp_path: Path) -> None:
    """A plan writes nothing but caches."""
    path = tmp_path / "state.db"
    _version_1(path)
    before = path.read_bytes()
    with open_store(path, lineage=LINEAGE, create=False, read_only=True, steps=(*STEPS, _second)) as store:
        assert len(store.intents(IntentStatus.OPEN)) == 1
        assert store.album("cats") is not None
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["state.db"]


def test_a_kill_in_the_middle_of_an_upgrade_leaves_the_old_version(tmp_path: Path, child: Callable[..., Any]) -> None:
    """Killed twice, then finished; the copy is whole each time."""
    path = tmp_path / "state.db"
    _version_1(path)
    for _ in range(2):
        process = child(MIGRATES, path)
        assert process.line() == "in the middle"
        process.kill()
        with open_store(path, lineage=LINEAGE, create=False) as store:
            assert len(store.intents(IntentStatus.OPEN)) == 1
        with open_store(tmp_path / f"state.db.backup-v{len(STEPS)}", lineage=LINEAGE, create=False) as store:
            assert len(store.intents(IntentStatus.OPEN)) == 1
    process = child(MIGRATES, path)
    assert process.line() == "in the middle"
    process.tell("go on")
    assert process.line() == "done"
    with closing(sqlite3.connect(path)) as connection:
        assert version_of(connection) == len(STEPS) + 1


def test_a_step_that_fails_leaves_the_old_version(tmp_path: Path) -> None:
    """All of its statements are undone."""
    path = tmp_path / "state.db"
    _version_1(path)

    def broken(connection: sqlite3.Connection) -> None:
        _second(connection)
        connection.execute("ALTER TABLE nothing ADD COLUMN x")

    with pytest.raises(StateError):
        open_store(path, lineage=LINEAGE, create=False, steps=(*STEPS, broken))
    with open_store(path, lineage=LINEAGE, create=False) as store:
        assert len(store.intents(IntentStatus.OPEN)) == 1


CREATES = """
import os, signal, sys
from pathlib import Path
from imgur_sync.state import schema
from imgur_sync.state.store import open_store
def deadly(connection):
    os.kill(os.getpid(), signal.SIGKILL)
open_store(Path(sys.argv[1]), lineage=None, create=True, steps=(*schema.STEPS, deadly))
"""


def test_a_kill_while_the_state_is_made_leaves_no_half_of_one(tmp_path: Path, child: Callable[..., Any]) -> None:
    """The next run finds nothing under the name, not a file to refuse."""
    path = tmp_path / "state.db"
    process = child(CREATES, path)
    assert process.end() == -signal.SIGKILL
    assert find_store(path, lineage=None) is None
    with open_store(path, lineage=LINEAGE, create=True) as store:
        assert store.albums() == ()

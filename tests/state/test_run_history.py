"""The history of runs in a file: states from before it, and runs that were killed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from imgur_sync.model.history import Run, StepKind
from imgur_sync.state.store import open_store
from tests.contract.intent_contract import LINEAGE
from tests.state.test_state_migration import SCRIPT

RUNS = """
import sys
from pathlib import Path
from imgur_sync.model.change import PictureAdopted
from imgur_sync.model.history import Run
from imgur_sync.state.store import open_store
from tests.contract.intent_contract import CATS, LINEAGE, picture
store = open_store(Path(sys.argv[1]), lineage=LINEAGE, create=True)
store.begin_run(Run(0, "apply", 100.0))
store.record(CATS, PictureAdopted(picture("p1")))
print("recorded", flush=True)
sys.stdin.readline()
"""


def test_a_state_from_before_the_history_gets_it_beside_a_copy(tmp_path: Path) -> None:
    """Version 1 had no runs; nothing of it is lost, and the first run after the upgrade is number 1."""
    path = tmp_path / "state.db"
    path.touch(0o600)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(SCRIPT.read_text(encoding="utf-8"))
        connection.execute("PRAGMA journal_mode = WAL")
    with open_store(path, lineage=LINEAGE, create=False, read_only=True) as store:
        assert store.runs() == ()
    assert not (tmp_path / "state.db.backup-v1").exists(), "a reader writes nothing"
    with open_store(path, lineage=LINEAGE, create=False) as store:
        assert store.begin_run(Run(0, "apply", 100.0)).number == 1
        assert "p1" in [found.id for found in store.pictures("cats")]
    with open_store(tmp_path / "state.db.backup-v1", lineage=LINEAGE, create=False, read_only=True) as old:
        assert "p1" in [found.id for found in old.pictures("cats")]


def test_a_killed_run_has_no_end_and_tells_what_it_did(tmp_path: Path, child: Callable[..., Any]) -> None:
    """What was recorded is told; how it ended, nobody wrote."""
    path = tmp_path / "state.db"
    process = child(RUNS, path)
    assert process.line() == "recorded"
    process.kill()
    with open_store(path, lineage=LINEAGE, create=False) as store:
        (run,) = store.runs()
        assert (run.ended_at, run.exit_codes, run.credits) == (None, (), None)
        assert [step.kind for step in store.run_steps(1)] == [StepKind.ALBUM_MADE, StepKind.ADOPTED]
        assert store.begin_run(Run(0, "apply", 200.0)).number == 2

"""Two processes that upgrade one file at once: each step is done once, by one of them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from imgur_sync.state import migrations
from imgur_sync.state.migrations import upgrade, version_of


def _first(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE steps (number INTEGER)")


def _second(connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO steps VALUES (2)")


def _third(connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO steps VALUES (3)")


def test_a_step_that_another_process_did_meanwhile_is_not_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one comes between the copy that is kept and the step."""
    file = tmp_path / "some.db"
    back_up = migrations.back_up

    def overtaken(connection: sqlite3.Connection, target: Path) -> None:
        back_up(connection, target)
        if target.name.endswith("-v1"):
            with closing(sqlite3.connect(file, isolation_level=None)) as other:
                upgrade(other, (_first, _second), file=None)

    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        upgrade(connection, (_first,), file=file)
        monkeypatch.setattr(migrations, "back_up", overtaken)
        upgrade(connection, (_first, _second, _third), file=file)
        assert version_of(connection) == 3
        assert connection.execute("SELECT number FROM steps ORDER BY number").fetchall() == [(2,), (3,)]
    assert {path.name for path in tmp_path.iterdir()} >= {"some.db.backup-v1", "some.db.backup-v2"}

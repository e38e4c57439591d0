"""A folder is one simulator's at a time, in whatever way that one ends."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from imgur_sync.simulator import FolderInUse, World
from imgur_sync.simulator.changes import CountIn
from tests.support.simulator_process import Process, started


def test_a_second_start_is_refused_until_the_first_is_gone_and_costs_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "world"
    first = Process(folder)
    try:
        second = started(folder)
        said, told = second.communicate(timeout=60)
        assert (second.returncode, said) == (1, "")
        assert f"{folder}: another local Imgur has it open" in told
        assert "end that one, or name another --data" in told
        with first.client() as client:
            assert client.post("/3/album", data={"title": "kept"}).status_code == 200
    finally:
        first.end(signal.SIGKILL)
    again = Process(folder)
    try:
        with again.client() as client:
            assert [one["title"] for one in client.get("/_simulator/world").json()["albums"]] == ["kept"]
    finally:
        again.end(signal.SIGTERM)


def test_a_world_is_opened_again_in_the_same_process_once_it_is_closed(tmp_path: Path) -> None:
    first = World.open(tmp_path)
    with pytest.raises(FolderInUse, match="another local Imgur has it open"):
        World.open(tmp_path)
    first.close()
    second = World.open(tmp_path)
    assert second.demo() == first.demo()
    second.close()


def test_a_world_that_was_closed_goes_on_unless_another_has_changed_the_folder(tmp_path: Path) -> None:
    first = World.open(tmp_path)
    first.close()
    first.register("later")
    with pytest.raises(FolderInUse):
        World.open(tmp_path)
    first.close()
    second = World.open(tmp_path)
    assert "later" in second.accounts
    second.register("other")
    with pytest.raises(FolderInUse, match="has it open"):
        first.commit([CountIn("sliding")], 0.0)
    second.close()
    for _ in range(2):
        with pytest.raises(FolderInUse, match="has changed it since"):
            first.commit([CountIn("sliding")], 0.0)
    first.close()
    third = World.open(tmp_path)
    assert (third.meters.windows, list(third.accounts)) == ("fixed", ["demo", "later", "other"])
    third.close()


def test_a_folder_that_could_not_be_read_is_left_to_others(tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").write_text("rubbish\n")
    with pytest.raises(Exception, match="not a transaction"):
        World.open(tmp_path)
    (tmp_path / "journal.jsonl").unlink()
    World.open(tmp_path).close()


def test_a_folder_that_cannot_be_locked_is_named(tmp_path: Path) -> None:
    (tmp_path / "lock").mkdir()
    with pytest.raises(OSError, match="lock"):
        World.open(tmp_path)

"""What a plan of an unchanged world costs, in exact counts: bytes read, requests sent, memory held, modules loaded."""

from __future__ import annotations

import json
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

from tests.benchmarks import calls, counting, prepared, tree
from tests.benchmarks.harness import ROOT, environment, script
from tests.support.sync_stage import SyncStage

FILES = 600
EVERY = 100
HEAVY = {"httpx", "pydantic", "pydantic_settings", "rich", "watchdog", "flask", "waitress"}


def prepare(base: Path, shape: str, files: int = FILES, per_folder: int = 100) -> prepared.Prepared:
    """A synced world of tiny pictures."""
    return prepared.prepare(base, files, shape, per_folder=per_folder)


def reads(base: Path) -> dict[str, int]:
    """What a plan in a process of its own reads."""
    shown = subprocess.run(
        script("counting", str(base)), cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=120
    )
    assert shown.returncode == 0, shown.stderr
    counts: dict[str, int] = json.loads(shown.stdout)
    return counts


@pytest.mark.parametrize("shape", prepared.SHAPES)
def test_a_plan_of_unchanged_files_reads_none_of_them(tmp_path: Path, shape: str) -> None:
    """P7: no byte is read and no picture is even opened."""
    prepare(tmp_path, shape)
    assert reads(tmp_path) == {"read": 0, "opened": 0}


@pytest.mark.parametrize("shape", prepared.SHAPES)
def test_a_plan_reads_each_changed_file_once_and_nothing_else(tmp_path: Path, shape: str) -> None:
    """P7: with one file of a hundred changed, the bytes read are the bytes of those."""
    world = prepare(tmp_path, shape)
    files, size = tree.change(world.pictures, EVERY, 1)
    assert files == FILES // EVERY
    assert reads(tmp_path) == {"read": size, "opened": files}


def test_a_plan_of_synced_albums_reads_pages_of_headers_only(tmp_path: Path) -> None:
    """P9: one request for up to a hundred albums, however many pictures they have; none offline."""
    with SyncStage(tmp_path) as stage:
        counts = calls.count(stage, albums=6, pictures=4)
    assert (counts["calls"], counts["offline"]) == (1, 0)


def test_a_plan_of_many_albums_reads_one_page_after_the_other(tmp_path: Path) -> None:
    """P9: where a page holds ten albums, twelve take two."""
    with SyncStage(tmp_path, short_pages=90) as stage:
        counts = calls.count(stage, albums=12)
    assert (counts["calls"], counts["offline"]) == (2, 0)


@pytest.mark.parametrize("shape", prepared.SHAPES)
def test_a_plan_of_ten_times_the_files_holds_no_more_memory(tmp_path: Path, shape: str) -> None:
    """P6: folders are looked at one at a time, and of an unchanged one only a mark is kept."""

    def peak(files: int) -> int:
        base = tmp_path / str(files)
        prepare(base, shape, files, per_folder=500)
        counting.offline_plan(base)  # whatever is loaded or made once
        tracemalloc.start()
        try:
            plan, _ = counting.offline_plan(base)
            size = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert plan.unchanged_files == files
        return size

    assert peak(20_000) <= 1.3 * peak(2_000)


@pytest.mark.parametrize(
    ("arguments", "unwanted"),
    [
        (("--help",), HEAVY | {"sqlite3"}),
        (("--version",), HEAVY | {"sqlite3"}),
        (("plan", "--help"), HEAVY | {"sqlite3"}),
        (("plan", "--offline"), HEAVY),
    ],
)
def test_a_command_loads_nothing_that_it_does_not_need(
    tmp_path: Path, arguments: tuple[str, ...], unwanted: set[str]
) -> None:
    """Starting costs as much as the work: what a command does not use it does not import."""
    prepare(tmp_path, prepared.ALBUMS, 4, per_folder=2)
    program = (
        "import atexit, sys\n"
        "atexit.register(lambda: print('LOADED', *sys.modules, file=sys.stderr))\n"
        f"sys.argv = ['imgur-sync', *{arguments!r}]\n"
        "from imgur_sync.cli import main\n"
        "main()\n"
    )
    command = (sys.executable, "-c", program)
    first = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=60)
    again = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=60)
    assert (first.returncode, again.returncode) == (0, 0), again.stderr
    loaded = set(again.stderr.rpartition("LOADED")[2].split())
    assert "click" in loaded or "--version" in arguments
    assert not loaded & unwanted

"""Nothing is sent before what must survive it is synced: read off the system calls of real runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.disk import PowerCut
from tests.crash.journal import Journal
from tests.crash.real import FOLDERS, INJECTED, Yard, yard
from tests.crash.traced import read_trace, run_traced, strace_there


def unsynced(here: Yard) -> Journal:
    """A run of a program that forgets to sync its databases."""
    log = here.base / "unsynced"
    environ = {**here.environ, "PYTHONPATH": str(INJECTED), "CRASH_UNSYNCED": "1"}
    done = run_traced(here.here, log, "apply", "-y", environ=environ)
    assert done.returncode == 0, done.stderr
    return Journal().read(read_trace(log))


@pytest.mark.timeout(600)
def test_records_payments_and_ids_are_synced_before_what_depends_on_them(tmp_path: Path) -> None:
    """Every upload, album, edit and deletion of two runs; tokens too. What the model of the disk holds is what is on
    the disk."""
    if not strace_there():  # a test of its own tells that
        return
    with yard(tmp_path, tmp_path / "compiled") as here:
        cut = PowerCut(here.here.folder, FOLDERS)
        log = tmp_path / "first"
        done = run_traced(here.here, log, "apply", "-y", environ=here.environ)
        assert done.returncode == 0, done.stderr
        calls = read_trace(log)
        first = Journal().read(calls)
        assert (first.broken, first.uploads, first.writes) == ([], 8, 12)
        assert first.depended >= 4
        assert first.tokens == 1
        cut.feed(calls)
        for name, file in cut.names.items():
            assert Path(name).read_bytes() == bytes(file.now), name
        kept = {path: path.read_bytes() for path in (here.here.folder / ".imgur-sync").glob("state.db")}
        cut.leave()
        assert kept
        for path, data in kept.items():  # also the name of the folder is durable
            assert path.read_bytes() == data
        here.change()
        here.here.steer("tokens", {"expire_access": True})
        second = here.clean()
        assert second.broken == []
        assert second.uploads == 2


@pytest.mark.timeout(600)
def test_a_program_that_forgets_to_sync_is_caught(tmp_path: Path) -> None:
    """Without a sync everything leaves too early: the check can fail."""
    if not strace_there():  # a test of its own tells that
        return
    with yard(tmp_path, tmp_path / "compiled") as here:
        caught = unsynced(here)
        told = " ".join(caught.broken)
        for what in ("upload ", "an album was made", "PUT /3/album/", "paid for", "which was not synced"):
            assert what in told

"""`status` tells from another terminal what real processes do, and what became of those that died."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from imgur_sync.simulator import Limits, Options, running
from imgur_sync.state.activity import SqliteActivity
from imgur_sync.state.lock import FileLock
from tests.support.command import Workplace, workplace
from tests.support.mirror import until
from tests.support.shape_check import check_document

WATCHES = """
import sys, time
from dataclasses import replace
from pathlib import Path
from imgur_sync.executor import SystemClock
from imgur_sync.model.activity import Wait, WaitKind
from imgur_sync.report.live import living
from imgur_sync.state.activity import SqliteActivity
from imgur_sync.state.lock import FileLock
folder = Path(sys.argv[1])
with FileLock(folder / "watch.lock").hold("watch"):
    with living(SqliteActivity(folder / "activity.db"), SystemClock(), "watch") as live:
        remedy = "imgur-sync apply cats --approve prune=37"
        wait = Wait(WaitKind.GATE, "cats", "37 pictures would leave it", None, remedy)
        live.put(replace(live.activity, doing="sleeping", waits=(wait,), next_look=time.time() + 900))
        print("shown", flush=True)
        sys.stdin.readline()
"""


@contextmanager
def a_watch(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the lock of watches and tells what it does, until it is told to end."""
    command = [sys.executable, "-c", WATCHES, str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "shown\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_living_watch_is_told_of(here: Workplace) -> None:
    """What it does, what waits for what and what to type; also where the manifest cannot be read."""
    (here.folder / "sync.toml").write_text("not toml at all", encoding="utf-8")
    with a_watch(here.folder / ".imgur-sync") as watch:
        told = here.run("status")
        assert told.returncode == 0, told.stderr
        assert f"watch (pid {watch.pid}) runs since " in told.stdout
        assert "  now: sleeping\n" in told.stdout
        assert "  waits: cats: 37 pictures would leave it\n" in told.stdout
        assert "    to go on: imgur-sync apply cats --approve prune=37\n" in told.stdout
        assert "looks at the folders next: " in told.stdout
        document = json.loads(here.run("status", "--json").stdout)
        check_document(document, "status")
        assert f"watch (pid {watch.pid} on " in document["watch"]
        assert [(row["pid"], row["ended"]) for row in document["activity"]] == [(watch.pid, False)]
        assert watch.stdin is not None
        watch.stdin.write("end\n")
        watch.stdin.flush()
        assert watch.wait() == 0
        document = json.loads(here.run("status", "--json").stdout)
        assert (document["watch"], document["activity"]) == (None, [])


def test_a_killed_watch_is_told_of_until_the_next_one(here: Workplace) -> None:
    """Once, however often it died."""
    folder = here.folder / ".imgur-sync"
    for _ in range(2):
        with a_watch(folder) as watch:
            watch.kill()
            watch.wait()
        told = here.run("status").stdout
        assert told.count("watch is not running; it was last seen ") == 1
        assert "start it again: imgur-sync watch\n" in told
        assert "37 pictures" not in told
        document = json.loads(here.run("status", "--json").stdout)
        assert [(row["pid"], row["ended"]) for row in document["activity"]] == [(watch.pid, True)]
    with a_watch(folder) as watch:
        told = here.run("status").stdout
        assert "not running" not in told
        assert f"watch (pid {watch.pid}) runs" in told


def test_a_watch_that_nobody_can_ask_has_ended_when_its_lock_is_free(here: Workplace) -> None:
    """Its number may be that of another container's process."""
    folder = here.folder / ".imgur-sync"
    with a_watch(folder):
        board = SqliteActivity(folder / "activity.db")
        (shown,) = board.all()
    (folder / "activity.db").unlink()
    board.show(type(shown)(1, "elsewhere", "watch", shown.since, shown.at, "sleeping"))
    assert "watch is not running; it was last seen " in here.run("status").stdout
    with FileLock(folder / "watch.lock").hold("watch"):
        told = here.run("status").stdout
        assert "watch (pid 1) runs since " in told
        assert "A watch is running, and does not say what it does: watch (pid " in told


def test_an_apply_shows_what_it_does(tmp_path: Path) -> None:
    """How far it is and what is before it; a killed one is no news, and no secret is written."""
    limits = Limits(0, 0, 0, 0)
    with running(Options(limits=limits, latency=0.2), data=tmp_path / "imgur") as server:
        place = workplace(tmp_path / "work", {**server.environment(), "IMGUR_SYNC_SETTLE_SECONDS": "1"}, pictures=24)
        board = SqliteActivity(place.folder / ".imgur-sync" / "activity.db")
        started = place.start("apply", "-y")
        try:
            until(lambda: any(row.done > 1 and row.doing.startswith("uploading p") for row in board.all()))
            started.send_signal(signal.SIGSTOP)  # so that it is still there when it was looked at
            document = json.loads(place.run("status", "--json").stdout)
            check_document(document, "status")
            (shown,) = document["activity"]
            assert (shown["pid"], shown["command"], shown["album"]) == (started.pid, "apply", "cats")
            assert 1 < shown["done"] < shown["total"] == 26
            (queued,) = shown["queue"]
            assert 0 < queued["uploads"] < 24
            told = place.run("status").stdout
            assert f"apply (pid {started.pid}) runs since " in told
            assert "A run is under way" not in told
            started.send_signal(signal.SIGKILL)
            started.wait()
        finally:
            started.kill()
            started.communicate()
        assert "apply" not in place.run("status").stdout.replace("settled by the next apply", "")
        assert [row.ended for row in board.all()] == [True]
        for path in (place.folder / ".imgur-sync").glob("activity.db*"):
            assert server.environment()["IMGUR_SYNC_REFRESH_TOKEN"].encode() not in path.read_bytes()

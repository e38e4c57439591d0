"""A daemon that is not alone: a second one, somebody who types a command, and a newer version, as installed."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from imgur_sync.state.schema import STEPS
from tests.support.mirror import Mirror, mirror, until

LONG = 120.0
"""Seconds that anything may take on a machine that is busy otherwise."""


@contextmanager
def daemon(made: Mirror) -> Iterator[subprocess.Popen[str]]:
    """A `watch` of that manifest; ended with the block if it has not ended itself."""
    process = made.place.start("watch", "--json")
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=LONG)
        finally:
            process.kill()


def uploads(made: Mirror) -> int:
    """How many uploads Imgur received."""
    return len(made.received())


def test_two_daemons_and_an_apply(tmp_path: Path) -> None:
    """The second daemon ends with 5 and says who watches; the apply gets its turn in the middle of the first one's
    pass, and does the rest; nothing is sent twice; the first daemon goes on."""
    with mirror(tmp_path) as made:
        for number in range(5, 30):
            made.put(f"cats/c{number:02}.png", 100 + number)
        slow = {"method": "POST", "path": "/3/upload", "count": 0}
        made.steer("faults", {"fault": "delay", "seconds": 4, "match": slow})
        with daemon(made) as first:
            until(lambda: uploads(made) >= 2, LONG)
            applied = made.place.start("apply", "-y")
            assert applied.stderr is not None
            assert any("to give way" in line for line in applied.stderr)
            made.calm()
            assert applied.communicate(timeout=LONG)[1].count("Traceback") == 0
            assert applied.returncode == 0
            second = made.run("watch", code=5)
            assert str(first.pid) in second.stderr
            made.check_equal("dogs")
            assert len(made.received()) == 33
            made.put("dogs/d9.png", 900)
            until(lambda: uploads(made) == 34 and len(made.shown("dogs")) == 4, LONG)
            first.send_signal(signal.SIGTERM)
            out, err = first.communicate(timeout=LONG)
            assert first.returncode == 143, err
        made.check_equal("dogs")
        assert sorted(made.received()) == sorted(made.wanted("cats") + made.wanted("dogs"))
        lines = [json.loads(line) for line in out.splitlines()]
        assert lines[-1]["event"] == "ended"
        assert {line["level"] for line in lines} <= {"info", "detail", "warning"}
        assert "Traceback" not in err


def test_a_newer_version_at_the_state_ends_the_daemon_with_75(tmp_path: Path) -> None:
    """An upgrade: at the next change it ends; the older version is refused with 65 from then on, no state touched."""
    with mirror(tmp_path) as made:
        with daemon(made) as process:
            until(lambda: uploads(made) == 8 and len(made.writes()) >= 12, LONG)
            made.run("apply", "-y", code=0)  # its turn comes when the daemon's pass is over
            state = made.folder / ".imgur-sync" / "state.db"
            with closing(sqlite3.connect(state, isolation_level=None, timeout=LONG)) as connection:
                connection.execute(f"PRAGMA user_version = {len(STEPS) + 1}")
            made.put("cats/c9.png", 900)
            _, err = process.communicate(timeout=LONG)
            assert process.returncode == 75, err
            assert "Start watch anew" in err
            assert "Traceback" not in err
        before = state.read_bytes()
        assert "newer than this program" in made.run("watch", code=65).stderr
        assert "newer than this program" in made.run("apply", "-y", code=65).stderr
        assert state.read_bytes() == before
        assert uploads(made) == 8

"""What a person at a terminal sees, and what NO_COLOR and CI change."""

from __future__ import annotations

import os
import pty
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from imgur_sync.cli.adopting import adopt
from imgur_sync.cli.session import Session
from imgur_sync.cli.wiring import applying
from imgur_sync.errors import TryAgainLaterError
from imgur_sync.executor import Options
from imgur_sync.simulator import Running
from tests.support.command import PROGRAM, Workplace


def at_terminal(place: Workplace, *arguments: str, environ: dict[str, str]) -> tuple[int, str]:
    """Run with stderr at a terminal; returns the exit code and everything that the terminal got."""
    parent, child = pty.openpty()
    try:
        with subprocess.Popen(
            [PROGRAM, *arguments],
            cwd=place.folder,
            env=place.environ(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=child,
        ) as started:
            os.close(child)
            told = b""
            with suppress(OSError):  # EIO: the other side is closed
                while piece := os.read(parent, 65536):
                    told += piece
        return started.returncode, told.decode()
    finally:
        os.close(parent)


def test_a_terminal_gets_a_bar_with_figures(online: Workplace) -> None:
    """Count, bytes and credits; the cursor is back at the end."""
    code, told = at_terminal(online, "apply", "-y", environ={"TERM": "xterm-256color"})
    assert code == 0
    assert "of 3 pictures" in told
    assert told.rfind("\x1b[?25h") > told.rfind("\x1b[?25l") >= 0


@pytest.mark.parametrize("environ", [{"TERM": "xterm", "CI": "true"}, {"TERM": "dumb"}, {}], ids=["CI", "dumb", "none"])
def test_other_terminals_get_lines(environ: dict[str, str], online: Workplace) -> None:
    """No control sequence at all where nobody could make sense of it."""
    code, told = at_terminal(online, "apply", "-y", "-v", environ=environ)
    assert code == 0
    assert "cats: p1.gif is up" in told
    assert "\x1b" not in told


def test_no_color_keeps_the_bar_without_colours(online: Workplace) -> None:
    """NO_COLOR takes colours away and nothing else."""
    _, told = at_terminal(online, "plan", "--refresh", environ={"TERM": "xterm-256color", "NO_COLOR": "1"})
    assert "\x1b[3" not in told
    assert "\x1b[?25l" in told


def test_a_state_that_could_not_be_rebuilt_is_no_state(
    online: Workplace, imgur: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a kill in the middle of it the next apply looks for our markers again, and uploads nothing twice."""
    assert online.run("apply", "-y").returncode == 0
    state = online.folder / ".imgur-sync" / "state.db"
    state.unlink()
    known = len(imgur.world.images)
    for name, value in online.environ().items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(online.folder)

    def breaks(bench: object) -> object:
        raise TryAgainLaterError("the network went away")

    with pytest.raises(TryAgainLaterError), applying(Session(), Options(), max_credits=None, adopt=breaks):
        pass
    assert not any(path.name.startswith("state.db") for path in state.parent.iterdir())
    session = Session(quiet=True)
    with applying(session, Options(), max_credits=None, adopt=lambda bench: adopt(session, bench)) as bench:
        assert len(bench.ports.store.pictures("cats")) == 3
    assert online.run("apply", "-y").returncode == 0
    assert len(imgur.world.images) == known


def test_the_simulator_says_where_it_is_and_ends_at_sigterm(tmp_path: Path) -> None:
    """Four settings and its address, one a line, at once; the same settings in a private file."""
    place = Workplace(tmp_path)
    started = place.start("simulator", "--port", "0", "--data", "world", "--write-env", "env")
    try:
        assert started.stdout is not None
        lines = [started.stdout.readline().strip() for _ in range(5)]
        names = ["API_URL", "CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN"]
        assert [line.partition("=")[0] for line in lines[:4]] == [f"IMGUR_SYNC_{name}" for name in names]
        assert lines[4] == f"listening on {lines[0].partition('=')[2]}"
        env = tmp_path / "env"
        assert env.read_text(encoding="utf-8").splitlines() == lines[:4]
        assert env.stat().st_mode & 0o777 == 0o600
        port = lines[0].rpartition(":")[2]
        taken = place.run("simulator", "--port", port)
        assert taken.returncode == 1
        assert f"cannot serve on 127.0.0.1:{port}" in taken.stderr
    finally:
        started.terminate()
        _, told = started.communicate(timeout=60)
    assert (started.returncode, told) == (0, "")

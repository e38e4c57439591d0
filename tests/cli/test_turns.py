"""A command that finds the lock of runs held: it waits its turn where a watch pass holds it, and for nobody else."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from imgur_sync.cli.turns import POLL, take_turn
from imgur_sync.errors import ExitCode, LockHeldError
from imgur_sync.model.activity import WISH_LASTS
from imgur_sync.state.activity import SqliteActivity
from imgur_sync.state.lock import FileLock
from tests.support.command import Workplace
from tests.support.hand_clock import HandClock
from tests.support.memory_activity import MemoryActivity
from tests.support.mirror import until

GIVES_WAY = """
import sys, time
from pathlib import Path
from imgur_sync.state.activity import SqliteActivity
from imgur_sync.state.lock import FileLock
folder, name, gives_way = Path(sys.argv[1]), sys.argv[2], sys.argv[3] == "gives way"
board = SqliteActivity(folder / "activity.db")
with FileLock(folder / "run.lock").hold(name):
    print("in a pass", flush=True)
    while not (gives_way and board.wishes()):
        time.sleep(0.05)
    print(board.wishes()[0].command, flush=True)
sys.stdin.readline()
"""
TURNS = """
import sys
from pathlib import Path
from imgur_sync.cli.turns import take_turn
from imgur_sync.executor import SystemClock
from imgur_sync.state.activity import SqliteActivity
from imgur_sync.state.lock import FileLock
folder = Path(sys.argv[1])
lock, board = FileLock(folder / "run.lock"), SqliteActivity(folder / "activity.db")
with take_turn(lock, board, SystemClock(), "apply", 60.0):
    print("my turn", flush=True)
"""


class Waiter:
    """Takes turns on virtual time; what is to happen while it sleeps is called after each sleep."""

    def __init__(self, folder: Path) -> None:
        self.clock = HandClock()
        self.board = MemoryActivity(self.clock.now)
        self.told: list[str] = []
        self.slept: list[float] = []
        self.wished: list[bool] = []
        self.happens: Callable[[], object] = lambda: None
        self._folder = folder

    def lock(self) -> FileLock:
        """An object of its own for the lock."""
        return FileLock(self._folder / "run.lock")

    @contextmanager
    def turn(self, max_wait: float = 180.0) -> Iterator[None]:
        """The turn of an apply."""
        with take_turn(
            self.lock(), self.board, self.clock, "apply", max_wait, tell=self.told.append, sleep=self._sleep
        ):
            yield

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.clock.advance(seconds)
        self.wished.append([wish.command for wish in self.board.wishes()] == ["apply"])
        self.happens()


@pytest.fixture
def waiter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Waiter:
    """Nobody holds the lock yet. SQLite itself does not wait."""
    monkeypatch.setattr("imgur_sync.state.lock._PATIENCE", 0.0)
    return Waiter(tmp_path)


def test_a_free_lock_is_taken_at_once(waiter: Waiter) -> None:
    """Without a wish and a word; it is given back at the end, and an error passes."""
    with waiter.turn():
        assert "apply (pid" in (waiter.lock().holder() or "")
    assert waiter.lock().holder() is None
    with pytest.raises(ZeroDivisionError), waiter.turn():
        raise ZeroDivisionError
    assert waiter.lock().holder() is None
    assert (waiter.told, waiter.slept) == ([], [])


@pytest.mark.parametrize("command", ["apply", "apply --wait", "purge", "watcher", ""])
def test_nobody_but_a_watch_gives_way(waiter: Waiter, command: str) -> None:
    """The holder is named at once."""
    with waiter.lock().hold(command), pytest.raises(LockHeldError) as caught, waiter.turn():
        pass
    assert caught.value.holder.startswith(f"{command} (pid {os.getpid()} on ")
    assert (waiter.told, waiter.slept) == ([], [])


def test_a_watch_pass_is_asked_to_give_way(waiter: Waiter) -> None:
    """It is told once what is waited for; the wish is there at every look, and gone with the turn."""
    with ExitStack() as watch:
        watch.enter_context(waiter.lock().hold("watch"))
        waiter.happens = lambda: watch.close() if len(waiter.slept) == 400 else None
        with waiter.turn():
            assert "apply (pid" in (waiter.lock().holder() or "")
            assert waiter.board.wishes() == ()
    assert len(waiter.slept) == 400
    assert set(waiter.slept) == {POLL}
    assert sum(waiter.slept) > WISH_LASTS, "the wish was made again before it was too old"
    assert all(waiter.wished)
    (told,) = waiter.told
    assert told.startswith(f"Waiting for watch (pid {os.getpid()} on {socket.gethostname()}, since ")
    assert told.endswith(") to give way, for up to 3 min. Ctrl-C ends the wait.")


@pytest.mark.parametrize("longest", [0.0, 0.1, 100.0])
def test_the_wait_ends(waiter: Waiter, longest: float) -> None:
    """With the holder, the longest wait, and where that is set."""
    with waiter.lock().hold("watch"), pytest.raises(LockHeldError) as caught, waiter.turn(longest):
        pass
    assert sum(waiter.slept) == pytest.approx(longest)
    assert len(waiter.told) == (longest > 0)
    assert "did not give way within" in caught.value.message
    assert "max_wait" in caught.value.hint
    assert caught.value.holder.startswith("watch (pid")
    assert caught.value.exit_code is ExitCode.LOCKED
    assert waiter.board.wishes() == ()


def test_another_run_that_was_faster_ends_the_wait(waiter: Waiter) -> None:
    """It gives way to nobody."""
    with ExitStack() as held:
        held.enter_context(waiter.lock().hold("watch"))

        def faster() -> None:
            held.close()
            held.enter_context(waiter.lock().hold("apply --wait"))

        waiter.happens = faster
        with pytest.raises(LockHeldError) as caught, waiter.turn():
            pass
        assert caught.value.command == "apply --wait"
    assert len(waiter.slept) == 1
    assert waiter.board.wishes() == ()


def test_what_ends_the_sleep_ends_the_wait(waiter: Waiter) -> None:
    """The wish ends with it."""

    def stop() -> None:
        raise KeyboardInterrupt

    waiter.happens = stop
    with waiter.lock().hold("watch"), pytest.raises(KeyboardInterrupt), waiter.turn():
        pass
    assert waiter.board.wishes() == ()


@contextmanager
def a_pass(folder: Path, name: str = "watch", does: str = "gives way") -> Iterator[subprocess.Popen[str]]:
    """A process in a pass, which ends when somebody asks for its turn."""
    process = subprocess.Popen(
        [sys.executable, "-c", GIVES_WAY, str(folder), name, does],
        stdout=subprocess.PIPE,
        stdin=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "in a pass\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def test_an_apply_gets_its_turn_from_a_watch(online: Workplace) -> None:
    """It says what it waits for, and does all its work then; --quiet says nothing."""
    folder = online.folder / ".imgur-sync"
    with a_pass(folder) as watch:
        done = online.run("apply", "-y")
        assert done.returncode == 0, done.stderr
        assert f"Waiting for watch (pid {watch.pid} on " in done.stderr
        assert watch.stdout is not None
        assert watch.stdout.readline() == "apply\n"
    with a_pass(folder):
        quiet = online.run("apply", "--wait", "-y", "--quiet")
        assert (quiet.returncode, quiet.stderr) == (0, "")
    board = SqliteActivity(folder / "activity.db")
    assert (board.all(), board.wishes()) == ((), ())


@pytest.mark.parametrize(
    "command",
    [
        ("forget", "cats", "--confirm", "cats"),
        ("root", "accept", "cats"),
        ("state", "recover"),
    ],
)
def test_other_commands_ask_for_their_turn_too(here: Workplace, command: tuple[str, ...]) -> None:
    """Each by its own name; what they do then is another matter."""
    with a_pass(here.folder / ".imgur-sync") as watch:
        done = here.run(*command)
        assert "Waiting for watch (pid" in done.stderr
        assert done.returncode != ExitCode.LOCKED
        assert watch.stdout is not None
        named = watch.stdout.readline().strip()
        assert " ".join(command).startswith(named)


def test_a_watch_that_does_not_give_way_is_named(here: Workplace) -> None:
    """Exit 5 after `[upload] max_wait`; at once where another run holds the lock."""
    manifest = here.folder / "sync.toml"
    manifest.write_text(manifest.read_text() + '[upload]\nmax_wait = "1s"\n')
    with a_pass(here.folder / ".imgur-sync", does="goes on") as watch:
        done = here.run("forget", "cats", "--confirm", "cats")
        assert done.returncode == ExitCode.LOCKED
        assert f"watch (pid {watch.pid} on " in done.stderr
        assert "did not give way within 1 s" in done.stderr
        told = here.run("forget", "cats", "--confirm", "cats", "--json")
        assert '"exit_code": 5' in told.stdout
    manifest.write_text(manifest.read_text().replace('"1s"', '"7d"'))
    with a_pass(here.folder / ".imgur-sync", "apply"):
        done = here.run("forget", "cats", "--confirm", "cats")
        assert done.returncode == ExitCode.LOCKED
        assert "Waiting" not in done.stderr


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -signal.SIGKILL)]
)
def test_a_wait_for_a_turn_can_be_ended(here: Workplace, number: signal.Signals, code: int) -> None:
    """In order or not, no wish of it counts any more; `status` tells of it before."""
    board = SqliteActivity(here.folder / ".imgur-sync" / "activity.db")
    with a_pass(here.folder / ".imgur-sync", does="goes on"):
        started = here.start("forget", "cats", "--confirm", "cats")
        try:
            until(lambda: [wish.pid for wish in board.wishes()] == [started.pid])
            assert f"forget (pid {started.pid}) asks for its turn" in here.run("status").stdout
            started.send_signal(number)
            _, told = started.communicate(timeout=30)
        finally:
            started.kill()
            started.communicate()
        assert started.returncode == code, told
        assert "Traceback" not in told
        assert board.wishes() == ()


def test_two_that_wait_get_their_turns(tmp_path: Path) -> None:
    """One after the other, where the first is fast; a killed watch is waited for no longer."""
    with a_pass(tmp_path, does="goes on") as watch, ExitStack() as stack:
        waiting = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", TURNS, str(tmp_path)],
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                )
            )
            for _ in range(2)
        ]
        board = SqliteActivity(tmp_path / "activity.db")
        until(lambda: {wish.pid for wish in board.wishes()} == {process.pid for process in waiting})
        watch.kill()
        watch.wait()
        ends = [process.communicate(timeout=60) for process in waiting]
        got = [out == "my turn\n" and process.returncode == 0 for (out, _), process in zip(ends, waiting, strict=True)]
        refused = ["LockHeldError: another run works here: apply" in told for _, told in ends]
        assert any(got), ends
        assert all(one or other for one, other in zip(got, refused, strict=True)), ends

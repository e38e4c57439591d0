"""The lock between real processes: held, killed, forked, removed."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import ExitCode, LockHeldError, StateError
from imgur_sync.state.lock import FileLock

HOLDS = """
import sys
from pathlib import Path
from imgur_sync.state.lock import FileLock
with FileLock(Path(sys.argv[1]), now=lambda: 1_700_000_000.0).hold("imgur-sync apply cats"):
    print("held", flush=True)
    sys.stdin.readline()
print("free", flush=True)
"""
RACES = """
import sys
from pathlib import Path
from imgur_sync.errors import LockHeldError
from imgur_sync.state.lock import FileLock
lock, shared = FileLock(Path(sys.argv[1])), Path(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
done = 0
while done < 5:
    try:
        with lock.hold(f"racer {sys.argv[3]}"):
            assert f"racer {sys.argv[3]} " in FileLock(Path(sys.argv[1])).holder()
            number = int(shared.read_text())
            shared.write_text(str(number + 1))
            done += 1
    except LockHeldError as error:
        assert error.holder
"""


def test_another_process_is_named(tmp_path: Path, child: Callable[..., Any]) -> None:
    """Command, pid, host and since when, in the error (exit 5) and for those who only ask."""
    lock = FileLock(tmp_path / "run.lock")
    process = child(HOLDS, tmp_path / "run.lock")
    assert process.line() == "held"
    with pytest.raises(LockHeldError) as caught, lock.hold("imgur-sync apply"):
        pass
    named = f"imgur-sync apply cats (pid {process.process.pid} on {os.uname().nodename}, since 2023-11-14 22:13:20 UTC)"
    assert caught.value.holder == named
    assert named in caught.value.message
    assert caught.value.exit_code is ExitCode.LOCKED
    assert lock.holder() == named
    process.tell("enough")
    assert process.line() == "free"
    assert lock.holder() is None


def test_a_kill_releases_the_lock(tmp_path: Path, child: Callable[..., Any]) -> None:
    """At once; the dead one is not named any more."""
    lock = FileLock(tmp_path / "run.lock")
    process = child(HOLDS, tmp_path / "run.lock")
    assert process.line() == "held"
    process.kill()
    assert lock.holder() is None
    with lock.hold("imgur-sync apply"):
        assert "imgur-sync apply (pid" in (lock.holder() or "")


def test_a_stopped_process_keeps_the_lock(tmp_path: Path, child: Callable[..., Any]) -> None:
    """It may wake up and write, however long it slept."""
    process = child(HOLDS, tmp_path / "run.lock")
    assert process.line() == "held"
    process.process.send_signal(signal.SIGSTOP)
    with pytest.raises(LockHeldError), FileLock(tmp_path / "run.lock").hold("imgur-sync apply"):
        pass
    process.process.send_signal(signal.SIGCONT)


def test_four_processes_never_hold_it_together(tmp_path: Path, child: Callable[..., Any]) -> None:
    """Each counts a shared file up without any other guard, and always finds itself named as the holder."""
    shared = tmp_path / "count"
    shared.write_text("0")
    processes = [child(RACES, tmp_path / "run.lock", shared, name) for name in "abcd"]
    for process in processes:
        assert process.line() == "ready"
    for process in processes:
        process.tell("go")
    assert [process.end() for process in processes] == [0, 0, 0, 0]
    assert shared.read_text() == "20"


def test_the_lock_is_not_carried_across_a_fork(tmp_path: Path) -> None:
    """The child that leaves the block, and closes what it inherited, does not release the parent's lock."""
    lock = FileLock(tmp_path / "run.lock")
    with lock.hold("parent"):
        child = os.fork()
        if not child:
            status = 1
            try:
                assert lock.lost()
                try:
                    with FileLock(tmp_path / "run.lock").hold("child"):
                        status = 2
                except LockHeldError:
                    status = 0
            finally:
                os._exit(status)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert not lock.lost()
        with pytest.raises(LockHeldError), FileLock(tmp_path / "run.lock").hold("other"):
            pass


def test_a_removed_lock_file_is_detected(tmp_path: Path) -> None:
    """While it is held, and at the end: another run may have come in."""
    lock = FileLock(tmp_path / "run.lock")

    def work_while_somebody_removes_it() -> None:
        with lock.hold("imgur-sync apply"):
            assert not lock.lost()
            (tmp_path / "run.lock").unlink()
            assert lock.lost()
            with FileLock(tmp_path / "run.lock").hold("another"):
                assert lock.lost()

    with pytest.raises(StateError, match="was removed or replaced"):
        work_while_somebody_removes_it()
    with lock.hold("again"):
        assert not lock.lost()


def test_an_error_inside_is_not_hidden_by_a_removed_lock_file(tmp_path: Path) -> None:
    """It tells more."""

    def fail() -> None:
        with FileLock(tmp_path / "run.lock").hold("apply"):
            (tmp_path / "run.lock").unlink()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()


def test_the_lock_file_is_private_and_has_a_private_folder(tmp_path: Path, umask: int) -> None:
    """Whatever the umask; nothing else stays."""
    folder = tmp_path / ".imgur-sync"
    with FileLock(folder / "run.lock").hold("apply"):
        pass
    assert {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()} == {
        ".gitignore": 0o600,
        "run.lock": 0o600,
    }


def test_a_lock_on_a_network_file_system_is_refused(tmp_path: Path) -> None:
    """Locks lie there."""
    mounts = f"36 35 98:0 / {tmp_path} rw - nfs4 server:/x rw\n"
    lock = FileLock(tmp_path / "run.lock", mounts=lambda: mounts)
    with pytest.raises(StateError, match="network file system"), lock.hold("apply"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_lock_is_refused(tmp_path: Path) -> None:
    """It is somebody's; it is not overwritten."""
    (tmp_path / "run.lock").write_bytes(b"important" * 1000)
    with pytest.raises(StateError), FileLock(tmp_path / "run.lock").hold("apply"):
        pass
    assert (tmp_path / "run.lock").read_bytes() == b"important" * 1000

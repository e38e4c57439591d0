"""A hook whose guard is killed, or stops to answer: it is told, and the next document is run all the same."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import pytest

from imgur_sync.watch import hook as room
from imgur_sync.watch.hook import Hook

LONG = 60.0
ONCE = """\
import os, pathlib, signal, sys
mark = pathlib.Path(sys.argv[1])
if mark.exists():
    mark.write_text("ran again")
else:
    mark.touch()
    os.kill(os.getppid(), getattr(signal, sys.argv[2]))
"""


def struck(tmp_path: Path, signal: str) -> list[str]:
    """What is told when the command strikes its guard with that signal, and is run again."""
    told: list[str] = []
    hook = Hook([sys.executable, "-c", ONCE, str(tmp_path / "mark"), signal], told.append, seconds=2.0)
    hook.run({"event": "run"})
    hook.run({"event": "gate"})
    hook.close(LONG)
    assert (tmp_path / "mark").read_text() == "ran again"
    return told


def test_a_guard_that_is_killed_is_told(tmp_path: Path) -> None:
    """With how it ended, and how many runs nobody knows of."""
    assert struck(tmp_path, "SIGKILL") == ["hook: its guard ended with -9 before 1 run"]


def test_a_guard_that_does_not_answer_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is killed when the limits of all its runs are over."""
    monkeypatch.setattr(room, "_SPARE", 0.0)
    assert struck(tmp_path, "SIGSTOP") == ["hook: its guard did not answer any more and was killed"]


def test_a_machine_without_threads_to_spare_is_another_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits is run when there is one again."""

    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    out = tmp_path / "out"
    code = f"import os; fd = os.open({str(out)!r}, os.O_CREAT | os.O_APPEND | os.O_WRONLY); os.write(fd, b'x')"
    hook = Hook([sys.executable, "-c", code], pytest.fail, environ=os.environ)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        hook.run({"event": "run"})
    hook.run({"event": "gate"})
    hook.close(LONG)
    assert out.read_text() == "xx"

"""Runs of the installed command that are killed, stopped or crossed: nothing is lost, nothing comes twice."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from imgur_sync.simulator import Limits
from tests.support.mirror import UPLOAD, Mirror, mirror, sibling, until


@contextmanager
def started(here: Mirror, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A command that runs beside the test, and is gone when the block ends."""
    process = here.place.start(*arguments)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=30)


def finish(here: Mirror, albums: tuple[str, ...] = ("cats", "dogs")) -> None:
    """Applies until nothing is left, as the exit code tells; then everything is there once."""
    for _ in range(3):
        if here.run("apply", "-y", "-q", code=None).returncode == 0:
            break
    here.run("plan", "--detailed-exitcode", "-q")
    here.check_equal(*albums)


@pytest.mark.parametrize("uploads", [0, 1, 4, 7])
def test_a_killed_apply_is_taken_up_where_it_was(uploads: int, tmp_path: Path) -> None:
    """SIGKILL after so many uploads were stored, with others under way: the next run finds what came through."""
    with mirror(tmp_path, latency=0.05) as here:
        with started(here, "apply", "-y") as process:
            until(lambda: len(here.received()) >= uploads and here.last() > 2)
            process.kill()
            assert process.wait(timeout=30) == -signal.SIGKILL
        finish(here)
        assert sorted(here.received()) == sorted([*here.wanted("cats"), *here.wanted("dogs")])


def test_a_killed_apply_of_edited_folders_is_taken_up_where_it_was(tmp_path: Path) -> None:
    """The same while pictures are replaced and removed: no picture that is wanted ever leaves."""
    with mirror(tmp_path, latency=0.05) as here:
        here.run("apply", "-y", "-q")
        for number in range(3):
            here.put(f"cats/c{number}.png", 60 + number)
        (here.folder / "dogs" / "d0.png").unlink()
        for strike in itertools.count(1):
            before = len(here.writes())
            with started(here, "apply", "-y") as process:
                until(lambda before=before, process=process: len(here.writes()) > before or process.poll() is not None)
                process.kill()
                if process.wait(timeout=30) == 0:
                    break
            kept = set(here.wanted("cats")[3:])
            assert kept <= set(here.shown("cats"))
            assert strike < 20
        finish(here)


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["SIGINT", "SIGTERM"])
def test_a_signal_ends_a_run_that_waits_for_an_answer(sent: signal.Signals, code: int, here: Mirror) -> None:
    """Long before the answer comes, in seconds that another test counts; the next run finds the upload in doubt."""
    here.steer("faults", [{"match": {**UPLOAD, "nth": 3}, "fault": "delay", "seconds": 200, "after": True}])
    with started(here, "apply", "-y") as process:
        until(lambda: len(here.received()) >= 3)
        process.send_signal(sent)
        _, told = process.communicate(timeout=60)
        assert process.returncode == code, told
        assert "Traceback" not in told
    doubts = [intent["request"] for intent in here.json("status")["open_intents"]]
    assert doubts.count("upload") == 1
    assert set(doubts) <= {"upload", "edit_album"}, "the other album's edit may not have been read back yet"
    here.calm()
    finish(here)
    assert sorted(here.received()) == sorted([*here.wanted("cats"), *here.wanted("dogs")])


def test_a_second_signal_ends_a_run_at_once(here: Mirror) -> None:
    """Whoever presses Ctrl-C twice does not wait; the state is as safe."""
    here.steer("faults", [{"match": {**UPLOAD, "nth": 3}, "fault": "delay", "seconds": 20}])
    with started(here, "apply", "-y") as process:
        until(lambda: len(here.received()) >= 2)
        process.send_signal(signal.SIGINT)
        begun = time.monotonic()
        while process.poll() is None and time.monotonic() - begun < 5:
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.3)  # as fast as a person presses a key
            process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 130
        assert time.monotonic() - begun < 5
        assert "Traceback" not in process.communicate()[1]
    here.calm()
    finish(here)


def test_of_two_applies_at_once_one_is_told_who_is_at_it(here: Mirror) -> None:
    """The second one exits 5 at once, naming the process that runs, and changes nothing."""
    here.steer("faults", [{"match": {**UPLOAD, "nth": 2}, "fault": "delay", "seconds": 4}])
    with started(here, "apply", "-y") as first:
        until(lambda: len(here.received()) >= 1)
        second = here.run("apply", "-y", code=5)
        assert str(first.pid) in second.stderr
        assert "apply" in second.stderr
        assert str(first.pid) in here.json("status")["holder"]
        here.calm()
        assert first.wait(timeout=30) == 0
    here.check_equal("cats", "dogs")
    assert len(here.received()) == 8


def test_a_paused_run_keeps_its_lock(here: Mirror) -> None:
    """A process that sleeps is not dead: nobody takes over, and when it wakes it finishes."""
    here.steer("faults", [{"match": {**UPLOAD, "nth": 2}, "fault": "delay", "seconds": 1}])
    with started(here, "apply", "-y") as first:
        until(lambda: len(here.received()) >= 1)
        os.kill(first.pid, signal.SIGSTOP)
        here.run("apply", "-y", code=5)
        os.kill(first.pid, signal.SIGCONT)
        assert first.wait(timeout=30) == 0
    here.check_equal("cats", "dogs")


def test_four_runs_that_share_a_ledger_never_overspend(tmp_path: Path) -> None:
    """Four manifests of one account under a small limit: Imgur refuses nothing, and what fitted was done."""
    with mirror(tmp_path, limits=Limits(150, 0, 0, 0)) as here:
        others = [sibling(here, f"other{number}") for number in range(3)]
        for number, other in enumerate(others, 1):
            text = (other.folder / "sync.toml").read_text().replace("k3v9x2mq", f"k3v9x2m{number}")
            (other.folder / "sync.toml").write_text(text)
        # The first words with Imgur teach the shared ledger what the limits are.
        here.run("credits", "--refresh")
        running = [one.place.start("apply", "-y") for one in (here, *others)]
        told = [process.communicate(timeout=60) for process in running]
        codes = [process.returncode for process in running]
        assert not [request for request in here.requests() if request["refused_by"]], told
        # 7: an edit was sent and there was nothing left to read it back with.
        assert set(codes) <= {0, 6, 7}, told
        assert 6 in codes
        spent = here.look("ledger")["credits"]
        assert 100 < spent <= 150
        assert len(here.received()) >= 5

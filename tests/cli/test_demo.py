"""`imgur-sync demo` as a stranger runs it: it shows everything, checks itself, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import re
import resource
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from imgur_sync.cli.demo import Demo
from imgur_sync.cli.demo_stage import opened
from imgur_sync.errors import ImgurSyncError

BARE = {"PATH": os.environ["PATH"], "LANG": "C", "NO_COLOR": "1", "PYTHONIOENCODING": "ascii"}
"""An environment without HOME, whose output cannot show more than ASCII."""


def counting() -> dict[str, str]:
    """What makes a process count its branches, where this one does (tests/branches)."""
    return {name: value for name, value in os.environ.items() if name == "COVERAGE_PROCESS_START"}


@contextlib.contextmanager
def demo(temporary: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """`imgur-sync demo` in a process of its own, in `BARE`; killed if it is still there at the end of the block."""
    with subprocess.Popen(
        [sys.executable, "-m", "imgur_sync", "demo", *options],
        cwd=temporary.parent,
        env={**BARE, **counting(), "TMPDIR": str(temporary)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def read_until(process: subprocess.Popen[str], words: str) -> str:
    """Everything up to and including the first line that holds `words`."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if words in line:
            return "".join(lines)
    raise AssertionError(f"the demo ended without {words!r}:\n{''.join(lines)}")


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """An empty folder for temporary files, which must be empty again at the end."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


def test_the_demo_shows_every_step_and_leaves_nothing_behind(temporary: Path) -> None:
    """Exit code 0; 36 + 5 uploads, none twice; the costs come from the local Imgur; under 15 s."""
    start = resource.getrusage(resource.RUSAGE_CHILDREN)
    before = start.ru_utime + start.ru_stime
    with demo(temporary) as process:
        told, _ = process.communicate()
    assert process.returncode == 0, told
    assert re.findall(r"^(\d)/7 ", told, re.MULTILINE) == list("1234567")
    assert re.findall(r"\$ imgur-sync (.+)", told) == [
        "plan",
        "apply -y",
        "plan",
        "apply -y",
        "plan --detailed-exitcode",
    ]
    assert [int(count) for count in re.findall(r"It cost \d+ credits: (\d+) uploads", told)] == [36, 5]
    assert "0 duplicates among 41 uploads" in told
    assert "37 pictures in 3 albums, equal to the folders by SHA-256 and in their order" in told
    assert len(re.findall(r"http://127\.0\.0\.1:\d+/a/\w+", told)) == 6
    assert re.search(r"Shown in [\d.]+ s", told)
    # Fifteen seconds on a machine that does nothing else: of processor time, which other work does not stretch.
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert used.ru_utime + used.ru_stime - before < 15
    assert "Traceback" not in told
    assert "\x1b" not in told
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(("step", "number", "code"), [("1/7", signal.SIGINT, 130), ("3/7", signal.SIGTERM, 143)])
def test_a_signal_at_any_time_cleans_up(temporary: Path, step: str, number: int, code: int) -> None:
    """The exit code says which signal; folder and server are gone."""
    with demo(temporary) as process:
        told = read_until(process, step)
        assert list(temporary.iterdir())
        process.send_signal(number)
        rest, _ = process.communicate()
    assert process.returncode == code, told + rest
    assert "stopped" in rest
    assert "Traceback" not in rest
    assert list(temporary.iterdir()) == []


def test_keep_leaves_everything_up_until_ctrl_c(temporary: Path) -> None:
    """Albums can be looked at, and commands work in the folder with the environment that it says; then all is gone."""
    with demo(temporary, "--keep") as process:
        told = read_until(process, "Ctrl-C ends it")
        for page in set(re.findall(r"http://127\.0\.0\.1:\d+/a/\w+", told)):
            with urllib.request.urlopen(page, timeout=30) as answer:
                assert b"<img" in answer.read()
        (line,) = re.findall(r"cd .*", told)
        command = f"{line.strip()} --detailed-exitcode"
        assert subprocess.run(["sh", "-c", command], env=BARE, capture_output=True, check=False).returncode == 0
        process.send_signal(signal.SIGINT)
        process.communicate()
    assert process.returncode == 0
    assert list(temporary.iterdir()) == []


def test_a_step_that_fails_is_named() -> None:
    """With a Client-ID that the local Imgur does not know, the first plan ends with 8, and the demo says so."""
    with opened() as stage:
        wrong = {**stage.environment, "IMGUR_SYNC_CLIENT_ID": "nobody"}
        with pytest.raises(ImgurSyncError, match=r"step 2: `imgur-sync plan` ended with exit code 8"):
            Demo(dataclasses.replace(stage, environment=wrong)).play()

"""Ctrl-C and SIGTERM."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest

from imgur_sync.cli.ending import run
from imgur_sync.cli.signals import Stopper, terminable
from imgur_sync.errors import InterruptedRun


def handlers() -> tuple[object, object]:
    """What is installed for SIGINT and SIGTERM."""
    return signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_asks_the_run_to_stop_and_nothing_else(number: signal.Signals) -> None:
    """The handler sets a flag; the code that was interrupted goes on."""
    before, asked = handlers(), list[int]()
    with Stopper(asked.append).watching():
        os.kill(os.getpid(), number)
        assert asked == [number]
    assert handlers() == before


def test_at_a_question_a_signal_ends_the_command() -> None:
    """Nothing is under way then; waiting for an answer would make Ctrl-C useless."""
    asked: list[int] = []
    stopper = Stopper(asked.append)
    with stopper.watching(), stopper.asking(), pytest.raises(InterruptedRun) as caught:
        os.kill(os.getpid(), signal.SIGINT)
    assert caught.value.exit_code == 130
    assert asked == []


def test_a_signal_right_before_a_question_ends_the_command_too() -> None:
    """Nobody is asked whether to begin what was just told to stop."""
    stopper = Stopper(lambda number: None)
    with stopper.watching():
        os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(InterruptedRun) as caught, stopper.asking():
            pytest.fail("the question was put")
    assert caught.value.exit_code == 143


def test_a_command_that_only_reads_ends_at_sigterm() -> None:
    """By an exception, so that what is open is closed; the handler before is put back."""
    before = handlers()
    with pytest.raises(InterruptedRun) as caught, terminable():
        os.kill(os.getpid(), signal.SIGTERM)
    assert caught.value.exit_code == 143
    assert handlers() == before


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_the_second_signal_ends_the_process_at_once(number: signal.Signals, code: int) -> None:
    """Even when the run does not heed the first one."""
    program = (
        "import os, signal, time\n"
        "from imgur_sync.cli.signals import Stopper\n"
        "with Stopper(lambda number: None).watching():\n"
        f"    os.kill(os.getpid(), {number.value})\n"
        f"    os.kill(os.getpid(), {number.value})\n"
        "    print('still here', flush=True)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stdout, done.stderr) == (code, "", "")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_command_line_with_one_word(
    number: signal.Signals, code: int, in_process: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 128 and the signal's number, no traceback."""
    assert run(click.Command("wait", callback=lambda: os.kill(os.getpid(), number)), []) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.strip().startswith("stopped")

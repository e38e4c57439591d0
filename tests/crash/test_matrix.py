"""The crash matrix: killed at its port calls, every run ends in order after the next ones (`python -m tests.crash`)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.crash.scenarios import CASES, WHOLE

ROOT = Path(__file__).parents[2]
SHARES = 2
SAMPLED = 3
SAMPLED_DOUBLES = 2
EVERYTHING = bool(os.environ.get("CRASH_ALL"))


def matrix(*arguments: object) -> dict[str, object]:
    """What `python -m tests.crash share …` says: in a process of its own, since it forks."""
    asked = [sys.executable, "-W", "error", "-m", "tests.crash", "share", *map(str, arguments)]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, encoding="utf-8", check=False, timeout=3000)
    assert done.returncode == 0, done.stderr
    told: dict[str, object] = json.loads(done.stdout)
    return told


@pytest.mark.timeout(3000)
@pytest.mark.parametrize("number", range(SHARES))
@pytest.mark.parametrize(("name", "mode"), WHOLE)
def test_a_kill_at_every_port_call(name: str, mode: str, number: int) -> None:
    """Also with the requests that were under way arriving at once, or late."""
    told = matrix(name, mode, "--number", number, "--of", SHARES, *([] if EVERYTHING else ["--spare"]))
    assert told["failures"] == []
    assert int(str(told["kills"])) * 3 >= int(str(told["hits"])) // SHARES > 10


@pytest.mark.timeout(3000)
@pytest.mark.parametrize(("name", "mode"), CASES)
def test_a_sample_of_kills_with_a_second_one_in_the_recovery(name: str, mode: str) -> None:
    """Drawn by the commit; all of them with CRASH_ALL."""
    share = ["--doubles", 5] if EVERYTHING else ["--doubles", SAMPLED_DOUBLES, "--sample", SAMPLED]
    told = matrix(name, mode, *share)
    assert told["failures"] == []
    assert int(str(told["kills"])) >= SAMPLED


def test_the_matrix_notices_a_state_that_forgets() -> None:
    """Without an account nothing but the state tells what is up: a program whose records do not survive the kill does
    not put its albums in order, and the matrix says so. With one, the names of pictures tell it whose they are."""
    told = matrix("replace", "nobody", "--number", 0, "--of", 8, "--planted", "forgetful state")
    assert any("I2" in failure for failure in list(told["failures"])), told  # type: ignore[call-overload]


def test_the_matrix_notices_a_ledger_that_forgets() -> None:
    """A ledger whose reservations do not survive the kill holds less than Imgur charged."""
    told = matrix("replace", "account", "--number", 99, "--of", 160, "--planted", "forgetful ledger")
    assert any("I1" in failure for failure in list(told["failures"])), told  # type: ignore[call-overload]

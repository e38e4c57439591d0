"""Which seeds a test run plays: `python -m tests.simulation.seeding` tells."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

SEEDS = int(os.environ.get("SIMULATION_SEEDS", "1000"))
FIXED = 20_000
COMMIT = "commit"
DIGITS = 6
CHOSEN = str(FIXED)
"""What is played where SIMULATION_FROM says nothing: a number, or COMMIT once some thousand new seeds in a row hold."""


def first_seed(chosen: str) -> int:
    """The seed to begin with: the number given, or with COMMIT one that the commit decides (without git, FIXED)."""
    if chosen != COMMIT:
        return int(chosen, 0)
    commit = _commit(Path(__file__).parent)
    return int(commit[:DIGITS], 16) if commit else FIXED


def chosen() -> str:
    """What SIMULATION_FROM says, or what is played without it."""
    return os.environ.get("SIMULATION_FROM") or CHOSEN


def told(first: int) -> str:
    """One sentence: which seeds these are, and how to play them again."""
    return f"seeds {first} to {first + SEEDS - 1}; again: SIMULATION_FROM={first} SIMULATION_SEEDS={SEEDS}"


def _commit(folder: Path) -> str:
    """The commit that is checked out, in hex; "" where there is no git, or no repository."""
    command = ["git", "-C", str(folder), "rev-parse", "HEAD"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


if __name__ == "__main__":
    print(told(first_seed(chosen())))

"""Which seeds a test run plays: `python -m tests.simulation.seeding` tells."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

SEEDS = int(os.environ.get("SIMULATION_SEEDS", "1000"))
COMMIT, NEW = "commit", "new"
DIGITS = 6
FIXED, WINDOW, WINDOWS = 200_000, 1_000, 10
"""The commit chooses one of these windows. All their seeds were played, and what broke was mended: what breaks in one
now was broken by a change. NEW ones, which nobody ever played, are for hunting."""


def first_seed(chosen: str) -> int:
    """The seed to begin with: the number given, or one that the commit decides (without git, FIXED)."""
    if chosen not in (COMMIT, NEW):
        return int(chosen, 0)
    commit = _commit(Path(__file__).parent)
    if not commit:
        return FIXED
    drawn = int(commit[:DIGITS], 16)
    return drawn if chosen == NEW else FIXED + WINDOW * (drawn % WINDOWS)


def chosen() -> str:
    """What SIMULATION_FROM says, or what is played without it."""
    return os.environ.get("SIMULATION_FROM") or COMMIT


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

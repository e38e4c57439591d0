"""Months of a daemon: `python -m tests.watch [SEED…] [--from SEED] [--seeds N] [--days D] [--pictures N]`."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.watch.judging import Month, month


def figures(found: Month) -> str:
    """What a month came to, for people."""
    looks = f"{found.looking:.0f} credits a day for looks (changes on Imgur: at most {found.drift})"
    rest = f"{found.uploads} uploads, {found.starts} starts, {sum(found.acts.values())} acts"
    return f"{found.passes} passes, {found.wakes:.0f} wake-ups a day, {looks}, {rest}"


def main() -> int:
    """Live with each seed, and tell what became of it; 1 where something broke."""
    parser = argparse.ArgumentParser(prog="python -m tests.watch")
    parser.add_argument("seed", nargs="*", type=int)
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--pictures", type=int, default=300)
    asked = parser.parse_args()
    bad = 0
    for seed in asked.seed or range(asked.first, asked.first + asked.seeds):
        began = time.process_time()
        with tempfile.TemporaryDirectory() as folder:
            found = month(Path(folder), seed, days=asked.days, pictures=asked.pictures)
        bad += bool(found.broken)
        told = "BROKEN" if found.broken else "held"
        print(f"seed {seed}: {told}; {figures(found)}; {time.process_time() - began:.0f} s", flush=True)
        for line in found.broken[:12]:
            print("   ", line, flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

"""`python -m tests.simulation`: plays many seeds, or one again."""

from __future__ import annotations

import argparse
import sys
import time

from tests.simulation.drawing import draw
from tests.simulation.playing import perform


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run")
    run.add_argument("--seeds", type=int, default=100)
    run.add_argument("--from", dest="first", type=lambda t: int(t, 0), default=1)
    again = commands.add_parser("replay")
    again.add_argument("--seed", type=lambda t: int(t, 0), required=True)
    again.add_argument("--all", action="store_true")
    given = parser.parse_args()
    if given.command == "replay":
        verdict = perform(draw(given.seed), keep_trace=given.all)
        print("\n".join(verdict.last))
        print(verdict.trace, verdict.invariant, verdict.what)
        return 0 if verdict.held else 1
    began = time.process_time()
    bad = 0
    for seed in range(given.first, given.first + given.seeds):
        verdict = perform(draw(seed))
        if not verdict.held:
            bad += 1
            print(hex(seed), verdict.invariant, verdict.what[:600], flush=True)
    spent = time.process_time() - began
    print(f"{given.seeds} seeds, {bad} bad, {given.seeds / spent:.2f} seeds/s of CPU")
    return 1 if bad else 0


sys.exit(main())

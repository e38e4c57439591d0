"""`python -m tests.simulation`: plays many seeds, or one history again."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path

from tests.simulation.coverage import LEAST, rare, table
from tests.simulation.drawing import PLAIN, PROFILES, draw
from tests.simulation.playing import perform
from tests.simulation.running import Tally, directed, many


def number(text: str) -> int:
    """A number, also in hex."""
    return int(text, 0)


def main() -> int:
    """The command line; exits 1 where an invariant broke."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="play many seeds")
    run.add_argument("--seeds", type=int, default=1000)
    run.add_argument("--from", dest="first", type=number, default=1)
    run.add_argument("--minutes", type=float, default=0.0, help="stop after so long")
    run.add_argument("--jobs", type=int, default=1)
    run.add_argument("--shrink", type=float, default=60.0, help="seconds for each failure; 0 = none")
    run.add_argument("--least", type=int, default=LEAST, help="how often each kind of fault must strike")
    again = commands.add_parser("replay", help="play one again and show its trace")
    again.add_argument("--seed", type=number)
    for command in (run, again):
        command.add_argument("--profile", choices=PROFILES, default=PLAIN, help="which faults are drawn")
    again.add_argument("--file", type=Path, help="a regression")
    again.add_argument("--expect", default="", help="the hash that the trace must have")
    given = parser.parse_args()
    return play_many(given) if given.command == "run" else replay(given)


def replay(given: argparse.Namespace) -> int:
    """One history, with its whole trace."""
    history = json.loads(given.file.read_text(encoding="utf-8")) if given.file else draw(given.seed, given.profile)
    verdict = perform(history, keep_trace=True)
    print("\n".join(verdict.last))
    print(f"trace {verdict.trace}")
    if given.expect and given.expect != verdict.trace:
        print(f"the trace should be {given.expect}: the program, the generator or the simulator changed since")
    if not verdict.held:
        print(f"{verdict.invariant}: {verdict.what}")
    return 0 if verdict.held and given.expect in ("", verdict.trace) else 1


def play_many(given: argparse.Namespace) -> int:
    """Seeds and figures."""
    began, tally, extra = time.monotonic(), Tally(), Counter[str]()
    until = began + 60 * given.minutes if given.minutes else 0.0
    seeds = range(given.first, given.first + (given.seeds if not given.minutes else 10**9))
    for _, verdict, told in many(seeds, jobs=given.jobs, seconds=given.shrink, until=until, profile=given.profile):
        tally.add(verdict, told)
        if told:
            print(told, flush=True)
        if tally.seeds % 500 == 0:
            print(f"{tally.seeds} seeds, {len(tally.failures)} failures", flush=True)
    if given.profile == PLAIN and not given.minutes:
        for number, _, told in directed(tally, given.least, given.first, jobs=given.jobs, seconds=given.shrink):
            extra[number] += 1
            if told:
                print(told, flush=True)
    spent = time.monotonic() - began
    if extra:
        print(f"directed seeds: {dict(extra)}")
    print("\n".join(table(tally.struck)))
    print(f"{tally.seeds} seeds in {spent:.0f} s, {tally.seeds / spent:.2f} a second; {dict(tally.counts)}")
    print(f"{len(tally.failures)} failures")
    missing = rare(tally.struck, given.least) if given.profile == PLAIN else []
    if missing:
        print(f"struck less than {given.least} times: {', '.join(missing)}")
    return 1 if tally.failures or missing else 0


if __name__ == "__main__":
    sys.exit(main())

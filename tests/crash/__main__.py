"""The crash matrix on demand: `python -m tests.crash run` (everything), `… one SCENARIO MODE HIT` (one cell again)."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.crash.matrix import LANDINGS, NEAR, Cell
from tests.crash.scenarios import CASES
from tests.crash.sweep import sweep_all


def run(arguments: argparse.Namespace) -> int:
    """Every hit of every scenario (or of those named), and the table."""
    began = time.monotonic()
    cases = [case for case in CASES if not arguments.scenario or case[0] in arguments.scenario]
    print(f"{'scenario':<18}{'mode':<9}{'hits':>6}{'kills':>7}{'landed':>8}{'double':>8}{'failures':>10}")
    sums, failures = [0, 0, 0], []
    for name, mode, tally in sweep_all(cases, doubles=arguments.doubles, jobs=arguments.jobs):
        figures = f"{tally.hits:>6}{tally.kills:>7}{tally.landings:>8}{tally.doubles:>8}{len(tally.failures):>10}"
        print(f"{name:<18}{mode:<9}{figures}", flush=True)
        for failure in tally.failures[:10]:
            print(f"  {failure}", flush=True)
        failures += tally.failures
        sums = [a + b for a, b in zip(sums, (tally.kills, tally.landings, tally.doubles), strict=True)]
    print(f"{sums[0]} kills, {sums[1]} with requests that arrived after it, {sums[2]} double kills, ", end="")
    print(f"{len(failures)} failures, {time.monotonic() - began:.0f} s")
    return 1 if failures else 0


def one(arguments: argparse.Namespace) -> int:
    """One cell, with all that there is to say about it."""
    with tempfile.TemporaryDirectory(prefix="crash-") as base:
        cell = Cell(Path(base), arguments.name, arguments.mode)
        verdict = cell.one(arguments.hit, arguments.landing, arguments.second)
        cell.close()
    around = cell.reference.trail[max(0, arguments.hit - 6) : arguments.hit]
    print("\n".join([*around, f"killed: {verdict.kills}", *verdict.broken]))
    return 1 if verdict.broken else 0


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    commands = parser.add_subparsers(required=True)
    every = commands.add_parser("run", help="every hit of every scenario")
    every.add_argument("scenario", nargs="*")
    every.add_argument("--doubles", type=int, default=NEAR, help="second kills for each kill")
    every.add_argument("--jobs", type=int, default=2)
    every.set_defaults(work=run)
    single = commands.add_parser("one", help="one kill again")
    single.add_argument("name")
    single.add_argument("mode", choices=["account", "nobody"])
    single.add_argument("hit", type=int)
    single.add_argument("--second", type=int, default=0)
    single.add_argument("--landing", choices=["lost", *LANDINGS], default="lost")
    single.set_defaults(work=one)
    arguments = parser.parse_args()
    return int(arguments.work(arguments))


if __name__ == "__main__":
    sys.exit(main())

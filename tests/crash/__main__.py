"""The crash matrix on demand: `python -m tests.crash run` (everything), `… one SCENARIO MODE HIT` (one cell again)."""

from __future__ import annotations

import argparse
import dataclasses
import json
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.crash.matrix import LANDINGS, NEAR, Cell
from tests.crash.real import Strike, every, yard
from tests.crash.scenarios import CASES
from tests.crash.sweep import share, sweep_all


def run(arguments: argparse.Namespace) -> int:
    """Every hit of every scenario (or of those named), and the table."""
    began = time.monotonic()
    cases = [case for case in CASES if not arguments.scenario or case[0] in arguments.scenario]
    cases = [case for case in cases if arguments.mode in ("", case[1])]
    print(f"{'scenario':<18}{'mode':<9}{'hits':>6}{'kills':>7}{'landed':>8}{'double':>8}{'failures':>10}")
    sums, failures = [0, 0, 0], []
    for name, mode, tally in sweep_all(cases, doubles=arguments.doubles, jobs=arguments.jobs, spare=arguments.spare):
        figures = f"{tally.hits:>6}{tally.kills:>7}{tally.landings:>8}{tally.doubles:>8}{len(tally.failures):>10}"
        print(f"{name:<18}{mode:<9}{figures}", flush=True)
        for failure in tally.failures[:10]:
            print(f"  {failure}", flush=True)
        failures += tally.failures
        sums = [a + b for a, b in zip(sums, (tally.kills, tally.landings, tally.doubles), strict=True)]
    print(f"{sums[0]} kills, {sums[1]} with requests that arrived after it, {sums[2]} double kills, ", end="")
    print(f"{len(failures)} failures, {time.monotonic() - began:.0f} s")
    return 1 if failures else 0


def part(arguments: argparse.Namespace) -> int:
    """A share or a sample of one scenario, as JSON."""
    given = (arguments.number, arguments.of, arguments.doubles, arguments.sample, arguments.planted)
    print(json.dumps(dataclasses.asdict(share(arguments.name, arguments.mode, *given, spare=arguments.spare))))
    return 0


def strike(arguments: argparse.Namespace) -> int:
    """One real process, struck once."""
    given = (arguments.effect, arguments.lasting, arguments.cut, arguments.place)
    wanted = Strike(arguments.call, arguments.when, *given)
    with tempfile.TemporaryDirectory(prefix="crash-") as base, yard(Path(base), Path(base) / "compiled") as here:
        if not arguments.first:
            here.clean()
            here.change()
        result = here.strike(wanted, random.Random(arguments.when))
    print(f"struck: {result.struck}, exit {result.code}", *result.broken, sep="\n")
    return 1 if result.broken else 0


def real(arguments: argparse.Namespace) -> int:
    """Every call of a run, killed and refused, in `of` shares of which this is one."""
    with tempfile.TemporaryDirectory(prefix="crash-") as base, yard(Path(base), Path(base) / "compiled") as here:
        here.clean()
        here.change()
        here.clean()
        tally: Counter[str] = Counter()
        for number, wanted in enumerate(every(here.counts)):
            if number % arguments.of != arguments.number:
                continue
            here.change()
            result = here.strike(wanted, random.Random(number))
            kind = "killed" if wanted.effect == "KILL" else "refused"
            tally[f"{kind}{'' if result.struck else ' (never reached)'}"] += 1
            tally["failures"] += bool(result.broken)
            for broken in result.broken:
                print(f"{wanted.told()}: {broken}", flush=True)
            if number % 20 < arguments.of:
                print(number, dict(tally), flush=True)
    print(dict(tally))
    return 1 if tally["failures"] else 0


def one(arguments: argparse.Namespace) -> int:
    """One cell, with all that there is to say about it."""
    with tempfile.TemporaryDirectory(prefix="crash-") as base:
        cell = Cell(Path(base), arguments.name, arguments.mode)
        verdict = cell.one(arguments.hit, arguments.landing, arguments.second)
        cell.close()
    around = cell.reference.trail[max(0, arguments.hit - 6) : arguments.hit]
    print("\n".join([*around, f"killed: {verdict.kills}", *verdict.broken]))
    return 1 if verdict.broken else 0


def _more(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The commands for tests, and for real processes."""
    piece = commands.add_parser("share", help="a share or a sample of one scenario, as JSON")
    piece.add_argument("name")
    piece.add_argument("mode", choices=["account", "nobody"])
    for name, value in (("number", 0), ("of", 1), ("doubles", 0), ("sample", 0)):
        piece.add_argument(f"--{name}", type=int, default=value)
    piece.add_argument("--planted", default="")
    piece.add_argument("--spare", action="store_true", help="not after a call, only before the next one")
    piece.set_defaults(work=part)
    process = commands.add_parser("strike", help="one real process, struck at a system call")
    process.add_argument("call")
    process.add_argument("when", type=int)
    process.add_argument("--effect", default="KILL")
    process.add_argument("--lasting", action="store_true")
    process.add_argument("--cut", choices=["clean", "torn"], default="")
    process.add_argument("--place", default="", help="only at this file, relative to the mirror")
    process.add_argument("--first", action="store_true", help="strike the very first run")
    process.set_defaults(work=strike)
    all_of_it = commands.add_parser("real", help="real processes, struck at every system call")
    all_of_it.add_argument("--number", type=int, default=0)
    all_of_it.add_argument("--of", type=int, default=1)
    all_of_it.set_defaults(work=real)


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    commands = parser.add_subparsers(required=True)
    whole = commands.add_parser("run", help="every hit of every scenario")
    whole.add_argument("scenario", nargs="*")
    whole.add_argument("--mode", choices=["account", "nobody"], default="")
    whole.add_argument("--doubles", type=int, default=NEAR, help="second kills for each kill")
    whole.add_argument("--jobs", type=int, default=2)
    whole.add_argument("--spare", action="store_true", help="not after a call, only before the next one")
    whole.set_defaults(work=run)
    single = commands.add_parser("one", help="one kill again")
    single.add_argument("name")
    single.add_argument("mode", choices=["account", "nobody"])
    single.add_argument("hit", type=int)
    single.add_argument("--second", type=int, default=0)
    single.add_argument("--landing", choices=["lost", *LANDINGS], default="lost")
    single.set_defaults(work=one)
    _more(commands)
    arguments = parser.parse_args()
    return int(arguments.work(arguments))


if __name__ == "__main__":
    sys.exit(main())

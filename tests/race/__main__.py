"""The race on demand: `python -m tests.race race --rounds 100 --seed 1`; `… round SEED/NUMBER` repeats one of them."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections import Counter

from tests.race.playing import play


def race(arguments: argparse.Namespace) -> int:
    """Rounds one after the other, what happened in them, and what broke; the table also when it is stopped."""
    began, seen, broken, done = time.monotonic(), Counter[str](), 0, 0
    try:
        for number in range(arguments.first, arguments.first + arguments.rounds):
            played = play(f"{arguments.seed}/{number}")
            seen, broken, done = seen + played.seen, broken + bool(played.broken), done + 1
            if played.broken:
                print(played.told(), flush=True)
            elif done % 10 == 0:
                print(f"{done} rounds, {broken} broken", flush=True)
    finally:
        for kind, count in sorted(seen.items()):
            print(f"{kind:<32}{count:>6}")
        print(f"{done} rounds, {broken} broken, {time.monotonic() - began:.0f} s")
    return 1 if broken else 0


def one(arguments: argparse.Namespace) -> int:
    """One round again."""
    played = play(arguments.seed)
    print(played.told(), *(f"{kind:<32}{count:>6}" for kind, count in sorted(played.seen.items())), sep="\n")
    return 1 if played.broken else 0


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.race")
    commands = parser.add_subparsers(required=True)
    many = commands.add_parser("race")
    many.add_argument("--rounds", type=int, default=100)
    many.add_argument("--seed", type=int, default=1)
    many.add_argument("--first", type=int, default=0, help="the number of the first round")
    many.set_defaults(do=race)
    again = commands.add_parser("round")
    again.add_argument("seed", metavar="SEED/NUMBER")
    again.set_defaults(do=one)
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that no machine is left behind, frozen
    return int(arguments.do(arguments))


if __name__ == "__main__":
    sys.exit(main())

"""Which branches the suite takes: `python -m tests.branches run`, or `check FOLDER` (what a run left there).

Exits with 1 where the limit of an area is not met, and names what was not taken; with 2 if there is nothing to read.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.branches.measuring import INTO, LEFT_OUT, MEASURED, ROOT
from tests.branches.reading import NothingCounted, counted, table, tallies


def check(folder: Path, *, everything: bool = False) -> int:
    """Print the table, and what was missed in the areas whose limit is not met, or in all of them."""
    try:
        found = tallies(counted(folder))
    except NothingCounted as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join(table(found)))
    for one in found:
        if one.missed and (everything or not one.kept):
            print(f"\n{one.area.name}: not taken", *one.missed, sep="\n  ")
    return 0 if all(one.kept for one in found) else 1


def run(arguments: argparse.Namespace) -> int:
    """Run the tests that are counted, and check."""
    with tempfile.TemporaryDirectory(prefix="branches-") as made:
        left_out = [word for place in sorted(LEFT_OUT) for word in ("--deselect", place)]
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *MEASURED, *left_out]
        ended = subprocess.run(command, cwd=ROOT, env={**os.environ, INTO: made}, check=False)
        return ended.returncode or check(Path(made), everything=arguments.all)


def main() -> int:
    """Take the command line apart."""
    parser = argparse.ArgumentParser(prog="python -m tests.branches", description=__doc__.splitlines()[0])
    parser.add_argument("--all", action="store_true", help="name what was missed also where the limit is met")
    commands = parser.add_subparsers(required=True)
    commands.add_parser("run", help="run what is counted, and check").set_defaults(act=run)
    checking = commands.add_parser("check", help="check what a run with BRANCHES_INTO=FOLDER left")
    checking.add_argument("folder", type=Path)
    checking.set_defaults(act=lambda arguments: check(arguments.folder, everything=arguments.all))
    arguments = parser.parse_args()
    return int(arguments.act(arguments))


if __name__ == "__main__":
    raise SystemExit(main())

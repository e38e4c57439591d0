"""`python -m tests.simulation.planted [NAME…]`: plants each bug and tells after how many seeds it is caught.

Writes down which seed caught it; tests/simulation/test_planted_bugs.py plays that one again.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.simulation.planted import recorded
from tests.simulation.planted.directed import DIRECTED, failure
from tests.simulation.planted.hunting import BY_SEEDS, Catch, hunt
from tests.simulation.planted.listed import forgotten


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.planted", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[[], *BY_SEEDS, *DIRECTED])
    parser.add_argument("--seeds", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()
    names = given.names or [*BY_SEEDS, *DIRECTED]
    assert not forgotten(), forgotten()
    found, missed = {}, []
    for name, catch in _hunted([name for name in names if name in BY_SEEDS], given.seeds, given.jobs):
        if catch is None:
            missed.append(name)
            _tell(name, "not caught", f"{given.seeds} seeds", "")
            continue
        found[name] = catch
        _tell(name, f"after {catch.tried} seeds", f"{catch.invariant} (seed {catch.seed})", f"{catch.seconds:.1f} s")
    recorded.keep(found)
    missed += [name for name in names if name in DIRECTED and not _checked(name)]
    print(f"{len(names) - len(missed)} of {len(names)} bugs are caught")
    return 1 if missed else 0


def _hunted(names: list[str], seeds: int, jobs: int) -> Iterator[tuple[str, Catch | None]]:
    with ProcessPoolExecutor(jobs, max_tasks_per_child=None) as pool:
        for name, work in [(name, pool.submit(_hunt, name, seeds)) for name in names]:
            yield name, work.result()


def _hunt(name: str, seeds: int) -> Catch | None:
    return hunt(BY_SEEDS[name], range(seeds))


def _checked(name: str) -> bool:
    """Whether the check of that bug fails with it and passes without."""
    one, began = DIRECTED[name], time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="imgur-sync-planted-") as folder:
        caught = failure(one, Path(folder) / "with", planted=True)
        clean = failure(one, Path(folder) / "without", planted=False)
    fine = bool(caught) and not clean
    what = "by a check" if fine else f"fails without the bug: {clean}" if clean else "not caught"
    _tell(name, what, one.called, f"{time.perf_counter() - began:.1f} s")
    return fine


def _tell(*columns: str) -> None:
    print(f"{columns[0]:<36} {columns[1]:<18} {columns[2]} {columns[3]}", flush=True)


if __name__ == "__main__":
    sys.exit(main())

"""`python -m tests.benchmarks [all|plan|review|upload|start|watch|simulator] [--quick] [--json FILE]`."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from tests.benchmarks import (
    bench_plan,
    bench_review,
    bench_simulator,
    bench_start,
    bench_upload,
    bench_watch,
    goals,
    machine,
)
from tests.benchmarks.harness import compile_package
from tests.benchmarks.report import Report

BENCHES = ("plan", "review", "upload", "start", "watch", "simulator")


def main() -> None:
    """Measure what was asked for; JSON lines to a file, a table of the goals to stdout."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks", description="Measure imgur-sync beside its peers."
    )
    parser.add_argument("bench", nargs="?", choices=("all", *BENCHES), default="all")
    parser.add_argument("--quick", action="store_true", help="small sizes: shows that everything runs, not figures")
    parser.add_argument("--million", action="store_true", help="also plan a million files (some minutes and 10 GB)")
    parser.add_argument("--rounds", type=int, default=5, help="measured runs of each command (default 5)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures as JSON lines")
    parser.add_argument("--work", type=Path, metavar="DIR", help="keep trees there, and use those that are there")
    parser.add_argument("--imgurpython", metavar="PYTHON", default="", help="a Python that has imgurpython")
    given = parser.parse_args()
    rounds = 2 if given.quick else given.rounds
    report = Report()
    compile_package()
    report.machine(machine.description())
    with tempfile.TemporaryDirectory(prefix="imgur-sync-bench-") as temporary:
        work = (given.work or Path(temporary)).absolute()
        work.mkdir(parents=True, exist_ok=True)
        wanted = BENCHES if given.bench == "all" else (given.bench,)
        if "start" in wanted:
            bench_start.measure(report, work, rounds=rounds, quick=given.quick)
        if "plan" in wanted:
            bench_plan.measure(report, work, rounds=rounds, quick=given.quick, million=given.million)
        if "review" in wanted:
            bench_review.measure(report, work, rounds=rounds, quick=given.quick)
        if "upload" in wanted:
            bench_upload.measure(report, work, rounds=rounds, quick=given.quick, imgurpython=given.imgurpython)
        if "simulator" in wanted:
            bench_simulator.measure(report, work, rounds=rounds, quick=given.quick)
        if "watch" in wanted:
            bench_watch.measure(report, work, rounds=rounds, quick=given.quick)
    print(goals.table(report.results))
    if given.json is not None:
        report.write(given.json)


if __name__ == "__main__":
    main()

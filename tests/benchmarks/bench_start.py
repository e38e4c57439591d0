"""How long it takes to start (S1, S3): `--version`, `--help`, and a plan of 100 unchanged files."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from tests.benchmarks.harness import PYTHON, Command, environment, imgur_sync, interleaved, run, script
from tests.benchmarks.report import Report

FILES = 100
TOP = 15
LINE = re.compile(r"import time:\s+(\d+) \|\s+(\d+) \|\s+(\S+)")


def measure(report: Report, work: Path, *, rounds: int, quick: bool) -> None:
    """Measure starts beside those of a bare Python and of one that imports click and nothing else."""
    report.tell(f"\nstart: {FILES} files")
    base = work / "start"
    run(Command("prepare", script("prepared", str(base), str(FILES), "albums"), work))
    plan = imgur_sync("plan", "--offline")
    commands = [
        Command("python -c pass", (PYTHON, "-c", "pass"), base),
        Command("python -c 'import click'", (PYTHON, "-c", "import click"), base),
        Command("imgur-sync --version", imgur_sync("--version"), base),
        Command("imgur-sync --help", imgur_sync("--help"), base),
        Command("imgur-sync plan --offline", plan, base),
    ]
    found = interleaved(commands, rounds if quick else max(rounds, 15), report.tell)
    report.figures("start", found.values(), files=FILES)
    bare = found["python -c pass"].cpu
    report.goal("S1v", found["imgur-sync --version"].cpu / bare)
    report.goal("S1h", found["imgur-sync --help"].cpu / bare)
    report.goal("S3", found["imgur-sync plan --offline"].cpu / bare)
    top = slowest_imports(base, "-m", "imgur_sync", "plan", "--offline")
    report.rows.append({"kind": "imports", "command": "plan --offline", "top": top})
    report.tell(f"slowest imports of plan --offline, in ms without what they import ({TOP} of all):")
    report.tell("  ".join(f"{name} {milliseconds:.1f}" for name, milliseconds in top))


def slowest_imports(base: Path, *arguments: str) -> list[tuple[str, float]]:
    """The modules whose own code takes longest to import, by `python -X importtime`."""
    shown = subprocess.run(
        (PYTHON, "-X", "importtime", *arguments), cwd=base, env=environment(), capture_output=True, text=True
    )
    found = [(match[3], int(match[1]) / 1000) for match in LINE.finditer(shown.stderr)]
    return sorted(found, key=lambda pair: -pair[1])[:TOP]

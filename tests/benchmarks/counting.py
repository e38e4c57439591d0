"""The content that one `plan --offline` reads: `python -m tests.benchmarks.counting BASE` prints it as JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from imgur_sync.cli.session import Session
from imgur_sync.cli.wiring import planning
from imgur_sync.executor import Options, make_plan
from imgur_sync.model.event import Hashing, Planned
from imgur_sync.model.plan import Plan


def offline_plan(base: Path) -> tuple[Plan, int]:
    """The plan of the manifest in `base`, made as `plan --offline` makes it, and the content bytes read for it."""
    read = 0
    plan: Plan | None = None
    with planning(Session(file=str(base / "sync.toml")), Options(offline=True), max_credits=None) as bench:
        for event in make_plan(bench.ports, bench.manifest, bench.options):
            if isinstance(event, Hashing):
                read += event.bytes
            elif isinstance(event, Planned):
                plan = event.plan
    assert plan is not None, "the last event of a plan is the plan"
    return plan, read


def count(base: Path) -> dict[str, int]:
    """The content bytes that a plan reads, and how often a picture is opened, by what the interpreter itself tells.

    The count of opens shows a read that nobody reports. It goes on for as long as the process lives.
    """
    opened = 0

    def heed(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal opened
        if event == "open" and isinstance(arguments[0], str) and arguments[0].endswith(".png"):
            opened += 1

    sys.addaudithook(heed)
    _, read = offline_plan(base)
    return {"read": read, "opened": opened}


if __name__ == "__main__":
    print(json.dumps(count(Path(sys.argv[1]))))

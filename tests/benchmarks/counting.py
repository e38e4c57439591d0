"""The content that one `plan --offline` reads: `python -m tests.benchmarks.counting BASE` prints it as JSON.

`read` are the bytes that the scan reports as read; `opened` counts the opens of pictures that the interpreter itself
saw, so that a read which nobody reports would show.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path

from imgur_sync.cli.session import Session
from imgur_sync.cli.wiring import planning
from imgur_sync.executor import Options, make_plan
from imgur_sync.model.event import Hashing


def count(base: Path) -> dict[str, int]:
    """Plan the manifest of `base`, which becomes the current directory; returns the counts."""
    opened = 0

    def heed(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal opened
        if event == "open" and isinstance(arguments[0], str) and arguments[0].endswith(".png"):
            opened += 1

    os.chdir(base)
    sys.addaudithook(heed)
    read = 0
    with contextlib.ExitStack() as stack:
        bench = stack.enter_context(planning(Session(), Options(offline=True), max_credits=None))
        for event in make_plan(bench.ports, bench.manifest, bench.options):
            if isinstance(event, Hashing):
                read += event.bytes
    return {"read": read, "opened": opened}


if __name__ == "__main__":
    print(json.dumps(count(Path(sys.argv[1]))))

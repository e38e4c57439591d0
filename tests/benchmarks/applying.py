"""One real run, clocked from inside: `python -m tests.benchmarks.applying BASE RESULT` writes figures as JSON.

The implementations are those of the command line, the run is the executor's; only the display is left out. Where there
is no state an empty one is begun, so that nothing is looked for on Imgur that an earlier state may have left there.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from imgur_sync.cli.manifests import load_manifest
from imgur_sync.cli.session import Session
from imgur_sync.cli.wiring import applying
from imgur_sync.executor import Options, apply
from imgur_sync.model.event import RunFinished, UploadDone, UploadStarted
from imgur_sync.state.store import open_store


def run(base: Path) -> dict[str, Any]:
    """Apply the manifest of `base`.

    `wall` and `cpu` are those between the start of the first upload and the end of the last, all threads together;
    `in_flight_bytes` is the most that was under way at once.
    """
    command_line = Session(file=str(base / "sync.toml"))
    manifest = load_manifest(command_line)
    open_store(manifest.state_path, lineage=manifest.lineage, create=True).close()
    marks: list[tuple[float, float]] = []
    size = {"now": 0, "most": 0}
    with applying(command_line, Options(), max_credits=None, adopt=lambda fresh: None) as bench:
        for event in apply(bench.ports, bench.writer, bench.manifest, bench.options, lambda plan: True):
            if isinstance(event, UploadStarted):
                size["now"] += event.size
                size["most"] = max(size["most"], size["now"])
            elif isinstance(event, UploadDone):
                size["now"] -= event.size
            if isinstance(event, UploadStarted | UploadDone):
                marks.append((time.perf_counter(), time.process_time()))
    assert isinstance(event, RunFinished)
    return {
        "codes": [code.value for code in event.codes],
        "uploaded": event.uploaded,
        "bytes": event.uploaded_bytes,
        "credits": event.credits,
        "wall": marks[-1][0] - marks[0][0] if marks else 0.0,
        "cpu": marks[-1][1] - marks[0][1] if marks else 0.0,
        "in_flight_bytes": size["most"],
    }


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(json.dumps(run(Path(sys.argv[1]))), encoding="utf-8")

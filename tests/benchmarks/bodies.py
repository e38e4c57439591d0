"""What uploads put on the wire, counted exactly: `python -m tests.benchmarks.bodies WORK FILES SIZE` prints JSON.

A real run against a local Imgur in this process, through a transport that counts the bytes of every body.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import httpx

from imgur_sync.state.store import open_store
from tests.support.pictures import png
from tests.support.sync_stage import LINEAGE, SyncStage
from tests.support.wsgi import InProcess

UPLOADS = ("/3/upload", "/3/image")


class Weighing(InProcess):
    """Counts the bytes of the bodies of uploads."""

    def __init__(self, inner: InProcess) -> None:
        super().__init__(inner.app)
        self.bytes = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The app's reply."""
        if request.method == "POST" and request.url.path in UPLOADS:
            self.bytes += len(request.read())
        return super().handle_request(request)


def count(stage: SyncStage, files: int, size: int) -> dict[str, int]:
    """Upload so many files of about that size; the bytes of the files, of the bodies, and the credits spent.

    The state is there and empty, so that nothing is looked for on Imgur that an earlier one may have left there.
    """
    open_store(stage.manifest().state_path, lineage=LINEAGE, create=True).close()
    stage.wire = wire = Weighing(stage.wire)
    root = stage.album("all")
    total = 0
    for seed in range(files):
        data = png(seed=seed, pad=size - 150)
        (root / f"{seed:04}.png").write_bytes(data)
        total += len(data)
    run = stage.apply()
    assert [code.value for code in run.codes] == [0], run.codes
    requests = stage.look("history")["requests"]
    return {
        "file_bytes": total,
        "body_bytes": wire.bytes,
        "write_credits": sum(request["credits"] for request in requests if request["method"] != "GET"),
        "read_credits": sum(request["credits"] for request in requests if request["method"] == "GET"),
        "least_write_credits": 10 * files + 2,
        "charged": run.credits,
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(dir=Path(sys.argv[1])) as folder, SyncStage(Path(folder)) as stage:
        print(json.dumps(count(stage, int(sys.argv[2]), int(sys.argv[3]))))

"""The requests of a no-op plan: `python -m tests.benchmarks.calls WORK ALBUMS` prints them as JSON.

Albums of one picture each are really synced, to a local Imgur in this process; then one plan is made, and one offline.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from tests.support.sync_stage import SyncStage

HEADERS = 50
"""Albums that Imgur is documented to put on a page."""


def count(stage: SyncStage, albums: int, pictures: int = 1) -> dict[str, int]:
    """Sync so many albums of so many pictures, then count what no-op plans send."""
    seed = 0
    for number in range(albums):
        key = f"a{number:04}"
        stage.album(key)
        for _ in range(pictures):
            stage.put(key, f"{seed:06}.png", seed)
            seed += 1
    run = stage.apply()
    assert [code.value for code in run.codes] == [0], run.codes
    online, plan = _sent(stage), stage.plan()
    assert plan.settled, "a plan right after a sync has nothing to do"
    sent = _sent(stage)
    stage.plan(offline=True)
    return {
        "albums": albums,
        "pages": -(-albums // HEADERS),
        "calls": sent - online,
        "offline": _sent(stage) - sent,
    }


def _sent(stage: SyncStage) -> int:
    """How many requests the local Imgur has answered so far."""
    return len(stage.look("history")["requests"])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(dir=Path(sys.argv[1]).parent) as folder, SyncStage(Path(folder)) as stage:
        print(json.dumps(count(stage, int(sys.argv[2]))))

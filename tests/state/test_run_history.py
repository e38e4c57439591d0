"""The history of runs in a file: states from before it, and runs that were killed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from imgur_sync.model.history import Run, StepKind
from imgur_sync.state.store import open_store
from tests.contract.intent_contract import LINEAGE

RUNS = """
import sys
from pathlib import Path
from imgur_sync.model.change import PictureAdopted
from imgur_sync.model.history import Run
from imgur_sync.state.store import open_store
from tests.contract.intent_contract import CATS, LINEAGE, picture
store = open_store(Path(sys.argv[1]), lineage=LINEAGE, create=True)
store.begin_run(Run(0, "apply", 100.0))
store.record(CATS, PictureAdopted(picture("p1")))
print("recorded", flush=True)
sys.stdin.readline()
"""


def test_a_killed_run_has_no_end_and_tells_what_it_did(tmp_path: Path, child: Callable[..., Any]) -> None:
    """What was recorded is told; how it ended, nobody wrote."""
    path = tmp_path / "state.db"
    process = child(RUNS, path)
    assert process.line() == "recorded"
    process.kill()
    with open_store(path, lineage=LINEAGE, create=False) as store:
        (run,) = store.runs()
        assert (run.ended_at, run.exit_codes, run.credits) == (None, (), None)
        assert [step.kind for step in store.run_steps(1)] == [StepKind.ALBUM_MADE, StepKind.ADOPTED]
        assert store.begin_run(Run(0, "apply", 200.0)).number == 2

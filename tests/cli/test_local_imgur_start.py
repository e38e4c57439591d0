"""What `imgur-sync simulator` loads before it answers: what it serves with, and nothing of the rest."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support.command import Workplace

LINE = re.compile(r"import time:\s+\d+ \|\s+\d+ \|\s+([\w.]+)")
ROOMS = {"cli", "errors", "simulator"}
HEAVY = {"PIL", "asyncio", "cryptography", "httpx", "keyring", "multiprocessing", "pydantic", "sqlite3", "watchfiles"}


def test_its_start_loads_nothing_that_it_does_not_serve_with(tmp_path: Path) -> None:
    """No drawing of thumbnails, no client, no database, no room of imgur-sync but the command line's own."""
    told = {"PYTHONPROFILEIMPORTTIME": "1", "COVERAGE_PROCESS_START": ""}
    done = Workplace(tmp_path).run("simulator", "--", "true", environ=told)
    loaded = LINE.findall(done.stderr)
    assert done.returncode == 0
    assert "imgur_sync.simulator.server" in loaded
    assert HEAVY & {name.partition(".")[0] for name in loaded} == set()
    assert {name.split(".")[1] for name in loaded if name.startswith("imgur_sync.")} == ROOMS

"""Thirty days without anybody looking after the daemon (`python -m tests.watch` lives through more of them)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.watch.judging import month

FIRST, SEEDS = int(os.environ.get("WATCH_FROM", "100")), int(os.environ.get("WATCH_SEEDS", "1"))

RESCAN = 2 * 3600.0
"""Half as many looks as without a word in the manifest: they are what takes the time."""


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(FIRST, FIRST + SEEDS))
def test_thirty_days_end_in_order(seed: int, tmp_path: Path) -> None:
    """Albums equal folders, nothing was sent twice, nothing left that was to stay, no limit was run into; looking costs
    little, and the daemon hardly ever wakes."""
    found = month(tmp_path, seed, rescan=RESCAN)
    assert found.broken == []
    assert found.uploads >= 300
    assert sum(found.acts.values()) >= 60
    assert found.wakes <= 150
    assert found.looking <= 250

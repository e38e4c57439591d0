"""What uploads cost, in exact counts: bytes on the wire and credits."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks import bodies
from tests.support.sync_stage import SyncStage


def test_a_body_is_hardly_longer_than_its_file(tmp_path: Path) -> None:
    """U4: a file of 500 KB goes out once, as it is, with less than half a per cent around it."""
    with SyncStage(tmp_path) as stage:
        counts = bodies.count(stage, files=3, size=500_000)
    assert 1 < counts["body_bytes"] / counts["file_bytes"] <= 1.005


def test_a_run_without_faults_spends_the_least_credits(tmp_path: Path) -> None:
    """U7: a new album takes its creation, ten for each picture and one edit.

    Read are the account's albums, the album before its first upload and before its edit, and what came of it.
    """
    with SyncStage(tmp_path) as stage:
        counts = bodies.count(stage, files=7, size=1_000)
    assert counts["write_credits"] == counts["least_write_credits"] == 72
    assert counts["read_credits"] == 4
    assert counts["charged"] == 76


def test_what_is_read_around_uploads_does_not_grow_with_them(tmp_path: Path) -> None:
    """U7: as many reads for thirty pictures as for three."""
    reads = []
    for files in (3, 30):
        with SyncStage(tmp_path / str(files)) as stage:
            reads.append(bodies.count(stage, files=files, size=1_000)["read_credits"])
    assert reads[0] == reads[1]

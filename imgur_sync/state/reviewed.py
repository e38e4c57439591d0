"""The rows of plans that were applied by their digest, and of plan files that were used up."""

from __future__ import annotations

import sqlite3

from imgur_sync.model.reviewed import ReviewedPlan
from imgur_sync.state.sealed import Sealed

REVIEWED = Sealed("reviewed", "digest manifest elements at")
CONSUMED = Sealed("consumed", "checksum at")
MOST = 100
"""How many of the newest are kept of each: an import under one review lasts weeks at most."""
_SIZE = 16


def keep_reviewed(connection: sqlite3.Connection, plan: ReviewedPlan) -> None:
    """Write it, in place of an earlier one of its digest; all but the newest go."""
    REVIEWED.put(connection, (plan.digest, plan.manifest_digest, b"".join(sorted(plan.elements)), float(plan.at)))
    connection.execute(
        "DELETE FROM reviewed WHERE rowid NOT IN (SELECT rowid FROM reviewed ORDER BY at DESC LIMIT ?)", (MOST,)
    )


def keep_consumed(connection: sqlite3.Connection, checksum: str, at: float) -> None:
    """Write that the plan file with this checksum was applied."""
    CONSUMED.put(connection, (checksum, float(at)))
    connection.execute(
        "DELETE FROM consumed WHERE rowid NOT IN (SELECT rowid FROM consumed ORDER BY at DESC LIMIT ?)", (MOST,)
    )


def load_reviewed(connection: sqlite3.Connection, digest: str) -> ReviewedPlan | None:
    """The plan that was applied under this digest, None if none was."""
    row = REVIEWED.one(connection, "WHERE digest = ?", digest)
    if row is None:
        return None
    _, manifest, hashes, at = row
    elements = frozenset(hashes[start : start + _SIZE] for start in range(0, len(hashes), _SIZE))
    return ReviewedPlan(digest, manifest, elements, at)


def load_consumed(connection: sqlite3.Connection, checksum: str) -> float | None:
    """When the plan file with this checksum was applied, None if it was not."""
    row = CONSUMED.one(connection, "WHERE checksum = ?", checksum)
    return None if row is None else float(row[1])

"""What is promised about speed and thrift, and how a measured figure compares with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal: `limit` is the largest figure that meets it, in `unit` ("x" is a ratio to a peer of the same run)."""

    name: str
    what: str
    limit: float
    unit: str = "x"


GOALS = (
    Goal("P1", "no-op plan / git status, CPU", 3.0),
    Goal("P2", "no-op plan / rsync -an --delete, CPU", 1.0),
    Goal("P3", "no-op plan / rclone sync --dry-run, CPU", 0.35),
    Goal("P4", "no-op plan / bare scandir and stat, CPU", 1.8),
    Goal("P5", "no-op plan of ten times the files, CPU", 13.0),
    Goal("P6", "peak memory of a no-op plan, ten times the files", 1.3),
    Goal("P6m", "peak memory of a no-op plan", 80.0, "MiB"),
    Goal("P7", "content bytes read by a no-op plan", 0.0, "bytes"),
    Goal("P7c", "content bytes read / bytes of the changed files", 1.0),
    Goal("P8", "plan with 1 % changed / no-op plan, CPU", 1.6),
    Goal("P9", "remote calls of a no-op plan, pages of album headers needed", 1.0),
    Goal("P9o", "remote calls of a no-op plan --offline", 0.0, "calls"),
    Goal("R1", "plan --format markdown / plan, CPU", 1.5),
    Goal("R2", "plan --format html / plan, CPU", 1.5),
    Goal("R3", "plan -o / plan, CPU", 2.0),
    Goal("R4", "show of a plan file / plan, CPU", 2.0),
    Goal("R5", "diff of two plan files / plan, CPU", 2.0),
    Goal("R6", "largest peak memory of these / that of plan", 2.5),
    Goal("U1", "wall of 200 uploads at 50 ms, 8 in flight / limit", 1.6),
    Goal("U2", "client CPU per GB of 500-KB files / bare httpx loop", 2.0),
    Goal("U3", "client CPU / imgurpython, same files", 0.12),
    Goal("U4", "body bytes / file bytes, 500 KB", 1.005),
    Goal("U5", "peak memory over baseline / bytes in flight, 20 MB files", 1.1),
    Goal("U6", "CPU while waiting for a limit", 0.1, "%"),
    Goal("U7", "credits spent / least credits", 1.0),
    Goal("W1", "laying the watches / inotifywait -r, CPU", 2.5),
    Goal("W2", "CPU while nothing happens", 0.2, "%"),
    Goal("W3", "closing a file to the hint, median", 20.0, "ms"),
    Goal("W4", "files that no hint led to", 0.0, "%"),
    Goal("W5", "memory of the watch", 15.0, "MiB"),
    Goal("L1", "local Imgur: uploads a second of a bare WSGI sink / its own, 500 KB", 2.0),
    Goal("L2", "local Imgur: from its start to the first answer, CPU", 1.0, "s"),
    Goal("L3", "local Imgur: peak memory with 100,000 pictures", 300.0, "MiB"),
    Goal("L4", "local Imgur: a page in the middle of 100,000 pictures / of 1,000", 1.5),
    Goal("L5", "local Imgur: deletion by deletehash among 100,000 / among 1,000", 1.5),
    Goal("S1v", "--version / python -c pass, CPU", 4.0),
    Goal("S1h", "--help / python -c pass, CPU", 4.0),
    Goal("S3", "plan --offline of 100 files / python -c pass, CPU", 8.0),
)
BY_NAME = {goal.name: goal for goal in GOALS}


def result(name: str, measured: float, **facts: Any) -> dict[str, Any]:
    """One line of the report: the goal, what was measured, whether that meets it, and what belongs to it."""
    goal = BY_NAME[name]
    met = round(measured, 4) <= goal.limit
    return {
        "goal": name,
        "what": goal.what,
        "limit": goal.limit,
        "unit": goal.unit,
        "measured": measured,
        "met": met,
        **facts,
    }


def unmeasured(name: str, why: str, **facts: Any) -> dict[str, Any]:
    """A goal that could not be measured here, and why."""
    goal = BY_NAME[name]
    return {"goal": name, "what": goal.what, "limit": goal.limit, "unit": goal.unit, "unmeasured": why, **facts}


def table(rows: list[dict[str, Any]]) -> str:
    """The results as a Markdown table."""
    lines = ["| goal | what | at most | measured | met |", "|---|---|---|---|---|"]
    for row in rows:
        unit = "" if row["unit"] == "x" else f" {row['unit']}"
        mark = "x" if row["unit"] == "x" else unit
        where = f" ({row['of']})" if row.get("of") else ""
        if "unmeasured" in row:
            lines.append(f"| {row['goal']} | {row['what']}{where} | {row['limit']:g}{mark} | {row['unmeasured']} | – |")
            continue
        met = "yes" if row["met"] else "**no**"
        measured = f"{row['measured']:.4g}{mark}"
        lines.append(f"| {row['goal']} | {row['what']}{where} | {row['limit']:g}{mark} | {measured} | {met} |")
    return "\n".join(lines)

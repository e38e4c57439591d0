"""Tells on stderr what goes on, and gathers the figures as JSON lines."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.benchmarks import goals
from tests.benchmarks.harness import Figures


@dataclass(slots=True)
class Report:
    """All lines of one session of measuring: machine, figures, results."""

    rows: list[dict[str, Any]] = field(default_factory=list)

    def tell(self, text: str) -> None:
        """Say something to whoever waits."""
        print(text, file=sys.stderr, flush=True)

    def machine(self, description: dict[str, Any]) -> None:
        """Note what the figures are of."""
        self.rows.append({"kind": "machine", **description})
        self.tell(json.dumps(description, indent=1))

    def figures(self, bench: str, found: Iterable[Figures], **facts: Any) -> None:
        """Note the medians of commands, and show them."""
        self.tell(f"{'':36} {'CPU s':>8} {'wall s':>8} {'MiB':>7}")
        for one in found:
            row = {
                "kind": "figures",
                "bench": bench,
                "command": one.name,
                "cpu": round(one.cpu, 4),
                "wall": round(one.wall, 4),
                "rss_mib": round(one.rss, 1),
                "runs": len(one.runs),
                **facts,
            }
            self.rows.append(row)
            self.tell(f"{one.name:36} {one.cpu:8.3f} {one.wall:8.3f} {one.rss:7.1f}")

    def goal(self, name: str, measured: float, **facts: Any) -> None:
        """Note how a goal was met."""
        self._result(goals.result(name, measured, **facts))

    def missing(self, name: str, why: str, **facts: Any) -> None:
        """Note a goal that could not be measured."""
        self._result(goals.unmeasured(name, why, **facts))

    def _result(self, row: dict[str, Any]) -> None:
        self.rows.append({"kind": "goal", **row})
        self.tell("  ".join(goals.table([row]).splitlines()[2:]))

    @property
    def results(self) -> list[dict[str, Any]]:
        """The goals, in the order of measuring."""
        return [row for row in self.rows if row["kind"] == "goal"]

    def write(self, path: Path) -> None:
        """All lines as JSON, one a line."""
        path.write_text("".join(json.dumps(row) + "\n" for row in self.rows), encoding="utf-8")

"""Which seed caught which bug, and after how many; written by `python -m tests.simulation.planted`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.simulation.planted.hunting import Catch

FILE = Path(__file__).with_name("caught.json")


@dataclass(frozen=True, slots=True)
class Recorded:
    """A catch as it was: the seed, how many seeds from 0 on were looked at, the invariant that did not hold."""

    seed: int
    tried: int
    invariant: str


def load() -> dict[str, Recorded]:
    """By the bug's name."""
    return {name: Recorded(**found) for name, found in json.loads(FILE.read_text()).items()} if FILE.exists() else {}


def keep(found: Mapping[str, Catch]) -> None:
    """Write these down beside those that were written down before."""
    kept = {name: {"seed": one.seed, "tried": one.tried, "invariant": one.invariant} for name, one in load().items()}
    kept |= {name: one.as_json() for name, one in found.items()}
    FILE.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")

"""A thousand histories of the whole program; every failure is told with one command."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.simulation.coverage import LEAST, rare, table
from tests.simulation.running import Tally, directed, one
from tests.simulation.seeding import FIXED, SEEDS, chosen, first_seed, told
from tests.support.figures import figures

CHUNKS = 40
FIRST = first_seed(chosen())
OPEN = {json.loads(path.read_text(encoding="utf-8"))["seed"] for path in Path(__file__).parent.glob("open/*.json")}
"""Seeds whose histories still break; they are listed in the README and left out here."""


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_whatever_happens_quiet_applies_converge_and_no_invariant_breaks(
    chunk: int,
    tmp_path_factory: pytest.TempPathFactory,
    worker_id: str,
    record_property: Callable[[str, object], None],
) -> None:
    """Each seed is a workload under a swarm of faults; the oracle looks from outside after every step."""
    tally = Tally()
    for seed in sorted({*range(FIRST + chunk, FIRST + SEEDS, CHUNKS)} - OPEN):
        tally.add(*one(seed, seconds=60.0 if not tally.failures else 0.0))
    assert not tally.failures, "\n\n".join([*tally.failures, told(FIRST)])
    base = tmp_path_factory.getbasetemp()
    lines = _whole(base if worker_id == "master" else base.parent, chunk, tally)
    if lines:
        record_property(*figures(f"faults of {told(FIRST).partition(';')[0]}, and where each was seen", *lines))


def _whole(shared: Path, chunk: int, tally: Tally) -> list[str]:
    """Whoever ends last looks whether every kind of fault struck often enough, and has the table."""
    counts = {"struck": tally.struck, **tally.counts}
    part = shared / f"simulation-{chunk}.json"
    part.with_suffix(".new").write_text(json.dumps(counts), encoding="utf-8")
    part.with_suffix(".new").rename(part)
    parts = [shared / f"simulation-{number}.json" for number in range(CHUNKS)]
    if SEEDS >= 1000 and all(path.exists() for path in parts):
        whole = Tally()
        for path in parts:
            whole.struck.update(json.loads(path.read_text(encoding="utf-8"))["struck"])
        # Few requests can have some faults: they strike in seeds of their own until there are enough of them.
        extra = Counter(number for number, _, _ in directed(whole, LEAST, FIXED))
        lines = [*table(whole.struck), f"directed seeds: {dict(extra)}"]
        assert not whole.failures, "\n\n".join([*whole.failures, told(FIRST)])
        assert not rare(whole.struck, LEAST), "\n".join([*lines, told(FIRST)])
        return lines
    return []

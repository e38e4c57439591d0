"""Real processes under strace, and struck from inside: killed and refused at system calls, then run again."""

from __future__ import annotations

import os
import random
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.crash.real import PLACES, Result, Strike, drawn, drawn_plain, yard
from tests.crash.sweep import seed
from tests.crash.traced import strace_there

BATCHES = 8
EACH = 12
KINDS = ("kill", "once", "cut", "lasting", "torn", "once")
WITHOUT = "CRASH_WITHOUT_STRACE"


def test_strace_is_there_or_known_to_be_missing() -> None:
    """Without it the processes are struck from inside, and nobody looks at the order of their system calls: somebody
    has to say that this is known. Other systems than Linux have no strace."""
    known = bool(os.environ.get(WITHOUT)) or sys.platform != "linux"
    assert strace_there() or known, f"strace is missing or may not trace here: install it, or set {WITHOUT}=1"


def judged(results: list[Result], draw: str, least: int) -> None:
    """None broke anything, and that many were struck at all."""
    broken = [
        f"{'; '.join(result.broken)}\n  python -m tests.crash strike {result.strike.told()}  (drawn by {draw})"
        for result in results
        if result.broken
    ]
    assert not broken, "\n".join(broken)
    struck = [result.strike.told() for result in results if result.struck]
    assert len(struck) >= least, f"only {struck} were struck"


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("batch", range(BATCHES))
def test_processes_struck_at_their_system_calls_end_in_order(tmp_path: Path, batch: int) -> None:
    """SIGKILL (also with a power cut), an error once, and for good, at calls drawn by the commit."""
    draw = f"{seed()}/{batch}"
    chance = random.Random(draw)
    kernel = strace_there()
    with yard(tmp_path, tmp_path / "compiled") as here:
        if kernel:
            assert here.clean().broken == []
            here.change()
            assert here.clean().broken == []
        results = []
        for number in range(EACH):
            here.change()
            kind = KINDS[(batch + number) % len(KINDS)]
            strike = drawn(chance, here.counts, kind) if kernel else drawn_plain(chance, kind)
            results.append(here.strike(strike, chance) if kernel else here.inject(strike))
    # From inside nobody knows how many calls a run will make: most draws may lie behind its end.
    judged(results, draw, least=EACH // 3 if kernel else 1)


@pytest.mark.timeout(1200)
def test_processes_struck_from_inside_end_in_order(tmp_path: Path) -> None:
    """The same without the kernel's help, so that something runs wherever Python does."""
    draw = f"{seed()}/inside"
    chance = random.Random(draw)
    with yard(tmp_path, tmp_path / "compiled") as here:
        results = []
        for number in range(8):
            here.change()
            results.append(here.inject(drawn_plain(chance, KINDS[number % len(KINDS)])))
    judged(results, draw, least=1)


@pytest.mark.timeout(1200)
def test_a_file_that_cannot_be_opened_or_written_is_named(tmp_path: Path) -> None:
    """For good, one file after the other: cache and board are done without, else 65 or 75; then all is put in order."""
    chance, results = random.Random(0), []
    with yard(tmp_path, tmp_path / "compiled") as here:
        for place in PLACES if strace_there() else ():
            here.change()
            wanted = chance.choice([Strike("openat", 1, "EROFS", True), Strike("pwrite64", 2, "ENOSPC", True)])
            results.append(here.strike(replace(wanted, place=place), chance))
    assert [result.broken for result in results if result.broken] == []
    refused = {result.strike.place for result in results if result.code in (65, 75)}
    assert not any("cache" in place or "activity" in place for place in refused)
    assert len(refused) >= len(results) // 2


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("effect", ["EIO", "ENOSPC", "EROFS"])
def test_a_record_that_cannot_be_written_stops_the_run_before_anything_is_sent(tmp_path: Path, effect: str) -> None:
    """From the first commit on nothing can be kept: 65 or 75, the file and the remedy are named, nothing is sent."""
    with yard(tmp_path, tmp_path / "compiled") as here:
        result = here.inject(Strike("commit", 12, effect, lasting=True))
    assert result.broken == []
    assert result.code in (65, 75)
    assert result.requests == 0

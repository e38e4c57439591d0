"""The ledger between real processes and threads: the last credits are granted once, and a kill keeps its charge."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from imgur_sync.model.budget import UPLOAD_COST, Charge, Cost, Reservation
from imgur_sync.state.ledger import Caps, SqliteLedger

RACES = """
import sys, threading
from pathlib import Path
from imgur_sync.model.budget import Charge, Cost, Reservation
from imgur_sync.state.ledger import Caps, SqliteLedger
class Clock:
    def now(self): return 1_700_000_000.0
    def monotonic(self): return 5_000.0
caps = Caps(reserve_credits=0, uploads_per_hour=0, max_credits_per_run=400)
counts = []
with SqliteLedger(Path(sys.argv[1]), origin="o", client_id="c", account="a", caps=caps, clock=Clock()) as ledger:
    def take(number):
        granted = 0
        while isinstance(answer := ledger.reserve(Cost(7, 1, 1)), Reservation):
            if number % 2 and granted % 5 == 4:
                ledger.settle(answer, Charge.RETURNED)
                number += 1
                continue
            ledger.settle(answer, Charge.SPENT)
            granted += 1
        counts.append(granted)
    threads = [threading.Thread(target=take, args=(number,)) for number in range(3)]
    print("ready", flush=True)
    sys.stdin.readline()
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    assert ledger.spent() == 7 * sum(counts)
    print(sum(counts), flush=True)
"""
RESERVES = """
import sys
from pathlib import Path
from imgur_sync.model.budget import UPLOAD_COST
from imgur_sync.state.ledger import Caps, SqliteLedger
class Clock:
    def now(self): return 1_700_000_000.0
    def monotonic(self): return 5_000.0
caps = Caps(reserve_credits=0, uploads_per_hour=0)
with SqliteLedger(Path(sys.argv[1]), origin="o", client_id="c", account="a", caps=caps, clock=Clock()) as ledger:
    while True:
        print(ledger.reserve(UPLOAD_COST).number, flush=True)
        sys.stdin.readline()
"""

CLOSES = """
import sqlite3, sys, threading
from pathlib import Path
from imgur_sync.model.budget import Cost
from imgur_sync.state.ledger import Caps, SqliteLedger
class Clock:
    def now(self): return 1_700_000_000.0
    def monotonic(self): return 5_000.0
caps = Caps(reserve_credits=0, uploads_per_hour=0)
for number in range(40):
    begun, ended = threading.Barrier(5), []
    ledger = SqliteLedger(Path(sys.argv[1]), origin="o", client_id="c", account="a", caps=caps, clock=Clock())
    def work():
        begun.wait()
        try:
            while True: ledger.reserve(Cost(0))
        except Exception as error: ended.append(error)
    threads = [threading.Thread(target=work, daemon=True) for _ in range(4)]
    for thread in threads: thread.start()
    begun.wait()
    ledger.reserve(Cost(0))
    ledger.close()
    for thread in threads: thread.join()
    assert len(ended) == 4
print(f"closed {number + 1} times", flush=True)
"""


def opened(path: Path, clock: Any) -> SqliteLedger:
    """The ledger that the children use."""
    caps = Caps(reserve_credits=0, uploads_per_hour=0)
    return SqliteLedger(path, origin="o", client_id="c", account="a", caps=caps, clock=clock)


def test_four_processes_with_threads_never_overspend_by_one(
    tmp_path: Path, clock: Any, child: Callable[..., Any]
) -> None:
    """71 times 7 credits fit into 500: exactly so many are granted among twelve threads."""
    path = tmp_path / "new" / "ledger.db"
    processes = [child(RACES, path) for _ in range(4)]
    for process in processes:
        assert process.line() == "ready"
    for process in processes:
        process.tell("go")
    counts = [int(process.line()) for process in processes]
    assert [process.end() for process in processes] == [0, 0, 0, 0]
    assert sum(counts) == 71
    with opened(path, clock) as ledger:
        assert ledger.budget().used_today == 71 * 7
        assert isinstance(ledger.reserve(Cost(3)), Reservation)
        assert not isinstance(ledger.reserve(Cost(1)), Reservation)


def test_a_kill_between_reserving_and_settling_keeps_the_charge(
    tmp_path: Path, clock: Any, child: Callable[..., Any]
) -> None:
    """The request may have been sent."""
    path = tmp_path / "ledger.db"
    process = child(RESERVES, path)
    for _ in range(3):
        assert process.line()
        process.tell("next")
    assert process.line()
    process.kill()
    with opened(path, clock) as ledger:
        assert ledger.budget().used_today == 40
        assert ledger.spent() == 0


def test_closing_waits_for_the_threads_that_use_it(tmp_path: Path, child: Callable[..., Any]) -> None:
    """A run that ends with an error leaves threads behind: they get an error, and the process ends in order."""
    process = child(CLOSES, tmp_path / "ledger.db")
    assert process.line() == "closed 40 times"
    assert process.end() == 0


def test_a_fork_uses_a_connection_of_its_own(tmp_path: Path, clock: Any) -> None:
    """Parent and child charge the same file, each through its own."""
    with opened(tmp_path / "ledger.db", clock) as ledger:
        assert isinstance(ledger.reserve(UPLOAD_COST), Reservation)
        child = os.fork()
        if not child:
            status = 1
            try:
                status = 0 if isinstance(ledger.reserve(UPLOAD_COST), Reservation) else 2
                ledger.close()
            finally:
                os._exit(status)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert isinstance(ledger.reserve(UPLOAD_COST), Reservation)
        assert ledger.budget().used_today == 30


def test_the_ledger_is_private_whatever_the_umask(tmp_path: Path, clock: Any, umask: int) -> None:
    """Folder 0700, files 0600."""
    folder = tmp_path / "share" / "imgur-sync"
    with opened(folder / "ledger.db", clock) as ledger:
        ledger.reserve(UPLOAD_COST)
        assert folder.stat().st_mode & 0o777 == 0o700
        assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}


LEARNS = """
import sys
from pathlib import Path
from imgur_sync.model.budget import UPLOAD_COST, Charge, LimitName, Refusal, Reservation
from imgur_sync.state.ledger import Caps, SqliteLedger
class Clock:
    wall = 1_700_000_000.0
    def now(self): return self.wall
    def monotonic(self): return self.wall
clock = Clock()
caps = Caps(reserve_credits=0, uploads_per_hour=0)
with SqliteLedger(Path(sys.argv[1]), origin="o", client_id="c", account="a", caps=caps, clock=clock) as ledger:
    print("ready", flush=True)
    for line in sys.stdin:
        word, at = line.split()
        clock.wall = float(at)
        if word == "refused":
            ledger.refused(Refusal(upload=True, wait=60.0))
            ledger.refused(Refusal(limit=LimitName.DAY, wait=60.0, daily=True))
            print("told", flush=True)
            continue
        granted = 0
        while isinstance(answer := ledger.reserve(UPLOAD_COST), Reservation):
            ledger.settle(answer, Charge.SPENT)
            granted += 1
        print(granted, flush=True)
"""


def test_four_processes_keep_to_what_one_of_them_learned(tmp_path: Path, clock: Any, child: Callable[..., Any]) -> None:
    """Ten went up and Imgur refused four at once: one strike, nothing while it is closed, then eight an hour in all."""
    path, start = tmp_path / "ledger.db", clock.now()
    with opened(path, clock) as ledger:
        for _ in range(10):
            answer = ledger.reserve(UPLOAD_COST)
            assert isinstance(answer, Reservation)
            ledger.settle(answer, Charge.SPENT)
    processes = [child(LEARNS, path) for _ in range(4)]
    assert [process.line() for process in processes] == ["ready"] * 4

    def together(word: str, at: float) -> list[str]:
        for process in processes:
            process.tell(f"{word} {at}")
        return [process.line() for process in processes]

    assert together("refused", start) == ["told"] * 4
    assert together("send", start + 1) == ["0"] * 4
    assert together("send", start + 1800) == ["0"] * 4, "ten of this hour are more than eight"
    assert sum(int(count) for count in together("send", start + 3601)) == 8
    with opened(path, clock) as ledger:
        budget = ledger.budget()
    assert (budget.learned, budget.strikes) == (8, 1)

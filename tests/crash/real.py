"""Real processes, killed or refused a write by the kernel at a system call, judged by what Imgur and the disk hold."""

from __future__ import annotations

import hashlib
import random
import signal
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash.disk import PowerCut
from tests.crash.journal import Journal
from tests.crash.traced import read_trace, run_traced, warmed
from tests.support.mirror import HEAD, Mirror, mirror, table

KILLED_AT = ("pwrite64", "write", "fdatasync", "fsync", "rename", "unlink", "linkat", "ftruncate", "sendto")
REFUSED = {
    "pwrite64": ("EIO", "ENOSPC", "EROFS", "EINTR"),
    "fdatasync": ("EIO", "ENOSPC"),
    "fsync": ("EIO", "ENOSPC", "EROFS"),
    "rename": ("EIO", "ENOSPC", "EROFS"),
    "unlink": ("EIO", "EROFS"),
    "linkat": ("EIO", "ENOSPC", "EROFS"),
    "ftruncate": ("EIO", "ENOSPC"),
}
DOCUMENTED = frozenset({0, 7, 8, 65, 75})
"""Exit codes that a failing disk may lead to: all was done, some was, no token can be kept, no state, later."""
PLACES = (
    *(f".imgur-sync/{name}" for name in ("state.db", "state.db-wal", "cache.db", "run.lock", "run.lock-journal")),
    ".imgur-sync/activity.db",
    *(f".user/{name}" for name in ("ledger.db", "ledger.db-wal")),
)
FOLDERS = (".imgur-sync", ".user")
INJECTED = Path(__file__).with_name("injected")
HITS = {"commit": 25, "committed": 25, "send": 10, "fsync": 3, "link": 1, "replace": 1, "unlink": 2}
"""Calls of a run that can be struck without the kernel's help, and about how many there are."""
PRUNED = 'prune = "delete"'


@dataclass(frozen=True)
class Strike:
    """What the kernel does at the `when`-th such call of a thread: KILL, or an error, once or from then on. `cut` is a
    power cut at a kill: "clean" leaves what was synced, "torn" some of the rest and garbage. `place` is the one file,
    relative to the mirror, at which alone it happens."""

    call: str
    when: int
    effect: str = "KILL"
    lasting: bool = False
    cut: str = ""
    place: str = ""

    @property
    def inject(self) -> str:
        """As strace wants it."""
        what = "signal=KILL" if self.effect == "KILL" else f"error={self.effect}"
        return f"{self.call}:{what}:when={self.when}{'+' if self.lasting else ''}"

    def told(self) -> str:
        """As the command line of `python -m tests.crash strike` wants it."""
        cut = (f" --cut {self.cut}" if self.cut else "") + (f" --place {self.place}" if self.place else "")
        return f"{self.call} {self.when} --effect {self.effect}{' --lasting' if self.lasting else ''}{cut}"


@dataclass
class Result:
    """What came of a strike; without `struck` the run ended before."""

    strike: Strike
    struck: bool
    code: int
    broken: list[str] = field(default_factory=list)
    requests: int = 0


class Yard:
    """A mirror that is changed, synced by a run that is struck, put in order, and changed again."""

    def __init__(self, here: Mirror, base: Path, cache: Path) -> None:
        self.here, self.base = here, base
        self.environ = warmed(here, cache)
        self.rounds = 0
        self.sent: Counter[str] = Counter(here.wanted("cats") + here.wanted("dogs"))
        self.counts: dict[str, int] = {}
        self.begun = False
        here.manifest(table("cats", PRUNED) + table("dogs"), head=HEAD)

    def change(self) -> None:
        """Something new in every round: a file comes, one is replaced, one is renamed, one leaves."""
        self.rounds += 1
        here, number = self.here, self.rounds
        here.manifest(f"# round {number}\n" + table("cats", PRUNED) + table("dogs"), head=HEAD)
        cats = here.folder / "cats"
        if not self.begun:  # what is replaced was never sent
            self.sent -= Counter(_digests(here, "cats/c0.png"))
        here.put(f"cats/n{number:03}.png", 1000 + number)
        here.put("cats/c0.png", 2000 + number)
        (cats / "c1.png").rename(cats / "x1.png") if number % 2 else (cats / "x1.png").rename(cats / "c1.png")
        if number > 1:
            (cats / f"n{number - 1:03}.png").unlink()
        self.sent += Counter(_digests(here, f"cats/n{number:03}.png", "cats/c0.png"))

    def clean(self) -> Journal:
        """A run without a strike: how often each thread makes each call, and the order of it all."""
        log = self.base / "clean"
        self.begun = True
        done = run_traced(self.here, log, "apply", "-y", environ=self.environ)
        assert done.returncode == 0, done.stderr
        calls = read_trace(log)
        by_thread = Counter((call.thread, call.name) for call in calls)
        self.counts = {name: max(n for (_, other), n in by_thread.items() if other == name) for _, name in by_thread}
        log.unlink()
        return Journal().read(calls)

    def inject(self, strike: Strike) -> Result:
        """As `strike`, without the kernel's help: the program is loaded with what strikes it. Nothing is traced."""
        wanted = f"{strike.call} {strike.when} {strike.effect}{' lasting' if strike.lasting else ''}"
        environ = {**self.environ, "PYTHONPATH": str(INJECTED), "CRASH_STRIKE": wanted}
        before = self.here.last()
        done = self.here.place.run("apply", "-y", environ=environ, timeout=240)
        killed = done.returncode == -signal.SIGKILL
        result = Result(strike, killed if strike.effect == "KILL" else done.returncode != 0, done.returncode)
        result.requests = len(self.here.writes(before))
        if not killed:
            result.broken += self._said(done.returncode, done.stdout, done.stderr)
        self._finish(result)
        return result

    def strike(self, strike: Strike, chance: random.Random) -> Result:
        """A run that is struck, what it told, the runs that put things in order, and whether they are."""
        log = self.base / "trace"
        cut = PowerCut(self.here.folder, FOLDERS) if strike.cut else None
        only = (str(self.here.folder / strike.place),) if strike.place else ()
        done = run_traced(self.here, log, "apply", "-y", environ=self.environ, inject=strike.inject, only=only)
        calls = read_trace(log)
        log.unlink()
        killed = done.returncode < 0 or done.returncode == 137
        struck = killed if strike.effect == "KILL" else any(call.injected for call in calls)
        result = Result(strike, struck, done.returncode)
        result.broken += Journal().read(calls).broken if not strike.place else []
        if cut is not None and killed:
            cut.feed(calls)
            cut.leave(chance if strike.cut == "torn" else None)
        if not killed:
            result.broken += self._said(done.returncode, done.stdout, done.stderr)
        self._finish(result)
        return result

    def _said(self, code: int, out: str, err: str) -> list[str]:
        told = f"{code}: {err[-600:]}"
        broken = [f"an exit code that nothing documents for this: {told}"] if code not in DOCUMENTED else []
        if "Traceback" in out + err or "internal error" in out + err:
            broken.append(f"a traceback: {told}")
        if code in (8, 65, 75):
            place = str(self.here.folder) in err or ".imgur-sync" in err
            broken += [] if place else [f"an error without the place: {told}"]
            broken += [] if "hint:" in err else [f"an error without a remedy: {told}"]
        return broken

    def _finish(self, result: Result) -> None:
        here = self.here
        self.begun = True
        for _ in range(3):
            done = here.place.run("apply", "-y", "-q", environ=self.environ, timeout=240)
            if done.returncode == 0:
                break
        if done.returncode:
            result.broken.append(f"after three runs: {done.returncode}: {done.stdout[-400:]} {done.stderr[-600:]}")
            return
        for name in ("cats", "dogs"):
            if here.shown(name) != here.wanted(name):
                result.broken.append(f"{name} does not equal its folder")
        if Counter(here.received()) != self.sent:
            more, less = Counter(here.received()) - self.sent, self.sent - Counter(here.received())
            result.broken.append(f"received too much: {more}, too little: {less}")
        charged, held = here.look("ledger")["credits"], _held(here)
        if charged > held:
            result.broken.append(f"Imgur charged {charged}, the ledger holds {held}")
        strays = [path.name for path in (here.folder / ".imgur-sync").iterdir() if path.name.endswith(".new")]
        if len(strays) > 2:
            result.broken.append(f"left behind: {strays}")


def _digests(here: Mirror, *names: str) -> list[str]:
    return [hashlib.sha256((here.folder / name).read_bytes()).hexdigest() for name in names]


def _held(here: Mirror) -> int:
    with closing(sqlite3.connect(here.folder / ".user" / "ledger.db")) as connection:
        return int(connection.execute("SELECT coalesce(sum(credits), 0) FROM charge").fetchone()[0])


@contextmanager
def yard(base: Path, cache: Path) -> Iterator[Yard]:
    """A mirror of two albums, never synced."""
    with mirror(base) as here:
        yield Yard(here, base, cache)


def drawn(chance: random.Random, counts: dict[str, int], kind: str) -> Strike:
    """A strike of that kind (kill, cut, torn, once, lasting) at a call that a run makes."""
    if kind in ("once", "lasting"):
        call = _call(chance, counts, tuple(REFUSED))
        effects = [effect for effect in REFUSED[call] if kind == "once" or effect != "EINTR"]
        return Strike(call, chance.randint(1, counts[call]), chance.choice(effects), kind == "lasting")
    call = _call(chance, counts, KILLED_AT)
    return Strike(call, chance.randint(1, counts[call]), cut={"cut": "clean", "torn": "torn"}.get(kind, ""))


def _call(chance: random.Random, counts: dict[str, int], calls: tuple[str, ...]) -> str:
    """One of the calls: those made often more often, but none never."""
    there = [call for call in calls if counts.get(call)]
    return chance.choices(there, [counts[call] ** 0.5 for call in there])[0]


def drawn_plain(chance: random.Random, kind: str) -> Strike:
    """A strike of that kind for `Yard.inject`: a power cut is a kill then."""
    if kind in ("once", "lasting"):
        call = chance.choice(["commit", "commit", "commit", "fsync", "replace", "link", "unlink"])
        return Strike(call, chance.randint(1, HITS[call]), chance.choice(["EIO", "ENOSPC", "EROFS"]), kind == "lasting")
    call = chance.choice(["commit", "committed", "commit", "committed", "send", "fsync", "link", "replace"])
    return Strike(call, chance.randint(1, HITS[call]))


def every(counts: dict[str, int]) -> Iterator[Strike]:
    """A kill at every call that a run makes, each time with another cut; every error at a share of them."""
    cuts = ("", "clean", "torn")
    for call in KILLED_AT:
        for when in range(1, counts.get(call, 0) + 1):
            yield Strike(call, when, cut=cuts[when % 3])
    for call, effects in REFUSED.items():
        for when in range(1, counts.get(call, 0) + 1):
            effect = effects[when % len(effects)]
            yield Strike(call, when, effect, lasting=when % 2 == 0 and effect != "EINTR")

"""Plays a history: explicit steps, one after the other, with the oracle looking after each; then the quiet phase.

A history is a JSON value `{"seed": n, "setup": {…}, "steps": [{"do": word, …}, …]}`. A step that cannot be done where
things stand does nothing, so that any steps can be left out.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import warnings
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from imgur_sync.model.event import Countdown
from imgur_sync.model.plan import GateName, Plan
from imgur_sync.model.reviewed import Expected
from tests.simulation import judging_filters, judging_lives, orders, reviewing
from tests.simulation.leaking import Leaks
from tests.simulation.lives import LifeActs
from tests.simulation.oracle import Broken, Oracle
from tests.simulation.quiet import quiet
from tests.simulation.theatre import Run, Theatre, as_json
from tests.simulation.watching import Watcher

History = Mapping[str, Any]
LAST = 40
MEMORY = "/dev/shm"
KNOBS = {"lag": "lag", "images_null": "null_lists", "short_pages": "short_pages"}


@dataclass(slots=True)
class Verdict:
    """What became of a history. `invariant` is "" where all held; `trace` is the hash over all that happened."""

    seed: int
    invariant: str = ""
    what: str = ""
    trace: str = ""
    last: list[str] = field(default_factory=list)
    struck: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def held(self) -> bool:
        """Whether every invariant held."""
        return not self.invariant


class Play:
    """One history on its stage."""

    def __init__(self, history: History, base: Path) -> None:
        self.history = history
        self.stage = Theatre(base / "world", history.get("setup", {}), history["seed"])
        self.watcher = Watcher(self.stage.world)
        self.acts = LifeActs(self.stage, self.watcher)
        self.oracle = Oracle(self.stage, self.watcher, self.acts)
        self.stage.site = self.acts.inside
        self.watcher.broken = lambda: frozenset(map(self.stage.street, self.stage.folders.broken))
        self.trace: list[str] = []
        self.struck: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()

    def note(self, line: str) -> None:
        """A line of the trace: nothing in it hangs on this machine."""
        self.trace.append(line)

    def play(self) -> None:
        """All steps, then the quiet phase. Raises `Broken`."""
        for number, step in enumerate(self.history["steps"]):
            self.note(f"step {number} {as_json(step)}")
            self.step(step)
        self.note("quiet")
        self.acts.calm()
        quiet(self)
        self.oracle.end()

    def step(self, step: Mapping[str, Any]) -> None:
        """One step of the world, or one run."""
        match step["do"]:
            case "plan":
                self.plan(step)
            case "apply":
                self.apply(step)
            case "review":
                reviewing.review(self, step)
            case "restore" | "purge":
                self.command(step)
            case _:
                self.acts.do(step)
                self.struck.update(self.acts.struck)
                self.acts.struck.clear()

    def plan(self, step: Mapping[str, Any]) -> Run:
        """A plan, and what must hold of it."""
        before = self.oracle.before(step)
        run = self.stage.run_plan(step, step.get("options", {}))
        self._tell(run)
        self.oracle.after_plan(before, run)
        orders.look(self.oracle, before, run)
        return run

    def apply(
        self, step: Mapping[str, Any], seen: Plan | None = None, reviewed: tuple[Plan, Expected, bool] | None = None
    ) -> Run:
        """An apply with the approvals that the step says: those that `seen` asks for, or a plan that is made first. One
        that was `reviewed` is expected, by its file (with the approvals in it) where that is True, else by its digest.
        """
        approvals = self.oracle.approvals(seen) if seen is not None else {}
        options = dict(step.get("options", {}))
        if seen is None and step.get("approve") in ("right", "wrong"):
            plan = self.plan({"do": "plan"}).plan
            approvals = self.oracle.approvals(plan) if plan is not None else {}
            if step["approve"] == "wrong":
                approvals = {name: number + 1 for name, number in approvals.items()}
            if "between" in step and plan is not None:
                self.step(step["between"])
                options["expect"] = plan
        if reviewed is not None:
            plan, file, strict = reviewed
            approvals = {GateName(name): count for name, count in file.binding.approvals}
            options |= {"expect": plan, "file": file if strict else None}
        before = self.oracle.before(step)
        run = self.stage.run_apply(step, approvals, options)
        self._tell(run)
        self.oracle.after_apply(before, run)
        orders.look(self.oracle, before, run)
        judging_lives.look(self.oracle, before, run)
        judging_filters.look(self.oracle, before, run)
        return run

    def command(self, step: Mapping[str, Any]) -> Run:
        """A `restore` of all that left an album, or a `purge` of all that left any, and what must hold of it."""
        before = self.oracle.before(step)
        wanted, work = self.acts.outing(step)
        run = self.stage.run_command(step, work)
        self._tell(run)
        judging_lives.after_command(self.oracle, before, run, wanted)
        return run

    def _tell(self, run: Run) -> None:
        for sent in self.stage.weather.sent:
            about = f" {'+'.join(sent.faults)}" if sent.faults else ""
            self.note(f"  {sent.began - 1000:.2f} {sent.method} {sent.path} {sent.status or sent.error}{about}")
        for event in run.events:
            self.note(f"  {type(event).__name__} {_short(event)}")
        self.note(f"  {run.command} {run.ended} {run.codes} {run.error if run.error is not None else ''}"[:300])
        self.struck.update(run.struck)
        self.counts["runs"] += 1
        self.counts["requests"] += len(self.stage.weather.sent)
        self.counts["kills"] += run.ended == "killed"
        self.struck["waited"] += run.waits and any(isinstance(event, Countdown) for event in run.events)
        for knob, word in KNOBS.items():
            self.struck[word] += bool(self.history.get("setup", {}).get("knobs", {}).get(knob))


def _short(event: object) -> str:
    """A word about an event, without paths of this machine."""
    for name in ("what", "path", "reason", "text", "album"):
        value = getattr(event, name, None)
        if isinstance(value, str):
            return value[:80]
    codes = getattr(event, "codes", None)
    return str(tuple(code.value for code in codes)) if codes is not None else ""


def _memory() -> str | None:
    """A folder in memory, if there is one with some room: nothing is proven here by a real disk, and syncing one takes
    a third of the time."""
    with suppress(OSError):
        room = os.statvfs(MEMORY)
        if os.access(MEMORY, os.W_OK) and room.f_bavail * room.f_frsize > 64 * 1024 * 1024:
            return MEMORY
    return None


def perform(history: History, *, keep_trace: bool = False) -> Verdict:
    """Play a history in a folder of its own and say what became of it. Every warning is a failure."""
    base = Path(tempfile.mkdtemp(prefix="imgur-sync-sim-", dir=_memory()))
    verdict = Verdict(history["seed"])
    play: Play | None = None
    leaks = Leaks(base / "tmp")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            play = Play(history, base)
            play.play()
            leaks.look_at_folders(play.stage.base)
    except Broken as broken:
        verdict.invariant, verdict.what = broken.invariant, broken.what
    except Exception as error:
        verdict.invariant, verdict.what = "crash", f"{type(error).__name__}: {error}"
        if keep_trace:
            import traceback

            verdict.what += "\n" + "".join(traceback.format_exception(error))
    finally:
        if play is not None:
            play.stage.__exit__(None, None, None)
            text = "\n".join(play.trace).replace(str(base), "BASE")
            verdict.trace = hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:16]
            verdict.last = text.splitlines()[-LAST:] if not keep_trace else text.splitlines()
            verdict.struck, verdict.counts = play.struck, play.counts
        play = None
        leaks.end()
        if verdict.held and leaks.told:
            verdict.invariant, verdict.what = "leak", leaks.told
        shutil.rmtree(base, ignore_errors=True)
    return verdict

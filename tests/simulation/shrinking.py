"""Makes a failing history small: leaves out steps, faults and values, lowers counts, kills earlier, as long as the same
invariant breaks."""

from __future__ import annotations

import copy
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.simulation.playing import Verdict, perform

Json = dict[str, Any]
SECONDS = 60.0
REGRESSIONS = Path(__file__).parent / "regressions"
LISTS = ("faults", "local", "errors", "accidents")
DROPPABLE = (*LISTS, "kill", "after", "stop", "options", "approve")


def shrink(
    history: Json, invariant: str, *, seconds: float = SECONDS, play: Callable[[Json], Verdict] = perform
) -> Json:
    """The smallest history found in that time that breaks the same invariant."""
    until = time.monotonic() + seconds
    best = copy.deepcopy(dict(history))

    def breaks(candidate: Json) -> bool:
        return time.monotonic() < until and play(candidate).invariant == invariant

    changed = True
    while changed and time.monotonic() < until:
        changed = False
        for smaller in (_fewer_steps, _fewer_faults, _simpler_steps, _simpler_setup):
            found = smaller(best, breaks)
            if found is not None:
                best, changed = found, True
    return best


def _fewer_steps(history: Json, breaks: Callable[[Json], bool]) -> Json | None:
    """Delta debugging: leave out runs of steps, long ones first."""
    steps, found = list(history["steps"]), False
    size = max(1, len(steps) // 2)
    while size:
        at = len(steps) - size
        while at >= 0 or at > -size:
            start = max(0, at)
            fewer = steps[:start] + steps[at + size :]
            if len(fewer) < len(steps) and breaks({**history, "steps": fewer}):
                steps, found = fewer, True
            at -= size
            at = min(at, len(steps) - size)
            if at <= -size:
                break
        size //= 2
    return {**history, "steps": steps} if found else None


def _fewer_faults(history: Json, breaks: Callable[[Json], bool]) -> Json | None:
    """Leave out faults of single runs: all of them, halves, one by one."""
    found = False
    for number, step in enumerate(history["steps"]):
        for name in LISTS:
            items = list(step.get(name, ()))
            size = len(items)
            while size:
                at = 0
                while at < len(items):
                    fewer = items[:at] + items[at + size :]
                    candidate = _with_step(history, number, {**history["steps"][number], name: fewer})
                    if breaks(candidate):
                        history, items, found = candidate, fewer, True
                    else:
                        at += size
                size //= 2
    return history if found else None


def _simpler_steps(history: Json, breaks: Callable[[Json], bool]) -> Json | None:
    found = False
    for number in range(len(history["steps"])):
        for simpler in _simpler(history["steps"][number]):
            candidate = _with_step(history, number, simpler)
            if breaks(candidate):
                history, found = candidate, True
                break
    return history if found else None


def _simpler(step: Json) -> Iterator[Json]:
    """The step with less in it: no values that can be left out, an earlier kill, rounder times."""
    for name in DROPPABLE:
        if name in step and name != "do":
            yield {key: value for key, value in step.items() if key != name}
    if step.get("fields"):
        for name in step["fields"]:
            yield {**step, "fields": {key: value for key, value in step["fields"].items() if key != name}}
    for name in ("kill", "stop"):
        for lower in (1, step.get(name, 0) // 2, step.get(name, 0) - 1):
            if 0 < lower < step.get(name, 0):
                yield {**step, name: lower}
    if isinstance(step.get("seconds"), float | int) and step["do"] == "wait":
        for rounder in (1.0, 100.0, 4000.0, 90_000.0):
            if rounder < step["seconds"]:
                yield {**step, "seconds": rounder}


def _simpler_setup(history: Json, breaks: Callable[[Json], bool]) -> Json | None:
    found = False
    for name in list(history["setup"]):
        candidate = {**history, "setup": {key: value for key, value in history["setup"].items() if key != name}}
        if breaks(candidate):
            history, found = candidate, True
    for name in list(history["setup"].get("knobs", {})):
        knobs = {key: value for key, value in history["setup"]["knobs"].items() if key != name}
        candidate = {**history, "setup": {**history["setup"], "knobs": knobs}}
        if breaks(candidate):
            history, found = candidate, True
    if history["setup"].get("in_flight", 4) != 1 and "in_flight" in history["setup"]:
        candidate = {**history, "setup": {**history["setup"], "in_flight": 1}}
        if breaks(candidate):
            history, found = candidate, True
    return history if found else None


def _with_step(history: Json, number: int, step: Json) -> Json:
    steps = list(history["steps"])
    steps[number] = step
    return {**history, "steps": steps}


def keep(history: Json, verdict: Verdict, folder: Path = REGRESSIONS) -> Path:
    """Write the history as a regression, named by its invariant and its content."""
    content = {key: history[key] for key in ("seed", "setup", "steps")}
    text = json.dumps(content, sort_keys=True)
    name = "".join(char if char.isalnum() else "-" for char in verdict.invariant)
    path = folder / f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:10]}.json"
    folder.mkdir(exist_ok=True)
    about = {"about": "", "invariant": verdict.invariant, "what": verdict.what.splitlines()[0][:300], **content}
    steps = ",\n".join(json.dumps(step, sort_keys=True) for step in content["steps"])
    head = {key: value for key, value in about.items() if key != "steps"}
    lines = json.dumps(head, indent=1, ensure_ascii=False)[:-2]
    path.write_text(f'{lines},\n "steps": [\n{steps}\n]}}\n', encoding="utf-8")
    return path

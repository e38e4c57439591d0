"""Tries cases one by one, and says of each whether Imgur does what the simulator does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import httpx

from imgur_sync import simulator
from tests.contract.conformance.case import Case
from tests.contract.conformance.meter import OverPrice, Stopped
from tests.contract.conformance.visit import NotOurs, Visit

README = Path(simulator.__file__).with_name("README.md")
Verdict = Literal["agrees", "differs", "not tried"]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the simulator's README: what it does, from which section of imgur-api, how sure that is."""

    what: str
    source: str
    sure: str


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a case. `seen` is what Imgur does, `expected` what the simulator does; `knobs` are those that have
    it do the same, None if there are none or none are needed."""

    case: str
    what: str
    verdict: Verdict
    seen: str
    expected: str
    source: str
    sure: str
    row: str
    knobs: str | None
    credits: int


def row(case: Case) -> Row:
    """The row of the README that a case is about. LookupError if there is not exactly one."""
    (found,) = [one for one in _rows() if one.what.startswith(case.row)]
    return found


def attempt(case: Case, visit: Visit) -> Result:
    """Try one case. `Stopped`, and a connection that fails, end the run: they leave through here."""
    before, told = visit.meter.spent, row(case)
    try:
        with visit.case(case.price):
            seen = case.probe(visit)
    except (OverPrice, NotOurs) as error:
        seen = f"{type(error).__name__}: {error}"
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        seen = f"a reply that the probe does not understand: {type(error).__name__}: {error}"
    expected = case.answers[0].seen
    verdict: Verdict = "agrees" if seen == expected else "differs"
    if seen.startswith("not tried"):
        verdict = "not tried"
    knobs = next((one.told() for one in case.answers[1:] if one.seen == seen), None)
    spent = visit.meter.spent - before
    return Result(case.name, case.what, verdict, seen, expected, told.source, told.sure, told.what, knobs, spent)


def not_tried(case: Case, why: str) -> Result:
    """The result of a case that the run did not come to."""
    told = row(case)
    expected = case.answers[0].seen
    return Result(case.name, case.what, "not tried", why, expected, told.source, told.sure, told.what, None, 0)


def tried(cases: Sequence[Case], visit: Visit, tell: Callable[[Result], None]) -> Iterator[Result]:
    """Every case's result, in order; after the run was stopped the others are not tried. KeyboardInterrupt passes."""
    why = ""
    for case in cases:
        try:
            result = not_tried(case, why) if why else attempt(case, visit)
        except Stopped as stopped:
            why = f"the run was stopped: {stopped}"
            result = not_tried(case, why)
        except httpx.HTTPError as error:
            why = f"the run was stopped: {type(error).__name__}: {error}"
            result = not_tried(case, why)
        tell(result)
        yield result


def line(result: Result) -> str:
    """A result as text: one line, and three more if Imgur does something else."""
    sure = result.sure or "unknown"
    text = f"{result.verdict:9}  {result.case}: {result.what} ({result.source or 'no source'}, {sure})"
    if result.verdict == "not tried":
        return f"{text}\n           {result.seen}"
    if result.verdict == "agrees":
        return text
    choice = f"choose {result.knobs}" if result.knobs else "no knob has the simulator do so"
    lines = [f"Imgur:      {result.seen}", f"simulator:  {result.expected}", f"row:        {result.row}; {choice}"]
    return "\n           ".join([text, *lines])


def document(results: Sequence[Result], left: Sequence[object], spent: int) -> dict[str, Any]:
    """All of it for machines; `left` are things that could not be deleted."""
    counts = {verdict: sum(one.verdict == verdict for one in results) for verdict in ("agrees", "differs", "not tried")}
    return {"counts": counts, "credits": spent, "left": left, "cases": [asdict(one) for one in results]}


@cache
def _rows() -> tuple[Row, ...]:
    found = []
    for text in README.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in text.strip("|").split(" |")]
        if re.match(r"\| (?!what |---)", text) and len(cells) == 5:
            found.append(Row(cells[0], f"imgur-api {cells[2]}" if cells[2] != "own" else "own", cells[3]))
        elif text.startswith("| ") and len(cells) == 2:
            found.append(Row(cells[0], "", ""))
    return tuple(found)

"""The history of runs, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from imgur_sync.model.history import Run, RunStep, StepKind
from imgur_sync.model.synced import RetiredUrl
from imgur_sync.report.escape import address, sentence, terminal
from imgur_sync.report.figures import duration, iso, number, plural, some
from imgur_sync.report.jsons import document
from imgur_sync.report.text import Moment

OUTCOMES: Mapping[int, str] = {
    0: "done",
    3: "a gate withheld steps",
    4: "stale",
    6: "stopped at the budget",
    7: "partial",
    10: "declined",
    75: "try again later",
    130: "stopped by SIGINT",
    143: "stopped by SIGTERM",
}
"""How a run ended, in words, by exit code; the others are told as the number alone."""

WORDS: Mapping[StepKind, tuple[str, str]] = {
    StepKind.ALBUM_MADE: ("+", "album made"),
    StepKind.UPLOADED: ("+", "uploaded"),
    StepKind.ADOPTED: ("=", "recognised"),
    StepKind.REPLACED: ("~", "replaced"),
    StepKind.PLACED: (">", "moved or put back"),
    StepKind.DETACHED: ("-", "taken out"),
    StepKind.DELETED: ("-", "deleted"),
    StepKind.RELEASED: ("=", "no longer managed"),
    StepKind.GONE: ("?", "found gone from Imgur"),
    StepKind.ALBUM_GONE: ("?", "album gone from Imgur"),
    StepKind.EDITED: ("*", "edited"),
    StepKind.FAILED: ("!", "failed"),
}
"""The sign and the word of each kind of step, in the order of the counts."""


class Ending(StrEnum):
    """Whether a run ended by itself. INTERRUPTED ones were killed, or the machine went down."""

    ENDED = "ended"
    RUNNING = "running"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class ToldRun:
    """A run as the history tells it. `steps` and `retired` are empty where single steps are not asked for."""

    run: Run
    ending: Ending
    steps: tuple[RunStep, ...] = ()
    retired: tuple[RetiredUrl, ...] = ()


def history_text(runs: Sequence[ToldRun], read: Moment) -> str:
    """Two lines a run, the newest first, and below them its steps; ends in a newline."""
    if not runs:
        return "No run is recorded.\n"
    return "".join(f"{line}\n" for told in runs for line in _run(told, read))


def _run(told: ToldRun, read: Moment) -> Iterator[str]:
    run = told.run
    words = f"{terminal(run.command)} {some(run.albums)}" if run.albums else terminal(run.command)
    yield f"{run.number}  {read.text(run.started_at)}  {words}: {_ending(told)}"
    yield f"    {_counts(run)}{_spent(run)}"
    for step in told.steps:
        sign, word = WORDS[step.kind]
        if step.kind is StepKind.PLACED:
            word = "moved" if step.detail else "put back"
        name = f"{terminal(step.album)}/{terminal(step.path)}" if step.path else terminal(step.album)
        yield f"    {sign} {name}  {word}{_detail(step)}"
    for url in told.retired:
        yield f"    {terminal(url.album)}/{terminal(url.path)}: {address(url.old_link)} is now {address(url.new_link)}"


def _ending(told: ToldRun) -> str:
    match told.ending:
        case Ending.RUNNING:
            return "under way"
        case Ending.INTERRUPTED:
            return "interrupted; it never ended by itself"
        case Ending.ENDED:
            codes = " and ".join(str(code) for code in told.run.exit_codes)
            word = OUTCOMES.get(told.run.exit_codes[0] if told.run.exit_codes else 0, "failed")
            took = duration((told.run.ended_at or 0.0) - told.run.started_at)
            return f"{word} (exit {codes or 0}) after {took}"
        case _:
            assert_never(told.ending)


def _counts(run: Run) -> str:
    parts = [_count(kind, run.count(kind)) for kind in WORDS if run.count(kind)]
    return ", ".join(parts) if parts else "nothing changed"


def _count(kind: StepKind, count: int) -> str:
    nouns = {StepKind.ALBUM_MADE: "album made", StepKind.EDITED: "edit", StepKind.ALBUM_GONE: "album gone from Imgur"}
    if kind not in nouns:
        return f"{number(count)} {WORDS[kind][1]}"
    first, space, rest = nouns[kind].partition(" ")
    return f"{plural(count, first)}{space}{rest}"


def _spent(run: Run) -> str:
    return "" if run.credits is None else f"; {plural(run.credits, 'credit')}"


def _detail(step: RunStep) -> str:
    if step.kind is StepKind.PLACED and step.detail:
        return f", was {terminal(step.detail)}"
    return f": {sentence(step.detail, 400)}" if step.kind is StepKind.FAILED and step.detail else ""


def history_json(runs: Sequence[ToldRun]) -> str:
    """The same, with no ids. The links of replaced pictures come with the steps only."""
    return document("history", {"runs": [_run_dict(told) for told in runs]})


def _run_dict(told: ToldRun) -> dict[str, object]:
    run = told.run
    return {
        "number": run.number,
        "command": run.command,
        "albums": list(run.albums),
        "ending": told.ending.value,
        "started_at": iso(run.started_at),
        "ended_at": iso(run.ended_at),
        "exit_code": run.exit_codes[0] if run.exit_codes else None,
        "exit_codes": list(run.exit_codes),
        "credits": run.credits,
        "uploaded_bytes": run.uploaded_bytes,
        "done": {kind.value: run.count(kind) for kind in WORDS},
        "steps": [_step_dict(step) for step in told.steps],
        "retired": [
            {"album": url.album, "path": url.path, "old": address(url.old_link), "new": address(url.new_link)}
            for url in told.retired
        ],
    }


def _step_dict(step: RunStep) -> dict[str, object]:
    return {
        "kind": step.kind.value,
        "album": step.album,
        "path": step.path,
        "at": iso(step.at),
        "was": step.detail if step.kind is StepKind.PLACED else "",
        "reason": step.detail if step.kind is StepKind.FAILED else "",
    }

"""Errors for people: the place, what is wrong, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator

from imgur_sync.errors import (
    BudgetError,
    DeclinedError,
    ImgurSyncError,
    InterruptedRun,
    LockHeldError,
    ManifestError,
    ManifestProblem,
    StaleError,
)
from imgur_sync.report.escape import sentence
from imgur_sync.report.text import Moment


def error_text(error: ImgurSyncError, read: Moment) -> str:
    """The error as lines without a newline at the end. A manifest's problems come all at once, each with its place."""
    return "\n".join(_lines(error, read))


def _lines(error: ImgurSyncError, read: Moment) -> Iterator[str]:
    if isinstance(error, ManifestError) and len(error.problems) == 1 and not error.problems[0].line:
        problem = error.problems[0]  # of the whole file: there is no place to point at
        yield f"error: {sentence(error.path, 5000)}: {sentence(problem.what)}"
        if problem.remedy:
            yield f"hint: {sentence(problem.remedy)}"
    elif isinstance(error, ManifestError):
        for problem in error.problems:
            yield from _problem(error.path, problem)
        count = len(error.problems)
        yield f"error: {sentence(error.path, 5000)}: {count} problem{'s' if count != 1 else ''}"
    elif isinstance(error, InterruptedRun | DeclinedError):
        yield sentence(error.message)
    else:
        yield f"error: {sentence(error.message)}"
    if isinstance(error, LockHeldError) and error.holder and error.holder not in error.message:
        yield f"  held by {sentence(error.holder)}"
    if isinstance(error, BudgetError) and error.resume_at is not None:
        yield f"  run again at {read.text(error.resume_at)}"
    if isinstance(error, StaleError):
        yield from (f"  {sentence(line)}" for line in error.difference)
    if error.hint:
        yield f"hint: {sentence(error.hint)}"


def _problem(path: str, problem: ManifestProblem) -> Iterator[str]:
    place = f"{sentence(path, 5000)}:{problem.line}:{problem.column}" if problem.line else sentence(path, 5000)
    yield f"{place}: {sentence(problem.what)}"
    if problem.source:
        yield f"    | {sentence(problem.source, 160)}"
    if problem.remedy:
        yield f"    {sentence(problem.remedy)}"

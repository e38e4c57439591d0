"""What `doctor` found: a line for each check, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

from imgur_sync.errors import ExitCode
from imgur_sync.report.escape import sentence
from imgur_sync.report.figures import plural
from imgur_sync.report.jsons import document

RULING = (ExitCode.UNREADABLE, ExitCode.CREDENTIALS, ExitCode.TRY_LATER, ExitCode.ERROR)
"""Which exit code rules where several problems were found: the first of these."""


class Verdict(StrEnum):
    """How a check went. A warning says what may go wrong; with a problem something does not work."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's outcome. `check` is its lasting name; `code` is what a problem makes the process exit with."""

    check: str
    verdict: Verdict
    what: str
    remedy: str = ""
    code: ExitCode = ExitCode.DONE


def fine(check: str, what: str) -> Finding:
    """All is well."""
    return Finding(check, Verdict.OK, what)


def warning(check: str, what: str, remedy: str) -> Finding:
    """Something may go wrong."""
    return Finding(check, Verdict.WARNING, what, remedy)


def problem(check: str, what: str, remedy: str, code: ExitCode = ExitCode.ERROR) -> Finding:
    """Something does not work."""
    return Finding(check, Verdict.PROBLEM, what, remedy, code)


def exit_codes(findings: Iterable[Finding]) -> tuple[ExitCode, ...]:
    """The codes of all problems, the ruling one first; empty without any."""
    found = {finding.code for finding in findings if finding.verdict is Verdict.PROBLEM}
    return tuple(sorted(found, key=lambda code: RULING.index(code) if code in RULING else len(RULING)))


def finding_text(finding: Finding) -> str:
    """One finding as lines, ending in a newline."""
    text = f"{finding.verdict.value:7}  {finding.check:11}  {sentence(finding.what)}\n"
    return text + (f"{'':22}{sentence(finding.remedy)}\n" if finding.remedy else "")


def closing_text(findings: Sequence[Finding]) -> str:
    """The last line."""
    problems = sum(finding.verdict is Verdict.PROBLEM for finding in findings)
    warnings = sum(finding.verdict is Verdict.WARNING for finding in findings)
    if not problems and not warnings:
        return f"All is well: {plural(len(findings), 'check')}.\n"
    return f"{plural(len(findings), 'check')}: {plural(problems, 'problem')}, {plural(warnings, 'warning')}.\n"


def checkup_json(findings: Sequence[Finding]) -> str:
    """All findings, and the exit codes, the ruling one first."""
    codes = [code.value for code in exit_codes(findings)] or [0]
    rows = [{**asdict(finding), "code": finding.code.value} for finding in findings]
    return document("doctor", {"ok": codes == [0], "exit_code": codes[0], "exit_codes": codes, "checks": rows})

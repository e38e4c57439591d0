"""Everything that a run tells anybody, as one text: what is scanned for secrets."""

from __future__ import annotations

from imgur_sync.errors import ImgurSyncError
from imgur_sync.model.event import Planned
from imgur_sync.report.diff import diff_json, diff_text, differences
from imgur_sync.report.failure import error_text
from imgur_sync.report.jsons import error_json, plan_json, run_json
from imgur_sync.report.loglines import line
from imgur_sync.report.summary import run_text
from imgur_sync.report.text import Moment, plan_text
from tests.simulation.theatre import Run


def outputs(run: Run, now: float) -> tuple[str, str]:
    """What is told inside the process (events, exceptions), and what is printed where others may read it."""
    moment = Moment(now)
    # A plan comes with every look: the last one tells what those before it told.
    private = [
        repr(run.error),
        *(repr(event) for event in run.events if not isinstance(event, Planned)),
        repr(run.plan),
    ]
    shared: list[str] = []
    plan = run.plan
    for event in run.events:
        shared.append(line(event, moment))
        if isinstance(event, Planned):
            plan = event.plan
    if plan is not None:
        private += [repr(plan)] if plan is not run.plan else []
        shared += [plan_text(plan, moment), plan_json(plan)]
        found = tuple(differences(plan))
        shared += [diff_text(plan, found), diff_json(plan, found)]
    if run.finished is not None:
        shared += [run_text(run.finished, moment, links=False), run_json(run.finished)]
    if isinstance(run.error, ImgurSyncError):
        shared += [error_text(run.error, moment), error_json(run.error)]
    return "\n".join(private), "\n".join(shared)

"""The forms in which a plan is printed: for a terminal, a program, a browser, a comment, a widget."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from imgur_sync.cli.session import Session
from imgur_sync.errors import UsageError

if TYPE_CHECKING:
    from imgur_sync.model.plan import GateName, Plan
    from imgur_sync.model.spec import Manifest

FORMS = ("text", "json", "html", "markdown", "gitlab")
"""What `--format` takes."""


def one_form(session: Session, form: str | None) -> str:
    """The one form that `--json` and `--format` ask for. Raises `UsageError` where they differ."""
    if form not in (None, "json") and session.json:
        raise UsageError(f"--json and --format {form} ask for two forms of one result", hint="give one of them")
    session.take(json=form == "json")
    return "json" if session.json else form or "text"


def plan_in_form(
    plan: Plan, form: str, now: float, approved: Collection[GateName] = (), manifest: Manifest | None = None
) -> str:
    """The plan in one of `FORMS`, as read at `now` (Unix seconds). `approved` gates hold nothing back. With a
    `manifest` a page shows small pictures from its folders."""
    from imgur_sync.report.text import Moment, plan_text

    match form:
        case "json":
            from imgur_sync.report.jsons import plan_json

            return plan_json(plan)
        case "html":
            from imgur_sync.cli.thumbnails import thumbnails
            from imgur_sync.report.html import plan_html

            pictures = thumbnails(plan, manifest) if manifest is not None else {}
            return plan_html(plan, Moment(now), approved, pictures)
        case "markdown":
            from imgur_sync.report.markdown import plan_markdown

            return plan_markdown(plan, Moment(now), approved)
        case "gitlab":
            from imgur_sync.report.counts import gitlab_json

            return gitlab_json(plan.albums)
        case "text":
            return plan_text(plan, Moment(now), approved)
        case _:
            raise ValueError(f"there is no form {form}")

"""`imgur-sync schema`: the JSON Schema of sync.toml, or of a document that is written for programs."""

from __future__ import annotations

import click

from imgur_sync.cli.session import Session, result, shared

KINDS = ("manifest", "plan", "event", "state", "hook", "any")


@click.command("schema", short_help="Print what sync.toml may hold, for editors.")
@click.option("--kind", type=click.Choice(KINDS), default="manifest", show_default=True, help="Of what.")
@shared(json=False)
def command(session: Session, kind: str) -> None:
    """Print the JSON Schema of sync.toml. Editors with a TOML plug-in complete and check the file with it.

    `init` writes it to .imgur-sync/sync.schema.json; after an upgrade, write it anew:

    \b
    imgur-sync schema > .imgur-sync/sync.schema.json

    With --kind: of a plan file or plan --json, of a line of --events or watch --json (event), of status --json
    (state), of what a hook gets on its stdin, or of any document or line of JSON that there is.
    """
    if kind != "manifest":
        result(_of_documents(kind))
        return
    from imgur_sync.manifest.describing import json_schema

    result(json_schema())


def _of_documents(kind: str) -> str:
    from imgur_sync.report.hooks import FORMAT_VERSION as HOOKS
    from imgur_sync.report.hooks import HOOK_SHAPES
    from imgur_sync.report.json_schemas import schema_text
    from imgur_sync.report.jsons import FORMAT_VERSION as VERSION
    from imgur_sync.report.shapes import SHAPES

    match kind:
        case "plan":
            return schema_text("A plan of imgur-sync", ("plan",), VERSION)
        case "event":
            title = "A line that imgur-sync writes to --events, or to stdout with watch --json"
            return schema_text(title, ("event", "watch_event"), VERSION)
        case "state":
            return schema_text("A state in short", ("status",), VERSION)
        case "hook":
            return schema_text("What a hook of imgur-sync gets on its stdin", tuple(HOOK_SHAPES), HOOKS)
        case _:
            return schema_text("Any document or line of JSON of imgur-sync", tuple(SHAPES), VERSION)

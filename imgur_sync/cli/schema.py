"""`imgur-sync schema`: the JSON Schema of sync.toml, or of what a hook gets."""

from __future__ import annotations

import click

from imgur_sync.cli.session import Session, result, shared

KINDS = ("manifest", "hook")


@click.command("schema", short_help="Print what sync.toml may hold, for editors.")
@click.option("--kind", type=click.Choice(KINDS), default="manifest", show_default=True, help="Of what.")
@shared(json=False)
def command(session: Session, kind: str) -> None:
    """Print the JSON Schema of sync.toml. Editors with a TOML plug-in complete and check the file with it.

    `init` writes it to .imgur-sync/sync.schema.json; after an upgrade, write it anew:

    \b
    imgur-sync schema > .imgur-sync/sync.schema.json

    With --kind hook: of the documents that a hook gets on its stdin.
    """
    if kind == "hook":
        from imgur_sync.report.hooks import FORMAT_VERSION, HOOK_SHAPES
        from imgur_sync.report.json_schemas import schema_text

        result(schema_text("What a hook of imgur-sync gets on its stdin", tuple(HOOK_SHAPES), FORMAT_VERSION))
        return
    from imgur_sync.manifest.describing import json_schema

    result(json_schema())

"""`imgur-sync schema`: the JSON Schema of sync.toml."""

from __future__ import annotations

import click

from imgur_sync.cli.session import Session, result, shared


@click.command("schema", short_help="Print what sync.toml may hold, for editors.")
@shared(json=False)
def command(session: Session) -> None:
    """Print the JSON Schema of sync.toml. Editors with a TOML plug-in complete and check the file with it.

    `init` writes it to .imgur-sync/sync.schema.json; after an upgrade, write it anew:

    \b
    imgur-sync schema > .imgur-sync/sync.schema.json
    """
    from imgur_sync.manifest.describing import json_schema

    result(json_schema())

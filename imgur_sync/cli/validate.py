"""`imgur-sync validate`: checks sync.toml and its folders, without the network."""

from __future__ import annotations

import click

from imgur_sync.cli.session import Session, result, shared


@click.command("validate", short_help="Check sync.toml, without the network.")
@shared()
def command(session: Session) -> None:
    """Check the manifest and that its folders exist. Nothing is sent, nothing is written.

    All problems are told at once, each with its line, its column and what to write instead. Exits 65 with any problem.
    """
    from imgur_sync.cli.manifests import load_manifest
    from imgur_sync.report.escape import sentence, terminal
    from imgur_sync.report.figures import plural
    from imgur_sync.report.jsons import validate_json

    manifest = load_manifest(session, check_folders=True)
    if session.json:
        result(validate_json(manifest))
        return
    if manifest.account.anonymous:
        from imgur_sync.cli.states import copy_place
        from imgur_sync.planner.keyless import CANNOT, first_words

        for line in (*first_words(copy_place(manifest, None)), *CANNOT):
            result(f"note: {sentence(line, 400)}\n")
    for warning in manifest.warnings:
        result(f"warning: {sentence(warning)}\n")
    for spec in manifest.albums:
        result(f"{terminal(spec.key)}: {terminal(spec.folder)} ({spec.privacy})\n")
    result(f"{terminal(str(manifest.path), 0)} is fine: {plural(len(manifest.albums), 'album')}.\n")

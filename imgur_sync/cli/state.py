"""`imgur-sync state`: repairs of the state."""

from __future__ import annotations

import click

from imgur_sync.cli.session import Session, result, shared


@click.group("state", short_help="Repair the state.")
def command() -> None:
    """Repair the state, which remembers what is on Imgur. `apply` keeps it; this is for when it is lost or damaged."""


@command.command("rebuild", short_help="Make a new state from what is on Imgur.")
@shared()
def rebuild(session: Session) -> None:
    """Make a new state from the markers that every upload carries. Nothing is uploaded, nothing on Imgur is changed.

    Costs 1 credit for each hundred pictures of the account and each album looked into. The manifest must name its
    lineage. A state that is there is kept beside the new one, whatever its condition.
    """
    from imgur_sync.cli.adopting import adopt
    from imgur_sync.cli.wiring import rebuild_state
    from imgur_sync.report.escape import terminal
    from imgur_sync.report.figures import plural
    from imgur_sync.report.jsons import document

    (albums, pictures), kept = rebuild_state(session, lambda bench: adopt(session, bench))
    if session.json:
        content = {"albums": albums, "pictures": pictures, "kept": str(kept) if kept is not None else None}
        result(document("state_rebuild", content))
        return
    result(f"Recognised {plural(pictures, 'picture')} in {plural(albums, 'album')}.\n")
    if kept is not None:
        result(f"The state before is kept as {terminal(kept.name)}.\n")
    result("Look at what is left to do: imgur-sync plan\n")


@command.command("recover", short_help="Put the copy of the state in its place.")
@shared()
def recover(session: Session) -> None:
    """Put the copy of the state in the place of one that is lost or cannot be read.

    Every apply without an account makes that copy. What stands in its place is kept beside it. Nothing is sent.

    What was uploaded after the copy was made is not in it. Where Imgur shows the names of pictures, `apply` finds it in
    its album; elsewhere it stays there, and its files are uploaded once more.
    """
    from imgur_sync.cli.manifests import load_manifest
    from imgur_sync.cli.states import recover as put_in_place
    from imgur_sync.cli.turns import turn
    from imgur_sync.report.escape import terminal
    from imgur_sync.report.jsons import document

    manifest = load_manifest(session)
    with turn(session, manifest, "state recover", anew=True):
        copy, kept = put_in_place(manifest)
    if session.json:
        result(document("state_recover", {"copy": str(copy), "kept": str(kept) if kept is not None else None}))
        return
    result(f"The state is back, from {terminal(str(copy), 0)}.\n")
    if kept is not None:
        result(f"The state before is kept as {terminal(kept.name)}.\n")
    result("Look at what is left to do: imgur-sync plan\n")


@command.command("fetch", short_help="Bring a shared state to this machine.")
@shared()
def fetch(session: Session) -> None:
    """Bring the state that machines share to this one.

    With [state] backend = "git". It is for the commands that only look at it: status, links, history, explain.

    `plan` and `apply` fetch it by themselves. Nothing is sent to Imgur, and nothing is changed in the repository.

    \b
    imgur-sync state fetch
    """
    from imgur_sync.cli.manifests import load_manifest
    from imgur_sync.cli.sharing import shared as shared_state
    from imgur_sync.cli.turns import own_turn
    from imgur_sync.errors import StateError, UsageError
    from imgur_sync.report.escape import terminal
    from imgur_sync.report.jsons import document

    manifest = load_manifest(session)
    with shared_state(manifest) as share:
        if share is None:
            raise UsageError("the state of this manifest is a file", hint='[state] backend = "git" keeps it elsewhere')
        with own_turn(session, manifest, "state fetch"):
            if not share.fetch():
                raise StateError(f"there is no state in {share.place} yet", hint="imgur-sync apply makes one")
        if session.json:
            result(document("state_fetch", {"from": share.place}))
        else:
            result(f"The state of {terminal(share.place, 0)} is here.\n")

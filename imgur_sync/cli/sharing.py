"""The state that machines share through a git repository, for the manifests that say so."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from imgur_sync.cli.redaction import secrets
from imgur_sync.cli.session import note
from imgur_sync.cli.states import check_mode
from imgur_sync.errors import CredentialsError, UsageError
from imgur_sync.model.secret import Secret

if TYPE_CHECKING:
    from imgur_sync.model.ports import TokenStore
    from imgur_sync.model.spec import Manifest
    from imgur_sync.settings import Settings
    from imgur_sync.state.git_share import SharedState
    from imgur_sync.state.synced import SqliteStore

KEY = "IMGUR_SYNC_STATE_KEY"
_LONGEST = 4096


@contextmanager
def shared(manifest: Manifest) -> Iterator[SharedState | None]:
    """The shared state of the manifest; None for one that keeps its state in a file. Nothing is sent until it is asked
    for something."""
    if not manifest.state.shared:
        yield None
        return
    from imgur_sync.state.git_lease import GitLease
    from imgur_sync.state.git_ref import GitRef
    from imgur_sync.state.git_seal import Sealer
    from imgur_sync.state.git_share import SharedState

    spec, lineage = manifest.state, manifest.lineage
    assert lineage is not None, "a manifest without one is refused"
    ref = GitRef(manifest.path.parent, spec.remote, spec.ref or f"refs/imgur-sync/{lineage}")
    settle = manifest.upload.settle_seconds
    lease = GitLease(ref, seconds=spec.lease, settle=settle, run=ci_run(os.environ), tell=note)
    share = SharedState(
        ref, lease, lambda: Sealer(state_key(os.environ), lineage, ref.place), manifest.state_path, lineage
    )
    try:
        yield share
    finally:
        share.close()


def look_up(manifest: Manifest, share: SharedState) -> SqliteStore | None:
    """The shared state for a command that only reads, in memory. Whoever works on it right now is told of on stderr:
    what that run does since then is not in it."""
    found, who = share.look()
    if who:
        note(f"note: {who} works on this state: what it does meanwhile is not shown")
    if found is not None:
        check_mode(found, manifest, read_only=False)
    return found


def sharing_store(store: SqliteStore, share: SharedState | None) -> SqliteStore:
    """The store of a run: one that shares what it records where the state is shared."""
    if share is None:
        return store
    from imgur_sync.state.git_store import GitStore

    return GitStore.over(store, share)


def sharing_tokens(store: TokenStore, settings: Settings, share: SharedState | None) -> TokenStore:
    """The tokens of a command: with those of the shared state where there is one."""
    if share is None:
        return store
    from imgur_sync.state.git_tokens import SharedTokens

    return SharedTokens(store, share, settings.api_url, settings.client_id or "", settings.profile)


def ci_run(environ: Mapping[str, str]) -> str:
    """The page of the CI run that this process belongs to, "" elsewhere. For GitHub, Gitea and Forgejo; GitLab;
    Jenkins, and others that set BUILD_URL."""
    server, repository, run = (environ.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID"))
    if server and repository and run:
        return f"{server}/{repository}/actions/runs/{run}"
    return environ.get("CI_PIPELINE_URL") or environ.get("BUILD_URL") or ""


def state_key(environ: Mapping[str, str]) -> Secret | None:
    """The key that seals the state, as the environment gives it; None where it gives none. From here on it is blotted
    out of whatever is told."""
    given, file = environ.get(KEY, "").strip(), environ.get(f"{KEY}_FILE", "").strip()
    if given and file:
        raise UsageError(f"{KEY} and {KEY}_FILE are both given", hint="give one of them")
    if file:
        try:
            with Path(file).open("rb") as opened:
                given = opened.read(_LONGEST).decode("utf-8").strip()
        except (OSError, ValueError) as error:
            raise CredentialsError(f"{KEY}_FILE: the file cannot be read", hint="name a readable file") from error
        if not given:
            raise CredentialsError(f"{KEY}_FILE: the file is empty", hint="put the key into it")
    if not given.isprintable():  # bytes that are no text come as lone surrogates
        raise CredentialsError(f"the key in {KEY} is no plain text", hint="make one with: openssl rand -base64 32")
    secrets.know(given)
    return Secret(given) if given else None

"""The check of a state that machines share: git, the way to the remote, the key, and who works on it."""

from __future__ import annotations

from collections.abc import Iterator

from imgur_sync.cli.sharing import shared
from imgur_sync.errors import ImgurSyncError
from imgur_sync.model.spec import Manifest
from imgur_sync.report.checkup import Finding, fine, problem
from imgur_sync.report.figures import plural


def shared_findings(manifest: Manifest) -> Iterator[Finding]:
    """One finding for `[state] backend = "git"`, none for a file. The ref is read and opened, never written."""
    with shared(manifest) as share:
        if share is None:
            return
        try:
            store, who = share.look()
            if store is None:
                yield fine("shared", f"{share.place}: none yet; the first apply makes it")
                return
            with store:
                told = f"{share.place}: {plural(len(store.albums()), 'album')}, all of it opened with the key"
            yield fine("shared", f"{told}; a run is under way ({who})" if who else told)
        except ImgurSyncError as error:
            yield problem("shared", error.message, error.hint, error.exit_code)

"""What `doctor` says of the hook: whether its program is there. It is not run."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence

from imgur_sync.report.checkup import Finding, fine, warning
from imgur_sync.report.escape import terminal


def hook_findings(hook: Sequence[str]) -> Iterator[Finding]:
    """Nothing without a hook. One that cannot be started stops no run: a warning."""
    if not hook:
        return
    name = terminal(hook[0], 0)
    found = shutil.which(hook[0])
    if found is None:
        remedy = "runs go on untold; correct hook in config.toml, or IMGUR_SYNC_HOOK"
        yield warning("hook", f"{name} is no program that can be started", remedy)
    else:
        yield fine("hook", f"{terminal(found, 0)} is told of every run")

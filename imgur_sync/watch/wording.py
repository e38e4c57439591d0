"""What went wrong, in one line, and what to type then."""

from __future__ import annotations

import shlex
from pathlib import Path

from imgur_sync.errors import ImgurSyncError, ManifestError
from imgur_sync.report.escape import sentence, terminal

MOST = 3
"""So many problems of a manifest are told."""


def error_text(error: ImgurSyncError) -> str:
    """The message; of a manifest what is wrong with it and what helps."""
    if not isinstance(error, ManifestError):
        return sentence(error.message, 400)
    told = [
        (f"line {one.line}: " if one.line else "") + one.what + (f" ({one.remedy})" if one.remedy else "")
        for one in error.problems[:MOST]
    ]
    more = len(error.problems) - MOST
    return sentence("; ".join(told) + (f"; and {more} more" if more > 0 else ""), 600)


def checking(manifest: Path) -> str:
    """What to type to see all that is wrong with the manifest: it works in any folder."""
    return f"imgur-sync -f {shlex.quote(terminal(str(manifest)))} validate"

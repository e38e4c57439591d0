"""What went wrong, in one line."""

from __future__ import annotations

from imgur_sync.errors import ImgurSyncError, ManifestError
from imgur_sync.report.escape import sentence

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

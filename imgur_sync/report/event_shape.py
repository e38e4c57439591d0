"""The shape of a line of `--events`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imgur_sync.report.shapes import Shape

EVENT_SHAPE: Mapping[str, Shape] = {
    "at": "time",
    **dict.fromkeys(("event", "album", "path", "text"), "text"),
    "facts": {"*": "any"},
}
"""`text` says it to a person; `facts` are what the event has beside album and path. Further events may come."""

"""What a state that is kept in a git repository needs of the manifest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from imgur_sync.manifest.faults import Fault


def sharing_faults(data: Mapping[str, Any]) -> Iterator[Fault]:
    """Without a lineage nothing names the ref, and two mirrors of one repository would take each other's state."""
    state = data.get("state")
    if isinstance(state, dict) and state.get("backend") == "git" and "lineage" not in data:
        remedy = 'add below version = 1 a line such as: lineage = "k3v9x2mq" (`imgur-sync init` draws one)'
        yield Fault(("state", "backend"), 'state.backend = "git" needs a lineage', remedy)

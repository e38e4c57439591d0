"""The uploads that a run foretold, as bytes, with the state that they belong to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from imgur_sync.errors import StateError
from imgur_sync.model.synced import Intent, IntentKind, IntentStatus


def journal(drafts: Sequence[Intent], base: str) -> bytes:
    """The drafts as JSON. `base` names the sealed state that knows nothing of them."""
    rows = [asdict(draft) for draft in drafts]
    return json.dumps({"base": base, "drafts": rows}, sort_keys=True).encode("ascii")


def read_journal(content: bytes, base: str, place: str) -> tuple[Intent, ...]:
    """The drafts, each as one that nobody has seen an outcome of. Raises `StateError` for those of another state."""
    try:
        document = json.loads(content)
        if document["base"] != base:
            raise StateError(
                f"{place}: the list of begun uploads belongs to another state",
                hint="Nothing was sent. Put an older commit of the ref back as a whole.",
            )
        return tuple(
            Intent(**{**row, "number": 0, "kind": IntentKind(row["kind"]), "status": IntentStatus.OPEN})
            for row in document["drafts"]
        )
    except (ValueError, KeyError, TypeError) as error:
        raise StateError(
            f"{place}: the list of begun uploads cannot be read",
            hint="It was written by another imgur-sync: use that one.",
        ) from error

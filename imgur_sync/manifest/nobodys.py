"""What a manifest cannot ask for where there is no account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from imgur_sync.manifest.faults import Fault
from imgur_sync.manifest.showing import KeyPath, dotted


def account_faults(data: Mapping[str, Any]) -> Iterator[Fault]:
    """`privacy = "secret"` and adopting by `id` belong to an account."""
    account = data.get("account")
    if not isinstance(account, dict) or account.get("mode") != "anonymous":
        return
    albums = data.get("albums")
    tables: list[tuple[KeyPath, object]] = [(("defaults",), data.get("defaults"))]
    tables += [(("albums", name), table) for name, table in albums.items()] if isinstance(albums, dict) else []
    for path, table in tables:
        if isinstance(table, dict) and table.get("privacy") == "secret":
            what = f'{dotted((*path, "privacy"))} = "secret" needs an account, and account.mode is "anonymous"'
            yield Fault((*path, "privacy"), what, 'write "hidden": whoever has the link sees it, as with "secret"')
        if isinstance(table, dict) and "id" in table:
            what = f'{dotted((*path, "id"))} needs an account, and account.mode is "anonymous"'
            remedy = "remove it to make a new album: only who was told an album's deletehash can change it"
            yield Fault((*path, "id"), what, remedy)

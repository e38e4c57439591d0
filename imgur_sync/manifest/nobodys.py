"""What a manifest cannot ask for where there is no account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from imgur_sync.manifest.faults import Fault
from imgur_sync.manifest.showing import KeyPath, dotted

_WHY = 'needs an account, and account.mode is "anonymous"'


def account_faults(data: Mapping[str, Any]) -> Iterator[Fault]:
    """`privacy = "secret"` belongs to an account, and so does an album that exists already."""
    account = data.get("account")
    if not isinstance(account, dict) or account.get("mode") != "anonymous":
        return
    for path, table in _tables(data):
        if table.get("privacy") == "secret":
            what = f'{dotted((*path, "privacy"))} = "secret" {_WHY}'
            yield Fault((*path, "privacy"), what, 'write "hidden": whoever has the link sees it, as with "secret"')
        if "id" in table and path[0] == "albums":
            remedy = "remove it: a new album is made. Without its deletehash nobody can change an album of no account"
            yield Fault((*path, "id"), f"{dotted((*path, 'id'))} {_WHY}", remedy)


def _tables(data: Mapping[str, Any]) -> Iterator[tuple[KeyPath, Mapping[str, Any]]]:
    """Every table that may hold the keys of an album."""
    defaults = data.get("defaults")
    if isinstance(defaults, dict):
        yield ("defaults",), defaults
    for kind in ("albums", "collections"):
        tables = data.get(kind)
        for name, table in tables.items() if isinstance(tables, dict) else ():
            if isinstance(table, dict):
                yield (kind, name), table

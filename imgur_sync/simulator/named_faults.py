"""The faults of `faults.toml`: real bodies of refusals and pages, and what networks, back-ends, people do."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from imgur_sync.simulator.naming import Named

_FILE = Path(__file__).with_name("faults.toml")


def _all() -> Iterator[Named]:
    for entry in tomllib.loads(_FILE.read_text(encoding="utf-8"))["fault"]:
        yield _named(entry)
        if entry.get("after"):
            # An upload may have gone through although the reply was a 5xx (imgur-api §8.10, M).
            yield _named(
                {
                    **entry,
                    "name": f"{entry['name']}-after",
                    "what": f"{entry['what']}; the change was made",
                    "scope": "write",
                },
                after=True,
            )


def _named(entry: Mapping[str, Any], *, after: bool = False) -> Named:
    rule = dict(entry["rule"]) if "rule" in entry else _answer(entry)
    if after:
        rule["after"] = True
    return Named(
        entry["name"],
        entry["number"],
        entry["what"],
        entry["source"],
        entry["confidence"],
        rule,
        entry.get("scope", "any"),
    )


def _answer(entry: Mapping[str, Any]) -> dict[str, Any]:
    body, headers = entry.get("body", ""), entry.get("headers", {})
    return {"fault": "reply", "status": entry["status"], "headers": dict(headers), "body": body}


NAMED: Mapping[str, Named] = {named.name: named for named in _all()}
"""By name, in the order of the file."""

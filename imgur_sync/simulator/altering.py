"""Replies that were right and are sent wrong: fields missing, null or odd, lists short or doubled (F24-F28)."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from imgur_sync.simulator.replies import Reply, compact

HUGE = 10**39
EXTRA: Mapping[str, Any] = {
    "ad_config": {"safeFlags": ["album", "in_gallery"], "highRiskFlags": [], "wallUnsafeFlags": []},
    "points": -1,
    "brand_new": {"nested": [[], {}, None, 1.5e300]},
}


def altered(reply: Reply, how: str, names: tuple[str, ...]) -> Reply | None:
    """The reply as it is sent; None if there is nothing in it to alter: an error, or none of the fields."""
    try:
        body = json.loads(reply.body)
    except ValueError:
        return None
    if not isinstance(body, dict) or body.get("success") is not True or "data" not in body:
        return None
    if how == "twice":
        return _doubled(reply, names)
    before = json.dumps(body)
    if how == "null-data":
        body["data"] = None
    elif how in _LISTS:
        body["data"] = _of_list(body["data"], _LISTS[how])
    elif how in _FIRST:
        _first(body["data"], names, drop=how == "missing")
    else:
        for entry in _objects(body["data"]):
            _change(entry, how, names)
    if json.dumps(body) == before:
        return None
    return dataclasses.replace(reply, body=compact(body, slashes=b"\\/" in reply.body))


_FIRST = frozenset(("missing", "empty"))
_LISTS: Mapping[str, Callable[[list[Any]], list[Any]]] = {
    "short": lambda entries: entries[:-1],
    "repeat": lambda entries: entries[:1] + entries,
}


def _of_list(data: Any, change: Callable[[list[Any]], list[Any]]) -> Any:
    if isinstance(data, list):
        return change(data)
    if isinstance(data, dict) and isinstance(data.get("images"), list):
        return {**data, "images": change(data["images"])}
    return data


def _objects(data: Any) -> list[dict[str, Any]]:
    """All pictures and albums in `data`: itself or its entries, and the pictures of an album."""
    found = [entry for entry in (data if isinstance(data, list) else [data]) if isinstance(entry, dict)]
    for entry in list(found):
        inner = entry.get("images")
        found += [image for image in inner if isinstance(image, dict)] if isinstance(inner, list) else []
    return found


def _first(data: Any, names: tuple[str, ...], *, drop: bool) -> None:
    for entry in _objects(data)[:1]:
        for name in names:
            if name in entry and drop:
                del entry[name]
            elif name in entry:
                entry[name] = ""


def _change(entry: dict[str, Any], how: str, names: tuple[str, ...]) -> None:
    if how == "extra":
        entry.update(EXTRA)
    if how == "count" and isinstance(entry.get("images_count"), int):
        entry["images_count"] += 1
    for name in names:
        if name in entry:
            entry[name] = _wrong(entry[name], how)


def _wrong(value: Any, how: str) -> Any:
    if how == "huge":
        return HUGE if isinstance(value, int) else value
    if how == "nan":
        return float("nan") if isinstance(value, int) else value
    if how == "wrong-type":
        return 7 if isinstance(value, str) else str(value) if isinstance(value, int) else value
    return None


def _doubled(reply: Reply, names: tuple[str, ...]) -> Reply | None:
    body = reply.body
    for name in names:
        body = re.sub(rb'"%b":("(?:[^"\\]|\\.)*")' % name.encode(), rb'"%b":\1,"%b":\1' % ((name.encode(),) * 2), body)
    return dataclasses.replace(reply, body=body) if body != reply.body else None

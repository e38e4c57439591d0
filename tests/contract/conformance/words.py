"""Replies in a few words, so that two of them can be compared."""

from __future__ import annotations

import httpx


def error(reply: httpx.Response) -> str:
    """The status and the text of an error, whatever its shape (imgur-api §4); "200" and the like for a success."""
    if "json" not in reply.headers.get("content-type", ""):
        return f"{reply.status_code} {reply.headers.get('content-type', 'no type').partition(';')[0]}"
    told = reply.json()
    if isinstance(told, dict) and told.get("errors"):
        return f"{reply.status_code} errors: {told['errors'][0].get('detail')}"
    data = told.get("data") if isinstance(told, dict) else told
    text = data.get("error") if isinstance(data, dict) else data
    if isinstance(text, dict):
        return f"{reply.status_code} {text.get('code')} {text.get('message')}"
    return f"{reply.status_code} {text}" if reply.status_code != 200 or isinstance(text, str) else "200"


def shape(reply: httpx.Response) -> str:
    """Which back-end wrapped a reply, by the order of the three keys (imgur-api §2)."""
    keys = list(reply.json())
    return {"data": "legacy", "status": "new"}.get(keys[0], ",".join(keys))


def reading(reply: httpx.Response, name: str) -> int:
    """What a header counts; -1 without it."""
    return int(reply.headers.get(name, "-1"))

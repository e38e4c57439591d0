"""Faults with a name: what each does, where it was seen, how sure that is, and which requests it can strike."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Scope = Literal["any", "api", "read", "write", "upload", "create", "add", "album", "picture", "list", "paged", "token"]
_SCOPES: Mapping[Scope, re.Pattern[str]] = {
    "any": re.compile(r".*"),
    "api": re.compile(r"\S+ /3/.*"),
    "read": re.compile(r"GET /3/.*"),
    "write": re.compile(r"(POST|PUT|DELETE) /3/.*"),
    "upload": re.compile(r"POST /3/(upload|image)"),
    "create": re.compile(r"POST /3/album"),
    "add": re.compile(r"(POST|PUT) /3/album/[^/]+/add"),
    "album": re.compile(r"GET /3/(account/[^/]+/)?album/[^/]+"),
    "picture": re.compile(r"GET /3/image/[^/]+|POST /3/(upload|image)"),
    "list": re.compile(r"GET /3/((account/[^/]+/)?album/[^/]+(/images)?|account/[^/]+/(images|albums)(/ids)?(/\d+)?)"),
    "paged": re.compile(r"GET /3/account/[^/]+/(images|albums)(/ids)?(/\d+)?"),
    "token": re.compile(r"POST /oauth2/token"),
}


@dataclass(frozen=True, slots=True)
class Named:
    """One named fault. `number` is that of the README's table, `rule` what it stands for without a match."""

    name: str
    number: str
    what: str
    source: str
    confidence: str
    """H, M or L as in README.md; "net" for what any network does."""
    rule: Mapping[str, Any] = field(repr=False)
    scope: Scope = "any"

    def fits(self, method: str, path: str) -> bool:
        """Whether the fault can strike such a request; it lets all others pass."""
        return _SCOPES[self.scope].fullmatch(f"{method} {path}") is not None

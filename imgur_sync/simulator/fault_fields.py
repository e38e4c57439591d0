"""What each kind of fault takes, checked before a rule is added."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_OF_THE_CONNECTION = frozenset(
    (
        *("connection", "keep-alive", "proxy-authenticate", "proxy-authorization"),
        *("te", "trailers", "transfer-encoding", "upgrade"),
    )
)
"""Headers that no application may send (PEP 3333)."""
_DROPS = ("closed", "reset", "timeout")
HOWS: Mapping[str, tuple[str, ...]] = {
    "unreachable": ("refused", "dns", "tls", "timeout"),
    "drop_before": _DROPS,
    "drop_after": _DROPS,
    "rotate": ("kept", "lost"),
    "body": ("cut", "cut-gzip", "bad-gzip", "bomb", "slow"),
    "alter": (
        *("null", "missing", "empty", "wrong-type", "extra", "huge", "nan", "twice"),
        *("null-data", "short", "repeat", "count"),
    ),
    "tokens": ("expire", "other-login"),
}
KINDS: Mapping[str, frozenset[str]] = {
    kind: frozenset((*keys.split(), "seconds"))
    for kind, keys in {
        "reply": "status headers body after",
        "delay": "after",
        "drop_before": "how",
        "drop_after": "how",
        "late": "",
        "rotate": "how",
        "unreachable": "how",
        "body": "how after",
        "alter": "how field",
        "headers": "set every",
        "ignore": "fields",
        "stale": "",
        "repeat_page": "",
        "reencode": "",
        "edit": "edit",
        "spend": "credits posts uploads hit",
        "tokens": "how",
    }.items()
}
NEEDED: Mapping[str, tuple[str, type]] = {
    "ignore": ("fields", list),
    "edit": ("edit", Mapping),
}


def check_match(match: object) -> Mapping[str, Any]:
    """The match of a rule. ValueError says what is wrong."""
    if match is None:
        return {}
    if not isinstance(match, Mapping) or set(match) - {"method", "path", "nth", "count", "lasts", "n"}:
        raise ValueError("match takes method, path, nth, count, lasts and n")
    for name, least in (("nth", 1), ("count", 0), ("n", 1)):
        value = match.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < least):
            raise ValueError(f"{name} is a whole number from {least}")
    if match.get("lasts") is not None:
        check_seconds("lasts", match["lasts"])
    if not isinstance(match.get("path", ""), str | None):
        raise ValueError("path is a text")
    return match


def check_seconds(name: str, value: object) -> None:
    """ValueError unless `value` is a number of seconds."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 10**10:
        raise ValueError(f"{name} is a number that is not negative")


def check_fields(kind: str, rule: Mapping[str, Any]) -> None:
    """What stands beside `fault` and `match`. ValueError says what is wrong."""
    extra = set(rule) - KINDS[kind]
    if extra:
        raise ValueError(f"unknown key {sorted(extra)[0]!r} in a fault {kind!r}")
    check_seconds("seconds", rule.get("seconds", 0))
    how = rule.get("how")
    if how is None and kind in ("unreachable", "body", "alter", "tokens"):
        raise ValueError(f"{kind} needs a how, one of {', '.join(HOWS[kind])}")
    if how is not None and how not in HOWS[kind]:
        raise ValueError(f"how of {kind} is one of {', '.join(HOWS[kind])}")
    if kind in NEEDED and not isinstance(rule.get(NEEDED[kind][0]), NEEDED[kind][1]):
        raise ValueError(f"{kind} needs {NEEDED[kind][0]}")
    if not isinstance(rule.get("set", {}), Mapping) or not isinstance(rule.get("every", ""), str):
        raise ValueError("set is an object of headers, every a text")
    _check_headers(rule.get("set", {}))
    _check_value("every", rule.get("every", ""))
    if not isinstance(rule.get("field", ""), str):
        raise ValueError("field is one name, or several with blanks between")
    if kind == "reply":
        _check_reply(rule)


def _check_reply(rule: Mapping[str, Any]) -> None:
    status = rule.get("status", 500)
    if isinstance(status, bool) or not isinstance(status, int) or not 200 <= status <= 599:
        raise ValueError("status is a number from 200 to 599")
    if not isinstance(rule.get("headers", {}), Mapping):
        raise ValueError("headers is an object")
    _check_headers(rule.get("headers", {}))


def _check_headers(headers: Mapping[str, Any]) -> None:
    for name, value in headers.items():
        if not _TOKEN.fullmatch(str(name)):
            raise ValueError(f"{name!r} is not the name of a header")
        if str(name).lower() in _OF_THE_CONNECTION:
            raise ValueError(f"{name} is a header of the connection, which the server alone sends")
        if str(name).lower() == "content-length" and value is not None and not re.fullmatch("[0-9]{1,18}", str(value)):
            raise ValueError(f"the value of {name} is a number")
        _check_value(name, value)


def _check_value(name: str, value: object) -> None:
    if not _VALUE.fullmatch(str(value)):
        raise ValueError(f"the value of {name} has a character that is not sent")

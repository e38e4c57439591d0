"""Rate-limit headers and waits. Total: whatever a header says, the answer is a reading, never an error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from imgur_sync.imgur.plain import plain
from imgur_sync.model.budget import LimitName, Reading

DURATION_BELOW = 1_000_000_000
LONGEST_RESET = 32 * 86_400
HIGHEST_FIGURE = 1_000_000_000
SHORTEST_WAIT = 1.0
LONGEST_WAIT = 86_400.0
# ASCII: of other blanks, as U+001F, Python's numbers and its patterns think differently.
_INTEGER = re.compile(r"\s*[+-]?[0-9]{1,18}\s*\Z", re.ASCII)
_FIGURES = {
    "user_limit": "x-ratelimit-userlimit",
    "user_remaining": "x-ratelimit-userremaining",
    "client_limit": "x-ratelimit-clientlimit",
    "client_remaining": "x-ratelimit-clientremaining",
    "post_limit": "x-post-rate-limit-limit",
    "post_remaining": "x-post-rate-limit-remaining",
}
_RESETS = {
    "user_reset": "x-ratelimit-userreset",
    "client_reset": "x-ratelimit-clientreset",
    "post_reset": "x-post-rate-limit-reset",
}


def reading(headers: Mapping[str, str], now: float, took: float = 0.0) -> Reading:
    """What the headers (names in lower case, imgur-api §3) say in absolute terms.

    A reset below 10^9 is a number of seconds from the reply's Date, or from `now` (Unix seconds) if it has none; any
    other is Unix seconds. `took` is how many seconds the reply took. A figure that is not a number, is negative or
    absurd is left out and named in `warnings`.
    """
    warnings: list[str] = []
    date = moment(headers.get("date", ""))
    if date is None and "date" in headers:
        warnings.append(_warning("date", headers["date"]))
    start = now if date is None else date
    figures = {field: _figure(name, headers, warnings) for field, name in _FIGURES.items()}
    resets = {field: _reset(name, headers, start, warnings) for field, name in _RESETS.items()}
    return Reading(
        date=date,
        user_limit=figures["user_limit"],
        user_remaining=figures["user_remaining"],
        user_reset=resets["user_reset"],
        client_limit=figures["client_limit"],
        client_remaining=figures["client_remaining"],
        client_reset=resets["client_reset"],
        post_limit=figures["post_limit"],
        post_remaining=figures["post_remaining"],
        post_reset=resets["post_reset"],
        warnings=tuple(warnings),
        took=took,
    )


def moment(text: str) -> float | None:
    """An HTTP date as Unix seconds; None if it is none, or before 1970."""
    try:
        seconds = parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError, OSError):
        return None
    return seconds if seconds >= 0 else None


def wait_asked(headers: Mapping[str, str], now: float) -> float | None:
    """The seconds that Retry-After asks for, within [1 s, 24 h]; None if it says nothing that can be understood."""
    text = headers.get("retry-after", "")
    if _INTEGER.match(text):
        seconds = float(text)
        return clamped(seconds) if seconds >= 0 else None
    until = moment(text)
    if until is None:
        return None
    date = moment(headers.get("date", ""))
    return clamped(until - (now if date is None else date))


def clamped(seconds: float) -> float:
    """A wait within [1 s, 24 h]: `Retry-After: 0` is normal (imgur-api §3.6), and nothing closes for longer."""
    return min(max(seconds, SHORTEST_WAIT), LONGEST_WAIT)


def exhausted(said: Reading, now: float) -> tuple[str, float | None]:
    """The limit of which nothing is left by these headers ("" if none) and the seconds until it resets, if said.

    Of several, the one that opens last: before that nothing goes through.
    """
    start = now if said.date is None else said.date
    closed = [
        (name, None if reset is None else clamped(reset - start))
        for name, remaining, reset in (
            (LimitName.DAY, said.client_remaining, said.client_reset),
            (LimitName.HOUR, said.user_remaining, said.user_reset),
            (LimitName.POSTS, said.post_remaining, said.post_reset),
        )
        if remaining == 0
    ]
    if not closed:
        return "", None
    name, wait = max(closed, key=lambda entry: entry[1] or 0.0)
    return name.value, wait


def _figure(name: str, headers: Mapping[str, str], warnings: list[str]) -> int | None:
    text = headers.get(name)
    if text is None:
        return None
    value = int(text) if _INTEGER.match(text) else -1
    if 0 <= value <= HIGHEST_FIGURE:
        return value
    warnings.append(_warning(name, text))
    return None


def _reset(name: str, headers: Mapping[str, str], start: float, warnings: list[str]) -> float | None:
    text = headers.get(name)
    if text is None:
        return None
    value = int(text) if _INTEGER.match(text) else -1
    reset = start + value if 0 <= value < DURATION_BELOW else float(value)
    if value >= 0 and -LONGEST_RESET <= reset - start <= LONGEST_RESET:
        return reset
    warnings.append(_warning(name, text))
    return None


def _warning(name: str, text: str) -> str:
    return f"ignored {name}: {plain(text, limit=40)!r}"

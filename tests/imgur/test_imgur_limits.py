"""Rate-limit headers (imgur-api §3) become readings in absolute terms, whatever they hold."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from imgur_sync.imgur.limits import LONGEST_WAIT, SHORTEST_WAIT, exhausted, reading, wait_asked
from imgur_sync.model.budget import Reading

NOW = 1_800_000_000.0
DATE = {"date": "Fri, 15 Jan 2027 08:00:10 GMT"}  # NOW + 10
NAMES = (
    "date",
    "retry-after",
    "x-ratelimit-userlimit",
    "x-ratelimit-userremaining",
    "x-ratelimit-userreset",
    "x-ratelimit-clientlimit",
    "x-ratelimit-clientremaining",
    "x-ratelimit-clientreset",
    "x-post-rate-limit-limit",
    "x-post-rate-limit-remaining",
    "x-post-rate-limit-reset",
)


def test_all_figures_are_read() -> None:
    """The values seen in the wild (ShareX issues 5425 and 5658): seconds left, relative to Date."""
    said = reading(
        DATE
        | {
            "x-ratelimit-clientlimit": "12500",
            "x-ratelimit-clientremaining": "12480",
            "x-ratelimit-clientreset": "86400",
            "x-ratelimit-userlimit": "500",
            "x-ratelimit-userremaining": "499",
            "x-ratelimit-userreset": "3600",
            "x-post-rate-limit-limit": "1250",
            "x-post-rate-limit-remaining": "1249",
            "x-post-rate-limit-reset": "3600",
        },
        NOW,
    )
    date = NOW + 10
    assert said == Reading(date, 500, 499, date + 3600, 12500, 12480, date + 86400, 1250, 1249, date + 3600)


def test_no_header_is_nothing_announced() -> None:
    """Headers may be wholly absent; that is no reason for a warning."""
    assert reading({}, NOW) == Reading()


@pytest.mark.parametrize(
    ("text", "date", "reset"),
    [
        ("3600", True, NOW + 3610),
        ("3600", False, NOW + 3600),
        ("1800003600", True, NOW + 3600),
        ("0", False, NOW),
        (" 60 ", False, NOW + 60),
        ("999999999", False, None),
        ("9999999999", False, None),
        ("-1", False, None),
        ("soon", False, None),
        ("12.5", False, None),
        ("", False, None),
        ("3600, 3600", False, None),
        ("٣", False, None),
        ("9" * 5000, False, None),
    ],
)
def test_a_reset_is_a_duration_below_a_thousand_million(text: str, date: bool, reset: float | None) -> None:
    """Else Unix seconds; what is neither is ignored with a warning."""
    said = reading({"x-ratelimit-userreset": text} | (DATE if date else {}), NOW)
    assert said.user_reset == reset
    assert len(said.warnings) == (reset is None)


@pytest.mark.parametrize(
    ("text", "figure"), [("0", 0), ("500", 500), ("+5", 5), ("-1", None), ("x", None), ("1" * 18, None), ("NaN", None)]
)
def test_a_remaining_that_is_absurd_is_ignored_with_a_warning(text: str, figure: int | None) -> None:
    """Negative, not numeric or far too large."""
    said = reading({"x-ratelimit-clientremaining": text}, NOW)
    assert said.client_remaining == figure
    assert len(said.warnings) == (figure is None)


@pytest.mark.parametrize("text", ["yesterday", "", "Fri, 15 Jan 99999 08:00:10 GMT", "Mon, 1 Jan 1900 00:00:00 GMT"])
def test_a_date_that_is_none_is_ignored_with_a_warning(text: str) -> None:
    """Then our own clock counts."""
    said = reading({"date": text, "x-ratelimit-userreset": "60"}, NOW)
    assert (said.date, said.user_reset, len(said.warnings)) == (None, NOW + 60, 1)


def test_a_warning_is_short_and_on_one_line() -> None:
    """A header can hold anything."""
    (warning,) = reading({"x-ratelimit-userlimit": "\x1b[31m" + "x" * 5000 + "\r\n::error"}, NOW).warnings
    assert len(warning) < 100
    assert warning.isprintable()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 1.0),
        ("1", 1.0),
        ("90", 90.0),
        ("1000000000", 86_400.0),
        ("Fri, 15 Jan 2027 08:01:40 GMT", 90.0),
        ("Fri, 15 Jan 2027 07:00:00 GMT", 1.0),
        ("-5", None),
        ("later", None),
        ("", None),
    ],
)
def test_retry_after_is_clamped(text: str, seconds: float | None) -> None:
    """`Retry-After: 0` is 1 s, dates are relative to Date, nothing is longer than a day."""
    assert wait_asked(DATE | {"retry-after": text}, NOW) == seconds


def test_the_exhausted_limit_is_the_one_that_opens_last() -> None:
    """Before that nothing goes through."""
    both = Reading(user_remaining=0, user_reset=NOW + 60, client_remaining=0, client_reset=NOW + 600)
    assert exhausted(both, NOW) == ("day", 600.0)
    assert exhausted(Reading(user_remaining=0, client_remaining=12499), NOW) == ("hour", None)
    assert exhausted(Reading(post_remaining=0, post_reset=NOW + 5), NOW) == ("posts", 5.0)
    assert exhausted(Reading(user_remaining=1), NOW) == ("", None)


@given(st.dictionaries(st.sampled_from(NAMES), st.text(max_size=40) | st.integers().map(str)))
@example({"x-ratelimit-userlimit": "0\x1f", "x-ratelimit-userreset": "0\x1f", "retry-after": "0\x1f"})
def test_the_parser_is_total(headers: dict[str, str]) -> None:
    """Any text in any header gives a reading whose figures are sane."""
    said = reading(headers, NOW)
    assert all(
        figure is None or figure >= 0 for figure in (said.user_remaining, said.client_limit, said.post_remaining)
    )
    wait = wait_asked(headers, NOW)
    assert wait is None or SHORTEST_WAIT <= wait <= LONGEST_WAIT
    exhausted(said, NOW)

"""Numbers, sizes, durations and times for people."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone

import pytest

from imgur_sync.report.figures import duration, iso, moment, number, plural, size, size_of, some


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (999_940, "999.9 kB"),
        (999_950, "1.0 MB"),
        (1_200_000, "1.2 MB"),
        (64 * 1024**2, "67.1 MB"),
        (5 * 10**12, "5,000.0 GB"),
    ],
)
def test_sizes(count: int, text: str) -> None:
    """Units of a thousand, one decimal."""
    assert size(count) == text


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (0, 1_200_000, "0 bytes of 1.2 MB"),
        (300_000, 1_200_000, "300.0 kB of 1.2 MB"),
        (17_700_000, 47_900_000, "17.7 of 47.9 MB"),
        (1, 20, "1 byte of 20 bytes"),
        (10, 20, "10 of 20 bytes"),
    ],
)
def test_a_part_of_a_size_has_the_unit_once(part: int, whole: int, text: str) -> None:
    """Where it is the same."""
    assert size_of(part, whole) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0 s"),
        (0.4, "0 s"),
        (99.4, "99 s"),
        (99.6, "2 min"),
        (3570, "1 h"),
        (3900, "1 h 5 min"),
        (47 * 3600 + 3599, "2 d"),
        (86400 * 2 + 3 * 3600, "2 d 3 h"),
        (1e300, "11,574,074 d 1 h"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    """The two units that matter; never below zero, never a crash."""
    assert duration(seconds) == text


def test_counts_have_commas_and_the_right_plural() -> None:
    """Also with nouns that need more than an s."""
    assert number(1_234_567) == "1,234,567"
    assert [plural(n, "picture") for n in (0, 1, 2, 1000)] == [
        "0 pictures",
        "1 picture",
        "2 pictures",
        "1,000 pictures",
    ]
    assert plural(2, "entry", "entries") == "2 entries"


def test_a_time_is_local_with_its_offset_and_distance() -> None:
    """Zones of half hours and times in the past, too; what no calendar holds is no crash."""
    at = 1_772_370_300.0
    assert moment(at, at - 60, timezone(timedelta(hours=-3, minutes=-30))) == "2026-03-01 09:35 -03:30 (in 60 s)"
    assert moment(at, at + 7200, UTC) == "2026-03-01 13:05 +00:00 (2 h ago)"
    assert moment(1e300, at, UTC) == "a time that cannot be shown"
    assert moment(float("nan"), at, UTC) == "a time that cannot be shown"
    assert (iso(at), iso(None), iso(1e300)) == ("2026-03-01T13:05:00Z", None, None)


def test_some_names_are_shown_and_the_rest_counted() -> None:
    """Names in it are made harmless."""
    assert some(["a", "b\x1b"]) == "a, b\\u001b"
    assert some([str(n) for n in range(6)]) == "0, 1, 2, 3 and 2 more"

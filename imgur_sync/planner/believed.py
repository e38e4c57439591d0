"""How far a time that was recorded can be believed, by a clock that may have been set since."""

from __future__ import annotations


def believed(at: float, now: float, set_at: float) -> float:
    """The latest moment at which what was recorded at `at` may have happened. All are Unix seconds of our clock;
    `set_at` is when it was noticed that it had been set, 0.0 if never.

    Of what was recorded before, nobody knows how long ago it was: it counts as of that moment, so that a clock which
    is put ahead ends no time to settle too early, and one that is put back makes none last for ever.
    """
    set_since = 0.0 < set_at <= now and (at < set_at or at > now)
    return set_at if set_since else at

"""How many examples a property draws: few and always the same ones in CI, many new ones on demand."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "ci")
"""`ci`, or `nightly`: two hundred times as many, drawn anew in each run. HYPOTHESIS_TIMES is another factor."""
TIMES = int(os.environ.get("HYPOTHESIS_TIMES", "200" if PROFILE == "nightly" else "1"))


def examples(count: int) -> settings:
    """The settings of a property that draws `count` examples in CI, where a red run is red again when it is repeated;
    many times that, different ones each time, where HYPOTHESIS_PROFILE is `nightly`."""
    return settings(
        max_examples=count * TIMES,
        derandomize=PROFILE != "nightly",
        database=None,
        deadline=None,
        print_blob=True,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )

"""What holds for every test."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# Shared machines are slow at times: no example fails for taking long. CI draws fewer examples of each property.
settings.register_profile(
    "steady", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow], max_examples=100
)
settings.load_profile("steady")

for name in [name for name in os.environ if name.startswith("IMGUR_SYNC_")]:
    del os.environ[name]

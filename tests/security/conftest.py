"""Fixtures of the security tests: mirrors as those of the end-to-end tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command import Workplace
from tests.support.mirror import Mirror, mirror


@pytest.fixture
def here(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Mirror]:
    """Two folders with a manifest, none of it sent yet; an Imgur without limits. A module whose `KIND` is `Inside` has
    its commands run in the test's process."""
    with mirror(tmp_path, kind=getattr(request.module, "KIND", Workplace)) as made:
        yield made


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mirror]:
    """One synced mirror for all tests that cannot change it."""
    with mirror(tmp_path_factory.mktemp("shared")) as made:
        made.run("apply", "-y", "-q")
        yield made

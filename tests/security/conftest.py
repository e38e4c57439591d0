"""Fixtures of the security tests: mirrors as those of the end-to-end tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.mirror import Mirror, mirror


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Mirror]:
    """Two folders with a manifest, none of it sent yet; an Imgur without limits."""
    with mirror(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mirror]:
    """One synced mirror for all tests that cannot change it."""
    with mirror(tmp_path_factory.mktemp("shared")) as made:
        made.run("apply", "-y", "-q")
        yield made

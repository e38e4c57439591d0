"""Fixtures of the end-to-end tests: a workplace and a local Imgur on a socket for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.inside import Inside
from tests.support.mirror import Mirror, mirror


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Mirror]:
    """Two folders with a manifest, none of it sent yet; an Imgur without limits."""
    with mirror(tmp_path, kind=Inside) as made:
        yield made


@pytest.fixture
def synced(here: Mirror) -> Mirror:
    """The same after a first apply."""
    here.run("apply", "-y", "-q")
    return here


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mirror]:
    """One synced mirror for all tests that cannot change it; each puts its manifest back."""
    with mirror(tmp_path_factory.mktemp("shared"), kind=Inside) as made:
        made.run("apply", "-y", "-q")
        yield made

"""Fixtures of the end-to-end tests: a workplace and a local Imgur on a socket for each test."""

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


@pytest.fixture
def synced(here: Mirror) -> Mirror:
    """The same after a first apply."""
    here.run("apply", "-y", "-q")
    return here


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Mirror]:
    """One synced mirror for all tests that cannot change it; each puts its manifest back. `KIND` as above."""
    with mirror(tmp_path_factory.mktemp("shared"), kind=getattr(request.module, "KIND", Workplace)) as made:
        made.run("apply", "-y", "-q")
        yield made

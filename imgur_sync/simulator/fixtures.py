"""Fixtures of pytest; `imgur_sync.simulator.testing` is where other projects take them from. PYTEST_DONT_REWRITE"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator

import pytest

from imgur_sync.simulator.around import given_environment
from imgur_sync.simulator.handle import Running
from imgur_sync.simulator.options import Options
from imgur_sync.simulator.server import running

MakeImgur = Callable[..., Running]


@pytest.fixture
def imgur_options() -> Options:
    """How `imgur` behaves: as Imgur does, limits and all. A fixture of the same name in a test file replaces it."""
    return Options()


@pytest.fixture
def imgur(imgur_options: Options) -> Iterator[Running]:
    """A local Imgur on a free port of 127.0.0.1, with an empty world that ends with the test."""
    with running(imgur_options) as server:
        yield server


@pytest.fixture
def imgur_environment(imgur: Running, monkeypatch: pytest.MonkeyPatch) -> Running:
    """`imgur`, with the environment that points clients at it; credentials that stood there are gone for the test."""
    given = given_environment(os.environ, imgur)
    for name in set(os.environ) - set(given):
        monkeypatch.delenv(name)
    for name, value in given.items():
        if os.environ.get(name) != value:
            monkeypatch.setenv(name, value)
    return imgur


@pytest.fixture
def make_imgur() -> Iterator[MakeImgur]:
    """`make_imgur(options)`: further ones, each with a world of its own; they end with the test."""
    with contextlib.ExitStack() as stack:

        def make(options: Options | None = None) -> Running:
            return stack.enter_context(running(options))

        yield make

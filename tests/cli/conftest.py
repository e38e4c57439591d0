"""Fixtures of the command line's tests: folders to work in, and a local Imgur on a socket."""

from __future__ import annotations

import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from imgur_sync.simulator import Limits, Options, Running, running
from tests.support.command import workplace
from tests.support.inside import Inside
from tests.support.mirror import Mirror, mirror


@pytest.fixture(scope="session")
def imgur(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One local Imgur without hourly limits, for all tests that talk to one."""
    with running(Options(limits=Limits(0, 0, 0, 0)), data=tmp_path_factory.mktemp("imgur")) as server:
        yield server


@pytest.fixture
def online(tmp_path: Path, imgur: Running) -> Inside:
    """A folder with three pictures and a manifest, and credentials for the local Imgur."""
    place = workplace(tmp_path, {**imgur.environment(), "IMGUR_SYNC_SETTLE_SECONDS": "1"})
    return Inside(place.folder, place.environment)


@pytest.fixture
def here(tmp_path: Path) -> Inside:
    """A folder with three pictures and a manifest, without credentials."""
    return Inside(workplace(tmp_path).folder)


@pytest.fixture
def unsynced(tmp_path: Path) -> Iterator[Mirror]:
    """The albums cats (five pictures) and dogs (three), nothing sent yet."""
    with mirror(tmp_path, kind=Inside) as made:
        yield made


@pytest.fixture
def synced(unsynced: Mirror) -> Mirror:
    """The same after a first apply."""
    unsynced.run("apply", "-y", "-q")
    return unsynced


@pytest.fixture
def departed(synced: Mirror) -> Mirror:
    """Two cats left the album a moment ago."""
    for name in ("c1.png", "c3.png"):
        (synced.folder / "cats" / name).unlink()
    synced.run("apply", "-y", "-q")
    return synced


@pytest.fixture
def in_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Lets `run` be called in the test's own process: puts back what a command line changes."""
    for module, name in (
        (sys, "excepthook"),
        (sys, "unraisablehook"),
        (threading, "excepthook"),
        (warnings, "showwarning"),
        (logging, "raiseExceptions"),
    ):
        monkeypatch.setattr(module, name, getattr(module, name))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IMGUR_SYNC_STATE_DIR", str(tmp_path / ".user"))
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield tmp_path
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)

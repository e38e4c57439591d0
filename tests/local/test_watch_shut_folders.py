"""Folders that cannot be opened at first are heard as soon as somebody lets them be."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from watchdog.observers import inotify_c

from imgur_sync.local.watching import Pace
from tests.support.watch_stage import QUICK, WatchStage, paced

NEVER = 100_000.0


class Doors:
    """Which folders the kernel refuses to watch for want of permission: it refuses root, who may run this, nothing."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.shut: set[str] = set()
        self._real = inotify_c.inotify_add_watch
        monkeypatch.setattr(inotify_c, "inotify_add_watch", self._add)

    def _add(self, descriptor: int, path: bytes, mask: int) -> int:
        if self.shut & set(Path(os.fsdecode(path)).parts):
            inotify_c.ctypes.set_errno(errno.EACCES)
            return -1
        return self._real(descriptor, path, mask)


@pytest.fixture
def doors(monkeypatch: pytest.MonkeyPatch) -> Doors:
    """All are open."""
    return Doors(monkeypatch)


def staged(base: Path, pace: Pace) -> Iterator[WatchStage]:
    """The album "cats" with two folders in each other, and one of another name."""
    stage = WatchStage(base, pace)
    for name in ("shut/deep", "open"):
        stage.make(stage.root / name)
    yield stage
    stage.watcher.close()


@pytest.fixture
def unlooked(tmp_path: Path) -> Iterator[WatchStage]:
    """One at which no look at the folders ever comes: events are all there is."""
    yield from staged(tmp_path, paced(check=NEVER))


@pytest.fixture
def looked(tmp_path: Path) -> Iterator[WatchStage]:
    """One at which such looks come all the time."""
    yield from staged(tmp_path, QUICK)


def heard(stage: WatchStage, *folders: str) -> None:
    """Each of them tells of what happens in it."""
    for folder in folders:
        stage.settle()
        stage.only(folder)


def test_a_folder_that_is_opened_by_chmod_is_told_and_heard(unlooked: WatchStage, doors: Doors) -> None:
    """At once, by the event of the chmod itself; with all that is below it."""
    doors.shut = {"shut"}
    unlooked.start()
    doors.shut = set()
    (unlooked.root / "shut").chmod(0o755)
    unlooked.touched("shut")
    heard(unlooked, "shut", "shut/deep", "open")


def test_a_folder_that_could_be_listed_but_not_entered_is_opened(unlooked: WatchStage, doors: Doors) -> None:
    """What was refused lies below the folder of which the mode changes."""
    doors.shut = {"deep"}
    unlooked.start()
    doors.shut = set()
    (unlooked.root / "shut").chmod(0o755)
    unlooked.touched("shut/deep")
    heard(unlooked, "shut/deep")


def test_a_chmod_that_does_not_open_is_told_and_the_next_one_helps(unlooked: WatchStage, doors: Doors) -> None:
    """A folder that appears shut, with another mode that is none the better."""
    unlooked.start()
    doors.shut = {"late"}
    unlooked.make(unlooked.root / "late" / "deep")
    unlooked.touched("late")
    (unlooked.root / "late").chmod(0o311)
    unlooked.touched("late")
    doors.shut = set()
    (unlooked.root / "late").chmod(0o755)
    unlooked.touched("late")
    heard(unlooked, "late", "late/deep")


def test_a_folder_that_opens_without_an_event_is_found_soon(looked: WatchStage, doors: Doors) -> None:
    """By a rule of the file system, say, or a folder above the root: it is tried with each look at the roots."""
    doors.shut = {"shut"}
    looked.start()
    doors.shut = set()
    looked.touched("shut")
    heard(looked, "shut", "shut/deep")


def test_a_shut_folder_that_was_removed_is_forgotten(looked: WatchStage, doors: Doors) -> None:
    """One of its name that comes later is as any other."""
    doors.shut = {"shut"}
    looked.start()
    looked.remove(looked.root / "shut")
    looked.settle()
    doors.shut = set()
    looked.make(looked.root / "shut")
    heard(looked, "shut")


def test_a_file_that_may_be_read_now_is_told(unlooked: WatchStage) -> None:
    """As is another time that somebody gives it: orders go by times."""
    picture = unlooked.root / "open" / "a.png"
    unlooked.put(picture)
    unlooked.start()
    picture.chmod(0o600)
    unlooked.touched("open")
    unlooked.settle()
    os.utime(picture, (1.0, 1.0))
    unlooked.touched("open")

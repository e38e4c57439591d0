"""What a daemon is given: ports, and how to open what one look and one pass need."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from imgur_sync.errors import ImgurSyncError
from imgur_sync.executor import Options, Ports
from imgur_sync.local.stillness import Stillness
from imgur_sync.model.ports import ActivityBoard, Clock, RemoteWriter, Watcher
from imgur_sync.model.spec import Manifest
from imgur_sync.watch.absences import Absences

RoomWanted = Callable[[], ImgurSyncError | None]


@dataclass(frozen=True, slots=True)
class PassBench:
    """What one pass is made with, while the lock of runs is held."""

    manifest: Manifest
    ports: Ports
    options: Options
    writer: RemoteWriter


@dataclass(frozen=True, slots=True)
class Site:
    """The implementations of a daemon.

    `peeking` opens what a look without Imgur needs: a copy of the state, the folders, the ledger; no lock, no reader.
    `passing` opens what a run needs, with the lock held, or raises. `load` reads the manifest with the albums that its
    collections have now. `stopping` is the signal that asked for the end, 0 if none; `alive` is called again and again
    while all is well, at least every `pulse` seconds. `outdated` says whether another version of the program is
    installed than the one that runs.
    """

    clock: Clock
    watcher: Watcher
    board: ActivityBoard
    load: Callable[[], Manifest]
    peeking: Callable[[Manifest], AbstractContextManager[Ports]]
    passing: Callable[[Manifest, Options, RoomWanted], AbstractContextManager[PassBench]]
    stillness: Stillness
    absences: Absences
    stopping: Callable[[], int] = lambda: 0
    alive: Callable[[], None] = lambda: None
    pulse: float = 3600.0
    outdated: Callable[[], bool] = lambda: False
    chance: Callable[[], float] = random.random

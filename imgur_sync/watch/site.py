"""What a daemon is given: ports, and how to open what one look and one pass need."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from imgur_sync.errors import ImgurSyncError
from imgur_sync.executor import Options, Ports
from imgur_sync.local.stillness import Stillness
from imgur_sync.model.ports import ActivityBoard, Clock, RemoteWriter, Watcher, WatchMemory
from imgur_sync.model.spec import Manifest
from imgur_sync.watch.absences import Absences
from imgur_sync.watch.unheard import Unheard

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
    `looking` opens what a look at Imgur needs that changes nothing: the same and a reader, for so many credits at most.
    `passing` opens what a run needs, with the lock held, or raises; it is given the albums that the run leaves out, but
    for those that no run takes in now: see `HeldFolders`. `memory` is kept for the next daemon. `load` reads the
    manifest with the albums that its collections have now. `stopping` is the signal that asked for the end, 0 if none;
    `alive` is called again and again while all is well, at least every `pulse` seconds. `outdated` says whether another
    version of the program is installed than the one that runs.
    """

    clock: Clock
    watcher: Watcher
    board: ActivityBoard
    memory: WatchMemory
    load: Callable[[], Manifest]
    peeking: Callable[[Manifest], AbstractContextManager[Ports]]
    looking: Callable[[Manifest, int], AbstractContextManager[Ports]]
    passing: Callable[[Manifest, Options, RoomWanted, frozenset[str]], AbstractContextManager[PassBench]]
    stillness: Stillness
    absences: Absences
    unheard: Unheard
    stopping: Callable[[], int] = lambda: 0
    alive: Callable[[], None] = lambda: None
    pulse: float = 3600.0
    outdated: Callable[[], bool] = lambda: False
    chance: Callable[[], float] = random.random

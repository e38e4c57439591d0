"""A local Imgur that any client can talk to: in-process over WSGI, or on a socket.

It imports nothing of the rest of the package, so that a shared misreading of the API shows. What it does and how sure
that is, each route's docstring says: H = official documentation or traffic of several sources, M = one good source,
L = a single remark or an inference. README.md beside this file lists what is unknown.
"""

from imgur_sync.simulator.app import create_app
from imgur_sync.simulator.around import NotStarted
from imgur_sync.simulator.clock import Clock
from imgur_sync.simulator.faults import ConnectionDropped
from imgur_sync.simulator.folder_lock import FolderInUse
from imgur_sync.simulator.handle import Running
from imgur_sync.simulator.options import Knobs, Limits, Options, Windows
from imgur_sync.simulator.server import run_simulator, running, serve
from imgur_sync.simulator.storage import JournalError
from imgur_sync.simulator.world import Demo, World

__all__ = [
    "Clock",
    "ConnectionDropped",
    "Demo",
    "FolderInUse",
    "JournalError",
    "Knobs",
    "Limits",
    "NotStarted",
    "Options",
    "Running",
    "Windows",
    "World",
    "create_app",
    "run_simulator",
    "running",
    "serve",
]

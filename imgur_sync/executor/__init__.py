"""Observes through ports and runs plans, one recorded step at a time.

The names are loaded when they are first asked for: a plan does not pay for what only a run needs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imgur_sync.executor.applying import apply
    from imgur_sync.executor.planning import make_plan
    from imgur_sync.executor.session import Options, Ports
    from imgur_sync.executor.workers import SystemClock, ThreadWorkers

__all__ = ["Options", "Ports", "SystemClock", "ThreadWorkers", "apply", "make_plan"]

_PLACES = {
    "Options": "session",
    "Ports": "session",
    "SystemClock": "workers",
    "ThreadWorkers": "workers",
    "apply": "applying",
    "make_plan": "planning",
}


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)

"""Observes through ports and runs plans, one recorded step at a time."""

from imgur_sync.executor.applying import apply
from imgur_sync.executor.planning import make_plan
from imgur_sync.executor.session import Options, Ports
from imgur_sync.executor.workers import SystemClock, ThreadWorkers

__all__ = ["Options", "Ports", "SystemClock", "ThreadWorkers", "apply", "make_plan"]

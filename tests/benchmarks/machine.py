"""What the figures were measured on and with."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from importlib import metadata
from typing import Any

PEERS = {
    "git": ("git", "--version"),
    "rsync": ("rsync", "--version"),
    "rclone": ("rclone", "--version"),
    "curl": ("curl", "--version"),
    "inotifywait": ("inotifywait", "--help"),
}
LIBRARIES = ("click", "httpx", "pydantic", "rich", "flask", "waitress", "pathspec", "watchdog", "imgurpython")
MISSING = "missing"


def description() -> dict[str, Any]:
    """The machine, its load, and the versions of Python, libraries and peers; "missing" where there is none."""
    return {
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "cpu": _processor(),
        "cpus": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "load": round(os.getloadavg()[0], 2),
        "python": sys.version.split()[0],
        "libraries": {name: _library(name) for name in LIBRARIES},
        "peers": {name: _peer(command) for name, command in PEERS.items()},
    }


def has(peer: str) -> bool:
    """Whether a peer is installed."""
    return shutil.which(peer) is not None


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return next(line.partition(":")[2].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or "unknown"


def _library(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return MISSING


def _peer(command: tuple[str, ...]) -> str:
    if shutil.which(command[0]) is None:
        return MISSING
    shown = subprocess.run(command, capture_output=True, text=True, timeout=30)
    return shown.stdout.splitlines()[0].strip() if shown.stdout else "unknown"

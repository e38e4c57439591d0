"""The command `imgur-sync simulator --data DIR` in a process of its own, to be killed, or to be given no room."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]


def started(folder: Path) -> subprocess.Popen[str]:
    """The command without limits on a free port; what it says can be read."""
    limits = ("--user-credits", "0", "--client-credits", "0", "--posts", "0", "--uploads", "0")
    command = (sys.executable, "-m", "imgur_sync", "simulator", "--port", "0", "--data", str(folder), *limits)
    environ = {name: value for name, value in os.environ.items() if not name.startswith("IMGUR_SYNC_")}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, env=environ, stdout=pipe, stderr=pipe, text=True)


class Process:
    """That command once it listens, and a client of it."""

    def __init__(self, folder: Path) -> None:
        self._process = started(folder)
        told: dict[str, str] = {}
        assert self._process.stdout is not None
        for line in self._process.stdout:
            name, _, value = line.strip().partition("=")
            told[name] = value
            if line.startswith("listening on "):
                break
        self.url, self.token = told["IMGUR_SYNC_API_URL"], f"Client-ID {told['IMGUR_SYNC_CLIENT_ID']}"

    def client(self) -> httpx.Client:
        """A connection of its own."""
        return httpx.Client(base_url=self.url, headers={"Authorization": self.token}, timeout=60)

    def allow(self, size: int = resource.RLIM_INFINITY) -> None:
        """Let its files grow to so many bytes each and no further: what a full disk is to a process."""
        resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def end(self, number: int) -> str:
        """Send it a signal, and wait until it is gone; what it said on stderr."""
        self._process.send_signal(number)
        return self._process.communicate(timeout=60)[1]

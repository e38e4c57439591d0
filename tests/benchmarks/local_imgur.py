"""A local Imgur in a process of its own, without limits, so that what a client costs is measured apart."""

from __future__ import annotations

import contextlib
import json
import subprocess
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.harness import ROOT, environment, imgur_sync

LIMITS = ("--user-credits", "0", "--client-credits", "0", "--posts", "0", "--uploads", "0")
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class LocalImgur:
    """Where it listens, and the settings that point imgur-sync at it."""

    url: str
    settings: Mapping[str, str]
    pid: int

    def look(self, what: str) -> Any:
        """What it knows: ledger, history, world."""
        with urllib.request.urlopen(f"{self.url}/_simulator/{what}", timeout=60) as reply:
            return json.load(reply)

    def steer(self, what: str, sent: object) -> None:
        """Turn something of it: faults, clock."""
        request = urllib.request.Request(f"{self.url}/_simulator/{what}", json.dumps(sent).encode(), method="POST")
        with urllib.request.urlopen(request, timeout=60) as reply:
            reply.read()


@contextlib.contextmanager
def running(work: Path, latency_ms: float, data: Path | None = None) -> Iterator[LocalImgur]:
    """Serve while the block runs, the world in `data` if that is given; every call takes `latency_ms`."""
    kept = () if data is None else ("--data", str(data))
    command = imgur_sync("simulator", "--port", "0", "--latency", str(latency_ms), *LIMITS, *kept)
    process = subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        settings: dict[str, str] = {}
        for line in process.stdout:
            name, _, value = line.strip().partition("=")
            if value:
                settings[name] = value
            if line.startswith("listening on "):
                break
        settings["IMGUR_SYNC_STATE_DIR"] = str(work / "state")
        settings["IMGUR_SYNC_CONFIG_DIR"] = str(work / "config")
        settings["IMGUR_SYNC_SETTLE_SECONDS"] = "1"
        yield LocalImgur(settings["IMGUR_SYNC_API_URL"], settings, process.pid)
    finally:
        process.terminate()
        process.wait(PATIENCE)
        if process.stdout is not None:
            process.stdout.close()

"""The plans of albums that a gate holds, as files beside the state, for whoever is to decide."""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from imgur_sync.model.gate import GateName
from imgur_sync.report.text import Moment, album_lines
from imgur_sync.watch.events import GateOpened, GateTripped, WatchEvent

LONGEST = 200


class HeldPlans:
    """Writes a plan when a gate trips, and removes it when no gate of its album holds any more. The folder is made with
    the first one; only its owner can read in it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with suppress(OSError):  # what a daemon before this one left there may not hold any more
            for old in folder.glob("*.txt"):
                old.unlink()
        self._held: dict[str, set[GateName]] = defaultdict(set)

    def take(self, event: WatchEvent, now: float) -> str:
        """Take in an event at `now` (Unix seconds). A sentence for the log, "" where there is nothing to tell."""
        match event:
            case GateTripped():
                self._held[event.gate.album].add(event.gate.name)
                return self._write(event, now)
            case GateOpened(album=album, gate=gate):
                self._held[album].discard(gate)
                if not self._held[album]:
                    del self._held[album]
                    with suppress(OSError):
                        self._path(album).unlink(missing_ok=True)
            case _:
                pass
        return ""

    def _write(self, event: GateTripped, now: float) -> str:
        path = self._path(event.gate.album)
        lines = [*album_lines(event.plan.albums[0], Moment(now)), ""]
        lines += [f"To let it through: {event.remedy}", ""] if event.remedy else []
        text = f"Written {datetime.fromtimestamp(now):%Y-%m-%d %H:%M:%S}\n\n" + "\n".join(lines)
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            fresh = path.with_name(f"{path.name}.new")
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
            with open(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
                file.write(text)
            fresh.replace(path)
        except OSError as error:
            return f"the plan could not be written to {path}: {error.strerror}"
        return f"the plan is in {path}"

    def _path(self, album: str) -> Path:
        name = quote(album, safe="")
        if len(name) > LONGEST:
            name = f"{name[:LONGEST]}.{hashlib.sha256(album.encode('utf-8', 'surrogateescape')).hexdigest()[:16]}"
        return self._folder / f"{name}.txt"

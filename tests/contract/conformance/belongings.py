"""What a run made at Imgur and has to delete: kept in a small file, so that a later run can, if this one is killed."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Kind = Literal["image", "album"]


@dataclass(frozen=True, slots=True)
class Thing:
    """A picture or an album that was made. `owned`: by the account, else it is anonymous."""

    kind: Kind
    id: str
    deletehash: str
    owned: bool


@dataclass(frozen=True, slots=True)
class Lost:
    """Something that was asked for and whose answer never came: it may be there, with that title."""

    kind: Kind
    title: str
    owned: bool


@dataclass(slots=True)
class Belongings:
    """Lines of JSON of mode 0600 (deletehashes are as good as passwords), synced one by one: first that something is
    asked for, then what came of it. Without a path nothing is kept."""

    path: Path | None = None
    things: dict[str, Thing] = field(default_factory=dict)
    """By id, what is there now."""
    lost: dict[int, Lost] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    """Every id and deletehash that was ever ours."""
    _asked: int = 0

    @classmethod
    def open(cls, path: Path) -> Belongings:
        """With what a run before left; a torn last line is left out. ValueError if the file is something else."""
        found = cls(path)
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        for number, line in enumerate(lines, 1):
            try:
                found._take(json.loads(line))
            except (ValueError, KeyError, TypeError) as error:
                if number < len(lines):
                    raise ValueError(f"{path}, line {number}: not a line of this file") from error
        return found

    def ask(self, kind: Kind, title: str, owned: bool) -> int:
        """Note that something is about to be made; returns the number that its outcome is told by."""
        number = self._asked + 1
        self._write({"asked": number, "kind": kind, "title": title, "owned": owned})
        return number

    def made(self, number: int, key: str, deletehash: str) -> Thing:
        """It was made."""
        self._write({"made": number, "id": key, "deletehash": deletehash})
        return self.things[key]

    def refused(self, number: int) -> None:
        """It was not made."""
        self._write({"refused": number})

    def gone(self, key: str) -> None:
        """A picture or album is deleted."""
        self._write({"gone": key})

    def close(self) -> None:
        """Remove the file if nothing is left."""
        if self.path is not None and not self.things and not self.lost:
            self.path.unlink(missing_ok=True)

    def _write(self, line: dict[str, Any]) -> None:
        if self.path is not None:
            handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(handle, json.dumps(line).encode() + b"\n")
                os.fsync(handle)
            finally:
                os.close(handle)
        self._take(line)

    def _take(self, line: dict[str, Any]) -> None:
        if "asked" in line:
            self._asked = line["asked"]
            self.lost[self._asked] = Lost(line["kind"], line["title"], line["owned"])
        elif "made" in line:
            asked = self.lost.pop(line["made"])
            self.things[line["id"]] = Thing(asked.kind, line["id"], line["deletehash"], asked.owned)
            self.known |= {line["id"], line["deletehash"]}
        elif "refused" in line:
            self.lost.pop(line["refused"])
        else:
            self.things.pop(line["gone"], None)

"""The installed command, run as a user runs it: in a process of its own, in a folder, with an environment."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.pictures import gif, jpeg, png

PROGRAM = Path(sys.executable).with_name("imgur-sync")


@dataclass(frozen=True)
class Workplace:
    """A folder of pictures with a manifest, and the environment of the commands run in it."""

    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def run(
        self, *arguments: str, stdin: str | None = None, environ: Mapping[str, str] | None = None, timeout: float = 60
    ) -> subprocess.CompletedProcess[str]:
        """Run `imgur-sync ARGUMENTS…` to its end. Without `stdin` there is none."""
        source: dict[str, Any] = {"stdin": subprocess.DEVNULL} if stdin is None else {"input": stdin}
        return subprocess.run(
            [PROGRAM, *arguments],
            cwd=self.folder,
            env=self.environ(environ),
            capture_output=True,
            encoding="utf-8",
            timeout=timeout,
            check=False,
            **source,
        )

    def start(self, *arguments: str, stdin: int = subprocess.DEVNULL) -> subprocess.Popen[str]:
        """Start `imgur-sync ARGUMENTS…`; the caller ends it."""
        return subprocess.Popen(
            [PROGRAM, *arguments],
            cwd=self.folder,
            env=self.environ(),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    def environ(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """The whole environment of a command: nothing of the tests' own leaks in."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if name in ("PATH", "SYSTEMROOT", "COVERAGE_PROCESS_START")
        }
        own = {
            "HOME": str(self.folder),
            "IMGUR_SYNC_STATE_DIR": str(self.folder / ".user"),
            "TZ": "UTC",
            "LANG": "C.UTF-8",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        }
        return {**kept, **own, "PYTHONWARNINGS": "error", **self.environment, **(more or {})}


def fill(folder: Path, count: int = 3) -> list[str]:
    """Write pictures of several kinds into a folder; returns their names, in natural order."""
    folder.mkdir(parents=True, exist_ok=True)
    names = []
    for number in range(1, count + 1):
        kind, make = (("png", png), ("gif", gif), ("jpg", jpeg))[number % 3]
        names.append(f"p{number}.{kind}")
        (folder / names[-1]).write_bytes(make(8, 6, number))
    return names


MANIFEST = """\
version = 1
lineage = "{lineage}"

[albums.cats]
folder = "photos/cats"
title = "Cats"
"""


def workplace(folder: Path, environment: Mapping[str, str] | None = None, *, pictures: int = 3) -> Workplace:
    """A folder with `sync.toml`, one album of pictures and a lineage of its own."""
    fill(folder / "photos" / "cats", pictures)
    lineage = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    (folder / "sync.toml").write_text(MANIFEST.format(lineage=lineage), encoding="utf-8")
    return Workplace(folder, environment or {})

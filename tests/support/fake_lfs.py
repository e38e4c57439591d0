"""A `git-lfs` that fetches from a folder: it writes down what it was asked, and reads patterns as git-lfs does."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

from tests.support.pictures import lfs_pointer

PROGRAM = r"""
import json, os, re, sys
store = os.environ["FAKE_LFS"]
words = sys.argv[1:]
with open(store + "/env", "w") as env:
    env.write(json.dumps(dict(os.environ)))
with open(store + "/log", "a") as log:
    log.write(json.dumps(words) + "\n")
if words[0] == "version":
    sys.exit(0)
if os.path.exists(store + "/fails"):
    sys.stderr.write("batch response: \x1b[31m::error::quota\n")
    sys.exit(2)
assert words[0] == "pull" and words[-1] == "--exclude=", words
patterns = words[1].removeprefix("--include=").split(",")
def regex(pattern):
    assert pattern.startswith("/"), pattern
    parts = re.findall(r"\\.|\[[^\]]*\]|.", pattern[1:], re.S)
    return re.compile("".join(map(part, parts)), re.S)
def part(text):
    if text[0] == "[":
        return text.replace("--", r"-\-")
    return re.escape(text[1:]) if text[0] == "\\" else {"?": "[^/]", "*": "[^/]*"}.get(text, re.escape(text))
for folder, _, names in os.walk("."):
    for name in names:
        path = os.path.relpath(os.path.join(folder, name))
        if any(regex(p).fullmatch(path) for p in patterns):
            data = open(path, "rb").read()
            found = re.search(rb"oid sha256:([0-9a-f]{64})", data)
            if found and os.path.exists(store + "/" + found[1].decode()):
                open(path, "wb").write(open(store + "/" + found[1].decode(), "rb").read())
"""


class FakeLfs:
    """A store, and a folder for PATH with `git-lfs` in it."""

    def __init__(self, place: Path) -> None:
        self.store = place / "store"
        self.bin = place / "bin"
        for folder in (self.store, self.bin):
            folder.mkdir(parents=True)
        program = self.bin / "git-lfs"
        program.write_text(f"#!{sys.executable}\n{PROGRAM}", encoding="utf-8")
        program.chmod(0o755)
        self.environ = {"FAKE_LFS": str(self.store), "PATH": f"{self.bin}:{os.environ['PATH']}"}

    def put(self, path: Path, data: bytes) -> None:
        """A pointer at that path, to content that can be fetched."""
        digest = hashlib.sha256(data).hexdigest()
        (self.store / digest).write_bytes(data)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(lfs_pointer(digest, len(data)))

    def pulls(self) -> list[list[str]]:
        """The patterns of each pull so far."""
        log = self.store / "log"
        words = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
        return [line[1].removeprefix("--include=").split(",") for line in words if line[0] == "pull"]

    def seen(self) -> dict[str, str]:
        """The environment of its last start."""
        told: dict[str, str] = json.loads((self.store / "env").read_text())
        return told


def repository(folder: Path) -> None:
    """Make the folder the top of a repository."""
    subprocess.run(["git", "init", "-q", str(folder)], check=True, timeout=60)

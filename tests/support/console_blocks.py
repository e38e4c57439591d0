"""Runs the console blocks of a text as a reader would type them, and compares what is printed with what is shown.

A block's commands stand behind "$ ", and what is fed to them until END behind "> ". In the output below them "…" stands
for anything, alone on a line for any lines. A fence `console exit=3` says how the block's last command ends, else 0.
The block `console simulator` is typed into another terminal: it is tried by itself.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from imgur_sync.simulator import Limits, Options, running
from tests.readme import Block, blocks
from tests.support.progress_lines import without_progress

SCRIPTS = Path(sys.executable).parent
PORT = 8723
_KEPT = re.compile(r"set -a;|[a-z]+=|[a-z]+\(\) \{")


@dataclass(frozen=True)
class Step:
    """A command, the output shown below it, and the code that it ends with."""

    command: str
    shown: str
    code: int = 0


def matches(shown: str, printed: str) -> bool:
    """Whether this is what was to be printed, but for lines of progress: a machine may take its time."""
    lines = shown.strip("\n").splitlines()
    parts = ["(?:.*\n)*?" if line == "…" else re.escape(line).replace("…", ".*") + "\n" for line in lines]
    whole = "".join(line + "\n" for line in printed.strip("\n").splitlines())
    return any(re.fullmatch("".join(parts), text) for text in (whole, without_progress(whole)))


def steps(block: Block) -> list[Step]:
    """The commands of a console block."""
    found: list[Step] = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            found.append(Step(line[2:], ""))
        elif line.startswith("> ") and "<<END" in found[-1].command and not found[-1].command.endswith("\nEND"):
            found[-1] = Step(f"{found[-1].command}\n{line[2:]}", "")
        else:
            found[-1] = Step(found[-1].command, f"{found[-1].shown}{line}\n")
    code = re.search(r"exit=(\d+)", block.note)
    if code is not None:
        found[-1] = Step(found[-1].command, found[-1].shown, int(code[1]))
    return found


def environment(folder: Path) -> dict[str, str]:
    """What a new user's shell has: a home of its own and the command."""
    return {
        "PATH": f"{SCRIPTS}:{os.environ['PATH']}",
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "IMGUR_SYNC_STATE_DIR": str(folder / "state"),
        "IMGUR_SYNC_CONFIG_DIR": str(folder / "config"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "TZ": "UTC",
    }


def run_blocks(text: Path, folder: Path, *, around: bool = False) -> int:
    """Run every console block of a text, in order, in a folder with pictures; returns how many commands ran.

    `around`: the shell is one that `imgur-sync simulator -- bash` gives.
    """
    ran = 0
    with running(Options(limits=Limits())) as imgur:
        lines = "".join(f"{name}={value}\n" for name, value in imgur.environment().items())
        (folder / "imgur.env").write_text(lines)
        port = imgur.url.rsplit(":", 1)[1]
        environ = environment(folder) | (imgur.plain_environment() if around else {})
        kept = ""
        for block in blocks(text):
            if block.language != "console" or block.note == "simulator":
                continue
            for step in steps(block):
                run = subprocess.run(
                    ["bash", "-c", kept + step.command],
                    cwd=folder,
                    env=environ,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    encoding="utf-8",
                    timeout=120,
                    check=False,
                )
                printed = run.stdout.replace(f":{port}", f":{PORT}").replace(f"{folder}/", "/home/you/")
                assert run.returncode == step.code, f"$ {step.command}\nexit {run.returncode}\n{printed}"
                assert matches(step.shown, printed), f"$ {step.command}\nshown:\n{step.shown}\nprinted:\n{printed}"
                kept += f"{step.command}\n" if _KEPT.match(step.command) else ""
                ran += 1
    return ran


def try_simulator(text: Path, folder: Path) -> None:
    """The block `console simulator`: its lines, on a free port, then a clean end."""
    (step,) = steps(next(block for block in blocks(text) if block.note == "simulator"))
    words = step.command.replace(f"--port {PORT}", "--port 0").split()
    process = subprocess.Popen(
        [str(SCRIPTS / words[0]), *words[1:]], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    printed = ""
    for line in process.stdout:
        printed += line
        if line.startswith("listening"):
            break
    process.terminate()
    process.communicate(timeout=60)
    assert matches(step.shown, re.sub(r"127\.0\.0\.1:\d+", f"127.0.0.1:{PORT}", printed))
    assert (folder / "imgur.env").exists()

"""The blocks of README.md and of other texts, for those who execute them: the test suite and .ci/run."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

README = Path(__file__).resolve().parent.parent / "README.md"
_BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, what follows it on the fence, and its text."""

    language: str
    note: str
    text: str


def blocks(path: Path = README) -> list[Block]:
    """All fenced blocks of a text, in order."""
    return [Block(a, b.strip(), c) for a, b, c in _BLOCK.findall(path.read_text(encoding="utf-8"))]


def shell_lines(path: Path = README) -> list[str]:
    """The lines of the `sh` blocks of a text."""
    return [line for block in blocks(path) if block.language == "sh" for line in block.text.splitlines()]


def main(argument: str) -> int:
    """Print the README's test command, or its commands that end in a demo, a line each."""
    lines = shell_lines()
    if argument == "--test-command":
        print(next(line for line in lines if line.endswith("pytest")))
        return 0
    if argument == "--demo-commands":
        print("\n".join(line for line in lines if line.endswith("demo")))
        return 0
    return 64


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1] if len(sys.argv) > 1 else ""))

"""Runs the installed command under strace, and reads what strace wrote down."""

from __future__ import annotations

import codecs
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.support.command import PROGRAM
from tests.support.mirror import Mirror

CALLS = "openat,write,pwrite64,fdatasync,fsync,rename,renameat,renameat2,unlink,unlinkat,link,linkat,ftruncate,sendto"
CALLS += ",recvfrom,mkdir,mkdirat"
_LINE = re.compile(r"(\d+) +(?:(\w+)\((.*)|<\.\.\. (\w+) resumed>(.*))")
_RESULT = re.compile(r"\) += (-?\d+)(<[^>]*>)?(?: [A-Z]+ \([^)]*\))?( \(INJECTED\))?$")
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
_PATH = re.compile(r"^(?:AT_FDCWD|\d+)<((?:[^>\\]|\\.)*)>")


@dataclass(frozen=True)
class Called:
    """One system call: `began` and `ended` are the numbers of its lines, so that calls of several threads compare.
    `path` is that of its descriptor, `texts` its strings, `result` None where it never ended."""

    thread: int
    name: str
    began: int
    ended: int
    path: str
    texts: tuple[bytes, ...]
    rest: str
    result: int | None
    opened: str = ""
    injected: bool = False


def strace_there() -> bool:
    """Whether a program can be traced here: strace is installed and the kernel lets it."""
    program = shutil.which("strace")
    if program is None:
        return False
    tried = subprocess.run([program, "-qq", "-e", "trace=none", "true"], capture_output=True, check=False)
    return tried.returncode == 0


def warmed(here: Mirror, cache: Path) -> dict[str, str]:
    """The environment of a traced run: the modules compiled before, so that nothing but the program's own files is
    written."""
    environ = {"PYTHONPYCACHEPREFIX": str(cache)}
    if not (cache / "warm").exists():
        warm = here.folder / "warm"
        warm.mkdir()
        shutil.copytree(here.folder / "cats", warm / "cats")
        (warm / "sync.toml").write_bytes((here.folder / "sync.toml").read_bytes().split(b"[albums.dogs]")[0])
        there = here.place.environ({**environ, "IMGUR_SYNC_STATE_DIR": str(warm / ".user")})
        subprocess.run([PROGRAM, "plan", "--offline"], cwd=warm, env=there, capture_output=True, check=False)
        shutil.rmtree(warm)
        code = "import imgur_sync.executor.applying, imgur_sync.cli.wiring, imgur_sync.imgur.writer, httpx"
        subprocess.run([sys.executable, "-c", code], env=there, capture_output=True, check=False)
        cache.mkdir(parents=True, exist_ok=True)
        (cache / "warm").touch()
    return {**environ, "PYTHONDONTWRITEBYTECODE": "1"}


def run_traced(
    here: Mirror, log: Path, *arguments: str, environ: Mapping[str, str], inject: str = "", only: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """`imgur-sync ARGUMENTS…` under strace, which writes to `log`. `inject` is what strace calls so; `only` are paths:
    calls on others are neither written down nor struck."""
    tracer = ["strace", "-f", "-yy", "-qq", "-o", str(log), "-s", "300000", "-e", f"trace={CALLS}"]
    # Stops at these calls only, and with it no signal is ever injected (strace 6.1).
    tracer += [] if "signal=" in inject else ["--seccomp-bpf"]
    tracer += ["-e", f"inject={inject}"] if inject else []
    tracer += [part for path in only for part in ("-P", path)]
    return subprocess.run(
        [*tracer, str(PROGRAM), *arguments],
        cwd=here.folder,
        env=here.place.environ(environ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=240,
        check=False,
    )


def read_trace(log: Path) -> list[Called]:
    """Every call of a trace, in the order of their ends; those that never ended last."""
    begun: dict[int, tuple[int, str, str]] = {}
    found: list[Called] = []
    for number, line in enumerate(_lines(log)):
        match = _LINE.match(line)
        if match is None:
            continue
        thread = int(match[1])
        if match[2]:
            name, text, began = match[2], match[3], number
            if text.endswith("<unfinished ...>"):
                begun[thread] = (number, name, text.removesuffix("<unfinished ...>").rstrip())
                continue
        elif thread in begun:
            began, name, first = begun.pop(thread)
            text = first + match[5]
        else:
            continue
        found.append(_call(thread, name, began, number, text))
    end = len(found) + 10**9
    found += [_call(thread, name, began, end, text) for thread, (began, name, text) in begun.items()]
    return found


def _lines(log: Path) -> Iterator[str]:
    with log.open(encoding="latin-1") as file:
        for line in file:
            yield line.rstrip("\n")


def _call(thread: int, name: str, began: int, ended: int, text: str) -> Called:
    result = _RESULT.search(text)
    inside = text[: result.start()] if result else text
    path = _PATH.match(inside)
    opened = (result[2] or "")[1:-1] if result else ""
    return Called(
        thread,
        name,
        began,
        ended,
        _plain(path[1]) if path else "",
        tuple(_bytes(string) for string in _STRING.findall(inside)),
        _STRING.sub("", inside),
        int(result[1]) if result else None,
        _plain(opened),
        bool(result and result[3]),
    )


def _bytes(escaped: str) -> bytes:
    return codecs.escape_decode(escaped.encode("latin-1"))[0]  # type: ignore[attr-defined]


def _plain(path: str) -> str:
    return os.fsdecode(_bytes(path))

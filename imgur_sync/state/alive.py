"""Whether a process that wrote something down is still there, however often its number was given to others since."""

from __future__ import annotations

import os
import socket
from functools import cache
from pathlib import Path
from typing import NamedTuple

_PROC = Path("/proc")


class Mark(NamedTuple):
    """What tells a process from every other one: its number; where that number counts (`boot` and `space`, "" where the
    system does not tell, and then the host's name alone); and when it was started, "" where that is not told."""

    pid: int
    host: str
    boot: str
    space: str
    start: str


def mark(pid: int) -> Mark:
    """The mark of a process of this machine, that of this one or of another."""
    boot, space = _here()
    return Mark(pid, socket.gethostname(), boot, space, _start(pid)[0])


def died(marked: Mark) -> bool | None:
    """True and False where that is certain; None for a process whose number says nothing here: one of another machine
    or container."""
    boot, space = _here()
    if boot and marked.boot and boot != marked.boot:
        return True  # the machine was started anew since
    if space != marked.space or (not space and marked.host != socket.gethostname()):
        return None
    if os.name == "nt":
        return None  # where signal 0 is no question, but Ctrl-C
    if marked.pid <= 0:
        return True
    try:
        os.kill(marked.pid, 0)
    except (ProcessLookupError, OverflowError):
        return True
    except PermissionError:
        pass  # it is there, and another user's
    start, ended = _start(marked.pid)
    return ended or bool(start and marked.start and start != marked.start)


@cache
def _here() -> tuple[str, str]:
    """This start of the machine (random(4), boot_id), and the name space of numbers (namespaces(7))."""
    try:
        return (_PROC / "sys/kernel/random/boot_id").read_text().strip(), os.readlink(_PROC / "self/ns/pid")
    except (OSError, ValueError):
        return "", ""


def _start(pid: int) -> tuple[str, bool]:
    """When it was started, in the kernel's ticks, and whether it has ended already and only nobody was told
    (proc_pid_stat(5), fields 22 and 3); ("", False) where that cannot be read."""
    try:
        fields = (_PROC / str(pid) / "stat").read_bytes().rpartition(b")")[2].split()
        return fields[19].decode("ascii"), fields[0] in (b"Z", b"X")
    except (OSError, IndexError, ValueError):
        return "", False

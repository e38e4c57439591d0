"""The kernel's list of mounts: which file system a path lies on, and what is mounted below it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

NETWORK_TYPES = frozenset({"9p", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "glusterfs", "gpfs", "lustre"})
NETWORK_TYPES |= {"ncpfs", "nfs", "nfs4", "smb2", "smb3", "smbfs"}
NETWORK_TYPES |= {f"fuse.{kind}" for kind in ("beegfs", "ceph", "curlftpfs", "davfs2", "gcsfuse", "glusterfs")}
NETWORK_TYPES |= {"fuse.rclone", "fuse.s3fs", "fuse.sshfs"}
_MOUNTS = "/proc/self/mountinfo"


class Mount(NamedTuple):
    """One mount: its number (no two that exist at once have the same one), device, absolute point and type."""

    number: str
    device: str
    point: str
    kind: str


def read_mounts() -> str:
    """The kernel's list of mounts (proc(5), mountinfo); "" where there is none to read."""
    try:
        return Path(_MOUNTS).read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ""


def file_system(path: Path, mounts: str) -> str:
    """The type of the file system that `path` (which need not exist) lies on, "" when it is not known."""
    place = os.path.realpath(path)
    found, found_length = "", -1
    for mount in _parsed(mounts):
        inside = place == mount.point or place.startswith(mount.point.rstrip("/") + "/")
        # Of several mounts on one point the last one is seen.
        if inside and len(mount.point) >= found_length:
            found, found_length = mount.kind, len(mount.point)
    return found


def mounts_below(path: Path, mounts: str) -> tuple[Mount, ...]:
    """What is mounted somewhere below `path`, not on it; in the kernel's order."""
    start = os.path.realpath(path).rstrip("/") + "/"
    return tuple(mount for mount in _parsed(mounts) if mount.point.startswith(start) and mount.point != start)


def _parsed(mounts: str) -> Iterator[Mount]:
    for line in mounts.splitlines():
        fields = line.split(" ")
        if "-" not in fields[6:] or len(fields) < fields.index("-", 6) + 2:
            continue
        point = re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), fields[4])
        yield Mount(fields[0], fields[2], point, fields[fields.index("-", 6) + 1])

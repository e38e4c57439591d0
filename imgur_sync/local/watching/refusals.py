"""Why a folder is not watched, in sentences: which limit, its figure, and what raises it."""

from __future__ import annotations

import errno
import resource
from pathlib import Path

from imgur_sync.model.hint import Deaf
from imgur_sync.mounts import NETWORK_TYPES, file_system, mounts_below

FOREIGN_TYPES = NETWORK_TYPES | {"drvfs", "fakeowner", "fuse", "prl_fs", "vboxsf", "virtiofs", "vmhgfs"}
FOREIGN_TYPES |= {"acfs", "cvfs", "gfs", "gfs2", "ocfs2", "orangefs", "panfs", "pvfs2", "wekafs"}
"""File systems that others change behind this system's back: networks, disks that several machines share, and the
folders of a virtual machine's host."""
_LIMITS = Path("/proc/sys/fs/inotify")
_MORE_WATCHES = 524_288
_MORE_INSTANCES = 1_024


def foreign(path: Path, recursive: bool, mounts: str) -> str:
    """The type of the file system at `path`, or (`recursive`) mounted below it, from which not all events come; "" if
    there is none. Nothing is tried out: that would mean to write there."""
    kinds = [file_system(path, mounts)]
    if recursive:
        kinds += [mount.kind for mount in mounts_below(path, mounts)]
    return next((kind for kind in kinds if kind in FOREIGN_TYPES or kind.startswith("fuse.")), "")


def network(kind: str) -> tuple[Deaf, str]:
    """The folder lies on such a file system."""
    return Deaf.NETWORK, f"it lies on {kind}, where changes made elsewhere are not announced; it is looked at regularly"


def silent(kind: str) -> tuple[Deaf, str]:
    """Changes were found in the folder that no event told of; `kind` is the type of its file system."""
    place = f"it lies on {kind}, and " if kind else ""
    return Deaf.SILENT, f"{place}files came or went in it without being announced; it is looked at regularly"


def refusal(error: int, limits: Path = _LIMITS) -> tuple[Deaf, str]:
    """What it means that a watch, or an inotify instance, was refused with that error number."""
    if error == errno.ENOSPC:
        return Deaf.WATCHES, _limit("max_user_watches", _MORE_WATCHES, limits, "one for each folder") + _POLLED
    if error in (errno.EMFILE, errno.ENFILE):
        files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        text = _limit("max_user_instances", _MORE_INSTANCES, limits, "one for each watching program")
        return Deaf.INSTANCES, f"{text}, or that of open files ({files}, see ulimit -n){_POLLED}"
    if error in (errno.EACCES, errno.EPERM):
        return Deaf.UNREADABLE, f"it cannot be opened: permission denied{_POLLED}"
    if error in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
        return Deaf.GONE, GONE
    return Deaf.UNSUPPORTED, f"events cannot be had ({errno.errorcode.get(error, error)}){_POLLED}"


GONE = "it is not there; its return is noticed"
NO_EVENTS = "events of folders cannot be had on this machine; it is looked at regularly"
_POLLED = "; until then it is looked at regularly"


def _limit(name: str, more: int, limits: Path, what: str) -> str:
    """The sentence about a limit of inotify, with its figure and the command that raises it."""
    try:
        figure = int((limits / name).read_text(encoding="ascii"))
        shown = f"fs.inotify.{name} = {figure}"
    except (OSError, ValueError):
        figure, shown = 0, f"fs.inotify.{name}"
    remedy = f"sudo sysctl fs.inotify.{name}={max(more, 2 * figure)}"
    return f"the limit {shown} ({what}, for all programs of a user together) is used up; raise it: {remedy}"

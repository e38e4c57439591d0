"""What a watcher of folders tells: hints that something may have changed. Only a scan finds out whether it has."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Cause(StrEnum):
    """Why whole folders are to be looked at."""

    START = "start"  # nothing was told of these albums before
    OVERFLOW = "overflow"  # events were lost; nobody can say which
    DEAF = "deaf"  # what listened to the folder had ended
    REPLACED = "replaced"  # another folder is in its place
    MOUNTS = "mounts"  # something was mounted or unmounted in it
    GONE = "gone"  # there is no folder any more
    BACK = "back"  # the folder is there again
    UNWATCHED = "unwatched"  # no events come from it from now on; the text says why
    WATCHED = "watched"  # events come from it again
    POLL = "poll"  # no events come from it, and it is time to look


class Deaf(StrEnum):
    """Why a folder is not watched."""

    GONE = "gone"  # it is not there, or is not a folder; its return is noticed
    UNREADABLE = "unreadable"  # it cannot be opened
    WATCHES = "watches"  # the limit fs.inotify.max_user_watches is used up
    INSTANCES = "instances"  # the limit fs.inotify.max_user_instances, or that of open files, is used up
    NETWORK = "network"  # what others change on this file system makes no events here
    UNSUPPORTED = "unsupported"  # events cannot be had on this machine
    SILENT = "silent"  # files came or went in it, more than once, and no event told of it


@dataclass(frozen=True, slots=True)
class WatchedRoot:
    """A folder to watch, absolute and with all links resolved, and the keys of the albums that it is the root of.

    Without `recursive` what happens in its sub-folders is not told; with `names` only what happens to entries of these
    names is. A folder that is not there is waited for.
    """

    path: Path
    albums: tuple[str, ...]
    recursive: bool = True
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Touched:
    """Something may have changed in an album: in these folders of it, sorted, relative to its root ("" is the root
    itself), and in all that lies below them. A single "" also stands for more folders than are worth telling."""

    album: str
    folders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LookAtAll:
    """Anything may have changed in these albums (sorted). `text` is a sentence for people, "" where there is none."""

    cause: Cause
    albums: tuple[str, ...]
    text: str = ""


Hint = Touched | LookAtAll


@dataclass(frozen=True, slots=True)
class Unwatched:
    """A folder from which no events come now, the albums in it (sorted), why, and a sentence for people: what the
    reason is, and the remedy where there is one."""

    root: Path
    albums: tuple[str, ...]
    why: Deaf
    text: str

"""Files that stand for content kept elsewhere: Git LFS pointers, git-annex keys, git-crypt blobs."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

GIT_CRYPT = b"\0GITCRYPT\0"
LFS_LIMIT = 1024
"""A Git LFS pointer is shorter than this (its specification)."""

_LFS = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n(?:[a-z0-9.-]+ [^\n]*\n)*?"
    rb"oid sha256:([0-9a-f]{64})\nsize (\d{1,18})\n?"
)
_ANNEX = re.compile(r"SHA256E?-s(\d{1,18})(?:-[A-Za-z]\d+)*--([0-9a-f]{64})(?:\.[^/]*)?")


_DATALESS = 0x40000000
"""SF_DATALESS of macOS: the drive of a cloud (iCloud, OneDrive, Dropbox) fetches the content when it is read."""
_RECALLED = 0x00001000 | 0x00040000 | 0x00400000
"""The same of Windows: FILE_ATTRIBUTE_OFFLINE, RECALL_ON_OPEN, RECALL_ON_DATA_ACCESS."""


def is_elsewhere(row: os.stat_result) -> bool:
    """Whether a cloud drive would have to fetch the file's content first, as far as its system tells."""
    attributes = getattr(row, "st_file_attributes", 0) or 0
    return bool(getattr(row, "st_flags", 0) & _DATALESS or attributes & _RECALLED)


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where the content is known by its SHA-256 (64 hex digits) and its size in bytes."""

    digest: str
    size: int


def lfs_pointer(data: bytes) -> Pointer | None:
    """The pointer in a whole small file, or None."""
    if len(data) >= LFS_LIMIT:
        return None
    found = _LFS.match(data)
    return Pointer(found[1].decode("ascii"), int(found[2])) if found else None


def annex_key(text: str) -> str:
    """The key that a git-annex link's target or pointer file names; "" when it is neither."""
    path = text.partition("\n")[0]
    if ".git/annex/objects/" not in path and not path.startswith("/annex/objects/"):
        return ""
    return path.rpartition("/")[2]


def annex_pointer(key: str) -> Pointer | None:
    """What a git-annex key says, if it is made of a SHA-256; other back ends tell nothing about content."""
    found = _ANNEX.fullmatch(key)
    return Pointer(found[2], int(found[1])) if found else None

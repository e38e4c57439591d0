"""One process at a time in a folder: a lock that goes with the process that holds it, however it ends."""

from __future__ import annotations

import errno
import fcntl
from io import FileIO
from pathlib import Path


class FolderInUse(Exception):
    """Another simulator has the folder open, or had it open since this one closed it: the message names the folder."""


class FolderLock:
    """The lock of a folder, on a file `lock` in it that is never removed, so that all lock the same one.

    Held against other processes and against others in this one. A child that is forked and goes on without another
    program holds it, too.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: FileIO | None = None

    @property
    def held(self) -> bool:
        """Whether this object holds it."""
        return self._file is not None

    def take(self) -> None:
        """Hold it until `release`. FolderInUse if somebody does; OSError if the folder cannot be locked."""
        if self._file is not None:
            return
        path = self._folder / "lock"
        file = FileIO(path, "a")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.close()
            if error.errno == errno.EWOULDBLOCK:
                raise FolderInUse(f"{self._folder}: another local Imgur has it open") from error
            raise OSError(error.errno, error.strerror, str(path)) from error
        self._file = file

    def release(self) -> None:
        """Let others have it."""
        if self._file is not None:
            self._file.close()
            self._file = None

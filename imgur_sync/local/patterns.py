"""Pattern files in folders, and what they leave out by the rules alone."""

from __future__ import annotations

import os
import stat
from contextlib import ExitStack
from pathlib import Path

from imgur_sync.local.names import IGNORE_FILE
from imgur_sync.local.rules import Rules
from imgur_sync.local.walk import FILE_FLAGS, OpenFile, open_folder

LIMIT = 1024 * 1024


def read_patterns(fd: int, kind: int, open_file: OpenFile) -> bytes | None:
    """The pattern file of the folder open as `fd`, or None; `kind` is its file type (0: there is none).

    Raises `OSError` or `ValueError` where there is one that cannot be read: what it keeps back must not be sent.
    """
    if not kind or kind == stat.S_IFDIR:
        return None
    if kind != stat.S_IFREG:
        raise ValueError(f"its {IGNORE_FILE} is not a regular file, so the patterns are not known")
    patterns = open_file(IGNORE_FILE, FILE_FLAGS, dir_fd=fd)
    try:
        data = os.read(patterns, LIMIT + 1)
    finally:
        os.close(patterns)
    if len(data) > LIMIT:
        raise ValueError(f"its {IGNORE_FILE} has more than 1 MB")
    return data


class Unmanaged:
    """Answers which paths the rules leave out, whether they exist or not; pattern files are read once."""

    __slots__ = ("_found", "_open_file", "_root")

    def __init__(self, root: Path, rules: Rules, open_file: OpenFile) -> None:
        self._root = root
        self._open_file = open_file
        self._found: dict[str, Rules | None] = {"": self._at("", rules)}

    def leaves_out(self, path: str) -> bool:
        """Whether the file at `path` is left out; also when the rules of its folder cannot be known."""
        folder, _, name = path.rpartition("/")
        rules = self._rules(folder)
        return rules is None or rules.leaves_out(path, name)

    def _rules(self, folder: str) -> Rules | None:
        """The rules in a folder; None where it is not entered."""
        parts = folder.split("/") if folder else []
        rules = self._found[""]
        for count in range(1, len(parts) + 1):
            path = "/".join(parts[:count])
            if path not in self._found:
                entered = rules is not None and not rules.leaves_out_folder(path, parts[count - 1])
                self._found[path] = self._at(path, rules) if rules is not None and entered else None
            rules = self._found[path]
        return rules

    def _at(self, folder: str, above: Rules) -> Rules | None:
        with ExitStack() as stack:
            try:
                fd = open_folder(self._root, folder, self._open_file, stack)
                return above.below(folder, read_patterns(fd, kind_of_patterns(fd), self._open_file))
            except (FileNotFoundError, NotADirectoryError):
                return above
            except (OSError, ValueError):
                return None


def kind_of_patterns(fd: int) -> int:
    """The file type of the pattern file in the folder open as `fd`, 0 if there is none."""
    try:
        return stat.S_IFMT(os.stat(IGNORE_FILE, dir_fd=fd, follow_symlinks=False).st_mode)
    except FileNotFoundError:
        return 0

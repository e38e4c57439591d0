"""Which folders a manifest may name: those below its own, and those that the command line allows."""

from __future__ import annotations

import os
import re
from pathlib import Path

from imgur_sync.manifest.showing import escaped

OWN = ".imgur-sync"
"""Our folder beside the manifest: never an album."""

_DRIVE = re.compile(r"[A-Za-z]:(?:[\\/]|$)|\\\\")
_VARIABLE = re.compile(r"\$[A-Za-z_{(]|%[A-Za-z_]+%")


class RefusedPathError(Exception):
    """A path that the manifest may not name: `what` is wrong with it and what to write instead (`remedy`)."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy


class Confines:
    """Turns the paths of one manifest into absolute ones without links, or refuses them."""

    def __init__(self, directory: Path, allow_roots: tuple[Path, ...]) -> None:
        self.base = os.path.realpath(directory)
        self._allowed = [os.path.realpath(root) for root in allow_roots]
        self._plain = {"": True}

    def resolve(self, text: str, *, file: bool = False) -> str:
        """The absolute path of a path as written, links resolved; it need not exist, nor be a folder (`file`).

        RefusedPathError if it is written in a way that is not expanded or leads out of the confines. A text that
        begins with "./" is taken letter by letter.
        """
        written = _checked(text)
        path = self._resolved(written)
        if within(path, self.base) and not (written.startswith("/") or ".." in written.split("/")):
            return path
        if any(within(path, root) for root in self._allowed):
            return path
        raise self._refusal(written, path, file=file)

    def _resolved(self, written: str) -> str:
        if written.startswith("/") or ".." in written.split("/") or not self._has_no_link(written):
            return os.path.realpath(os.path.join(self.base, written))
        return os.path.normpath(os.path.join(self.base, written))

    def _has_no_link(self, written: str) -> bool:
        """Looks at each folder once a manifest: resolving a thousand siblings whole would cost more than parsing."""
        so_far = ""
        for part in written.split("/"):
            if part in ("", "."):
                continue
            so_far = f"{so_far}/{part}"
            plain = self._plain.get(so_far)
            if plain is None:
                plain = self._plain[so_far] = not os.path.islink(self.base + so_far)
            if not plain:
                return False
        return True

    def _refusal(self, written: str, path: str, *, file: bool) -> RefusedPathError:
        root = os.path.dirname(path) if file else path
        allow = f"allow it on the command line: --allow-root {escaped(root)}"
        inside = os.path.relpath(path, self.base) if within(path, self.base) else ""
        write = f'write "{escaped(inside)}"' if inside else f"choose a folder beside the manifest, or {allow}"
        if written.startswith("/"):
            return RefusedPathError("is an absolute path", write)
        if ".." in written.split("/"):
            return RefusedPathError("contains ..", write)
        return RefusedPathError(f"leads out of the manifest's folder through a link, to {escaped(path)}", write)


def within(path: str, root: str) -> bool:
    """Whether an absolute path is `root` or lies below it, by name."""
    return path == root or path.startswith(root.rstrip("/") + "/")


def is_literal(text: str) -> bool:
    """Whether the text can stand in a manifest as it is, without "./" before it."""
    return not (text.startswith("~") or _DRIVE.match(text) or _VARIABLE.search(text))


def _checked(text: str) -> str:
    """The text as the operating system takes it. A locale that is not UTF-8 does not change the bytes of a name."""
    if "\0" in text:
        raise RefusedPathError("contains a NUL character", "remove it")
    if not text.startswith("./") and not is_literal(text):
        _refuse_unexpanded(text)
    return os.fsdecode(text.encode("utf-8"))


def _refuse_unexpanded(text: str) -> None:
    literal = f'if the name is really this, write "./{escaped(text, 60)}"'
    if text.startswith("~"):
        raise RefusedPathError("begins with ~, which is not expanded", f"write the folder itself; {literal}")
    if _DRIVE.match(text):
        raise RefusedPathError("is a Windows path", f"write it relative to the manifest, with /; {literal}")
    raise RefusedPathError("holds a variable, which is not expanded", f"write the folder itself; {literal}")

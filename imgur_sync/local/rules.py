"""Which names an album leaves out: junk, include and exclude patterns, pattern files in folders."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING

from imgur_sync.local.names import is_junk

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

    from imgur_sync.model.spec import AlbumSpec

ALL = ("**/*",)
VERSION = "1"
"""Grows when the built-in names (junk, secrets) change, so that folders are looked at again."""
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules in one folder. `digest` (16 bytes) differs whenever they could decide differently.

    gitignore syntax, case-insensitive. A pattern file rules its folder and what lies below, a deeper one wins over a
    higher one; `exclude`, a folder that `include` negates, and junk win over all. A folder that is left out is not
    entered, so nothing below it can be taken in again (as in git).
    """

    digest: bytes
    recursive: bool
    include: GitIgnoreSpec | None
    exclude: GitIgnoreSpec | None
    files: tuple[tuple[int, GitIgnoreSpec], ...] = ()  # deepest first; with the length of its folder's prefix

    def below(self, folder: str, patterns: bytes | None) -> Rules:
        """The rules in `folder` (relative, "" is the root), whose pattern file holds `patterns` (None: it has none).

        Raises `ValueError`.
        """
        if patterns is None:
            return self
        prefix = len(folder) + 1 if folder else 0
        text = patterns.removeprefix(BYTE_ORDER_MARK).decode("utf-8", "surrogateescape")
        spec = _spec(line.removesuffix("\r") for line in text.split("\n"))
        digest = _digest(self.digest, folder.encode("utf-8", "surrogateescape"), patterns)
        return replace(self, digest=digest, files=((prefix, spec), *self.files))

    def leaves_out(self, path: str, name: str) -> bool:
        """Whether the file at `path` (its last part is `name`) is left out. Its folders are judged before."""
        if is_junk(name) or (not self.recursive and path != name):
            return True
        if self.include is None and self.exclude is None and not self.files:
            return False
        text = _fold(path)
        if self.include is not None and not self.include.match_file(text):
            return True
        return self._excluded(path, text, "")

    def leaves_out_folder(self, path: str, name: str) -> bool:
        """Whether the folder at `path` is not entered."""
        return not self.recursive or is_junk(name) or self._excluded(path, _fold(path), "/")

    def _excluded(self, path: str, text: str, mark: str) -> bool:
        if self.exclude is not None and self.exclude.match_file(text + mark):
            return True
        for prefix, spec in self.files:
            verdict = spec.check_file(_fold(path[prefix:]) + mark).include
            if verdict is not None:
                return verdict
        return False


def album_rules(spec: AlbumSpec) -> Rules:
    """The rules that the manifest gives an album. Raises `ValueError`."""
    every = spec.include == ALL
    # "!drafts/" after "**/*" means to gitignore the folder alone and not what is in it; people mean both
    out = [line[1:] for line in spec.include if line.startswith("!") and line.rstrip().endswith("/")]
    texts = [VERSION, str(spec.recursive), *spec.include, "\0", *spec.exclude]
    return Rules(
        digest=_digest(*(text.encode("utf-8", "surrogateescape") for text in texts)),
        recursive=spec.recursive,
        include=None if every else _spec(spec.include),
        exclude=_spec([*spec.exclude, *out]) if spec.exclude or out else None,
    )


def _spec(lines: Iterable[str]) -> GitIgnoreSpec:
    """The patterns of `lines`; one that git would pass over is an error, since it was meant to keep something back.

    pathspec is loaded here, when there are patterns: most albums have none.
    """
    from imgur_sync.local.gitignore import gitignore

    kept = [_fold(line) for line in lines]
    for line in kept:
        try:
            gitignore([line])
        except (ValueError, re.error) as error:
            raise ValueError(f"the pattern {line!r} cannot be understood") from error
    return gitignore(kept)


def takes_all(digest: bytes) -> bool:
    """Whether rules of this digest have no pattern and no bound: they leave out junk alone."""
    return digest == _digest(*(text.encode() for text in (VERSION, str(True), *ALL, "\0")))


def _fold(text: str) -> str:
    """Case folded; a newline in a name would slip through the patterns' regular expressions."""
    return text.lower().replace("\n", "\x7f")


def _digest(*parts: bytes) -> bytes:
    total = blake2b(digest_size=16)
    for part in parts:
        total.update(len(part).to_bytes(8, "big") + part)
    return total.digest()


def deciding(lines: Iterable[str], text: str) -> tuple[int, bool] | None:
    """The number (from 0) of that of these patterns which decides about a path, and whether it matches or takes a match
    back: the last one, but one that names the file comes before one that names a folder. A folder's path ends in "/".
    Raises `ValueError`."""
    lines = tuple(lines)
    decided = _spec(lines).check_file(_fold(text)).include
    said = ((number, _spec([line]).check_file(_fold(text)).include) for number, line in enumerate(lines))
    agreeing = [number for number, verdict in said if verdict is not None and verdict is decided]
    return (agreeing[-1], bool(decided)) if agreeing else None

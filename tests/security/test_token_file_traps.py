"""Traps laid where tokens are kept, and a failure or the end of the process at each system call of a replacement."""

from __future__ import annotations

import errno
import json
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import CredentialsError, StateError
from imgur_sync.model.ports import Tokens
from imgur_sync.model.secret import Secret
from imgur_sync.state import disk, safe
from imgur_sync.state.tokens import FileTokens

OLD, NEW = Secret("old-Canary-1111111111"), Secret("new-Canary-2222222222")
CALLS = ("open", "write", "fchmod", "fsync", "close")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FileTokens]:
    """A store whose folder is there, under a umask that hides nothing."""
    before = os.umask(0)
    yield FileTokens(tmp_path / "t", origin="https://api.imgur.com", client_id="c", profile="default", patience=0.05)
    os.umask(before)


def holding(folder: Path, secret: Secret) -> list[str]:
    """The files, of any name, that hold the secret."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return sorted(path.name for path in files if secret.reveal().encode() in path.read_bytes())


def check_private(store: FileTokens) -> None:
    """Folder 0700; all in it plain files, 0600 and ours."""
    assert stat.S_IMODE(store.path.parent.stat().st_mode) == 0o700
    for path in store.path.parent.iterdir():
        row = path.lstat()
        assert (stat.S_ISREG(row.st_mode), stat.S_IMODE(row.st_mode), row.st_uid) == (True, 0o600, os.geteuid()), path


LINKS = ("to a file", "to nothing", "to itself", "to a folder")


def lay(link: Path, kind: str, base: Path) -> Path:
    """A link of that kind at `link`; what it leads to."""
    target = base / "victim"
    if kind == "to a file":
        target.write_bytes(b"precious")
    elif kind == "to a folder":
        target.mkdir()
    link.symlink_to(link if kind == "to itself" else target)
    return target


@pytest.mark.parametrize("kind", LINKS)
def test_a_link_at_the_files_place_is_refused(kind: str, store: FileTokens, tmp_path: Path) -> None:
    """Neither read nor written through; what it leads to is as it was."""
    store.save(Tokens(OLD))
    store.path.unlink()
    target = lay(store.path, kind, tmp_path)
    for action in (store.load, lambda: store.save(Tokens(NEW)), lambda: store.save(Tokens(NEW), anew=True)):
        with pytest.raises(CredentialsError):
            action()
    assert not target.is_file() or target.read_bytes() == b"precious"
    assert holding(tmp_path, NEW) == []


@pytest.mark.parametrize("kind", LINKS)
def test_a_link_at_the_place_of_the_generation_before_is_replaced(kind: str, store: FileTokens, tmp_path: Path) -> None:
    """The link goes, what it leads to stays."""
    store.save(Tokens(OLD))
    target = lay(store.path.with_name(store.path.name + ".previous"), kind, tmp_path)
    store.save(Tokens(NEW))
    assert not target.is_file() or target.read_bytes() == b"precious"
    assert holding(tmp_path, OLD) == [store.path.name + ".previous"]
    check_private(store)


@pytest.mark.parametrize("kind", LINKS)
def test_a_link_at_the_temporary_name_is_never_written_through(
    kind: str, store: FileTokens, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Should somebody guess it: the link goes with the file that could not be made, or stays; nothing is behind it."""
    store.save(Tokens(OLD))
    monkeypatch.setattr(safe.secrets, "token_hex", lambda count: "guessed")
    for suffix in ("", ".previous"):
        place = tmp_path / f"beside{suffix}"
        place.mkdir()
        target = lay(store.path.with_name(f".{store.path.name}{suffix}.guessed.new"), kind, place)
        with pytest.raises(CredentialsError, match="lies in its way"):
            store.save(Tokens(NEW))
        assert not target.is_file() or target.read_bytes() == b"precious"
        assert store.load() == Tokens(OLD)
    assert holding(tmp_path, NEW) == []


def test_another_file_at_the_temporary_name_is_not_taken_for_ours(
    store: FileTokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What somebody else wrote there never becomes the token file."""
    store.save(Tokens(OLD))
    monkeypatch.setattr(safe.secrets, "token_hex", lambda count: "guessed")
    store.path.with_name(f".{store.path.name}.guessed.new").write_bytes(b'{"format": 1}')
    with pytest.raises(CredentialsError, match="lies in its way"):
        store.save(Tokens(NEW))
    assert store.load() == Tokens(OLD)


@pytest.mark.parametrize("kind", ["a pipe", "a folder", "a device"])
def test_what_is_no_file_is_refused_without_waiting(kind: str, store: FileTokens) -> None:
    """A pipe would be waited for, a device may act."""
    store.save(Tokens(OLD))
    store.path.unlink()
    if kind == "a pipe":
        os.mkfifo(store.path, 0o600)
    elif kind == "a folder":
        store.path.mkdir(mode=0o700)
    else:
        os.symlink("/dev/zero", store.path)
    for action in (store.load, lambda: store.save(Tokens(NEW))):
        with pytest.raises(CredentialsError):
            action()


def test_a_hard_link_is_parted_from_the_tokens_that_follow(store: FileTokens, tmp_path: Path) -> None:
    """Another name of the file keeps what it had: it is never written in place."""
    store.save(Tokens(OLD))
    os.link(store.path, tmp_path / "another")
    store.save(Tokens(NEW))
    assert OLD.reveal().encode() in (tmp_path / "another").read_bytes()
    assert NEW.reveal().encode() not in (tmp_path / "another").read_bytes()


def test_files_are_private_from_their_first_moment(store: FileTokens, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under umask 000: whoever looks between any two system calls finds nothing open to others."""
    real = os.write

    def write(descriptor: int, data: Any) -> int:
        assert stat.S_IMODE(os.fstat(descriptor).st_mode) == 0o600
        return real(descriptor, data)

    monkeypatch.setattr(disk.os, "write", write)
    store.save(Tokens(OLD))
    store.save(Tokens(NEW))
    check_private(store)


class Ended(BaseException):
    """The process ends here: nothing in it goes on, no tidying up either."""


class Counting:
    """Counts the system calls of a replacement; at the `at`-th one (or right after it) does what `strike` does."""

    def __init__(
        self, patch: pytest.MonkeyPatch, strike: Callable[[], None], at: int = 0, *, after: bool = False
    ) -> None:
        self.count = 0
        self.over = False
        self._strike, self._at, self._after = strike, at, after
        for name in CALLS:
            patch.setattr(disk.os, name, self.counted(getattr(os, name)))
        for name in ("replace", "unlink"):
            patch.setattr(Path, name, self.counted(getattr(Path, name)))

    def counted(self, real: Callable[..., Any]) -> Callable[..., Any]:
        """The call, with the blow before or after it."""

        def call(*args: Any, **kwargs: Any) -> Any:
            self.count += 1
            struck = self.count == self._at
            if self.over or (struck and not self._after):
                self.blow()
            value = real(*args, **kwargs)
            if struck and self._after:
                self.blow()
            return value

        return call

    def blow(self) -> None:
        """It strikes."""
        self.over = True
        self._strike()


def end() -> None:
    """As a kill does."""
    raise Ended


def calls_of_a_save(store: FileTokens) -> int:
    """How many system calls one replacement takes."""
    with pytest.MonkeyPatch.context() as patch:
        counting = Counting(patch, end)
        store.save(Tokens(OLD))
        return counting.count


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_whole_tokens_lie_there_wherever_the_process_ends(after: bool, store: FileTokens) -> None:
    """The old ones or the new ones, at each of the system calls; the next replacement works, and all stays private."""
    store.save(Tokens(OLD))
    calls = calls_of_a_save(store)
    assert calls > 12
    for at in range(1, calls + 1):
        store.save(Tokens(OLD))
        with pytest.MonkeyPatch.context() as patch:
            counting = Counting(patch, end, at, after=after)
            with pytest.raises(Ended):
                store.save(Tokens(NEW))
            assert counting.over
        assert store.load() in (Tokens(OLD), Tokens(NEW))
        check_private(store)
        store.save(Tokens(NEW))
        assert store.load() == Tokens(NEW)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EDQUOT])
def test_a_write_that_fails_is_told_and_costs_no_token(number: int, store: FileTokens) -> None:
    """At each of the system calls, for good: what was there is still there, or the new ones are."""
    store.save(Tokens(OLD))
    calls = calls_of_a_save(store)

    def fail() -> None:
        raise OSError(number, os.strerror(number))

    for at in range(1, calls + 1):
        store.save(Tokens(OLD))
        with pytest.MonkeyPatch.context() as patch:
            Counting(patch, fail, at)
            with pytest.raises((CredentialsError, StateError, OSError)) as caught:
                store.save(Tokens(NEW))
        assert "Canary" not in str(caught.value)
        loaded = store.load()
        assert loaded in (Tokens(OLD), Tokens(NEW))
        assert json.loads(store.path.read_bytes())["refresh"] == loaded.refresh.reveal()

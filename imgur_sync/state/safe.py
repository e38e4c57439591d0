"""One secret document: a 0600 file in a 0700 folder, or an entry of the system keyring that such a file stands for."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import stat
from collections.abc import Callable
from pathlib import Path

from imgur_sync.errors import CredentialsError
from imgur_sync.state.disk import create_private, private_folder, sync_folder
from imgur_sync.state.system_keyring import Keyring, system_keyring

IN_KEYRING = b'{"format": 1, "kept": "keyring"}'
"""What the file holds where the document itself is in the keyring."""
PREVIOUS = ".previous"
ANEW = "log in again (imgur-sync login), or give a refresh token anew in IMGUR_SYNC_REFRESH_TOKEN"
UNUSABLE = (ValueError, KeyError, TypeError, RecursionError, OverflowError)
"""What reading a document raises that is not what was written."""
_LIMIT = 64 * 1024


class Safe:
    """Keeps one document, replaces it all at once, and keeps the generation before it.

    Where it lies is settled when it is first written: in the keyring if there is one, else in the file; the file says
    which, so that a program that cannot reach the keyring does not take the document for lost. Raises
    `CredentialsError` for a file that others can read, that is a link, or that is no such file.
    """

    def __init__(self, path: Path, keyring: Callable[[], Keyring | None] = system_keyring) -> None:
        self.path = path
        self._keyring = keyring

    @property
    def kept(self) -> str:
        """Where the document is: "keyring", "file", or "" when there is none."""
        data = self._file()
        return "" if data is None else "keyring" if data == IN_KEYRING else "file"

    def read(self) -> bytes | None:
        """The document, None when there is none."""
        data = self._file()
        if data != IN_KEYRING:
            return data
        text = self._needed().get(self._entry)
        if text is None:
            raise CredentialsError(
                f"the system keyring no longer holds what {self.path} stands for",
                hint=f"Remove that file (rm {self.path}) and {ANEW}.",
            )
        return text.encode("utf-8", "surrogatepass")

    def write(self, data: bytes, *, anew: bool = False) -> None:
        """Durable when it returns. `data` is ASCII. `anew` settles again where it is kept, as for a new log-in.

        A keyring that takes nothing is no reason to lose a token that Imgur gives only once: the file takes it then.
        """
        private_folder(self.path.parent)
        refuse_mode(self.path.parent, self.path.parent.stat().st_mode, 0o022, "0700")
        before = self._file()
        keyring = None
        if anew or before is None:
            keyring = self._keyring()
        elif before == IN_KEYRING:
            keyring = self._needed()
        if keyring is None or not self._to_keyring(keyring, data):
            self._to_file(data, None if before == IN_KEYRING else before)
        elif before != IN_KEYRING:
            self._to_file(IN_KEYRING, None)
            self._sibling.unlink(missing_ok=True)

    def remove(self) -> bool:
        """Forget the document and the generation before it; False when there was none."""
        found = False
        if self._is_elsewhere():
            keyring = self._needed()
            found = keyring.drop(self._entry)
            keyring.drop(self._entry + PREVIOUS)
        for path in (self._sibling, self.path):
            if os.path.lexists(path):
                path.unlink()
                found = True
        if self.path.parent.is_dir():
            sync_folder(self.path.parent)
        return found

    def _is_elsewhere(self) -> bool:
        try:
            return self._file() == IN_KEYRING
        except CredentialsError:  # not ours to read, but ours to remove
            return False

    @property
    def _sibling(self) -> Path:
        return self.path.with_name(self.path.name + PREVIOUS)

    @property
    def _entry(self) -> str:
        """The entry's name in the keyring, apart from those of other state folders."""
        folder = hashlib.sha256(os.fsencode(self.path.parent.absolute())).hexdigest()
        return f"{self.path.stem}-{folder[:8]}"

    def _needed(self) -> Keyring:
        keyring = self._keyring()
        if keyring is None:
            raise CredentialsError(
                "the credentials are in the system keyring, which cannot be reached from here",
                hint="install the extra (imgur-sync[keyring]) and unlock the keyring; "
                f"or remove {self.path} and {ANEW}",
            )
        return keyring

    def _to_keyring(self, keyring: Keyring, data: bytes) -> bool:
        """Whether the keyring took it."""
        try:
            before = keyring.get(self._entry)
            if before is not None:
                keyring.put(self._entry + PREVIOUS, before)
            keyring.put(self._entry, data.decode("ascii"))
        except CredentialsError:
            return False
        return True

    def _to_file(self, data: bytes, before: bytes | None) -> None:
        try:
            if before is not None:
                self._replace(self._sibling, before)
            self._replace(self.path, data)
        except OSError as error:
            raise CredentialsError(
                f"{self.path} cannot be written: {error.strerror}", hint="What was there before is still there."
            ) from error

    def _replace(self, path: Path, data: bytes) -> None:
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
        try:
            if not create_private(temporary, data):
                raise FileExistsError(errno.EEXIST, f"{temporary.name} lies in its way")
            temporary.replace(path)
            sync_folder(path.parent)
        finally:
            temporary.unlink(missing_ok=True)

    def _file(self) -> bytes | None:
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise CredentialsError(
                f"{self.path} cannot be read ({error.strerror}); a link is never followed",
                hint=f"Remove it (rm {self.path}) and {ANEW}.",
            ) from error
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or status.st_size > _LIMIT:
                raise CredentialsError(f"{self.path} is not a file of credentials", hint=f"Remove it and {ANEW}.")
            refuse_mode(self.path, status.st_mode, 0o077, "600")
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                return file.read()
        finally:
            os.close(descriptor)


def usable(value: object) -> bool:
    """Whether a value of a document is a text that can be sent and compared: no half of a surrogate pair."""
    if not isinstance(value, str):
        return False
    return value.isascii() or value == value.encode("utf-8", "replace").decode("utf-8")


def refuse_mode(path: Path, mode: int, bits: int, wanted: str) -> None:
    """Raise `CredentialsError` when others may do with `path` what `bits` stand for; the hint is the chmod to type."""
    if stat.S_IMODE(mode) & bits:
        raise CredentialsError(
            f"{path} is open to other users of this machine (mode {stat.S_IMODE(mode):04o})",
            hint=f"Type: chmod {wanted} {path}",
        )

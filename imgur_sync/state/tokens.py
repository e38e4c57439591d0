"""Tokens on disk: one 0600 file for each API origin, Client-ID and profile, replaced all at once."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from imgur_sync.errors import CredentialsError, TryAgainLaterError
from imgur_sync.model.ports import Tokens
from imgur_sync.model.secret import Secret
from imgur_sync.state.database import Kind, connect, create_file, translated
from imgur_sync.state.disk import create_private, private_folder, read_mounts, refuse_network, sync_folder

_FORMAT = 1
_LIMIT = 64 * 1024
_ANEW = "give a refresh token anew in IMGUR_SYNC_REFRESH_TOKEN"
# One refresh takes one request; whoever waits longer than this would wait for a stopped process.
_REFRESH_SECONDS = 120.0
_LOCK = Kind("token lock", 0x6973546B, 1, "Remove it when no imgur-sync runs; it holds nothing.")


class FileTokens:
    """The `TokenStore` in a 0700 folder. Nothing but these files ever holds the tokens' bytes.

    Raises `CredentialsError` for a file that others can read, that is a link, damaged, or bound to something else.
    """

    def __init__(
        self,
        directory: Path,
        *,
        origin: str,
        client_id: str,
        profile: str,
        mounts: Callable[[], str] = read_mounts,
        patience: float = _REFRESH_SECONDS,
    ) -> None:
        bound = hashlib.sha256("\0".join((origin, client_id, profile)).encode("utf-8", "surrogatepass")).hexdigest()
        self._bound = bound
        self._directory = directory
        self._path = directory / f"tokens-{bound[:16]}.json"
        self._mounts = mounts
        self._patience = patience

    @property
    def path(self) -> Path:
        """The file; the generation before lies beside it as `<name>.previous`."""
        return self._path

    def load(self) -> Tokens | None:
        """What is stored, or None."""
        data = self._read()
        if data is None:
            return None
        try:
            return self._parsed(json.loads(data))
        except (ValueError, KeyError, TypeError, RecursionError):
            # Without the cause: its text could hold a token.
            raise CredentialsError(
                f"{self._path} is damaged, or bound to another API origin, Client-ID or profile",
                hint=f"The tokens before lie in {self._path.name}.previous. Or remove both and {_ANEW}.",
            ) from None

    def save(self, tokens: Tokens) -> None:
        """Durable when it returns; the generation before is kept beside it."""
        private_folder(self._directory)
        self._refuse_open(self._directory, 0o022, "0700")
        data = json.dumps(
            {
                "format": _FORMAT,
                "bound": self._bound,
                "refresh": tokens.refresh.reveal(),
                "access": None if tokens.access is None else tokens.access.reveal(),
                "expires_at": tokens.expires_at,
                "account": tokens.account,
                "source": tokens.source,
            }
        ).encode("ascii")
        before = self._read()
        try:
            if before is not None:
                self._replace(self._path.with_name(f"{self._path.name}.previous"), before)
            self._replace(self._path, data)
        except OSError as error:
            raise CredentialsError(
                f"{self._path} cannot be written: {error.strerror}", hint="The tokens before are still there."
            ) from error

    @contextmanager
    def refreshing(self) -> Iterator[None]:
        """Held by the one process (and thread) that refreshes; others wait, then load again.

        A kill gives it back. Not to be held twice by one thread. `TryAgainLaterError` after two minutes of waiting.
        """
        refuse_network(self._directory, self._mounts)
        path = self._path.with_name(f"{self._path.name}.lock")
        create_file(path, _LOCK)
        with translated(path, _LOCK):
            connection = connect(path, busy=self._patience)
        with closing(connection):
            with translated(path, _LOCK):
                _begin(connection, path)
            yield

    def _replace(self, path: Path, data: bytes) -> None:
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
        try:
            create_private(temporary, data)
            temporary.replace(path)
            sync_folder(path.parent)
        finally:
            temporary.unlink(missing_ok=True)

    def _read(self) -> bytes | None:
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise CredentialsError(
                f"{self._path} cannot be read ({error.strerror}); a link is never followed",
                hint=f"Remove it (rm {self._path}) and {_ANEW}.",
            ) from error
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or status.st_size > _LIMIT:
                raise CredentialsError(f"{self._path} is not a file of tokens", hint=f"Remove it and {_ANEW}.")
            self._refuse_mode(self._path, status.st_mode, 0o077, "600")
            return _whole(descriptor)
        finally:
            os.close(descriptor)

    def _refuse_open(self, path: Path, bits: int, mode: str) -> None:
        self._refuse_mode(path, path.stat().st_mode, bits, mode)

    def _refuse_mode(self, path: Path, mode: int, bits: int, wanted: str) -> None:
        if stat.S_IMODE(mode) & bits:
            raise CredentialsError(
                f"{path} is open to other users of this machine (mode {stat.S_IMODE(mode):04o})",
                hint=f"Type: chmod {wanted} {path}",
            )

    def _parsed(self, fields: Any) -> Tokens:
        if fields["format"] != _FORMAT or fields["bound"] != self._bound:
            raise ValueError("of another format, or bound to something else")
        refresh, access, expires = fields["refresh"], fields["access"], fields["expires_at"]
        texts = (refresh, fields["account"], fields["source"])
        if not all(isinstance(text, str) for text in texts) or not isinstance(access, str | None):
            raise TypeError("not text")
        return Tokens(
            refresh=Secret(refresh),
            access=None if access is None else Secret(access),
            expires_at=None if expires is None else float(expires),
            account=fields["account"],
            source=fields["source"],
        )


def _whole(descriptor: int) -> bytes:
    with os.fdopen(descriptor, "rb", closefd=False) as file:
        return file.read()


def _begin(connection: sqlite3.Connection, path: Path) -> None:
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        raise TryAgainLaterError(
            "another process has been refreshing the access token for too long", hint=f"It holds {path.name}."
        ) from error

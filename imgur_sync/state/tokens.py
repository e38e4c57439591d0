"""Tokens on disk: one 0600 file (or entry of the keyring) for each API origin, Client-ID and profile."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from imgur_sync.errors import CredentialsError, TryAgainLaterError
from imgur_sync.model.ports import Tokens
from imgur_sync.model.secret import Secret
from imgur_sync.mounts import read_mounts
from imgur_sync.state.database import Kind, connect, create_file, translated
from imgur_sync.state.disk import refuse_network
from imgur_sync.state.safe import ANEW, PREVIOUS, UNUSABLE, Safe, usable
from imgur_sync.state.system_keyring import Keyring, system_keyring

_FORMAT = 1
# One refresh takes one request; whoever waits longer than this would wait for a stopped process.
_REFRESH_SECONDS = 120.0
_LOCK = Kind("token lock", 0x6973546B, 1, "Remove it when no imgur-sync runs; it holds nothing.")


class FileTokens:
    """The `TokenStore` in a 0700 folder. Nothing but these files, or the keyring, ever holds the tokens' bytes.

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
        keyring: Callable[[], Keyring | None] = system_keyring,
    ) -> None:
        bound = hashlib.sha256("\0".join((origin, client_id, profile)).encode("utf-8", "surrogatepass")).hexdigest()
        self._bound = bound
        self._directory = directory
        self.safe = Safe(directory / f"tokens-{bound[:16]}.json", keyring)
        self._mounts = mounts
        self._patience = patience

    @property
    def path(self) -> Path:
        """The file; the generation before lies beside it as `<name>.previous`."""
        return self.safe.path

    def load(self) -> Tokens | None:
        """What is stored, or None."""
        data = self.safe.read()
        if data is None:
            return None
        try:
            return self._parsed(json.loads(data))
        except UNUSABLE:
            # Without the cause: its text could hold a token.
            before = self.path.with_name(self.path.name + PREVIOUS)
            kept = f"Put {before.name} in its place, or remove both and {ANEW}."
            raise CredentialsError(
                f"{self.path} is damaged, or was made for another API address, Client-ID or profile",
                hint=kept if before.exists() else f"Remove it and {ANEW}.",
            ) from None

    def save(self, tokens: Tokens, *, anew: bool = False) -> None:
        """Durable when it returns; the generation before is kept beside it. `anew` is as for `Safe.write`."""
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
        self.safe.write(data, anew=anew)

    @contextmanager
    def refreshing(self) -> Iterator[None]:
        """Held by the one process (and thread) that refreshes; others wait, then load again.

        A kill gives it back. Not to be held twice by one thread. `TryAgainLaterError` after two minutes of waiting.
        """
        refuse_network(self._directory, self._mounts)
        path = self.path.with_name(f"{self.path.name}.lock")
        create_file(path, _LOCK)
        with translated(path, _LOCK):
            connection = connect(path, busy=self._patience)
        with closing(connection):
            with translated(path, _LOCK):
                _begin(connection, path)
            yield

    def _parsed(self, fields: Any) -> Tokens:
        if fields["format"] != _FORMAT or fields["bound"] != self._bound:
            raise ValueError("of another format, or bound to something else")
        refresh, access, expires = fields["refresh"], fields["access"], fields["expires_at"]
        texts = (refresh, fields["account"], fields["source"])
        if not all(usable(text) for text in texts) or not (access is None or usable(access)):
            raise TypeError("not text")
        return Tokens(
            refresh=Secret(refresh),
            access=None if access is None else Secret(access),
            expires_at=None if expires is None else float(expires),
            account=fields["account"],
            source=fields["source"],
        )


def _begin(connection: sqlite3.Connection, path: Path) -> None:
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        raise TryAgainLaterError(
            "another process has been refreshing the access token for too long", hint=f"It holds {path.name}."
        ) from error

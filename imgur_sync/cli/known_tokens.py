"""Tokens that the redactor knows before anything else does."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from imgur_sync.cli.redaction import secrets
from imgur_sync.model.ports import Tokens, TokenStore

if TYPE_CHECKING:
    from imgur_sync.model.secret import Secret


class KnownTokens(TokenStore):
    """Tells the redactor every token that is read or written, then leaves the rest to another store."""

    def __init__(self, store: TokenStore) -> None:
        self._store = store

    def load(self) -> Tokens | None:
        """What is stored, or None."""
        tokens = self._store.load()
        if tokens is not None:
            _know(tokens.refresh, tokens.access)
        return tokens

    def save(self, tokens: Tokens) -> None:
        """Durable when it returns."""
        _know(tokens.refresh, tokens.access)
        self._store.save(tokens)

    def refreshing(self) -> AbstractContextManager[None]:
        """Held by the one that refreshes."""
        return self._store.refreshing()


def _know(*given: Secret | None) -> None:
    secrets.know(*(secret.reveal() for secret in given if secret))

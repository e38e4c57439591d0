"""Tokens that go with a shared state: a runner that keeps nothing would lose the successor of its token."""

from __future__ import annotations

import hashlib
import json
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from imgur_sync.model.keeping import Tokens, TokenStore
from imgur_sync.model.secret import Secret
from imgur_sync.state.safe import UNUSABLE, usable

if TYPE_CHECKING:
    from imgur_sync.state.git_share import SharedState

_FORMAT = 1


class SharedTokens(TokenStore):
    """The newest of the tokens on this machine and those in the shared state. `binding` names what they are good for:
    API origin, Client-ID and profile.

    Tokens that a command gets which holds no lock (`plan`) stay on this machine.
    """

    def __init__(self, here: TokenStore, share: SharedState, *binding: str) -> None:
        self._here, self._share = here, share
        self._bound = hashlib.sha256("\0".join(binding).encode("utf-8", "surrogatepass")).hexdigest()

    def load(self) -> Tokens | None:
        """As the port has it."""
        here, there = self._here.load(), self._read(self._share.tokens())
        if here is None or there is None:
            return here or there
        return there if (there.expires_at or 0.0) > (here.expires_at or 0.0) else here

    def save(self, tokens: Tokens) -> None:
        """As the port has it."""
        self._here.save(tokens)
        fields = {
            "format": _FORMAT,
            "bound": self._bound,
            "refresh": tokens.refresh.reveal(),
            "access": None if tokens.access is None else tokens.access.reveal(),
            "expires_at": tokens.expires_at,
            "account": tokens.account,
            "source": tokens.source,
        }
        self._share.keep_tokens(json.dumps(fields).encode("ascii"))

    def refreshing(self) -> AbstractContextManager[None]:
        """As the port has it, for this machine. Machines that write take turns anyway."""
        return self._here.refreshing()

    def _read(self, content: bytes | None) -> Tokens | None:
        """Those of the same binding; None for others, and for what another version wrote."""
        if content is None:
            return None
        try:
            return self._parsed(json.loads(content))
        except UNUSABLE:
            return None

    def _parsed(self, fields: Any) -> Tokens | None:
        if fields["format"] != _FORMAT or fields["bound"] != self._bound:
            return None
        access, expires = fields["access"], fields["expires_at"]
        texts = (fields["refresh"], fields["account"], fields["source"], access or "")
        if not all(usable(text) for text in texts):
            return None
        return Tokens(
            refresh=Secret(texts[0]),
            access=None if access is None else Secret(access),
            expires_at=None if expires is None else float(expires),
            account=texts[1],
            source=texts[2],
        )

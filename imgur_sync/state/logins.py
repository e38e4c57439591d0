"""Log-ins: which Client-ID and secret a profile uses at an API origin, so that no environment is needed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imgur_sync.errors import CredentialsError
from imgur_sync.model.secret import Secret
from imgur_sync.state.safe import ANEW, UNUSABLE, Safe, usable
from imgur_sync.state.system_keyring import Keyring, system_keyring

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Login:
    """One log-in. `account` is the name that Imgur gave, `at` Unix seconds, `flow` how it was made."""

    client_id: str
    client_secret: Secret | None
    account: str
    at: float
    flow: str


class Logins:
    """The log-in of one profile at one API origin; at another origin there is none. Kept as `Safe` keeps it."""

    def __init__(
        self,
        directory: Path,
        *,
        origin: str,
        profile: str,
        keyring: Callable[[], Keyring | None] = system_keyring,
    ) -> None:
        bound = hashlib.sha256("\0".join(("login", origin, profile)).encode("utf-8", "surrogatepass")).hexdigest()
        self._bound = bound
        self.safe = Safe(directory / f"login-{bound[:16]}.json", keyring)

    def load(self) -> Login | None:
        """What is stored, or None."""
        data = self.safe.read()
        if data is None:
            return None
        try:
            return self._parsed(json.loads(data))
        except UNUSABLE:
            # Without the cause: its text could hold a secret.
            raise CredentialsError(
                f"{self.safe.path} is damaged, or was made for another API address or profile",
                hint=f"Remove it and {ANEW}.",
            ) from None

    def save(self, login: Login) -> None:
        """Durable when it returns."""
        fields = {
            "format": _FORMAT,
            "bound": self._bound,
            "client_id": login.client_id,
            "client_secret": None if login.client_secret is None else login.client_secret.reveal(),
            "account": login.account,
            "at": login.at,
            "flow": login.flow,
        }
        self.safe.write(json.dumps(fields).encode("ascii"), anew=True)

    def _parsed(self, fields: Any) -> Login:
        if fields["format"] != _FORMAT or fields["bound"] != self._bound:
            raise ValueError("of another format, or bound to something else")
        secret = fields["client_secret"]
        texts = (fields["client_id"], fields["account"], fields["flow"])
        if not all(usable(text) for text in texts) or not (secret is None or usable(secret)):
            raise TypeError("not text")
        return Login(
            client_id=fields["client_id"],
            client_secret=None if secret is None else Secret(secret),
            account=fields["account"],
            at=float(fields["at"]),
            flow=fields["flow"],
        )

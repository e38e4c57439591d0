"""What is secret in a shared state, sealed with the user's key: scrypt (RFC 7914) and ChaCha20-Poly1305 (RFC 8439).

A sealed file is one line of JSON, which names the lineage, the kind of content and how the key is derived, then the
ciphertext, which authenticates that line too: so a file of another mirror, or of another kind, opens nowhere.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import zlib
from typing import Any

from imgur_sync.errors import CredentialsError, StateError
from imgur_sync.model.secret import Secret

FORMAT = 1
SHORTEST_KEY = 16
"""Characters. Whoever may read the repository can try keys at leisure."""
_N, _R, _P = 2**15, 8, 1
_MOST = {"n": 2**20, "r": 16, "p": 4}
_LONGEST_HEAD = 2000
_LARGEST = 1024 * 1024 * 1024
KEY = "IMGUR_SYNC_STATE_KEY"
_MAKE = f"put one into {KEY} (or a file that {KEY}_FILE names) on every machine, for example: openssl rand -base64 32"


class Sealer:
    """Seals and opens for one lineage. Safe from several threads.

    Raises `CredentialsError` (8) without a key, for a key that is too short, and for a file that another key sealed;
    `StateError` (65) where the extra is not installed, and for a file that was changed, cut or made for something else.
    """

    def __init__(self, key: Secret | None, lineage: str, place: str) -> None:
        if not key:
            raise CredentialsError(f"{place} holds secrets, and there is no key for them", hint=_MAKE)
        if len(key.reveal()) < SHORTEST_KEY:
            raise CredentialsError(f"the key in {KEY} is shorter than {SHORTEST_KEY} characters", hint=_MAKE)
        self._key, self._lineage, self._place = key, lineage, place
        self._cipher_of, self._scrypt = _library()
        self._salt = secrets.token_bytes(16)
        self._derived: dict[tuple[bytes, int, int, int], tuple[bytes, str]] = {}

    def seal(self, kind: str, content: bytes) -> bytes:
        """The content, compressed and sealed. Never twice the same."""
        key, check = self._derive(self._salt, _N, _R, _P)
        nonce = secrets.token_bytes(12)
        head = {
            "format": FORMAT,
            "kind": kind,
            "lineage": self._lineage,
            "n": _N,
            "r": _R,
            "p": _P,
            "salt": self._salt.hex(),
            "check": check,
            "nonce": nonce.hex(),
        }
        line = json.dumps(head, sort_keys=True).encode("ascii") + b"\n"
        return line + bytes(self._cipher_of(key).encrypt(nonce, zlib.compress(content), line))

    def open(self, kind: str, sealed: bytes) -> bytes:
        """The content of a sealed file of that kind."""
        line, end, _ = sealed[:_LONGEST_HEAD].partition(b"\n")
        try:
            head = json.loads(line)
            named = (head["format"], head["kind"], head["lineage"])
            salt, nonce, check = bytes.fromhex(head["salt"]), bytes.fromhex(head["nonce"]), str(head["check"])
            costs = {name: head[name] for name in _MOST}
            fits = len(nonce) == 12 and all(type(costs[n]) is int and 0 < costs[n] <= most for n, most in _MOST.items())
        except (ValueError, KeyError, TypeError, RecursionError):
            raise self._refused("is damaged, or no state of imgur-sync") from None
        if isinstance(named[0], int) and named[0] > FORMAT:
            raise self._refused("was written by a newer imgur-sync: use that one")
        if not end or not fits or named != (FORMAT, kind, self._lineage):
            raise self._refused("is damaged, or belongs to another mirror")
        try:
            key, known = self._derive(salt, **costs)
        except (ValueError, MemoryError):
            raise self._refused("is damaged") from None
        if not hmac.compare_digest(known, check):
            raise CredentialsError(
                f"{self._place} cannot be opened with the key in {KEY}",
                hint="give the key that it was sealed with; if that is lost: imgur-sync state rebuild, with a new one",
            )
        return self._content(key, nonce, sealed[len(line) + 1 :], line + end)

    def _content(self, key: bytes, nonce: bytes, body: bytes, head: bytes) -> bytes:
        from cryptography.exceptions import InvalidTag

        try:
            packed = self._cipher_of(key).decrypt(nonce, body, head)
        except InvalidTag:
            raise self._refused("was changed or cut short") from None
        inflater = zlib.decompressobj()
        content = inflater.decompress(packed, _LARGEST)
        if inflater.unconsumed_tail:
            raise self._refused("is too large")
        return content

    def _derive(self, salt: bytes, n: int, r: int, p: int) -> tuple[bytes, str]:
        """The key, and what tells whether it is the right one and nothing more."""
        known = self._derived.get((salt, n, r, p))
        if known is None:
            made = self._scrypt(salt=salt, length=64, n=n, r=r, p=p).derive(self._key.reveal().encode("utf-8"))
            known = made[:32], hashlib.sha256(made[32:]).hexdigest()[:16]
            self._derived[salt, n, r, p] = known
        return known

    def _refused(self, why: str) -> StateError:
        hint = "Nothing was sent. Put the ref back to an older commit, or make the state anew: imgur-sync state rebuild"
        return StateError(f"{self._place} {why}", hint=hint)


def _library() -> tuple[Any, Any]:
    try:
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
        from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
    except ImportError:
        raise StateError(
            '[state] backend = "git" seals the state, and the library for that is not installed',
            hint='install it with the extra: pip install "imgur-sync[crypto]"',
        ) from None
    return ChaCha20Poly1305, Scrypt

"""What a plan file is bound to, as hashes: it tells nobody who does not know an album's id what the album shows, and
nobody who does not know the ids of all its albums can edit it: its seal would not fit.

A picture's id has 7 characters: a plain hash of a few of them could be undone by trying. So the hashes are keyed, and
the key takes the ids of all albums of the plan and a slow derivation: any machine that has the state, or has rebuilt
it, gets the same. Where no album of the plan was made yet, nothing is known to the owner alone, and nothing is lost.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable

from imgur_sync.model.remote import RemoteAlbum
from imgur_sync.model.secret import Secret

_ROUNDS = 2**14
_BLOCK = 8


def binding_key(lineage: str, album_ids: Iterable[str]) -> Secret:
    """The key of a plan of these albums in one line of states: takes about 50 ms and 16 MB."""
    secret = " ".join(sorted(album_ids)).encode("ascii", "backslashreplace")
    salt = f"imgur-sync plan {lineage}".encode("ascii", "backslashreplace")
    return Secret(hashlib.scrypt(secret, salt=salt, n=_ROUNDS, r=_BLOCK, p=1, dklen=32).hex())


def seal(key: Secret, checksum: str) -> str:
    """64 hex digits by which whoever has the key knows that the file with this checksum is as it was made."""
    return _keyed(key, checksum)


def fits(key: Secret, checksum: str, sealed: str) -> bool:
    """Whether that is the seal, whatever text it is."""
    return hmac.compare_digest(seal(key, checksum).encode("ascii"), sealed.encode("ascii", "backslashreplace"))


def seen(key: Secret, listing: RemoteAlbum | None) -> str:
    """32 hex digits for what Imgur showed of an album: header, pictures, order and texts; "" where there is none."""
    if listing is None:
        return ""
    head = listing.header
    facts = [
        [head.id, head.title, head.description, head.public, head.cover or "", head.in_gallery],
        [[picture.id, picture.title, picture.description] for picture in listing.pictures],
        listing.complete,
    ]
    return _keyed(key, json.dumps(facts))[:32]


def _keyed(key: Secret, text: str) -> str:
    return hmac.new(bytes.fromhex(key.reveal()), text.encode("ascii", "backslashreplace"), "sha256").hexdigest()

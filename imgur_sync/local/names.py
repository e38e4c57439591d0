"""What a name alone says: junk, pictures, secrets, stubs of cloud drives."""

from __future__ import annotations

import re

MEDIA_TYPES = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "apng": "image/apng",
    "gif": "image/gif",
    "webp": "image/webp",
    "mp4": "video/mp4",
    "webm": "video/webm",
}
"""The extensions that promise a picture, lower case, and what they promise."""

IGNORE_FILE = ".imgursyncignore"

_JUNK = frozenset(
    {
        ".ds_store",
        "thumbs.db",
        "ehthumbs.db",
        "desktop.ini",
        "@eadir",
        ".git",
        ".hg",
        ".svn",
        ".imgur-sync",
        ".stfolder",
        ".stversions",
        ".spotlight-v100",
        ".trashes",
        ".fseventsd",
        "$recycle.bin",
        "system volume information",
        "lost+found",
        ".ssh",
        ".gnupg",
        IGNORE_FILE,
    }
)
_JUNK_STARTS = ("._", ".#", ".~lock.", ".trash-")
_JUNK_ENDS = ("~", ".part", ".crdownload")

_SECRETS = re.compile(
    r"\.env(\..*)?|\.netrc|\.pgpass|\.htpasswd|\.git-credentials|id_(rsa|dsa|ecdsa|ed25519).*"
    r"|.*\.(pem|key|kdbx?|p12|pfx|ppk|jks|keystore|gpg)",
    re.IGNORECASE | re.DOTALL,
)


def is_junk(name: str) -> bool:
    """Whether files and folders of this name are left out, whatever the patterns say: litter of systems and editors."""
    lower = name.lower()
    return lower in _JUNK or lower.startswith(_JUNK_STARTS) or lower.endswith(_JUNK_ENDS)


def promised_type(name: str) -> str:
    """The media type that the extension promises; "" when it promises no picture."""
    _, dot, extension = name.rpartition(".")
    return MEDIA_TYPES.get(extension.lower(), "") if dot else ""


def is_secret(name: str) -> bool:
    """Whether a file of this name is never sent, whatever it holds and whatever the patterns say."""
    return _SECRETS.fullmatch(name) is not None


def stub_of(name: str) -> str:
    """The name of the file that a cloud drive's stub stands for; "" when it is no stub.

    iCloud Drive leaves `.NAME.icloud`, some other drives `NAME.cloud`.
    """
    if name.startswith(".") and name.endswith(".icloud") and len(name) > len("..icloud"):
        return name[1 : -len(".icloud")]
    return name.removesuffix(".cloud") if name.endswith(".cloud") else ""

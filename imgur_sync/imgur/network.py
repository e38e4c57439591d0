"""What went wrong on the way to Imgur, in words: no error numbers, no names of exceptions."""

from __future__ import annotations

import errno
import re
import socket
import ssl
from collections.abc import Iterator

_WORDS = {
    errno.ECONNREFUSED: "the connection was refused",
    errno.ECONNRESET: "the other side closed the connection",
    errno.ECONNABORTED: "the connection was broken off",
    errno.EPIPE: "the other side closed the connection",
    errno.ETIMEDOUT: "no connection came about in time",
    errno.ENETUNREACH: "there is no way to its network",
    errno.EHOSTUNREACH: "there is no way to its address",
    errno.ENETDOWN: "the network is down",
    errno.EADDRNOTAVAIL: "no connection can be made from this machine",
}
_NUMBER = re.compile(r"\[Errno -?\d+\]\s*")
_PLACE = re.compile(r"\s*\(_ssl\.c:\d+\)")
_LABEL = re.compile(r"\[[A-Z0-9_]+(: [A-Z0-9_]+)?\]\s*")


def words(error: BaseException) -> str:
    """The error in words, from what caused it; "" when it says nothing."""
    for cause in _chain(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            why = getattr(cause, "verify_message", "") or "it cannot be verified"
            return f"its certificate is not to be trusted: {why}"
        if isinstance(cause, ssl.SSLError):
            return f"no secure connection came about: {_PLACE.sub('', _LABEL.sub('', cause.strerror or str(cause)))}"
        if isinstance(cause, socket.gaierror):
            return "its address cannot be found (DNS)"
        if isinstance(cause, OSError) and cause.errno in _WORDS:
            return _WORDS[cause.errno]
    return _plainly(str(error))


def is_tls(error: BaseException) -> bool:
    """Whether TLS is what failed."""
    return any(isinstance(cause, ssl.SSLError) for cause in _chain(error))


def _plainly(text: str) -> str:
    """A text that libraries made, without numbers; one that only repeats the system's word for a known one."""
    rest = _NUMBER.sub("", text)
    return _WORDS[errno.ECONNREFUSED] if rest == "Connection refused" else rest


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__

"""Troubles on the way to Imgur, in words for people."""

from __future__ import annotations

import errno
import socket
import ssl

import pytest

from imgur_sync.imgur.network import is_tls, words


def wrapped(cause: BaseException) -> Exception:
    """The error as a library passes it on: with a text of its own and what caused it."""
    error = RuntimeError(str(cause))
    error.__cause__ = RuntimeError("between")
    error.__cause__.__cause__ = cause
    return error


def distrusted() -> ssl.SSLCertVerificationError:
    """As a handshake with an expired certificate gives."""
    error = ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed (_ssl.c:1006)")
    error.verify_message = "certificate has expired"
    return error


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        (ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"), "the connection was refused"),
        (ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"), "the other side closed the connection"),
        (OSError(errno.ENETUNREACH, "Network is unreachable"), "there is no way to its network"),
        (OSError(errno.EHOSTUNREACH, "No route to host"), "there is no way to its address"),
        (socket.gaierror(-2, "Name or service not known"), "its address cannot be found (DNS)"),
        (distrusted(), "its certificate is not to be trusted: certificate has expired"),
        (
            ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)"),
            "no secure connection came about: wrong version number",
        ),
        (OSError(errno.EIO, "Input/output error"), "Input/output error"),
        (RuntimeError("[Errno 111] Connection refused"), "the connection was refused"),
        (RuntimeError("Server disconnected without sending a response."), "Server disconnected"),
    ],
)
def test_what_went_wrong_is_told_without_numbers(cause: BaseException, said: str) -> None:
    """The system's error rules, however often it was wrapped."""
    told = words(wrapped(cause))
    assert told.startswith(said)
    assert "rrno" not in told
    assert "_ssl.c" not in told
    assert is_tls(wrapped(cause)) is isinstance(cause, ssl.SSLError)

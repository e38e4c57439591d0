"""Tells the service manager how the daemon is: systemd's notification protocol, sd_notify(3), without its library."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Mapping, MutableMapping
from contextlib import suppress

VARIABLES = ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID")
"""What the manager gives to us alone: taken out of the environment, so that no child speaks in our name."""
LONGEST_STATUS = 500
_PATIENCE = 0.5
"""Seconds that a message waits for a manager whose queue is full."""
_QUARTER = 4
_MOST_USEC = 10**13


class ServiceNotifier:
    """Speaks to the manager that started us; without one, and with one that does not listen, nothing happens.

    The variables are taken out of `environ`. Nothing here raises, and nothing waits longer than half a second. Times
    are of CLOCK_MONOTONIC, in seconds, as `clock` gives them.
    """

    def __init__(
        self, environ: MutableMapping[str, str] | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        environ = os.environ if environ is None else environ
        given = {name: environ.pop(name, "") for name in VARIABLES}
        self._clock = clock
        self._socket, self._address = _reached(given["NOTIFY_SOCKET"])
        self._interval = _interval(given) if self._socket is not None else None
        self._told_alive: float | None = None

    @property
    def interval(self) -> float | None:
        """Seconds within which the manager wants to hear `alive`; None where it does not."""
        return self._interval

    def ready(self) -> None:
        """The daemon is up, or is again after `reloading`."""
        self._send("READY=1")

    def status(self, text: str) -> None:
        """One line for `systemctl status`; what is no printable character becomes a blank."""
        line = "".join(char if char.isprintable() else " " for char in text[:LONGEST_STATUS])
        self._send(f"STATUS={line}")

    def alive(self) -> None:
        """Still at work. Sent once in a quarter of the interval, however often this is called."""
        if self._interval is None:
            return
        now = self._clock()
        lately = self._told_alive is not None and 0 <= now - self._told_alive < self._interval / _QUARTER
        if not lately and self._send("WATCHDOG=1"):
            self._told_alive = now

    def reloading(self) -> None:
        """The manifest is read anew; `ready` ends it."""
        self._send(f"RELOADING=1\nMONOTONIC_USEC={int(self._clock() * 1_000_000)}")

    def stopping(self) -> None:
        """The daemon ends."""
        self._send("STOPPING=1")

    def close(self) -> None:
        """Nothing is sent any more."""
        if self._socket is not None:
            self._socket.close()
        self._socket, self._interval = None, None

    def _send(self, message: str) -> bool:
        if self._socket is None:
            return False
        with suppress(OSError, ValueError):
            self._socket.sendto(message.encode("utf-8", "replace"), self._address)
            return True
        return False


def _reached(name: str) -> tuple[socket.socket | None, str]:
    """A socket and the address that the manager listens at: a path, or "@" and an abstract name."""
    if name[:1] not in ("/", "@") or len(name) < 2:
        return None, ""
    with suppress(OSError, AttributeError):  # a system without such sockets
        made = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        made.settimeout(_PATIENCE)
        return made, f"\0{name[1:]}" if name[0] == "@" else name
    return None, ""


def _interval(given: Mapping[str, str]) -> float | None:
    """What WATCHDOG_USEC says, if it is meant for this process."""
    usec, pid = given["WATCHDOG_USEC"], given["WATCHDOG_PID"]
    if (pid and pid != str(os.getpid())) or not usec.isascii() or not usec.isdigit():
        return None
    return int(usec) / 1_000_000 if 0 < int(usec[:20]) < _MOST_USEC and len(usec) < 20 else None

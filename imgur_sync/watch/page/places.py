"""Where the page is served: an address and a port of this machine, told by name or number."""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass

from imgur_sync.errors import ImgurSyncError, UsageError
from imgur_sync.watch.page.requests import is_address

EXAMPLE = "127.0.0.1:8750"
_PLACE = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253}):([0-9]{1,5})")


@dataclass(frozen=True, slots=True)
class Place:
    """`host` is an address, or a name that visitors may use, too. Port 0 is any free one."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str, label: str) -> Place:
        """Raises `UsageError` for what is no HOST:PORT; `label` is what people call the setting."""
        found = _PLACE.fullmatch(text.strip())
        hint = f"write HOST:PORT, such as {EXAMPLE} or [::1]:8750; port 0 takes a free one"
        if found is None or int(found[2]) > 65535:
            raise UsageError(f"{label} is no address and port", hint=hint)
        host = found[1].strip("[]").lower()
        if ":" in host and not is_address(host):
            raise UsageError(f"{label} is no address and port", hint=hint)
        return cls(host, int(found[2]))

    @property
    def names(self) -> frozenset[str]:
        """The name by which visitors may call it."""
        return frozenset() if is_address(self.host) else frozenset({self.host})

    def listen(self, *, anywhere: bool) -> tuple[socket.socket, str]:
        """The listening socket, and the page's address for people.

        Raises `UsageError` where others than this machine could come and `anywhere` does not allow it, and
        `ImgurSyncError` where the place cannot be had.
        """
        try:
            rows = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise self._refused(error) from None
        family, _, _, _, address = sorted(rows, key=lambda row: row[0] != socket.AF_INET)[0]
        if not anywhere and not ipaddress.ip_address(str(address[0]).partition("%")[0]).is_loopback:
            raise UsageError(
                f"{self._text(self.port)} can be reached from other machines: whoever reaches it sees all albums",
                hint=f"listen on {EXAMPLE}, with a tunnel such as ssh -L for others; or say --listen-anywhere",
            )
        listener = socket.socket(family, socket.SOCK_STREAM)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            listener.bind(address)
            listener.listen(64)
        except (OSError, OverflowError) as error:
            listener.close()
            raise self._refused(error) from None
        return listener, f"http://{self._text(int(listener.getsockname()[1]))}/"

    def _text(self, port: int) -> str:
        return f"[{self.host}]:{port}" if ":" in self.host else f"{self.host}:{port}"

    def _refused(self, error: Exception) -> ImgurSyncError:
        reason = getattr(error, "strerror", None) or str(error)
        return ImgurSyncError(
            f"no status page can be served on {self._text(self.port)} ({reason})",
            hint="end what uses the port, or listen on another one; port 0 takes a free one",
        )

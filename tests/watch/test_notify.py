"""What the service manager hears, at a real socket of the kind that systemd listens at."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from imgur_sync.watch.notify import ServiceNotifier


class Manager:
    """A service manager: a datagram socket, and what was sent to it."""

    def __init__(self, address: str) -> None:
        self.name = address.replace("\0", "@", 1)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(address)
        self.socket.setblocking(False)

    def heard(self) -> list[str]:
        """Every message since the last look."""
        messages: list[str] = []
        while True:
            try:
                messages.append(self.socket.recv(65536).decode())
            except BlockingIOError:
                return messages


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest) -> Iterator[Manager]:
    """One at a path, which must be short, and one at an abstract name."""
    with TemporaryDirectory() as folder:
        address = f"{folder}/n" if request.param == "path" else f"\0imgur-sync-test-{Path(folder).name}"
        made = Manager(address)
        yield made
        made.socket.close()


def test_each_message_is_heard_as_it_is_documented(manager: Manager) -> None:
    """sd_notify(3): one datagram each."""
    environ = {"NOTIFY_SOCKET": manager.name}
    notifier = ServiceNotifier(environ, clock=lambda: 12.5)
    notifier.ready()
    notifier.status("naps until 14:05,\nthen\x1b goes on ä")
    notifier.reloading()
    notifier.stopping()
    assert manager.heard() == [
        "READY=1",
        "STATUS=naps until 14:05, then  goes on ä",
        "RELOADING=1\nMONOTONIC_USEC=12500000",
        "STOPPING=1",
    ]
    notifier.status("x" * 100_000)
    assert len(manager.heard()[0]) < 1000
    notifier.close()
    notifier.ready()
    assert manager.heard() == []


def test_alive_is_told_once_in_a_quarter_of_the_interval(manager: Manager) -> None:
    """However often it is called; also when the clock was set back."""
    times = [0.0]
    environ = {"NOTIFY_SOCKET": manager.name, "WATCHDOG_USEC": "600000000", "WATCHDOG_PID": str(os.getpid())}
    notifier = ServiceNotifier(environ, clock=lambda: times[0])
    assert notifier.interval == 600
    for second in range(600):
        times[0] = float(second)
        notifier.alive()
    assert manager.heard() == ["WATCHDOG=1"] * 4
    times[0] = 5.0
    notifier.alive()
    assert manager.heard() == ["WATCHDOG=1"]
    notifier.close()


@pytest.mark.parametrize("usec", ["", "0", "-5", "abc", "1.5", "9" * 30, "٣", "10000000000000"])
def test_without_a_sensible_interval_alive_is_not_told(manager: Manager, usec: str) -> None:
    """Nor where another process is meant."""
    me = str(os.getpid())
    for environ in (
        {"NOTIFY_SOCKET": manager.name, "WATCHDOG_USEC": usec, "WATCHDOG_PID": me},
        {"NOTIFY_SOCKET": manager.name, "WATCHDOG_USEC": "1000000", "WATCHDOG_PID": f"{me}1"},
    ):
        notifier = ServiceNotifier(environ)
        notifier.alive()
        assert notifier.interval is None
        notifier.close()
    assert manager.heard() == []


def test_a_full_queue_and_a_manager_that_is_gone_are_no_error(manager: Manager) -> None:
    """What could not be told is tried again at the next call; nothing waits for room, which would be for ever."""
    notifier = ServiceNotifier({"NOTIFY_SOCKET": manager.name, "WATCHDOG_USEC": "40000000"}, clock=lambda: 1.0)
    flood = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    flood.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        while True:
            flood.sendto(b"x", manager.name.replace("@", "\0", 1))
    notifier.alive()
    assert set(manager.heard()) == {"x"}
    notifier.alive()
    assert manager.heard() == ["WATCHDOG=1"]
    manager.socket.close()
    notifier.ready()
    notifier.stopping()
    flood.close()
    notifier.close()


@pytest.mark.parametrize("name", ["", "/", "@", "relative", "vsock:2:1", "/nowhere/notify", "@nobody-is-here", "/a\0b"])
def test_without_a_manager_nothing_happens(name: str) -> None:
    """No variable, an empty one, one that is no socket's, and a socket that nobody listens at."""
    environ = {"NOTIFY_SOCKET": name} if name else {}
    notifier = ServiceNotifier({**environ, "WATCHDOG_USEC": "x"})
    notifier.ready()
    notifier.status("")
    notifier.alive()
    notifier.reloading()
    notifier.stopping()
    notifier.close()


def test_children_do_not_get_the_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """They leave the environment of the process; the others stay."""
    for name in ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "OTHER"):
        monkeypatch.setenv(name, "1")
    notifier = ServiceNotifier()
    code = "import os; print(sorted(set(os.environ) & {'NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID', 'OTHER'}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout == "['OTHER']\n"
    notifier.close()

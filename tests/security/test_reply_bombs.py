"""Answers that are bombs: too large, larger than they look, without an end, or as slow as can be.

The memory is that of a process of its own, as the system measured it; the time is a clock that a test moves.
"""

from __future__ import annotations

import gzip
import socket
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain, repeat

import pytest

from imgur_sync.imgur.auth import Credentials
from imgur_sync.imgur.transport import READ_WRITE, Patience, Transport
from imgur_sync.imgur.wire import Call
from imgur_sync.model.outcome import Outcome, Unknown
from imgur_sync.model.secret import Secret
from tests.security.canaries import THOROUGH
from tests.support.command import PROGRAM
from tests.support.memory_ledger import MemoryLedger
from tests.support.memory_tokens import MemoryTokens
from tests.support.mirror import Mirror

MB = 1024 * 1024
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
MEMORY = 220 * MB
"""The command itself takes about 60 MB; the 100 MB and the 1 GB of the bombs are out of reach."""
MEASURES = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(done.returncode)
"""
"""Runs a command and prints its peak. A process begins with the peak of the one that started it: this one is small."""


class Hasty:
    """A clock by which each look at it takes ten seconds."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> float:
        """Unix seconds."""
        return 1_800_000_000.0 + self.monotonic()

    def monotonic(self) -> float:
        """Ten seconds more than before."""
        self.seconds += 10.0
        return self.seconds


@contextmanager
def bombing(parts: Callable[[], Iterator[bytes]]) -> Iterator[int]:
    """A server that answers every request with these parts, as fast as they are taken; its port."""
    ended = threading.Event()

    def answer(connection: socket.socket) -> None:
        connection.settimeout(60)
        with connection, suppress(OSError):
            connection.recv(65_536)
            for part in parts():
                if ended.is_set():
                    return
                connection.sendall(part)

    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)

        def serve() -> None:
            while not ended.is_set():
                with suppress(TimeoutError):
                    answer(server.accept()[0])

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            ended.set()
            thread.join()


def zipped(size: int, *, layers: int = 1) -> bytes:
    """So many zeros in gzip, and that in gzip again."""
    squeeze = zlib.compressobj(9, wbits=31)
    data = b"".join(squeeze.compress(bytes(MB)) for _ in range(size // MB)) + squeeze.flush()
    for _ in range(layers - 1):
        data = gzip.compress(data)
    return data


def whole(body: bytes, *headers: bytes) -> Callable[[], Iterator[bytes]]:
    """An answer with a length."""
    lines = b"".join(line + b"\r\n" for line in headers)
    return lambda: iter([HEAD + lines + b"Content-Length: %d\r\n\r\n" % len(body), body])


def endless(part: bytes, head: bytes = HEAD + b"\r\n") -> Callable[[], Iterator[bytes]]:
    """An answer that goes on for ever."""
    return lambda: chain([head], repeat(part))


BIG = 1024 * MB if THOROUGH else 256 * MB
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
STATUS = b"HTTP/1.1 200 OK\r\n"
BOMBS: dict[str, Callable[[], Iterator[bytes]]] = {
    "100 MB of JSON": endless(b'{"a": [' + b"1," * 400_000, HEAD + b"Content-Length: 104857600\r\n\r\n"),
    "a gzip bomb": whole(zipped(BIG), b"Content-Encoding: gzip"),
    "gzip in gzip": whole(zipped(BIG, layers=2), b"Content-Encoding: gzip, gzip"),
    "a deflate bomb": whole(zlib.compress(bytes(64 * MB), 9), b"Content-Encoding: deflate"),
    "brotli that nobody asked for": whole(b"\x8b\x03\x80" * 100_000, b"Content-Encoding: br"),
    "zstd that nobody asked for": whole(b"\x28\xb5\x2f\xfd" * 100_000, b"Content-Encoding: zstd"),
    "a million headers": endless(b"X-A: b\r\n" * 1000, STATUS),
    "a header without an end": endless(b"x" * 65_536, STATUS + b"X-A: "),
    "a status line without an end": endless(b"x" * 65_536, b"HTTP/1.1 200 "),
    "chunks without an end": endless(b"10000\r\n" + b" " * 65_536 + b"\r\n", CHUNKED),
    "chunks of one byte": endless(b"1\r\n \r\n" * 8192, CHUNKED),
    "a chunk's size without an end": endless(b"0" * 65_536, CHUNKED),
    "trailers without an end": endless(b"X-A: b\r\n" * 1000, CHUNKED + b"0\r\n"),
    "100,000 nested lists": whole(b"[" * 100_000),
}
SLOW = {
    "a head that drips": lambda: (bytes([byte]) for byte in chain(HEAD + b"X-A: ", repeat(120))),
    "a body that drips": lambda: chain([HEAD + b"\r\n"], repeat(b" ")),
    "a chunk's size that drips": lambda: chain([CHUNKED], repeat(b"0")),
    "100 Continue without an end": endless(b"HTTP/1.1 100 Continue\r\n\r\n", b""),
    "103 Early Hints without an end": endless(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", b""),
}


def asked(port: int, clock: Hasty) -> Outcome[object]:
    """One reading over a real socket."""
    credentials = Credentials("id15", Secret("s" * 40), Secret("r" * 40), Secret("a" * 40))
    origin = f"http://127.0.0.1:{port}"
    patience = Patience(5.0, 20.0, 20.0)
    with Transport(
        origin, credentials, MemoryLedger(clock), MemoryTokens(), clock, allow=READ_WRITE, patience=patience
    ) as transport:
        return transport.call(Call("GET", "/3/account/me"), lambda value: value)


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_an_unexpected_answer(name: str) -> None:
    """None is taken for a value, none for a refusal of what was sent; and it ends."""
    with bombing(BOMBS[name]) as port:
        outcome = asked(port, Hasty())
    assert isinstance(outcome, Unknown), outcome
    assert len(outcome.problem.detail) < 300


@pytest.mark.parametrize("name", SLOW)
def test_an_answer_has_an_end(name: str) -> None:
    """Each byte comes in time, and the answer does not: after at most five minutes by the program's own clock."""
    clock = Hasty()
    with bombing(SLOW[name]) as port:
        outcome = asked(port, clock)
    assert isinstance(outcome, Unknown), outcome
    assert outcome.problem.kind.value in ("timeout", "network")
    assert clock.seconds < 1_000  # other looks at the clock count, too


HEAVY = ("100 MB of JSON", "a gzip bomb")


@pytest.mark.parametrize("name", [name for name in BOMBS if name != "chunks of one byte"] if THOROUGH else HEAVY)
def test_a_bomb_does_not_fill_the_memory(name: str, here: Mirror) -> None:
    """75 from the command, with a bounded peak, as the system measured it."""
    with bombing(BOMBS[name]) as port:
        environ = here.place.environ({"IMGUR_SYNC_API_URL": f"http://127.0.0.1:{port}"})
        done = subprocess.run(
            [sys.executable, "-c", MEASURES, PROGRAM, "plan", "--refresh"],
            cwd=here.folder,
            env=environ,
            capture_output=True,
            encoding="utf-8",
            timeout=250,
            check=False,
        )
    assert done.returncode == 75, done.stderr
    assert "Traceback" not in done.stderr
    scale = 1 if sys.platform == "darwin" else 1024
    assert int(done.stdout) * scale < MEMORY

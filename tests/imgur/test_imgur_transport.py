"""The seam: what may be sent, what it costs, what became of it."""

from __future__ import annotations

import gzip
import logging
import ssl
import subprocess
import sys
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from imgur_sync import __version__
from imgur_sync.errors import StateError
from imgur_sync.imgur.bounded import MAX_BODY
from imgur_sync.imgur.transport import READ_ONLY
from imgur_sync.model.budget import Charge, Cost, Denied, Reading, Refusal, Reservation
from imgur_sync.model.outcome import Done, NotSent, ProblemKind, Refused, Unknown
from tests.support.memory_ledger import MemoryLedger
from tests.support.scripted import Answer, Sent

K = ProblemKind
PICTURE = {"data": {"id": "JPz2i"}, "success": True, "status": 200}
FINE = Answer(body=PICTURE)


def test_a_request_carries_what_it_should_and_nothing_else(bench: Callable[..., Any]) -> None:
    """Who we are, no Origin, no cookie, no token in the address; generous timeouts."""
    one = bench(Answer(body=PICTURE, headers={"set-cookie": "IMGURSESSION=1; Path=/"}))
    one.reader.image("JPz2i"), one.reader.image("JPz2i")
    for sent in one.script.sent:
        assert set(sent.headers) == {"host", "user-agent", "accept", "accept-encoding", "authorization"}
        assert sent.headers["user-agent"] == f"imgur-sync/{__version__}"
        assert sent.url == "https://api.imgur.com/3/image/JPz2i"
        assert (sent.timeout["connect"], sent.timeout["read"], sent.timeout["write"]) == (10, 60, 60)
        assert sent.timeout["pool"] >= 600


def test_a_reader_of_a_read_only_transport_cannot_write(bench: Callable[..., Any]) -> None:
    """The allow-list holds below every method."""
    one = bench(FINE, allow=READ_ONLY)
    with pytest.raises(ValueError, match="POST is not allowed"):
        one.upload()
    assert one.script.sent == []


def test_nothing_is_sent_that_the_ledger_denies(bench: Callable[..., Any]) -> None:
    """The problem names the limit and the seconds until it opens."""
    one = bench(FINE, hour=1)
    assert isinstance(one.reader.image("JPz2i"), Done)
    one.clock.advance(600)
    denied = one.reader.image("JPz2i")
    assert isinstance(denied, NotSent)
    assert (denied.problem.kind, denied.problem.limit, denied.problem.resume_after) == (K.BUDGET, "hour", 3000.0)
    assert len(one.script.sent) == 1


def test_a_limit_of_the_run_has_no_resume(bench: Callable[..., Any]) -> None:
    """It never opens in this run."""
    outcome = bench(FINE, run=0).reader.image("JPz2i")
    assert isinstance(outcome, NotSent)
    assert (outcome.problem.limit, outcome.problem.resume_after) == ("run", None)


def test_each_reply_is_shown_to_the_ledger_after_its_reservation_ended(bench: Callable[..., Any]) -> None:
    """What it says is left is already less by this call. Also an error's; a lost connection has nothing to show."""
    seen: list[str] = []

    class Watching(MemoryLedger):
        def reserve(self, cost: Cost, instead: Reservation | None = None) -> Reservation | Denied:
            seen.append("reserve")
            return super().reserve(cost, instead)

        def observe(self, reading: Reading, answers: Reservation | None = None) -> None:
            seen.append(f"observe {reading.user_remaining}")
            super().observe(reading, answers)

        def refused(self, refusal: Refusal) -> None:
            seen.append(f"refused {refusal.number}")
            super().refused(refusal)

        def settle(self, reservation: Reservation, charge: Charge) -> None:
            seen.append(charge.value)
            super().settle(reservation, charge)

    one = bench(
        Answer(429, headers={"X-RateLimit-UserRemaining": "7"}),
        httpx.ReadError("reset"),
        httpx.ConnectError("refused"),
        ledger=Watching,
    )
    for _ in range(3):
        one.reader.image("JPz2i")
        one.clock.advance(3601)
    assert seen == ["reserve", "spent", "observe 7", "refused 1", "reserve", "spent", "reserve", "returned"]


def test_a_ledger_that_fails_after_the_reply_does_not_cost_the_reply(bench: Callable[..., Any]) -> None:
    """An id that was received is not given up because a disk is full."""

    class Failing(MemoryLedger):
        def observe(self, reading: Reading, answers: Reservation | None = None) -> None:
            raise StateError("disk full")

        def refused(self, refusal: Refusal) -> None:
            raise StateError("disk full")

        def settle(self, reservation: Reservation, charge: Charge) -> None:
            raise StateError("disk full")

    assert isinstance(bench(FINE, ledger=Failing).upload(), Done)
    assert isinstance(bench(Answer(429), ledger=Failing).upload(), Refused)


@pytest.mark.parametrize(
    ("error", "outcome", "kind"),
    [
        (httpx.ConnectError("[Errno 111] Connection refused"), NotSent, K.NETWORK),
        (httpx.ConnectError("[Errno -2] Name or service not known"), NotSent, K.NETWORK),
        (httpx.ConnectTimeout("slow"), NotSent, K.TIMEOUT),
        (httpx.PoolTimeout("busy"), NotSent, K.TIMEOUT),
        (httpx.ProxyError("403 Forbidden"), NotSent, K.NETWORK),
        (httpx.ReadTimeout("slow"), Unknown, K.TIMEOUT),
        (httpx.WriteTimeout("slow"), Unknown, K.TIMEOUT),
        (httpx.ReadError("reset"), Unknown, K.NETWORK),
        (httpx.WriteError("broken pipe"), Unknown, K.NETWORK),
        (httpx.CloseError("x"), Unknown, K.NETWORK),
        (httpx.RemoteProtocolError("Server disconnected without sending a response."), Unknown, K.NETWORK),
        (httpx.LocalProtocolError("x"), Unknown, K.NETWORK),
        (ConnectionResetError("reset"), Unknown, K.NETWORK),
        (ssl.SSLError("record layer failure"), Unknown, K.TLS),
        (RuntimeError(""), Unknown, K.NETWORK),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_only_what_is_proven_not_sent_is_not_sent(
    bench: Callable[..., Any], error: Exception, outcome: type, kind: ProblemKind
) -> None:
    """A connection that was never made; all else may have reached Imgur. RETURNED goes with `NotSent` alone."""
    one = bench(error)
    got = one.upload()
    assert isinstance(got, outcome)
    assert got.problem.kind is kind
    assert got.problem.detail
    assert one.ledger.settled == {1: Charge.RETURNED if outcome is NotSent else Charge.SPENT}
    assert len(one.script.sent) == 1


def test_a_certificate_that_is_refused_is_tls_and_not_sent(bench: Callable[..., Any]) -> None:
    """The handshake comes before the request."""
    error = httpx.ConnectError("certificate verify failed")
    error.__cause__ = ssl.SSLCertVerificationError("certificate verify failed")
    got = bench(error).upload()
    assert isinstance(got, NotSent)
    assert got.problem.kind is K.TLS


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("location", ["https://evil.example/3/upload", "http://api.imgur.com/", "/3/image", "//[", ""])
def test_a_redirect_is_never_followed(bench: Callable[..., Any], status: int, location: str) -> None:
    """The token goes to no other place."""
    one = bench(Answer(status, headers={"location": location}))
    outcome = one.upload()
    assert isinstance(outcome, Unknown)
    assert len(one.script.sent) == 1


@pytest.mark.parametrize("status", [200, 404, 400])
def test_a_body_that_breaks_off_is_unknown_whatever_its_status(bench: Callable[..., Any], status: int) -> None:
    """Only a complete 4xx is definite; its headers still count."""
    one = bench(Answer(status, iter([b'{"data"']), {"x-ratelimit-userremaining": "7"}, breaks=httpx.ReadError("reset")))
    outcome = one.upload()
    assert isinstance(outcome, Unknown)
    assert (outcome.problem.kind, outcome.problem.status) == (K.NETWORK, status)
    assert one.ledger.readings[0].user_remaining == 7


def test_a_large_body_is_cut(bench: Callable[..., Any]) -> None:
    """At 8 MiB; what lies behind is never asked for."""
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield b" " * 65_536

    outcome = bench(Answer(200, endless())).upload()
    assert isinstance(outcome, Unknown)
    assert outcome.problem.kind is K.UNEXPECTED
    assert taken == MAX_BODY // 65_536 + 1


def test_a_body_of_the_largest_size_is_read(bench: Callable[..., Any]) -> None:
    """Compressed or not."""
    padded = b'{"data":{"id":"JPz2i"},"success":true,"status":200'
    padded += b" " * (MAX_BODY - len(padded) - 1) + b"}"
    assert isinstance(bench(Answer(200, padded)).reader.image("JPz2i"), Done)
    packed = Answer(200, gzip.compress(padded), {"content-encoding": "GZIP"})
    assert isinstance(bench(packed).reader.image("JPz2i"), Done)


def test_a_gzip_bomb_is_cut_without_being_blown_up(bench: Callable[..., Any]) -> None:
    """A gigabyte in a megabyte costs no more memory than a large reply."""
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(b"0" * 2**20) for _ in range(256)) + packer.flush()
    one = bench(Answer(200, bomb, {"content-encoding": "gzip"}))
    tracemalloc.start()
    try:
        outcome = one.reader.image("JPz2i")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert isinstance(outcome, Unknown)
    assert outcome.problem.kind is K.UNEXPECTED
    assert peak < 3 * MAX_BODY


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (b"no gzip", "gzip"),
        (gzip.compress(b"{}" * 5000, mtime=0)[:-20], "gzip"),
        (b"no deflate", "deflate"),
        (b"x", "br"),
        (b"x", "gzip, gzip"),
    ],
)
def test_a_body_in_a_broken_encoding_is_not_understood_but_complete(
    bench: Callable[..., Any], body: bytes, encoding: str
) -> None:
    """Or in one that was not asked for: a success is unknown, a refusal stays definite."""
    outcome = bench(Answer(200, body, {"content-encoding": encoding})).upload()
    assert isinstance(outcome, Unknown)
    assert outcome.problem.kind is K.UNEXPECTED
    outcome = bench(Answer(404, body, {"content-encoding": encoding})).upload()
    assert isinstance(outcome, Refused)
    assert outcome.problem.kind is K.NOT_FOUND


def test_a_body_that_trickles_is_given_up(bench: Callable[..., Any]) -> None:
    """A byte a second would outlast every timeout of a single read."""
    one = bench(FINE)

    def trickle(sent: Sent) -> Answer:
        def drops() -> Iterator[bytes]:
            while True:
                one.clock.advance(1)
                yield b" "

        return Answer(200, drops())

    one.script.steps = [trickle]
    outcome = one.reader.image("JPz2i")
    assert isinstance(outcome, Unknown)
    assert outcome.problem.kind is K.TIMEOUT


def test_secrets_that_a_reply_echoes_are_not_shown(bench: Callable[..., Any]) -> None:
    """Neither tokens nor the id of what was asked for, which for a hidden album is as good as a key."""

    def echo(sent: Sent) -> Answer:
        return Answer(400, {"data": {"error": f"{sent.headers['authorization']} {sent.path}"}, "success": False})

    one = bench(echo)
    outcome = one.reader.album("AbC1234")
    assert isinstance(outcome, Refused)
    assert one.credentials.access_token is not None
    assert one.credentials.access_token.reveal() not in outcome.problem.detail
    assert "AbC1234" not in repr(outcome)


def test_the_loggers_of_the_libraries_are_quiet(bench: Callable[..., Any], caplog: pytest.LogCaptureFixture) -> None:
    """They log every address at INFO, with the ids of hidden albums."""
    for name in ("httpx", "httpcore"):
        caplog.set_level(logging.DEBUG, name)
    bench(FINE)
    for name in ("httpx", "httpcore"):
        assert logging.getLogger(name).getEffectiveLevel() >= logging.WARNING


def test_a_closed_transport_opens_again(bench: Callable[..., Any]) -> None:
    """Closing is for connections, not for good."""
    one = bench(FINE)
    assert isinstance(one.reader.image("JPz2i"), Done)
    one.transport.close()
    one.transport.close()
    assert isinstance(one.reader.image("JPz2i"), Done)


def test_importing_the_client_loads_no_terminal_library() -> None:
    """httpx would load its own command line, and rich with it."""
    program = "import sys, imgur_sync.imgur.transport; sys.exit(bool({'rich', 'pygments', 'click'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_only_the_transport_imports_httpx() -> None:
    """The other files of the client can be read without knowing it."""
    program = (
        "import sys; from imgur_sync.imgur import auth, bounded, limits, origin, refusals, replies, verdict, wire;"
        "sys.exit('httpx' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0

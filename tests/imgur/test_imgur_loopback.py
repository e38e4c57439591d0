"""The page that a log-in comes back to: what it takes, and what it leaves alone."""

from __future__ import annotations

import re
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

import pytest

from imgur_sync.errors import CredentialsError, ImgurSyncError, UsageError
from imgur_sync.executor import SystemClock
from imgur_sync.imgur.auth import Grant
from imgur_sync.imgur.loopback import MOST_VISITS, Callback, Landing, _drain
from imgur_sync.model.secret import Secret
from tests.support.hand_clock import HandClock

STATE = "s" * 43
CODE = "c0de" * 10
TOKENS = {"access_token": "a" * 40, "refresh_token": "b" * 40, "expires_in": "3600", "account_username": "demo"}


@dataclass
class Stage:
    """A page that waits in a thread."""

    landing: Landing
    found: list[Secret | Grant] = field(default_factory=list)
    failed: list[ImgurSyncError] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self.wait)
        self.thread.start()

    def end(self) -> None:
        """Until nobody listens any more."""
        self.thread.join(60)
        assert not self.thread.is_alive()

    @property
    def host(self) -> str:
        """The Host that a browser sends."""
        return urlsplit(self.landing.address).netloc

    def wait(self) -> None:
        """What the thread does."""
        try:
            with self.landing:
                self.found.append(self.landing.wait(self.told.append))
        except ImgurSyncError as error:
            self.failed.append(error)

    def raw(self, data: bytes) -> bytes:
        """Send bytes and read the answer to its end; b"" when there is none."""
        port = int(self.host.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            answer = b""
            try:
                while part := connection.recv(65536):
                    answer += part
            except ConnectionResetError:
                return answer
            return answer

    def get(self, path: str = "/callback", host: str | None = None, head: str = "", **query: str) -> bytes:
        """A GET as a browser makes it, but for what is changed."""
        target = path + (f"?{urlencode(query)}" if query else "")
        return self.raw(f"GET {target} HTTP/1.1\r\nHost: {host or self.host}\r\n{head}\r\n".encode())

    def post(self, fields: dict[str, str], origin: str | None = None, kind: str = "application/x-www-form-urlencoded"):
        """The POST of the page's script, but for what is changed."""
        return self.posted(urlencode(fields).encode(), f"http://{self.host}" if origin is None else origin, kind)

    def posted(
        self,
        body: bytes,
        origin: str | None = None,
        kind: str = "application/x-www-form-urlencoded",
        announced: int | None = None,
    ) -> bytes:
        """A POST of these bytes, whatever they are."""
        origin = f"http://{self.host}" if origin is None else origin
        head = f"POST /callback HTTP/1.1\r\nHost: {self.host}\r\nOrigin: {origin}\r\nContent-Type: {kind}\r\n"
        length = len(body) if announced is None else announced
        return self.raw(f"{head}Content-Length: {length}\r\n\r\n".encode() + body)


@pytest.fixture
def stage() -> Iterator[Callable[..., Stage]]:
    """Starts a page; at the end it has answered somebody, whoever that is."""
    started: list[Stage] = []

    def start(address: str = "http://127.0.0.1:0/callback", *, fragment: bool = False) -> Stage:
        landing = Landing(Callback.parse(address), Secret(STATE), SystemClock(), fragment=fragment)
        started.append(Stage(landing))
        return started[-1]

    yield start
    for one in started:
        with suppress(OSError):
            one.get(state=STATE, error="end")
        one.end()


def status(answer: bytes) -> int:
    """The status of an answer; 0 without one."""
    found = re.match(rb"HTTP/1\.1 (\d+) ", answer)
    return int(found[1]) if found else 0


HOSTILE: dict[str, tuple[Callable[[Stage], bytes], int]] = {
    "wrong state": (lambda s: s.get(state="x" * 43, code=CODE), 403),
    "no state": (lambda s: s.get(code=CODE), 403),
    "empty state": (lambda s: s.get(state="", code=CODE), 403),
    "a part of the state": (lambda s: s.get(state=STATE[:-1], code=CODE), 403),
    "state with more": (lambda s: s.get(state=STATE + "s", code=CODE), 403),
    "state that is not ASCII": (lambda s: s.get(state="ſ" * 43, code=CODE), 403),
    "state twice": (lambda s: s.get(f"/callback?state={STATE}&state=x&code={CODE}"), 400),
    "code twice": (lambda s: s.get(f"/callback?state={STATE}&code=x&code={CODE}"), 400),
    "no code": (lambda s: s.get(state=STATE), 400),
    "an empty code": (lambda s: s.get(state=STATE, code=""), 400),
    "a code with line breaks": (lambda s: s.get(state=STATE, code="a\r\nb"), 400),
    "a huge code": (lambda s: s.get(state=STATE, code="c" * 600), 400),
    "error without state": (lambda s: s.get(error="access_denied"), 400),
    "error with a wrong state": (lambda s: s.get(error="access_denied", state="x"), 403),
    "another Host": (lambda s: s.get(host="evil.test", state=STATE, code=CODE), 421),
    "another port in Host": (lambda s: s.get(host="127.0.0.1:1", state=STATE, code=CODE), 421),
    "Host without a port": (lambda s: s.get(host="127.0.0.1", state=STATE, code=CODE), 421),
    "a name that was rebound": (lambda s: s.get(host=s.host.replace("127", "x127"), state=STATE, code=CODE), 421),
    "no Host": (lambda s: s.raw(f"GET /callback?state={STATE}&code=c HTTP/1.1\r\n\r\n".encode()), 421),
    "two Hosts": (lambda s: s.get(head="Host: evil.test\r\n", state=STATE, code=CODE), 400),
    "POST": (lambda s: s.post({"state": STATE, "code": CODE}), 405),
    "HEAD": (lambda s: s.raw(f"HEAD /callback HTTP/1.1\r\nHost: {s.host}\r\n\r\n".encode()), 405),
    "OPTIONS": (lambda s: s.raw(f"OPTIONS /callback HTTP/1.1\r\nHost: {s.host}\r\n\r\n".encode()), 405),
    "another path": (lambda s: s.get("/favicon.ico", state=STATE, code=CODE), 404),
    "a path around": (lambda s: s.get("/x/../callback", state=STATE, code=CODE), 404),
    "a whole address": (lambda s: s.get(f"http://{s.host}/callback", state=STATE, code=CODE), 400),
    "a body": (lambda s: s.get(head="Content-Length: 3\r\n", state=STATE, code=CODE), 400),
    "chunks": (lambda s: s.get(head="Transfer-Encoding: chunked\r\n", state=STATE, code=CODE), 400),
    "huge": (lambda s: s.get(head=f"X: {'y' * 40_000}\r\n", state=STATE, code=CODE), 413),
    "endless headers": (lambda s: s.raw(b"GET /callback HTTP/1.1\r\n" + b"X: y\r\n" * 9000), 413),
    "many fields": (lambda s: s.get(**{f"f{n}": "1" for n in range(40)}, state=STATE, code=CODE), 400),
    "nothing": (lambda s: s.raw(b""), 0),
    "noise": (lambda s: s.raw(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200)), 400),
    "half a request": (lambda s: s.raw(b"GET /callback?state="), 400),
    "HTTP/2": (lambda s: s.raw(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 400),
    "a folded header": (lambda s: s.get(head="X: y\r\n z\r\n", state=STATE, code=CODE), 400),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_visits_change_nothing(name: str, stage: Callable[..., Stage]) -> None:
    """Each is turned away; the log-in goes on and the right answer is still taken."""
    one = stage()
    visit, expected = HOSTILE[name]
    answer = visit(one)
    assert status(answer) == expected
    assert STATE.encode() not in answer
    assert CODE.encode() not in answer
    assert (one.found, one.failed) == ([], [])
    assert status(one.get(state=STATE, code=CODE)) == 200


HOSTILE_POSTS: dict[str, tuple[Callable[[Stage], bytes], int]] = {
    "another Origin": (lambda s: s.post({**TOKENS, "state": STATE}, origin="https://evil.test"), 403),
    "Origin null": (lambda s: s.post({**TOKENS, "state": STATE}, origin="null"), 403),
    "https Origin": (lambda s: s.post({**TOKENS, "state": STATE}, origin=f"https://{s.host}"), 403),
    "a bare host as Origin": (lambda s: s.post({**TOKENS, "state": STATE}, origin=s.host), 403),
    "plain text": (lambda s: s.post({**TOKENS, "state": STATE}, kind="text/plain"), 403),
    "wrong state": (lambda s: s.post({**TOKENS, "state": "x"}), 403),
    "no state": (lambda s: s.post(TOKENS), 403),
    "no tokens": (lambda s: s.post({"state": STATE}), 400),
    "a token with blanks": (lambda s: s.post({**TOKENS, "access_token": "a b", "state": STATE}), 400),
    "tokens in the query": (lambda s: s.get(**TOKENS, state="x"), 403),
    "too long": (lambda s: s.post({**TOKENS, "state": STATE, "x": "y" * 40_000}), 413),
    "no ASCII": (lambda s: s.posted(b"state=\xc3\xb6"), 400),
    "a state twice": (lambda s: s.posted(b"state=x&state=y"), 400),
    "less than announced": (lambda s: s.posted(b"state=x", announced=20), 400),
    "a denial with a wrong state": (lambda s: s.post({"error": "access_denied", "state": "x"}), 403),
}


@pytest.mark.parametrize("name", HOSTILE_POSTS)
def test_hostile_visits_to_the_implicit_page_change_nothing(name: str, stage: Callable[..., Stage]) -> None:
    """The tokens come by the page's own script, with the state, or not at all."""
    one = stage(fragment=True)
    visit, expected = HOSTILE_POSTS[name]
    assert status(visit(one)) == expected
    assert (one.found, one.failed) == ([], [])
    assert status(one.post({**TOKENS, "state": STATE})) == 200


def test_the_right_answer_is_taken_once(stage: Callable[..., Stage]) -> None:
    """Nobody listens any more afterwards."""
    one = stage()
    answer = one.get(state=STATE, code=CODE)
    assert status(answer) == 200
    one.end()
    with pytest.raises(ConnectionRefusedError):
        one.get(state=STATE, code="another")
    assert [secret.reveal() for secret in one.found if isinstance(secret, Secret)] == [CODE]


def test_the_answer_page_is_not_kept_framed_or_told_on(stage: Callable[..., Stage]) -> None:
    """Nothing of the address is repeated on it, and it loads nothing."""
    answer = stage().get(state=STATE, code=CODE).decode()
    head, _, body = answer.partition("\r\n\r\n")
    for line in (
        "Cache-Control: no-store",
        "Referrer-Policy: no-referrer",
        "X-Content-Type-Options: nosniff",
        "Connection: close",
    ):
        assert line in head
    assert "default-src 'none'" in head
    assert "frame-ancestors 'none'" in head
    assert "script" not in body
    assert CODE not in answer


def test_the_implicit_page_runs_its_one_script_and_hands_the_tokens_over(stage: Callable[..., Stage]) -> None:
    """The script takes the fragment out of the address and posts it."""
    one = stage(fragment=True)
    page = one.get(state=STATE).decode()
    nonce = re.search(r"script-src 'nonce-([\w-]+)'", page)
    assert nonce is not None
    assert f'<script nonce="{nonce[1]}">' in page
    assert 'history.replaceState(null,"",location.pathname)' in page
    assert status(one.post({**TOKENS, "state": STATE})) == 200
    one.end()
    (grant,) = one.found
    assert isinstance(grant, Grant)
    assert (grant.access.reveal(), grant.account, grant.lifetime) == ("a" * 40, "demo", 3600.0)
    assert grant.refresh == Secret("b" * 40)


@pytest.mark.parametrize("fragment", [False, True])
def test_a_denial_with_the_state_ends_the_log_in(fragment: bool, stage: Callable[..., Stage]) -> None:
    """What Imgur calls the error is told, made harmless."""
    one = stage(fragment=fragment)
    assert status(one.get(state=STATE, error="access_denied\x1b[31m")) == 200
    one.end()
    (error,) = one.failed
    assert isinstance(error, CredentialsError)
    assert "access_denied" in error.message
    assert "\x1b" not in error.message


def test_a_denial_that_the_script_posts_ends_the_log_in_too(stage: Callable[..., Stage]) -> None:
    """In the implicit flow it stands in the fragment, which no server sees."""
    one = stage(fragment=True)
    assert status(one.post({"error": "access_denied", "state": STATE})) == 200
    one.end()
    (error,) = one.failed
    assert isinstance(error, CredentialsError)


def test_a_denial_without_the_state_is_told_and_changes_nothing(stage: Callable[..., Stage]) -> None:
    """Anybody could have sent it."""
    one = stage()
    one.get(error="access_denied")
    assert status(one.get(state=STATE, code=CODE)) == 200
    assert [text for text in one.told if "press Ctrl-C" in text]


def test_visitors_who_say_nothing_hold_nobody_up(stage: Callable[..., Stage]) -> None:
    """Browsers open connections ahead of time; others may do so to be in the way."""
    one = stage()
    port = int(one.host.rpartition(":")[2])
    silent = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(80)]
    try:
        assert status(one.get(state=STATE, code=CODE)) == 200
    finally:
        for connection in silent:
            connection.close()


def test_a_visitor_who_breaks_off_changes_nothing(stage: Callable[..., Stage]) -> None:
    """The connection is reset in the middle of a request: the right answer is taken after it."""
    one = stage()
    with socket.create_connection(("127.0.0.1", int(one.host.rpartition(":")[2])), timeout=30) as visitor:
        visitor.sendall(b"GET /callback?state=")
        visitor.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert status(one.get(state=STATE, code=CODE)) == 200


def test_a_visitor_who_is_silent_for_ten_seconds_is_hung_up_on() -> None:
    """It finds its connection closed; until then it is only waited for."""
    clock = HandClock()
    with (
        Landing(Callback.parse("http://127.0.0.1:0/"), Secret(STATE), clock) as landing,
        socket.create_connection(landing._listener.getsockname(), timeout=30) as silent,
    ):
        start = clock.monotonic()
        # The deadline, a look, the visitor comes, who is silent; a look, who is silent for too long; the end.
        later = iter([0.0, 0.0, 0.0, 9.0, 9.0, 11.0])
        clock.monotonic = lambda: start + next(later, 301.0)
        with pytest.raises(CredentialsError, match="within 5 minutes"):
            landing.wait(lambda text: None)
        assert silent.recv(1) == b""


def test_a_wake_up_without_a_byte_is_no_visit() -> None:
    """The system may say that there is something to read where there is nothing."""
    with (
        Landing(Callback.parse("http://127.0.0.1:0/"), Secret(STATE), SystemClock()) as landing,
        socket.create_connection(landing._listener.getsockname(), timeout=30),
    ):
        landing._selector.select(30)
        landing._accept()
        (visitor,) = [key for key in landing._selector.get_map().values() if key.data is not None]
        assert landing._serve(visitor) is None
        assert visitor in landing._selector.get_map().values()


def test_what_comes_after_a_request_is_not_read_for_ever() -> None:
    """A visitor who goes on sending gets 64 reads, and no more."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        for _ in range(66):
            theirs.send(b"x")
        _drain(ours)
        ours.setblocking(False)
        assert [ours.recv(9), ours.recv(9)] == [b"x", b"x"]
        with pytest.raises(BlockingIOError):
            ours.recv(9)


def test_it_listens_on_this_machine_only() -> None:
    """Also where the callback says localhost."""
    with Landing(Callback.parse("http://localhost:0/back"), Secret(STATE), SystemClock()) as landing:
        assert landing._listener.getsockname()[0] == "127.0.0.1"
        assert landing.address.startswith("http://localhost:")
        assert landing.address.endswith("/back")


def test_after_the_time_limit_nobody_is_waited_for() -> None:
    """5 minutes, told with what else can be done."""
    clock = HandClock()
    with Landing(Callback.parse("http://127.0.0.1:0/"), Secret(STATE), clock) as landing:
        later = iter([0.0, 299.9, 300.0])
        start = clock.monotonic()
        clock.monotonic = lambda: start + next(later, 301.0)
        with pytest.raises(CredentialsError, match="within 5 minutes") as caught:
            landing.wait(lambda text: None)
    assert "--flow pin" in caught.value.hint


def test_whoever_calls_again_and_again_ends_it(stage: Callable[..., Stage]) -> None:
    """A page that guesses does not get more than a few hundred tries at 256 bits."""
    one = stage()
    for _ in range(MOST_VISITS):
        assert status(one.get(state="guess", code=CODE)) == 403
    one.end()
    (error,) = one.failed
    assert "without the right state" in error.message


def test_a_port_that_is_taken_is_told() -> None:
    """With what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ImgurSyncError, match=f"127.0.0.1:{port}") as caught:
            Landing(Callback("127.0.0.1", port, "/"), Secret(STATE), SystemClock())
    assert "--callback" in caught.value.hint


@pytest.mark.parametrize(
    "address",
    ["http://10.0.0.1/", "https://127.0.0.1/", "http://127.0.0.1/?a=b", "http://a@localhost/", "http://127.0.0.1:x/"],
)
def test_only_addresses_of_this_machine_can_be_callbacks(address: str) -> None:
    """Over plain http, as browsers allow it for this machine alone."""
    with pytest.raises(UsageError):
        Callback.parse(address)

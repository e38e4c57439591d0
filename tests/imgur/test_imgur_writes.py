"""What goes on the wire for each write."""

from __future__ import annotations

import threading
import tracemalloc
from collections.abc import Callable, Iterator
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import pytest

from imgur_sync.imgur.auth import Credentials
from imgur_sync.imgur.transport import READ_WRITE, Transport
from imgur_sync.imgur.wire import CHUNK, Multipart
from imgur_sync.imgur.writer import ImgurWriter
from imgur_sync.model.budget import CALL_COST, POST_COST, UPLOAD_COST, Reservation
from imgur_sync.model.local import Content
from imgur_sync.model.outcome import Done, ProblemKind, Refused
from imgur_sync.model.remote import AlbumChanges
from imgur_sync.model.secret import Secret
from imgur_sync.model.spec import Privacy
from tests.support.hand_clock import HandClock
from tests.support.memory_ledger import MemoryLedger
from tests.support.memory_tokens import MemoryTokens
from tests.support.scripted import Answer, Sent

NAME = "tom.is1-0123456789abcdef-89abcdef.jpg"
CREATED = Answer(body={"data": {"id": "AbC1234", "deletehash": "h" * 15}, "success": True, "status": 200})
TRUE = Answer(body={"data": True, "success": True, "status": 200})


def parts(sent: Sent) -> dict[str, tuple[str | None, str, bytes]]:
    """A multipart body as other software reads it: file name, content type and bytes by field."""
    head = f"Content-Type: {sent.headers['content-type']}\r\n\r\n".encode()
    found = {}
    for part in message_from_bytes(head + sent.body).get_payload():
        name = part.get_param("name", header="content-disposition")
        found[name] = (part.get_filename(), part.get_content_type(), part.get_payload(decode=True))
    return found


def form(sent: Sent) -> list[tuple[str, str]]:
    """An urlencoded body."""
    assert sent.headers["content-type"] == "application/x-www-form-urlencoded"
    assert int(sent.headers["content-length"]) == len(sent.body)
    return parse_qsl(sent.body.decode(), keep_blank_values=True)


def test_an_upload_is_one_multipart_request(bench: Callable[..., Any]) -> None:
    """With an explicit `name`, as the file name alone is not kept (imgur-api §5.1), and its length said."""
    one = bench(CREATED)
    data = bytes(range(256)) * 2000
    one.upload(data)
    (sent,) = one.script.sent
    assert (sent.method, sent.path) == ("POST", "/3/upload")
    assert int(sent.headers["content-length"]) == len(sent.body)
    assert "transfer-encoding" not in sent.headers
    assert parts(sent) == {
        "type": (None, "text/plain", b"file"),
        "name": (None, "text/plain", NAME.encode()),
        "album": (None, "text/plain", b"AbC1234"),
        "image": (NAME, "image/jpeg", data),
    }


@pytest.mark.parametrize(
    ("media_type", "path", "field", "sent_as"),
    [
        ("video/mp4", "/3/upload", "video", "video/mp4"),
        ("image/apng", "/3/image", "image", "image/apng"),
        ("image/gif", "/3/upload", "image", "image/gif"),
        ("x\r\nevil: 1", "/3/upload", "image", "application/octet-stream"),
    ],
)
def test_a_type_decides_field_and_path(
    bench: Callable[..., Any], media_type: str, path: str, field: str, sent_as: str
) -> None:
    """Videos have a field of their own; animated PNGs stay animated through /3/image (imgur-api §2.1)."""
    one = bench(CREATED)
    one.upload(b"x", media_type)
    (sent,) = one.script.sent
    assert sent.path == path
    assert parts(sent)[field] == (NAME, sent_as, b"x")


def test_a_body_is_hardly_larger_than_its_file(bench: Callable[..., Any]) -> None:
    """At most by 0.5 % for 500 KB."""
    one = bench(CREATED)
    one.upload(b"x" * 500_000)
    assert len(one.script.sent[0].body) / 500_000 <= 1.005


def test_a_body_is_sent_in_chunks_and_again_if_need_be() -> None:
    """Iterating twice gives the same bytes, never the whole file at once."""
    body = Multipart(
        [("a", "b")], file_field="image", filename='q"\r\n', media_type="image/png", data=b"x" * (3 * CHUNK + 1)
    )
    first = list(body)
    assert first == list(body)
    assert sum(map(len, first)) == body.length
    assert max(map(len, first)) == CHUNK
    assert b'filename="q%22%0D%0A"' in first[0]


class Sink(ThreadingHTTPServer):
    """An HTTP server on loopback that drains what is posted and answers with a picture."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Drain)
        self.connections = 0
        self.received: list[int] = []


class Drain(BaseHTTPRequestHandler):
    """One connection to a `Sink`."""

    protocol_version = "HTTP/1.1"
    server: Sink

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def do_POST(self) -> None:
        left = length = int(self.headers["content-length"])
        while left > 0:
            left -= len(self.rfile.read(min(left, 65_536)))
        self.server.received.append(length)
        body = b'{"data":{"id":"JPz2i"},"success":true,"status":200}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A server that takes everything."""
    with Sink() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join(30)


def test_an_upload_over_a_socket_needs_no_second_copy_of_the_file(sink: Sink) -> None:
    """At most a tenth of the buffer above the buffer itself; the connection is kept for the next one."""
    clock = HandClock()
    ledger = MemoryLedger(clock)
    credentials = Credentials("id15", access_token=Secret("a"))
    origin = f"http://127.0.0.1:{sink.server_port}"
    content = Content(b"x" * 20_000_000, "", "", "image/png")
    with Transport(origin, credentials, ledger, MemoryTokens(), clock, allow=READ_WRITE) as transport:
        writer = ImgurWriter(transport)
        for _ in range(2):
            reservation = ledger.reserve(UPLOAD_COST)
            assert isinstance(reservation, Reservation)
            tracemalloc.start()
            try:
                outcome = writer.upload(content, NAME, "AbC1234", reservation)
                _, peak = tracemalloc.get_traced_memory()
            finally:
                tracemalloc.stop()
            assert isinstance(outcome, Done)
    assert peak <= 2_000_000
    assert [20_000_000 < length <= 20_100_000 for length in sink.received] == [True, True]
    assert sink.connections == 1


def test_each_edit_is_urlencoded_with_repeated_ids(bench: Callable[..., Any]) -> None:
    """`ids[]`, in the order given; PUT to set, POST to add and remove (imgur-api §8.3 to §8.5)."""
    one = bench(TRUE)
    ids = ("JPz2i", "nAYq66G")
    one.writer.edit_album("AbC1234", AlbumChanges(ids, "JPz2i", "Kätzchen & Co", "", "hidden"), one.grant(CALL_COST))
    one.writer.add_images("AbC1234", ids, one.grant(POST_COST))
    one.writer.remove_images("AbC1234", ids, one.grant(POST_COST))
    one.writer.edit_image("JPz2i", "", None, one.grant(CALL_COST))
    one.writer.delete_image("JPz2i", one.grant(CALL_COST))
    one.writer.delete_album("AbC1234", one.grant(CALL_COST))
    repeated = [("ids[]", "JPz2i"), ("ids[]", "nAYq66G")]
    texts = [("cover", "JPz2i"), ("title", "Kätzchen & Co"), ("description", ""), ("privacy", "hidden")]
    assert [(sent.method, sent.path) for sent in one.script.sent] == [
        ("PUT", "/3/album/AbC1234"),
        ("POST", "/3/album/AbC1234/add"),
        ("POST", "/3/album/AbC1234/remove_images"),
        ("PUT", "/3/image/JPz2i"),
        ("DELETE", "/3/image/JPz2i"),
        ("DELETE", "/3/album/AbC1234"),
    ]
    assert [form(sent) for sent in one.script.sent[:4]] == [repeated + texts, repeated, repeated, [("title", "")]]
    assert all(sent.body == b"" for sent in one.script.sent[4:])


def test_an_edit_sends_only_what_is_given(bench: Callable[..., Any]) -> None:
    """What is omitted is kept, what is sent empty is cleared (imgur-api §8.6)."""
    one = bench(TRUE)
    one.writer.edit_album("AbC1234", AlbumChanges(description=""), one.grant(CALL_COST))
    assert form(one.script.sent[0]) == [("description", "")]


def test_an_empty_list_of_ids_and_an_empty_edit_are_mistakes(bench: Callable[..., Any]) -> None:
    """An empty list could mean that it was omitted."""
    one = bench(TRUE)
    for send in (
        lambda grant: one.writer.edit_album("AbC1234", AlbumChanges(ids=()), grant),
        lambda grant: one.writer.edit_album("AbC1234", AlbumChanges(), grant),
        lambda grant: one.writer.add_images("AbC1234", (), grant),
        lambda grant: one.writer.edit_image("JPz2i", None, None, grant),
    ):
        with pytest.raises(ValueError, match=r"empty list|changes nothing"):
            send(one.grant(POST_COST))
    assert one.script.sent == []


@pytest.mark.parametrize("title", [None, "", "Cats\n& dogs = 100 % 🐱", "\ud800"])
def test_an_album_is_made_with_the_texts_given(bench: Callable[..., Any], title: str | None) -> None:
    """A title of None is not sent; half a surrogate pair does no harm."""
    one = bench(CREATED)
    assert isinstance(one.writer.create_album(title, "is1", Privacy.HIDDEN, one.grant(POST_COST)), Done)
    sent = dict(form(one.script.sent[0]))
    assert sent.get("title") == (None if title is None else title.replace("\ud800", "?"))
    assert (sent["description"], sent["privacy"]) == ("is1", "hidden")


@pytest.mark.parametrize("body", [b"", b"<html>404</html>", {"data": {"error": "Unable to find an image"}}])
def test_a_404_on_a_delete_is_done_and_on_anything_else_refused(bench: Callable[..., Any], body: Any) -> None:
    """As JSON or as HTML (imgur-api §4)."""
    one = bench(Answer(404, body))
    assert one.writer.delete_image("JPz2i", one.grant(CALL_COST)) == Done(None)
    assert one.writer.delete_album("AbC1234", one.grant(CALL_COST)) == Done(None)
    refused = one.writer.edit_image("JPz2i", "x", None, one.grant(CALL_COST))
    assert isinstance(refused, Refused)
    assert refused.problem.kind is ProblemKind.NOT_FOUND


def test_a_403_on_a_delete_is_not_done(bench: Callable[..., Any]) -> None:
    """It is re-read before anything is decided (imgur-api §4)."""
    one = bench(Answer(403, {"data": {"error": "Forbidden"}}))
    assert isinstance(one.writer.delete_image("JPz2i", one.grant(CALL_COST)), Refused)

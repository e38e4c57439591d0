"""Bodies of multipart/form-data, against another parser and against a plain one, however they arrive."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st
from werkzeug.formparser import parse_form_data
from werkzeug.http import parse_options_header

from imgur_sync.simulator.multipart import parts
from imgur_sync.simulator.sent import Sent

BOUNDARY = b"b0undary"
# What bodies are made of where they go wrong: pieces of boundaries, line ends, dashes, heads.
PIECES = st.sampled_from(
    [
        b"\r\n",
        b"\r",
        b"\n",
        b"--",
        b"-",
        BOUNDARY,
        b"--" + BOUNDARY,
        b"\r\n--" + BOUNDARY,
        b"\r\n--" + BOUNDARY + b"--",
        b"--" + BOUNDARY + b"\r\n",
        b"\r\n\r\n",
        b'Content-Disposition: form-data; name="a"',
        b'content-disposition : form-data; name="f"; filename="x.jpg"',
        b"Content-Type: image/png",
        b"\r\n--b0undar",
        b"text",
        b"\xff\x00",
    ]
)


def plain(body: bytes, boundary: bytes) -> list[tuple[str, str | None, bytes]]:
    """The parts, by splitting: simple, and copying everything three times."""
    found: list[tuple[str, str | None, bytes]] = []
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary)
    for number, piece in enumerate(pieces[1:], 2):
        if piece.startswith(b"--"):
            break
        head, blank, content = piece.partition(b"\r\n\r\n")
        if not blank:
            continue
        if number == len(pieces):
            content = content.removesuffix(b"\r\n")
        for line in head.decode("utf-8", "replace").split("\r\n"):
            header, _, value = line.partition(":")
            if header.strip().lower() == "content-disposition":
                _, parameters = parse_options_header(value.strip())
                if "name" in parameters:
                    found.append((parameters["name"], parameters.get("filename"), content))
                break
    return found


def read(body: bytes) -> list[tuple[str, str | None, bytes]]:
    return [(part.name, part.filename, bytes(part.content)) for part in parts(body, BOUNDARY)]


@given(st.lists(PIECES, max_size=24).map(b"".join))
def test_any_body_is_read_as_by_splitting_it(body: bytes) -> None:
    assert read(body) == plain(body, BOUNDARY)


NAMES = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters='"\\%'), min_size=1, max_size=8)


@given(st.lists(st.tuples(NAMES, st.booleans(), st.binary(max_size=200)), max_size=5))
def test_whole_bodies_are_read_as_werkzeug_reads_them(sent: list[tuple[str, bool, bytes]]) -> None:
    sent = [(name, is_file, content) for name, is_file, content in sent if BOUNDARY not in content]
    body = b""
    for name, is_file, content in sent:
        more = b'; filename="x.jpg"\r\nContent-Type: image/jpeg' if is_file else b""
        content = content if is_file else content.hex().encode()
        head = b'Content-Disposition: form-data; name="' + name.encode() + b'"' + more
        body += b"--" + BOUNDARY + b"\r\n" + head + b"\r\n\r\n" + content + b"\r\n"
    body += b"--" + BOUNDARY + b"--\r\n"
    environ = {
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": "multipart/form-data; boundary=" + BOUNDARY.decode(),
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }
    _, fields, files = parse_form_data(environ, lambda *size, **more: io.BytesIO())
    ours = read(body)
    values = [(name, value.encode()) for name, value in fields.items(multi=True)]
    held = [(name, file.filename, file.read()) for name, file in files.items(multi=True)]
    # Werkzeug gathers parts by name; ours come in the order of the body.
    assert sorted((name, content) for name, filename, content in ours if filename is None) == sorted(values)
    assert sorted(part for part in ours if part[1] is not None) == sorted(held)


class Dripping(io.RawIOBase):
    """Gives at most so many bytes at once, in turn."""

    def __init__(self, data: bytes, sizes: list[int]) -> None:
        self._data = io.BytesIO(data)
        self._sizes = sizes
        self._turn = 0

    def readable(self) -> bool:
        return True

    def readinto(self, into: memoryview) -> int:  # type: ignore[override]
        size = self._sizes[self._turn % len(self._sizes)]
        self._turn += 1
        data = self._data.read(min(size, len(into)))
        into[: len(data)] = data
        return len(data)


def body_of(stream: object, length: int | None, **more: object) -> bytes:
    """What is read of a stream that a server hands over with this Content-Length."""
    told = {} if length is None else {"CONTENT_LENGTH": str(length)}
    return Sent({"REQUEST_METHOD": "POST", "PATH_INFO": "/3/upload", "wsgi.input": stream, **told, **more}).body()


@given(st.binary(max_size=3000), st.lists(st.integers(1, 700), min_size=1, max_size=5))
def test_a_body_is_whole_however_it_arrives(data: bytes, sizes: list[int]) -> None:
    assert body_of(Dripping(data + b"the next", sizes), len(data)) == data
    assert body_of(Dripping(data, sizes), None, **{"wsgi.input_terminated": True}) == data
    assert body_of(Dripping(data, sizes), None) == b""  # nobody knows where it would end
    assert body_of(io.BytesIO(data + b"the next"), len(data)) == data
    behind = io.BytesIO(b"before" + data + b"the next")
    behind.seek(6)
    assert body_of(behind, len(data)) == data


def test_a_stream_that_can_only_be_read_is_enough() -> None:
    class Plain:
        def read(self, size: int = -1) -> bytes:
            return b"0123456789"[:size] if size >= 0 else b"0123456789"

    assert body_of(Plain(), 4) == b"0123"
    assert body_of(Plain(), None, **{"wsgi.input_terminated": True}) == b"0123456789"


def test_a_body_that_ends_early_ends_there() -> None:
    assert body_of(io.BytesIO(b"abc"), 10) == b"abc"


def test_a_short_upload_after_a_long_one_holds_nothing_of_it(imgur, jpeg) -> None:
    long, short = jpeg("x" * 5000), jpeg("y")
    ids = [
        imgur.post("/3/upload", files={"image": ("x.jpg", data)}).json()["data"]["id"] for data in (long, short, long)
    ]
    assert [imgur.http.get(f"/i/{key}.jpg").content for key in ids] == [long, short, long]

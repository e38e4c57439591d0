"""Request bodies and queries in every form that clients in the field send (imgur-api §8)."""

from __future__ import annotations

import binascii
import json
import re
from base64 import b64decode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from werkzeug.http import parse_options_header

_INDEX = re.compile(r"\[\d*\]$")


@dataclass(frozen=True, slots=True)
class Fields:
    """The parameters of one request: texts by name, as often as sent, and files by name."""

    texts: Mapping[str, list[str]] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        """The last value of `name`; None if it was not sent."""
        values = self.texts.get(name)
        return values[-1] if values else None

    def ids(self, name: str) -> tuple[str, ...] | None:
        """A list of ids: `name[]`, `name[0]`, repeated `name`, or `a,b`, each once. None if no form was sent."""
        found: dict[str, None] = {}
        sent = False
        for key, values in self.texts.items():
            if _INDEX.sub("", key) == name:
                sent = True
                for value in values:
                    found.update(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))
        return tuple(found) if sent else None


def read_fields(content_type: str, body: bytes, query: str) -> Fields:
    """Body and query together. What cannot be read counts as not sent, as a malformed body does at Imgur (L)."""
    kind, parameters = parse_options_header(content_type)
    texts: dict[str, list[str]] = {}
    files: dict[str, bytes] = {}
    if kind == "multipart/form-data" and parameters.get("boundary"):
        _read_multipart(body, parameters["boundary"].encode("latin-1", "replace"), texts, files)
    elif kind == "application/json" or (not kind and body[:1] == b"{"):
        _read_json(body, texts)
    elif kind in ("", "application/x-www-form-urlencoded"):
        _gather(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True), texts)
    _gather(parse_qsl(query, keep_blank_values=True), texts)
    return Fields(texts, files)


def _gather(pairs: Iterable[tuple[str, str]], texts: dict[str, list[str]]) -> None:
    for name, value in pairs:
        texts.setdefault(name, []).append(value)


def _read_json(body: bytes, texts: dict[str, list[str]]) -> None:
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        return
    if not isinstance(sent, dict):
        return
    for name, value in sent.items():
        values = value if isinstance(value, list) else [value]
        if value is not None:
            texts[name] = [item if isinstance(item, str) else json.dumps(item) for item in values]


def _read_multipart(body: bytes, boundary: bytes, texts: dict[str, list[str]], files: dict[str, bytes]) -> None:
    """Split at the boundary. The closing one may be missing (one client in the field never sends it)."""
    parts = (b"\r\n" + body).split(b"\r\n--" + boundary)
    closed = parts[-1].startswith(b"--")
    for number, part in enumerate(parts[1:], 2):
        if part.startswith(b"--"):
            break
        head, blank, content = part.partition(b"\r\n\r\n")
        if not blank:
            continue
        if number == len(parts) and not closed:
            content = content.removesuffix(b"\r\n")
        _take_part(head, content, texts, files)


def _take_part(head: bytes, content: bytes, texts: dict[str, list[str]], files: dict[str, bytes]) -> None:
    for line in head.decode("utf-8", "replace").split("\r\n"):
        header, _, value = line.partition(":")
        if header.strip().lower() != "content-disposition":
            continue
        _, parameters = parse_options_header(value.strip())
        name = parameters.get("name")
        if name is None:
            return
        if "filename" in parameters and _INDEX.sub("", name) not in ("ids", "deletehashes"):
            files[name] = content
            return
        try:
            texts.setdefault(name, []).append(content.decode())
        except UnicodeDecodeError:
            files[name] = content


def from_base64(text: str) -> bytes | None:
    """The bytes of base64 text, with or without blanks, padding, a `data:` prefix; None if it is none."""
    if text.startswith("data:"):
        text = text.partition(",")[2]
    # A "+" that was sent unescaped in an urlencoded body arrives as a blank.
    packed = re.sub(r"[\r\n\t]", "", text.strip()).replace(" ", "+").replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return b64decode(packed + "=" * (-len(packed) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None

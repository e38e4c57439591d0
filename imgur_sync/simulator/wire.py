"""Request bodies and queries in every form that clients in the field send (imgur-api §8)."""

from __future__ import annotations

import binascii
import json
import re
from base64 import b64decode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from imgur_sync.simulator.heads import options
from imgur_sync.simulator.multipart import parts

_INDEX = re.compile(r"\[\d*\]$")
_HALF = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Fields:
    """The parameters of one request: texts by name, as often as sent, and files by name."""

    texts: Mapping[str, list[str]] = field(default_factory=dict)
    files: Mapping[str, memoryview] = field(default_factory=dict)
    """They lie in the memory of the body, and keep it there."""

    def text(self, name: str) -> str | None:
        """The last value of `name`; None if it was not sent."""
        values = self.texts.get(name)
        return values[-1] if values else None

    def without_files(self) -> Fields:
        """The texts alone, which last."""
        return Fields(self.texts) if self.files else self

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
    """Body and query together. What cannot be read counts as not sent, as a malformed body at Imgur (L)."""
    kind, parameters = options(content_type)
    texts: dict[str, list[str]] = {}
    files: dict[str, memoryview] = {}
    if kind == "multipart/form-data" and parameters.get("boundary"):
        _read_multipart(body, parameters["boundary"].encode("latin-1", "replace"), texts, files)
    elif kind == "application/json" or (not kind and body.startswith(b"{")):
        _read_json(body, texts)
    elif kind in ("", "application/x-www-form-urlencoded"):
        _gather(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True), texts)
    if query:
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
            texts[_whole(name)] = [_whole(item) if isinstance(item, str) else json.dumps(item) for item in values]


def read_json(sent: str | bytes) -> Any:
    """JSON with a U+FFFD for each half of a surrogate pair. ValueError if it is none, or nested too deep."""
    try:
        return json.loads(_whole(json.dumps(json.loads(sent), ensure_ascii=False)))
    except RecursionError:
        raise ValueError("this is nested too deep") from None


def _whole(text: str) -> str:
    """JSON can hold half of a surrogate pair, as JavaScript cuts texts; no page and no reply in UTF-8 can."""
    return text if text.isascii() else _HALF.sub("\ufffd", text)


def _read_multipart(body: bytes, boundary: bytes, texts: dict[str, list[str]], files: dict[str, memoryview]) -> None:
    for part in parts(body, boundary):
        if part.filename is not None and _INDEX.sub("", part.name) not in ("ids", "deletehashes"):
            files[part.name] = part.content
            continue
        try:
            texts.setdefault(part.name, []).append(str(part.content, "utf-8"))
        except UnicodeDecodeError:
            files[part.name] = part.content


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

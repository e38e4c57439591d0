"""Files that a cloud drive has not fetched: told by the system's flags, and never read, as reading would fetch them."""

from __future__ import annotations

import os
from types import SimpleNamespace
from typing import Any

import pytest

from imgur_sync.local import look
from imgur_sync.local.pointers import is_elsewhere
from imgur_sync.model.local import Why
from tests.support import pictures
from tests.support.album_folder import AlbumFolder

FLAGS = [
    {"st_flags": 0x40000000},  # macOS, dataless
    {"st_file_attributes": 0x1000},  # Windows, offline
    {"st_file_attributes": 0x40000},  # fetched when it is opened
    {"st_file_attributes": 0x400020},  # fetched when it is read, archive
]


@pytest.mark.parametrize("flags", FLAGS)
def test_a_file_that_would_have_to_be_fetched_is_a_placeholder(flags: dict[str, int]) -> None:
    """On macOS and on Windows; usual flags and a system without any mean nothing."""
    row: Any = SimpleNamespace(**flags)
    assert is_elsewhere(row)
    for usual in ({}, {"st_flags": 0x20}, {"st_file_attributes": 0x20}, {"st_file_attributes": None}):
        other: Any = SimpleNamespace(**usual)
        assert not is_elsewhere(other)


def test_a_placeholder_is_not_read_and_counts_as_there(album: AlbumFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """It cannot be sent until its drive has fetched it; other files go meanwhile, and then it goes as well."""
    album.write("a.png", pictures.png(seed=1))
    album.write("b.png", pictures.png(seed=2))
    album.write("notes.txt", b"hello")
    away = {os.stat(album.root / name).st_ino for name in ("a.png", "notes.txt")}
    with monkeypatch.context() as patched:
        patched.setattr(look, "is_elsewhere", lambda row: row.st_ino in away)
        found = album.scan()
    assert [file.path for file in found.files] == ["b.png"]
    assert [(item.path, item.why) for item in found.unsendable] == [("a.png", Why.PLACEHOLDER)]
    assert album.paths() == ["a.png", "b.png"]

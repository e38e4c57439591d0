"""Files and folders with more parts than anybody means: given up with a word, at small limits."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from imgur_sync.errors import ManifestError
from imgur_sync.local import collections
from imgur_sync.local.stream import BUFFER, Stream
from imgur_sync.local.verdict import judge
from imgur_sync.manifest import load
from tests.support.pictures import MAKERS

LIMITS = (
    ("gif", "imgur_sync.local.media.gif.BLOCKS", "too many blocks"),
    ("jpg", "imgur_sync.local.media.jpeg.PARTS", "too many segments"),
    ("png", "imgur_sync.local.media.png.PARTS", "too many chunks"),
    ("webp", "imgur_sync.local.media.webp.PARTS", "too many chunks"),
)


@pytest.mark.parametrize(("format_", "limit", "word"), LIMITS, ids=[row[0] for row in LIMITS])
def test_a_picture_of_too_many_parts_is_given_up(
    format_: str, limit: str, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is no picture that can be sent, and says why."""
    monkeypatch.setattr(limit, 1)
    data = MAKERS[format_](4, 3)
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        file.seek(0)
        verdict = judge(f"x.{format_}", Stream(file.fileno(), len(data), bytearray(BUFFER), lambda count: None))
    assert verdict.kind == "unsendable"
    assert word in verdict.detail


def test_more_albums_than_a_manifest_may_have_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sub-folders of a collection count, too; the remedy is named."""
    (tmp_path / "trips" / "alps").mkdir(parents=True)
    (tmp_path / "sync.toml").write_text('version = 1\nlineage = "k3v9x2mq"\n[collections.trips]\nfolders = "trips/*"\n')
    manifest = load(None, directory=tmp_path)
    assert [spec.key for spec in collections.expanded(manifest).albums] == ["trips/alps"]
    monkeypatch.setattr(collections, "MOST", 0)
    with pytest.raises(ManifestError) as refused:
        collections.expanded(manifest)
    assert "more than 0 albums" in refused.value.problems[0].what

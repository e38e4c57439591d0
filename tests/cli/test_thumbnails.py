"""The pictures on the page of a plan: small, bounded, what the plan sends and nothing else."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest

from imgur_sync.cli.thumbnails import LARGEST, MOST_BYTES, MOST_OF_ALBUM, thumbnails
from imgur_sync.manifest import load
from imgur_sync.model.plan import AlbumPlan, Plan, Price
from imgur_sync.model.spec import Manifest
from imgur_sync.model.step import Upload
from tests.support.mirror import Mirror
from tests.support.pictures import png


def shown(page: str) -> list[str]:
    """The SHA-256 of every picture in a page."""
    found = re.findall(r'src="data:image/png;base64,([A-Za-z0-9+/=]+)"', page)
    return [hashlib.sha256(base64.b64decode(text, validate=True)).hexdigest() for text in found]


def test_a_page_shows_what_would_be_sent(synced: Mirror) -> None:
    """The new file, whole, in the page; not those that are there already. Nothing else is loaded."""
    path = synced.put("cats/new.png", 77)
    page = synced.run("plan", "--format", "html").stdout
    assert shown(page) == [hashlib.sha256(path.read_bytes()).hexdigest()]
    assert 'alt="new.png"' in page
    assert "img-src data:" in page
    assert set(re.findall(r'src="([a-z]+:)', page)) == {"data:"}
    assert "What this run takes" in page


def upload(path: str, data: bytes, album: str = "cats", media_type: str = "image/png", has_gps: bool = False) -> Upload:
    """The step that sends this file."""
    return Upload(album, path, hashlib.sha256(data).hexdigest(), len(data), media_type, 1, 1, has_gps)


def plan(*steps: Upload) -> Plan:
    """A plan with one album."""
    part = AlbumPlan("cats", "", 0, 0, len(steps), 0, wanted=steps, steps=())
    return Plan("", "k3v9x2mq", (part,), 0, 0, Price(), Price(), None, "", 0.0)


@pytest.fixture
def manifest(tmp_path: Path) -> Manifest:
    """One with an album whose folder is empty."""
    (tmp_path / "cats").mkdir()
    (tmp_path / "sync.toml").write_text('version = 1\nlineage = "k3v9x2mq"\n[albums.cats]\nfolder = "cats"\n')
    return load(None, directory=tmp_path)


def test_only_small_pictures_without_a_place_are_shown(tmp_path: Path, manifest: Manifest) -> None:
    """Not a large one, not one that tells where it was taken, no film, none that changed, no link, none outside."""
    small, large = png(seed=1), png(seed=2) + b"x" * LARGEST
    for name in ("a.png", "gps.png", "film.mp4", "changed.png"):
        (tmp_path / "cats" / name).write_bytes(small)
    (tmp_path / "cats" / "large.png").write_bytes(large)
    (tmp_path / "outside.png").write_bytes(small)
    (tmp_path / "cats" / "link.png").symlink_to("../outside.png")
    steps = (
        upload("large.png", large),
        upload("gps.png", small, has_gps=True),
        upload("film.mp4", small, media_type="video/mp4"),
        upload("changed.png", png(seed=3)),
        upload("link.png", small),
        upload("../outside.png", small),
        upload("gone.png", small),
        upload("a.png", small),
        upload("b.png", small, album="cats"),
    )
    assert list(thumbnails(plan(*steps), manifest)) == [("cats", "a.png")]


def test_a_page_stays_small(tmp_path: Path, manifest: Manifest) -> None:
    """So many of an album, and so many bytes in all."""
    files = {f"{number}.png": png(seed=number) + bytes(LARGEST // 2) for number in range(100)}
    for name, data in files.items():
        (tmp_path / "cats" / name).write_bytes(data)
    found = thumbnails(plan(*(upload(name, data) for name, data in files.items())), manifest)
    assert len(found) == MOST_OF_ALBUM
    assert sum(len(text) for text in found.values()) <= MOST_BYTES * 4 / 3 + 100 * MOST_OF_ALBUM

"""Files that cannot or must not be sent, and names that nobody means well with."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import socket
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from tests.support.hostile import NAMES
from tests.support.inside import Inside
from tests.support.mirror import Mirror, mirror, table
from tests.support.pictures import box, gif, jpeg, lfs_pointer, mp4, png, png_header, webp

KIND = Inside

RAW = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Characters that no output for people may hold."""


def damaged(picture: bytes) -> bytes:
    """One bit of its pixels flipped."""
    data = bytearray(picture)
    data[-20] ^= 1
    return bytes(data)


UNSENDABLE = {
    "empty.png": (b"", "empty file"),
    "one byte.png": (b"\x89", "not a picture"),
    "only a header.png": (png()[:8], "incomplete file"),
    "only a header.jpg": (jpeg()[:4], "incomplete file"),
    "only a header.gif": (gif()[:6], "incomplete file"),
    "text.png": (b"hello, not a picture\n", "not a picture"),
    "page.jpg": (b"<!DOCTYPE html><html><body>404</body></html>", "text/html"),
    "git-crypt.png": (b"\0GITCRYPT\0" + bytes(100), "encrypted by git-crypt"),
    "21 MB.png": (png(seed=6, pad=21_000_000), "too large"),
    "many pixels.png": (png_header(50_000, 50_000), "too many pixels"),
    "cut.png": (png(64, 64, seed=7)[:-20], "incomplete file"),
    "cut.jpg": (jpeg(64, 64, 7)[:-10], "incomplete file"),
    "cut.gif": (gif(64, 64, seed=9)[:-8], "incomplete file"),
    "cut.webp": (webp(seed=3)[:-5], "incomplete file"),
    "cut.mp4": (mp4(seed=3)[:-4], "incomplete file"),
    "bad checksum.png": (damaged(png(seed=10)), "checksum"),
    "no size.png": (png_header(0, 10), "incomplete file"),
    "id_rsa.png": (png(seed=15), "may hold a secret"),
}
SENDABLE = {
    "really a png.jpg": png(seed=2),
    "without an ending": png(seed=3),
    "a picture.txt": png(seed=4),
    "11 MB.png": png(seed=5, pad=11_000_000),
    "with a place.jpg": jpeg(seed=8, gps=True),
    ".hidden.png": png(seed=12),
    "sub/deep/er.png": png(seed=16),
}
POINTERS = {
    "lfs.png": lfs_pointer("a" * 64, 12345),
    "annex.png": b"/annex/objects/SHA256E-s12345--" + b"b" * 64 + b".png\n",
}
SKIPPED = {
    "a.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "a.heic": box(b"ftyp", b"heic\0\0\0\0mif1heic"),
    "a.avif": box(b"ftyp", b"avif\0\0\0\0avif"),
    "a.tiff": b"II*\0" + bytes(100),
    "a.cr2": b"II*\0\x10\0\0\0CR\2\0",
    "a.pdf": b"%PDF-1.7\n",
    ".env": b"TOKEN=canary\n",
    "id_rsa": b"-----BEGIN OPENSSH PRIVATE KEY-----\n",
    "passwords.kdbx": b"\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5",
    ".git/config": b"[core]\n",
    ".git/picture.png": png(seed=11),
}


def odd_ones(folder: Path) -> Iterator[socket.socket]:
    """What is no regular file, or lies elsewhere."""
    os.mkfifo(folder / "pipe.png")
    (folder / "directory.png").mkdir()
    (folder.parent / "outside.png").write_bytes(png(seed=50))
    (folder / "link out.png").symlink_to("../outside.png")
    (folder / "link in.jpg").symlink_to("with a place.jpg")
    (folder / "dangling.png").symlink_to("nowhere")
    (folder / "loop").symlink_to(".")
    (folder / "etc").symlink_to("/etc")
    with socket.socket(socket.AF_UNIX) as listening:
        here = os.getcwd()
        os.chdir(folder)
        listening.bind("socket.png")
        os.chdir(here)
        yield listening


@pytest.fixture(scope="module")
def zoo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mirror]:
    """One folder with one of everything."""
    with mirror(tmp_path_factory.mktemp("zoo"), kind=Inside) as made:
        for path in (made.folder / "cats").iterdir():
            path.unlink()
        bad = {name: data for name, (data, _) in UNSENDABLE.items()}
        for name, data in {**bad, **SENDABLE, **POINTERS, **SKIPPED}.items():
            made.put(f"cats/{name}", data)
        made.put("cats/210 MB.gif", gif(seed=1))
        os.truncate(made.folder / "cats" / "210 MB.gif", 210 * 1024 * 1024)
        made.manifest(table("cats"))
        for _ in odd_ones(made.folder / "cats"):
            yield made


@pytest.fixture(scope="module")
def planned(zoo: Mirror) -> dict[str, Any]:
    """The plan of its album, as JSON."""
    return dict(zoo.json("plan", "--offline")["albums"][0])


@pytest.mark.parametrize("name", UNSENDABLE)
def test_a_bad_picture_is_named_with_its_reason(name: str, planned: dict[str, Any]) -> None:
    """In the plan already, not at the upload."""
    told = {entry["path"]: f"{entry['why']} {entry['detail']}" for entry in planned["unsendable"]}
    assert UNSENDABLE[name][1] in told[name]


def test_only_pictures_are_planned(planned: dict[str, Any]) -> None:
    """By content, whatever the name; pointers wait for their bytes; the rest is counted as skipped."""
    wanted = {step["path"] for step in planned["wanted"] if step["kind"] == "upload"}
    assert wanted == {*SENDABLE, *POINTERS}
    types = {step["path"]: step["media_type"] for step in planned["wanted"] if step["kind"] == "upload"}
    assert types["really a png.jpg"] == "image/png"
    assert {entry["path"]: entry["reason"] for entry in planned["blocked"]}.keys() == POINTERS.keys()
    assert all("not downloaded" in entry["reason"] for entry in planned["blocked"])
    assert {entry["path"] for entry in planned["unsendable"]} == {*UNSENDABLE, "210 MB.gif"}
    assert planned["skipped"] >= len(SKIPPED) - 2
    assert any("11 MB.png (11.0 MB)" in warning for warning in planned["warnings"])
    assert "2 links lead out of the album's folder and are not followed: etc, link out.png" in planned["warnings"]
    assert planned["gates"] == []


def test_the_sendable_ones_are_sent_and_nothing_else(zoo: Mirror) -> None:
    """Exit 7 names each that was left out; no byte of the others leaves the machine."""
    told = zoo.run("apply", "-y", code=7).stdout
    assert sorted(zoo.received()) == sorted(hashlib.sha256(data).hexdigest() for data in SENDABLE.values())
    assert "2 blocked, not downloaded" in told
    assert "19 files cannot be sent" in told
    before = zoo.last()
    again = zoo.run("apply", "-y", code=7).stdout
    assert zoo.writes(before) == []
    assert "Exit 7" in again


def test_pictures_with_a_place_are_counted_before_an_album_becomes_public(here: Mirror) -> None:
    """Imgur says that it removes such data, but receives it."""
    here.put("cats/place.jpg", jpeg(seed=8, gps=True))
    here.manifest(table("cats", 'privacy = "public"') + table("dogs"))
    told = here.run("plan", "--offline").stdout
    assert "publish" in told
    assert re.search(r"1 picture.*(place|location|GPS|position)", told, re.IGNORECASE), told


@pytest.mark.parametrize(
    "damage", [b"", png(64, 64, seed=1)[:-9], b"<html>gone</html>"], ids=["empty", "cut", "a page"]
)
def test_a_picture_that_becomes_unsendable_keeps_its_old_self_on_imgur(damage: bytes, synced: Mirror) -> None:
    """Exit 7; nothing leaves the album."""
    before, last = synced.shown("cats"), synced.last()
    synced.put("cats/c1.png", damage)
    assert "c1.png" in synced.run("apply", "-y", code=7).stdout
    assert synced.shown("cats") == before
    assert synced.writes(last) == []


def test_what_cannot_be_read_removes_nothing(synced: Mirror) -> None:
    """A folder and a file without permission: exit 7, both named, no removal in that album; the other goes on."""
    (synced.folder / "cats" / "sub").mkdir()
    synced.put("cats/sub/x.png", 70)
    synced.run("apply", "-y", "-q")
    before = synced.shown("cats")
    (synced.folder / "cats" / "c0.png").unlink()
    (synced.folder / "cats" / "c1.png").chmod(0)
    (synced.folder / "cats" / "sub").chmod(0)
    (synced.folder / "dogs" / "d0.png").unlink()
    # Root reads everything, unless the capabilities for that are dropped.
    drop = "setpriv --bounding-set=-dac_override,-dac_read_search" if os.geteuid() == 0 else ""
    done = synced.shell(f'{drop} "$SYNC" apply -y')
    (synced.folder / "cats" / "sub").chmod(0o700)
    (synced.folder / "cats" / "c1.png").chmod(0o600)
    assert done.returncode == 7, done.stdout + done.stderr
    assert "sub" in done.stdout
    assert "c1.png" in done.stdout
    assert synced.shown("cats") == before
    assert synced.shown("dogs") == synced.wanted("dogs")
    synced.run("apply", "-y", "-q")
    assert sorted(synced.shown("cats")) == sorted(synced.wanted("cats"))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mirror]:
    """Folders of pictures with hostile names: one synced, one not."""
    with mirror(tmp_path_factory.mktemp("hostile"), kind=Inside) as made:
        folder = os.fsencode(made.folder / "cats")
        for path in (made.folder / "cats").iterdir():
            path.unlink()
        for number, name in enumerate(NAMES):
            with open(os.path.join(folder, name), "wb") as file:
                file.write(png(seed=1000 + number))
        made.run("apply", "-y", "-q")
        yield made


def check_harmless(text: str) -> None:
    """No control or bidirectional character, and no line that a CI runner takes for a command."""
    assert not RAW.search(text), RAW.search(text)
    for line in text.splitlines():
        assert not line.lstrip().startswith(("::", "##[")), line


def test_hostile_names_are_harmless_in_every_text(hostile: Mirror) -> None:
    """Plan, apply, status and links: also where they fail, and in progress lines."""
    for path in (hostile.folder / ".imgur-sync").glob("cache.db*"):
        path.unlink()
    for command in (["plan", "--offline"], ["plan", "-v"], ["status"], ["apply", "-y", "-v", "--checksum"]):
        done = hostile.run(*command)
        check_harmless(done.stdout)
        check_harmless(done.stderr)
    for form in ("plain", "markdown", "bbcode", "html", "csv"):
        check_harmless(hostile.run("links", "cats", "--format", form).stdout.replace("\r\n", "\n"))
    names = [name for name in os.listdir(os.fsencode(hostile.folder / "cats")) if b"rm -rf" in name]
    assert len(names) == 1, "no name was ever run"


def test_hostile_names_are_exact_in_json(hostile: Mirror) -> None:
    """Programs get the very bytes, as surrogate escapes."""
    pictures = json.loads(hostile.run("links", "cats", "--format", "json").stdout)["albums"][0]["pictures"]
    assert {os.fsencode(picture["path"]) for picture in pictures} == set(NAMES)
    text = hostile.run("plan", "--json", "--refresh").stdout
    assert text.isascii()
    check_harmless(text)


def test_hostile_names_make_valid_tables(hostile: Mirror) -> None:
    """As many rows as pictures, and no cell that a spreadsheet runs."""
    rows = list(csv.reader(StringIO(hostile.run("links", "cats", "--format", "csv").stdout)))
    assert len(rows) == len(NAMES) + 1
    assert {len(cells) for cells in rows} == {3}
    assert not [cell for cells in rows for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]


def test_hostile_names_reach_imgur_as_plain_markers_only(hostile: Mirror) -> None:
    """The album equals the folder; what Imgur is told of the names is a short ASCII slug."""
    assert sorted(hostile.shown("cats")) == sorted(hostile.wanted("cats"))
    for image in hostile.look("world")["images"]:
        assert re.fullmatch(r"[A-Za-z0-9._-]{1,80}", image["name"]), image["name"]
        assert not image["title"]


def test_a_title_from_the_web_site_is_harmless_too(synced: Mirror) -> None:
    """Somebody gave the album a hostile title and a very long description: shown as drift, cut and escaped, undone."""
    synced.manifest(table("cats", 'description = "mine"') + table("dogs"))
    synced.run("apply", "-y", "-q")
    title = "\x1b[31m\n::error::owned\u202e @team </details> " + "x" * 100_000
    album = synced.album("cats")["id"]
    synced.steer("edit", {"op": "set_album", "id": album, "title": title, "description": title})
    done = synced.run("plan", "--refresh")
    check_harmless(done.stdout)
    check_harmless(done.stderr)
    assert len(done.stdout) < 20_000
    check_harmless(synced.run("plan", "--refresh", "--json").stdout)
    synced.run("apply", "-y", "-q", "--refresh")
    assert (synced.album("cats")["title"], synced.album("cats")["description"]) == ("cats", "mine")

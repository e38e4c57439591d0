"""Markers: the names by which uploads and albums of ours are known without any state."""

from __future__ import annotations

import hashlib
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from imgur_sync.planner.marker import EXTENSIONS, Marker, album_marker, by_short, owner, parse_name, tag, upload_name
from tests.support.album_views import sha

FORM = re.compile(r"[A-Za-z0-9_-]{1,40}\.is1-[0-9a-f]{16}-[0-9a-f]{8}\.[a-z0-9]{2,4}")

surrogates = st.characters(min_codepoint=0xDC80, max_codepoint=0xDCFF)
names = st.text(st.characters(exclude_categories=["Cs"]) | surrogates, max_size=80)
keys = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,20}", fullmatch=True)
types = st.sampled_from([*EXTENSIONS, "image/unknown"])


@given(names, types, keys, keys, st.binary(min_size=32, max_size=32), st.integers(0, 99))
@example("is1-0123456789abcdef-01234567.jpg", "image/png", "k", "cats", b"\0" * 32, 0)
@example("x.is1-0123456789abcdef-01234567.jpg", "image/png", "k", "cats", b"\0" * 32, 0)
@example("\udcff/../\n\0", "image/gif", "k", "cats", b"\1" * 32, 1)
@example("", "image/jpeg", "k", "a/b", b"\2" * 32, 2)
def test_a_name_leads_back_to_its_album_digest_and_copy(
    path: str, media_type: str, lineage: str, album: str, content: bytes, copy: int
) -> None:
    """For any path, also one named like a marker: ASCII, at most 100 characters, the digest and the owner in it."""
    digest = content.hex()
    name = upload_name(path, media_type, lineage, album, digest, copy)
    assert FORM.fullmatch(name)
    assert len(name) <= 100
    marker = parse_name(name)
    assert marker == Marker(digest[:16], tag(lineage, album, digest, copy))
    assert marker is not None
    assert owner(marker, lineage, ["other", album, "third"]) == (album, copy)
    assert owner(marker, lineage + "x", [album]) is None
    assert name == upload_name(path, media_type, lineage, album, digest, copy)


@given(keys, keys, st.integers(0, 10**6))
def test_the_tag_is_as_specified(lineage: str, album: str, copy: int) -> None:
    """The first 8 hex digits of SHA-256 over lineage NUL key NUL 16 digits NUL copy number, computed here anew."""
    digest = sha(album)
    data = lineage.encode() + b"\x00" + album.encode() + b"\x00" + digest[:16].encode() + b"\x00" + b"%d" % copy
    assert tag(lineage, album, digest, copy) == hashlib.sha256(data).hexdigest()[:8]


def test_a_known_name_stays_the_same_for_ever() -> None:
    """Pictures of years ago are found by it."""
    digest = hashlib.sha256(b"picture").hexdigest()
    data = b"k3v9x2mq\0cats\0" + digest[:16].encode() + b"\0" + b"0"
    expected = f"Tom-asleep.is1-{digest[:16]}-{hashlib.sha256(data).hexdigest()[:8]}.jpg"
    assert upload_name("sub/Tom asleep.JPG", "image/jpeg", "k3v9x2mq", "cats", digest, 0) == expected


@pytest.mark.parametrize(
    ("path", "slug"),
    [
        ("photos/holiday.jpg", "holiday"),
        ("größe.png", "gr--e"),
        (".jpg", "picture"),
        ("???", "picture"),
        ("a" * 99, "a" * 40),
        ("two.dots.jpg", "two-dots"),
        ("<script>.png", "script"),
    ],
)
def test_the_slug_is_the_file_name_in_ascii_and_never_a_path(path: str, slug: str) -> None:
    """Folders stay private; what is not a letter, digit, _ or - becomes -; at most 40 characters."""
    assert upload_name(path, "image/png", "k", "cats", "0" * 64, 0).split(".")[0] == slug


@given(st.text(max_size=120))
def test_no_name_breaks_the_parser(name: str) -> None:
    """Whatever somebody calls a picture."""
    marker = parse_name(name)
    assert marker is None or (len(marker.short), len(marker.tag)) == (16, 8)


@pytest.mark.parametrize(
    "name",
    ["", "cat.jpg", "is1-0123-0123.jpg", "xis1-0123456789abcdef-01234567.jpg", "a.is1-0123456789ABCDEF-01234567.jpg",
     "a.is1-0123456789abcdef-012345678.jpg", "a.is2-0123456789abcdef-01234567.jpg"],
)  # fmt: skip
def test_names_of_others_are_not_taken_for_ours(name: str) -> None:
    """Too short, too long, upper case, glued to a word, another version."""
    assert parse_name(name) is None


def test_a_marker_is_found_without_its_extension() -> None:
    """Imgur may drop or change what follows the last dot."""
    name = upload_name("a.png", "image/png", "k", "cats", "0" * 64, 0)
    assert parse_name(name.rsplit(".", 1)[0]) == parse_name(name) == parse_name(name + ".jpeg")


def test_the_marker_of_an_album_depends_on_lineage_and_key() -> None:
    """Short, ASCII, the same every time."""
    markers = {album_marker(lineage, key) for lineage in ("k", "l") for key in ("cats", "dogs")}
    assert len(markers) == 4
    assert album_marker("k", "cats") == album_marker("k", "cats")
    assert all(re.fullmatch(r"imgur-sync is1-[0-9a-f]{24}", marker) for marker in markers)


def test_full_digests_are_found_by_their_first_sixteen_digits() -> None:
    """As a rebuilt state knows them."""
    assert by_short([sha("a"), sha("b")]) == {sha("a")[:16]: sha("a"), sha("b")[:16]: sha("b")}

"""Real pictures, made by cameras, Photoshop and other encoders: all go through as they are.

The files come from the test data of a package about scaling pictures, and from Pillow, which encodes one of them anew
in forms that cameras write. Nothing of either is imported by the product.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from importlib.metadata import files
from pathlib import Path

import pytest
from PIL import Image

from tests.support.mirror import Mirror, mirror, sibling, table

SHIPPED = {
    "cmyk.jpg": "image/jpeg",  # four colours, Exif, XMP, Photoshop's own block, an ICC profile in nine pieces
    "profile.jpg": "image/jpeg",
    "profile.webp": "image/webp",
    "greyscale_image.png": "image/png",
    "logo.png": "image/png",
    "logo.gif": "image/gif",
    "animated.gif": "image/gif",
    "animated2.gif": "image/gif",
    "animated.webp": "image/webp",
}
NOT_FOR_IMGUR = ("logo.svg", "logo.tiff")
GPS = 0x8825


def shipped() -> dict[str, Path]:
    """The package's pictures by name."""
    found = {file.name: Path(str(file.locate())) for file in files("plone.scale") or () if "tests/data" in str(file)}
    assert found.keys() >= {*SHIPPED, *NOT_FOR_IMGUR}
    return found


def encode(photograph: Path, folder: Path) -> set[str]:
    """One photograph in other forms. Returns the names of those that say where it was taken."""
    with Image.open(photograph) as picture:
        colour = picture.convert("RGB")
    place = Image.Exif()
    place[0x0112] = 6  # turned by the camera
    place.get_ifd(GPS).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)})
    colour.save(folder / "progressive.jpg", quality=90, progressive=True)
    colour.save(folder / "with a place.jpg", exif=place, comment=b"on holiday")
    colour.save(folder / "with a place.webp", exif=place, quality=80)
    colour.save(folder / "with a place.png", exif=place)
    colour.save(folder / "without subsampling.jpeg", quality=100, subsampling=0, restart_marker_blocks=4)
    colour.convert("L").save(folder / "grey.JPG", optimize=True)
    colour.convert("P").save(folder / "palette.png", bits=4)
    colour.convert("1").save(folder / "one bit.png")
    colour.convert("I").convert("I;16").save(folder / "sixteen bits.png")
    colour.convert("RGBA").save(folder / "lossless.webp", lossless=True)
    frames = [colour.rotate(angle) for angle in (90, 180)]
    colour.save(folder / "moving.png", save_all=True, append_images=frames, duration=100)
    colour.save(folder / "two in one.jpg", format="MPO", save_all=True, append_images=frames)
    return {"with a place.jpg", "with a place.webp", "with a place.png"}


@pytest.fixture(scope="module")
def album(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Mirror, set[str]]]:
    """A folder of all of them, mirrored once; and the names of those with a place."""
    found = shipped()
    with mirror(tmp_path_factory.mktemp("photographs")) as here:
        folder = here.folder / "photographs"
        folder.mkdir()
        for name in (*SHIPPED, *NOT_FOR_IMGUR):
            (folder / name).write_bytes(found[name].read_bytes())
        places = encode(found["cmyk.jpg"], folder)
        here.manifest(table("photographs", 'order = "name"'))
        here.run("apply", "-y", "-q")
        yield here, places


def test_imgur_receives_every_photograph_byte_for_byte(album: tuple[Mirror, set[str]]) -> None:
    """All of the formats that Imgur takes and nothing else, in the folder's order; what it serves is the file."""
    here, _ = album
    sent = sorted(path for path in (here.folder / "photographs").iterdir() if path.name not in NOT_FOR_IMGUR)
    assert here.shown("photographs") == [hashlib.sha256(path.read_bytes()).hexdigest() for path in sent]
    assert len(here.received()) == len(sent) == len(SHIPPED) + 12
    for path, link in zip(sent, here.run("links").stdout.split(), strict=True):
        assert here.web.get(link).content == path.read_bytes(), path.name


def test_the_second_plan_is_empty(album: tuple[Mirror, set[str]]) -> None:
    """Also when every file is read again and Imgur is asked anew."""
    here, _ = album
    before = here.last()
    here.run("plan", "--detailed-exitcode", "--checksum", "--refresh", "-q")
    assert here.writes(before) == []


def test_types_and_sizes_are_what_another_reader_finds(album: tuple[Mirror, set[str]]) -> None:
    """The bounded header reader agrees with Pillow on every file; places are seen in all three containers."""
    here, places = album
    anew = sibling(here, "anew")
    steps = anew.json("plan", "--offline")["albums"][0]["wanted"]
    uploads = {step["path"]: step for step in steps if step["kind"] == "upload"}
    for name, step in uploads.items():
        with Image.open(here.folder / "photographs" / name) as picture:
            kind = {"MPO": "JPEG"}.get(picture.format or "", picture.format or "")
            if kind == "PNG" and getattr(picture, "n_frames", 1) > 1:
                kind = "APNG"
            assert (step["width"], step["height"]) == picture.size, name
            assert step["media_type"] == f"image/{kind.lower()}", name
            assert name not in SHIPPED or step["media_type"] == SHIPPED[name]
            taken_at = bool(picture.getexif().get_ifd(GPS))
        assert step["has_gps"] == taken_at == (name in places), name


def test_a_photograph_that_was_cut_off_is_never_sent(album: tuple[Mirror, set[str]], here: Mirror) -> None:
    """A copy that is still being written, wherever it stopped."""
    names = [*SHIPPED, "progressive.jpg", "sixteen bits.png", "moving.png", "lossless.webp", "with a place.webp"]
    for name in names:
        data = (album[0].folder / "photographs" / name).read_bytes()
        for part in (1, 3, 5, 7, 9):
            here.put(f"cut/{part} {name}", data[: len(data) * part // 10])
        here.put(f"cut/almost {name}", data[:-2])
    here.manifest(table("cut"))
    told = here.json("plan", "cut", "--offline")["albums"][0]
    assert {entry["path"] for entry in told["unsendable"]} == {path.name for path in (here.folder / "cut").iterdir()}
    assert {entry["why"] for entry in told["unsendable"]} == {"incomplete file"}
    assert told["wanted"] == []

"""Names of files and texts on Imgur that mean harm, in everything that tells of what was synced; in both modes."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.hostile import NAMES
from tests.support.inside import Inside
from tests.support.mirror import table
from tests.support.modes import MODES, Either, either
from tests.support.pictures import png

ESC = "\x1b]0;owned\x07\x1b[2J\u202egpj\u2066 ::set-output name=x::y\r\n::error::no\u0085 </details> @team"


@pytest.fixture(params=MODES)
def here(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Either]:
    """An album whose files have every hostile name."""
    with either(tmp_path, request.param, kind=Inside) as made:
        for number, name in enumerate(NAMES):
            Path(os.fsdecode(os.fsencode(made.folder / "cats") + b"/" + name)).write_bytes(png(seed=200 + number))
        made.manifest(table("cats"))
        made.run("apply", "-y", "-q")
        yield made


def harmless(text: str, most: int = 200_000) -> None:
    """No control, bidi or format character, no line that a CI system obeys, and an end."""
    assert not {c for c in text if c != "\n" and (ord(c) < 32 or 127 <= ord(c) < 160 or 0xD800 <= ord(c) < 0xE000)}
    assert not {"\u202e", "\u2066", "\u2069", "\u200b"} & set(text)
    assert not [line for line in text.splitlines() if line.startswith(("::", "##["))]
    assert len(text) < most


def test_names_of_files(here: Either) -> None:
    """Told, found by `explain`, put back, let go of, purged: whatever they are called."""
    for name in NAMES:
        Path(os.fsdecode(os.fsencode(here.folder / "cats") + b"/" + name)).unlink()
    (here.folder / "cats/c0.png").rename(here.folder / "cats/\x1b[31mc0.png")
    commands = (["diff"], ["plan"], ["explain", "cats/\x1b[31mc0.png"], ["explain", "cats/new\nline.png"])
    for command in commands:
        done = here.run(*command)
        harmless(done.stdout + done.stderr)
    here.run("apply", "-y", "-q", "--approve", f"prune={len(NAMES)}")
    for command in (["restore"], ["purge", "--older-than", "0s"], ["history", "-v"], ["links"], ["status"], ["drift"]):
        done = here.run(*command, code=None)
        assert done.returncode in (0, 3), done.stderr
        harmless(done.stdout + done.stderr)
        as_json = here.run(*command, "--json", code=None).stdout
        assert as_json.isascii() or not {"\x1b", "\u202e"} & set(as_json)
        if as_json:
            json.loads(as_json)
    done = here.run("restore", "cats", "new\nline.png", "-y")
    harmless(done.stdout + done.stderr)
    assert len(here.shown("cats")) == 6
    done = here.run("forget", "cats", "escape\x1b[31mred\x1b[0m.png", "--confirm", "cats")
    harmless(done.stdout + done.stderr)
    left = len(here.json("restore")["pictures"])
    assert left == len(NAMES) - 2
    here.run("purge", "--older-than", "0s", "--approve", f"purge={left}")
    assert here.json("restore")["pictures"] == []


@pytest.mark.parametrize("mode", MODES)
def test_texts_on_imgur(mode: str, tmp_path: Path) -> None:
    """A title that acts on terminals, and one of 100 kB: told escaped and cut, then set back or left alone."""
    with either(tmp_path, mode, kind=Inside) as here:
        here.manifest(table("cats", 'image_title = "{stem}"'))
        here.run("apply", "-y", "-q")
        check_texts(here)
        assert len(here.received()) == 5


def check_texts(here: Either) -> None:
    """Every command, while somebody else's words stand there."""
    image = here.album("cats")["images"][0]
    for words in (ESC, "x" * 100_000):
        here.edit("set_album", id=here.look("world")["albums"][0]["id"], title=words, description=words)
        here.edit("set_image", id=image, title=words, description=words)
        for command in (
            ["drift"],
            ["diff", "--refresh"],
            ["plan", "--refresh"],
            ["explain", "cats/c0.png", "--online"],
        ):
            done = here.run(*command, code=None)
            # An answer that is too large is not understood: nothing is done in that album, or the run ends.
            assert done.returncode in (0, 7, 75), done.stderr
            harmless(done.stdout + done.stderr)
        done = here.run("apply", "-y", "--refresh", code=None)
        assert done.returncode in (0, 7, 75), done.stderr
        harmless(done.stdout + done.stderr)
    for command in (["status"], ["history", "-v"], ["links"], ["restore"], ["doctor", "--offline"]):
        done = here.run(*command)
        harmless(done.stdout + done.stderr)

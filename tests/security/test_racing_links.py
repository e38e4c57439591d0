"""A process that swaps files, folders and the folders above for links out of the album, as fast as it can, while the
program scans, hashes and uploads: no byte from outside ever reaches Imgur.

`THOROUGH_SECURITY=1` goes on until 100,000 swaps were made of each kind.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from imgur_sync.errors import ImgurSyncError
from tests.security.canaries import THOROUGH
from tests.support.pictures import png
from tests.support.sync_stage import SyncStage

SWAPS = 100_000 if THOROUGH else 1_500
RUNS = 4
"""At least; the machine may be so loaded that the swaps come slowly."""
SWAPPER = """
import ctypes, os, sys
place, other, most, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), 0
libc = ctypes.CDLL(None, use_errno=True)
a, b = os.fsencode(place), os.fsencode(other)
told = os.open(sys.argv[4], os.O_WRONLY | os.O_CREAT, 0o600)
sys.stdin.read(1)
while True:
    # both names change at once: nobody ever sees one of them missing
    if libc.renameat2(-100, a, -100, b, 2):
        sys.exit(ctypes.get_errno())
    count += 1
    if count % 50 == 0:
        os.pwrite(told, b"%12d" % count, 0)
"""


def inside(seed: int) -> bytes:
    """A picture of the album."""
    return png(seed=seed)


def outside(seed: int) -> bytes:
    """A valid picture that is nobody's business; as long as the one of the album."""
    return png(seed=seed + 500)


def trap(base: Path, kind: str) -> tuple[Path, Path]:
    """What is swapped with what: a file, a folder, the album's folder, or one above it, for a link out of it all."""
    secret = base / "private" / "deep" / "photos" / "cats" / "sub"
    secret.mkdir(parents=True)
    for number in range(8):
        (secret / f"{number}.png").write_bytes(outside(number))
        (secret.parent / f"{number}.png").write_bytes(outside(100 + number))
    album = base / "shown" / "photos" / "cats"
    place, target = {
        "a file": (album / "3.png", secret.parent / "3.png"),
        "a folder": (album / "sub", secret),
        "the album": (album, secret.parent),
        "the folder above": (album.parent, secret.parent.parent),
        "two folders above": (album.parent.parent, base / "private" / "deep"),
    }[kind]
    link = base / "link"
    link.symlink_to(target)
    return place, link


@pytest.mark.parametrize("kind", ["a file", "a folder", "the album", "the folder above", "two folders above"])
def test_no_byte_from_outside_is_sent(kind: str, tmp_path: Path) -> None:
    """Whatever is uploaded is a picture of the album; most runs find it changing and leave it for the next one."""
    with SyncStage(tmp_path) as stage:
        stage.album("cats", folder="shown/photos/cats")
        for number in range(8):
            stage.put("cats", f"{number}.png", number)
            stage.put("cats", f"sub/{number}.png", 20 + number)
        place, link = trap(tmp_path, kind)
        allowed = {
            hashlib.sha256(inside(number)).hexdigest() for number in (*range(8), *range(20, 28), *range(1000, 5000))
        }
        count = tmp_path / "count"
        command = [sys.executable, "-c", SWAPPER, str(place), str(link), str(SWAPS), str(count)]
        with subprocess.Popen(command, stdin=subprocess.PIPE) as swapper:
            assert swapper.stdin is not None
            swapper.stdin.write(b"x")
            swapper.stdin.flush()
            runs = 0
            deadline = time.monotonic() + (3_600 if THOROUGH else 240)
            while runs < RUNS or swapped(count) < SWAPS:
                assert swapper.poll() is None
                assert time.monotonic() < deadline, "the swaps came too slowly"
                with suppress(ImgurSyncError):  # it may well find the world changing
                    stage.apply(refresh=True, checksum=runs % 2 == 0)
                stage.clock.advance(600)
                refill(stage, runs)
                runs += 1
            swapper.kill()
        if place.is_symlink():
            link.rename(tmp_path / "kept")
            place.unlink()
            (tmp_path / "kept").rename(place)
        stage.apply(refresh=True)
        received = {upload["sha256"] for upload in stage.look("history")["uploads"]}
        print(f"{kind}: {swapped(count)} swaps, {runs} runs, {len(received)} pictures sent")
        assert received <= allowed
        assert len(received) > 8


def refill(stage: SyncStage, run: int) -> None:
    """New pictures for the next run, written through whatever lies there inside the album just now."""
    root = stage.albums["cats"].root
    for number in range(4):
        name = root.parent / f"new{number}"
        try:
            name.write_bytes(inside(1000 + (run * 4 + number) % 4000))
            if not os.path.islink(root) and os.path.realpath(root) == str(root):
                os.replace(name, root / f"new{number}.png")
        except OSError:
            continue


def swapped(count: Path) -> int:
    """How many swaps the other process says it made."""
    try:
        return int(count.read_text() or "0")
    except (FileNotFoundError, ValueError):
        return 0

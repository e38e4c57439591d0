"""Files of any time, devices, and folders with very many files."""

from __future__ import annotations

import os
import resource
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from imgur_sync.executor import SystemClock
from imgur_sync.local.folders import Folders
from imgur_sync.model.local import LocalAlbum
from imgur_sync.model.spec import AlbumSpec
from imgur_sync.state.cache import SqliteCache
from tests.fuzz.amounts import PROFILE
from tests.support.mirror import Mirror, mirror, table
from tests.support.pictures import png

MANY = int(os.environ.get("MANY_FILES", "100000" if PROFILE == "nightly" else "4000"))


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Mirror]:
    """Two folders with a manifest, none of it sent yet."""
    with mirror(tmp_path) as made:
        yield made


TIMES = {
    "c0.png": -2_145_916_800.0,  # 1902: what 32 bits can hold
    "c1.png": 0.0,
    "c2.png": 4_291_747_200.0,  # 2106
    "c3.png": 32_503_680_000.0,  # the year 3000
    "c4.png": 1_700_000_000.5,
}


def test_files_of_any_time_are_synced_in_the_order_of_their_times(here: Mirror) -> None:
    """1902, 1970, 2106, the year 3000, all at once: nothing is sent twice, and times alone change the order only."""
    here.manifest(table("cats", 'order = "modified"') + table("dogs"))
    folder = here.folder / "cats"
    for name, seconds in TIMES.items():
        os.utime(folder / name, (seconds, seconds))
    here.run("apply", "-y", "-q")
    by_time = sorted(TIMES, key=lambda name: TIMES[name])
    digests = dict(zip(sorted(TIMES), here.wanted("cats"), strict=True))
    assert here.shown("cats") == [digests[name] for name in by_time]
    before = here.last()
    here.run("apply", "-y", "-q")
    assert here.writes(before) == []
    for name in TIMES:
        os.utime(folder / name, (1e9, 1e9))
    here.run("apply", "-y", "-q")
    here.check_equal("cats", "dogs")
    assert len(here.received()) == 8
    assert {call.split(" ")[0] for call in here.writes(before)} <= {"PUT"}


def test_devices_are_not_opened(tmp_path: Path) -> None:
    """Not even one that is called a picture: reading one may wait, or act."""
    opened: list[str] = []

    def open_file(path: str, flags: int, *, dir_fd: int | None = None) -> int:
        opened.append(path)
        return os.open(path, flags, dir_fd=dir_fd)

    devices = tmp_path / "devices"
    devices.mkdir()
    if os.geteuid() == 0:  # only root can make one; the system's own are called otherwise
        os.mknod(devices / "null.png", stat.S_IFCHR | 0o666, os.makedev(1, 3))
    for root in (devices, Path("/dev")):
        with SqliteCache(tmp_path / f"{root.name}.db") as cache:
            found = Folders(cache, SystemClock(), open_file).scan(AlbumSpec("a", "a", root, recursive=False))
        assert isinstance(found, LocalAlbum)
        assert found.files == ()
    assert not [path for path in opened if os.path.basename(path) in ("null", "null.png", "zero", "full", "tty")]


SCAN = """
import sys
from pathlib import Path
from imgur_sync.executor import SystemClock
from imgur_sync.local.folders import Folders
from imgur_sync.model.spec import AlbumSpec
from imgur_sync.state.cache import SqliteCache
root = Path(sys.argv[1])
with SqliteCache(root.parent / "cache.db") as cache:
    for _ in range(2):
        found = Folders(cache, SystemClock()).scan(AlbumSpec("many", "many", root))
        # Not ru_maxrss: in that the peak of the process lives on which this one was forked from.
        peak = Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]
        print(len(found.files), found.skipped, peak, flush=True)
"""


def test_very_many_files_in_one_folder_take_little_memory(here: Mirror) -> None:
    """Half of them pictures: under 2 KiB a file beside the program itself; planned by the installed command as well."""
    import subprocess

    root = here.folder / "many"
    root.mkdir()
    for number in range(MANY):
        (root / f"{number:07}.{'png' if number % 2 else 'txt'}").write_bytes(png(1, 1, number) if number % 2 else b"x")
    done = subprocess.run(
        [sys.executable, "-c", SCAN, root], capture_output=True, text=True, timeout=3000, check=True, cwd=Path.cwd()
    )
    rows = [tuple(map(int, line.split())) for line in done.stdout.splitlines()]
    print(rows)
    for files, skipped, kilobytes in rows:
        assert (files, skipped) == (MANY // 2, MANY - MANY // 2)
        assert kilobytes < 80_000 + 2 * MANY
    here.manifest(table("many"))
    assert f"{MANY // 2:,} new" in here.place.run("plan", "--offline", timeout=3000).stdout
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
    assert here.requests() == []

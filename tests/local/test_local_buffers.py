"""The memory of files that were read to be sent."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

SIZE = 16 * 1024 * 1024
PROGRAM = """
import hashlib, sys, threading
from pathlib import Path
from imgur_sync.local.folders import Folders
from imgur_sync.model.local import LocalFile
from imgur_sync.model.spec import AlbumSpec
from tests.support.album_folder import Later
from tests.support.memory_cache import MemoryCache

root = Path(sys.argv[1])
data = (root / "a.bin").read_bytes()
file = LocalFile("a.bin", hashlib.sha256(data).hexdigest(), len(data), 0, "image/png")
del data
folders, spec = Folders(MemoryCache(), Later()), AlbumSpec("cats", "cats", root)
order = threading.Barrier(4)

def work():
    content = folders.read(spec, file)
    order.wait()  # all four are in memory at once
    del content
    order.wait()

threads = [threading.Thread(target=work) for _ in range(4)]
before = int(Path("/proc/self/statm").read_text().split()[1])
for thread in threads: thread.start()
for thread in threads: thread.join()
print((int(Path("/proc/self/statm").read_text().split()[1]) - before) * 4096)
"""


def test_the_memory_of_a_large_file_goes_back_to_the_system(tmp_path: Path) -> None:
    """After four threads have read 16 MiB each and let go, hardly more memory is held than before."""
    (tmp_path / "a.bin").write_bytes(bytes(range(256)) * (SIZE // 256))
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        (sys.executable, "-c", PROGRAM, str(tmp_path)), cwd=root, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert platform.system() != "Linux" or int(done.stdout) < SIZE // 2

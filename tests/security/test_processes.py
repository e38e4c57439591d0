"""What other users of the machine can see of a run: its command line and what it starts."""

from __future__ import annotations

import os
from pathlib import Path

from tests.e2e.test_interruptions import started
from tests.security.canaries import found
from tests.support.mirror import UPLOAD, Mirror, until


def family(pid: int) -> list[int]:
    """A process and all below it, by /proc."""
    below = [pid]
    for parent in below:
        for entry in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = entry.read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it ended meanwhile
            if int(fields[1]) == parent:
                below.append(int(entry.parent.name))
    return below


def test_no_secret_stands_in_the_list_of_processes(here: Mirror) -> None:
    """While an upload is under way: neither among arguments nor in names of threads, and nothing else was started; and
    no file that the process holds open can be read by others."""
    secrets = [here.server.refresh_token, here.server.client_secret, here.server.access_token]
    here.steer("faults", [{"match": {**UPLOAD, "nth": 2}, "fault": "delay", "seconds": 20}])
    with started(here, "apply", "-y", "--debug") as process:
        until(lambda: len(here.received()) >= 1)
        pids = family(process.pid)
        assert pids == [process.pid]
        told = Path(f"/proc/{process.pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        assert "apply" in told
        names = [path.read_text() for path in Path(f"/proc/{process.pid}/task").glob("*/comm")]
        assert found(told + " ".join(names), secrets) == []
        for link in Path(f"/proc/{process.pid}/fd").iterdir():
            try:
                target = os.readlink(link)
                mode = os.stat(link).st_mode
            except OSError:
                continue  # it was closed meanwhile
            if target.startswith(str(here.folder / ".user")) or ".imgur-sync/" in target:
                assert not mode & 0o077, target
        process.kill()

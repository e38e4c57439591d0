"""Published Imgur clients, unmodified, against the local Imgur.

    python -m venv /tmp/clients && /tmp/clients/bin/pip install --require-hashes -r tests/simulator/foreign-clients.txt
    python -m tests.simulator.foreign_clients /tmp/clients/bin/python

For each: three uploads, an album, add, list, order, remove, rename, delete, a refresh of the token. Ends with 0 if all
are content and the local Imgur is empty again. `.ci/run` does it where a package index has them.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from imgur_sync.simulator import running
from imgur_sync.simulator.reports import world_report

CLIENTS = ("imgurpython", "pyimgur", "pyimgurapi")
DRIVER = Path(__file__).with_name("foreign_driver.py")


def content(python: str, name: str) -> bool:
    """Whether the client's calls all came to what it asked for, and everything is gone again."""
    with running() as server, tempfile.TemporaryDirectory() as folder:
        credentials = (server.client_id, server.client_secret, server.refresh_token, server.access_token)
        command = [python, "-W", "ignore", str(DRIVER), name, server.url, folder, *credentials]
        done = subprocess.run(command, timeout=300, check=False)
        left = world_report(server.world)
        sent = len(server.world.history)
    sys.stdout.write(f"{name}: {'content' if done.returncode == 0 else 'not content'}, {sent} requests\n")
    return done.returncode == 0 and left == {"albums": [], "images": []}


if __name__ == "__main__":
    found = [content(sys.argv[1], name) for name in CLIENTS]
    sys.exit(0 if all(found) else 1)

"""imgurpython's own upload, one file after the other: `PYTHON imgurpython_loop.py URL CLIENT_ID FOLDER`.

Run by a Python that has imgurpython installed; needs nothing of the product. Prints wall and CPU seconds as JSON.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from pathlib import Path
from typing import Any


def main() -> None:
    """Send the folder's files and print what it took."""
    url, client_id, folder = sys.argv[1:4]
    module: Any = importlib.import_module("imgurpython.client")
    module.API_URL = f"{url}/"
    client = module.ImgurClient(client_id, "")
    files = sorted(path for path in Path(folder).iterdir() if path.is_file())
    wall, cpu = time.perf_counter(), time.process_time()
    for path in files:
        client.upload_from_path(str(path), config=None, anon=True)
    print(json.dumps({"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}))


if __name__ == "__main__":
    main()

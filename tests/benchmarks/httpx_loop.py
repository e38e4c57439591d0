"""The bare loop that uploads are compared with: `python -m tests.benchmarks.httpx_loop URL CLIENT_ID FOLDER IN_FLIGHT`.

Nothing but `httpx.AsyncClient` and its own multipart; prints wall and CPU seconds of the loop, imports apart, as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

import httpx


async def send_all(url: str, client_id: str, files: list[Path], in_flight: int) -> None:
    """POST every file once, so many at a time."""
    gate = asyncio.Semaphore(in_flight)
    limits = httpx.Limits(max_connections=in_flight, max_keepalive_connections=in_flight)
    headers = {"Authorization": f"Client-ID {client_id}"}
    async with httpx.AsyncClient(headers=headers, limits=limits, timeout=60, trust_env=False) as client:

        async def send(path: Path) -> None:
            async with gate:
                with path.open("rb") as file:
                    reply = await client.post(f"{url}/3/upload", data={"type": "file"}, files={"image": file})
                reply.raise_for_status()

        await asyncio.gather(*(send(path) for path in files))


def main() -> None:
    """Send the folder's files and print what it took."""
    url, client_id, folder, in_flight = sys.argv[1:5]
    files = sorted(path for path in Path(folder).iterdir() if path.is_file())
    wall, cpu = time.perf_counter(), time.process_time()
    asyncio.run(send_all(url, client_id, files, int(in_flight)))
    print(json.dumps({"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}))


if __name__ == "__main__":
    main()

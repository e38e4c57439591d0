"""A simulator that is killed while it takes uploads: all that it has answered for is there when it starts again."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import signal
import threading
from pathlib import Path

import httpx

from tests.support.pictures import png
from tests.support.simulator_process import Process

PER_CLIENT = 12


def upload(server: Process, seed: int, answered: dict[str, bytes], enough: threading.Event) -> None:
    """Upload one picture after another until the server is gone; keep those that it has answered for."""
    with server.client() as client, contextlib.suppress(httpx.TransportError):
        for number in itertools.count():
            data = png(seed=seed * 100_000 + number, pad=200_000)
            reply = client.post("/3/upload", files={"image": ("x.png", data)})
            answered[reply.json()["data"]["id"]] = data
            if number + 1 == PER_CLIENT:
                enough.set()


def test_what_was_answered_is_there_after_a_kill(tmp_path: Path) -> None:
    """The picture, its bytes and its request, though the process had no time to close anything."""
    server = Process(tmp_path / "world")
    answered: dict[str, bytes] = {}
    enough = [threading.Event() for _ in range(3)]
    threads = [
        threading.Thread(target=upload, args=(server, seed, answered, event)) for seed, event in enumerate(enough)
    ]
    for thread in threads:
        thread.start()
    for event in enough:
        event.wait()
    server.end(signal.SIGKILL)
    for thread in threads:
        thread.join()
    assert len(answered) >= 3 * PER_CLIENT
    again = Process(tmp_path / "world")
    try:
        with again.client() as client:
            history = client.get("/_simulator/history").json()
            for key, data in answered.items():
                assert client.get(f"/i/{key}.png").content == data
            uploads = {one["id"]: one["sha256"] for one in history["uploads"]}
            assert uploads.items() >= {key: hashlib.sha256(data).hexdigest() for key, data in answered.items()}.items()
            # Each of the three may have had one on its way that was committed and not answered.
            assert len(answered) <= len(uploads) <= len(answered) + 3
            assert len(history["requests"]) == len(uploads)
    finally:
        again.end(signal.SIGTERM)

"""The least that a WSGI server can do with an upload: read it, and say so. The denominator of L1.

`python -m tests.benchmarks.sink` serves it with the server class of the local Imgur, prints where, and ends with stdin:
in threads, as waitress serves any application, or with `at-once` in the thread that receives, as uploads are there.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterable
from typing import Any

from imgur_sync.simulator.server import _Socket

ANSWER = b'{"data":{"id":"aaaaaaa"},"success":true,"status":200}'


def sink(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """A WSGI application that reads the body and answers a constant."""
    environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(ANSWER)))])
    return [ANSWER]


if __name__ == "__main__":
    server: Any = _Socket(sink, "127.0.0.1", 0, lambda method, path: contextlib.nullcontext("at-once" in sys.argv))  # type: ignore[arg-type]
    threading.Thread(target=server.serve, daemon=True).start()
    print(f"listening on http://127.0.0.1:{server.port}", flush=True)
    sys.stdin.read()

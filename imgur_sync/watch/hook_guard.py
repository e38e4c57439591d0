"""A program of its own: runs a command once for each document, within a time limit, and reports how each run ended.

`hook` starts it as `python hook_guard.py SECONDS COMMAND…`, so that the limit holds also when the process that wanted
the command is gone. stdin: one document a line; a line without its end was cut off and is left out. stdout: one JSON
line for each run. Standard library only, as nothing else is looked for.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import IO

KEPT = 16 * 1024
"""Bytes of a run's output that are reported; what comes after them is read and dropped."""
_PIECE = 64 * 1024
_LAST = 16
"""Pieces that are still read when a run has ended: a child that left its process group could write for ever."""
_REAPED = 5.0


def main(arguments: Sequence[str], documents: IO[bytes], reports: IO[bytes]) -> None:
    """One run after the other, each with its own limit. A reader of the reports that went away is no error."""
    seconds, command = float(arguments[0]), list(arguments[1:])
    whole, _, _ = documents.read().rpartition(b"\n")
    for document in filter(None, whole.split(b"\n")):
        report = Run(command, document + b"\n").report(seconds)
        with suppress(OSError):
            reports.write(json.dumps(report).encode("ascii") + b"\n")
            reports.flush()


class Run:
    """One run of the command, in a session and process group of its own, without a shell."""

    def __init__(self, command: Sequence[str], document: bytes) -> None:
        self._command = command
        self._document = memoryview(document)
        self._output = b""
        self._dropped = 0

    def report(self, seconds: float) -> dict[str, object]:
        """How it ended: `error` where it could not be started, else `code` (negative: by that signal), `late` where it
        was killed for its time; `output` and the count of bytes `dropped`. Nothing of its process group is left."""
        try:
            process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                bufsize=0,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            return {"error": getattr(error, "strerror", None) or "it is no command"}
        document, output = process.stdin, process.stdout
        assert document is not None, "a pipe was asked for"
        assert output is not None, "a pipe was asked for"
        with document, output:
            return self._reported(process, document, output, seconds)

    def _reported(
        self, process: subprocess.Popen[bytes], document: IO[bytes], output: IO[bytes], seconds: float
    ) -> dict[str, object]:
        late = self._follow(process, document, output, seconds)
        with suppress(OSError):  # nobody is left in the group
            os.killpg(process.pid, signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_REAPED)
        for _ in range(_LAST):
            if not self._take(output.fileno()):
                break
        text = self._output.decode("utf-8", "backslashreplace")
        return {"code": process.returncode, "late": late, "output": text, "dropped": self._dropped}

    def _follow(self, process: subprocess.Popen[bytes], document: IO[bytes], output: IO[bytes], seconds: float) -> bool:
        """Feed it and read what it prints until it ends, whoever else holds its pipes; True when its time is up."""
        deadline = time.monotonic() + seconds
        ended, ending = os.pipe()
        threading.Thread(target=_await, args=(process, ending), daemon=True).start()
        with open(ended, "rb", buffering=0), selectors.DefaultSelector() as selector:
            selector.register(ended, selectors.EVENT_READ)
            for stream, event in ((document, selectors.EVENT_WRITE), (output, selectors.EVENT_READ)):
                os.set_blocking(stream.fileno(), False)
                selector.register(stream, event)
            while (left := deadline - time.monotonic()) > 0:
                for key, _ in selector.select(left):
                    if key.fd == ended:
                        return False
                    more = self._feed(key.fd) if key.fileobj is document else self._take(key.fd)
                    if not more:
                        selector.unregister(key.fileobj)
                        if key.fileobj is document:
                            document.close()
        return True

    def _feed(self, descriptor: int) -> bool:
        """Hand over the next piece; False when there is no more, or nobody who reads it."""
        try:
            self._document = self._document[os.write(descriptor, self._document[:_PIECE]) :]
        except BlockingIOError:
            return True
        except OSError:
            return False
        return bool(self._document)

    def _take(self, descriptor: int) -> bool:
        """Take in the next piece of output; False when there is none now."""
        try:
            piece = os.read(descriptor, _PIECE)
        except OSError:
            return False
        room = KEPT - len(self._output)
        self._output += piece[:room]
        self._dropped += len(piece[room:])
        return bool(piece)


def _await(process: subprocess.Popen[bytes], ending: int) -> None:
    """Close the pipe when the process has ended."""
    process.wait()
    os.close(ending)


if __name__ == "__main__":
    main(sys.argv[1:], sys.stdin.buffer, sys.stdout.buffer)

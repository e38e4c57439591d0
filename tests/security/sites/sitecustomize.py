"""Loaded by a command's interpreter before anything else: lets a test watch it, or break something deep inside.

`WATCH` names a file that gets a line for each connection, process and new file. `BREAK` is the name (module:path) of a
function that raises what `breakage` makes of `HOW`, with the texts of `CANARIES` (JSON) in it.
"""

from __future__ import annotations

import importlib
import importlib.abc
import json
import os
import sys

WATCHED = (
    "socket.connect",
    "socket.getaddrinfo",
    "socket.bind",
    "socket.sendto",
    "subprocess.Popen",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "os.forkpty",
    "os.system",
    "pickle.find_class",
    "marshal.loads",
    "code.__new__",
    "exec.shell",
    "webbrowser.open",
    "ctypes.dlopen",
)


def watch(path: str) -> None:
    """Write down every event of interest, and every file that is opened for writing."""
    out = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def hook(event: str, args: tuple[object, ...]) -> None:
        if event == "open":
            name, _, flags = args
            if isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR) and isinstance(name, str | bytes):
                os.write(out, json.dumps(["write", os.fsdecode(name)]).encode() + b"\n")
        elif event in WATCHED:
            # the socket itself is told by its family: its repr would change from run to run
            shown = [str(int(arg.family)) if hasattr(arg, "family") else repr(arg) for arg in args]
            os.write(out, json.dumps([event, *shown]).encode() + b"\n")

    sys.addaudithook(hook)


def breakage(how: str, canaries: list[str]) -> BaseException:
    """An error of that kind that holds every canary, in several places at once."""
    words = " ".join(canaries)
    notes = RuntimeError(f"Authorization: Bearer {canaries[0]}")
    notes.add_note(f"sent with {words}")
    kinds: dict[str, BaseException] = {
        "value": ValueError(f"bad input {words}"),
        "type": TypeError(f"not {words!r}"),
        "key": KeyError(words),
        "os": OSError(5, words, words),
        "unicode": UnicodeDecodeError("utf-8", words.encode(), 0, 1, words),
        "recursion": RecursionError(words),
        "memory": MemoryError(words),
        "cut": RuntimeError("x" * 495 + words),
        "lines": RuntimeError("one\n::error::" + words + "\n\x1b]0;owned\x07##[error]" + words),
        "split": RuntimeError("\n    ".join(words[at : at + 9] for at in range(0, len(words), 9))),
        "group": ExceptionGroup(words, [ValueError(words), notes]),
        "notes": notes,
    }
    error = kinds[how]
    error.__cause__ = LookupError(f"because of {words}")
    return error


class Breaker(importlib.abc.MetaPathFinder):
    """Replaces the function as soon as its module was loaded."""

    def __init__(self, target: str, error: BaseException) -> None:
        self.module, _, self.path = target.partition(":")
        self.error = error
        self.busy = False

    def find_spec(self, name, path, target=None):
        """The spec that the others find, with a loader that breaks the module afterwards."""
        if name != self.module or self.busy:
            return None
        self.busy = True
        spec = importlib.util.find_spec(name)
        loader = spec.loader
        run = loader.exec_module

        def exec_module(module) -> None:
            run(module)
            self.strike(module)

        loader.exec_module = exec_module
        return spec

    def strike(self, module) -> None:
        """Put a function that raises in the place of the real one."""
        *above, last = self.path.split(".")
        for name in above:
            module = getattr(module, name)

        def broken(*args, **kwargs):
            secret = os.environ.get("CANARIES")  # a local variable that a traceback with locals would show
            assert secret
            raise self.error

        setattr(module, last, broken)


if os.environ.get("WATCH"):
    watch(os.environ["WATCH"])
if os.environ.get("BREAK"):
    import importlib.util

    breaker = Breaker(os.environ["BREAK"], breakage(os.environ["HOW"], json.loads(os.environ["CANARIES"])))
    if breaker.module in sys.modules:
        breaker.strike(sys.modules[breaker.module])
    else:
        sys.meta_path.insert(0, breaker)

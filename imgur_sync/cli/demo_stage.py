"""Where the demo plays: a folder of its own, a local Imgur, and the real commands run as a user would type them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType

from imgur_sync.errors import ExitCode, ImgurSyncError, InterruptedRun

SETTLE_SECONDS = "1"
"""The local Imgur shows at once what was written, so that little is to be waited for."""
LONGEST = 120.0
"""Seconds that one command may take before the demo gives up."""
LINE = 1 << 20
"""Bytes that one line of a command's output may have."""


@dataclass(frozen=True, slots=True)
class Stage:
    """The folder in which the demo lives, the local Imgur's origin, and the environment of the commands.

    Pictures, manifest and state are in `folder`; what else the commands keep, and the local Imgur's own files, lie in
    hidden folders beside them.
    """

    folder: Path
    origin: str
    client_id: str
    environment: Mapping[str, str]

    def run(self, *arguments: str, say: Callable[[str], None]) -> int:
        """Run `imgur-sync ARGUMENTS…` in the folder, hand each line of its output to `say`; returns its exit code.

        Anything that ends this early kills the command: what it works on is thrown away with the folder.
        """
        return asyncio.run(self._run(arguments, say))

    async def _run(self, arguments: tuple[str, ...], say: Callable[[str], None]) -> int:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",  # nothing in the demo's folder can be taken for a module
            "-m",
            "imgur_sync",
            *arguments,
            cwd=self.folder,
            env=dict(self.environment),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=LINE,
        )
        try:
            async with asyncio.timeout(LONGEST):
                assert child.stdout is not None
                async for line in child.stdout:
                    say(line.decode("utf-8", "replace").rstrip("\r\n"))
                return await child.wait()
        except TimeoutError as error:
            command = " ".join(("imgur-sync", *arguments))
            raise ImgurSyncError(f"{command} did not end within {LONGEST:.0f} s") from error
        finally:
            if child.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    child.kill()
                await child.wait()


@contextlib.contextmanager
def opened() -> Iterator[Stage]:
    """A new stage, which leaves nothing behind however the block ends.

    SIGINT, SIGTERM and SIGHUP end the block with `InterruptedRun`; while it is cleaned up they are not heeded.
    """
    from imgur_sync.simulator import Limits, Options, running

    with (
        _signals() as closing,
        tempfile.TemporaryDirectory(prefix="imgur-sync-demo-") as name,
        running(Options(limits=Limits(0, 0, 0, 0)), data=Path(name) / ".local-imgur") as server,
    ):
        try:
            folder = Path(name)
            environment = command_environment(os.environ, folder, server.environment())
            yield Stage(folder, server.url, server.client_id, environment)
        finally:
            closing.set()


@contextlib.contextmanager
def _signals() -> Iterator[threading.Event]:
    """The first signal to stop raises in the main thread; none does once the yielded event is set."""
    closing = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield closing
        return

    def stop(number: int, frame: FrameType | None) -> None:
        if not closing.is_set():
            closing.set()
            stopped = InterruptedRun(ExitCode.SIGINT if number == signal.SIGINT else ExitCode.SIGTERM)
            stopped.message = "stopped; the demo's folder and its local Imgur are removed"
            raise stopped

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield closing
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def command_environment(outer: Mapping[str, str], folder: Path, credentials: Mapping[str, str]) -> dict[str, str]:
    """What the commands are run with: the user's environment, but for settings of imgur-sync and proxies.

    Output comes in UTF-8 whatever the locale, as wide as the terminal less the indentation.
    """
    kept = {
        name: value
        for name, value in outer.items()
        if not name.upper().startswith("IMGUR_SYNC_") and not name.upper().endswith("_PROXY")
    }
    width = shutil.get_terminal_size((100, 24)).columns
    return {
        **kept,
        **credentials,
        "IMGUR_SYNC_STATE_DIR": str(folder / ".settings" / "state"),
        "IMGUR_SYNC_CONFIG_DIR": str(folder / ".settings" / "config"),
        "IMGUR_SYNC_SETTLE_SECONDS": SETTLE_SECONDS,
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",  # where the extra is installed: nothing stays behind
        "PYTHONUTF8": "1",
        "COLUMNS": str(min(max(width - 4, 60), 120)),
    }


def without_account(stage: Stage) -> Stage:
    """The same stage, with the Client-ID as its commands' only credential."""
    others = ("IMGUR_SYNC_CLIENT_SECRET", "IMGUR_SYNC_REFRESH_TOKEN", "IMGUR_SYNC_ACCESS_TOKEN")
    return replace(stage, environment={name: text for name, text in stage.environment.items() if name not in others})


def new_lineage() -> str:
    """A random lineage, as `init` writes one."""
    return secrets.token_hex(4)

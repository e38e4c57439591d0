"""What `login` and `logout` ask a person at a terminal, and that secrets are not echoed there."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from imgur_sync.errors import ExitCode
from imgur_sync.simulator import Running
from tests.support.browser import pin_of
from tests.support.command import PROGRAM, Workplace, workplace

# The terminal has to control the process: hidden input is read from /dev/tty.
TAKES = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"


class Terminal:
    """A command with its three streams at a terminal of its own."""

    def __init__(self, place: Workplace, arguments: Sequence[str]) -> None:
        self.parent, child = pty.openpty()
        self.shown = ""
        self.process = subprocess.Popen(
            [sys.executable, "-c", TAKES, str(PROGRAM), *arguments],
            cwd=place.folder,
            env=place.environ({"TERM": "dumb"}),
            stdin=child,
            stdout=child,
            stderr=child,
            start_new_session=True,
        )
        os.close(child)

    def reads(self, words: str) -> str:
        """Everything shown until these words were."""
        while words not in self.shown:
            piece = self._piece()
            assert piece, f"{words!r} was not shown, but {self.shown!r}"
        return self.shown

    def types(self, text: str) -> None:
        """Type a line."""
        os.write(self.parent, f"{text}\n".encode())

    def ends(self) -> int:
        """Read to the end; the exit code."""
        while self._piece():
            pass
        return self.process.wait(60)

    def _piece(self) -> str:
        piece = ""
        with suppress(OSError):  # EIO: the other side is closed
            piece = os.read(self.parent, 65536).decode()
        self.shown += piece
        return piece


@contextmanager
def terminal(place: Workplace, *arguments: str) -> Iterator[Terminal]:
    """Run a command at a terminal; it is ended with the block."""
    made = Terminal(place, arguments)
    try:
        yield made
    finally:
        if made.process.poll() is None:
            made.process.kill()
        made.process.wait()
        os.close(made.parent)


@pytest.fixture
def bare(tmp_path: Path, imgur: Running) -> Workplace:
    """A workplace that knows where the local Imgur is and nothing else."""
    return workplace(tmp_path, {"IMGUR_SYNC_API_URL": imgur.url})


def test_a_person_is_asked_for_what_is_missing(bare: Workplace, imgur: Running) -> None:
    """Client-ID, secret and token; the last two are not echoed. Afterwards a plan needs nothing more."""
    with terminal(bare, "login", "--refresh-token", "-") as shell:
        shell.reads("Client-ID: ")
        shell.types(imgur.client_id)
        shell.reads("Client secret: ")
        shell.types(imgur.client_secret)
        shell.reads("Refresh token: ")
        shell.types(imgur.refresh_token)
        assert shell.ends() == 0, shell.shown
    assert "Imgur registers no new applications since 2025" in shell.shown
    assert "Logged in as demo" in shell.shown
    assert imgur.client_secret not in shell.shown
    assert imgur.refresh_token not in shell.shown
    assert bare.run("plan", "-q").returncode == 0


def test_a_pin_is_typed_at_the_prompt(bare: Workplace, imgur: Running) -> None:
    """After the page's address."""
    place = Workplace(bare.folder, {**bare.environment, **imgur.environment()})
    with terminal(place, "login", "--flow", "pin", "--no-browser") as shell:
        shown = shell.reads("PIN: ")
        (address,) = [line.strip() for line in shown.splitlines() if line.startswith("  http")]
        shell.types(pin_of(address))
        assert shell.ends() == 0, shell.shown


def test_forgetting_is_asked_about(bare: Workplace, imgur: Running) -> None:
    """A no keeps everything: 10."""
    place = Workplace(bare.folder, {**bare.environment, **imgur.environment()})
    assert place.run("login", "--refresh-token", "-", stdin=imgur.refresh_token).returncode == 0
    for answer, code, files in (("n", ExitCode.DECLINED, 2), ("y", ExitCode.DONE, 0)):
        with terminal(place, "logout") as shell:
            shell.reads("[y/N]: ")
            shell.types(answer)
            assert shell.ends() == code
        assert "may not be had again" in shell.shown
        assert len(list((place.folder / ".user" / "tokens").glob("*.json"))) == files

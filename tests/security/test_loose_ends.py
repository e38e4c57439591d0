"""Ways to stderr that pass every command by: threads, destructors, warnings, records of libraries, core dumps."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.security.canaries import acting, found
from tests.support.mirror import Mirror

CANARY = "q7Zk-Canary.w8R3xT5vB9nM2_4sD6fG"
WORDS = f"\n::error::{CANARY}\x1b]0;owned\x07##[x] https://x/?access_token=unknown-token-9&y=1 Bearer another-token-8"
BEGIN = """
import gc, logging, sys, threading, warnings
from imgur_sync.cli.ending import run
from imgur_sync.cli.credentials import known_settings
import click
WORDS = {words!r}
OPTIONS = {options!r}
@click.command()
@click.pass_obj
def command(session):
    if OPTIONS:
        session.take(debug=True)
    known_settings("default")
{body}
sys.exit(run(command, []))
"""
ENDS = {
    "a thread": """
    def die(): raise ValueError(WORDS)
    thread = threading.Thread(target=die, name=WORDS); thread.start(); thread.join()
""",
    "a destructor": """
    class Dies:
        def __del__(self): raise ValueError(WORDS)
        def __repr__(self): return WORDS
    Dies(); gc.collect()
""",
    "a warning": """
    warnings.warn(WORDS, UserWarning, stacklevel=1)
""",
    "a record of a library": """
    logging.getLogger("httpx").error("sent %s", WORDS)
""",
    "a record with a traceback": """
    try: raise KeyError(WORDS)
    except KeyError: logging.getLogger("httpcore.http11").exception("sent %r", {"Authorization": WORDS})
""",
    "a record that cannot be formatted": """
    logging.getLogger("urllib3").warning("%d %s", WORDS)
    sys.stderr.write("told\\n")
""",
    "an error of click": """
    raise click.ClickException("no: " + WORDS)
""",
    "an error of the system": """
    raise PermissionError(13, WORDS, WORDS)
""",
    "an error of our own": """
    from imgur_sync.errors import StateError
    raise StateError("x" * 1990 + WORDS, hint=WORDS)
""",
    "nobody's error": """
    raise SystemError(WORDS)
""",
}


@pytest.mark.parametrize("options", [[], ["--debug"]], ids=["plainly", "with --debug"])
@pytest.mark.parametrize("way", ENDS)
def test_nothing_passes_by(way: str, options: list[str], tmp_path: Path) -> None:
    """Something is told, on lines that act on nothing, and it holds no secret, known or not."""
    script = BEGIN.format(words=WORDS, options=options, body=ENDS[way])
    kept = {name: os.environ[name] for name in ("PATH",) if name in os.environ}
    variables = {"IMGUR_SYNC_CLIENT_SECRET": CANARY, "IMGUR_SYNC_STATE_DIR": str(tmp_path), "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**kept, **variables},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    told = done.stdout + done.stderr
    assert told.strip()
    assert found(told, [CANARY, "unknown-token-9", "another-token-8"]) == [], told
    assert acting(told) == [], told


def test_no_core_is_dumped(here: Mirror) -> None:
    """A process that has read secrets writes no core, whatever the shell that started it allows."""
    script = (
        "import resource; from imgur_sync.cli.credentials import known_settings; known_settings('default'); "
        "print(resource.getrlimit(resource.RLIMIT_CORE)[0])"
    )
    done = here.shell(f'ulimit -S -c unlimited 2>/dev/null; {sys.executable} -c "{script}"')
    assert done.stdout == "0\n", done.stderr

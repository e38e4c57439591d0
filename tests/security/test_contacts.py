"""Who is talked to, what is started, and where files are made, while every command runs: written down by the
interpreter's own audit events, not by the code under test."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.security.canaries import SITES
from tests.support.mirror import table
from tests.support.modes import MODES, either

COMMANDS = (
    ["init", "elsewhere", "-f", "new.toml"],
    ["fmt", "--check"],
    ["plan", "--refresh"],
    ["plan", "--offline", "--format", "html"],
    ["plan", "--offline", "--format", "markdown", "--events", ".imgur-sync/events.jsonl"],
    ["apply", "-y"],
    ["links", "--format", "html"],
    ["drift"],
    ["explain", "cats/c0.png", "--online"],
    ["history"],
    ["credits", "--refresh"],
    ["doctor"],
    ["purge", "--older-than", "0s"],
    ["forget", "dogs", "--confirm", "dogs"],
    ["state", "rebuild"],
    ["state", "recover"],
    ["logout", "-y"],
)
NEVER = ("subprocess.Popen", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty", "os.system", "webbrowser.open")
NEVER += ("pickle.find_class", "socket.sendto", "socket.bind")


@pytest.mark.parametrize("mode", MODES)
def test_only_the_api_is_talked_to_and_nothing_is_started(mode: str, tmp_path: Path) -> None:
    """No other address, no name looked up but the API's, no process, no file outside the state and the manifest's
    folder, and no secret among any command's arguments."""
    with either(tmp_path, mode) as here:
        here.manifest(table("cats") + table("dogs"))
        here.put("elsewhere/e.png", 77)
        log = tmp_path / "watched"
        for command in COMMANDS if mode == "account" else [["plan"], ["apply", "-y"], ["drift"], ["doctor"]]:
            watched = {"PYTHONPATH": SITES, "PYTHONDONTWRITEBYTECODE": "1", "WATCH": str(log)}
            done = here.place.run(*command, environ=watched)
            assert "Traceback" not in done.stderr, done.stderr
        events = [json.loads(line) for line in log.read_text().splitlines()]
        port = int(here.server.url.rpartition(":")[2])
        folder = str(here.folder)
    connects = {event[2] for event in events if event[0] == "socket.connect" and event[1] in ("2", "10")}
    assert connects == {str(("127.0.0.1", port))}
    assert {event[1] for event in events if event[0] == "socket.getaddrinfo"} <= {"'127.0.0.1'", "b'127.0.0.1'"}
    assert [event for event in events if event[0] in NEVER] == []
    written = {event[1] for event in events if event[0] == "write" and event[1] != "/dev/null"}
    assert written
    assert [path for path in written if path.startswith("/") and not path.startswith((folder, "/dev/tty"))] == []

"""The hooks under examples/, run as the program runs them, with a notify-send and a curl that only take notes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from imgur_sync.watch.hook import Hook
from tests.readme import README
from tests.support.mirror import until

HOOKS = README.parent / "examples" / "hooks"
RUN = {"event": "run", "exit_code": 0, "changed": True, "uploaded": 1, "manifest": "/m/sync.toml", "summary": "1 <up>"}
GATE = {"event": "gate", "summary": "cats: gate prune holds back 4", "type": "imgur-sync apply --approve prune=4"}
NOTES = """#!/bin/sh
printf '%s\\n' "$@" >"$NOTES/{name}.new"
{more}
mv "$NOTES/{name}.new" "$NOTES/{name}"
"""


class Desk:
    """A folder of programs that take notes, alone on PATH beside the system's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lines: list[str] = []
        for name, more in (
            ("notify-send", ""),
            ("wl-copy", 'cat >>"$NOTES/wl-copy.new"'),
            ("curl", 'cat >>"$NOTES/curl.new"'),
            ("imgur-sync", "echo https://i.imgur.com/new.png"),
        ):
            program = folder / "bin" / name
            program.parent.mkdir(exist_ok=True)
            program.write_text(NOTES.format(name=name, more=more))
            program.chmod(0o755)
        (folder / "bin" / "python3").symlink_to(sys.executable)

    def environ(self) -> dict[str, str]:
        """What a hook is run with."""
        path = f"{self.folder / 'bin'}:/usr/bin:/bin"
        return {"PATH": path, "HOME": str(self.folder), "NOTES": str(self.folder), "LANG": "C.UTF-8"}

    def told(self, name: str, document: dict[str, object], *arguments: str) -> list[str]:
        """What was told of the hook when it was run with a document."""
        hook = Hook([str(HOOKS / name), *arguments], self.lines.append, environ=self.environ())
        hook.run(document)
        hook.close(60)
        return self.lines

    def noted(self, name: str) -> str:
        """What a program was given: an argument a line, then its stdin."""
        note = self.folder / name
        until(note.exists)
        return note.read_text()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Nothing noted yet."""
    return Desk(tmp_path)


def test_a_notification_tells_of_an_upload_with_its_link(desk: Desk) -> None:
    """Escaped, as bodies are markup; the link is copied where that is asked for, by a program that lives on."""
    assert desk.told("notify-send.py", RUN, "--copy") == []
    head = "--app-name=imgur-sync\n--urgency=normal\n--\nimgur-sync\n"
    assert desk.noted("notify-send") == f"{head}1 &lt;up&gt;\nhttps://i.imgur.com/new.png\n"
    assert desk.noted("imgur-sync") == "--file\n/m/sync.toml\nlinks\n--last\n"
    assert desk.noted("wl-copy") == "\nhttps://i.imgur.com/new.png"


def test_a_notification_tells_what_to_type_at_a_gate(desk: Desk) -> None:
    """As urgent."""
    assert desk.told("notify-send.py", GATE) == []
    shown = desk.noted("notify-send")
    assert "--urgency=critical" in shown
    assert shown.endswith(f"{GATE['summary']}\n{GATE['type']}\n")
    assert not (desk.folder / "wl-copy").exists()


def test_a_run_that_did_nothing_is_not_shown(desk: Desk) -> None:
    """One that failed is."""
    assert desk.told("notify-send.py", {**RUN, "changed": False, "uploaded": 0}) == []
    assert not (desk.folder / "notify-send").exists()
    assert desk.told("notify-send.py", {**RUN, "changed": False, "uploaded": 0, "exit_code": 8}) == []
    assert "--urgency=critical" in desk.noted("notify-send")


def test_a_request_carries_the_document_and_no_secret_in_its_arguments(desk: Desk) -> None:
    """The address stands in a file of curl's, the one named or the one beside the settings."""
    for arguments, file in (
        (["/etc/hook.curl"], "/etc/hook.curl"),
        ([], f"{desk.folder}/.config/imgur-sync/webhook.curl"),
    ):
        assert desk.told("curl.sh", RUN, *arguments) == []
        *given, document = desk.noted("curl").splitlines()
        assert given[:2] == ["--config", file]
        assert given[-2:] == ["--data-binary", "@-"]
        assert json.loads(document) == RUN
        (desk.folder / "curl").unlink()


def test_the_real_curl_understands_what_it_is_given(desk: Desk) -> None:
    """Its options and the form of the file, as far as a machine without a network can tell: it ends by refusing."""
    (desk.folder / "hook.curl").write_text('url = "http://127.0.0.1:9/x"\nheader = "Authorization: Bearer abc"\n')
    (desk.folder / "bin" / "curl").unlink()
    done = subprocess.run(
        [HOOKS / "curl.sh", desk.folder / "hook.curl"],
        input=b"{}",
        env=desk.environ(),
        capture_output=True,
        timeout=60,
        cwd=os.sep,
    )
    assert done.returncode in (7, 127), done.stderr

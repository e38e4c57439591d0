"""Every command's `--json`, as the installed command prints it, has the shape that `help json` documents."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from imgur_sync.cli import cli
from imgur_sync.report.shapes import COMMANDS_BY_KIND, SHAPES
from tests.e2e.test_anonymous_command import without_account
from tests.e2e.test_root_accept import typed
from tests.support.inside import Inside
from tests.support.mirror import Mirror, mirror, table
from tests.support.shape_check import check_document


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Mirror]:
    """The albums cats and dogs, nothing sent yet; dogs has a file that cannot be sent."""
    with mirror(tmp_path, kind=Inside) as made:
        made.put("dogs/broken.png", b"\x89PNG\r\n\x1a\n")
        yield made


def shaped(here: Mirror, kind: str, *arguments: str, code: int = 0, stdin: str | None = None) -> Any:
    """What the command prints with `--json`, checked. No secret is in it, and nothing but the one document."""
    done = here.run(*arguments, "--json", code=code, stdin=stdin)
    return checked(here, kind, done)


def checked(here: Mirror, kind: str, done: subprocess.CompletedProcess[str]) -> Any:
    """The document that a command printed."""
    document = json.loads(done.stdout)
    check_document(document, kind)
    assert done.stdout.isascii()
    for name, value in here.place.environment.items():
        if value and name.endswith(("_SECRET", "_TOKEN")):
            assert value not in done.stdout
    return document


def test_every_document_has_its_documented_shape(here: Mirror) -> None:
    """Plans with gates, steps and budget; runs; what the state tells; and errors."""
    shaped(here, "validate", "validate")
    shaped(here, "plan", "plan")
    shaped(here, "diff", "diff")
    shaped(here, "explain", "explain", "cats/c0.png")
    shaped(here, "run", "apply", "-y", code=7)
    for number in range(4):
        (here.folder / "cats" / f"c{number}.png").unlink()
    here.put("cats/c4.png", 90)
    here.put("dogs/notes.txt", b"hello")
    assert shaped(here, "plan", "plan")["approve"] == {"prune": 4}
    shaped(here, "diff", "diff", "--offline")
    shaped(here, "run", "apply", "-y", "--max-credits", "5", code=7)
    shaped(here, "run", "apply", "-y", code=7)
    shaped(here, "history", "history", "-v")
    shaped(here, "status", "status")
    shaped(here, "links", "links")
    shaped(here, "retired_links", "links", "--retired")
    shaped(here, "credits", "credits")
    shaped(here, "credits", "credits", "--refresh")
    shaped(here, "explain", "explain", "cats/c0.png")
    shaped(here, "explain", "explain", "dogs/broken.png", "--online")
    shaped(here, "drift", "drift")
    shaped(here, "restorable", "restore")
    shaped(here, "restored", "restore", "cats", "c4.png", "-y")
    shaped(here, "purged", "purge")
    shaped(here, "forgotten", "forget", "cats", "c4.png", "--confirm", "cats")
    shaped(here, "error", "plan", "nothing", code=64)
    here.manifest(table("cats", 'privcy = "x"'))
    shaped(here, "error", "validate", code=65)


def test_the_other_documents(here: Mirror, tmp_path: Path) -> None:
    """Those that need a place of their own: a manifest that is not there, a state that is made anew."""
    here.run("apply", "-y", "cats")
    assert shaped(here, "state_rebuild", "state", "rebuild")["pictures"] == 5
    assert shaped(here, "fmt", "fmt", "--check", code=1)["written"] is False
    assert shaped(here, "fmt", "fmt")["written"] is True
    (here.folder / "sync.toml").unlink()
    shaped(here, "init", "init", "cats")


def test_the_documents_about_credentials(here: Mirror) -> None:
    """A token that there is, the checks with and without the network, and the way out."""
    token = here.place.environment["IMGUR_SYNC_REFRESH_TOKEN"]
    made = shaped(here, "login", "login", "--refresh-token", "-", stdin=f"{token}\n")
    assert (made["account"], made["flow"], made["kept"]) == ("demo", "refresh_token", "file")
    assert shaped(here, "doctor", "doctor")["ok"] is True
    shaped(here, "doctor", "doctor", "--offline")
    here.manifest(table("cats", 'privcy = "x"'))
    assert shaped(here, "doctor", "doctor", "--offline", code=65)["exit_code"] == 65
    gone = shaped(here, "logout", "logout", "-y")
    assert gone["removed"] is True
    assert "IMGUR_SYNC_REFRESH_TOKEN" in gone["environment"]


def test_the_documents_of_an_accepted_folder(here: Mirror) -> None:
    """Nothing to accept, then a folder that was emptied, accepted at a terminal."""
    here.run("apply", "-y", "cats")
    assert shaped(here, "root_accept", "root", "accept", "cats") == {
        "format_version": 1,
        "kind": "root_accept",
        "album": "cats",
        "accepted": False,
        "loses": 0,
    }
    for picture in (here.folder / "cats").iterdir():
        picture.unlink()
    done = typed(here, "cats", "cats", "--empty", "--json")
    assert done.returncode == 0, done.stderr
    assert checked(here, "root_accept", done)["loses"] == 5


def test_the_document_of_a_recovered_state(here: Mirror) -> None:
    """Without an account, where each apply makes a copy."""
    nobody = without_account(here)
    nobody.run("apply", "-y", "cats")
    (nobody.folder / ".imgur-sync" / "state.db").write_bytes(b"no state")
    assert shaped(nobody, "state_recover", "state", "recover")["kept"] is not None


def test_ids_of_hidden_albums_are_in_no_document_that_is_shown_to_others(here: Mirror) -> None:
    """Plans, differences, runs and histories go into logs and reviews; status, links and explain are the owner's."""
    here.run("apply", "-y", code=7)
    here.put("cats/c1.png", 91)
    (here.folder / "cats" / "c2.png").unlink()
    texts = [here.run(name, "--json").stdout for name in ("plan", "diff")]
    texts.append(here.run("apply", "-y", "--json", code=7).stdout)
    texts.append(here.run("history", "--json").stdout)
    world = here.look("world")
    ids = [thing["id"] for thing in (*world["albums"], *world["images"])]
    assert not [one for one in ids for text in texts if one in text]


def test_every_command_with_json_has_a_documented_shape() -> None:
    """Each prints a kind of its own name, or one that the table names."""
    context = click.Context(cli)
    documented = {name for kind in SHAPES for name in COMMANDS_BY_KIND.get(kind, kind).split(", ")}
    missing: list[str] = []
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        inner = command.commands.items() if isinstance(command, click.Group) else [("", command)]
        for below, one in inner:
            full = f"{name} {below}".strip()
            if any("--json" in parameter.opts for parameter in one.params) and full not in documented:
                missing.append(full)
    assert not missing

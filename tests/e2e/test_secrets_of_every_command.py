"""Canaries in every command, in both modes: tokens, secrets and deletehashes in no output and in no other file."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.test_secrets import deletehashes, files, leaks, tokens
from tests.support.inside import Inside
from tests.support.mirror import table
from tests.support.modes import MODES, Either, either

CATS, DOGS = table("cats"), table("dogs")
LOOKING = (
    ["validate"],
    ["plan", "--refresh"],
    ["diff"],
    ["drift"],
    ["status"],
    ["explain", "cats/c0.png"],
    ["explain", "cats/c4.png", "--online"],
    ["history"],
    ["links"],
    ["links", "--retired"],
    ["credits", "--refresh"],
    ["doctor"],
    ["restore"],
    ["purge", "--older-than", "0s"],
    ["fmt", "--check"],
    ["logout"],
)
DOING = (
    ["restore", "cats", "c4.png", "-y"],
    ["purge", "--older-than", "0s", "--approve", "purge=1"],
    ["apply", "-y", "--approve", "prune=3"],
    ["forget", "owls", "--confirm", "owls"],
    ["state", "recover"],
    ["state", "rebuild"],
    ["root", "accept", "cats"],
    ["logout", "-y"],
)


@pytest.fixture(params=MODES)
def here(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Either]:
    """Three albums; one picture left, one was replaced."""
    with either(tmp_path, request.param, kind=Inside) as made:
        made.put("owls/o0.png", 50)
        made.manifest(CATS + DOGS + table("owls"))
        made.run("apply", "-y", "-q")
        (made.folder / "cats/c4.png").unlink()
        made.put("cats/c0.png", 60)
        made.run("apply", "-y", "-q")
        yield made


def secrets(here: Either) -> set[str]:
    """Whatever must not be seen, as of now."""
    return tokens(here) | deletehashes(here)


def check_files(here: Either) -> None:
    """Tokens in the token files only; deletehashes in the state and its copies; all for the user's eyes alone."""
    for path in files(here.folder):
        place, data = path.relative_to(here.folder).as_posix(), path.read_bytes()
        if leaks(data, tokens(here)):
            assert place.startswith(".user/tokens/"), place
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, place
        if leaks(data, deletehashes(here)):
            assert place.startswith((".imgur-sync/state.db", ".user/backups/")), place
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, place


def test_no_command_shows_a_secret(here: Either) -> None:
    """As text, with --debug and as JSON; in files neither; also of what was deleted meanwhile."""
    known, told = secrets(here), []
    for command in LOOKING:
        for options in (["--debug"], ["--json", "-v"]):
            if not here.anonymous and command[0] in ("drift", "plan"):
                here.steer("tokens", {"expire_access": True})
            done = here.place.run(*command, *options)
            told.append((command, done.stdout + done.stderr))
    check_files(here)
    here.manifest(CATS + '[[removed]]\nalbum = "dogs"\n')
    for number, command in enumerate(DOING):
        done = here.place.run(*command, "--debug" if number % 2 else "--json")
        told.append((command, done.stdout + done.stderr))
        known |= secrets(here)
        check_files(here)
    for command, text in told:
        assert text, command
        assert leaks(text.encode(), known) == [], command


ECHOED = (
    ["restore", "cats", "--all", "-y"],
    ["purge", "--older-than", "0s", "--approve", "purge=2"],
    ["drift"],
    ["diff", "--refresh"],
    ["explain", "cats/c0.png", "--online"],
    ["doctor"],
    ["apply", "-y", "--refresh"],
)


def test_no_command_repeats_a_secret_that_imgur_echoes(here: Either) -> None:
    """Every answer is an error that holds what the request held: credentials, and the key of what was to be changed."""
    server = here.server
    words = "" if here.anonymous else f"{server.refresh_token} {server.client_secret} Bearer {server.access_token}"
    known = tokens(here) | deletehashes(here)
    pictures = [f"/3/image/{picture.deletehash}" for picture in server.world.images.values()]
    albums = [f"/3/album/{album.deletehash}*" for album in server.world.albums.values()]
    for command in ECHOED:
        for options in (["--debug"], ["--json"]):
            for path in (*pictures, *albums, "/3/*"):
                echo = "" if path == "/3/*" else path.rpartition("/")[2].rstrip("*")
                body = {"data": {"error": f"no: {words} {echo}", "request": path}, "success": False, "status": 400}
                here.steer("faults", [{"match": {"path": path}, "fault": "reply", "status": 400, "body": body}])
            done = here.place.run(*command, *options)
            assert "internal error" not in done.stderr
            assert leaks((done.stdout + done.stderr).encode(), known) == [], (command, done.stderr)
            here.calm()

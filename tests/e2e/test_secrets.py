"""Canaries: what must stay secret stands in no output and in no file but those that are made for it."""

from __future__ import annotations

import base64
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.e2e.test_interruptions import started
from tests.support.inside import Inside
from tests.support.mirror import UPLOAD, Mirror, apart, until

KIND = Inside


def tokens(here: Mirror) -> set[str]:
    """Every token and secret of the account, those that a refresh brought too."""
    server = here.server
    grants = {token for token in server.world.grants if len(token) > 8}
    return {server.client_secret, server.refresh_token, server.access_token, *grants}


def deletehashes(here: Mirror) -> set[str]:
    """What destroys a picture or an album without an account."""
    world = here.server.world
    return {thing.deletehash for thing in (*world.images.values(), *world.albums.values())}


def disguised(secret: str) -> Iterator[bytes]:
    """The secret as it is and as people often meet it."""
    yield secret.encode()
    yield quote(secret, safe="").encode()
    yield base64.b64encode(secret.encode()).rstrip(b"=")


def leaks(data: bytes, secrets: set[str]) -> list[str]:
    """The secrets that stand in `data`."""
    return [secret for secret in secrets if any(form in data for form in disguised(secret))]


COMMANDS = (
    ["validate", "--debug"],
    ["plan", "--debug"],
    ["plan", "--json", "--refresh", "--debug"],
    ["plan", "--format", "markdown", "--debug", "--events", "/dev/stderr"],
    ["apply", "-y", "-v"],
    ["apply", "-y", "--debug", "--json"],
    ["status", "--json"],
    ["links", "--format", "json"],
    ["links", "--format", "html"],
    ["credits", "--refresh", "--debug"],
    ["state", "rebuild", "--debug"],
)


def test_no_output_holds_a_secret(here: Mirror) -> None:
    """Whatever the command and however much it tells; also when the token is refreshed in the middle."""
    told = []
    for number, command in enumerate(COMMANDS):
        if number % 3 == 0:
            here.steer("tokens", {"expire_access": True})
        here.put(f"cats/more{number}.png", 100 + number)
        done = here.run(*command, code=None)
        assert done.returncode == 0, done.stderr
        told.append((done.stdout + done.stderr).encode())
    secrets = tokens(here) | deletehashes(here)
    assert len(secrets) > 12
    for command, text in zip(COMMANDS, told, strict=True):
        assert leaks(text, secrets) == [], command


@pytest.mark.parametrize(
    "fault",
    [
        {"match": {"path": "/oauth2/token"}, "fault": "reply", "status": 400, "body": "{SECRETS}"},
        {"match": UPLOAD, "fault": "reply", "status": 400, "body": "{SECRETS}"},
        {"match": {"method": "GET", "path": "/3/*"}, "fault": "reply", "status": 400, "body": "{SECRETS}"},
    ],
    ids=["a refused refresh", "a refused upload", "a failing list"],
)
def test_no_error_holds_a_secret_even_if_imgur_echoes_it(fault: dict[str, object], here: Mirror) -> None:
    """As text, as JSON and with --debug."""
    server = here.server
    echo = f"refused: {server.refresh_token} {server.client_secret} Bearer {server.access_token}"
    if "body" in fault:
        fault = {**fault, "body": {"data": {"error": echo}, "success": False, "status": 400}}
    here.run("plan", "-q")
    here.steer("tokens", {"expire_access": True} if "oauth2" in str(fault) else {})
    here.steer("faults", [fault])
    for options in ([], ["--debug", "--json"]):
        done = here.run("apply", "-y", *options, code=None) if not options else here.place.run("apply", "-y", *options)
        assert done.returncode != 0
        assert leaks((done.stdout + done.stderr).encode(), tokens(here)) == [], options


def files(folder: Path) -> Iterator[Path]:
    """Every regular file below a folder."""
    for where, _, names in os.walk(folder):
        for name in names:
            path = Path(where, name)
            if stat.S_ISREG(path.lstat().st_mode):
                yield path


def test_no_file_holds_a_secret_but_those_made_for_it(here: Mirror) -> None:
    """Tokens stand in the token files only, deletehashes in the state only; both are for the user's eyes alone, also
    while a run is under way and after it was killed."""
    here = apart(here)
    here.steer("faults", [{"match": {**UPLOAD, "nth": 4}, "fault": "delay", "seconds": 20}])
    with started(here, "apply", "-y", "--debug") as process:
        until(lambda: len(here.received()) >= 3)
        check_files(here)
        process.kill()
    check_files(here)
    here.calm()
    here.run("apply", "-y", "-q")
    here.steer("tokens", {"expire_access": True})
    here.run("plan", "-q", "--refresh")
    check_files(here)
    assert any(leaks(path.read_bytes(), tokens(here)) for path in files(here.folder / ".user"))


def check_files(here: Mirror) -> None:
    """Each file below the workplace."""
    for path in files(here.folder):
        place = path.relative_to(here.folder).as_posix()
        data = path.read_bytes()
        if leaks(data, tokens(here)):
            assert place.startswith(".user/tokens/"), place
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
        if leaks(data, deletehashes(here)):
            assert place.startswith(".imgur-sync/state.db"), place
            assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_plans_name_no_ids(synced: Mirror) -> None:
    """A plan may be shown to others: who has the id of a hidden album or picture can look at it."""
    synced.put("cats/c9.png", 99)
    (synced.folder / "cats" / "c0.png").unlink()
    world = synced.look("world")
    ids = {thing["id"] for thing in (*world["albums"], *world["images"])}
    for command in (["plan"], ["plan", "--json"], ["plan", "--refresh", "-v"], ["apply", "-y", "-q"]):
        done = synced.run(*command)
        assert not [image_id for image_id in ids if image_id in done.stdout + done.stderr], command


def test_secrets_come_from_files_too(here: Mirror) -> None:
    """IMGUR_SYNC_…_FILE: as containers and CI systems hand them over."""
    variables = {}
    for name in ("IMGUR_SYNC_CLIENT_SECRET", "IMGUR_SYNC_REFRESH_TOKEN"):
        path = here.folder / name.lower()
        path.write_text(here.place.environment[name] + "\n")
        variables |= {name: "", f"{name}_FILE": str(path)}
    here.run("apply", "-y", "-q", environ=variables)
    here.check_equal("cats", "dogs")

"""Log-ins where a library `keyring` is installed: here one whose backend is a file of the test's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from imgur_sync.errors import ExitCode
from imgur_sync.simulator import Running
from tests.support.command import Workplace, workplace
from tests.support.memory_keyring import write_library


@pytest.fixture
def apart(tmp_path: Path, imgur: Running) -> Workplace:
    """A workplace that knows the application and has a keyring, but has no token."""
    write_library(tmp_path / "library", tmp_path / "ring")
    kept = {name: value for name, value in imgur.environment().items() if not name.endswith("REFRESH_TOKEN")}
    return workplace(tmp_path / "work", {**kept, "PYTHONPATH": str(tmp_path / "library")})


BARE = {"IMGUR_SYNC_CLIENT_ID": "", "IMGUR_SYNC_CLIENT_SECRET": ""}


def files(place: Workplace) -> bytes:
    """All that lies in the folder of tokens."""
    return b"".join(file.read_bytes() for file in (place.folder / ".user" / "tokens").iterdir())


def test_tokens_and_secret_are_in_the_keyring_and_in_no_file(apart: Workplace, imgur: Running) -> None:
    """And are used from there; logging out takes them out of it."""
    ring = apart.folder.parent / "ring"
    done = apart.run("login", "--refresh-token", "-", stdin=imgur.refresh_token)
    assert done.returncode == 0, done.stderr
    assert "Kept in the system keyring." in done.stdout
    held = ring.read_text()
    assert imgur.client_secret in held
    secrets = {imgur.client_secret, *(token for token in imgur.world.grants if len(token) > 8)}
    assert not [secret for secret in secrets if secret.encode() in files(apart)]
    assert apart.run("credits", "--refresh", environ=BARE).returncode == 0
    assert "kept in the keyring" in apart.run("doctor", environ=BARE).stdout
    assert apart.run("logout", "-y", environ=BARE).returncode == 0
    assert json.loads(ring.read_text()) == {}


def test_a_locked_or_missing_keyring_is_told_and_shows_nothing(apart: Workplace, imgur: Running) -> None:
    """8, with what to do; the library's own words could hold anything."""
    assert apart.run("login", "--refresh-token", "-", stdin=imgur.refresh_token).returncode == 0
    (apart.folder.parent / "ring.locked").touch()
    done = apart.run("credits", "--refresh", "--debug", environ=BARE)
    assert done.returncode == ExitCode.CREDENTIALS
    assert "the system keyring cannot be used (KeyringLocked)" in done.stderr
    assert "the secret is in this text" not in done.stderr
    done = apart.run("credits", "--refresh", environ={**BARE, "PYTHONPATH": ""})
    assert done.returncode == ExitCode.CREDENTIALS
    assert "imgur-sync[keyring]" in done.stderr


def test_a_library_without_a_backend_is_no_keyring(tmp_path: Path, imgur: Running) -> None:
    """As on a server: the file is used."""
    write_library(tmp_path / "library", tmp_path / "ring", priority=0)
    place = workplace(tmp_path / "work", {**imgur.environment(), "PYTHONPATH": str(tmp_path / "library")})
    done = place.run("login", "--refresh-token", "-", stdin=imgur.refresh_token)
    assert done.returncode == 0, done.stderr
    assert "keyring" not in done.stdout
    assert not (tmp_path / "ring").exists()

"""Hints that only the settings can give."""

from __future__ import annotations

import json

import pytest

from imgur_sync.cli.reaching import reaching
from imgur_sync.errors import ExitCode, TryAgainLaterError, UnreachableError
from imgur_sync.settings import Settings, load_settings
from tests.support.command import Workplace


def settings(api_url: str) -> Settings:
    """Credentials for an address."""
    return load_settings({"IMGUR_SYNC_CLIENT_ID": "abc123", "IMGUR_SYNC_API_URL": api_url})


@pytest.mark.parametrize("command", ["plan", "apply -y", "credits", "state rebuild"])
def test_whoever_has_no_credentials_is_told_all_of_them_and_the_demo(command: str, here: Workplace) -> None:
    """At once, not one by one; 8."""
    done = here.run(*command.split())
    assert done.returncode == ExitCode.CREDENTIALS
    for name in ("CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN"):
        assert f"IMGUR_SYNC_{name}" in done.stderr
    assert "imgur-sync demo" in done.stderr


def test_a_local_imgur_that_does_not_answer_is_named_with_what_starts_it(online: Workplace) -> None:
    """75, on stderr and in JSON."""
    done = online.run("plan", "--json", environ={"IMGUR_SYNC_API_URL": "http://127.0.0.1:9"})
    assert done.returncode == ExitCode.TRY_LATER
    document = json.loads(done.stdout)
    hint = document["hint"]
    assert document["message"] == "Imgur could not be reached: the connection was refused"
    assert hint == "does the local Imgur run at http://127.0.0.1:9? Start it: imgur-sync simulator --port 9"
    assert hint in done.stderr


def test_the_real_imgur_is_no_local_one() -> None:
    """Nobody here can start it."""
    with pytest.raises(UnreachableError) as caught, reaching(settings("https://api.imgur.com")):
        raise UnreachableError("Imgur could not be reached", hint="nothing is lost; try again later")
    assert caught.value.hint == "nothing is lost; try again later"


def test_a_hint_that_is_not_about_the_network_stays() -> None:
    """Neither a full disk nor a server that is busy is mended by starting one."""
    for hint in ("free some space", "nothing is lost; try again later"):
        with pytest.raises(TryAgainLaterError) as caught, reaching(settings("http://127.0.0.1:9")):
            raise TryAgainLaterError("no", hint=hint)
        assert caught.value.hint == hint

"""What `doctor` says of the client secret: Imgur is shown it only when a token is refreshed."""

from __future__ import annotations

import json

from imgur_sync.errors import ExitCode
from imgur_sync.simulator import Running
from tests.support.command import Workplace


def secret(place: Workplace, environ: dict[str, str] | None = None) -> list[dict[str, str]]:
    """The rows about the client secret."""
    rows: list[dict[str, str]] = json.loads(place.run("doctor", "--json", environ=environ).stdout)["checks"]
    return [row for row in rows if row["check"] == "secret"]


def test_a_refresh_proves_it_and_a_good_token_does_not(online: Workplace) -> None:
    """The first check refreshes; the second has a token that is good, and says what that leaves open."""
    (first,) = secret(online)
    assert (first["verdict"], first["what"]) == (
        "ok",
        "Imgur accepts the client secret: the access token was refreshed with it just now",
    )
    (second,) = secret(online)
    assert second["verdict"] == "ok"
    assert "the client secret was not tried" in second["what"]
    assert "only when the access token is refreshed, " in second["what"]


def test_a_wrong_one_beside_a_good_token_is_not_called_right(online: Workplace, imgur: Running) -> None:
    """Nothing tells that it is wrong yet: the check says that it was not tried."""
    secret(online)
    (row,) = secret(online, {"IMGUR_SYNC_CLIENT_SECRET": "wrong"})
    assert "not tried" in row["what"]
    assert "accepts" not in row["what"]


def test_another_one_than_the_log_ins_is_a_warning(online: Workplace, imgur: Running) -> None:
    """The environment wins over the log-in, so it would be the one that fails; the variable to unset is named."""
    token = online.environment["IMGUR_SYNC_REFRESH_TOKEN"]
    assert online.run("login", "--refresh-token", "-", stdin=token + "\n").returncode == 0
    (row,) = secret(online, {"IMGUR_SYNC_CLIENT_SECRET": "wrong"})
    assert row["verdict"] == "warning"
    assert "IMGUR_SYNC_CLIENT_SECRET is another client secret than that of the log-in" in row["what"]
    assert "unset IMGUR_SYNC_CLIENT_SECRET" in row["remedy"]
    assert imgur.client_secret not in json.dumps(row)


def test_without_a_secret_or_an_account_there_is_no_such_check(online: Workplace) -> None:
    """It is not needed, or the check of the credentials has told it."""
    secret(online)
    assert secret(online, {"IMGUR_SYNC_CLIENT_SECRET": ""}) == []
    manifest = online.folder / "sync.toml"
    manifest.write_text(manifest.read_text() + '[account]\nmode = "anonymous"\n')
    assert secret(online) == []


def test_refused_credentials_have_the_remedy_that_fits(online: Workplace) -> None:
    """A wrong application is not blamed on the refresh token, nor a missing secret on anything else."""
    for name in ("CLIENT_SECRET", "CLIENT_ID"):
        done = online.run("doctor", environ={f"IMGUR_SYNC_{name}": "wrong"})
        assert done.returncode == ExitCode.CREDENTIALS
        assert "check IMGUR_SYNC_CLIENT_ID and IMGUR_SYNC_CLIENT_SECRET" in done.stdout
        assert "outdated" not in done.stdout
    done = online.run("doctor", environ={"IMGUR_SYNC_REFRESH_TOKEN": "wrong"})
    assert "IMGUR_SYNC_REFRESH_TOKEN is outdated" in done.stdout
    missing = online.run("doctor", environ={"IMGUR_SYNC_CLIENT_SECRET": ""})
    assert "set IMGUR_SYNC_CLIENT_SECRET" in missing.stdout
    assert "outdated" not in missing.stdout

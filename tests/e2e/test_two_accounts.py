"""Two manifests for two accounts of one person: each profile has its own application, tokens, albums and limits."""

from __future__ import annotations

from pathlib import Path

from tests.support.inside import Inside
from tests.support.mirror import HEAD, LINEAGE, SETTLE, Mirror, mirror, table


def test_two_profiles_mirror_into_two_accounts(tmp_path: Path) -> None:
    """Logged in once each, nothing in the environment; every album belongs to the account of its manifest's profile,
    and each account is charged for its own."""
    with mirror(tmp_path, kind=Inside) as here:
        second = here.steer("clients", {"account": "second"})
        shared = {
            "IMGUR_SYNC_API_URL": here.place.environment["IMGUR_SYNC_API_URL"],
            "IMGUR_SYNC_SETTLE_SECONDS": SETTLE,
            "IMGUR_SYNC_STATE_DIR": str(tmp_path / "state"),
            "IMGUR_SYNC_CONFIG_DIR": str(tmp_path / "config"),
        }
        first = here.place.environment
        for profile, application, secret, token in (
            (
                "default",
                first["IMGUR_SYNC_CLIENT_ID"],
                first["IMGUR_SYNC_CLIENT_SECRET"],
                first["IMGUR_SYNC_REFRESH_TOKEN"],
            ),
            ("second", second["client_id"], second["client_secret"], second["refresh_token"]),
        ):
            (tmp_path / "secret").write_text(secret)
            place = Inside(here.folder, shared)
            done = place.run(
                "login",
                *("--profile", profile, "--client-id", application, "--client-secret-file", str(tmp_path / "secret")),
                *("--refresh-token", "-"),
                stdin=token,
            )
            assert done.returncode == 0, done.stderr
        one = Mirror(Inside(here.folder, shared), here.server, here.web)
        one.manifest(table("cats"))
        two = Mirror(Inside(tmp_path / "two", shared), here.server, here.web)
        two.put("birds/b.png", 77)
        two.manifest(table("birds"), head=HEAD.replace(LINEAGE, "w7w7w7w7") + '[account]\nprofile = "second"\n')
        for there in (one, two):
            there.run("apply", "-y", "-q")
            there.run("plan", "--detailed-exitcode", "-q")
        owners = {album["title"]: album["owner"] for album in here.look("world")["albums"]}
        assert owners["birds"] == "second"
        assert owners["cats"] != "second"
        assert one.json("credits")["used_today"] > two.json("credits")["used_today"] > 0

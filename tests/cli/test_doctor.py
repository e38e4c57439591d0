"""`imgur-sync doctor`: what it finds, what it says to do, what it exits with, and that it only reads."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from imgur_sync.errors import ExitCode
from imgur_sync.report.checkup import Verdict
from imgur_sync.simulator import Limits, Options, Running, running
from tests.support.command import Workplace, workplace
from tests.support.inside import Inside

CHECKS = ["manifest", "folder", "state", "permissions", "disk", "credentials", "network", "account", "limits", "clock"]


def checks(
    place: Workplace, *arguments: str, environ: dict[str, str] | None = None
) -> tuple[int, list[dict[str, str]]]:
    """The exit code and the rows of `doctor --json`."""
    done = place.run("doctor", "--json", *arguments, environ=environ)
    assert "Traceback" not in done.stderr
    told = json.loads(done.stdout)
    assert told["exit_code"] == done.returncode
    assert told["ok"] == (done.returncode == 0)
    return done.returncode, told["checks"]


def row(rows: list[dict[str, str]], check: str, verdict: Verdict) -> dict[str, str]:
    """The one row of that check with that verdict."""
    (found,) = [one for one in rows if (one["check"], one["verdict"]) == (check, verdict.value)]
    return found


def test_all_is_well_after_an_apply(online: Workplace, imgur: Running) -> None:
    """One line for each check; only GETs are sent, and one of them says whose token it is."""
    assert online.run("apply", "-y", "-q").returncode == 0
    before = len(imgur.world.history)
    done = online.run("doctor")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert [line.split()[1] for line in lines[:-1]] == [*CHECKS[:8], "secret", "limits", "limits", "clock"]
    assert {line.split()[0] for line in lines[:-1]} == {"ok"}
    assert lines[-1] == "All is well: 12 checks."
    assert "3 pictures" in done.stdout
    assert "as the account demo" in done.stdout
    asked = [(request.method, request.path) for request in imgur.world.history[before:]]
    assert asked == [("GET", "/3/account/me"), ("GET", "/3/credits")]
    secrets = {imgur.client_secret, *(token for token in imgur.world.grants if len(token) > 8)}
    assert not [secret for secret in secrets if secret in done.stdout]


def test_offline_nothing_is_asked(online: Workplace, imgur: Running) -> None:
    """Neither Imgur nor the name server."""
    before = len(imgur.world.history)
    code, rows = checks(online, "--offline")
    assert code == 0
    assert [one["check"] for one in rows] == CHECKS[:5]
    assert len(imgur.world.history) == before


def _break_manifest(place: Workplace) -> None:
    (place.folder / "sync.toml").write_text("version = 1\nnonsense = 2\n")


def _break_state(place: Workplace) -> None:
    state = place.folder / ".imgur-sync" / "state.db"
    state.parent.mkdir(exist_ok=True)
    state.write_bytes(b"no database")


def _open_tokens(place: Workplace) -> None:
    assert place.run("credits", "--refresh").returncode == 0
    for file in (place.folder / ".user" / "tokens").glob("*.json"):
        file.chmod(0o644)


def _open_state_folder(place: Workplace) -> None:
    (place.folder / ".user").mkdir()
    (place.folder / ".user").chmod(0o777)


def _lose_folder(place: Workplace) -> None:
    (place.folder / "photos" / "cats").rename(place.folder / "elsewhere")


@pytest.mark.parametrize(
    ("harm", "check", "code", "remedy"),
    [
        (_break_manifest, "manifest", ExitCode.UNREADABLE, ""),
        (_break_state, "state", ExitCode.UNREADABLE, ""),
        (_open_tokens, "permissions", ExitCode.CREDENTIALS, "chmod 600"),
        (_open_state_folder, "permissions", ExitCode.ERROR, "chmod go-w"),
        (_lose_folder, "folder", ExitCode.ERROR, "is a disk not mounted"),
    ],
)
def test_what_is_wrong_here_is_told_with_what_to_do(
    harm: Callable[[Workplace], None], check: str, code: ExitCode, remedy: str, online: Workplace
) -> None:
    """Each with its code."""
    harm(online)
    ended, rows = checks(online, "--offline")
    found = row(rows, check, Verdict.PROBLEM)
    assert ended == code
    assert found["remedy"]
    assert remedy in found["remedy"]


@pytest.mark.parametrize(
    ("environ", "check", "code", "words"),
    [
        ({"IMGUR_SYNC_CLIENT_ID": ""}, "credentials", ExitCode.CREDENTIALS, "no Client-ID"),
        ({"IMGUR_SYNC_REFRESH_TOKEN": ""}, "credentials", ExitCode.CREDENTIALS, "there is no token"),
        ({"IMGUR_SYNC_REFRESH_TOKEN": "0" * 40}, "account", ExitCode.CREDENTIALS, "refuses the refresh token"),
        ({"IMGUR_SYNC_API_URL": "http://127.0.0.1:9"}, "network", ExitCode.TRY_LATER, "does not answer"),
        ({"IMGUR_SYNC_API_URL": "http://example.com"}, "settings", ExitCode.ERROR, "plain http"),
    ],
)
def test_what_is_wrong_with_the_way_to_imgur_is_told(
    environ: dict[str, str], check: str, code: ExitCode, words: str, online: Workplace
) -> None:
    """8 for credentials, 75 for the network."""
    ended, rows = checks(online, environ=environ)
    found = row(rows, check, Verdict.PROBLEM)
    assert ended == code
    assert words in found["what"]
    assert found["remedy"]


def test_the_worst_problem_rules_and_all_are_listed(online: Workplace) -> None:
    """65 before 8 before 75 before 1."""
    _break_manifest(online)
    done = online.run("doctor", "--json", environ={"IMGUR_SYNC_CLIENT_ID": ""})
    assert done.returncode == ExitCode.UNREADABLE
    assert json.loads(done.stdout)["exit_codes"] == [65, 8]


def test_links_and_files_that_cannot_be_read_are_counted(online: Workplace) -> None:
    """Links are not followed; an unreadable folder would keep removals back."""
    folder = online.folder / "photos" / "cats"
    (folder / "link.png").symlink_to("/etc/passwd")
    (folder / "notes.txt").write_text("x")
    code, rows = checks(online, "--offline")
    assert code == 0
    assert "3 pictures, 1 other file, 1 symbolic link" in row(rows, "folder", Verdict.OK)["what"]
    if os.geteuid():  # root may read everything
        (folder / "p1.gif").chmod(0)
        assert checks(online, "--offline")[0] == ExitCode.ERROR


def test_a_file_of_a_secret_that_others_can_read_is_a_warning(online: Workplace) -> None:
    """In a container that may be as it should."""
    file = online.folder / "token"
    file.write_text("secret-in-a-file")
    for mode, count in ((0o644, 1), (0o600, 0)):
        file.chmod(mode)
        environ = {"IMGUR_SYNC_REFRESH_TOKEN": "", "IMGUR_SYNC_REFRESH_TOKEN_FILE": str(file)}
        done = online.run("doctor", "--offline", environ=environ)
        assert done.returncode == 0
        assert done.stdout.count("IMGUR_SYNC_REFRESH_TOKEN_FILE names can be read by other users") == count
        assert "secret-in-a-file" not in done.stdout


def test_without_a_manifest_the_rest_is_checked(tmp_path: Path, imgur: Running) -> None:
    """A warning, and exit 0."""
    code, rows = checks(Inside(tmp_path, imgur.environment()))
    assert code == 0
    assert "imgur-sync init" in row(rows, "manifest", Verdict.WARNING)["remedy"]
    assert row(rows, "account", Verdict.OK)


def test_a_row_that_was_damaged_is_found(online: Workplace) -> None:
    """By its checksum: 65."""
    assert online.run("apply", "-y", "-q").returncode == 0
    connection = sqlite3.connect(online.folder / ".imgur-sync" / "state.db")
    connection.execute("UPDATE picture SET digest = 'x' || digest")
    connection.commit()
    connection.close()
    code, rows = checks(online, "--offline")
    assert code == ExitCode.UNREADABLE
    assert row(rows, "state", Verdict.PROBLEM)["remedy"]


@pytest.mark.parametrize(
    ("seconds", "verdict", "code"), [(120, Verdict.WARNING, 0), (90_000, Verdict.PROBLEM, ExitCode.ERROR)]
)
def test_a_clock_that_is_wrong_is_told(seconds: int, verdict: Verdict, code: int, tmp_path: Path) -> None:
    """By Imgur's Date; a little is a warning."""
    with running(Options(limits=Limits())) as server:
        place = Inside(workplace(tmp_path).folder, server.environment())
        httpx.post(f"{server.url}/_simulator/clock", json={"advance": seconds}, trust_env=False)
        ended, rows = checks(place)
    assert ended == code
    assert "behind Imgur's" in row(rows, "clock", verdict)["what"]


def test_credits_that_are_nearly_spent_are_a_warning(tmp_path: Path) -> None:
    """And no reason to fail."""
    with running(Options(limits=Limits(user_credits=10))) as server:
        place = Inside(workplace(tmp_path).folder, server.environment())
        for _ in range(4):
            assert checks(place)[0] == 0
        _, rows = checks(place)
    assert "of 10 credits left in the hour" in row(rows, "limits", Verdict.WARNING)["what"]


@pytest.mark.parametrize(("hook", "verdict"), [("true", Verdict.OK), ("/nowhere/\x1b[31mtell", Verdict.WARNING)])
def test_a_hook_that_cannot_be_started_is_a_warning(online: Workplace, hook: str, verdict: Verdict) -> None:
    """It is looked for and not run; runs go on without it. No argument of it is told: addresses may be secrets."""
    code, rows = checks(online, environ={"IMGUR_SYNC_HOOK": json.dumps([hook, "c4n4ry"])})
    found = row(rows, "hook", verdict)
    assert code == 0
    assert "\x1b" not in found["what"]
    assert "c4n4ry" not in str(rows)

"""`imgur-sync doctor` where something unusual is wrong: what it says, what to do, what it exits with."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import platformdirs
import pytest

from imgur_sync.errors import ExitCode
from imgur_sync.model.synced import Intent, IntentKind
from imgur_sync.report.checkup import Verdict
from imgur_sync.simulator import Limits, Options, Running, running
from imgur_sync.state.store import open_store
from tests.support.command import workplace
from tests.support.inside import Inside


def checks(place: Inside, *arguments: str, environ: dict[str, str] | None = None) -> tuple[int, list[dict[str, str]]]:
    """The exit code and the rows of `doctor --json`."""
    done = place.run("doctor", "--json", *arguments, environ=environ)
    return done.returncode, json.loads(done.stdout)["checks"]


def told(rows: list[dict[str, str]], check: str, verdict: Verdict) -> str:
    """What the one row of that check with that verdict says, and its remedy."""
    (found,) = [one for one in rows if (one["check"], one["verdict"]) == (check, verdict.value)]
    return f"{found['what']} | {found['remedy']}"


def rewrite(place: Inside, change: Callable[[str], str]) -> None:
    """Change the manifest."""
    path = place.folder / "sync.toml"
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")


def test_a_manifest_with_warnings_and_without_a_lineage_is_told(online: Inside) -> None:
    """It works, and what may go wrong later is said."""
    rewrite(online, lambda text: "".join(line for line in text.splitlines(True) if not line.startswith("lineage")))
    code, rows = checks(online, "--offline")
    assert code == 0
    warned = [row["what"] for row in rows if (row["check"], row["verdict"]) == ("manifest", "warning")]
    assert "it names no lineage" in warned


def test_a_manifest_that_cannot_be_read_at_all_is_a_problem(online: Inside) -> None:
    """65, with the way out."""
    code, rows = checks(online, "--offline", "-f", "nowhere.toml")
    assert code in (ExitCode.UNREADABLE, ExitCode.USAGE)
    assert "nowhere.toml" in told(rows, "manifest", Verdict.PROBLEM)


def test_a_user_without_a_home_is_told_which_variable_to_set(online: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container whose user is in no list."""

    def nowhere(*given: object, **more: object) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(platformdirs, "user_state_path", nowhere)
    code, rows = checks(online, environ={"IMGUR_SYNC_STATE_DIR": ""})
    assert code == ExitCode.ERROR
    assert "set IMGUR_SYNC_STATE_DIR to a folder" in told(rows, "permissions", Verdict.PROBLEM)
    assert not [row for row in rows if row["check"] in ("disk", "account")]


def test_sub_folders_and_hidden_files_are_counted_as_the_album_takes_them(online: Inside) -> None:
    """Below a folder where it is recursive; hidden ones never. An empty folder is a warning."""
    cats = online.folder / "photos" / "cats"
    (cats / "deep").mkdir()
    shutil.copy(cats / "p1.gif", cats / "deep" / "p9.gif")
    shutil.copy(cats / "p1.gif", cats / ".hidden.gif")
    assert "4 pictures" in told(checks(online, "--offline")[1], "folder", Verdict.OK)
    rewrite(online, lambda text: text + "recursive = false\n")
    assert "3 pictures" in told(checks(online, "--offline")[1], "folder", Verdict.OK)
    for path in cats.glob("p*"):
        path.unlink()
    code, rows = checks(online, "--offline")
    assert code == 0
    assert "an empty folder trips a gate" in told(rows, "folder", Verdict.WARNING)


def test_a_folder_that_cannot_be_looked_into_is_a_problem(online: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
    """For whoever runs it; root can look everywhere, so the system is made to refuse."""
    (online.folder / "photos" / "cats" / "shut").mkdir()
    real = os.scandir

    def scandir(path: Any) -> Any:
        if str(path).endswith("shut"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    code, rows = checks(online, "--offline")
    assert code == ExitCode.ERROR
    assert "3 pictures; 1 entry cannot be read, such as" in told(rows, "folder", Verdict.PROBLEM)
    monkeypatch.setattr(os, "scandir", real)
    access = os.access
    monkeypatch.setattr(
        os, "access", lambda path, *rest, **more: not str(path).endswith("p1.gif") and access(path, *rest, **more)
    )
    assert "2 pictures; 1 entry cannot be read" in told(checks(online, "--offline")[1], "folder", Verdict.PROBLEM)


def test_a_request_in_doubt_is_a_warning(online: Inside) -> None:
    """The next apply settles it."""
    assert online.run("apply", "-y", "-q").returncode == 0
    with open_store(online.folder / ".imgur-sync" / "state.db", lineage=None, create=False) as store:
        store.open_intent(Intent(0, IntentKind.EDIT_ALBUM, "cats", target="AbCdEfG"))
    code, rows = checks(online, "--offline")
    assert code == 0
    assert "1 request of an earlier run in doubt | the next apply finds out" in told(rows, "state", Verdict.WARNING)


@pytest.mark.parametrize(
    ("kind", "words"),
    [("file", "Not a directory"), ("foreign", "belongs to another user"), ("shut", "cannot be written by you")],
)
def test_a_state_folder_that_is_not_ours_is_a_problem(
    kind: str, words: str, online: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file in its place, another user's, one that cannot be written."""
    state = online.folder / ".user"
    if kind == "file":
        state.write_text("")
        code, rows = checks(online, "--offline", environ={"IMGUR_SYNC_STATE_DIR": str(state / "deeper")})
    else:
        state.mkdir(mode=0o700)
        if kind == "foreign":
            real = Path.stat

            def stat(path: Path, **more: Any) -> os.stat_result:
                found = list(real(path, **more))
                found[4] = os.geteuid() + 1 if path == state else found[4]
                return os.stat_result(found)

            monkeypatch.setattr(Path, "stat", stat)
        else:
            access = os.access
            monkeypatch.setattr(os, "access", lambda path, *rest, **more: path != state and access(path, *rest, **more))
        code, rows = checks(online, "--offline")
    assert code == ExitCode.ERROR
    assert any(words in row["what"] and row["remedy"] for row in rows if row["check"] == "permissions"), rows


@pytest.mark.parametrize(("free", "verdict", "code"), [(1_000, Verdict.PROBLEM, 1), (60_000_000, Verdict.WARNING, 0)])
def test_a_disk_that_is_full_or_nearly_is_told(
    free: int, verdict: Verdict, code: int, online: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before a run finds out."""
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=free))
    ended, rows = checks(online, "--offline")
    assert ended == code
    assert "make " in told(rows, "disk", verdict)


@pytest.mark.parametrize(
    ("status", "text", "code", "words"),
    [
        (503, "", ExitCode.TRY_LATER, "Imgur cannot be used now"),
        (429, "Too Many Requests", 0, "wait until the limit opens again"),
        (403, "The access token provided is invalid.", ExitCode.CREDENTIALS, "log in"),
    ],
)
def test_an_imgur_that_refuses_to_say_is_told_by_what_it_says(
    status: int, text: str, code: int, words: str, tmp_path: Path
) -> None:
    """Later, at the limit, or with another token."""
    with running(Options(limits=Limits(0, 0, 0, 0))) as server:
        base = workplace(tmp_path, server.environment())
        body = {"data": {"error": text}, "success": False, "status": status}
        rules = [
            {"match": {"path": path}, "fault": "reply", "status": status, "body": body}
            for path in ("/3/account/me", "/3/credits")
        ]
        httpx.post(f"{server.url}/_simulator/faults", json=rules, trust_env=False).raise_for_status()
        ended, rows = checks(Inside(base.folder, base.environment))
    assert ended == code
    assert any(words in f"{row['what']} {row['remedy']}" for row in rows if row["check"] in ("account", "limits")), rows


def test_without_a_client_secret_the_way_on_is_told(online: Inside) -> None:
    """What works now ends with the token."""
    environ = {"IMGUR_SYNC_CLIENT_SECRET": ""}
    code, rows = checks(online, environ=environ)
    assert "without a client secret no token can be refreshed" in told(rows, "credentials", Verdict.WARNING)
    assert code != 0
    assert "IMGUR_SYNC_CLIENT_SECRET" in json.dumps(rows)


def test_credentials_that_cannot_be_read_and_a_ledger_that_is_broken(online: Inside, imgur: Running) -> None:
    """The file of a token that is not there: 8. A ledger that is no database: told as one."""
    environ = {"IMGUR_SYNC_REFRESH_TOKEN": "", "IMGUR_SYNC_REFRESH_TOKEN_FILE": "nowhere"}
    code, rows = checks(online, environ=environ)
    assert code == ExitCode.CREDENTIALS
    assert "IMGUR_SYNC_REFRESH_TOKEN_FILE" in told(rows, "credentials", Verdict.PROBLEM)
    (online.folder / ".user").mkdir(mode=0o700)
    (online.folder / ".user" / "ledger.db").write_bytes(b"\x01" * 5000)
    code, rows = checks(online)
    assert (code, "ledger" in told(rows, "ledger", Verdict.PROBLEM)) == (ExitCode.UNREADABLE, True)

"""The installed command in bare, odd and hostile surroundings."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tests.support.mirror import Mirror, until
from tests.support.progress_lines import without_progress

BARE = {"HOME": "", "LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "TZ": "Pacific/Chatham"}


def modes(folder: Path) -> dict[str, int]:
    """The permission bits of everything below a folder."""
    return {str(path.relative_to(folder)): stat.S_IMODE(path.stat().st_mode) for path in sorted(folder.rglob("*"))}


def snapshot(folder: Path) -> dict[bytes, tuple[object, ...]]:
    """Everything that the file system tells about a folder and what is in it, but for times of reading."""
    found: dict[bytes, tuple[object, ...]] = {}
    for where, _, files in os.walk(os.fsencode(folder)):
        for path in [where, *(os.path.join(where, name) for name in files)]:
            facts = os.lstat(path)
            numbers = (facts.st_mode, facts.st_ino, facts.st_nlink, facts.st_uid, facts.st_gid, facts.st_size)
            content = Path(os.fsdecode(path)).read_bytes() if stat.S_ISREG(facts.st_mode) else b""
            found[path] = (*numbers, facts.st_mtime_ns, facts.st_ctime_ns, content)
    return found


def test_without_home_locale_terminal_and_umask(here: Mirror) -> None:
    """It works; whatever it writes is for its user alone, and umlauts in names survive an ASCII locale."""
    here.put("cats/süß ☃.png", 77)
    done = here.shell('umask 000; "$SYNC" apply -y', BARE)
    assert done.returncode == 0, done.stderr
    here.check_equal("cats", "dogs")
    for folder in (".imgur-sync", ".user"):
        for path, mode in modes(here.folder / folder).items():
            assert mode in (0o600, 0o700), f"{folder}/{path} has mode {mode:o}"
        assert stat.S_IMODE((here.folder / folder).stat().st_mode) == 0o700
    done = here.shell('"$SYNC" links cats --format markdown; "$SYNC" plan --detailed-exitcode', BARE)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


def test_without_home_and_state_folder_the_platform_is_asked(here: Mirror) -> None:
    """No HOME and no IMGUR_SYNC_STATE_DIR: it works or names what to set, never a traceback."""
    done = here.shell(
        '"$SYNC" credits', {"HOME": "/nonexistent", "IMGUR_SYNC_STATE_DIR": "", "XDG_STATE_HOME": "/dev/null"}
    )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert "error: " in done.stderr
    assert "/dev/null" in done.stderr


@pytest.mark.parametrize("end", ["| head -1", ">&-", "2>&-", ">/dev/full"])
def test_an_output_that_is_closed_stops_no_apply(end: str, here: Mirror) -> None:
    """Whoever stops reading does not stop the run: it ends well, and the albums equal the folders."""
    done = here.shell(f'"$SYNC" apply -y {end}; exit "${{PIPESTATUS[0]}}"')
    assert "Traceback" not in done.stderr
    assert "Broken pipe" not in done.stderr
    assert done.returncode == 0 or end == ">/dev/full", done.stderr
    if end != ">/dev/full":
        here.check_equal("cats", "dogs")
    here.run("apply", "-y", "-q")
    here.check_equal("cats", "dogs")


def test_closed_outputs_of_commands_that_only_tell(synced: Mirror) -> None:
    """No traceback and no complaint, whatever the command."""
    for command in ("plan --offline", "links", "credits", "--help", "plan --json --offline"):
        done = synced.shell(f'"$SYNC" {command} | true; exit "${{PIPESTATUS[0]}}"')
        assert without_progress(done.stderr) == "", command
        assert done.returncode == 0, command


def test_the_folders_are_never_written_to(here: Mirror) -> None:
    """Not a byte, mode, time or name in them changes, nor in the manifest; read-only or not."""
    os.chmod(here.folder / "cats" / "c0.png", 0o400)
    os.chmod(here.folder / "cats", 0o500)
    os.link(here.folder / "dogs" / "d0.png", here.folder / "dogs" / "d0 again.png")
    before = {name: snapshot(here.folder / name) for name in ("cats", "dogs", "sync.toml")}
    here.run("validate")
    here.run("plan", "--checksum", "-q")
    here.run("apply", "-y", "-q")
    here.run("apply", "-y", "-q", "--refresh")
    here.run("links")
    assert {name: snapshot(here.folder / name) for name in before} == before
    assert sorted(path.name for path in here.folder.iterdir()) == [".imgur-sync", ".user", "cats", "dogs", "sync.toml"]
    assert len(here.shown("dogs")) == 4


def test_commands_that_only_look_change_nothing_at_all(here: Mirror) -> None:
    """Before anything was synced: no state is made; Imgur sees GETs and the token's refresh."""
    for command in (["validate"], ["plan", "--offline"], ["status"], ["links"]):
        here.run(*command)
    assert here.requests() == []
    assert not (here.folder / ".imgur-sync" / "state.db").exists()
    here.run("plan")
    here.run("plan", "cats", "--json")
    here.run("apply", "--dry-run")
    here.run("credits", "--refresh")
    assert not (here.folder / ".imgur-sync" / "state.db").exists()
    asked = {(request["method"], request["path"]) for request in here.requests()}
    assert {call for call in asked if call[0] != "GET"} == {("POST", "/oauth2/token")}


def test_the_state_is_not_touched_by_looking(synced: Mirror) -> None:
    """plan, status, links and credits leave every byte of state.db as it was."""
    state = synced.folder / ".imgur-sync" / "state.db"
    before = state.read_bytes()
    synced.put("cats/c9.png", 90)
    for command in (["plan"], ["plan", "--refresh"], ["status"], ["links"], ["credits"], ["apply", "--dry-run"]):
        synced.run(*command)
    assert state.read_bytes() == before


def test_a_full_disk_stops_a_run_and_costs_nothing(here: Mirror) -> None:
    """Files that may not grow are what a full disk looks like: at the start, and ever later in the run. Each run says
    what cannot be written; with room again everything is there once."""
    codes = []
    for kilobytes in (24, 300, 350, 450, 600):
        done = here.shell(f'ulimit -f {kilobytes}; "$SYNC" apply -y')
        assert "Traceback" not in done.stderr, done.stderr
        assert "internal error" not in done.stderr, done.stderr
        assert done.returncode == 0 or "cannot be read or written" in done.stderr
        assert kilobytes > 24 or here.writes() == []
        codes.append(done.returncode)
    assert codes[:2] == [65, 65]
    here.run("apply", "-y", "-q")
    here.check_equal("cats", "dogs")
    assert len(here.received()) == 8


def test_a_disk_that_is_full_for_results_is_told_in_one_line(synced: Mirror) -> None:
    """Exit 1; also where the result is JSON, of which the error would be part."""
    for command in ("plan --offline", "plan --offline --json", "status --json", "links"):
        done = synced.shell(f'"$SYNC" {command} >/dev/full')
        assert (done.returncode, without_progress(done.stderr)) == (1, "error: No space left on device\n"), command


def test_nothing_secret_stands_in_the_list_of_processes(here: Mirror) -> None:
    """Arguments of a running command can be read by everybody on the machine."""
    albums = {"method": "GET", "path": "/3/account/me/albums/0"}
    here.steer("faults", [{"match": albums, "fault": "delay", "seconds": 1}])
    process = here.place.start("plan")
    try:
        until(lambda: len(here.requests()) > 0)
        line = Path(f"/proc/{process.pid}/cmdline").read_bytes()
        assert b"plan" in line
        for secret in (here.server.refresh_token, here.server.client_secret, here.server.access_token):
            assert secret.encode() not in line
        assert process.wait(timeout=30) == 0
    finally:
        process.kill()
        process.communicate()

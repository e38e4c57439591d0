"""The installed command without an account, against a local Imgur on a socket."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.test_interruptions import started
from tests.e2e.test_secrets import deletehashes, files, leaks
from tests.support.inside import Inside
from tests.support.mirror import HEAD, LINEAGE, UPLOAD, Mirror, mirror, table, until

ANONYMOUS = HEAD + '[account]\nmode = "anonymous"\n'
NOTHING = {f"IMGUR_SYNC_{name}": "" for name in ("CLIENT_SECRET", "REFRESH_TOKEN", "ACCESS_TOKEN")}


@pytest.fixture(params=["mixed", "legacy", "v1"])
def nobodys(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Mirror]:
    """Two folders, a manifest in anonymous mode, and an environment with a Client-ID alone."""
    with mirror(tmp_path, shape=request.param, kind=Inside) as here:
        yield without_account(here)


@pytest.fixture
def nobody(tmp_path: Path) -> Iterator[Mirror]:
    """The same, in the shape that is most seen."""
    with mirror(tmp_path, kind=Inside) as here:
        yield without_account(here)


def without_account(here: Mirror) -> Mirror:
    """The mirror with a Client-ID and no other credential."""
    here.manifest(table("cats") + table("dogs"), head=ANONYMOUS)
    return Mirror(Inside(here.folder, {**here.place.environment, **NOTHING}), here.server, here.web)


def backup(here: Mirror) -> Path:
    """Where the copy of the state is kept."""
    return here.folder / ".user" / "backups" / f"{LINEAGE}.db"


def check(here: Mirror) -> None:
    """Albums equal folders, the next plan is empty and sends a GET an album, and no account was ever asked for."""
    here.check_equal("cats", "dogs")
    last = here.last()
    here.run("plan", "--detailed-exitcode")
    assert here.writes(last) == []
    assert len(here.requests(last)) == 2
    asked = here.requests()
    assert not [one["path"] for one in asked if "oauth" in one["path"] or "/account/" in one["path"]]
    world = here.look("world")
    assert {thing["owner"] for thing in (*world["albums"], *world["images"])} == {None}


def test_a_mirror_without_an_account_from_first_to_last(nobodys: Mirror) -> None:
    """Plan, apply, edits, links, status, credits: with a Client-ID alone."""
    here = nobodys
    told = here.run("plan").stdout
    assert "the state file is the only key" in told
    here.run("apply", "-y")
    check(here)
    here.put("cats/c2.png", 77)
    (here.folder / "cats" / "c0.png").rename(here.folder / "cats" / "c9.png")
    (here.folder / "cats" / "c3.png").unlink()
    (here.folder / "cats" / "c1.png").rename(here.folder / "dogs" / "c1.png")
    assert "may remove a picture of no account" in here.run("plan").stdout
    here.run("apply", "-y")
    check(here)
    assert len(here.received()) == 9
    assert len(here.run("links").stdout.split()) == 7
    assert "cats" in here.run("status").stdout
    here.run("credits", "--refresh")


@pytest.mark.parametrize("quiet", [[], ["-q"], ["--json"], ["--json", "-q"]])
def test_the_first_apply_says_once_what_the_state_is_and_where_its_copy_lies(quiet: list[str], nobody: Mirror) -> None:
    """With the whole path of the copy, which is there afterwards; later applies do not say it again."""
    words = ("the state file is the only key", str(backup(nobody)), "Imgur may remove pictures without an account")
    assert [nobody.run("validate").stdout.count(word) for word in words] == [1, 1, 1]
    assert [nobody.run("plan").stdout.count(word) for word in words] == [1, 1, 1]
    done = nobody.run("apply", "-y", *quiet)
    assert [(done.stdout + done.stderr).count(word) for word in words] == [1, 1, 1]
    assert backup(nobody).is_file()
    nobody.put("cats/more.png", 90)
    done = nobody.run("apply", "-y", *quiet)
    assert [(done.stdout + done.stderr).count(word) for word in words] == [0, 0, 0]


def test_without_a_lineage_the_first_notes_name_the_folder_of_the_copies(nobody: Mirror) -> None:
    """The name of the copy is not known before there is a state."""
    nobody.manifest(table("cats"), head=ANONYMOUS.replace(f'lineage = "{LINEAGE}"\n', ""))
    assert f"keep it too: {backup(nobody).parent}\n" in nobody.run("plan").stdout
    done = nobody.run("apply", "-y")
    (copy,) = backup(nobody).parent.iterdir()
    assert f"keep it too: {copy}\n" in done.stdout


def test_validate_says_what_cannot_be_had(nobody: Mirror) -> None:
    """Before it matters; and `secret` is a mistake in the manifest."""
    assert "only key" in nobody.run("validate").stdout
    nobody.manifest(table("cats", 'privacy = "secret"'), head=ANONYMOUS)
    done = nobody.run("validate", code=65)
    assert "needs an account" in done.stderr
    assert "sync.toml:11:11" in done.stderr
    nobody.manifest(table("cats") + '[defaults]\nprivacy = "secret"\n', head=ANONYMOUS)
    nobody.run("plan", code=65)


def test_a_lost_answer_is_settled_and_told(nobodys: Mirror) -> None:
    """The picture is found in its album; nothing is up twice."""
    here = nobodys
    here.manifest(table("cats"), head=ANONYMOUS + "[upload]\nin_flight = 1\n")
    here.steer("faults", [{"match": {**UPLOAD, "nth": 3}, "fault": "drop_after"}])
    done = here.run("apply", "-y")
    assert "deletehash was lost" in done.stderr
    here.check_equal("cats")
    here.run("plan", "--detailed-exitcode")
    assert "never be deleted" in here.run("status").stdout


def test_a_lost_state_stops_and_the_copy_brings_it_back(nobody: Mirror) -> None:
    """65, with the way out; nothing is sent meanwhile, and nothing is up twice afterwards."""
    here = nobody
    here.run("apply", "-y")
    copy = backup(here)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    for path in (here.folder / ".imgur-sync").glob("state.db*"):
        path.unlink()
    last = here.last()
    for command in (["plan"], ["plan", "--offline"], ["apply", "-y"]):
        done = here.run(*command, code=65)
        assert "imgur-sync state recover" in done.stderr, command
    assert here.requests(last) == []
    here.run("state", "recover")
    check(here)
    done = here.run("state", "recover", code=64)
    assert "nothing to recover" in done.stderr
    here.put("cats/new.png", 88)
    here.run("apply", "-y")
    check(here)


def test_a_damaged_state_is_kept_aside_by_the_recovery(nobody: Mirror) -> None:
    """Its bytes are kept under another name."""
    here = nobody
    here.run("apply", "-y")
    path = here.folder / ".imgur-sync" / "state.db"
    path.write_bytes(b"damaged" * 100)
    done = here.run("plan", code=65)
    assert "state recover" in done.stderr
    assert "state rebuild" not in done.stderr
    kept = here.json("state", "recover")["kept"]
    assert Path(kept).read_bytes() == b"damaged" * 100
    check(here)


def test_without_a_copy_there_is_nothing_to_recover_and_nothing_to_rebuild(nobody: Mirror) -> None:
    """Each says so, and what is left."""
    here = nobody
    here.run("apply", "-y")
    done = here.run("state", "rebuild", code=64)
    assert "cannot be rebuilt" in done.stderr
    shutil.rmtree(here.folder / ".user" / "backups")
    (here.folder / ".imgur-sync" / "state.db").write_bytes(b"x" * 200)
    assert "no other way" in here.run("state", "recover", code=65).stderr
    assert "no copy" in here.run("apply", "-y", code=65).stderr


def test_a_state_of_one_mode_is_not_used_in_the_other(nobody: Mirror) -> None:
    """65 in both directions, with the remedy, and nothing is sent; a state with nothing in it takes either."""
    here = nobody
    here.run("apply", "-y")
    last = here.last()
    here.manifest(table("cats") + table("dogs"))
    for command in (["plan"], ["apply", "-y"]):
        done = here.run(*command, code=65, environ=here.server.environment())
        assert 'mode = "anonymous"' in done.stderr
    assert here.requests(last) == []
    here.manifest(table("cats") + table("dogs"), head=ANONYMOUS)
    check(here)


def test_an_accounts_state_is_not_used_without_it(tmp_path: Path) -> None:
    """The other direction."""
    with mirror(tmp_path, kind=Inside) as here:
        here.run("apply", "-y")
        assert 'mode = "account"' in without_account(here).run("apply", "-y", code=65).stderr


def test_a_client_id_that_imgur_does_not_know_is_said_to_be_that(nobody: Mirror) -> None:
    """8, naming the variable."""
    done = nobody.run("apply", "-y", code=8, environ={"IMGUR_SYNC_CLIENT_ID": "0123456789abcde"})
    assert "IMGUR_SYNC_CLIENT_ID" in done.stderr
    assert "REFRESH_TOKEN" not in done.stderr
    done = nobody.run("plan", code=8, environ={"IMGUR_SYNC_CLIENT_ID": ""})
    assert "IMGUR_SYNC_CLIENT_ID" in done.stderr


COMMANDS = (
    ["validate", "--debug"],
    ["plan", "--debug"],
    ["plan", "--json", "--refresh", "--debug"],
    ["apply", "-y", "-v"],
    ["apply", "-y", "--debug", "--json"],
    ["status", "--json"],
    ["links", "--format", "json"],
    ["credits", "--refresh", "--debug"],
)


def test_no_output_and_no_file_but_the_state_and_its_copy_holds_a_deletehash(nobodys: Mirror) -> None:
    """Whatever the command, also when Imgur echoes what it was sent."""
    here = nobodys
    told = []
    for number, command in enumerate(COMMANDS):
        here.put(f"cats/more{number}.png", 100 + number)
        done = here.run(*command)
        told.append((done.stdout + done.stderr).encode())
    (here.folder / "cats" / "c1.png").unlink()
    secrets = deletehashes(here)
    echo = {"data": {"error": "no: " + " ".join(sorted(secrets))}, "success": False, "status": 400}
    here.steer("faults", [{"match": {"method": "P*", "path": "/3/*"}, "fault": "reply", "status": 400, "body": echo}])
    done = here.run("apply", "-y", "--debug", code=None)
    told.append((done.stdout + done.stderr).encode())
    album_keys = {album.deletehash for album in here.server.world.albums.values()}
    assert leaks(b"".join(told[:-1]), secrets) == []
    assert leaks(told[-1], album_keys) == []
    for path in files(here.folder):
        if leaks(path.read_bytes(), secrets):
            place = path.relative_to(here.folder).as_posix()
            assert place.startswith((".imgur-sync/state.db", ".user/backups/")), place
            assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_kill_in_the_middle_of_an_upload_loses_and_doubles_nothing(nobodys: Mirror) -> None:
    """Killed while the answer to an upload is on its way: the next apply finds the picture in its album."""
    here = nobodys
    here.manifest(table("cats"), head=ANONYMOUS + "[upload]\nin_flight = 1\n")
    here.steer("faults", [{"match": {**UPLOAD, "nth": 3}, "fault": "delay", "seconds": 30, "after": True}])
    with started(here, "apply", "-y") as process:
        until(lambda: len(here.received()) >= 3)
        process.kill()
    here.calm()
    here.run("apply", "-y")
    here.check_equal("cats")
    assert len(here.received()) == 5

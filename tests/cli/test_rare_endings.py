"""How commands end in places where few come by: at limits, without an account, in the middle of a change of mind."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import ExitCode
from imgur_sync.simulator import Limits, Options, running
from tests.support.command import Workplace, workplace
from tests.support.inside import Inside
from tests.support.mirror import HEAD, Mirror, mirror, table

ANONYMOUS = HEAD + '[account]\nmode = "anonymous"\n'


def inside(place: Workplace, **more: str) -> Inside:
    """The same workplace, at a terminal."""
    return Inside(place.folder, {**place.environment, "TERM": "xterm", **more}, watched=True)


def test_a_difference_is_coloured_at_a_terminal_that_knows_colours(synced: Mirror) -> None:
    """And nowhere else: not with NO_COLOR, not in a pipe."""
    synced.put("cats/new.png", 70)
    coloured = inside(synced.place).run("diff", "--offline").stdout
    assert "\x1b[32m+ cats/new.png\x1b[0m" in coloured
    plain = inside(synced.place, NO_COLOR="1").run("diff", "--offline").stdout
    assert plain == synced.run("diff", "--offline").stdout
    assert "+ cats/new.png\n" in plain
    assert "give one of them" in synced.run("diff", "--offline", "--refresh", code=ExitCode.USAGE).stderr


def test_a_limit_before_anything_was_done_says_how_to_wait(tmp_path: Path) -> None:
    """6, with the time and the option that waits."""
    with mirror(tmp_path, limits=Limits(2, 0, 0, 0), kind=Inside) as here:
        for _ in range(4):
            done = here.run("apply", "-y", code=None)
            if done.returncode == ExitCode.BUDGET:
                break
    assert done.returncode == ExitCode.BUDGET
    assert "apply --wait" in done.stderr + done.stdout


def test_whoever_is_asked_about_a_run_of_days_is_told_how_long_it_waits(tmp_path: Path) -> None:
    """Before the question; no changes nothing."""
    with mirror(tmp_path, kind=Inside) as here:
        here.manifest(table("cats"), head=HEAD.replace("uploads_per_hour = 0", "uploads_per_hour = 2"))
        place = here.place
        assert isinstance(place, Inside)
        done = place.typing("n\n", "apply", "--wait")
        assert done.returncode == ExitCode.DECLINED
        before, _, after = done.stderr.partition("[y/N]")
        assert "wait" in before
        assert "declined; nothing was changed" in after
        assert here.received() == []


def test_a_second_document_is_not_told_where_imgur_says_that_nothing_is_left(unsynced: Mirror) -> None:
    """A good answer of an application whose day is used up is believed, and its block is not lifted."""
    data = {"UserLimit": 500, "UserRemaining": 400, "UserReset": 0, "ClientLimit": 12500, "ClientRemaining": 0}
    body = {"data": data, "success": True, "status": 200}
    unsynced.steer("faults", [{"match": {"path": "/3/credits"}, "fault": "reply", "status": 200, "body": body}])
    told = unsynced.json("credits", "--refresh")
    assert [limit["remaining"] for limit in told["limits"] if limit["name"] == "day"] == [0]


def test_what_nobody_can_delete_any_more_is_said_before_it_is_forgotten(unsynced: Mirror) -> None:
    """Without an account the deletehash is the only key to a picture."""
    unsynced.manifest(table("cats"), head=ANONYMOUS)
    unsynced.run("apply", "-y", "-q")
    (unsynced.folder / "cats" / "c1.png").unlink()
    unsynced.run("apply", "-y", "-q")
    done = unsynced.run("forget", "cats", "c1.png", "--confirm", "cats")
    assert "nobody can delete 1 picture from Imgur after this: its deletehash is dropped" in done.stderr
    unsynced.manifest("", head=ANONYMOUS)
    done = unsynced.run("forget", "cats", "--confirm", "cats", "--json")
    assert "nobody can delete 4 pictures from Imgur after this: their deletehashes are dropped" in done.stderr
    assert json.loads(done.stdout)["pictures"] == 4


def test_a_copy_is_put_in_the_place_of_a_damaged_state(unsynced: Mirror) -> None:
    """What stood there is kept, and said."""
    unsynced.manifest(table("cats"), head=ANONYMOUS)
    unsynced.run("apply", "-y", "-q")
    (unsynced.folder / ".imgur-sync" / "state.db").write_bytes(b"x" * 5000)
    told = unsynced.run("state", "recover").stdout
    assert told.startswith("The state is back, from ")
    assert "The state before is kept as state.db." in told
    assert unsynced.json("plan")["empty"] is True


def test_init_does_without_a_schema_that_cannot_be_written(tmp_path: Path) -> None:
    """The manifest is there; the warning says how to come by the schema later."""
    (tmp_path / ".imgur-sync").write_text("in the way")
    done = Inside(tmp_path).run("init")
    assert done.returncode == 0
    assert "imgur-sync schema > .imgur-sync/sync.schema.json" in done.stderr
    assert (tmp_path / "sync.toml").exists()


def test_links_of_a_collection_follow_its_order(unsynced: Mirror) -> None:
    """The folder of an album of a collection is the sub-folder that its key names."""
    for number in range(3):
        unsynced.put(f"trips/Rome/r{number}.png", 40 + number)
    unsynced.manifest('[collections.trips]\nfolders = "trips/*"\norder = "modified"\n')
    unsynced.run("apply", "-y", "-q")
    assert len(unsynced.run("links", "trips/Rome").stdout.split()) == 3
    assert unsynced.json("explain", "trips/Rome/r1.png")["album"] == "trips/Rome"
    completing = {"_IMGUR_SYNC_COMPLETE": "bash_complete", "COMP_WORDS": "imgur-sync links tri", "COMP_CWORD": "2"}
    assert "trips/Rome" in unsynced.run(environ=completing, code=None).stdout


def test_explain_before_a_sync_and_while_a_folder_is_missing(unsynced: Mirror) -> None:
    """A file that is not there is told as that, an id as unknown; another album's missing folder is no obstacle; a
    key that moves is the new one."""
    assert unsynced.run("explain", "abcdefg", code=ExitCode.USAGE).stderr
    unsynced.manifest(table("pets", folder="cats") + table("dogs"))
    assert unsynced.json("explain", "cats/nothing.png")["verdict"] == "unknown"
    unsynced.run("apply", "-y", "-q")
    moved = '[[moved]]\nfrom = "pets"\nto = "felines"\n'
    unsynced.manifest(table("felines", folder="cats") + table("owls") + moved)
    assert unsynced.json("explain", "cats/c0.png")["album"] == "felines"
    assert len(unsynced.run("links", "-f", "-", stdin="").stdout.split()) == 8
    unsynced.manifest(table("pets", 'include = ["*.png", "!c2.png"]', folder="cats"))
    assert "c2.png" in unsynced.run("explain", "cats/c2.png").stdout


def test_a_state_without_an_album_says_what_to_run(unsynced: Mirror) -> None:
    """Whatever key is asked for."""
    unsynced.manifest("")
    unsynced.run("apply", "-y", "-q")
    assert "run apply first" in unsynced.run("links", "cats", code=ExitCode.USAGE).stderr
    assert unsynced.run("status").stdout.startswith("No album was made yet.")


@pytest.mark.parametrize(
    ("typed", "words"),
    [("Error 1024\n", "1024"), ("\n", "there is no PIN"), ("a b\n", "holds blanks")],
)
def test_what_is_no_pin_is_not_sent(typed: str, words: str, tmp_path: Path) -> None:
    """8, and what to do instead."""
    with running(Options(limits=Limits(0, 0, 0, 0))) as server:
        kept = {name: value for name, value in server.environment().items() if not name.endswith("REFRESH_TOKEN")}
        place = Inside(workplace(tmp_path).folder, kept)
        done = place.run("login", "--flow", "pin", "--no-browser", stdin=typed)
        assert (done.returncode, words in done.stderr) == (ExitCode.CREDENTIALS, True), done.stderr
        assert not [one for one in server.world.history if one.path == "/oauth2/token"]


@pytest.mark.parametrize(("status", "code"), [(503, ExitCode.TRY_LATER), (400, ExitCode.CREDENTIALS)])
def test_a_token_that_is_not_taken_is_not_kept(status: int, code: int, unsynced: Mirror) -> None:
    """Imgur fails, or refuses it: nothing is stored either way; the next log-in is made as if there had been none."""
    token = unsynced.server.refresh_token
    rule: dict[str, Any] = {"match": {"path": "/oauth2/token"}, "fault": "reply", "status": status, "body": ""}
    unsynced.steer("faults", [rule])
    done = unsynced.run("login", "--refresh-token", "-", stdin=token + "\n", code=code)
    assert token not in done.stderr
    assert not list((unsynced.folder / ".user").glob("tokens/*.json"))
    unsynced.calm()
    unsynced.run("login", "--refresh-token", "-", stdin=token + "\n")
    other = {"IMGUR_SYNC_CLIENT_ID": "anotherapplication"}
    done = unsynced.run("logout", "-y", environ=other)
    assert "Nothing was stored" not in done.stdout
    assert "Nothing was stored for profile default" in unsynced.run("logout", "-y", environ=other).stdout


def test_a_log_in_that_cannot_be_read_is_forgotten_all_the_same(unsynced: Mirror) -> None:
    """Without a Client-ID it is found by its profile."""
    nobody = {name: "" for name in unsynced.place.environment if name.endswith(("CLIENT_ID", "SECRET", "TOKEN"))}
    unsynced.run("login", "--refresh-token", "-", stdin=unsynced.server.refresh_token + "\n")
    for file in (unsynced.folder / ".user" / "tokens").glob("*.json"):
        file.write_text("nonsense", encoding="utf-8")
    done = unsynced.run("logout", "-y", environ=nobody)
    assert "warning: " in done.stderr
    assert "Forgot the log-in of profile default" in done.stdout
    assert "Nothing was stored" in unsynced.run("logout", "-y", environ=nobody).stdout
    assert "--profile cannot be" in unsynced.run("logout", "--profile", "a/b", "-y", code=ExitCode.USAGE).stderr
    assert unsynced.json("doctor", "--offline", "--profile", "work")["ok"] is True


def test_a_command_in_another_thread_than_the_main_one_heeds_no_signals(synced: Mirror) -> None:
    """Where Python lets nobody handle any; all else is the same."""
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(synced.run("plan", "--detailed-exitcode").returncode))
    thread.start()
    thread.join(60)
    assert codes == [0]

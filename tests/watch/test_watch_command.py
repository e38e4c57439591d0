"""`imgur-sync watch` as it is installed: real folders, real events, a local Imgur on a socket."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.daemon import PACE, daemon
from tests.support.mirror import HEAD, UPLOAD, Mirror, mirror, table, until
from tests.support.pictures import png


@pytest.fixture
def imgur(tmp_path: Path) -> Iterator[Mirror]:
    """Two albums that are in order."""
    with mirror(tmp_path) as made:
        made.manifest(table("cats") + table("dogs"), head=HEAD + PACE)
        made.run("apply", "-y")
        yield made


def equal(imgur: Mirror, *albums: str) -> bool:
    """Whether each of these albums shows what its folder holds."""
    titles = {album["title"] for album in imgur.look("world")["albums"]}
    return all(name in titles and imgur.shown(name) == imgur.wanted(name) for name in albums)


def test_what_happens_in_a_folder_happens_in_its_album(imgur: Mirror) -> None:
    """Added, saved anew, renamed, moved to another folder, removed: each without being told to."""
    with daemon(imgur) as watch:
        watch.at_rest()
        imgur.put("cats/c9.png", 99)
        watch.until(lambda: equal(imgur, "cats"))
        fresh = imgur.folder / "cats" / ".c1.tmp"
        fresh.write_bytes(png(seed=101))
        fresh.rename(imgur.folder / "cats" / "c1.png")
        watch.until(lambda: equal(imgur, "cats"))
        (imgur.folder / "cats" / "c9.png").rename(imgur.folder / "cats" / "a0.png")
        watch.until(lambda: equal(imgur, "cats"))
        (imgur.folder / "cats" / "c4.png").rename(imgur.folder / "dogs" / "c4.png")
        watch.until(lambda: equal(imgur, "cats", "dogs"))
        (imgur.folder / "dogs" / "d0.png").unlink()
        watch.until(lambda: equal(imgur, "cats", "dogs"))
        assert watch.stop() == 143
    assert len(imgur.received()) == len(set(imgur.received())) == 10


def test_trees_that_are_moved_in_or_made_at_once_are_seen_whole(imgur: Mirror) -> None:
    """`mv` of a tree, `mkdir -p` with files in it right away, an archive unpacked over it."""
    outside = imgur.folder.parent / "outside"
    for number in range(4):
        path = outside / f"one/two{number}" / "p.png"
        path.parent.mkdir(parents=True)
        path.write_bytes(png(seed=200 + number))
    with daemon(imgur) as watch:
        watch.at_rest()
        outside.rename(imgur.folder / "cats" / "tree")
        imgur.put("dogs/x/y/z/deep.png", 300)
        watch.until(lambda: equal(imgur, "cats", "dogs"))
    assert len(imgur.received()) == len(set(imgur.received())) == 13


def test_a_checkout_of_another_branch_is_one_change_after_the_other(imgur: Mirror) -> None:
    """Git writes files in place and removes them: the albums follow the branch, and come back with it."""
    run = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"]

    def git(*arguments: str) -> None:
        subprocess.run([*run, *arguments], cwd=imgur.folder / "cats", check=True, capture_output=True)

    git("init")
    git("add", ".")
    git("commit", "-m", "one")
    git("checkout", "-b", "other")
    (imgur.folder / "cats" / "c1.png").write_bytes(png(seed=400))
    imgur.put("cats/c7.png", 401)
    git("add", ".")
    git("commit", "-m", "two")
    with daemon(imgur) as watch:
        watch.until(lambda: equal_but_git(imgur))
        git("checkout", "main")
        watch.until(lambda: equal_but_git(imgur))
        git("checkout", "other")
        watch.until(lambda: equal_but_git(imgur))


def equal_but_git(imgur: Mirror) -> bool:
    """As `equal` for cats, without what Git keeps."""
    import hashlib

    files = sorted((imgur.folder / "cats").glob("*.png"))
    return imgur.shown("cats") == [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]


def test_a_file_that_grows_is_not_sent_before_it_is_whole(imgur: Mirror) -> None:
    """Others go meanwhile; `status` tells what is waited for; when it is whole it is sent, once."""
    whole = png(seed=500)
    with daemon(imgur) as watch:
        watch.at_rest()
        path = imgur.folder / "cats" / "grows.png"
        with path.open("wb", buffering=0) as file:
            file.write(whole[:40])
            imgur.put("dogs/other.png", 501)
            watch.until(lambda: equal(imgur, "dogs"))
            watch.until(lambda: "grows.png" in imgur.run("status").stdout)
            assert len(imgur.shown("cats")) == 5
            file.write(whole[40:])
        watch.until(lambda: equal(imgur, "cats"))
    assert len(imgur.received()) == len(set(imgur.received())) == 10


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_it_within_ten_seconds_also_in_an_upload(imgur: Mirror, number: int, code: int) -> None:
    """What was sent is awaited or left in doubt; the next daemon finishes, and nothing exists twice."""
    imgur.steer("faults", [{"fault": "delay", "seconds": 4, "match": UPLOAD}])
    with daemon(imgur) as watch:
        watch.at_rest()
        imgur.put("cats/c9.png", 99)
        watch.await_told("upload_started")
        assert watch.stop(number) == code
    imgur.calm()
    with daemon(imgur) as watch:
        watch.until(lambda: equal(imgur, "cats"))
        watch.at_rest()
        assert watch.stop(number) == code
    imgur.check_equal("cats", "dogs")


def test_a_kill_in_the_middle_loses_nothing_and_doubles_nothing(imgur: Mirror) -> None:
    """No clean-up, no second upload: the next daemon finds out what happened."""
    imgur.steer("faults", [{"fault": "delay", "seconds": 2, "match": UPLOAD}])
    with daemon(imgur) as watch:
        watch.at_rest()
        imgur.put("cats/c9.png", 99)
        watch.await_told("upload_started")
        watch.process.kill()
        assert watch.wait() == -signal.SIGKILL
    imgur.calm()
    assert imgur.run("status").returncode == 0
    with daemon(imgur) as watch:
        watch.until(lambda: equal(imgur, "cats"))
    imgur.check_equal("cats", "dogs")


def test_a_second_daemon_is_refused_and_an_apply_gets_its_turn(imgur: Mirror) -> None:
    """Two locks: one for life, one for each pass."""
    imgur.steer("faults", [{"fault": "delay", "seconds": 1, "match": UPLOAD}] * 12)
    with daemon(imgur) as watch:
        watch.at_rest()
        second = imgur.run("watch", code=5)
        assert "watch" in second.stderr
        assert str(watch.process.pid) in second.stderr
        for number in range(12):
            imgur.put(f"cats/n{number:02}.png", 600 + number)
        watch.await_told("upload_started")
        imgur.put("dogs/typed.png", 700)
        done = imgur.run("apply", "dogs", "-y")
        assert "Waiting for watch" in done.stderr or "uploaded" in done.stdout
        assert equal(imgur, "dogs")
        imgur.calm()
        watch.until(lambda: equal(imgur, "cats", "dogs"))
    imgur.check_equal("cats", "dogs")


def test_an_edit_of_the_manifest_and_a_hangup_read_it_anew(imgur: Mirror) -> None:
    """A broken edit leaves the last good one; a mended one rules without being told to."""
    with daemon(imgur) as watch:
        watch.at_rest()
        imgur.manifest(table("cats") + "[albums.birds]\nfold = 1\n", head=HEAD + PACE)
        watch.await_told("not_reloaded")
        imgur.put("cats/c9.png", 99)
        watch.until(lambda: equal(imgur, "cats"))
        assert "manifest" in imgur.run("status").stdout
        imgur.put("birds/b.png", 800)
        imgur.manifest(table("cats") + table("dogs") + table("birds"), head=HEAD + PACE)
        watch.await_told("reloaded", "3 albums")
        watch.until(lambda: equal(imgur, "birds"))
        imgur.manifest(table("cats") + table("dogs") + table("birds", 'description = "Feathers"'), head=HEAD + PACE)
        watch.process.send_signal(signal.SIGHUP)
        watch.until(lambda: imgur.album("birds")["description"] == "Feathers")
        assert watch.stop() == 143


def test_a_tripped_gate_says_what_to_type_and_typing_it_helps(imgur: Mirror) -> None:
    """Nothing is removed until somebody approves exactly that number."""
    with daemon(imgur) as watch:
        watch.at_rest()
        for number in range(4):
            (imgur.folder / "cats" / f"c{number}.png").unlink()
        watch.await_told("gate_tripped", "--approve prune=4")
        imgur.put("dogs/d9.png", 900)
        watch.until(lambda: equal(imgur, "dogs"))
        assert len(imgur.shown("cats")) == 5
        typed = next(line["text"] for line in watch.lines if line["event"] == "gate_tripped").rpartition("imgur-sync ")
        assert "--approve prune=4" in imgur.run("status").stdout
        plan = imgur.folder / ".imgur-sync" / "held" / "cats.txt"
        watch.await_told("noticed", str(plan))
        assert "4 of 5 pictures would leave" in plan.read_text()
        assert plan.stat().st_mode & 0o077 == 0
        imgur.shell(f'"$SYNC" {typed[2]} -y').check_returncode()
        assert equal(imgur, "cats")
        watch.process.send_signal(signal.SIGHUP)
        watch.await_told("gate_opened")
        watch.until(lambda: not plan.exists())


def test_a_collection_s_new_sub_folder_becomes_an_album(imgur: Mirror) -> None:
    """Made while the daemon runs, with a picture in it."""
    imgur.put("trips/alps/one.png", 1000)
    trips = '[collections.trips]\nfolders = "trips/*"\ntitle = "{folder}"\n'
    imgur.manifest(table("cats") + table("dogs") + trips, head=HEAD + PACE)
    with daemon(imgur) as watch:
        watch.until(lambda: any(album["title"] == "alps" for album in imgur.look("world")["albums"]))
        watch.at_rest()
        imgur.put("trips/andes/two.png", 1001)
        watch.until(lambda: any(album["title"] == "andes" for album in imgur.look("world")["albums"]))
        watch.until(lambda: len(imgur.shown("andes")) == 1)


def test_a_folder_that_holds_the_manifest_and_the_state_does_not_feed_on_itself(tmp_path: Path) -> None:
    """What the daemon writes beside the pictures makes no work."""
    with mirror(tmp_path) as imgur:
        imgur.manifest('[albums.all]\nfolder = "."\ntitle = "all"\n', head=HEAD + PACE)
        with daemon(imgur) as watch:
            watch.until(lambda: imgur.look("world")["albums"] != [] and len(imgur.shown("all")) == 8)
            watch.at_rest()
            looks = len(watch.lines)
            imgur.put("more.png", 1100)
            watch.until(lambda: len(imgur.shown("all")) == 9)
            watch.at_rest()
            passes = [line for line in watch.lines[looks:] if line["event"] == "pass_began"]
            assert len(passes) <= 2


def test_credentials_that_are_missing_end_it_at_the_start(imgur: Mirror) -> None:
    """Exit 8, not a daemon that can do nothing for ever."""
    elsewhere = {"IMGUR_SYNC_REFRESH_TOKEN": "", "IMGUR_SYNC_STATE_DIR": str(imgur.folder / "fresh")}
    done = imgur.run("watch", code=8, environ=elsewhere)
    assert "IMGUR_SYNC_" in done.stderr or "log in" in done.stderr


def test_nothing_secret_is_on_the_board_that_status_reads(imgur: Mirror) -> None:
    """activity.db is for the owner alone and holds no id, link or token."""
    with daemon(imgur) as watch:
        watch.at_rest()
        board = imgur.folder / ".imgur-sync" / "activity.db"
        until(board.exists)
        assert os.stat(board).st_mode & 0o077 == 0
        rows = sqlite3.connect(f"file:{board}?mode=ro", uri=True)
        text = str(rows.execute("SELECT * FROM activity").fetchall())
        rows.close()
        assert imgur.album("cats")["id"] not in text

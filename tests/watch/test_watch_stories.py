"""What a daemon makes of what happens around it: all of `imgur-sync watch`, run inside the test's own process."""

from __future__ import annotations

import hashlib
import os
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.daemon import PACE
from tests.support.inside import Inside
from tests.support.inside_daemon import InsideDaemon, live
from tests.support.mirror import HEAD, Mirror, all_still, mirror, table
from tests.support.pictures import png
from tests.watch.test_watch_command import equal

JSON = ("--json", "-v")


@pytest.fixture
def imgur(tmp_path: Path) -> Iterator[Mirror]:
    """Two albums that are in order."""
    with mirror(tmp_path) as made:
        made.manifest(table("cats") + table("dogs"), head=HEAD + PACE)
        assert Inside(made.place.folder, made.place.environment).run("apply", "-y").returncode == 0
        yield made


def test_trees_that_are_moved_in_or_made_at_once_are_seen_whole(imgur: Mirror) -> None:
    """`mv` of a tree, `mkdir -p` with files in it right away, an archive unpacked over it."""
    outside = imgur.folder.parent / "outside"
    for number in range(4):
        path = outside / f"one/two{number}" / "p.png"
        path.parent.mkdir(parents=True)
        path.write_bytes(png(seed=200 + number))

    def story(watch: InsideDaemon) -> None:
        watch.at_rest()
        outside.rename(imgur.folder / "cats" / "tree")
        imgur.put("dogs/x/y/z/deep.png", 300)
        watch.until(lambda: equal(imgur, "cats", "dogs"))

    live(imgur, story, *JSON)
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

    def story(watch: InsideDaemon) -> None:
        watch.until(lambda: equal_but_git(imgur))
        git("checkout", "main")
        watch.until(lambda: equal_but_git(imgur))
        git("checkout", "other")
        watch.until(lambda: equal_but_git(imgur))

    live(imgur, story, *JSON)


def equal_but_git(imgur: Mirror) -> bool:
    """As `equal` for cats, without what Git keeps."""
    files = sorted((imgur.folder / "cats").glob("*.png"))
    return imgur.shown("cats") == [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]


def test_a_file_that_grows_is_not_sent_before_it_is_whole(imgur: Mirror) -> None:
    """Others go meanwhile; `status` tells what is waited for; when it is whole it is sent, once."""
    whole = png(seed=500)

    def story(watch: InsideDaemon) -> None:
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

    live(imgur, story, *JSON)
    assert len(imgur.received()) == len(set(imgur.received())) == 10


def test_an_edit_of_the_manifest_and_a_hangup_read_it_anew(imgur: Mirror) -> None:
    """A broken edit leaves the last good one; a mended one rules without being told to."""

    def story(watch: InsideDaemon) -> None:
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
        watch.signal(signal.SIGHUP)
        watch.until(lambda: imgur.album("birds")["description"] == "Feathers")

    live(imgur, story, *JSON)


def test_a_tripped_gate_says_what_to_type_and_typing_it_helps(imgur: Mirror) -> None:
    """Nothing is removed until somebody approves exactly that number."""
    all_still(imgur.folder)
    plan = imgur.folder / ".imgur-sync" / "held" / "cats.txt"
    plan.parent.mkdir(mode=0o700)
    plan.with_name("birds.txt").write_text("held by a daemon that is gone")

    def story(watch: InsideDaemon) -> None:
        watch.at_rest()
        assert list(plan.parent.iterdir()) == []
        for number in range(4):
            (imgur.folder / "cats" / f"c{number}.png").unlink()
        watch.await_told("gate_tripped", "--approve prune=4")
        imgur.put("dogs/d9.png", 900)
        watch.until(lambda: equal(imgur, "dogs"))
        assert len(imgur.shown("cats")) == 5
        typed = next(line["text"] for line in watch.lines if line["event"] == "gate_tripped").rpartition("imgur-sync ")
        assert "--approve prune=4" in imgur.run("status").stdout
        watch.await_told("noticed", str(plan))
        assert "4 of 5 pictures would leave" in plan.read_text()
        assert plan.stat().st_mode & 0o077 == 0
        imgur.shell(f'"$SYNC" {typed[2]} -y').check_returncode()
        assert equal(imgur, "cats")
        watch.signal(signal.SIGHUP)
        watch.await_told("gate_opened")
        watch.until(lambda: not plan.exists())

    live(imgur, story, *JSON)


def test_a_collection_s_new_sub_folder_becomes_an_album(imgur: Mirror) -> None:
    """Made while the daemon runs, with a picture in it."""
    imgur.put("trips/alps/one.png", 1000)
    trips = '[collections.trips]\nfolders = "trips/*"\ntitle = "{folder}"\n'
    imgur.manifest(table("cats") + table("dogs") + trips, head=HEAD + PACE)

    def story(watch: InsideDaemon) -> None:
        watch.until(lambda: any(album["title"] == "alps" for album in imgur.look("world")["albums"]))
        watch.at_rest()
        imgur.put("trips/andes/two.png", 1001)
        watch.until(lambda: any(album["title"] == "andes" for album in imgur.look("world")["albums"]))
        watch.until(lambda: len(imgur.shown("andes")) == 1)

    live(imgur, story, *JSON)


def test_a_folder_that_holds_the_manifest_and_the_state_does_not_feed_on_itself(tmp_path: Path) -> None:
    """What the daemon writes beside the pictures makes no work."""
    with mirror(tmp_path) as imgur:
        imgur.manifest('[albums.all]\nfolder = "."\ntitle = "all"\n', head=HEAD + PACE)

        def story(watch: InsideDaemon) -> None:
            watch.until(lambda: imgur.look("world")["albums"] != [] and len(imgur.shown("all")) == 8)
            watch.at_rest()
            looks = len(watch.lines)
            imgur.put("more.png", 1100)
            watch.until(lambda: len(imgur.shown("all")) == 9)
            watch.at_rest()
            passes = [line for line in watch.lines[looks:] if line["event"] == "pass_began"]
            assert len(passes) <= 2

        live(imgur, story, *JSON)


def test_nothing_secret_is_on_the_board_that_status_reads(imgur: Mirror) -> None:
    """activity.db is for the owner alone and holds no id, link or token."""

    def story(watch: InsideDaemon) -> None:
        watch.at_rest()
        board = imgur.folder / ".imgur-sync" / "activity.db"
        watch.until(board.exists)
        assert os.stat(board).st_mode & 0o077 == 0
        rows = sqlite3.connect(f"file:{board}?mode=ro", uri=True)
        text = str(rows.execute("SELECT * FROM activity").fetchall())
        rows.close()
        assert imgur.album("cats")["id"] not in text

    live(imgur, story, *JSON)


def test_what_cannot_begin_ends_at_the_start(imgur: Mirror) -> None:
    """Missing credentials: exit 8, not a daemon that can do nothing for ever. And a manifest that cannot be read twice:
    64. With --json what ended it is the last line, too."""
    place = Inside(imgur.folder, imgur.place.environment)
    elsewhere = {"IMGUR_SYNC_REFRESH_TOKEN": "", "IMGUR_SYNC_STATE_DIR": str(imgur.folder / "fresh")}
    done = place.run("watch", environ=elsewhere)
    assert done.returncode == 8
    assert "IMGUR_SYNC_" in done.stderr or "log in" in done.stderr
    asked = place.run("watch", "-f", "-", stdin="version = 1\n")
    assert (asked.returncode, asked.stdout) == (64, "")
    assert "watch cannot read the manifest from stdin" in asked.stderr
    for arguments in (["--json"], ["--json", "-q"]):
        ended = place.run("watch", *arguments, environ=elsewhere).stdout.splitlines()[-1]
        assert '"event": "ended"' in ended
        assert '"level": "warning"' in ended

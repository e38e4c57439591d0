"""A watched folder that is renamed away, replaced, deleted, mounted over: noticed by which folder it is."""

from __future__ import annotations

import errno
import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from imgur_sync.model.hint import Cause, Deaf, Touched, WatchedRoot
from imgur_sync.mounts import read_mounts
from tests.support.namespaces import NOT_HERE, namespaces
from tests.support.watch_stage import WatchStage, paced

LINE = "{number} 1 0:{number} / {point} rw,relatime shared:1 - {kind} none rw\n"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[WatchStage]:
    """The album "cats" in an empty folder, watched."""
    stage = WatchStage(tmp_path)
    stage.start()
    yield stage
    stage.watcher.close()


def test_a_root_that_is_renamed_away_is_gone_until_it_is_there_again(stage: WatchStage) -> None:
    """What happens to it elsewhere is not told."""
    stage.make(stage.root / "sub")
    stage.touched("sub")
    stage.root.rename(stage.base / "elsewhere")
    gone = stage.until(Cause.GONE)
    assert "its return is noticed" in gone.text
    assert str(stage.root) in gone.text
    stage.put(stage.base / "elsewhere" / "sub" / "unseen.png")
    (stage.base / "elsewhere").rename(stage.root)
    stage.until(Cause.BACK)
    stage.settle()
    stage.only("sub")


def test_another_folder_in_the_place_of_the_root_is_noticed(stage: WatchStage) -> None:
    """And watched from then on, instead of the one that was there."""
    stage.make(stage.base / "new" / "sub")
    stage.root.rename(stage.base / "old")
    (stage.base / "new").rename(stage.root)
    stage.until(Cause.REPLACED, Cause.BACK)  # back, if it looked in between the two renames
    stage.settle()
    stage.put(stage.base / "old" / "unseen.png")
    stage.only("sub")


def test_a_root_that_is_deleted_and_made_again_at_once_is_noticed(stage: WatchStage) -> None:
    """Also where the new folder has the inode of the old one."""
    for _ in range(5):
        stage.put(stage.root / "sub" / "one.png")
        stage.remove(stage.root)
        stage.make(stage.root / "sub")
        stage.until(Cause.REPLACED, Cause.BACK, Cause.DEAF)
        stage.settle()
        stage.only("sub")


def test_a_root_that_is_made_again_with_the_same_inode_is_noticed(tmp_path: Path) -> None:
    """Some file systems give a number again at once: that the folder itself was deleted is heard."""

    def look(path: str) -> os.stat_result:
        row = os.lstat(path)
        return os.stat_result((row.st_mode, 7, *row[2:]))

    stage = WatchStage(tmp_path, look=look)
    stage.start()
    for _ in range(3):
        stage.root.rmdir()
        stage.root.mkdir()
        stage.until(Cause.DEAF, Cause.BACK)
        stage.settle()
        stage.only("")
        stage.remove(stage.root)
        stage.until(Cause.GONE)
        stage.make(stage.root)
        stage.until(Cause.BACK)
    stage.watcher.close()


def test_a_root_that_is_not_there_at_the_start_is_waited_for(tmp_path: Path) -> None:
    """A file of that name is no folder, and neither is a link, whose target nobody agreed to."""
    stage = WatchStage(tmp_path)
    stage.watcher.watch([WatchedRoot(stage.root, ("cats",))])
    assert [(one.why, one.albums) for one in stage.watcher.unwatched()] == [(Deaf.GONE, ("cats",))]
    stage.until(Cause.START)
    stage.root.write_bytes(b"")
    stage.make(stage.base / "other")
    stage.watcher._posts.check(stage.clock.monotonic())
    stage.root.unlink()
    stage.root.symlink_to(stage.base / "other")
    stage.watcher._posts.check(stage.clock.monotonic())
    assert [one.why for one in stage.watcher.unwatched()] == [Deaf.GONE]
    stage.root.unlink()
    stage.make(stage.root)
    stage.until(Cause.BACK)
    stage.settle()
    stage.only("")
    stage.watcher.close()


def test_the_root_of_an_album_inside_another_album_comes_and_goes(stage: WatchStage) -> None:
    """It is watched with the one around it; both are told, and so they are when a folder on the way goes."""
    inner = stage.root / "way" / "dogs"
    stage.watcher.watch([WatchedRoot(stage.root, ("cats",)), WatchedRoot(inner, ("dogs",))])
    stage.until(Cause.START)
    assert stage.watcher.unwatched() == ()
    stage.make(inner)
    stage.touched("", album="dogs")
    stage.put(inner / "sub" / "one.png")
    stage.touched("sub", album="dogs")
    (stage.root / "way").rename(stage.base / "elsewhere")
    stage.touched("", album="dogs")
    stage.settle()
    (stage.base / "elsewhere").rename(stage.root / "way")
    stage.touched("", album="dogs")
    stage.settle()
    stage.put(inner / "sub" / "two.png")
    stage.touched("sub", album="dogs")


def test_a_root_inside_litter_of_another_is_watched_by_itself(stage: WatchStage) -> None:
    """No album looks into a folder called `x.part`, but one may lie in it."""
    inner = stage.root / "x.part" / "dogs"
    stage.make(inner)
    stage.watcher.watch([WatchedRoot(stage.root, ("cats",)), WatchedRoot(inner, ("dogs",))])
    stage.until(Cause.START)
    stage.put(inner / "one.png")
    stage.touched("", album="dogs")


def test_which_folder_it_is_rules_not_what_it_is_called(tmp_path: Path) -> None:
    """What `lstat` says: another device (a disk was mounted over it), an error, no folder."""
    answers: list[str] = []

    def look(path: str) -> os.stat_result:
        row = os.lstat(path)
        match answers[-1] if answers else "":
            case "other device":
                return os.stat_result((row.st_mode, row.st_ino, row.st_dev + 1, *row[3:]))
            case "not to be had":
                raise OSError(errno.EIO, "Input/output error")
            case "no folder":
                return os.stat_result((stat.S_IFREG, *row[1:]))
        return row

    stage = WatchStage(tmp_path, look=look)
    stage.start()
    for answer, cause in (
        ("other device", Cause.REPLACED),
        ("", Cause.REPLACED),
        ("not to be had", Cause.GONE),
        ("", Cause.BACK),
        ("no folder", Cause.GONE),
        ("other device", Cause.BACK),
    ):
        answers.append(answer)
        stage.until(cause)
    stage.settle()
    stage.only("")
    stage.watcher.close()


def test_mounts_below_a_root_are_noticed_and_networks_are_not_watched(tmp_path: Path) -> None:
    """By the kernel's list: what is mounted elsewhere does not matter, nor what is below an album without sub-folders;
    on a network others change files without an event here."""
    lines = [""]
    stage = WatchStage(tmp_path, paced(poll=0.1), mounts=lambda: read_mounts() + lines[-1])
    stage.make(stage.root / "sub")
    flat = stage.base / "flat"
    stage.make(flat)
    stage.watcher.watch([WatchedRoot(stage.root, ("cats",)), WatchedRoot(flat, ("flat",), recursive=False)])
    stage.until(Cause.START)
    for number, (point, kind, cause) in enumerate(
        (
            (stage.root / "sub", "ext4", Cause.MOUNTS),
            (stage.root / "sub", "ext4", Cause.MOUNTS),  # by another number: another disk, in between two looks
            (stage.root / "sub", "nfs4", Cause.UNWATCHED),
            (stage.root / "sub", "nfs4", Cause.POLL),
            (stage.root / "sub", "xfs", Cause.WATCHED),
            (stage.root, "fuse.anything", Cause.UNWATCHED),
            (flat / "sub", "cifs", Cause.WATCHED),
        )
    ):
        lines.append(LINE.format(number=900 + number, point=point, kind=kind))
        hint = stage.until(cause)
        assert hint.albums == ("cats",)
        assert (kind in hint.text) is (cause is Cause.UNWATCHED), hint
    assert stage.watcher.unwatched() == ()
    stage.settle()
    stage.only("sub")
    stage.watcher.close()


def test_a_network_at_the_start_is_polled(tmp_path: Path) -> None:
    """And said; nothing is written to find out."""
    stage = WatchStage(tmp_path, paced(poll=0.1), mounts=lambda: LINE.format(number=900, point=tmp_path, kind="nfs"))
    stage.start()
    (unwatched,) = stage.watcher.unwatched()
    assert (unwatched.root, unwatched.albums, unwatched.why) == (stage.root, ("cats",), Deaf.NETWORK)
    assert "nfs" in unwatched.text
    assert list(stage.root.iterdir()) == []
    stage.put(stage.root / "one.png")
    assert stage.until(Cause.POLL).albums == ("cats",)
    assert stage.until(Cause.POLL).albums == ("cats",)
    assert not any(isinstance(hint, Touched) for hint in stage.seen)
    stage.watcher.close()


MOUNTING = """
import json, subprocess, sys
from pathlib import Path
from imgur_sync.model.hint import Cause
from tests.support.watch_stage import WatchStage

stage = WatchStage(Path(sys.argv[1]))
stage.make(stage.root / "sub")
stage.start()

def run(*command):
    subprocess.run(command, check=True, timeout=60)

run("mount", "-t", "tmpfs", "tmpfs", stage.root)           # a disk over the root
stage.until(Cause.REPLACED)
stage.make(stage.root / "over")
stage.settle()
stage.only("over")
run("umount", stage.root)                                   # and away again
stage.until(Cause.REPLACED)
stage.settle()
stage.only("sub")
stage.make(stage.base / "other")
run("mount", "--bind", stage.base / "other", stage.root)    # another folder of the same disk
stage.until(Cause.REPLACED)
stage.put(stage.base / "other" / "through.png")             # seen through the other path, too
stage.touched("")
run("umount", stage.root)
stage.until(Cause.REPLACED)
run("mount", "-t", "tmpfs", "tmpfs", stage.root / "sub")    # a disk over a sub-folder
stage.until(Cause.MOUNTS)
stage.settle()
stage.only("sub")
run("umount", stage.root / "sub")
stage.until(Cause.MOUNTS)
stage.settle()
stage.only("sub")
stage.watcher.close()
print(json.dumps("all noticed"))
"""


def test_disks_that_are_really_mounted_and_unmounted_are_noticed(tmp_path: Path) -> None:
    """Over the root and over a sub-folder, in a name space of our own; where that is refused, the tests above that put
    `lstat` and the list of mounts in their place are all there is."""
    if not namespaces("-Urm"):
        print(NOT_HERE.format(what="real mounts over watched folders"))
        return
    command = ("unshare", "-Urm", sys.executable, "-c", MOUNTING, str(tmp_path))
    top = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        command, cwd=top, env={**os.environ, "PYTHONPATH": str(top)}, capture_output=True, text=True, timeout=280
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == "all noticed"
    assert done.stderr == ""

"""A folder whose events do not tell all is looked at regularly, until another folder is in its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgur_sync.local.watching.refusals import foreign
from imgur_sync.model.hint import Cause, Deaf, WatchedRoot
from tests.support.watch_stage import WatchStage, paced


def test_a_distrusted_root_is_polled_and_said_to_be(tmp_path: Path) -> None:
    """Its watches are given back; it is not tried again as one is that was refused; others are heard as before."""
    stage = WatchStage(tmp_path, paced(poll=0.05, retry=0.05))
    stage.make(stage.base / "dogs")
    stage.start()
    stage.watcher.watch([WatchedRoot(stage.root, ("cats",)), WatchedRoot(stage.base / "dogs", ("dogs",))])
    stage.until(Cause.START)
    stage.watcher.distrust(["cats", "nobody"])
    assert "without being announced" in stage.until(Cause.UNWATCHED).text
    (one,) = stage.watcher.unwatched()
    assert (one.root, one.albums, one.why) == (stage.root, ("cats",), Deaf.SILENT)
    for _ in range(4):
        assert stage.until(Cause.POLL).albums == ("cats",)
    stage.watcher.distrust(["cats"])
    stage.put(stage.base / "dogs" / "rex.png")
    stage.touched("", album="dogs")
    assert [one.why for one in stage.watcher.unwatched()] == [Deaf.SILENT]
    stage.watcher.close()


def test_another_folder_in_the_place_of_a_distrusted_one_is_watched(tmp_path: Path) -> None:
    """As one that nothing is known of."""
    stage = WatchStage(tmp_path)
    stage.start()
    stage.watcher.distrust(["cats"])
    stage.until(Cause.UNWATCHED)
    stage.root.rename(stage.base / "away")
    stage.until(Cause.GONE)
    stage.make(stage.root)
    stage.until(Cause.BACK)
    assert stage.watcher.unwatched() == ()
    stage.settle()
    stage.only("")
    stage.watcher.close()


@pytest.mark.parametrize(
    ("kind", "polled"),
    [
        *((kind, True) for kind in ("nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "glusterfs", "lustre")),
        *((kind, True) for kind in ("gpfs", "beegfs", "9p", "virtiofs", "vboxsf", "vmhgfs", "prl_fs", "drvfs")),
        *((kind, True) for kind in ("gfs2", "ocfs2", "orangefs", "pvfs2", "panfs", "wekafs", "davfs", "coda")),
        *((kind, True) for kind in ("fuse.sshfs", "fuse.rclone", "fuse.s3fs", "fuse.grpcfuse", "fuse.unheard-of")),
        *((kind, False) for kind in ("ext4", "xfs", "btrfs", "zfs", "tmpfs", "overlay", "vfat", "exfat", "ntfs3")),
        *((kind, False) for kind in ("fuseblk", "ecryptfs", "f2fs", "bcachefs", "ramfs", "something-new")),
    ],
)
def test_which_file_systems_are_polled_from_the_start(kind: str, polled: bool) -> None:
    """Those that others change; a disk that a program of this machine mounts (ntfs-3g: fuseblk) tells of everything,
    and so do the layers of a container. One that nobody has heard of is watched until it proves deaf."""
    mounts = f"21 1 8:1 / / rw - ext4 /dev/sda1 rw\n22 21 0:44 / /pictures rw,relatime - {kind} somewhere rw\n"
    found = kind if polled else ""
    assert foreign(Path("/pictures/cats"), recursive=False, mounts=mounts) == found
    assert foreign(Path("/pictures"), recursive=True, mounts=mounts) == found
    assert foreign(Path("/"), recursive=True, mounts=mounts) == found
    assert foreign(Path("/"), recursive=False, mounts=mounts) == ""
    assert foreign(Path("/pictures-too"), recursive=True, mounts=mounts) == ""

"""A state on a network file system is refused, by the kernel's own list of mounts."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from imgur_sync.errors import StateError
from imgur_sync.state.store import open_store

NFS = "36 35 98:0 / / rw - ext4 /dev/sda rw\n37 36 0:40 / {} rw,relatime shared:5 - nfs4 server:/x rw\n"


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "smb3", "fuse.sshfs", "9p"])
def test_a_network_file_system_is_refused(tmp_path: Path, kind: str) -> None:
    """Before anything is made there."""
    folder = tmp_path / "a b"
    folder.mkdir()
    mounts = NFS.format(str(folder).replace(" ", "\\040")).replace("nfs4", kind)
    with pytest.raises(StateError, match="network file system") as caught:
        open_store(folder / "state.db", lineage=None, create=True, mounts=lambda: mounts)
    assert kind in caught.value.message
    assert list(folder.iterdir()) == []


def test_a_mount_beside_or_above_a_local_one_does_not_matter(tmp_path: Path) -> None:
    """The deepest mount point that holds the path decides, and of equal ones the last."""
    beside = NFS.format(f"{tmp_path}-not")
    above = NFS.format(tmp_path.parent) + f"38 37 98:1 / {tmp_path} rw - xfs /dev/sdb rw\n"
    over = NFS.format(tmp_path) + f"39 37 98:1 / {tmp_path} rw - btrfs /dev/sdb rw\n"
    for mounts in (beside, above, over, "", "nonsense\n"):
        with open_store(tmp_path / "state.db", lineage=None, create=True, mounts=partial(str, mounts)) as store:
            assert store.albums() == ()
            assert store.path == tmp_path / "state.db"

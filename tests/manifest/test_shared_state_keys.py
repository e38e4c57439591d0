"""The keys of a state that machines share: what they take, and that no manifest can send it anywhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgur_sync.errors import ManifestError
from imgur_sync.manifest import load
from imgur_sync.model.spec import Manifest, StateSpec

HEAD = 'version = 1\nlineage = "k3v9x2mq"\n[state]\nbackend = "git"\n'


def manifest(folder: Path, keys: str) -> Manifest:
    """One with these keys in [state]."""
    (folder / "sync.toml").write_text(HEAD + keys)
    return load(None, directory=folder)


def test_what_is_not_said_is_the_default(tmp_path: Path) -> None:
    """The ref of the lineage, at origin, for ten minutes at a time."""
    assert manifest(tmp_path, "").state == StateSpec("git", "origin", "", 600.0)
    (tmp_path / "sync.toml").write_text("version = 1\n")
    assert not load(None, directory=tmp_path).state.shared


@pytest.mark.parametrize("ref", ["refs/imgur-sync/x", "refs/heads/state", "state", "ci/imgur-state_2", "a.b"])
def test_a_ref_is_a_full_name_or_a_branch(ref: str, tmp_path: Path) -> None:
    """As git takes them."""
    assert manifest(tmp_path, f'ref = "{ref}"\nlease = "1h"\nremote = "up-stream.2"').state.ref == ref


@pytest.mark.parametrize(
    "keys",
    [
        *(f'ref = "{bad}"' for bad in ("refs/tags/x", "HEAD", "a..b", "-x", "a//b", "a/", "a.lock", "a.lock/b", ".a")),
        *(f'ref = "{bad}"' for bad in ("", "a b", "a:b", "+a", "a~1", "a^", "a\\\\b", "refs/heads/../x", "a/.b")),
        *(f'remote = "{bad}"' for bad in ("", "-u", "https://evil.example/x", "../x", "a b", "ext::sh", "me@host:x")),
        'lease = "0s"',
        'lease = "2h"',
        'backend = "s3"',
    ],
)
def test_anything_else_is_refused(keys: str, tmp_path: Path) -> None:
    """A manifest, which may come from a stranger's pull request, names a remote that the clone has, and no address."""
    with pytest.raises(ManifestError):
        manifest(tmp_path, keys.replace('backend = "s3"', '[state2]\nbackend = "s3"'))

"""Pictures in Git LFS: planned without a download, fetched by the command that is named, or by `apply --lfs pull`."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import pytest

from imgur_sync.errors import ExitCode, TryAgainLaterError
from imgur_sync.local.lfs import LONGEST_ARGUMENT, Repository, pull, pull_arguments, repositories
from tests.support.fake_lfs import FakeLfs, repository
from tests.support.mirror import Mirror
from tests.support.pictures import png

HARD = ["com,ma.png", " lead.png", "star*.png", "q?.png", "br[a]c.png", "back\\slash.png", "-dash.png", "it's $x.png"]
NEAR = ["comXma.png", "starX.png", "qX.png", "bra.png", "sub/com,ma.png"]


@pytest.fixture
def lfs(tmp_path: Path) -> FakeLfs:
    """A store and a git-lfs."""
    return FakeLfs(tmp_path / "lfs")


def digest(data: bytes) -> str:
    """Its SHA-256."""
    return hashlib.sha256(data).hexdigest()


def test_a_plan_of_pointers_is_the_plan_of_the_files(synced: Mirror, lfs: FakeLfs) -> None:
    """The same digest, without a download and without git-lfs; synced files that are pointers now are unchanged."""
    repository(synced.folder)
    synced.put("cats/new.png", 77)
    here = synced.json("plan")
    for path in (synced.folder / "cats").iterdir():
        lfs.put(path, path.read_bytes())
    there = synced.json("plan")
    assert there["digest"] == here["digest"]
    blocked = [entry["path"] for album in there["albums"] for entry in album["blocked"]]
    assert blocked == ["new.png"]
    assert lfs.pulls() == []
    text = synced.run("plan", "--format", "markdown").stdout
    assert "In Git LFS and not here: 1 file." in text
    fetched = synced.json("plan", "--lfs", "pull")
    assert fetched["digest"] == here["digest"]
    assert fetched["price"] == here["price"] == fetched["total"]
    assert not [entry for album in fetched["albums"] for entry in album["blocked"]]
    assert lfs.pulls() == []
    assert here["digest"] in text


def test_apply_names_the_command_that_fetches_what_is_missing(synced: Mirror, lfs: FakeLfs) -> None:
    """Typed as it stands, with names that mean something to a shell and to git-lfs, it fetches these files alone."""
    repository(synced.folder)
    for number, name in enumerate(HARD):
        lfs.put(synced.folder / "cats" / name, png(seed=100 + number))
    told = synced.run("apply", "-y", code=ExitCode.PARTIAL).stdout
    command = next(line for line in told.splitlines() if line.startswith("  git "))
    for number, name in enumerate(NEAR):
        lfs.put(synced.folder / "cats" / name, png(seed=200 + number))
    done = synced.shell(command, environ=lfs.environ)
    assert done.returncode == 0, done.stderr
    assert len(lfs.pulls()) == 1
    for number, name in enumerate(HARD):
        assert (synced.folder / "cats" / name).read_bytes() == png(seed=100 + number), name
    for name in NEAR:
        assert (synced.folder / "cats" / name).read_bytes().startswith(b"version "), name


def test_apply_fetches_only_what_it_sends(synced: Mirror, lfs: FakeLfs) -> None:
    """Not what is up already, not what an exclude leaves out; then it goes on, and all is as wanted."""
    repository(synced.folder)
    old = synced.folder / "cats" / "c1.png"
    lfs.put(old, old.read_bytes())
    lfs.put(synced.folder / "cats" / "new.png", png(seed=77))
    lfs.put(synced.folder / "elsewhere" / "x.png", png(seed=78))
    sent = len(synced.received())
    done = synced.run("apply", "--lfs", "pull", "-y", environ=lfs.environ)
    assert "git lfs pull: 1 file of ." in done.stderr
    assert lfs.pulls() == [["/cats/new.png"]]
    assert synced.received()[sent:] == [digest(png(seed=77))]
    assert old.read_bytes().startswith(b"version ")
    assert synced.run("apply", "--lfs", "pull", "-y", environ=lfs.environ).returncode == 0
    assert len(lfs.pulls()) == 1, "nothing is missing any more"


def test_what_a_gate_holds_back_is_not_fetched(synced: Mirror, lfs: FakeLfs) -> None:
    """Replacements of most of an album: their content is fetched once their number is approved."""
    repository(synced.folder)
    for number in range(5, 8):
        synced.put(f"cats/c{number}.png", number + 50)
    synced.run("apply", "-y", "-q")
    for number in range(8):
        lfs.put(synced.folder / "cats" / f"c{number}.png", png(seed=300 + number))
    assert synced.json("plan")["approve"] == {"replace": 8}
    synced.run("apply", "--lfs", "pull", "-y", environ=lfs.environ, code=ExitCode.PARTIAL)
    assert lfs.pulls() == []
    synced.run("apply", "--lfs", "pull", "-y", "--approve", "replace=8", environ=lfs.environ)
    assert lfs.pulls() == [[f"/cats/c{number}.png" for number in range(8)]]


def test_a_git_lfs_that_fails_or_is_not_there_is_told(synced: Mirror, lfs: FakeLfs, tmp_path: Path) -> None:
    """Exit 1 with what it said, made harmless; nothing was sent."""
    repository(synced.folder)
    lfs.put(synced.folder / "cats" / "new.png", png(seed=77))
    (lfs.store / "fails").touch()
    mark = synced.last()
    done = synced.run("apply", "--lfs", "pull", "-y", environ=lfs.environ, code=ExitCode.ERROR)
    assert "git lfs pull failed in " in done.stderr
    assert "quota" in done.stderr
    assert "\x1b" not in done.stderr
    bare = tmp_path / "bare"
    bare.mkdir()
    for path, said in ((f"{bare}", "git is not installed"),):
        done = synced.run("apply", "--lfs", "pull", "-y", environ={**lfs.environ, "PATH": path}, code=ExitCode.ERROR)
        assert said in done.stderr
    git = shutil.which("git")
    assert git is not None
    (bare / "git").symlink_to(git)
    done = synced.run("apply", "--lfs", "pull", "-y", environ={**lfs.environ, "PATH": f"{bare}"}, code=ExitCode.ERROR)
    assert "git-lfs is not installed" in done.stderr
    assert synced.writes(mark) == []


def test_the_fetched_command_has_no_credential(synced: Mirror, lfs: FakeLfs) -> None:
    """What git-lfs is started with holds no token of Imgur's."""
    repository(synced.folder)
    lfs.put(synced.folder / "cats" / "new.png", png(seed=77))
    synced.run("apply", "--lfs", "pull", "-y", environ=lfs.environ)
    seen = str(lfs.seen())
    secrets = [value for name, value in synced.place.environment.items() if name.endswith(("_TOKEN", "_SECRET"))]
    assert secrets
    assert not [secret for secret in secrets if secret in seen]


def test_a_hook_of_another_repository_does_not_lead_astray(synced: Mirror, lfs: FakeLfs, tmp_path: Path) -> None:
    """Started by a hook of git, which is told of its own repository: the files come from that of the pictures."""
    repository(synced.folder)
    repository(tmp_path / "other")
    lfs.put(synced.folder / "cats" / "new.png", png(seed=77))
    other = {"GIT_DIR": f"{tmp_path}/other/.git", "GIT_WORK_TREE": f"{tmp_path}/other", "GIT_INDEX_FILE": "x"}
    kept = {"GIT_SSH_COMMAND": "ssh -i key", "GIT_CONFIG_COUNT": "0"}
    synced.run("apply", "--lfs", "pull", "-y", environ={**lfs.environ, **other, **kept})
    assert synced.received()[-1] == digest(png(seed=77))
    seen = lfs.seen()
    assert not [name for name in other if seen.get(name, "") == other[name]]
    assert {name: seen[name] for name in kept} == kept, "how the remote is reached stays"


def test_a_pull_that_does_not_end_is_ended(lfs: FakeLfs, tmp_path: Path) -> None:
    """With what it started; the error is one to come back for."""
    repository(tmp_path / "repo")
    (lfs.bin / "git-lfs").write_text('#!/bin/sh\n[ "$1" = version ] && exit 0\nexec sleep 600\n')
    with pytest.raises(TryAgainLaterError, match="had not ended after"):
        pull(Repository(tmp_path / "repo", ["a.png"]), {**os.environ, **lfs.environ}, seconds=0.5)


def test_long_lists_are_split(tmp_path: Path) -> None:
    """No argument is longer than a system takes, and every file is named once."""
    paths = [f"photos/{'x' * 90}{number}.png" for number in range(3000)]
    lists = [words[2].removeprefix("--include=") for words in pull_arguments(paths)]
    assert len(lists) > 1
    assert max(len(one) for one in lists) <= LONGEST_ARGUMENT
    assert [path for one in lists for path in one.split(",")] == [f"/{path}" for path in paths]


def test_each_file_belongs_to_its_nearest_repository(tmp_path: Path, lfs: FakeLfs) -> None:
    """A repository in a folder of another; pointers of git-annex are told apart; a file in none is left out."""
    outer, inner = tmp_path / "outer", tmp_path / "outer" / "photos" / "inner"
    repository(outer)
    inner.mkdir(parents=True)
    (inner / ".git").write_text("gitdir: elsewhere\n")
    for path in (outer / "photos" / "a.png", inner / "b.png", tmp_path / "none" / "c.png"):
        lfs.put(path, png(seed=1))
    key = f"SHA256E-s3--{'0' * 64}.png"
    (outer / "photos" / "d.png").symlink_to(f"../.git/annex/objects/aa/bb/{key}/{key}")
    (outer / "photos" / "e.png").write_bytes(f"/annex/objects/{key}\n".encode())
    (outer / "photos" / "f.png").write_bytes(png(seed=2))
    files = [(outer / "photos", name) for name in ("a.png", "inner/b.png", "d.png", "e.png", "f.png", "gone.png")]
    found = {place.top: place for place in repositories([*files, (tmp_path / "none", "c.png")])}
    assert found.keys() == {outer, inner}
    assert (found[outer].lfs, found[outer].annex) == (["photos/a.png"], ["photos/d.png", "photos/e.png"])
    assert found[inner].lfs == ["b.png"]


def test_a_dry_run_fetches_nothing(synced: Mirror, lfs: FakeLfs) -> None:
    """It plans as if all were here, pointers of git-annex excepted; a manifest on stdin can be read once only."""
    repository(synced.folder)
    lfs.put(synced.folder / "cats" / "new.png", png(seed=77))
    (synced.folder / "cats" / "annex.png").write_bytes(f"/annex/objects/SHA256E-s3--{'0' * 64}.png\n".encode())
    told = synced.run("apply", "--dry-run", "--lfs", "pull", environ=lfs.environ).stdout
    assert "! 1 blocked, not downloaded (Git LFS): annex.png" in told
    assert "1 upload (" in told
    assert lfs.pulls() == []
    text = (synced.folder / "sync.toml").read_text()
    synced.run("-f", "-", "apply", "-y", "--lfs", "pull", stdin=text, code=ExitCode.USAGE)

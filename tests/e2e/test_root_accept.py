"""`root accept`: an album follows another folder only after a person typed its key."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command import PROGRAM
from tests.support.inside import Inside
from tests.support.mirror import Mirror, mirror, table


@pytest.fixture
def cats(tmp_path: Path) -> Iterator[Mirror]:
    """An album of five pictures, synced, whose folder is empty since."""
    with mirror(tmp_path, kind=Inside) as made:
        made.manifest(table("cats"))
        made.run("apply", "-y")
        shutil.rmtree(made.folder / "cats")
        (made.folder / "cats").mkdir()
        yield made


def typed(made: Mirror, text: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command at a terminal into which a line is typed."""
    ours, theirs = pty.openpty()
    try:
        os.write(ours, f"{text}\n".encode())
        return subprocess.run(
            [PROGRAM, "root", "accept", *arguments],
            cwd=made.folder,
            env=made.place.environ({}),
            stdin=theirs,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
    finally:
        os.close(ours)
        os.close(theirs)


def test_story_2_the_guard_cannot_be_talked_away(cats: Mirror) -> None:
    """A file put into the folder is no marker; an empty folder needs its own word; the side that loses is named."""
    (cats.folder / "cats/.keep").write_text("")
    assert "gate root" in cats.run("apply", "-y", code=3).stdout
    refused = typed(cats, "cats", "cats")
    assert refused.returncode == 64
    assert "the album on Imgur would lose all of its 5 pictures" in refused.stderr
    assert "create" not in refused.stderr
    declined = typed(cats, "yes", "cats", "--empty")
    assert declined.returncode == 10
    assert "The album cats on Imgur loses 5 of 5 pictures" in declined.stderr
    assert "The folder loses nothing" in declined.stderr
    assert "gate root" in cats.run("apply", "-y", code=3).stdout
    assert len(cats.album("cats")["images"]) == 5


def test_an_accepted_folder_is_followed_once_and_its_removals_are_counted_still(cats: Mirror) -> None:
    """After it the gate prune asks for the number; later the gate root holds as before."""
    assert typed(cats, "cats", "cats", "--empty").returncode == 0
    held = cats.run("apply", "-y", code=3).stdout
    assert "gate root" not in held
    assert "--approve prune=5" in held
    cats.run("apply", "-y", "--approve", "prune=5")
    assert cats.album("cats")["images"] == []
    cats.put("cats/new.png", 50)
    cats.run("apply", "-y")
    (cats.folder / "cats/new.png").unlink()
    assert "gate root" in cats.run("apply", "-y", code=3).stdout


def test_an_acceptance_is_bound_to_the_folder_as_it_was_seen(cats: Mirror) -> None:
    """Another directory in its place, and it has to be accepted anew."""
    assert typed(cats, "cats", "cats", "--empty").returncode == 0
    (cats.folder / "cats").rename(cats.folder / "before")
    (cats.folder / "cats").mkdir()
    assert "gate root" in cats.run("apply", "-y", "--approve", "root=5", code=3).stderr + cats.run("plan").stdout


def test_nobody_at_a_terminal_and_nothing_to_accept(cats: Mirror) -> None:
    """64 without a terminal; nothing is recorded where the folder is the right one."""
    assert "no terminal" in cats.run("root", "accept", "cats", "--empty", code=64).stderr
    for number in range(5):
        cats.put(f"cats/c{number}.png", number)
    assert "nothing to accept" in cats.run("root", "accept", "cats").stdout
    assert 'no album "dog"' in cats.run("root", "accept", "dog", code=64).stderr

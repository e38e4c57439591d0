"""A manifest that is a link: what it leads to is watched, too, and so is every link on the way."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from imgur_sync.watch.roots import ways_to
from tests.support.daemon import PACE, daemon
from tests.support.mirror import HEAD, Mirror, mirror, table


@pytest.fixture
def imgur(tmp_path: Path) -> Iterator[Mirror]:
    """An album that is in order, with a manifest that is a plain file."""
    with mirror(tmp_path / "home") as made:
        made.manifest(table("cats"), head=HEAD + PACE)
        made.run("apply", "-y")
        yield made


def worded(text: str) -> str:
    """The manifest with that description."""
    return HEAD + PACE + table("cats", f'description = "{text}"')


def linked(path: Path, target: str) -> None:
    """Put a link at a path in one step, whatever is there."""
    new = path.with_name(f"{path.name}_tmp")
    new.symlink_to(target)
    new.replace(path)


def says(imgur: Mirror, text: str) -> bool:
    """Whether the album has that description by now."""
    return imgur.album("cats")["description"] == text


def test_a_folder_of_kubernetes_that_is_swapped_is_read_anew(imgur: Mirror) -> None:
    """`sync.toml -> ..data/sync.toml`, `..data -> ..2026_1`: only `..data` ever changes. The folder that is led to is
    watched after each swap, also after one that changed nothing."""
    home = imgur.folder

    def swap(number: int, text: str) -> None:
        (home / f"..2026_{number}").mkdir()
        (home / f"..2026_{number}" / "sync.toml").write_text(worded(text))
        linked(home / "..data", f"..2026_{number}")

    swap(1, "first")
    linked(home / "sync.toml", "..data/sync.toml")
    with daemon(imgur) as watch:
        watch.until(lambda: says(imgur, "first"))
        watch.at_rest()
        swap(2, "second")
        watch.until(lambda: says(imgur, "second"))
        watch.at_rest()
        swap(3, "second")
        (home / "cats" / "c9.png").write_bytes((home / "cats" / "c0.png").read_bytes()[:40])
        watch.await_told("file_waits", "c9.png")
        (home / "..2026_3" / "sync.toml").write_text(worded("third"))
        watch.until(lambda: says(imgur, "third"))


def test_a_link_into_a_repository_of_settings_is_followed(imgur: Mirror, tmp_path: Path) -> None:
    """`sync.toml -> ~/dotfiles/current/sync.toml`, where `current` is a link, too: an edit in place, a save by rename,
    and another branch."""
    dotfiles = tmp_path / "dotfiles"
    for branch in ("laptop", "desktop"):
        (dotfiles / branch).mkdir(parents=True)
        (dotfiles / branch / "sync.toml").write_text(worded(branch))
    (dotfiles / "current").symlink_to("laptop")
    linked(imgur.folder / "sync.toml", str(dotfiles / "current" / "sync.toml"))
    with daemon(imgur) as watch:
        watch.until(lambda: says(imgur, "laptop"))
        watch.at_rest()
        (dotfiles / "laptop" / "sync.toml").write_text(worded("edited"))
        watch.until(lambda: says(imgur, "edited"))
        watch.at_rest()
        (dotfiles / "laptop" / "new").write_text(worded("saved"))
        (dotfiles / "laptop" / "new").replace(dotfiles / "laptop" / "sync.toml")
        watch.until(lambda: says(imgur, "saved"))
        watch.at_rest()
        linked(dotfiles / "current", "desktop")
        watch.until(lambda: says(imgur, "desktop"))


def test_a_link_that_leads_nowhere_for_a_while_is_waited_for(imgur: Mirror, tmp_path: Path) -> None:
    """The last good manifest rules meanwhile; the file that is to come is waited for."""
    (tmp_path / "later").mkdir()
    with daemon(imgur) as watch:
        watch.at_rest()
        linked(imgur.folder / "sync.toml", str(tmp_path / "later" / "sync.toml"))
        watch.await_told("not_reloaded")
        (tmp_path / "coming").write_text(worded("came"))
        (tmp_path / "coming").rename(tmp_path / "later" / "sync.toml")
        watch.until(lambda: says(imgur, "came"))


def test_a_link_on_the_way_to_an_album_is_followed(imgur: Mirror) -> None:
    """`folder = "this-month/cats"`, and the month is over: the same pictures and one more are in the next one."""
    home = imgur.folder
    for month in ("november", "december"):
        (home / month).mkdir()
    (home / "cats").rename(home / "november" / "cats")
    linked(home / "this-month", "november")
    imgur.manifest('[albums.cats]\nfolder = "this-month/cats"\ntitle = "cats"\n', head=HEAD + PACE)
    with daemon(imgur) as watch:
        watch.at_rest()
        shutil.copytree(home / "november" / "cats", home / "december" / "cats")
        imgur.put("december/cats/c9.png", 99)
        linked(home / "this-month", "december")
        watch.until(lambda: imgur.shown("cats") == imgur.wanted("december/cats"))


def test_a_link_on_the_way_to_the_state_is_followed(imgur: Mirror) -> None:
    """By every command at once; a daemon, which holds the locks of the state that it began with, says that it takes a
    restart, and goes on as it was. Its state is the one that knows of the albums."""
    home = imgur.folder
    (home / ".imgur-sync").rename(home / "laptop")
    (home / "desktop").mkdir()
    linked(home / "here", "laptop")
    imgur.manifest(table("cats"), head=f'{HEAD}{PACE}[state]\npath = "here/state.db"\n')
    with daemon(imgur) as watch:
        watch.at_rest()
        linked(home / "here", "desktop")
        watch.await_told("not_reloaded", "[state] path is another one now")
        imgur.put("cats/c9.png", 99)
        watch.until(lambda: imgur.shown("cats") == imgur.wanted("cats"))
    assert list((home / "desktop").iterdir()) == []
    assert "nothing was synced yet" in imgur.run("status").stdout
    linked(home / "here", "laptop")
    assert "nothing was synced yet" not in imgur.run("status").stdout
    imgur.run("plan", "--detailed-exitcode")


def test_the_ways_to_a_file(tmp_path: Path) -> None:
    """Plain files, links of folders, links in a ring, and ways that lead nowhere."""
    base = Path(os.path.realpath(tmp_path))
    (base / "real" / "deep").mkdir(parents=True)
    (base / "real" / "deep" / "sync.toml").write_text("")
    there = {base / "real" / "deep": {"sync.toml"}}
    assert ways_to(base / "real" / "deep" / "sync.toml") == there
    assert ways_to(base / "real" / ".." / "real" / "deep" / "sync.toml") == there
    (base / "one").symlink_to("real/../real")
    (base / "real" / "two").symlink_to(base / "one" / "deep")
    assert ways_to(base / "one" / "two" / "sync.toml") == {base: {"one"}, base / "real": {"two"}, **there}
    (base / "real" / "both").symlink_to("deep/sync.toml")
    (base / "real" / "again").symlink_to("both")
    assert ways_to(base / "real" / "again") == {base / "real": {"again", "both"}, **there}
    assert ways_to(base / "no" / "such" / "sync.toml") == {base / "no" / "such": {"sync.toml"}}
    (base / "ring").symlink_to("ring")
    assert ways_to(base / "ring" / "sync.toml")[base] == {"ring"}

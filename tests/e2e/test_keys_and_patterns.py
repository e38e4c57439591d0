"""Commands that only read take patterns of album keys; those that change something say that they want an exact one."""

from __future__ import annotations

import pytest

from tests.support.inside import Inside
from tests.support.mirror import Mirror

KIND = Inside


def test_links_and_history_take_patterns(shared: Mirror) -> None:
    """As plan does: "*" stands for anything."""
    for pattern, count in (("c*", 5), ("*s", 8), ("dogs", 3), ("[cd]*", 8)):
        assert len(shared.run("links", pattern).stdout.splitlines()) == count
    assert [album["album"] for album in shared.json("links", "*")["albums"]] == ["cats", "dogs"]
    assert "8 uploaded" in shared.run("history", "*").stdout
    assert "3 uploaded" in shared.run("history", "d*").stdout
    assert shared.run("links", "--retired", "c*").stdout == ""


@pytest.mark.parametrize("command", [["links"], ["history"]])
def test_what_fits_no_album_names_those_there_are(command: list[str], shared: Mirror) -> None:
    """64, with the nearest key."""
    told = shared.run(*command, "cat", code=64).stderr
    assert told == 'error: no album "cat" was synced here\nhint: did you mean cats? there are cats, dogs\n'
    assert "there are cats, dogs" in shared.run(*command, "x*", code=64).stderr


@pytest.mark.parametrize(
    "command",
    [["restore", "c*"], ["restore", "c*", "--all", "-y"], ["purge", "*"], ["forget", "d*"], ["forget", "c*", "c1.png"]],
)
def test_commands_that_change_something_want_an_exact_key(command: list[str], shared: Mirror) -> None:
    """64, nothing is sent, and the pattern is called one."""
    mark = shared.last()
    told = shared.run(*command, code=64).stderr
    assert f'error: "{command[1]}" is a pattern, and an exact key is wanted here\nhint: ' in told
    assert shared.last() == mark


def test_forget_says_what_it_can_let_go_of(synced: Mirror) -> None:
    """Only what left the manifest."""
    none = synced.run("forget", "birds", code=64).stderr
    assert "nothing can be forgotten now: every album that was synced is still in the manifest" in none
    text = (synced.folder / "sync.toml").read_text(encoding="utf-8")
    (synced.folder / "sync.toml").write_text(text[: text.index("[albums.dogs]")], encoding="utf-8")
    assert "hint: what can be forgotten: dogs\n" in synced.run("forget", "birds", code=64).stderr
    asked = synced.run("forget", "dogs", code=64).stderr
    assert asked == "error: there is no terminal to ask at\nhint: answer beforehand: --confirm dogs\n"

"""Bad manifests: one message with the place and the remedy, the right code, and nothing lost."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.support.inside import Inside
from tests.support.mirror import HEAD, Mirror, mirror, table

KIND = Inside

BOTH = table("cats") + table("dogs")
CAP = "max_credits_per_run = "


def row(name: str, text: str | bytes, *words: str) -> Any:
    """A manifest that is refused, and what must be said about it."""
    return pytest.param(text if isinstance(text, bytes) else text.encode(), words, id=name)


MANIFESTS = [
    row("empty", "", "the file is empty", "imgur-sync init"),
    row("UTF-16", (HEAD + BOTH).encode("utf-16"), "UTF-16", "save it as UTF-8"),
    row("Latin-1", HEAD.encode() + b'x = "\xe9"\n', ":6:6: this is not UTF-8"),
    row("more than 1 MiB", b"#" * (1 << 20) + b"\n", "larger than 1 MiB", "split it"),
    row("a table that is not closed", HEAD + "[albums.cats\n", ":6:13:", "| [albums.cats", "close it"),
    row("a table twice", HEAD + table("cats") + "[albums.cats]\n", ":9:9: albums.cats is given twice", "line 6"),
    row("a key twice", HEAD + table("cats", 'title = "b"'), ":9:1: albums.cats.title is given twice", "keep one"),
    row("an unknown key", HEAD + table("cats", 'privcy = "hidden"'), ":9:1:", "albums.cats.privcy", "mean privacy?"),
    row("privacy private", HEAD + table("cats", 'privacy = "private"'), ":9:11:", '"public", "hidden" or "secret"'),
    row("privacy 1", HEAD + table("cats", "privacy = 1"), ":9:11: albums.cats.privacy cannot be 1"),
    row("one folder for two", HEAD + table("a", folder="cats") + table("b", folder="cats"), ":10:10:", "line 7"),
    row("nested folders", HEAD + table("a", folder="cats") + table("b", folder="cats/x"), ":10:10:", "lies inside"),
    row("a folder above", HEAD + table("a", folder="../x"), ":7:10:", "contains ..", "--allow-root"),
    row("an absolute folder", HEAD + table("a", folder="/etc"), ":7:10:", "absolute", "--allow-root /etc"),
    row("a folder of home", HEAD + table("a", folder="~/x"), ":7:10:", "not expanded"),
    row("a folder of Windows", HEAD + table("a", folder="C:\\\\x"), ":7:10:", "Windows path"),
    row("a folder with NUL", HEAD + table("a", folder="x\\u0000y"), ":7:10:", "NUL character"),
    row("a folder with a variable", HEAD + table("a", folder="$HOME/x"), ":7:10:", "not expanded"),
    row("no such folder", HEAD + table("a", folder="nowhere"), "the folder nowhere does not exist", "make the folder"),
    row("a key of 50,000 parts", HEAD + "x" + ".a" * 50_000 + " = 1\n", ":6:", "too deeply nested"),
    row("100,000 lists", HEAD + "x = " + "[" * 100_000 + "]" * 100_000 + "\n", ":6:", "too deeply nested"),
    row("no credits", HEAD + CAP + "0\n", ":6:23:", "from 1 to 1000000"),
    row("negative credits", HEAD + CAP + "-1\n", ":6:23:", "from 1 to 1000000"),
    row("10^20 credits", HEAD + CAP + "9" * 20 + "\n", ":6:23:", "from 1 to 1000000"),
    row("6,000 digits of credits", HEAD + CAP + "9" * 6000 + "\n", ":6:23:", "too many digits"),
    row("many credits", HEAD + CAP + '"many"\n', ":6:23:", "from 1 to 1000000"),
    row("half credits", HEAD + CAP + "12.5\n", ":6:23:", "from 1 to 1000000"),
    row("credits that are no number", HEAD + CAP + "nan\n", ":6:23:", "from 1 to 1000000"),
    row("a key with a blank", HEAD + '[albums."a b"]\n', ":6:9:", "cannot be the name of an album", "[albums.a-b]"),
    row("a key with a blank and no quotes", HEAD + "[albums.My Cats]\n", ":6:12:", '"My Cats"', "[albums.my-cats]"),
    row("a key of dots", HEAD + '[albums.".."]\n', ":6:9:", "cannot be the name of an album"),
    row("a key of 300", HEAD + f"[albums.{'a' * 300}]\n", ":6:9:", "cannot be the name of an album"),
    row("a key with an escape", HEAD + '[albums."\\u001b[31m"]\n', ":6:9:", '"\\x1b[31m" cannot be'),
    row("a title with an escape", HEAD + table("a", 'description = "\\u001b"'), ":9:15:", "control characters"),
    row("a newer version", "version = 2\n" + BOTH, ":1:11: version 2 is newer", "nothing was changed"),
    row(
        "another id than that of before", HEAD + table("cats", 'id = "AbC1234"'), "another album already", "remove `id`"
    ),
    row("a secret", HEAD + '[account]\nclient_secret = "s3cr3t-value"\n', ":7:1:", "the environment"),
]


@pytest.mark.parametrize(("text", "words"), MANIFESTS)
def test_a_bad_manifest_is_refused_with_place_and_remedy(text: bytes, words: tuple[str, ...], shared: Mirror) -> None:
    """65 from validate and apply; nothing is sent, the albums stay as they were."""
    path = shared.folder / "sync.toml"
    before, good = shared.last(), path.read_bytes()
    try:
        path.write_bytes(text)
        told = shared.run("apply", "-y", code=65)
    finally:
        path.write_bytes(good)
    for word in words:
        assert word in told.stderr, told.stderr
    assert "s3cr3t" not in told.stderr
    assert "\x1b" not in told.stderr
    assert told.stdout == ""
    assert shared.writes(before) == []


def test_a_manifest_that_is_no_file_is_refused(shared: Mirror) -> None:
    """Missing, a directory, a pipe."""
    path = shared.folder / "sync.toml"
    aside = path.rename(path.with_name("aside"))
    try:
        assert "there is no sync.toml here" in shared.run("validate", code=65).stderr
        path.mkdir()
        assert "this is a directory" in shared.run("apply", "-y", code=65).stderr
        path.rmdir()
        os.mkfifo(path)
        assert "not a regular file" in shared.run("plan", code=65).stderr
        path.unlink()
    finally:
        aside.rename(path)
    assert "gone.toml" in shared.run("validate", "-f", "gone.toml", code=65).stderr


def test_all_problems_of_a_manifest_come_at_once(shared: Mirror) -> None:
    """As text and as JSON, each with its place."""
    text = HEAD + table("a", 'privcy = "hidden"', folder="/etc") + table("b", "priority = 1.5", folder="nowhere")
    wrong = shared.folder / "wrong.toml"
    wrong.write_text(text, encoding="utf-8")
    told = shared.json("validate", "-f", "wrong.toml", code=65)
    wrong.unlink()
    assert told["exit_code"] == 65
    assert [problem["line"] for problem in told["problems"]] == [7, 9, 11, 13]
    assert all(problem["what"] and problem["remedy"] for problem in told["problems"])


def test_a_byte_order_mark_is_no_obstacle(shared: Mirror) -> None:
    """Windows editors write one."""
    marked = shared.folder / "marked.toml"
    marked.write_text("\ufeff" + HEAD + BOTH, encoding="utf-8")
    told = shared.json("validate", "-f", "marked.toml")
    assert told["ok"] is True
    assert len(told["albums"]) == 2
    marked.unlink()


def test_five_thousand_albums_are_planned(tmp_path: Path) -> None:
    """They work, or a limit is named before any call."""
    with mirror(tmp_path, kind=Inside) as here:
        tables = []
        for number in range(5000):
            (here.folder / f"many/a{number}").mkdir(parents=True)
            tables.append(table(f"a{number}", folder=f"many/a{number}"))
        here.put("many/a4999/only.png", 1)
        here.manifest("".join(tables))
        assert "a4999: " in here.run("plan", "--offline").stdout
        assert here.requests() == []

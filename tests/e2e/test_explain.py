"""`explain` with the installed command: every fate of a path, with the rule, the gate and what the state knows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.inside import Inside
from tests.support.mirror import HEAD, Mirror, mirror, table


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Mirror]:
    """The albums cats and dogs, mirrored."""
    with mirror(tmp_path, kind=Inside) as made:
        made.run("apply", "-y")
        yield made


def told(here: Mirror, path: str, *options: str) -> dict[str, Any]:
    """What `explain --json` says; nothing was asked of Imgur unless --online is among the options."""
    before = here.last()
    found: dict[str, Any] = here.json("explain", path, *options)
    assert (here.last() == before) is ("--online" not in options)
    assert found["kind"] == "explain"
    return found


def test_a_picture_that_is_as_wanted(here: Mirror) -> None:
    """By its path, its place, its id and its link, from anywhere; with what is known of it."""
    found = told(here, "cats/c1.png")
    digest = hashlib.sha256((here.folder / "cats" / "c1.png").read_bytes()).hexdigest()
    assert (found["verdict"], found["album"], found["path"]) == ("as_wanted", "cats", "c1.png")
    assert (found["file"]["sha256"], found["file"]["media_type"]) == (digest, "image/png")
    (picture,) = found["pictures"]
    assert (picture["standing"], picture["sha256"], picture["width"]) == ("placed", digest, found["file"]["width"])
    by_link, by_id = told(here, picture["link"]), told(here, picture["link"].rsplit("/", 1)[1].split(".")[0])
    assert by_link["pictures"] == by_id["pictures"] == [picture]
    assert by_link["verdict"] == by_id["verdict"] == "as_wanted"
    assert told(here, str(here.folder / "cats" / "c1.png"))["verdict"] == "as_wanted"
    text = here.run("explain", "cats/c1.png").stdout
    assert "verdict   nothing to do\n" in text
    assert f"sha256 {digest}" in text
    assert "nothing was asked of Imgur" in text


def test_files_that_are_sent_replaced_moved_and_removed(here: Mirror) -> None:
    """Also those that are no longer there."""
    here.put("cats/new.png", 90)
    here.put("cats/c0.png", 91)
    (here.folder / "cats" / "c1.png").rename(here.folder / "cats" / "moved.png")
    (here.folder / "cats" / "c2.png").unlink()
    (here.folder / "dogs" / "d0.png").rename(here.folder / "cats" / "rex.png")
    fates = {path: told(here, f"cats/{path}")["verdict"] for path in ("new.png", "c0.png", "c1.png", "moved.png")}
    assert fates == {"new.png": "sent", "c0.png": "replaced", "c1.png": "moved", "moved.png": "moved"}
    gone = told(here, "cats/c2.png")
    assert (gone["verdict"], gone["file"]) == ("leaves", None)
    assert "link goes on working" in gone["because"][0]
    assert told(here, "cats/rex.png")["because"][0].startswith("dogs/d0.png is now cats/rex.png")
    here.run("apply", "-y")
    assert told(here, "cats/c2.png")["verdict"] == "gone"
    (old, _) = here.run("links", "--retired").stdout.split()
    assert told(here, old)["because"][0].startswith("another picture took its place")


def test_what_is_ignored_names_pattern_file_and_line(here: Mirror) -> None:
    """Junk, exclude, include, recursive, and a pattern file with a blank line before the pattern."""
    here.manifest(
        table("cats", 'exclude = ["a/", "*.gif"]', 'include = ["*.png", "*.gif"]')
        + table("dogs", "recursive = false")
        + table("owls")
    )
    here.put("cats/a/x.png", 70)
    here.put("cats/x.jpg", 71)
    here.put("cats/x.gif", 72)
    here.put("dogs/sub/x.png", 73)
    here.put("owls/keep.png", 74)
    here.put("owls/deep/skip.png", 75)
    (here.folder / "owls" / "deep" / ".imgursyncignore").write_text("# no\n\nother*\nSkip*\n")
    manifest = (here.folder / "sync.toml").read_text().splitlines()
    line = next(number for number, text in enumerate(manifest, 1) if text.startswith("exclude"))
    because = {path: told(here, path)["because"][0] for path in ("cats/a/x.png", "cats/x.gif", "cats/x.jpg")}
    assert because["cats/a/x.png"] == f'a/ matches "a/" in `exclude` of [albums.cats], sync.toml line {line}'
    assert because["cats/x.gif"] == f'x.gif matches "*.gif" in `exclude` of [albums.cats], sync.toml line {line}'
    assert because["cats/x.jpg"].startswith("no pattern of `include` of [albums.cats], sync.toml line ")
    assert "recursive" in told(here, "dogs/sub/x.png")["because"][0]
    deep = told(here, "owls/deep/skip.png")
    assert deep["because"] == ['deep/skip.png matches "Skip*" in owls/deep/.imgursyncignore, line 4']
    assert deep["verdict"] == "ignored"
    assert told(here, "cats/Thumbs.db")["verdict"] == "ignored"


def test_what_is_known_and_ignored_now_is_unmanaged(here: Mirror) -> None:
    """The picture stays, and the rule is named."""
    here.manifest(table("cats", 'exclude = ["c1*"]') + table("dogs"))
    found = told(here, "cats/c1.png")
    assert found["verdict"] == "unmanaged"
    assert any('"c1*"' in text for text in found["because"])
    assert len(found["pictures"]) == 1


def test_what_a_gate_withholds_names_the_gate_and_what_to_type(here: Mirror) -> None:
    """Four of five would leave."""
    for number in range(4):
        (here.folder / "cats" / f"c{number}.png").unlink()
    found = told(here, "cats/c0.png")
    assert (found["verdict"], found["gate"], found["approve"]) == ("withheld", "prune", "prune=4")
    assert "gate      prune; to let it through: --approve prune=4\n" in here.run("explain", "cats/c0.png").stdout
    (here.folder / "dogs").rename(here.folder / "elsewhere")
    found = told(here, "dogs/d0.png")
    assert (found["verdict"], found["gate"], found["approve"]) == ("not_compared", "root", "")


def test_what_cannot_be_sent_and_what_is_no_picture(here: Mirror) -> None:
    """A broken one, one that Imgur refused before, and a text."""
    here.put("cats/broken.png", b"\x89PNG\r\n\x1a\n")
    here.put("cats/notes.txt", b"hello")
    here.put("cats/refused.png", 92)
    fault = {"match": {"method": "POST", "path": "/3/upload"}, "fault": "reply", "status": 413, "body": "too large"}
    here.steer("faults", [fault])
    here.run("apply", "-y", code=7)
    here.calm()
    assert told(here, "cats/broken.png")["because"][0].startswith("incomplete file")
    assert told(here, "cats/notes.txt")["verdict"] == "skipped"
    refused = told(here, "cats/refused.png")
    assert refused["verdict"] == "unsendable"
    assert refused["failed"]["reason"]
    assert any("--retry-failed" in text for text in refused["because"])


def test_a_picture_of_a_protected_album_and_of_one_with_prune_never(here: Mirror) -> None:
    """Blocked, and kept."""
    here.manifest(table("cats", "protect = true") + table("dogs", 'prune = "never"'))
    (here.folder / "cats" / "c0.png").unlink()
    (here.folder / "dogs" / "d0.png").unlink()
    assert told(here, "cats/c0.png")["verdict"] == "blocked"
    kept = told(here, "dogs/d0.png")
    assert kept["verdict"] == "kept"
    assert 'prune = "never"' in kept["because"][0]


def test_online_sees_what_changed_on_imgur(here: Mirror) -> None:
    """Offline it is as wanted, as far as is known; asked, it is gone and sent again."""
    picture = told(here, "cats/c1.png")["pictures"][0]
    here.steer("edit", {"op": "delete_image", "id": picture["link"].rsplit("/", 1)[1].split(".")[0]})
    assert told(here, "cats/c1.png")["verdict"] == "as_wanted"
    assert told(here, "cats/c1.png", "--online")["verdict"] == "restored"


def test_what_belongs_to_no_album(here: Mirror) -> None:
    """A path outside is refused with what can be named; one inside that nobody knows is told so."""
    wrong = here.run("explain", "/etc/hostname", code=64)
    assert "lies in no album's folder" in wrong.stderr
    assert here.run("explain", "nothing", code=64).stdout == ""
    found = told(here, "cats/never.png")
    assert (found["verdict"], found["file"], found["pictures"]) == ("unknown", None, [])


def test_before_anything_was_synced(here: Mirror) -> None:
    """Without a state: what would be sent."""
    here.manifest(table("cats"), head=HEAD + '[state]\npath = "elsewhere/state.db"\n')
    assert told(here, "cats/c0.png")["verdict"] == "sent"

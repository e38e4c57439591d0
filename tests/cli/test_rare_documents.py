"""Documents that are too large or of the wrong kind, and links that are put on a clipboard."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import pytest

from imgur_sync.cli import comment, copying
from imgur_sync.report import plan_reading
from tests.support.inside import Inside
from tests.support.mirror import Mirror

MARKED = f"<!-- imgur-sync plan sha256:{'1' * 64} -->\n"


def test_a_comment_longer_than_any_can_be_is_refused(here: Inside) -> None:
    """65 with the remedy, and nothing is printed that a forge would cut."""
    (here.folder / "long.md").write_text(MARKED + "words " * 20_000, encoding="utf-8")
    done = here.run("comment", "long.md")
    assert (done.returncode, done.stdout) == (65, "")
    assert "longer than any can be" in done.stderr


def test_files_larger_than_any_of_ours_are_not_read_whole(here: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
    """A comment, and a plan."""
    monkeypatch.setattr(comment, "MOST_BYTES", 100)
    monkeypatch.setattr(plan_reading, "MOST_BYTES", 100)
    (here.folder / "large").write_text(MARKED + "x" * 100, encoding="utf-8")
    done = here.run("comment", "large")
    assert (done.returncode, done.stdout) == (65, "")
    assert "large is larger than anything that is wanted there" in done.stderr
    done = here.run("show", "large")
    assert (done.returncode, done.stdout) == (65, "")
    assert "large is larger than any plan" in done.stderr


def test_there_is_a_schema_for_any_document(here: Inside) -> None:
    """It names every kind, those of the others among them."""
    told = {kind: json.loads(here.run("schema", "--kind", kind).stdout) for kind in ("any", "state", "hook")}
    assert len({json.dumps(schema, sort_keys=True) for schema in told.values()}) == 3
    assert '"plan"' in json.dumps(told["any"])


def test_links_are_put_on_the_clipboard_of_the_terminal(
    synced: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the one escape sequence that terminals know for it; what was printed is what is copied."""
    terminal = tmp_path / "terminal"
    monkeypatch.setattr(copying, "TERMINAL", str(terminal))
    known = {"TERM": "xterm-256color", "TMUX": "", "STY": ""}
    done = synced.run("links", "cats", "--copy", environ=known)
    found = re.fullmatch(rb"\x1b\]52;c;([A-Za-z0-9+/=]+)(\x07|\x1b\\)", terminal.read_bytes())
    assert found is not None
    assert base64.b64decode(found[1]).decode() == done.stdout.removesuffix("\n")
    assert "copied 5 lines, if the terminal lets programs copy" in done.stderr


def test_where_there_is_no_clipboard_the_links_are_printed_and_it_is_said(
    synced: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A terminal that can do nothing, and none at all: 1 with the remedy."""
    shown = synced.run("links", "cats").stdout
    done = synced.run("links", "cats", "--copy", environ={"TERM": "dumb"}, code=1)
    assert done.stdout == shown
    assert 'TERM is "dumb"' in done.stderr
    monkeypatch.setattr(copying, "TERMINAL", str(tmp_path / "no" / "terminal"))
    done = synced.run("links", "cats", "--copy", environ={"TERM": "xterm"}, code=1)
    assert done.stdout == shown
    assert "run it at a terminal, or without --copy" in done.stderr

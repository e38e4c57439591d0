"""`imgur-sync ci init`: files for GitHub, GitLab and pre-commit, never over one that is there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from imgur_sync import __version__
from imgur_sync.cli.ci import KITS
from tests.support.inside import Inside
from tests.support.shape_check import check_document


@pytest.mark.parametrize("kind", sorted(KITS))
def test_each_kit_is_written_once(kind: str, tmp_path: Path) -> None:
    """Where that system looks for it, with what is left to do; a second time nothing is written over it."""
    here = Inside(tmp_path)
    (tmp_path / ".git").mkdir()
    done = here.run("ci", "init", kind)
    assert (done.returncode, done.stderr) == (0, "")
    file = tmp_path / KITS[kind].target
    assert done.stdout == f"Wrote {KITS[kind].target}. {KITS[kind].remark}\n"
    text = file.read_text()
    assert YAML(typ="safe").load(text)
    assert "@VERSION@" not in text
    assert (__version__ in text) is (kind != "pre-commit"), "there it is the one that is installed"
    file.write_text("mine\n")
    done = here.run("ci", "init", kind)
    assert done.returncode == 64
    assert f"{KITS[kind].target} is here already; nothing was written" in done.stderr
    assert "-o FILE" in done.stderr
    assert file.read_text() == "mine\n"
    done = here.run("ci", "init", kind, "-o", "-")
    assert (done.returncode, done.stdout) == (0, text)


def test_outside_of_a_repository_it_is_written_with_a_warning(tmp_path: Path) -> None:
    """But not where the file was named."""
    here = Inside(tmp_path)
    done = here.run("ci", "init", "gitlab")
    assert done.returncode == 0
    assert "warning: this is not the top of a git repository, where gitlab looks for .gitlab-ci.yml" in done.stderr
    done = here.run("ci", "init", "github", "-o", "new/folder/flow.yml")
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "new/folder/flow.yml").is_file()


def test_it_tells_what_it_wrote_as_json(tmp_path: Path) -> None:
    """`found` is false where nobody would look for it; with the file itself on stdout there is no document."""
    here = Inside(tmp_path)
    for found in (False, True):
        done = here.run("ci", "init", "gitlab", "--json", *(["-o", "mine.yml"] if found else []))
        assert (done.returncode, done.stderr) == (0, "")
        told = json.loads(done.stdout)
        check_document(told, "ci_init")
        assert (told["system"], told["found"], told["remark"]) == ("gitlab", found, KITS["gitlab"].remark)
        assert told["written"] == ("mine.yml" if found else ".gitlab-ci.yml")
        assert (tmp_path / told["written"]).is_file()
    done = here.run("ci", "init", "gitlab", "--json", "-o", "-")
    assert done.returncode == 64
    assert json.loads(done.stdout)["hint"] == "leave out --json, or name a file"


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A file where a folder must be; a forge that nobody knows."""
    (tmp_path / ".github").write_text("a file")
    here = Inside(tmp_path)
    done = here.run("ci", "init", "github")
    assert done.returncode == 1
    assert done.stderr == f"error: {KITS['github'].target} cannot be written: Not a directory\n"
    assert here.run("ci", "init", "jenkins").returncode == 64

"""Which folders a manifest may name (reliability §6, rows 5 and 6)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

HEAD = 'version = 1\nlineage = "k3v9x2mq"\n'


def albums(*folders: str) -> str:
    return HEAD + "".join(f"[albums.a{i}]\nfolder = '{folder}'\n" for i, folder in enumerate(folders))


@pytest.mark.parametrize(
    ("folder", "words"),
    [
        ("../x", "contains .."),
        ("a/../../x", "contains .."),
        ("a/..", "contains .."),
        ("..", "contains .."),
        ("/etc", "is an absolute path"),
        ("/", "is an absolute path"),
        ("~", "begins with ~"),
        ("~/x", "begins with ~"),
        ("~root", "begins with ~"),
        ("C:\\x", "is a Windows path"),
        ("c:/x", "is a Windows path"),
        ("\\\\server\\x", "is a Windows path"),
        ("$HOME", "holds a variable"),
        ("a/${X}/b", "holds a variable"),
        ("%USERPROFILE%/x", "holds a variable"),
        (".imgur-sync", "holds no pictures"),
        (".imgur-sync/x", "holds no pictures"),
    ],
)
def test_a_folder_elsewhere_or_unexpanded_is_refused(problems, folder: str, words: str) -> None:
    """At the value of `folder`, with what to write instead."""
    (problem,) = problems(albums(folder))
    assert (problem.line, problem.column) == (4, 10)
    assert words in problem.what
    assert problem.remedy


def test_a_folder_with_nul_is_refused(problems) -> None:
    """TOML can write one; no file system can."""
    (problem,) = problems(HEAD + '[albums.a]\nfolder = "a\\u0000b"\n')
    assert "NUL" in problem.what
    assert "\0" not in problem.what + problem.source


@pytest.mark.parametrize("folder", ["~x", "$HOME", "C:\\x", "a/$B", "%A%"])
def test_a_folder_that_is_really_called_so_is_written_with_a_dot(load_text, tmp_path: Path, folder: str) -> None:
    """`./` takes a name letter by letter, and the remedy says so."""
    spec = load_text(albums(f"./{folder}")).albums[0]
    assert spec.root == tmp_path.resolve() / folder
    assert spec.folder == f"./{folder}"


def test_odd_but_harmless_spellings_name_the_same_folder(load_text, tmp_path: Path) -> None:
    """Doubled and final slashes and dots do not matter; a name may begin or end with dots."""
    roots = [spec.root for spec in load_text(albums("a//b/./c/", "..x", "x..", "a b")).albums]
    assert roots == [tmp_path.resolve() / name for name in ("a/b/c", "..x", "x..", "a b")]


def test_the_manifests_own_folder_is_a_dot(load_text, tmp_path: Path) -> None:
    """The state lies below it then, in the one folder that is always ignored."""
    assert load_text(albums(".")).albums[0].root == tmp_path.resolve()


def test_an_absolute_path_inside_is_told_how_to_be_written(problems, tmp_path: Path) -> None:
    """A manifest is moved together with its folders."""
    (problem,) = problems(albums(f"{tmp_path}/photos"))
    assert problem.remedy == 'write "photos"'


@pytest.mark.parametrize("text", ["{outside}", "../{name}", "../{name}/sub"])
def test_the_command_line_can_allow_a_folder_elsewhere(load_text, problems, tmp_path: Path, text: str) -> None:
    """Only that folder and what lies below; neither its siblings nor its parents."""
    base, outside = tmp_path / "base", tmp_path / "outside"
    base.mkdir()
    outside.mkdir()
    (base / "sync.toml").write_text(albums(text.format(outside=outside, name="outside")))
    from imgur_sync.errors import ManifestError
    from imgur_sync.manifest import load

    for allowed in ((), (tmp_path / "outsid",), (tmp_path / "outside" / "sub" / "deeper",)):
        with pytest.raises(ManifestError):
            load(None, directory=base, allow_roots=allowed)
    root = load(None, directory=base, allow_roots=(outside,)).albums[0].root
    assert str(root).startswith(str(outside.resolve()))


def test_a_link_that_leaves_the_folder_is_refused(problems, load_text, tmp_path: Path) -> None:
    """Wherever in the path it stands; a link that stays inside is followed."""
    (tmp_path / "real" / "cats").mkdir(parents=True)
    (tmp_path / "inside").symlink_to("real")
    (tmp_path / "outside").symlink_to("/usr")
    (tmp_path / "up").symlink_to("..")
    assert load_text(albums("inside/cats")).albums[0].root == tmp_path.resolve() / "real" / "cats"
    for folder in ("outside", "outside/share", "up/x"):
        (problem,) = problems(albums(folder))
        assert "leads out of the manifest's folder through a link" in problem.what
    assert load_text(albums("outside/share"), allow_roots=(Path("/usr"),)).albums[0].root == Path("/usr/share")


def test_a_link_that_leads_to_itself_is_no_traceback(load_text, tmp_path: Path) -> None:
    """It is a missing folder like any other."""
    (tmp_path / "loop").symlink_to("loop")
    assert load_text(albums("loop/x")).albums[0].root.name == "x"


@pytest.mark.parametrize(
    ("folders", "relation", "line", "other"),
    [
        (("a", "a"), "is the same folder as", 6, 4),
        (("a", "a/b"), "lies inside", 6, 4),
        (("a/b", "a"), "contains", 6, 4),
        (("a", "./a/"), "is the same folder as", 6, 4),
        (("a", "a-b", "a/b"), "lies inside", 8, 4),
        ((".", "a/b/c"), "lies inside", 6, 4),
        (("inside/x", "real"), "contains", 6, 4),
    ],
)
def test_folders_that_overlap_are_told_with_both_lines(
    problems, tmp_path: Path, folders, relation, line, other
) -> None:
    """By what they resolve to, not by how they are written."""
    (tmp_path / "real").mkdir()
    (tmp_path / "inside").symlink_to("real")
    (problem,) = problems(albums(*folders))
    assert (problem.line, problem.column) == (line, 10)
    assert relation in problem.what
    assert f"(line {other})" in problem.what


def test_neighbours_do_not_overlap(load_text) -> None:
    """`a` is not the beginning of `ab`."""
    assert len(load_text(albums("a", "ab", "a-b", "a.b", "b/a", "b/ab")).albums) == 6


def test_a_missing_folder_is_judged_only_when_asked(load_text, problems, tmp_path: Path) -> None:
    """The executor knows whether the album was ever synced; `validate` asks."""
    (tmp_path / "file").write_text("")
    (tmp_path / "there").mkdir()
    text = albums("gone", "file", "there")
    assert len(load_text(text).albums) == 3
    gone, file = problems(text, check_folders=True)
    assert (gone.line, file.line) == (4, 6)
    assert "is not there" in gone.what
    assert "is not a folder" in file.what


def test_the_state_can_be_put_where_the_command_line_allows(load_text, tmp_path: Path) -> None:
    """Relative to the manifest; its folder is what must be allowed."""
    text = HEAD + "[state]\npath = '{}'\n"
    assert load_text(text.format("x/s.db")).state_path == tmp_path.resolve() / "x" / "s.db"
    elsewhere = os.path.realpath(tmp_path.parent)
    found = load_text(text.format(f"{elsewhere}/s.db"), allow_roots=(Path(elsewhere),))
    assert found.state_path == Path(elsewhere) / "s.db"

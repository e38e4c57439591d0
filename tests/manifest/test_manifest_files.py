"""The file itself: where it is looked for, and what is no manifest at all (reliability §6, row 1)."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from imgur_sync.errors import ManifestError
from imgur_sync.manifest import check, load, read

GOOD = 'version = 1\nlineage = "k3v9x2mq"\n[albums.cats]\nfolder = "cats"\n'


def only_problem(path: Path | None, directory: Path):
    with pytest.raises(ManifestError) as caught:
        load(path, directory=directory)
    (problem,) = caught.value.problems
    assert (problem.line, problem.column) == (0, 0)
    return caught.value, problem


def test_sync_toml_is_found_before_imgur_sync_toml(tmp_path: Path) -> None:
    """The second name is used if the first is not there; beside the first it is only mentioned."""
    (tmp_path / "imgur-sync.toml").write_text(GOOD.replace("cats", "dogs"))
    assert load(None, directory=tmp_path).albums[0].key == "dogs"
    (tmp_path / "sync.toml").write_text(GOOD)
    manifest = load(None, directory=tmp_path)
    assert manifest.albums[0].key == "cats"
    assert "imgur-sync.toml is not read" in manifest.warnings[0]


def test_a_named_file_starts_at_the_directory_and_its_folders_at_the_file(tmp_path: Path) -> None:
    """The path of the manifest is absolute, its digest that of its bytes, its folders beside it."""
    (tmp_path / "sub").mkdir()
    path = tmp_path / "sub" / "mine.toml"
    path.write_text(GOOD)
    manifest = load(Path("sub/mine.toml"), directory=tmp_path)
    assert manifest.path == path
    assert manifest.digest == hashlib.sha256(GOOD.encode()).hexdigest()
    assert manifest.albums[0].root == (tmp_path / "sub" / "cats").resolve()
    assert manifest.state_path == (tmp_path / "sub" / ".imgur-sync" / "state.db").resolve()


def test_a_source_that_was_read_is_checked_without_reading_again(tmp_path: Path) -> None:
    """`load` is `read` and `check`; the digest is there before anything is parsed."""
    path = tmp_path / "sync.toml"
    path.write_text(GOOD)
    source = read(None, directory=tmp_path)
    path.unlink()
    assert source.digest == hashlib.sha256(GOOD.encode()).hexdigest()
    assert check(source).albums[0].key == "cats"


def test_no_manifest_names_init(tmp_path: Path) -> None:
    """Nothing here: say what makes one."""
    error, problem = only_problem(None, tmp_path)
    assert error.path == str(tmp_path / "sync.toml")
    assert "no sync.toml here" in problem.what
    assert "imgur-sync init" in problem.remedy


def test_a_manifest_that_is_not_there_is_told_by_its_path(tmp_path: Path) -> None:
    """Named with -f, but missing."""
    error, problem = only_problem(Path("x/none.toml"), tmp_path)
    assert error.path == str(tmp_path / "x" / "none.toml")
    assert "no such file" in problem.what


def test_a_directory_is_no_manifest(tmp_path: Path) -> None:
    """Also if it is called sync.toml."""
    (tmp_path / "sync.toml").mkdir()
    _, problem = only_problem(None, tmp_path)
    assert "is a directory" in problem.what


def test_a_dangling_link_is_told(tmp_path: Path) -> None:
    """It is not passed over for the second name."""
    (tmp_path / "sync.toml").symlink_to(tmp_path / "gone")
    (tmp_path / "imgur-sync.toml").write_text(GOOD)
    _, problem = only_problem(None, tmp_path)
    assert "no such file" in problem.what


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """A named pipe without a writer would block for ever."""
    os.mkfifo(tmp_path / "sync.toml")
    _, problem = only_problem(None, tmp_path)
    assert "not a regular file" in problem.what


def test_a_file_that_may_not_be_read_is_told() -> None:
    """Run as another user where this one may read everything."""
    script = (
        "import os, sys\nfrom pathlib import Path\nfrom imgur_sync.manifest import read\n"
        "from imgur_sync.errors import ManifestError\n"
        "if os.getuid() == 0: os.setuid(65534)\n"
        "try: read(None, directory=Path(sys.argv[1]))\n"
        "except ManifestError as error: sys.stdout.write(error.problems[0].what)\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sync.toml"
        path.write_text(GOOD)
        path.chmod(0)
        Path(folder).chmod(0o755)
        done = subprocess.run([sys.executable, "-c", script, folder], capture_output=True, text=True, check=True)
    assert done.stdout == "the file may not be read"


def test_a_name_with_nul_is_told(tmp_path: Path) -> None:
    """No path at all, and nothing unprintable in the message."""
    error, problem = only_problem(Path("a\0b"), tmp_path)
    assert "not the name of a file" in problem.what
    assert "\0" not in error.path + str(error)


@pytest.mark.parametrize("data", [b"", b"\n\n  \r\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_told(problems, data: bytes) -> None:
    """An empty manifest is a mistake, not a manifest without albums."""
    (problem,) = problems(data)
    assert problem.what == "the file is empty"


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_told(problems, codec: str) -> None:
    """With or without a byte order mark."""
    (problem,) = problems(GOOD.encode(codec))
    assert problem.what == "the file is UTF-16"
    assert problem.remedy == "save it as UTF-8"


def test_a_byte_order_mark_is_accepted(load_text) -> None:
    """Editors on Windows write one."""
    assert load_text(b"\xef\xbb\xbf" + GOOD.encode()).albums[0].key == "cats"


def test_more_than_a_mebibyte_is_refused_unparsed(problems, load_text) -> None:
    """The limit itself is allowed."""
    filler = GOOD.encode() + b"#" * (1024 * 1024 - len(GOOD))
    assert load_text(filler).albums[0].key == "cats"
    (problem,) = problems(filler + b"#")
    assert problem.what == "the file is larger than 1 MiB"


def test_invalid_utf_8_is_told_with_its_place(problems) -> None:
    """Columns count characters, not bytes; the broken byte is shown as an escape."""
    (problem,) = problems('version = 1\r\ntitle = "ü'.encode() + b'\xff"\r\n')
    assert (problem.line, problem.column) == (2, 11)
    assert "UTF-8" in problem.what
    assert problem.source == 'title = "ü\\xff"'


def test_names_beyond_ascii_keep_their_bytes_in_any_locale(tmp_path: Path) -> None:
    """Row 60: LANG=C without UTF-8 mode, without HOME."""
    (tmp_path / "sync.toml").write_text(GOOD.replace('"cats"', '"Kätzchen 🐱"'), encoding="utf-8")
    (tmp_path / "Kätzchen 🐱").mkdir()
    script = (
        "import os, sys\nfrom pathlib import Path\nfrom imgur_sync.manifest import load\n"
        "manifest = load(None, directory=Path(sys.argv[1]), check_folders=True)\n"
        "sys.stdout.buffer.write(os.fsencode(manifest.albums[0].root))\n"
    )
    environ = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "TZ": "Antarctica/Troll"}
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, env=environ, check=True, cwd=Path.cwd()
    )
    assert done.stdout.decode("utf-8") == str(tmp_path.resolve() / "Kätzchen 🐱")

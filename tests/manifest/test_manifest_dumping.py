"""A checked manifest comes back from its dump as it was, without pydantic."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from imgur_sync.manifest import dump, load_dumped, roots_hold

FULL = """version = 1
lineage = "k3v9x2mq"
[budget]
max_credits_per_run = 7
remote_max_age = "2h"
[gates]
prune = { min = 1, percent = 2, run = 3 }
[defaults]
order = "modified"
[albums.cats]
folder = "Kätzchen 🐱"
title = ""
privacy = "secret"
include = ["*.jpg"]
exclude = ["a", "b"]
prune = "delete"
on_remote_delete = "respect"
[albums.dogs]
folder = "dogs"
protect = true
"""


@pytest.mark.parametrize("text", [FULL, "version = 1\n", 'version = 1\n[albums.a]\nfolder = "."\n'])
def test_a_dump_gives_back_an_equal_manifest(load_text, text: str) -> None:
    """With the same types: enums are enums, folders paths, patterns tuples."""
    manifest = load_text(text)
    again = load_dumped(dump(manifest))
    assert again == manifest
    assert repr(again) == repr(manifest)
    assert again is not None
    assert dump(again) == dump(manifest)


def test_a_root_that_is_not_utf_8_survives(load_text) -> None:
    """The bytes of a path that only this locale cannot show."""
    import dataclasses

    manifest = load_text(FULL)
    odd = dataclasses.replace(manifest, path=Path("/tmp/\udcff/sync.toml"))
    assert load_dumped(dump(odd)) == odd


def test_anything_else_than_a_dump_of_this_version_is_none(load_text) -> None:
    """Truncated, changed, of another version or of other fields: the caller checks the file again."""
    data = dump(load_text(FULL))
    other = json.loads(data)
    other["shape"][0] = "0.0.0"
    missing = json.loads(data)
    del missing["manifest"]["albums"][0]["folder"]
    strange = json.loads(data)
    strange["manifest"]["albums"][0]["privacy"] = "open"
    damaged = [b"", b"[]", b"null", b"{}", b"\xff", b"[" * 100_000, data[:-1], data[: len(data) // 2]]
    for bad in [*damaged, *(json.dumps(one).encode() for one in (other, missing, strange))]:
        assert load_dumped(bad) is None


def test_roots_hold_until_a_folder_becomes_a_link(load_text, tmp_path: Path) -> None:
    """A dump does not let a folder leave the confines that it was checked for."""
    (tmp_path / "dogs").mkdir()
    manifest = load_text(FULL)
    assert roots_hold(manifest)
    (tmp_path / "dogs").rmdir()
    assert roots_hold(manifest)
    (tmp_path / "dogs").symlink_to("/usr")
    assert not roots_hold(manifest)


def test_roots_hold_until_a_link_leads_elsewhere(load_text, tmp_path: Path) -> None:
    """The folders that it led to are what they were; the manifest means another one now."""
    for name in ("november", "december"):
        (tmp_path / name / "trips").mkdir(parents=True)
    (tmp_path / "month").symlink_to("november")
    album, trips = '[albums.a]\nfolder = "./month/"\n', '[collections.t]\nfolders = "month/trips/*"\n'
    for text in (album, trips, '[state]\npath = "month/mirror.db"\n'):
        manifest = load_text(f"version = 1\n{text}")
        assert roots_hold(manifest)
        (tmp_path / "month").unlink()
        (tmp_path / "month").symlink_to("december")
        assert not roots_hold(manifest)
        assert roots_hold(load_text(f"version = 1\n{text}"))
        (tmp_path / "month").unlink()
        (tmp_path / "month").symlink_to("november")


def test_roots_hold_only_with_the_roots_that_are_allowed_now(load_text) -> None:
    """A run without --allow-root does not profit from an earlier one that had it."""
    manifest = load_text('version = 1\n[albums.a]\nfolder = "/usr/share"\n', allow_roots=(Path("/usr"),))
    assert roots_hold(manifest, allow_roots=(Path("/usr"),))
    assert not roots_hold(manifest)


def test_a_dump_is_loaded_without_pydantic_or_a_toml_parser(load_text, tmp_path: Path) -> None:
    """That is what the dump is for; pydantic-settings is never imported, not even to check."""
    load_text(FULL)
    script = (
        "import sys\nfrom pathlib import Path\nfrom imgur_sync import manifest\n"
        "source = manifest.read(None, directory=Path(sys.argv[1]))\n"
        "assert manifest.load_dumped(b'{}') is None\n"
        "heavy = {'pydantic', 'tomllib', 'tomlkit', 'tomli_w', 'pathspec', 'difflib', 'pydantic_settings'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
        "data = manifest.dump(manifest.check(source))\n"
        "assert manifest.load_dumped(data).albums\n"
        "assert 'pydantic' in sys.modules and 'pydantic_settings' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True)

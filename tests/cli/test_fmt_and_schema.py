"""`fmt`, `schema`, and what `init` writes for editors."""

from __future__ import annotations

import json
import os
import tomllib

from imgur_sync.manifest.describing import json_schema

ROUGH = '# mine\nversion=1\nlineage="k3v9x2mq"\n[albums.cats]\nfolder="photos/cats"   # here\n'
TIDY = '# mine\nversion = 1\nlineage = "k3v9x2mq"\n\n[albums.cats]\nfolder = "photos/cats"   # here\n'


def test_fmt_writes_a_tidy_file_once(here) -> None:
    """With the rights that it has; a tidy one is not touched."""
    manifest = here.folder / "sync.toml"
    manifest.write_text(ROUGH)
    manifest.chmod(0o640)
    assert "is tidy now" in here.run("fmt").stdout
    assert manifest.read_text() == TIDY
    assert manifest.stat().st_mode & 0o777 == 0o640
    before = manifest.stat().st_mtime_ns
    assert here.run("fmt").stdout == ""
    assert manifest.stat().st_mtime_ns == before
    assert [name for name in os.listdir(here.folder) if name.endswith(".tmp")] == []


def test_fmt_check_writes_nothing_and_says_no(here) -> None:
    """Exit 1 when something would change, 0 when not."""
    manifest = here.folder / "sync.toml"
    manifest.write_text(ROUGH)
    assert here.run("fmt", "--check").returncode == 1
    assert json.loads(here.run("fmt", "--check", "--json").stdout)["tidy"] is False
    assert manifest.read_text() == ROUGH
    manifest.write_text(TIDY)
    assert here.run("fmt", "--check").returncode == 0


def test_fmt_reads_stdin_and_refuses_what_is_no_toml(here) -> None:
    """-f - is a filter; a mistake is told with its line, and nothing is written."""
    assert here.run("-f", "-", "fmt", stdin=ROUGH).stdout == TIDY
    manifest = here.folder / "sync.toml"
    manifest.write_text(ROUGH + "oops\n")
    refused = here.run("fmt")
    assert refused.returncode == 65
    assert "6" in refused.stderr
    assert manifest.read_text() == ROUGH + "oops\n"


def test_fmt_keeps_a_link_to_the_manifest(here) -> None:
    """The file that it names is written."""
    (here.folder / "real.toml").write_text(ROUGH)
    (here.folder / "sync.toml").unlink()
    (here.folder / "sync.toml").symlink_to("real.toml")
    assert here.run("fmt").returncode == 0
    assert (here.folder / "sync.toml").is_symlink()
    assert (here.folder / "real.toml").read_text() == TIDY


def test_init_names_a_schema_that_is_there(here) -> None:
    """In the first line, relative to the manifest; and what it writes is tidy and valid."""
    manifest = here.folder / "sync.toml"
    manifest.unlink()
    assert here.run("init").returncode == 0
    first = manifest.read_text().split("\n")[0]
    assert first == "#:schema ./.imgur-sync/sync.schema.json"
    named = here.folder / first.removeprefix("#:schema ")
    assert named.read_text() == json_schema() == here.run("schema").stdout
    assert here.run("fmt", "--check").returncode == 0
    assert here.run("validate").returncode == 0
    assert tomllib.loads(manifest.read_text())["version"] == 1

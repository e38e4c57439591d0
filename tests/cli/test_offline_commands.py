"""The commands that need neither network nor credentials: init, validate, status, links, plan --offline."""

from __future__ import annotations

import json
import os
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from imgur_sync.errors import ExitCode
from imgur_sync.model.change import AlbumMade, PictureAdopted
from imgur_sync.model.synced import Standing, SyncedPicture
from imgur_sync.state.store import open_store
from tests.support.command import MANIFEST, Workplace, fill
from tests.support.inside import Inside


def test_init_writes_one_file_that_validate_accepts(tmp_path: Path) -> None:
    """One album for each folder that was named, relative to the manifest; beside it only the schema for editors."""
    fill(tmp_path / "photos" / "cats")
    fill(tmp_path / "photos" / "dogs & co")
    place = Inside(tmp_path)
    done = place.run("init", "photos/cats", str(tmp_path / "photos" / "dogs & co"))
    assert (done.returncode, done.stderr) == (0, "")
    assert "with 2 albums: cats, dogs-co." in done.stdout
    assert {path.name for path in tmp_path.iterdir()} == {".imgur-sync", "photos", "sync.toml"}
    assert {path.name for path in (tmp_path / ".imgur-sync").iterdir()} == {".gitignore", "sync.schema.json"}
    assert place.run("validate").returncode == 0
    albums = tomllib.loads((tmp_path / "sync.toml").read_text(encoding="utf-8"))["albums"]
    assert {key: album["folder"] for key, album in albums.items()} == {
        "cats": "photos/cats",
        "dogs-co": "photos/dogs & co",
    }


@pytest.mark.parametrize("name", ["sync.toml", "imgur-sync.toml"])
def test_init_overwrites_nothing(name: str, tmp_path: Path) -> None:
    """Neither of the manifest's names, also not where it is a link that leads nowhere."""
    (tmp_path / name).symlink_to("nowhere")
    done = Inside(tmp_path).run("init")
    assert done.returncode == ExitCode.USAGE
    assert f"{name} is here already; nothing was written" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_init_where_no_picture_is_says_so(tmp_path: Path) -> None:
    """The file that it writes says how an album is added; nobody is sent to plan nothing."""
    done = Inside(tmp_path).run("init")
    assert done.returncode == 0
    assert done.stdout.startswith(f"No folder here holds pictures. Wrote {tmp_path / 'sync.toml'} without an album.\n")
    assert "imgur-sync plan" not in done.stdout


def test_what_init_writes_fits_into_a_terminal(tmp_path: Path) -> None:
    """80 columns, comments and all."""
    fill(tmp_path / "cats")
    text = Inside(tmp_path).run("init", "-f", "-").stdout
    assert max(map(len, text.splitlines())) <= 80


def test_init_writes_where_it_is_told_to(tmp_path: Path) -> None:
    """-f FILE, and - for stdout; --json says what was written."""
    fill(tmp_path / "cats")
    place = Inside(tmp_path)
    assert "[albums.cats]" in place.run("init", "-f", "-").stdout
    assert not (tmp_path / "sync.toml").exists()
    document = json.loads(place.run("init", "-f", "other.toml", "--json").stdout)
    assert document["albums"] == ["cats"]
    assert Path(document["manifest"]) == tmp_path / "other.toml"
    assert place.run("validate", "-f", "other.toml").returncode == 0
    assert place.run("init", "-f", "missing/sync.toml").returncode == ExitCode.ERROR


def test_validate_tells_all_problems_at_once(here: Workplace) -> None:
    """Each with file, line, column, the line itself and a remedy; 65; with --json the same as values."""
    manifest = here.folder / "sync.toml"
    text = manifest.read_text(encoding="utf-8") + 'privcy = "hidden"\norder = "random"\n'
    manifest.write_text(text, encoding="utf-8")
    done = here.run("validate")
    assert done.returncode == ExitCode.UNREADABLE
    assert f"{manifest}:7:1: " in done.stderr
    assert f"{manifest}:8:" in done.stderr
    assert "    | privcy = " in done.stderr
    assert "privacy" in done.stderr
    assert done.stderr.splitlines()[-1].endswith("2 problems")
    problems = json.loads(here.run("validate", "--json").stdout)["problems"]
    assert [problem["line"] for problem in problems] == [7, 8]


def test_validate_wants_the_folders_to_be_there(here: Workplace) -> None:
    """A folder that is missing is a problem of the manifest."""
    (here.folder / "photos").rename(here.folder / "elsewhere")
    done = here.run("validate")
    assert done.returncode == ExitCode.UNREADABLE
    assert "photos/cats" in done.stderr


def test_a_manifest_may_come_from_stdin(here: Workplace) -> None:
    """Its folders start at the current directory, and it has the same problems as a file."""
    text = (here.folder / "sync.toml").read_text(encoding="utf-8")
    assert here.run("validate", "-f", "-", stdin=text).returncode == 0
    assert here.run("plan", "--offline", "-f", "-", stdin=text).returncode == 0
    assert here.run("validate", "-f", "-", stdin="version = 99\n").returncode == ExitCode.UNREADABLE
    assert here.run("validate", "-f", "-", stdin="#" * 1_100_000).returncode == ExitCode.USAGE


def test_folders_outside_need_permission_on_the_command_line(
    here: Workplace, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The manifest alone cannot name them; --allow-root can, on either side of the command."""
    outside = tmp_path_factory.mktemp("outside")
    fill(outside / "cats")
    text = MANIFEST.format(lineage="k3v9x2mq").replace("photos/cats", str(outside / "cats"))
    (here.folder / "sync.toml").write_text(text, encoding="utf-8")
    for _ in range(2):
        assert here.run("plan", "--offline").returncode == ExitCode.UNREADABLE
        assert here.run("--allow-root", str(outside), "plan", "--offline").returncode == 0
        assert here.run("plan", "--offline", "--allow-root", str(outside)).returncode == 0


def test_the_remembered_manifest_is_never_an_old_one(here: Workplace) -> None:
    """A changed file is checked again, and so is one whose remembered check was damaged."""
    for _ in range(2):
        assert '"Cats"' in here.run("plan", "--offline").stdout
    kept = here.folder / ".imgur-sync" / "manifest.checked"
    assert kept.stat().st_mode & 0o777 == 0o600
    manifest = here.folder / "sync.toml"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace('"Cats"', '"Felines"'), encoding="utf-8")
    assert '"Felines"' in here.run("plan", "--offline").stdout
    kept.write_bytes(kept.read_bytes()[:100])
    assert '"Felines"' in here.run("plan", "--offline").stdout
    manifest.write_text(manifest.read_text(encoding="utf-8") + "broken\n", encoding="utf-8")
    assert here.run("plan", "--offline").returncode == ExitCode.UNREADABLE


def test_a_folder_that_became_a_link_outside_is_noticed_although_the_manifest_is_remembered(
    here: Workplace, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """What held when the manifest was checked need not hold now."""
    for _ in range(2):
        assert here.run("plan", "--offline").returncode == 0
    outside = tmp_path_factory.mktemp("outside")
    fill(outside)
    (here.folder / "photos" / "cats").rename(here.folder / "old")
    (here.folder / "photos" / "cats").symlink_to(outside)
    assert here.run("plan", "--offline").returncode == ExitCode.UNREADABLE


def picture(number: int, path: str) -> SyncedPicture:
    """A picture in the album cats."""
    link = f"https://i.imgur.com/aaaaa{number:02}.jpg"
    return SyncedPicture(
        id=f"aaaaa{number:02}",
        album="cats",
        path=path,
        digest=f"{number:064x}",
        sent_digest=f"{number:064x}",
        marker="",
        media_type="image/jpeg",
        size=1,
        width=1,
        height=1,
        link=link,
        made_at=1.0,
        placed_at=1e9,
    )


@pytest.fixture
def synced(here: Workplace) -> Workplace:
    """A folder whose state holds pictures of several standings."""
    rows = [picture(n, path) for n, path in enumerate(("p10.jpg", "p9.jpg", "P1.jpg", "gone.jpg"))]
    rows[3] = replace(rows[3], standing=Standing.GONE)
    with open_store(here.folder / ".imgur-sync" / "state.db", lineage=None, create=True) as store:
        store.record(AlbumMade("cats", "AlbumId", None, "photos/cats", 1.0, edited=True))
        store.record(*(PictureAdopted(row) for row in rows))
    manifest = here.folder / "sync.toml"
    manifest.write_text(manifest.read_text(encoding="utf-8").partition("lineage")[0] + "\n", encoding="utf-8")
    return here


@pytest.mark.parametrize(
    ("manifest", "order"),
    [
        ("", ["P1.jpg", "p9.jpg", "p10.jpg"]),
        ('[albums.cats]\norder = "name"\n', ["P1.jpg", "p10.jpg", "p9.jpg"]),
        ('[defaults]\norder = "name"\n', ["P1.jpg", "p10.jpg", "p9.jpg"]),
        ('[defaults]\norder = "name"\n[albums.cats]\norder = "natural"\n', ["P1.jpg", "p9.jpg", "p10.jpg"]),
        ("albums = 3\n", ["P1.jpg", "p9.jpg", "p10.jpg"]),
        ("not toml at all", ["P1.jpg", "p9.jpg", "p10.jpg"]),
    ],
)
def test_links_come_in_the_folders_order(manifest: str, order: list[str], synced: Workplace) -> None:
    """As the manifest wishes it; a manifest that cannot be read is no obstacle. Pictures that are gone are left out."""
    (synced.folder / "sync.toml").write_text(manifest, encoding="utf-8")
    done = synced.run("links", "cats", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert [row["path"] for row in json.loads(done.stdout)["albums"][0]["pictures"]] == order


def test_links_by_time_follow_the_files(synced: Workplace) -> None:
    """The state does not know when a file was changed; the folder does. A file that is not there comes first."""
    folder = synced.folder / "photos" / "cats"
    for name, time in (("P1.jpg", 3), ("p10.jpg", 2)):
        (folder / name).touch()
        os.utime(folder / name, (time, time))
    text = MANIFEST.format(lineage="x").replace('lineage = "x"', "") + 'order = "modified"\n'
    (synced.folder / "sync.toml").write_text(text, encoding="utf-8")
    document = json.loads(synced.run("links", "cats", "--json").stdout)
    assert [row["path"] for row in document["albums"][0]["pictures"]] == ["p9.jpg", "p10.jpg", "P1.jpg"]


def test_status_needs_nothing_but_the_state(synced: Workplace) -> None:
    """No manifest, no lock, no credentials; elsewhere, there is nothing to tell."""
    (synced.folder / "sync.toml").unlink()
    told = synced.run("status").stdout
    assert "cats: 3 pictures, 1 gone from Imgur  https://imgur.com/a/AlbumId" in told
    assert "Last change by us: 2001-09-09 01:46 +00:00" in told
    elsewhere = Inside(synced.folder / "photos")
    told = elsewhere.run("status")
    state = elsewhere.folder / ".imgur-sync" / "state.db"
    assert told.stdout.startswith(f"There is no {state}: nothing was synced yet, or the state was lost.")
    assert told.stderr == "note: there is no sync.toml here\n"
    links = elsewhere.run("links")
    assert (links.returncode, links.stdout) == (0, "")
    assert "nothing was synced here yet" in links.stderr
    assert elsewhere.run("links", "--quiet").stderr == ""


def test_the_state_is_found_where_the_manifest_says(here: Workplace) -> None:
    """`[state] path`, also when the rest of the manifest is wrong."""
    with open_store(here.folder / "own" / "mine.db", lineage=None, create=True) as store:
        store.record(AlbumMade("dogs", "DogsId", None, "dogs", 1.0))
    (here.folder / "other.toml").write_text('[state]\npath = "own/mine.db"\n[nonsense]\n', encoding="utf-8")
    assert "dogs: 0 pictures" in here.run("status", "-f", "other.toml").stdout

"""A disk that is full for a while: what was answered is kept, what was not written is refused, and it goes on after."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from imgur_sync.simulator import ConnectionDropped, Options, World, storage
from tests.support.simulator_process import Process

NO_SPACE = OSError(28, "No space left on device")
FULL = "the local Imgur cannot write to its folder: File too large"


def album(client: httpx.Client, title: str) -> httpx.Response:
    return client.post("/3/album", data={"title": title})


def titles(client: httpx.Client) -> list[str]:
    return [one["title"] for one in client.get("/_simulator/world").json()["albums"]]


def fill(server: Process, client: httpx.Client, folder: Path) -> list[str]:
    """Make albums until one is refused, and have no smaller line fit in; the titles of those that were made."""
    made: list[str] = []
    while (reply := album(client, f"before {len(made)}")).status_code == 200:
        made.append(f"before {len(made)}")
    assert reply.json() == {
        "data": {"error": FULL, "request": "/3/album", "method": "POST"},
        "success": False,
        "status": 500,
    }
    server.allow((folder / "journal.jsonl").stat().st_size)
    return made


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Process]:
    """One whose disk is nearly full."""
    process = Process(tmp_path / "world")
    process.allow((tmp_path / "world" / "journal.jsonl").stat().st_size + 2_000)
    yield process
    process.end(signal.SIGKILL)


def test_a_disk_that_was_full_for_a_moment_costs_nothing_that_was_answered(server: Process, tmp_path: Path) -> None:
    """The lines that come after are not written behind half a line, and the world opens again."""
    with server.client() as client:
        made = fill(server, client, tmp_path / "world")
        assert len(made) > 2
        # What was refused is nowhere, also while it is not restarted, and reads that are to be noted are refused, too.
        assert titles(client) == made
        assert client.get("/3/credits").status_code == 500
        server.allow()
        made += ["after 0", "after 1", "after 2"]
        assert [album(client, title).status_code for title in made[-3:]] == [200, 200, 200]
        before = client.get("/_simulator/history").json()
    server.end(signal.SIGKILL)
    again = Process(tmp_path / "world")
    try:
        with again.client() as client:
            assert titles(client) == made
            assert client.get("/_simulator/history").json() == before
    finally:
        again.end(signal.SIGTERM)


def test_a_disk_that_is_full_is_told_to_clients_people_and_the_terminal(server: Process, tmp_path: Path) -> None:
    with server.client() as client:
        made = fill(server, client, tmp_path / "world")
        steered = client.post("/_simulator/edit", json={"op": "add"})
        assert steered.status_code == 400
        steered = client.post("/_simulator/clock", json={"advance": 5})
        assert (steered.status_code, steered.json()) == (500, {"error": FULL})
        upload = client.post("/3/upload", files={"image": ("x.gif", b"GIF89a" + bytes(9_000))})
        assert (upload.status_code, upload.json()["data"]["error"]) == (500, FULL)
        assert titles(client) == made
    told = server.end(signal.SIGTERM).splitlines()
    assert [line for line in told if FULL in line] == [
        f"POST /3/album: {FULL}",
        f"POST /_simulator/clock: {FULL}",
        f"POST /3/upload: {FULL}",
    ]


def half_written(file, data):
    file.write(data[: len(data) // 2])
    raise NO_SPACE


def refused(*given):
    raise NO_SPACE


@pytest.fixture
def imgur(make_imgur, tmp_path):
    """One whose world lies in a folder."""
    return make_imgur(world=World.open(tmp_path / "world", lines=20), options=Options())


def albums(imgur):
    return [one["title"] for one in imgur.look("world")["albums"]]


@pytest.mark.parametrize("closed", [False, True])
def test_half_a_line_that_cannot_be_taken_away_is_gone_before_the_next(
    imgur, make_imgur, tmp_path, monkeypatch, closed
):
    imgur.album(title="one")
    journal = tmp_path / "world" / "journal.jsonl"
    whole = journal.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(storage, "_write", half_written)
        patch.setattr(os, "ftruncate", refused)
        assert imgur.post("/3/album", data={"title": "refused"}).status_code == 500
        torn = journal.read_bytes()
        assert torn.startswith(whole)
        assert len(torn) > len(whole)
        patch.undo()
        patch.setattr(os, "ftruncate", refused)
        reply = imgur.post("/3/album", data={"title": "refused, too"})
        assert reply.json()["data"]["error"] == "the local Imgur cannot write to its folder: No space left on device"
        assert journal.read_bytes() == torn
    if closed:
        imgur.world.close()
    imgur.album(title="two")
    assert journal.read_bytes().startswith(whole)
    imgur.world.close()
    assert albums(imgur) == albums(make_imgur(world=World.open(tmp_path / "world"))) == ["one", "two"]


@pytest.mark.parametrize("fails", [0, 1])
def test_a_snapshot_that_did_not_fit_is_tried_again_and_loses_no_line(imgur, make_imgur, tmp_path, monkeypatch, fails):
    """The disk is full for the snapshot, or for the journal that is to name it."""
    replace, done = os.replace, []

    def sometimes(*given):
        if len(done) == fails:
            raise NO_SPACE
        done.append(given)
        replace(*given)

    folder, made = tmp_path / "world", [f"{number}" for number in range(60)]
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", sometimes)
        for title in made[:20]:
            imgur.album(title=title)
    assert {path.name for path in folder.iterdir()} == {"blobs", "journal.jsonl", "lock"}
    for title in made[20:]:
        imgur.album(title=title)
    assert [path.name for path in folder.glob("world-*")] == ["world-1.json"]
    assert albums(imgur) == made
    imgur.world._journal.close()  # all that a kill does
    assert albums(make_imgur(world=World.open(folder))) == made


def test_an_old_snapshot_that_cannot_be_removed_is_in_nobodys_way(imgur, make_imgur, tmp_path, monkeypatch):
    folder, made = tmp_path / "world", [f"{number}" for number in range(60)]
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refused)
        for title in made:
            imgur.album(title=title)
    imgur.world._journal.close()  # all that a kill does
    assert albums(make_imgur(world=World.open(folder))) == made


def test_what_is_due_stays_due_while_the_disk_is_full(imgur, monkeypatch):
    imgur.steer("faults", {"fault": "late", "seconds": 60, "match": {"method": "POST", "nth": 1, "count": 2}})
    for title in ("one", "two"):
        with pytest.raises(ConnectionDropped):
            imgur.post("/3/album", data={"title": title})
    imgur.world.clock.offset += 90
    with monkeypatch.context() as patch:
        patch.setattr(storage, "_write", half_written)
        assert imgur.http.get("/_simulator/world").json() == {
            "error": FULL.replace("File too large", NO_SPACE.strerror)
        }
    assert albums(imgur) == ["one", "two"]


def test_what_else_fails_is_told_too_also_where_nobody_listens(imgur, monkeypatch, capsys):
    image = imgur.upload()["id"]

    def failing(*given):
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(imgur.world.blobs, "get", failing)
    reply = imgur.http.get(f"/i/{image}.jpg")
    text = "the local Imgur cannot serve this: Too many open files"
    assert (reply.status_code, reply.text) == (500, f"{text}\n")
    assert capsys.readouterr().err == f"GET /i/{image}.jpg: {text}\n"

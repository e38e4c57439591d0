"""What a long journal is replaced by: nothing is lost by it, also when it is broken off."""

import json
import os
import shutil
from pathlib import Path

import pytest

from imgur_sync.simulator import Clock, JournalError, Options, World
from imgur_sync.simulator.columns import names, packed, unpacked
from imgur_sync.simulator.records import Account, Upload
from imgur_sync.simulator.snapshot import taken

WORLDS = Path(__file__).parent / "worlds"


@pytest.fixture
def reopen(make_imgur, tmp_path):
    """Opens the world of one folder, with a snapshot after so many lines, and a clock that stands still."""

    opened = []

    def open_world(lines=5_000, folder=tmp_path / "world", **options):
        for world in opened:
            world._journal.close()  # all that a kill does
        world = World.open(folder, clock=Clock(lambda: 1_700_000_000.0), lines=lines)
        opened.append(world)
        return make_imgur(world=world, options=Options(**options))

    return open_world


def everything(imgur):
    return {what: imgur.look(what) for what in ("world", "ledger", "history", "clock")}


def busy(imgur):
    """Do one of everything that a snapshot has to hold; answers the ids of a picture that is there."""
    images = [imgur.upload(letter, name=f"{letter} é.jpg", title=letter * 2)["id"] for letter in "abcd"]
    album = imgur.album(*images[:3], title="T", cover=images[1], privacy="public")["id"]
    imgur.album(title="empty")
    imgur.post(f"/3/album/{album}/favorite")
    imgur.put(f"/3/album/{album}", data={"ids[]": [images[2], images[0]], "description": "D"})
    imgur.post(f"/3/album/{album}/add", data={"ids[]": images[3]})
    imgur.delete(f"/3/image/{images[2]}")
    anonymous = imgur.upload("e", auth="anonymous")
    imgur.album(auth="anonymous", **{"deletehashes[]": anonymous["deletehash"]})
    imgur.put("/3/account/me/settings", data={"album_privacy": "secret"})
    imgur.steer("clients", {"account": "other"})
    imgur.steer("clock", {"advance": 5})
    imgur.steer("spend", {"credits": 7, "hit": True})
    imgur.steer("edit", {"op": "moderate", "id": images[1]})
    imgur.steer("edit", {"op": "set_album", "id": album, "in_gallery": True})
    imgur.post("/3/upload", auth="Client-ID unknown")
    return images[3]


@pytest.mark.parametrize("lines", [0, 1, 7])
def test_a_world_that_is_read_from_snapshots_is_the_same(reopen, tmp_path, jpeg, lines):
    plain = reopen(folder=tmp_path / "plain")
    first = reopen(lines)
    image = busy(first)
    before = everything(first)
    first.world.close()
    assert (tmp_path / "world" / "journal.jsonl").read_text().startswith('{"after": ')
    shutil.copytree(tmp_path / "world", tmp_path / "again")
    second = reopen(lines, folder=tmp_path / "again")
    assert everything(second) == before
    assert second.demo == first.demo
    assert second.http.get(f"/i/{image}.jpg").content == jpeg("d")
    assert second.data("/3/credits") == {**first.data("/3/credits")}
    # It goes on as one does that never was closed.
    for imgur in (first, second):
        imgur.album(image, title="later")
    shown = [[album["images"] for album in imgur.look("world")["albums"]] for imgur in (first, second)]
    assert shown[0] == shown[1]
    assert plain.look("world") == {"albums": [], "images": []}


def test_deletehashes_owners_and_albums_are_found_in_a_world_that_was_read(reopen):
    first = reopen(0)
    mine, anonymous = first.upload("m"), first.upload("n", auth="anonymous")
    album = first.album(mine["id"])["id"]
    first.world.close()
    second = reopen()
    assert second.data("/3/account/me/images/count") == 1
    assert second.delete(f"/3/image/{anonymous['deletehash']}", auth="anonymous").status_code == 200
    assert second.get(f"/3/image/{anonymous['id']}").status_code == 404
    assert second.delete(f"/3/image/{mine['id']}").status_code == 200
    assert second.members(album) == []
    assert second.data("/3/account/me/images/count") == 0


@pytest.mark.parametrize("broken", range(4))
def test_a_snapshot_that_is_broken_off_loses_nothing(reopen, tmp_path, monkeypatch, broken):
    """Each step of it in turn is the last one that is done, as if the process were killed there."""
    first = reopen(10**9)
    busy(first)
    before = everything(first)

    class Killed(BaseException):
        pass

    count = 0

    def counted(act):
        def acted(*given):
            nonlocal count
            if count == broken:
                raise Killed
            count += 1
            return act(*given)

        return acted

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", counted(os.replace))
        patch.setattr(os, "fsync", counted(os.fsync))
        with pytest.raises(Killed):
            first.world._journal.condense(taken(first.world))
    second = reopen()
    assert everything(second) == before
    second.album(title="later")
    assert [album["title"] for album in reopen(0).look("world")["albums"]][-1] == "later"
    assert len(list((tmp_path / "world").glob("world-*"))) <= 1


def test_a_disk_that_takes_no_snapshot_does_no_harm(reopen, monkeypatch):
    first = reopen(2)

    def full(*given):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        first.album(title="one")
        first.album(title="two")
        first.world.close()
    assert [album["title"] for album in reopen(2).look("world")["albums"]] == ["one", "two"]


def test_a_damaged_snapshot_is_named(reopen, tmp_path):
    reopen(0).world.close()
    (snapshot,) = (tmp_path / "world").glob("world-*.json")
    whole = snapshot.read_bytes()
    later = whole.replace(b'["form",1]', b'["form",99]')
    for damaged in (whole[:-9], b"[]", whole.replace(b'"count"', b'"amount"'), b"", later):
        snapshot.write_bytes(damaged)
        with pytest.raises(JournalError, match="snapshot"):
            reopen()
    snapshot.unlink()
    with pytest.raises(JournalError, match=r"world-\d+\.json"):
        reopen()
    snapshot.write_bytes(whole)
    (tmp_path / "world" / "journal.jsonl").unlink()
    with pytest.raises(JournalError, match=r"journal\.jsonl: it is missing"):
        reopen()
    assert snapshot.read_bytes() == whole


def test_a_world_of_an_earlier_version_opens(reopen, tmp_path):
    """`worlds/` holds journals as they were written by that version, and what it told of them."""
    told = json.loads((WORLDS / "0.1.0.json").read_text())
    folder = tmp_path / "old"
    folder.mkdir()
    shutil.copy(WORLDS / "0.1.0.jsonl", folder / "journal.jsonl")
    for lines in (5_000, 0, 0):
        imgur = reopen(lines, folder=folder)
        assert everything(imgur) == told
        imgur.world.close()


def test_a_snapshot_without_a_field_of_today_has_its_default(reopen, tmp_path):
    first = reopen(0)
    key = first.upload()["id"]
    first.world.close()
    (snapshot,) = (tmp_path / "world").glob("world-*.json")
    data = dict(json.loads(line) for line in snapshot.read_text().splitlines())
    columns = data["images"]["rows"]["columns"]
    del columns["favourites"]
    columns["of_tomorrow"] = {"all": 1}

    def write():
        snapshot.write_text("".join(json.dumps(part, separators=(",", ":")) + "\n" for part in data.items()))

    write()
    assert reopen().data(f"/3/image/{key}")["favorite"] is False
    columns["sha256"] = columns.pop("blob")  # as it was called before
    write()
    assert reopen().data(f"/3/image/{key}")["id"] == key
    del columns["sha256"]
    write()
    with pytest.raises(JournalError, match="blob"):
        reopen()


def test_the_history_keeps_the_last_requests_and_tells_what_is_gone(reopen):
    imgur = reopen(25, history=20)
    for _ in range(50):
        imgur.get("/3/credits")
    for restarted in (imgur, reopen(25, history=20)):
        history, ledger = restarted.look("history"), restarted.look("ledger")
        numbers = [request["n"] for request in history["requests"]]
        assert numbers == list(range(history["complete_since"] + 1, 51))
        assert 20 <= len(numbers) <= 22
        assert history["dropped"] == {"requests": 50 - len(numbers), "uploads": 0}
        assert [request["n"] for request in restarted.look("history?since=45")["requests"]] == [46, 47, 48, 49, 50]
        assert (ledger["credits"], ledger["routes"]) == (50, {"GET /3/credits": 50})
        assert ledger["calls"] == {"GET /3/credits": len(numbers)}
        imgur.world.close()


def test_a_smaller_history_forgets_at_once(reopen):
    imgur = reopen()
    for _ in range(30):
        imgur.get("/3/credits")
    imgur.world.remember_last(5)
    assert [request["n"] for request in imgur.look("history")["requests"]] == [26, 27, 28, 29, 30]
    assert imgur.world.history[-1].n == 30
    assert [request.n for request in imgur.world.history[:2]] == [26, 27]


def test_columns_hold_every_kind_of_value():
    rows = [
        Upload(1, 1.5, "c", "a", "", 1, "s", None),
        Upload(2, 1.5, "c", "b", "a b", 1, "t", "x"),
    ]
    row = [tuple(getattr(one, name) for name in names(Upload)) for one in rows]
    assert unpacked(Upload, json.loads(json.dumps(packed(Upload, row)))) == row
    assert unpacked(Upload, packed(Upload, [])) == []
    account = Account("me", 1, 2)
    sent = packed(Account, [("me", 1, 2, {})])
    del sent["columns"]["settings"]
    assert [Account(*one) for one in unpacked(Account, sent)] == [account]

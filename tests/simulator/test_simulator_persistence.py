"""The world in a folder: the same after a restart and after a kill."""

import pytest

from imgur_sync.simulator import Clock, JournalError, Knobs, Options, World


@pytest.fixture
def reopen(make_imgur, tmp_path):
    """Opens the world of one folder, again and again, with a clock that stands still."""

    opened = []

    def open_world(**knobs):
        for world in opened:
            world._journal.close()  # all that a kill does
        world = World.open(tmp_path, clock=Clock(lambda: 1_700_000_000.0))
        opened.append(world)
        return make_imgur(world=world, options=Options(knobs=Knobs(**knobs)))

    return open_world


def everything(imgur):
    return {what: imgur.look(what) for what in ("world", "ledger", "history", "clock")}


def busy(imgur):
    """Do one of everything that the journal has to hold."""
    images = [imgur.upload(letter, name=f"{letter}.jpg")["id"] for letter in "abcd"]
    album = imgur.album(*images[:3], title="T", cover=images[1])["id"]
    imgur.put(f"/3/album/{album}", data={"ids[]": [images[2], images[0]], "description": "D"})
    imgur.post(f"/3/album/{album}/add", data={"ids[]": images[3]})
    imgur.delete(f"/3/album/{album}/remove_images", params={"ids": images[0]})
    imgur.delete(f"/3/image/{images[2]}")
    imgur.delete(f"/3/album/{imgur.album()['id']}")
    imgur.put("/3/account/me/settings", data={"album_privacy": "secret"})
    imgur.steer("clients", {"account": "other"})
    imgur.steer("clock", {"advance": 5})
    imgur.steer("edit", {"op": "set_album", "id": album, "title": "W"})
    return images[3]


def test_a_restart_gives_the_same_world_ledger_history_clock_and_tokens(reopen, jpeg):
    first = reopen()
    image = busy(first)
    before = everything(first)
    first.world.close()
    second = reopen()
    assert everything(second) == before
    assert second.demo == first.demo
    assert second.get("/3/account/me").status_code == 200
    assert second.http.get(f"/i/{image}.jpg").content == jpeg("d")


def test_a_killed_simulator_loses_nothing_that_was_answered(reopen):
    first = reopen()
    busy(first)
    before = everything(first)
    # Not closed: what the journal holds now is what a kill leaves behind.
    assert everything(reopen()) == before


def test_a_torn_last_line_is_cut_off_and_writing_goes_on(reopen, tmp_path):
    first = reopen()
    first.album(title="kept")
    first.world.close()
    journal = tmp_path / "journal.jsonl"
    whole = journal.read_bytes()
    journal.write_bytes(whole + b'{"t":1.0,"do":[["PutAl')
    second = reopen()
    assert [album["title"] for album in second.look("world")["albums"]] == ["kept"]
    second.album(title="new")
    second.world.close()
    assert journal.read_bytes().startswith(whole)
    assert [album["title"] for album in reopen().look("world")["albums"]] == ["kept", "new"]


def test_every_torn_ending_opens(reopen, tmp_path):
    first = reopen()
    first.upload()
    first.world.close()
    journal = tmp_path / "journal.jsonl"
    whole = journal.read_bytes()
    for length in range(0, len(whole), 97):
        journal.write_bytes(whole[:length])
        assert reopen().get("/3/account/me/images/count").status_code == 200


def test_a_damaged_line_in_the_middle_is_named(reopen, tmp_path):
    reopen().world.close()
    journal = tmp_path / "journal.jsonl"
    whole = journal.read_bytes()
    for rubbish in (b"rubbish", b'{"t":1,"do":[["PutImage",[1,2]]]}', b'{"t":1,"do":[["PutImage","x"]]}', b"[]"):
        journal.write_bytes(rubbish + b"\n" + whole)
        with pytest.raises(JournalError, match=r"journal\.jsonl, line 1"):
            reopen()


def test_ids_are_never_given_twice_over_a_restart(reopen, tmp_path):
    ids = set()
    for _ in range(5):
        imgur = reopen()
        image = imgur.upload()
        imgur.delete(f"/3/image/{image['id']}")
        imgur.world.close()
        ids |= {image["id"], image["deletehash"]}
    assert len(ids) == 10


def test_limits_go_on_over_a_restart(reopen):
    first = reopen()
    first.upload()
    first.world.close()
    assert reopen().data("/3/credits")["UserRemaining"] == 489


def test_without_a_folder_worlds_have_nothing_in_common(make_imgur):
    first, second = make_imgur(), make_imgur()
    assert first.demo.client_id != second.demo.client_id
    assert len(first.demo.client_id) == 15
    assert set(first.demo.client_id) <= set("0123456789abcdef")


def test_a_seed_makes_ids_and_tokens_repeatable(make_imgur):
    shown = []
    for _ in range(2):
        imgur = make_imgur(world=World(seed="s", clock=Clock(lambda: 0.0)))
        shown.append((imgur.demo, imgur.upload()["id"], imgur.album()))
    assert shown[0] == shown[1]

"""The mode of a state, its deletehashes by id, and copies of it."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from imgur_sync.errors import StateError
from imgur_sync.model.change import AlbumMade, PictureAdopted
from imgur_sync.model.secret import Secret
from imgur_sync.model.synced import SyncedPicture
from imgur_sync.state.store import SqliteStore, find_store, open_store

LINEAGE = "k3v9x2mq"


def filled(path: Path, mode: str = "anonymous") -> SqliteStore:
    """A state with an album and two pictures, one of them without a deletehash."""
    store = open_store(path, lineage=LINEAGE, create=True, mode=mode)
    facts = ("cats", "a.png", "d" * 64, "d" * 64, "", "image/png", 70, 4, 3, "", 1.0, 1.0)
    picture = SyncedPicture("pic0001", *facts, deletehash=Secret("hash00000000001"))
    store.record(
        AlbumMade("cats", "alb0001", Secret("hash00000000002"), "cats", 1.0),
        PictureAdopted(picture),
        PictureAdopted(replace(picture, id="pic0002", deletehash=None)),
    )
    return store


def test_a_state_tells_its_mode_and_one_that_does_not_is_an_accounts(tmp_path: Path) -> None:
    """Also after it was opened again."""
    for mode in ("account", "anonymous"):
        path = tmp_path / mode / "state.db"
        with open_store(path, lineage=LINEAGE, create=True, mode=mode) as store:
            assert store.mode == mode
        with open_store(path, lineage=LINEAGE, create=False) as store:
            assert store.mode == mode
            store.set_mode("anonymous")
        with open_store(path, lineage=LINEAGE, create=False, read_only=True) as store:
            assert store.mode == "anonymous"
            assert store.copy_to_memory().mode == "anonymous"


def test_deletehashes_come_by_the_ids_of_albums_and_pictures(tmp_path: Path) -> None:
    """Those that are there."""
    with filled(tmp_path / "state.db") as store:
        assert store.deletehashes() == {"pic0001": Secret("hash00000000001"), "alb0001": Secret("hash00000000002")}


def test_a_copy_is_the_whole_state_for_the_user_alone(tmp_path: Path) -> None:
    """In a folder that is made for it; it replaces an earlier copy and leaves nothing beside it."""
    target = tmp_path / "backups" / "copy.db"
    with filled(tmp_path / "state.db") as store:
        store.save_copy(target)
        store.record(AlbumMade("dogs", "alb0002", None, "dogs", 2.0))
        store.save_copy(target)
        wanted = (store.albums(), store.pictures("cats"), store.mode)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert stat.S_IMODE(target.parent.stat().st_mode) == 0o700
    assert [path.name for path in target.parent.iterdir()] == ["copy.db"]
    found = find_store(target, lineage=LINEAGE, read_only=True)
    assert found is not None
    with found:
        assert (found.albums(), found.pictures("cats"), found.mode) == wanted


def test_a_damaged_state_does_not_replace_a_good_copy(tmp_path: Path) -> None:
    """The copy stays as it was."""
    path, target = tmp_path / "state.db", tmp_path / "copy.db"
    filled(path).close()
    with open_store(path, lineage=LINEAGE, create=False) as store:
        store.save_copy(target)
    before = target.read_bytes()
    data = bytearray(path.read_bytes())
    page = int.from_bytes(data[16:18], "big")
    for start in range(4 * page, len(data), page):  # the header and the schema stay readable
        data[start : start + 8] = b"\xff" * 8
    path.write_bytes(bytes(data))
    with pytest.raises(StateError), open_store(path, lineage=LINEAGE, create=False) as store:
        store.save_copy(target)
    assert target.read_bytes() == before

"""What the journal keeps of albums and pictures that end, change their key or come back, and whom it refuses."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from imgur_sync.errors import StateError
from imgur_sync.model.change import (
    AlbumAgreed,
    AlbumForgotten,
    AlbumGone,
    AlbumProtected,
    AlbumRenamed,
    FileFailed,
    GateHeld,
    IntentEnded,
    PictureAdopted,
    PictureDetached,
    PictureForgotten,
    PictureReattached,
    RootAccepted,
    TextIgnored,
)
from imgur_sync.model.history import Run
from imgur_sync.model.secret import Secret
from imgur_sync.model.synced import Agreed, FailedFile, IntentStatus, NotHonoured, Standing
from imgur_sync.state.store import SqliteStore, find_store, open_store
from tests.contract.intent_contract import CATS, LINEAGE, picture, upload

DOGS = replace(CATS, key="dogs", id="D")


@pytest.fixture
def store() -> Iterator[SqliteStore]:
    """An empty state."""
    with SqliteStore.in_memory(LINEAGE) as store:
        yield store


def test_a_picture_put_back_that_was_not_arranged_changes_nothing_that_was_agreed(store: SqliteStore) -> None:
    """The order of the others was agreed on, and still is."""
    store.record(CATS, PictureAdopted(picture("p1")), PictureAdopted(picture("p2")))
    store.record(PictureDetached("p1", 5.0), AlbumAgreed("cats", Agreed(("p2", "x1"), "x1")))
    store.record(PictureReattached("p1", 6.0))
    assert store.agreed("cats") == Agreed(("p2", "x1"), "x1")
    store.record(PictureDetached("p2", 7.0), PictureReattached("p2", 8.0))
    assert store.agreed("cats") == Agreed(("x1",), "x1")


@pytest.mark.parametrize("end", [AlbumForgotten("cats"), AlbumGone("cats", removed=True)], ids=["forgotten", "removed"])
def test_nothing_marks_the_key_of_an_album_that_ended(store: SqliteStore, end: AlbumForgotten | AlbumGone) -> None:
    """Its gates, failures, protection and confirmed folder end with it; those of another album stay."""
    store.record(CATS, DOGS, AlbumProtected("cats"), AlbumProtected("dogs"), RootAccepted("cats", "scan"))
    store.record(FileFailed(FailedFile("cats", "x", "d", "no", 1.0)), FileFailed(FailedFile("dogs", "x", "d", "no", 1)))
    store.record(GateHeld("cats", "prune", 9), GateHeld("dogs", "prune", 8))
    store.record(end)
    assert [album.key for album in store.albums()] == ["dogs"]
    assert store.held() == {("dogs", "prune"): 8}
    assert (store.protected(), store.accepted_root("cats")) == ({"dogs"}, "")
    assert (store.failed("cats"), len(store.failed("dogs"))) == ((), 1)
    store.record(CATS)
    assert store.held() == {("dogs", "prune"): 8}


def test_an_album_that_is_removed_must_be_there(store: SqliteStore) -> None:
    """Else it is an error of the caller."""
    with pytest.raises(KeyError, match="no album 'cats'"):
        store.record(AlbumGone("cats", removed=True))


def test_a_late_twin_of_a_forgotten_albums_upload_is_a_strangers(store: SqliteStore) -> None:
    """Who is let go of is suspected no more; the suspicions about other albums stay."""
    store.record(CATS, DOGS)
    ours, theirs = store.open_intent(upload()), store.open_intent(replace(upload("b"), album="dogs"))
    store.record(
        IntentEnded(ours.number, IntentStatus.SUSPECT, 5.0), IntentEnded(theirs.number, IntentStatus.SUSPECT, 5.0)
    )
    store.record(AlbumForgotten("cats"))
    assert [intent.number for intent in store.intents(IntentStatus.SUSPECT)] == [theirs.number]
    assert [intent.number for intent in store.intents(IntentStatus.CLOSED)] == [ours.number]


def test_an_intent_that_was_never_made_cannot_end(store: SqliteStore) -> None:
    """An error of the caller; nothing of the record stays."""
    with pytest.raises(KeyError, match="no intent 7"):
        store.record(CATS, IntentEnded(7, IntentStatus.CLOSED, 5.0))
    assert store.albums() == ()


def test_a_picture_that_is_not_known_cannot_be_let_go_of(store: SqliteStore) -> None:
    """An error of the caller."""
    with pytest.raises(KeyError, match="no picture 'p1'"):
        store.record(CATS, PictureForgotten("p1"))


def test_gates_follow_an_album_to_its_new_key(store: SqliteStore) -> None:
    """A change of the name approves nothing."""
    store.record(CATS, DOGS, GateHeld("cats", "prune", 9), GateHeld("dogs", "prune", 8))
    store.record(AlbumRenamed("cats", "tigers"))
    assert store.held() == {("tigers", "prune"): 9, ("dogs", "prune"): 8}


def test_the_marks_of_an_album_that_was_never_made_follow_its_key_too(store: SqliteStore) -> None:
    """The manifest protects it before the first apply, and then changes its key."""
    store.record(AlbumProtected("cats"), AlbumRenamed("cats", "tigers"))
    assert (store.protected(), store.albums()) == ({"tigers"}, ())


def test_a_picture_put_back_is_part_of_the_history_of_its_run(store: SqliteStore) -> None:
    """With its place, under the run that did it."""
    store.record(CATS, PictureAdopted(picture("p1")), PictureDetached("p1", 5.0))
    run = store.begin_run(Run(0, "apply", 6.0))
    store.record(PictureReattached("p1", 7.0), AlbumProtected("cats"))  # a mark is no step
    assert [(step.album, step.path, step.at) for step in store.run_steps(run.number)] == [("cats", "tom.jpg", 7.0)]


def test_what_imgur_did_not_take_over_is_kept_of_a_picture_that_was_never_sent_a_text(store: SqliteStore) -> None:
    """Its texts stay unknown."""
    store.record(CATS, PictureAdopted(picture("p1")), PictureAdopted(picture("p2")))
    store.record(TextIgnored("p1", "title", "Tom", "", 1, 5.0))
    found = store.picture("p1")
    assert found is not None
    assert (found.title, found.ignored_texts) == (None, (NotHonoured("title", "Tom", "", 1, 5.0),))
    assert [len(one.ignored_texts) for one in store.pictures("cats")] == [1, 0]


def _filled(path: Path) -> None:
    with open_store(path, lineage=LINEAGE, create=True) as store:
        store.record(CATS, PictureAdopted(picture("p1")))


def test_a_state_opened_for_reading_takes_nothing_in(tmp_path: Path) -> None:
    """Neither a record nor another mode: both are errors of the caller."""
    _filled(tmp_path / "state.db")
    with _reader(tmp_path / "state.db") as store:
        with pytest.raises(RuntimeError, match="reading only"):
            store.record(PictureDetached("p1", 5.0))
        with pytest.raises(RuntimeError, match="reading only"):
            store.set_mode("anonymous")


def test_what_is_recorded_aside_never_reaches_the_file(tmp_path: Path) -> None:
    """Reading goes on from the copy, which later records grow."""
    _filled(tmp_path / "state.db")
    before = (tmp_path / "state.db").read_bytes()
    with _reader(tmp_path / "state.db") as store:
        assert store.record_aside() is store
        assert store.path == tmp_path / "state.db"
        store.record(PictureDetached("p1", 5.0))
        store.record(PictureAdopted(picture("p2")))
        assert {one.id: one.standing for one in map(store.picture, ("p1", "p2")) if one} == {
            "p1": Standing.DETACHED,
            "p2": Standing.PLACED,
        }
        assert "memory" in str(store.path)
    assert (tmp_path / "state.db").read_bytes() == before


def test_a_state_without_its_lineage_is_damaged(tmp_path: Path) -> None:
    """Its markers could not be told from those of others."""
    _filled(tmp_path / "state.db")
    with closing(sqlite3.connect(tmp_path / "state.db", isolation_level=None)) as other:
        other.execute("DELETE FROM meta WHERE name = 'lineage'")
    with pytest.raises(StateError, match="damaged"):
        _reader(tmp_path / "state.db")


@pytest.mark.parametrize("damage", ["UPDATE meta SET value = 'x'", "DELETE FROM meta WHERE name = 'lineage'"])
def test_a_state_that_is_damaged_meanwhile_is_not_copied_into_memory(tmp_path: Path, damage: str) -> None:
    """An error of ours, and no half of a copy."""
    _filled(tmp_path / "state.db")
    with _reader(tmp_path / "state.db") as store:
        with closing(sqlite3.connect(tmp_path / "state.db", isolation_level=None)) as other:
            other.execute(damage)
        with pytest.raises(StateError, match="damaged"):
            store.copy_to_memory()


def test_a_lineage_that_is_no_text_makes_no_state() -> None:
    """An error of the caller; the half-made one is closed."""
    with pytest.raises(UnicodeEncodeError):
        SqliteStore.in_memory("\udcff")


def _reader(path: Path) -> SqliteStore:
    store = find_store(path, lineage=LINEAGE, read_only=True)
    assert store is not None
    return store


def test_every_deletehash_is_found_by_its_id(store: SqliteStore) -> None:
    """Of albums and pictures alike; what has none is left out."""
    store.record(replace(CATS, deletehash=Secret("hush-album")), DOGS)
    store.record(PictureAdopted(replace(picture("p1"), deletehash=Secret("hush"))), PictureAdopted(picture("p2")))
    found = {name: secret.reveal() for name, secret in store.deletehashes().items()}
    assert found == {CATS.id: "hush-album", "p1": "hush"}


def test_the_mode_of_an_empty_state_can_be_chosen_and_is_kept(tmp_path: Path) -> None:
    """An account's, unless it is said."""
    _filled(tmp_path / "state.db")
    with open_store(tmp_path / "state.db", lineage=LINEAGE, create=False) as store:
        assert store.mode == "account"
        store.set_mode("anonymous")
        assert store.mode == "anonymous"
    with _reader(tmp_path / "state.db") as store:
        assert store.mode == "anonymous"


def test_a_copy_of_the_state_is_private_and_whole(tmp_path: Path) -> None:
    """It takes the place of the copy before it; a damaged state makes none."""
    _filled(tmp_path / "state.db")
    target = tmp_path / "copies" / "state.db"
    with open_store(tmp_path / "state.db", lineage=LINEAGE, create=False) as store:
        store.save_copy(target)
        store.record(PictureAdopted(picture("p2")))
        store.save_copy(target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert stat.S_IMODE(target.parent.stat().st_mode) == 0o700
    with _reader(target) as copy:
        assert {one.id for one in copy.pictures("cats")} == {"p1", "p2"}


def test_a_state_whose_pages_do_not_add_up_is_damaged(tmp_path: Path) -> None:
    """It opens, and every row is whole; but nobody knows what is on the pages that it lost."""
    _filled(tmp_path / "state.db")
    data = bytearray((tmp_path / "state.db").read_bytes())
    data[36:40] = (5).to_bytes(4, "big")  # five free pages that are nowhere
    (tmp_path / "state.db").write_bytes(data)
    with pytest.raises(StateError, match="damaged"), _reader(tmp_path / "state.db") as store:
        store.pictures("cats")

"""What open_store and find_store accept, refuse and leave behind on disk."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from imgur_sync.errors import ExitCode, StateError, TryAgainLaterError
from imgur_sync.model.change import (
    AlbumAgreed,
    AlbumMade,
    FileFailed,
    PictureAdopted,
    PictureDetached,
    UrlRetired,
    WishIgnored,
)
from imgur_sync.model.secret import Secret
from imgur_sync.model.synced import Agreed, FailedFile, IntentStatus, RetiredUrl
from imgur_sync.state.store import SqliteStore, find_store, open_store
from tests.contract.intent_contract import CATS, LINEAGE, digest_of, picture, upload


def filled(path: Path) -> None:
    """A small state with a row in every table."""
    with open_store(path, lineage=LINEAGE, create=True) as store:
        store.record(CATS, AlbumMade("dogs", "D", Secret("hush-album"), "dogs", 1.0))
        store.record(PictureAdopted(picture("p1")), PictureAdopted(picture("p2", content="x")))
        store.record(PictureDetached("p2", 3.0), FileFailed(FailedFile("cats", "f", "d", "why", 2.0)))
        store.record(UrlRetired(RetiredUrl("cats", "f", "o", "n", "ol", "nl", 3.0)))
        store.record(WishIgnored("cats", "order", "w", "b", 1, 4.0), AlbumAgreed("cats", Agreed(("p1", "p3"), "p1")))
        closed = store.open_intent(upload("closed", copy=4))
        store.record(PictureAdopted(picture("p3", content="closed"), closed.number))
        store.open_intent(upload("open"))


def everything(store: SqliteStore) -> tuple[object, ...]:
    """All that can be asked of such a state."""
    digests = [digest_of(text) for text in ("tom", "x", "closed", "open")]
    return (
        store.lineage,
        store.albums(),
        [store.album(key) for key in ("cats", "dogs")],
        [store.pictures(key) for key in ("cats", "dogs")],
        [store.picture(name) for name in ("p1", "p2", "p3", "p4")],
        [album.deletehash.reveal() for album in store.albums() if album.deletehash],
        store.known(["p1", "p2", "p3", "p4"]),
        store.detached(digests),
        store.intents(*IntentStatus),
        store.intents(IntentStatus.OPEN),
        [store.highest_copy("cats", digest) for digest in digests],
        store.failed("cats"),
        store.retired("cats"),
    )


def test_a_missing_file_is_none_or_an_error_that_says_so(tmp_path: Path) -> None:
    """Looking makes nothing."""
    path = tmp_path / ".imgur-sync" / "state.db"
    assert find_store(path, lineage=None) is None
    with pytest.raises(StateError, match="no state here"):
        open_store(path, lineage=None, create=False)
    with pytest.raises(StateError, match="no state here"):
        open_store(path, lineage=None, create=True, read_only=True)
    assert list(tmp_path.iterdir()) == []


def test_a_new_state_is_private_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    """Folder 0700 with a .gitignore for all of it; state, log and shared memory 0600."""
    folder = tmp_path / "deep" / ".imgur-sync"
    with open_store(folder / "state.db", lineage=None, create=True) as store:
        store.record(CATS)
        modes = {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()}
        assert modes == dict.fromkeys([".gitignore", "state.db", "state.db-wal", "state.db-shm"], 0o600)
        assert folder.stat().st_mode & 0o777 == 0o700
        assert folder.parent.stat().st_mode & 0o777 == 0o700
        assert len(store.lineage) == 8
    assert (folder / ".gitignore").read_text() == "*\n"
    assert sorted(file.name for file in folder.iterdir()) == [".gitignore", "state.db"]


def test_what_was_recorded_is_there_when_opened_again(tmp_path: Path) -> None:
    """All of it, read-only or not; deletehashes too."""
    path = tmp_path / "state.db"
    filled(path)
    with open_store(path, lineage=LINEAGE, create=True) as store:
        before = everything(store)
    with open_store(path, lineage=None, create=False, read_only=True) as store:
        assert everything(store) == before
        with store.copy_to_memory() as copy:
            assert everything(copy) == before
    assert [file.name for file in tmp_path.iterdir()] == ["state.db"]


def test_a_copy_in_memory_keeps_its_records_to_itself(tmp_path: Path) -> None:
    """A plan may settle there without a trace."""
    filled(tmp_path / "state.db")
    with open_store(tmp_path / "state.db", lineage=LINEAGE, create=False, read_only=True) as store:
        before = everything(store)
        with store.copy_to_memory() as copy:
            copy.record(PictureDetached("p1", 9.0))
            assert everything(copy) != before
        assert everything(store) == before
        with pytest.raises(RuntimeError, match="reading only"):
            store.record(PictureDetached("p1", 9.0))


def test_another_lineage_is_refused(tmp_path: Path) -> None:
    """It knows other pictures."""
    filled(tmp_path / "state.db")
    before = (tmp_path / "state.db").read_bytes()
    with pytest.raises(StateError, match='was made for lineage = "k3v9x2mq", but the manifest has "other"'):
        open_store(tmp_path / "state.db", lineage="other", create=True)
    assert (tmp_path / "state.db").read_bytes() == before


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _text(path: Path) -> None:
    path.write_text("version = 1\n" * 100)


def _folder(path: Path) -> None:
    path.mkdir()


def _link(path: Path) -> None:
    path.symlink_to("elsewhere.db")


def _foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE album (key)")


def _newer(path: Path) -> None:
    filled(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
        connection.commit()


def _half_a_page(path: Path) -> None:
    filled(path)
    os.truncate(path, path.stat().st_size - 100)


def _one_page(path: Path) -> None:
    filled(path)
    os.truncate(path, 4096)


def _last_page(path: Path) -> None:
    filled(path)
    os.truncate(path, path.stat().st_size - 4096)


def _header_only(path: Path) -> None:
    filled(path)
    os.truncate(path, 100)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_empty, "is empty"),
        (_text, "is no imgur-sync state, or is damaged"),
        (_folder, "is not a file"),
        (_link, "is not a file"),
        (_foreign, "another program"),
        (_newer, "newer than this program understands"),
        (_half_a_page, "is truncated"),
        (_header_only, "is truncated"),
        (_one_page, "is damaged"),
        (_last_page, "is damaged"),
    ],
)
@pytest.mark.parametrize("read_only", [False, True])
def test_a_file_that_is_no_state_is_refused_untouched(
    tmp_path: Path, spoil: Callable[[Path], None], words: str, read_only: bool
) -> None:
    """Exit 65 with the file's name and a way out; nothing is changed, also by asking again to create."""
    path = tmp_path / "state.db"
    spoil(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(StateError, match=words) as caught:
        open_store(path, lineage=LINEAGE, create=True, read_only=read_only)
    assert caught.value.exit_code is ExitCode.UNREADABLE
    assert str(path) in caught.value.message
    assert "It is left as it is" in caught.value.hint
    assert "state rebuild" in caught.value.hint or "newer one" in caught.value.hint
    assert (path.read_bytes() if path.is_file() else None) == before
    assert [file.name for file in tmp_path.iterdir()] == ["state.db"]


def test_a_flipped_bit_is_refused_or_does_no_harm(tmp_path: Path) -> None:
    """Every byte that holds something, and every 61st of the empty rest: equal data or StateError, nothing else."""
    path = tmp_path / "state.db"
    filled(path)
    with open_store(path, lineage=LINEAGE, create=False, read_only=True) as store:
        truth = everything(store)
    data = path.read_bytes()
    refused = 0
    with path.open("r+b", buffering=0) as file:
        for offset in range(len(data)):
            if data[offset] == 0 and offset % 61:
                continue
            _poke(file, offset, data[offset] ^ (1 << offset % 8))
            try:
                with open_store(path, lineage=LINEAGE, create=False, read_only=True) as store:
                    assert everything(store) == truth, f"byte {offset}"
            except StateError:
                refused += 1
            _poke(file, offset, data[offset])
    assert refused > 1000
    assert path.read_bytes() == data


def _poke(file: Any, offset: int, value: int) -> None:
    file.seek(offset)
    file.write(bytes([value]))


def test_a_page_that_a_power_cut_tore_at_the_end_is_mended_from_the_log(tmp_path: Path) -> None:
    """The file is no multiple of its pages then; without the log beside it, it is refused."""
    torn = tmp_path / "torn" / "state.db"
    torn.parent.mkdir()
    with open_store(tmp_path / "state.db", lineage=LINEAGE, create=True) as store:
        store.record(CATS, *(PictureAdopted(picture(f"p{number}")) for number in range(200)))
        for end in ("", "-wal"):
            shutil.copy(tmp_path / f"state.db{end}", f"{torn}{end}")
    with torn.open("ab") as file:
        file.write(b"half a page")
    size = torn.stat().st_size
    with open_store(torn, lineage=LINEAGE, create=False) as store:
        assert len(store.pictures("cats")) == 200
    assert torn.stat().st_size > size
    assert torn.stat().st_size % 4096 == 0
    with torn.open("ab") as file:
        file.write(b"half a page")
    with pytest.raises(StateError, match="not whole pages"):
        open_store(torn, lineage=LINEAGE, create=False)


def test_the_log_of_a_removed_state_is_not_poured_into_a_new_one(tmp_path: Path) -> None:
    """It is set aside."""
    path = tmp_path / "state.db"
    store = open_store(path, lineage=LINEAGE, create=True)
    store.record(CATS)
    shutil.copy(tmp_path / "state.db-wal", tmp_path / "kept")
    store.close()
    path.unlink()
    (tmp_path / "kept").rename(tmp_path / "state.db-wal")
    with open_store(path, lineage="another1", create=True) as renewed:
        assert renewed.lineage == "another1"
        assert renewed.albums() == ()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["state.db", "state.db-wal.stray"]


def test_a_folder_that_cannot_be_made_is_an_error_of_ours(tmp_path: Path) -> None:
    """A file where a folder should be."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StateError):
        open_store(tmp_path / "file" / "state.db", lineage=None, create=True)


def test_a_state_does_not_cross_a_fork(tmp_path: Path) -> None:
    """The child may neither read nor close what the parent holds."""
    with open_store(tmp_path / "state.db", lineage=LINEAGE, create=True) as store:
        child = os.fork()
        if not child:
            try:
                store.albums()
            except RuntimeError:
                store.close()
                os._exit(7)
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
        store.record(CATS)
        assert len(store.albums()) == 1


def test_a_record_that_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    """A change of an unknown picture, an id adopted twice: the changes before it in the record are undone too."""
    with open_store(tmp_path / "state.db", lineage=LINEAGE, create=True) as store:
        store.record(CATS, PictureAdopted(picture("p1")))
        before = everything(store)
        with pytest.raises(KeyError):
            store.record(PictureAdopted(picture("p2")), PictureDetached("p9", 1.0))
        with pytest.raises(StateError, match="recorded already"):
            store.record(PictureDetached("p1", 1.0), PictureAdopted(picture("p1")))
        assert everything(store) == before


def test_a_writer_that_never_ends_is_try_again_later(tmp_path: Path) -> None:
    """Exit 75, after the wait; here the writer is one of ours in the same process."""
    filled(tmp_path / "state.db")
    with closing(sqlite3.connect(tmp_path / "state.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with open_store(tmp_path / "state.db", lineage=LINEAGE, create=False, busy=0.05) as store:
            with pytest.raises(TryAgainLaterError, match="in use by another process"):
                store.record(PictureDetached("p1", 9.0))
            assert len(store.pictures("cats")) == 3
        other.execute("ROLLBACK")

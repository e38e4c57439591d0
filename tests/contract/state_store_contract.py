"""What every `StateStore` promises. A test class inherits this and gives a fixture `store`: an empty store of the
lineage `LINEAGE`."""

from __future__ import annotations

from dataclasses import replace

from imgur_sync.model.change import (
    AlbumEdited,
    AlbumGone,
    FailuresForgotten,
    FileFailed,
    FolderSeen,
    GateHeld,
    PictureAdopted,
    PictureDeleted,
    PictureDetached,
    PictureEdited,
    PictureGone,
    PicturePlaced,
    PictureReleased,
    TextIgnored,
    UrlRetired,
    WishIgnored,
)
from imgur_sync.model.local import RootIdentity
from imgur_sync.model.ports import StateStore
from imgur_sync.model.secret import Secret
from imgur_sync.model.spec import Privacy
from imgur_sync.model.synced import (
    FailedFile,
    IntentStatus,
    NotHonoured,
    RetiredUrl,
    SentHeader,
    Standing,
)
from tests.contract.agreed_contract import AgreedContract
from tests.contract.intent_contract import CATS, LINEAGE, IntentContract, digest_of, picture
from tests.contract.leaving_contract import LeavingContract
from tests.contract.renaming_contract import RenamingContract
from tests.contract.review_contract import ReviewContract
from tests.contract.run_contract import RunContract


class StateStoreContract(
    AgreedContract, IntentContract, LeavingContract, RenamingContract, ReviewContract, RunContract
):
    """Inherited by the tests of every implementation."""

    def test_an_empty_store_holds_nothing_but_its_lineage(self, store: StateStore) -> None:
        """Nothing is found, and nothing raises."""
        assert store.lineage == LINEAGE
        assert store.albums() == ()
        assert store.album("cats") is None
        assert store.pictures("cats") == ()
        assert store.picture("p1") is None
        assert store.known(["p1"]) == frozenset()
        assert store.detached([digest_of("tom")]) == ()
        assert store.intents(*IntentStatus) == ()
        assert store.highest_copy("cats", digest_of("tom")) == -1
        assert store.failed("cats") == ()
        assert store.retired("cats") == ()

    def test_an_album_made_is_found_by_key(self, store: StateStore) -> None:
        """All fields of the change, nothing sent yet, not edited, alive."""
        store.record(replace(CATS, deletehash=Secret("hush")))
        album = store.album("cats")
        assert album is not None
        assert (album.id, album.folder, album.made_at) == ("AbC1234", "photos/cats", 10.0)
        assert album.deletehash == Secret("hush")
        assert (album.edited, album.gone, album.placed, album.sent) == (False, False, 0, SentHeader())
        assert store.albums() == (album,)

    def test_albums_come_by_key(self, store: StateStore) -> None:
        """Whatever the order in which they were made."""
        store.record(replace(CATS, key="b", id="B"), replace(CATS, key="a", id="A"), replace(CATS, key="c", id="C"))
        assert [album.key for album in store.albums()] == ["a", "b", "c"]

    def test_an_edit_keeps_the_fields_that_it_did_not_send(self, store: StateStore) -> None:
        """None was not part of the edit; "" was sent."""
        store.record(CATS, AlbumEdited("cats", "Cats", "of ours", Privacy.HIDDEN, 30.0))
        store.record(AlbumEdited("cats", None, "", None, 40.0))
        album = store.album("cats")
        assert album is not None
        assert album.edited
        assert album.sent == SentHeader("Cats", "", Privacy.HIDDEN, 40.0)

    def test_a_gone_album_keeps_its_pictures(self, store: StateStore) -> None:
        """And an album made anew under that key replaces it."""
        store.record(CATS, PictureAdopted(picture("p1")), AlbumGone("cats"))
        album = store.album("cats")
        assert album is not None
        assert album.gone
        store.record(replace(CATS, id="New5678"))
        renewed = store.album("cats")
        assert renewed is not None
        assert (renewed.id, renewed.gone, renewed.edited, renewed.placed) == ("New5678", False, False, 1)
        assert renewed.serial > album.serial
        assert [found.id for found in store.pictures("cats")] == ["p1"]

    def test_the_folder_seen_is_remembered(self, store: StateStore) -> None:
        """Device and inode may be as large as 64 bits allow."""
        store.record(CATS, FolderSeen("cats", "photos/katzen", RootIdentity(2**64 - 1, 2**64 - 2)))
        album = store.album("cats")
        assert album is not None
        assert album.folder == "photos/katzen"
        assert album.root == RootIdentity(2**64 - 1, 2**64 - 2)

    def test_the_serial_grows_with_every_record_that_touches_the_album(self, store: StateStore) -> None:
        """Not with records of other albums."""
        store.record(CATS, replace(CATS, key="dogs", id="D"))
        serials = [_serial(store, "cats")]
        for change in (PictureAdopted(picture("p1")), FileFailed(FailedFile("cats", "x", "d", "no", 1.0))):
            store.record(change)
            serials.append(_serial(store, "cats"))
        assert serials == sorted(set(serials))
        before = _serial(store, "cats")
        store.record(PictureAdopted(picture("p2", album="dogs")))
        assert _serial(store, "cats") == before

    def test_a_gate_holds_until_it_is_said_to_hold_no_more(self, store: StateStore) -> None:
        """With the number of pictures of its beginning; no serial grows."""
        store.record(CATS)
        before = _serial(store, "cats")
        assert store.held() == {}
        store.record(GateHeld("cats", "prune", 12), GateHeld("trips/a b", "restore", 3))
        assert store.held() == {("cats", "prune"): 12, ("trips/a b", "restore"): 3}
        store.record(GateHeld("cats", "prune", None))
        assert store.held() == {("trips/a b", "restore"): 3}
        assert _serial(store, "cats") == before

    def test_a_picture_comes_back_as_it_was_recorded(self, store: StateStore) -> None:
        """Also a name that is no UTF-8, flags and the deletehash."""
        full = replace(
            picture("p1", path="sub/\udcff\n'\".jpg"),
            complete=False,
            has_gps=True,
            restored=True,
            deletehash=Secret("hush"),
        )
        store.record(CATS, PictureAdopted(full))
        assert store.picture("p1") == full
        assert store.pictures("cats") == (full,)

    def test_a_picture_stands_as_the_last_change_says(self, store: StateStore) -> None:
        """Deleted ones leave the album's pictures, but stay known and can be asked for; placed ones are counted."""
        store.record(CATS, *(PictureAdopted(picture(f"p{number}", path=f"{number}")) for number in range(5)))
        store.record(PictureDetached("p1", 30.0), PictureGone("p2", 30.0), PictureDeleted("p3", 30.0))
        store.record(PictureReleased("p4", 30.0))
        standings = {found.id: found.standing for found in store.pictures("cats")}
        assert standings == {
            "p0": Standing.PLACED,
            "p1": Standing.DETACHED,
            "p2": Standing.GONE,
            "p4": Standing.UNMANAGED,
        }
        deleted = store.picture("p3")
        assert deleted is not None
        assert deleted.standing is Standing.DELETED
        assert store.known(["p0", "p1", "p2", "p3", "p9"]) == {"p0", "p1", "p2", "p3"}
        album = store.album("cats")
        assert album is not None
        assert album.placed == 1

    def test_pictures_come_by_id(self, store: StateStore) -> None:
        """Whatever the order in which they were adopted."""
        store.record(CATS, *(PictureAdopted(picture(name)) for name in ("pc", "pa", "pb")))
        assert [found.id for found in store.pictures("cats")] == ["pa", "pb", "pc"]

    def test_a_picture_placed_elsewhere_moves_and_touches_both_albums(self, store: StateStore) -> None:
        """Album, path, digest and time are those of the change; the counts follow."""
        short = replace(picture("p1", path=""), digest=digest_of("tom")[:16])
        store.record(CATS, replace(CATS, key="dogs", id="D"), PictureAdopted(short))
        before = _serial(store, "cats"), _serial(store, "dogs")
        store.record(PictureDetached("p1", 25.0))
        store.record(PicturePlaced("p1", "dogs", "rex.jpg", digest_of("tom"), 30.0))
        moved = store.picture("p1")
        assert moved == replace(short, album="dogs", path="rex.jpg", digest=digest_of("tom"), placed_at=30.0)
        assert store.pictures("cats") == ()
        assert [album.placed for album in store.albums()] == [0, 1]
        assert _serial(store, "cats") > before[0]
        assert _serial(store, "dogs") > before[1]

    def test_detached_pictures_are_found_by_full_and_by_short_digest(self, store: StateStore) -> None:
        """In both directions, in any album, and only detached ones."""
        full, short = picture("p1", content="a"), replace(picture("p2", content="b"), digest=digest_of("b")[:16])
        other = replace(full, id="p3", digest=digest_of("a")[:16] + "0" * 48)
        store.record(CATS, *(PictureAdopted(found) for found in (full, short, other, picture("p4", content="a"))))
        store.record(*(PictureDetached(name, 30.0) for name in ("p1", "p2", "p3")))
        assert [found.id for found in store.detached([digest_of("a")])] == ["p1"]
        assert [found.id for found in store.detached([digest_of("a")[:16]])] == ["p1", "p3"]
        assert [found.id for found in store.detached([digest_of("b")])] == ["p2"]
        assert [found.id for found in store.detached([digest_of("b")[:16], digest_of("a")])] == ["p1", "p2"]
        assert store.detached([digest_of("c")]) == ()

    def test_standing_pictures_are_found_by_full_and_by_short_digest(self, store: StateStore) -> None:
        """Likewise, and only those that stand in an album."""
        full, short = picture("p1", content="a"), replace(picture("p2", content="b"), digest=digest_of("b")[:16])
        store.record(CATS, *(PictureAdopted(found) for found in (full, short, picture("p3", content="a"))))
        store.record(PictureDetached("p3", 30.0))
        assert [found.id for found in store.placed([digest_of("a")])] == ["p1"]
        assert [found.id for found in store.placed([digest_of("b"), digest_of("a")[:16]])] == ["p1", "p2"]
        assert store.placed([digest_of("c")]) == ()

    def test_thousands_of_ids_and_digests_are_asked_for_at_once(self, store: StateStore) -> None:
        """There is no limit on how many."""
        store.record(CATS, *(PictureAdopted(picture(f"p{n}", content=str(n))) for n in range(1200)))
        assert len(store.known(f"p{n}" for n in range(5000))) == 1200
        assert len(store.placed(digest_of(str(n)) for n in range(5000))) == 1200
        store.record(*(PictureDetached(f"p{n}", 30.0) for n in range(1200)))
        assert len(store.detached(digest_of(str(n)) for n in range(5000))) == 1200

    def test_failed_files_are_kept_until_they_are_forgotten(self, store: StateStore) -> None:
        """One entry a path, of one album only."""
        store.record(CATS)
        first = FailedFile("cats", "a\udcff.jpg", "d1", "refused", 30.0)
        store.record(FileFailed(first), FileFailed(FailedFile("dogs", "b.jpg", "d2", "no", 30.0)))
        store.record(FileFailed(replace(first, digest="d3", at=40.0)))
        assert store.failed("cats") == (replace(first, digest="d3", at=40.0),)
        store.record(FailuresForgotten("cats"))
        assert store.failed("cats") == ()
        assert len(store.failed("dogs")) == 1

    def test_retired_addresses_come_oldest_first(self, store: StateStore) -> None:
        """A path may have several."""
        store.record(CATS)
        urls = [RetiredUrl("cats", "tom.jpg", f"o{n}", f"n{n}", f"ol{n}", f"nl{n}", float(n)) for n in range(12)]
        for url in urls:
            store.record(UrlRetired(url))
        assert store.retired("cats") == tuple(urls)
        assert store.retired("dogs") == ()

    def test_a_wish_ignored_is_marked_until_it_is_sent_or_removed(self, store: StateStore) -> None:
        """One mark a field; an edit clears those of the fields that it names; 0 attempts removes one."""
        store.record(CATS)
        store.record(*(WishIgnored("cats", field, "wish", "b\ud800", 1, 5.0) for field in ("order", "title")))
        store.record(WishIgnored("cats", "order", "wish", "before", 2, 6.0))
        assert _marks(store) == {
            NotHonoured("order", "wish", "before", 2, 6.0),
            NotHonoured("title", "wish", "b\ud800", 1, 5.0),
        }
        store.record(AlbumEdited("cats", "Cats", None, None, 7.0))
        assert _marks(store) == {NotHonoured("order", "wish", "before", 2, 6.0)}
        store.record(WishIgnored("cats", "order", "", "", 0, 8.0))
        assert _marks(store) == set()

    def test_texts_of_a_picture_are_kept_and_marks_cleared_by_what_is_confirmed(self, store: StateStore) -> None:
        """None was not part of it; "" was sent; moving the picture changes nothing of them."""
        marked = replace(picture("p1"), title="T\ud800", ignored_texts=(NotHonoured("title", "T\ud800", "", 1, 4.0),))
        store.record(CATS, PictureAdopted(marked))
        assert store.picture("p1") == marked
        store.record(TextIgnored("p1", "description", "long", "lo", 2, 5.0))
        store.record(PictureEdited("p1", "Tom", None, 6.0))
        store.record(PicturePlaced("p1", "cats", "else.jpg", digest_of("tom"), 7.0))
        seen = store.pictures("cats")[0]
        assert (seen.title, seen.description, seen.texts_at) == ("Tom", None, 6.0)
        assert seen.ignored_texts == (NotHonoured("description", "long", "lo", 2, 5.0),)
        before = _serial(store, "cats")
        store.record(PictureEdited("p1", None, "", 8.0))
        assert store.picture("p1") == replace(seen, description="", texts_at=8.0, ignored_texts=())
        assert _serial(store, "cats") == before + 1
        store.record(TextIgnored("p1", "title", "x", "y", 1, 9.0), TextIgnored("p1", "title", "", "", 0, 9.0))
        assert store.pictures("cats")[0].ignored_texts == ()


def _serial(store: StateStore, key: str) -> int:
    album = store.album(key)
    assert album is not None
    return album.serial


def _marks(store: StateStore) -> set[NotHonoured]:
    album = store.album("cats")
    assert album is not None
    return set(album.not_honoured)

"""What every `StateStore` promises about pictures that left their albums. Inherited by `StateStoreContract`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from imgur_sync.model.change import (
    AlbumForgotten,
    FileFailed,
    PictureAdopted,
    PictureDeleted,
    PictureDetached,
    PictureForgotten,
    PicturePlaced,
    PictureReattached,
    UrlRetired,
)
from imgur_sync.model.ports import StateStore
from imgur_sync.model.secret import Secret
from imgur_sync.model.synced import FailedFile, RetiredUrl, Standing
from tests.contract.intent_contract import CATS, digest_of, picture


class LeavingContract:
    """Inherited by the tests of every implementation."""

    def test_a_departure_tells_when_the_picture_left(self, store: StateStore) -> None:
        """By album and id; one that stands in its album is none."""
        store.record(CATS, PictureAdopted(picture("p2")), PictureAdopted(picture("p1")), PictureAdopted(picture("p3")))
        store.record(PictureDetached("p2", 70.0), PictureDetached("p1", 60.0))
        assert [(found.picture.id, found.at) for found in store.departures()] == [("p1", 60.0), ("p2", 70.0)]

    @pytest.mark.parametrize("how", ["placed", "reattached", "deleted", "forgotten"])
    def test_a_picture_that_is_back_or_no_more_is_no_departure(self, how: str, store: StateStore) -> None:
        """And one that leaves again left at the later time."""
        store.record(CATS, PictureAdopted(picture("p1")), PictureDetached("p1", 60.0))
        changes = {
            "placed": PicturePlaced("p1", "cats", "a.jpg", digest_of("a"), 80.0),
            "reattached": PictureReattached("p1", 80.0),
            "deleted": PictureDeleted("p1", 80.0),
            "forgotten": PictureForgotten("p1"),
        }
        store.record(changes[how])
        assert store.departures() == ()
        if how in ("placed", "reattached"):
            store.record(PictureDetached("p1", 90.0))
            assert [found.at for found in store.departures()] == [90.0]

    def test_a_picture_put_back_stands_unmanaged_since_then(self, store: StateStore) -> None:
        """Imgur may take a while to show it: that is counted from here."""
        store.record(CATS, PictureAdopted(picture("p1")), PictureDetached("p1", 60.0), PictureReattached("p1", 80.0))
        found = store.picture("p1")
        assert found is not None
        assert (found.standing, found.placed_at, found.album) == (Standing.UNMANAGED, 80.0, "cats")

    def test_a_forgotten_picture_is_known_and_nothing_else(self, store: StateStore) -> None:
        """It is in no list, its deletehash is dropped, and its id is never taken for a new one."""
        store.record(CATS, PictureAdopted(replace(picture("p1"), deletehash=Secret("hush"))), PictureForgotten("p1"))
        assert store.pictures("cats") == ()
        assert store.known(["p1", "x"]) == store.forgotten(["p1", "x"]) == frozenset({"p1"})
        found = store.picture("p1")
        assert found is not None
        assert (found.standing, found.deletehash) == (Standing.FORGOTTEN, None)
        assert store.detached([found.digest]) == ()

    def test_a_forgotten_album_leaves_addresses_and_copy_numbers(self, store: StateStore) -> None:
        """The album, its failures and its pictures are gone from every list; another album is untouched."""
        store.record(CATS, replace(CATS, key="dogs", id="D"), PictureAdopted(picture("p1")))
        store.record(PictureAdopted(picture("p2", album="dogs")), FileFailed(FailedFile("cats", "x", "d", "no", 1.0)))
        store.record(UrlRetired(RetiredUrl("cats", "a.jpg", "p0", "p1", "old", "new", 5.0)))
        copies = store.highest_copy("cats", picture("p1").digest)
        store.record(AlbumForgotten("cats"))
        assert store.album("cats") is None
        assert [album.key for album in store.albums()] == ["dogs"]
        assert store.pictures("cats") == ()
        assert store.failed("cats") == ()
        assert [found.id for found in store.pictures("dogs")] == ["p2"]
        assert len(store.retired("cats")) == 1
        assert store.highest_copy("cats", picture("p1").digest) == copies

    def test_an_album_that_the_state_does_not_hold_cannot_be_forgotten(self, store: StateStore) -> None:
        """An error of the caller."""
        with pytest.raises(KeyError):
            store.record(AlbumForgotten("cats"))

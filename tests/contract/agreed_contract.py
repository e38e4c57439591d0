"""What every `StateStore` promises of how albums were arranged; inherited as `StateStoreContract` is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from imgur_sync.model.change import (
    AlbumAgreed,
    AlbumForgotten,
    AlbumGone,
    AlbumRenamed,
    PictureAdopted,
    PictureDetached,
    PictureReattached,
)
from imgur_sync.model.ports import StateStore
from imgur_sync.model.synced import Agreed
from tests.contract.intent_contract import CATS, picture

NOTHING = Agreed()


class AgreedContract:
    """Inherited by the tests of every implementation."""

    @pytest.mark.parametrize(
        "agreed", [Agreed(("p1", "p2"), "p2"), Agreed((), ""), Agreed(None, "p1"), Agreed(("p1",), None), NOTHING]
    )
    def test_an_arrangement_comes_back_as_it_was_recorded(self, store: StateStore, agreed: Agreed) -> None:
        """An empty album is another thing than one that is not known; the album's serial stays as it was."""
        store.record(CATS)
        before = store.album("cats")
        assert store.agreed("cats") == NOTHING
        store.record(AlbumAgreed("cats", Agreed(("other",), "other")), AlbumAgreed("cats", agreed))
        assert store.agreed("cats") == agreed
        assert store.agreed("dogs") == NOTHING
        assert store.album("cats") == before

    def test_an_album_that_is_not_held_has_no_arrangement(self, store: StateStore) -> None:
        """An error of the caller, and nothing of the record stays."""
        with pytest.raises(KeyError):
            store.record(CATS, AlbumAgreed("dogs", Agreed(("p1",), "")))
        assert store.albums() == ()

    def test_an_arrangement_is_of_one_album(self, store: StateStore) -> None:
        """It follows to another key; a new album of the same key does not have it, nor one that was let go."""
        agreed = Agreed(("p1",), "p1")
        store.record(CATS, AlbumAgreed("cats", agreed))
        store.record(AlbumRenamed("cats", "tigers"))
        assert (store.agreed("cats"), store.agreed("tigers")) == (NOTHING, agreed)
        store.record(AlbumGone("tigers"))
        store.record(replace(CATS, key="tigers", id="Another1"))
        assert store.agreed("tigers") == NOTHING
        store.record(AlbumAgreed("tigers", agreed), AlbumForgotten("tigers"))
        store.record(replace(CATS, key="tigers", id="Another1"))
        assert store.agreed("tigers") == NOTHING

    def test_the_place_of_a_picture_that_was_put_back_is_not_agreed_on(self, store: StateStore) -> None:
        """Imgur chose it."""
        store.record(CATS, PictureAdopted(picture("p1")), PictureAdopted(picture("p2", content="x")))
        store.record(PictureDetached("p1", 2.0), AlbumAgreed("cats", Agreed(("p1", "p2"), "p2")))
        store.record(PictureReattached("p1", 3.0))
        assert store.agreed("cats") == Agreed(("p2",), "p2")

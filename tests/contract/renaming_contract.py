"""What every `StateStore` promises of keys that change and of marks; inherited as `StateStoreContract` is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from imgur_sync.model.change import (
    AlbumProtected,
    AlbumRenamed,
    FileFailed,
    PictureAdopted,
    RootAccepted,
    UrlRetired,
    WishIgnored,
)
from imgur_sync.model.ports import StateStore
from imgur_sync.model.secret import Secret
from imgur_sync.model.synced import FailedFile, Intent, IntentKind, IntentStatus, RetiredUrl
from tests.contract.intent_contract import CATS, digest_of, picture


class RenamingContract:
    """Inherited by the tests of every implementation."""

    def test_everything_follows_an_album_to_its_new_key(self, store: StateStore) -> None:
        """Album, pictures, intents, copies, failures, addresses, marks; under the old one only the copies stay."""
        store.record(replace(CATS, deletehash=Secret("hush")), PictureAdopted(replace(picture("p1"), album="cats")))
        draft = Intent(0, IntentKind.UPLOAD, "cats", path="b.jpg", digest=digest_of("b"), marker="m", copy=4)
        number = store.open_intent(draft).number
        store.record(
            WishIgnored("cats", "order", "wish", "before", 1, 5.0),
            FileFailed(FailedFile("cats", "c.jpg", digest_of("c"), "why", 6.0)),
            UrlRetired(RetiredUrl("cats", "d.jpg", "o", "n", "ol", "nl", 7.0)),
            AlbumProtected("cats"),
            RootAccepted("cats", "scan"),
        )
        before = store.album("cats")
        assert before is not None
        store.record(AlbumRenamed("cats", "tigers"))
        assert store.album("tigers") == replace(before, key="tigers", serial=before.serial + 1)
        assert [one.id for one in store.pictures("tigers")] == ["p1"]
        assert [(i.number, i.album) for i in store.intents(IntentStatus.OPEN)] == [(number, "tigers")]
        assert store.highest_copy("tigers", digest_of("b")) == 4
        assert [one.path for one in store.failed("tigers")] == ["c.jpg"]
        assert [one.path for one in store.retired("tigers")] == ["d.jpg"]
        assert store.protected() == {"tigers"}
        assert store.accepted_root("tigers") == "scan"
        assert store.album("cats") is None
        assert (store.pictures("cats"), store.failed("cats"), store.retired("cats")) == ((), (), ())
        assert store.highest_copy("cats", digest_of("b")) == 4, "an old marker is never made a second time"
        assert store.accepted_root("cats") == ""

    def test_a_key_that_is_taken_is_not_given_twice(self, store: StateStore) -> None:
        """Nothing of the record stays."""
        store.record(CATS, replace(CATS, key="dogs", id="Dogs123"))
        with pytest.raises(KeyError):
            store.record(AlbumProtected("cats"), AlbumRenamed("cats", "dogs"))
        assert [album.key for album in store.albums()] == ["cats", "dogs"]
        assert store.protected() == frozenset()

    def test_marks_are_set_and_taken_back(self, store: StateStore) -> None:
        """Also of albums that were never made; the lineage is none of them."""
        store.record(AlbumProtected("cats"), AlbumProtected("trips/a b"), RootAccepted("cats", "one"))
        assert store.protected() == {"cats", "trips/a b"}
        store.record(AlbumProtected("cats", protect=False), RootAccepted("cats", "two"))
        assert (store.protected(), store.accepted_root("cats")) == ({"trips/a b"}, "two")
        store.record(RootAccepted("cats", ""))
        assert store.accepted_root("cats") == ""

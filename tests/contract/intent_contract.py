"""The part of a `StateStore`'s promises that keeps uploads from happening twice: intents and copy numbers; and the
values that the suites share."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from imgur_sync.model.change import AlbumMade, IntentDoubted, IntentEnded, IntentResent, PictureAdopted
from imgur_sync.model.ports import StateStore
from imgur_sync.model.synced import Intent, IntentKind, IntentStatus, SyncedPicture
from imgur_sync.planner.marker import upload_name

LINEAGE = "k3v9x2mq"
CATS = AlbumMade("cats", "AbC1234", None, "photos/cats", 10.0)


def digest_of(text: str) -> str:
    """A digest that stands for a file's content."""
    return hashlib.sha256(text.encode()).hexdigest()


def picture(image_id: str, album: str = "cats", path: str = "tom.jpg", content: str = "tom") -> SyncedPicture:
    """A placed picture with a value in every field."""
    digest = digest_of(content)
    name = upload_name(path, "image/jpeg", LINEAGE, album, digest, 0)
    link = f"https://i.imgur.com/{image_id}.jpg"
    return SyncedPicture(image_id, album, path, digest, digest, name, "image/jpeg", 5, 4, 3, link, 20.0, 21.0)


def upload(content: str = "tom", copy: int = 0) -> Intent:
    """The draft of an upload into the album of cats."""
    return Intent(0, IntentKind.UPLOAD, "cats", "AbC1234", "tom.jpg", digest_of(content), 5, copy=copy, made_at=15.0)


class IntentContract:
    """Inherited by `StateStoreContract`."""

    def test_an_intent_is_given_a_number_that_grows(self, store: StateStore) -> None:
        """All other fields are those of the draft."""
        store.record(CATS)
        draft = replace(upload(), has_gps=True, restores=True, replaces="p9", wish='{"\udcff": 1}', marker="m")
        first, second = store.open_intent(draft), store.open_intent(upload("b"))
        assert 0 < first.number < second.number
        assert first == replace(draft, number=first.number)
        assert store.intents(IntentStatus.OPEN) == (first, second)
        assert store.intents(IntentStatus.SUSPECT, IntentStatus.CLOSED) == ()

    def test_the_intent_of_a_creation_needs_no_album(self, store: StateStore) -> None:
        """It is recorded before the album exists."""
        intent = store.open_intent(Intent(0, IntentKind.CREATE_ALBUM, "new", marker="m"))
        assert store.intents(IntentStatus.OPEN) == (intent,)
        assert store.album("new") is None

    def test_an_intent_is_doubted_sent_again_and_ended(self, store: StateStore) -> None:
        """Sent again it is in flight once more, under its new reservation."""
        store.record(CATS)
        intent = store.open_intent(upload())
        store.record(IntentDoubted(intent.number, 50.0))
        assert store.intents(IntentStatus.OPEN) == (replace(intent, failed_at=50.0),)
        store.record(IntentResent(intent.number, 77, 60.0))
        again = replace(intent, sends=2, reservation=77, failed_at=None)
        assert store.intents(IntentStatus.OPEN) == (again,)
        store.record(IntentEnded(intent.number, IntentStatus.SUSPECT, 70.0))
        assert store.intents(IntentStatus.SUSPECT) == (replace(again, status=IntentStatus.SUSPECT),)
        assert store.intents(IntentStatus.OPEN) == ()

    def test_an_adopted_picture_closes_its_intent(self, store: StateStore) -> None:
        """In the same record; a later change of that record can leave it suspect."""
        store.record(CATS)
        first, second = store.open_intent(upload("a")), store.open_intent(upload("b"))
        store.record(PictureAdopted(picture("p1", content="a"), first.number))
        store.record(
            PictureAdopted(picture("p2", content="b"), second.number),
            IntentEnded(second.number, IntentStatus.SUSPECT, 70.0),
        )
        assert [intent.number for intent in store.intents(IntentStatus.CLOSED)] == [first.number]
        assert [intent.number for intent in store.intents(IntentStatus.SUSPECT)] == [second.number]

    def test_copy_numbers_are_never_forgotten(self, store: StateStore) -> None:
        """All intents ever count, by album and the first half of the digest."""
        store.record(CATS)
        for copy in (0, 3, 1):
            intent = store.open_intent(upload(copy=copy))
            store.record(IntentEnded(intent.number, IntentStatus.CLOSED, 70.0))
        assert store.highest_copy("cats", digest_of("tom")) == 3
        assert store.highest_copy("cats", digest_of("tom")[:16]) == 3
        assert store.highest_copy("dogs", digest_of("tom")) == -1

    def test_the_marker_of_an_adopted_picture_counts_as_a_copy(self, store: StateStore) -> None:
        """So a rebuilt state does not use a copy number again; foreign names count nothing."""
        name = upload_name("tom.jpg", "image/jpeg", LINEAGE, "cats", digest_of("tom"), 7)
        store.record(CATS, PictureAdopted(replace(picture("p1"), marker=name)))
        store.record(PictureAdopted(replace(picture("p2", content="x"), marker="holiday.jpg")))
        assert store.highest_copy("cats", digest_of("tom")) == 7
        assert store.highest_copy("cats", digest_of("x")) == -1

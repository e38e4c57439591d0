"""What every `RemoteReader` keeps, in each shape that Imgur answers in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import pytest

from imgur_sync.model.outcome import NotSent, ProblemKind, Refused, Unknown
from imgur_sync.model.remote import CreditReport, RemoteAlbum
from tests.support.imgur_stage import ImgurStage, done

MISSING = "zzzzzzz"


class RemoteReaderContract:
    """Inherit it and set `shape`, or override `stage`."""

    shape: ClassVar[str]

    @pytest.fixture
    def stage(self) -> Iterator[ImgurStage]:
        """A simulated Imgur with the reader in front of it."""
        with ImgurStage(shape=self.shape) as stage:
            yield stage

    def test_pages_of_albums_end_with_an_empty_one(self, stage: ImgurStage) -> None:
        """All albums come, each once, and a page behind the last is empty."""
        made = {stage.by_hand(f"album {number}", pictures=1)[0] for number in range(3)}
        first = done(stage.reader.albums(0))
        assert {header.id for header in first} == made
        assert {header.title for header in first} == {"album 0", "album 1", "album 2"}
        assert [header.count for header in first] == [1, 1, 1]
        assert done(stage.reader.albums(1)) == ()

    def test_an_album_comes_whole_and_in_order(self, stage: ImgurStage) -> None:
        """Its pictures are listed in album order with the names that were given."""
        album, ids = stage.by_hand("Cats", pictures=3, description="all of them")
        listing: RemoteAlbum = done(stage.reader.album(album))
        assert listing.complete, listing.flaw
        assert listing.ids == tuple(ids)
        assert [picture.name for picture in listing.pictures] == ["0.png", "1.png", "2.png"]
        assert (listing.header.title, listing.header.description) == ("Cats", "all of them")
        assert listing.taken_at == stage.clock.now()

    def test_an_empty_album_is_complete(self, stage: ImgurStage) -> None:
        """No pictures, nothing missing; title and description that were never given are empty texts."""
        album, _ = stage.by_hand()
        listing = done(stage.reader.album(album))
        assert (listing.complete, listing.pictures, listing.header.title, listing.header.description) == (
            True,
            (),
            "",
            "",
        )

    def test_images_null_of_an_empty_album_is_an_empty_list(self, stage: ImgurStage) -> None:
        """`images: null` is normal for an empty album (imgur-api §2.2)."""
        album, _ = stage.by_hand()
        stage.steer("knobs", {"images_null": True})
        assert done(stage.reader.album(album)).complete

    @pytest.mark.parametrize(("privacy", "public"), [("public", True), ("hidden", False), ("secret", False)])
    def test_only_public_is_public(self, stage: ImgurStage, privacy: str, public: bool) -> None:
        """Hidden, secret and "private" are one: not public."""
        album, _ = stage.by_hand(privacy=privacy)
        assert done(stage.reader.album(album)).header.public is public

    def test_what_is_not_there_is_refused_as_not_found(self, stage: ImgurStage) -> None:
        """404 is definite, for albums and pictures."""
        for outcome in (stage.reader.album(MISSING), stage.reader.image(MISSING)):
            assert isinstance(outcome, Refused)
            assert outcome.problem.kind is ProblemKind.NOT_FOUND
            assert MISSING not in outcome.problem.detail

    def test_pictures_come_newest_first(self, stage: ImgurStage) -> None:
        """The account's pictures, the youngest at the top, with dates."""
        _, ids = stage.by_hand(pictures=3)
        page = done(stage.reader.images(0))
        assert [picture.id for picture in page] == ids[::-1]
        assert page[0].made_at > page[2].made_at > 0
        assert done(stage.reader.images(1)) == ()

    def test_one_picture_is_described(self, stage: ImgurStage) -> None:
        """Its type, size and address, as Imgur tells them."""
        _, (picture_id,) = stage.by_hand(pictures=1)
        picture = done(stage.reader.image(picture_id))
        assert (picture.id, picture.media_type, picture.width, picture.height) == (picture_id, "image/png", 4, 3)
        assert picture.size > 0
        assert picture.link

    def test_the_credit_report_is_in_unix_seconds(self, stage: ImgurStage) -> None:
        """Limits, what is left, and a reset that lies ahead."""
        report: CreditReport = done(stage.reader.credits())
        assert 0 <= report.user_remaining <= report.user_limit == 500
        assert 0 <= report.client_remaining <= report.client_limit == 12_500
        assert stage.clock.now() < report.user_reset <= stage.clock.now() + 3_600

    def test_a_reader_sends_nothing_but_gets_and_a_refresh(self, stage: ImgurStage) -> None:
        """Whatever is read, also while a token expires."""
        album, (picture, *_) = stage.by_hand(pictures=2)
        stage.wire.sent.clear()
        stage.steer("tokens", {"expire_access": True})
        stage.reader.albums(0), stage.reader.album(album), stage.reader.images(0), stage.reader.image(picture)
        stage.reader.credits()
        assert {method for method, path in stage.wire.sent if path != "/oauth2/token"} == {"GET"}
        assert stage.wire.sent.count(("POST", "/oauth2/token")) == 1

    def test_every_read_is_metered_as_imgur_meters_it(self, stage: ImgurStage) -> None:
        """What the ledger charged is not less than what Imgur charged, attempt by attempt."""
        before = stage.look("ledger")["clients"][stage.demo.client_id]["credits"]
        album, _ = stage.by_hand(pictures=1)
        by_hand = stage.look("ledger")["clients"][stage.demo.client_id]["credits"] - before
        stage.reader.album(album), stage.reader.image(MISSING), stage.reader.albums(0)
        charged = stage.look("ledger")["clients"][stage.demo.client_id]["credits"] - by_hand - before
        assert stage.ledger.spent() == 3 >= charged

    def test_no_connection_is_not_sent_and_costs_nothing(self, stage: ImgurStage) -> None:
        """A refused connection is proven not sent."""
        stage.wire.down = True
        outcome = stage.reader.images(0)
        assert isinstance(outcome, NotSent)
        assert outcome.problem.kind is ProblemKind.NETWORK
        assert stage.ledger.spent() == 0

    def test_a_broken_connection_is_unknown_and_charged(self, stage: ImgurStage) -> None:
        """The request may have reached Imgur."""
        stage.steer("faults", [{"match": {"path": "/3/account/me/images*"}, "fault": "drop_after"}])
        outcome = stage.reader.images(0)
        assert isinstance(outcome, Unknown)
        assert stage.ledger.spent() == 1

    def test_an_exhausted_ledger_sends_nothing(self, stage: ImgurStage) -> None:
        """No credit, no request; the answer names the limit and when to come back."""
        while not isinstance(outcome := stage.reader.credits(), NotSent):
            stage.clock.advance(0.001)
            assert len(stage.wire.sent) <= 500
        assert (outcome.problem.kind, outcome.problem.limit) == (ProblemKind.BUDGET, "hour")
        assert 0 < (outcome.problem.resume_after or 0) <= 3_600


class TestImgurLegacy(RemoteReaderContract):
    """The replies of the old back-end."""

    shape = "legacy"


class TestImgurV1(RemoteReaderContract):
    """The replies of the new back-end."""

    shape = "v1"


class TestImgurMixed(RemoteReaderContract):
    """Uploads answered by the new back-end, all else by the old one."""

    shape = "mixed"

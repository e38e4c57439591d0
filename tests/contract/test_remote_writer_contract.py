"""What every `RemoteWriter` keeps, in each shape that Imgur answers in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import pytest

from imgur_sync.model.budget import CALL_COST, POST_COST, UPLOAD_COST, Charge, Cost, Reservation
from imgur_sync.model.local import Content
from imgur_sync.model.outcome import NotSent, Outcome, ProblemKind, Refused, Unknown
from imgur_sync.model.remote import AlbumChanges
from imgur_sync.model.spec import Privacy
from imgur_sync.model.texts import Texts
from tests.support import pictures
from tests.support.imgur_stage import ImgurStage, done

NAME = "tom.is1-0123456789abcdef-89abcdef.png"
Write = Callable[[ImgurStage, str, list[str], Reservation], Outcome[Any]]
WRITES: dict[str, tuple[Cost, Write]] = {
    "create_album": (POST_COST, lambda s, a, p, r: s.writer.create_album("t", "d", Privacy.HIDDEN, r)),
    "upload": (UPLOAD_COST, lambda s, a, p, r: s.writer.upload(_content(), NAME, a, r)),
    "edit_album": (CALL_COST, lambda s, a, p, r: s.writer.edit_album(a, AlbumChanges(ids=tuple(p[::-1])), r)),
    "add_images": (POST_COST, lambda s, a, p, r: s.writer.add_images(a, p, r)),
    "remove_images": (POST_COST, lambda s, a, p, r: s.writer.remove_images(a, p[:1], r)),
    "edit_image": (CALL_COST, lambda s, a, p, r: s.writer.edit_image(p[0], "t", None, r)),
    "delete_image": (CALL_COST, lambda s, a, p, r: s.writer.delete_image(p[0], r)),
    "delete_album": (CALL_COST, lambda s, a, p, r: s.writer.delete_album(a, r)),
}


def _content(data: bytes | None = None, media_type: str = "image/png") -> Content:
    return Content(pictures.png(seed=99) if data is None else data, "", "", media_type)


class RemoteWriterContract:
    """Inherit it and set `shape`, or override `stage`."""

    shape: ClassVar[str]

    @pytest.fixture
    def stage(self) -> Iterator[ImgurStage]:
        """A simulated Imgur with the writer in front of it."""
        with ImgurStage(shape=self.shape) as stage:
            yield stage

    def test_an_upload_arrives_bit_by_bit_in_its_album_under_its_name(self, stage: ImgurStage) -> None:
        """What the server received hashes to what was sent; the reply has id, deletehash and link."""
        album, _ = stage.by_hand()
        data = pictures.png(30, 20, seed=5, pad=400_000)
        sent = done(stage.writer.upload(_content(data), NAME, album, stage.grant(UPLOAD_COST)))
        stored = next(one for one in stage.look("world")["images"] if one["id"] == sent.id)
        assert stored["sha256"] == hashlib.sha256(data).hexdigest()
        assert stored["name"] == NAME
        assert done(stage.reader.album(album)).ids == (sent.id,)
        assert sent.deletehash
        assert sent.link

    def test_a_video_and_an_animated_png_arrive_too(self, stage: ImgurStage) -> None:
        """The video goes in the field that Imgur has for it."""
        album, _ = stage.by_hand()
        for data, media_type in ((pictures.mp4(), "video/mp4"), (pictures.apng(), "image/apng")):
            sent = done(stage.writer.upload(_content(data, media_type), NAME, album, stage.grant(UPLOAD_COST)))
            stored = next(one for one in stage.look("world")["images"] if one["id"] == sent.id)
            assert stored["sha256"] == hashlib.sha256(data).hexdigest()

    def test_an_album_is_made_as_asked(self, stage: ImgurStage) -> None:
        """Title, description and privacy are stored; a title of None is not sent."""
        made = done(stage.writer.create_album("Kätzchen & Co", "is1", Privacy.HIDDEN, stage.grant(POST_COST)))
        header = done(stage.reader.album(made.id)).header
        assert (header.title, header.description, header.public) == ("Kätzchen & Co", "is1", False)
        untitled = done(stage.writer.create_album(None, "is1", Privacy.PUBLIC, stage.grant(POST_COST)))
        assert (done(stage.reader.album(untitled.id)).header.title, made.deletehash is None) == ("", False)

    def test_an_edit_sets_order_cover_and_texts_and_leaves_the_rest(self, stage: ImgurStage) -> None:
        """Only the given fields change; an empty text clears."""
        album, ids = stage.by_hand("Cats", pictures=3, description="old")
        changes = AlbumChanges(ids=tuple(ids[::-1]), cover=ids[1], description="", privacy="public")
        done(stage.writer.edit_album(album, changes, stage.grant(CALL_COST)))
        listing = done(stage.reader.album(album))
        assert listing.ids == tuple(ids[::-1])
        header = listing.header
        assert (header.title, header.description, header.public, header.cover) == ("Cats", "", True, ids[1])
        done(stage.writer.edit_album(album, AlbumChanges(title="Dogs"), stage.grant(CALL_COST)))
        assert done(stage.reader.album(album)).ids == tuple(ids[::-1])

    def test_pictures_are_added_at_the_end_and_taken_out(self, stage: ImgurStage) -> None:
        """Taking out keeps the picture alive."""
        album, ids = stage.by_hand(pictures=2)
        _, more = stage.by_hand(pictures=2)
        done(stage.writer.add_images(album, more, stage.grant(POST_COST)))
        assert done(stage.reader.album(album)).ids == (*ids, *more)
        done(stage.writer.remove_images(album, [ids[0], more[1]], stage.grant(POST_COST)))
        assert done(stage.reader.album(album)).ids == (ids[1], more[0])
        assert done(stage.reader.image(ids[0])).id == ids[0]

    def test_an_upload_brings_its_texts(self, stage: ImgurStage) -> None:
        """Title and description ride along; an empty one is that of any new picture."""
        album, _ = stage.by_hand(pictures=0)
        content = _content()
        for texts in (Texts("Tom ü", "two\nlines"), Texts("Tom", "")):
            made = done(stage.writer.upload(content, "n.png", album, stage.grant(UPLOAD_COST), texts))
            seen = done(stage.reader.image(made.id))
            assert (seen.title, seen.description) == (texts.title, texts.description)

    def test_texts_of_a_picture_change_alone(self, stage: ImgurStage) -> None:
        """None leaves a text as it is, "" clears it."""
        _, (picture,) = stage.by_hand(pictures=1)
        done(stage.writer.edit_image(picture, "Tom", "asleep", stage.grant(CALL_COST)))
        done(stage.writer.edit_image(picture, None, "", stage.grant(CALL_COST)))
        seen = done(stage.reader.image(picture))
        assert (seen.title, seen.description) == ("Tom", "")

    def test_deleting_what_is_gone_is_done(self, stage: ImgurStage) -> None:
        """Deletes are idempotent; an album's pictures outlive it."""
        album, (picture,) = stage.by_hand(pictures=1)
        for _ in range(2):
            done(stage.writer.delete_album(album, stage.grant(CALL_COST)))
        assert done(stage.reader.image(picture)).id == picture
        for _ in range(2):
            done(stage.writer.delete_image(picture, stage.grant(CALL_COST)))
        assert isinstance(stage.reader.image(picture), Refused)

    def test_adding_what_is_not_ours_is_refused_as_forbidden(self, stage: ImgurStage) -> None:
        """403 "You must own all the image ids" (imgur-api §2.2)."""
        album, _ = stage.by_hand()
        outcome = stage.writer.add_images(album, ["zzzzzzz"], stage.grant(POST_COST))
        assert isinstance(outcome, Refused)
        assert outcome.problem.kind is ProblemKind.FORBIDDEN

    def test_what_is_no_picture_is_refused_for_its_type(self, stage: ImgurStage) -> None:
        """Code 1003."""
        album, _ = stage.by_hand()
        outcome = stage.writer.upload(_content(b"no picture"), NAME, album, stage.grant(UPLOAD_COST))
        assert isinstance(outcome, Refused)
        assert outcome.problem.kind is ProblemKind.BAD_TYPE

    @pytest.mark.parametrize("write", WRITES)
    def test_a_write_is_one_request_and_settles_its_reservation(self, stage: ImgurStage, write: str) -> None:
        """SPENT once it was sent."""
        album, ids = stage.by_hand(pictures=2)
        cost, send = WRITES[write]
        reservation = stage.grant(cost)
        stage.wire.sent.clear()
        done(send(stage, album, ids, reservation))
        assert len(stage.wire.sent) == 1
        assert stage.ledger.settled == {reservation.number: Charge.SPENT}

    @pytest.mark.parametrize("write", WRITES)
    def test_a_write_without_connection_is_not_sent_and_returned(self, stage: ImgurStage, write: str) -> None:
        """RETURNED, and nothing changed."""
        album, ids = stage.by_hand(pictures=2)
        before = stage.look("world")
        cost, send = WRITES[write]
        reservation = stage.grant(cost)
        stage.wire.down = True
        assert isinstance(send(stage, album, ids, reservation), NotSent)
        assert stage.ledger.settled == {reservation.number: Charge.RETURNED}
        assert stage.look("world") == before

    @pytest.mark.parametrize("write", WRITES)
    @pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
    def test_a_write_whose_reply_is_lost_is_unknown_sent_once_and_spent(
        self, stage: ImgurStage, write: str, fault: str
    ) -> None:
        """Nobody can know whether it was carried out; it is not sent again."""
        album, ids = stage.by_hand(pictures=2)
        cost, send = WRITES[write]
        reservation = stage.grant(cost)
        stage.steer("faults", [{"match": {}, "fault": fault}])
        stage.wire.sent.clear()
        assert isinstance(send(stage, album, ids, reservation), Unknown)
        assert len(stage.wire.sent) == 1
        assert stage.ledger.settled == {reservation.number: Charge.SPENT}

    @pytest.mark.parametrize("write", WRITES)
    @pytest.mark.parametrize("answer", [401, 403])
    def test_an_expired_token_is_refreshed_once_and_the_write_sent_again(
        self, stage: ImgurStage, write: str, answer: int
    ) -> None:
        """The refusal was definite; the second attempt has a reservation of its own."""
        album, ids = stage.by_hand(pictures=2)
        stage.steer("tokens", {"expire_access": True, "answer": answer})
        cost, send = WRITES[write]
        reservation = stage.grant(cost)
        stage.wire.sent.clear()
        done(send(stage, album, ids, reservation))
        assert [path for _, path in stage.wire.sent].count("/oauth2/token") == 1
        assert len(stage.wire.sent) == 3
        assert stage.ledger.costs.count(cost) == 2
        assert set(stage.ledger.settled.values()) == {Charge.SPENT}

    @pytest.mark.parametrize("write", WRITES)
    def test_an_error_inside_a_success_is_unknown(self, stage: ImgurStage, write: str) -> None:
        """HTTP 200 with `data.error` (imgur-api §4 G) proves nothing."""
        album, ids = stage.by_hand(pictures=2)
        body = {"data": {"error": "Unable to find an image with the id, X"}, "success": True, "status": 200}
        stage.steer("faults", [{"match": {}, "fault": "reply", "status": 200, "body": body}])
        cost, send = WRITES[write]
        assert isinstance(send(stage, album, ids, stage.grant(cost)), Unknown)


class TestImgurLegacy(RemoteWriterContract):
    """The replies of the old back-end."""

    shape = "legacy"


class TestImgurV1(RemoteWriterContract):
    """The replies of the new back-end."""

    shape = "v1"


class TestImgurMixed(RemoteWriterContract):
    """Uploads answered by the new back-end, all else by the old one."""

    shape = "mixed"

"""What every `RemoteWriter` keeps, without an account: everything is addressed by its deletehash."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from imgur_sync.imgur.keys import ByDeletehash
from imgur_sync.imgur.writer import ImgurWriter
from imgur_sync.model.budget import CALL_COST, UPLOAD_COST
from imgur_sync.model.outcome import ProblemKind, Refused
from imgur_sync.model.remote import AlbumChanges
from imgur_sync.model.secret import Secret
from tests.contract.test_remote_writer_contract import NAME, WRITES, RemoteWriterContract, _content
from tests.support.imgur_stage import ImgurStage, done


def _hashes(stage: ImgurStage, album: str, *ids: str) -> dict[str, Secret]:
    """The deletehashes of these, as a state would have kept them."""
    images = {image_id: Secret(stage.world.images.get(image_id).deletehash) for image_id in ids}
    return {album: Secret(stage.world.albums.get(album).deletehash), **images}


class AnonymousWriterContract(RemoteWriterContract):
    """The same promises, kept with a Client-ID alone."""

    @pytest.fixture
    def stage(self) -> Iterator[ImgurStage]:
        """A simulated Imgur with a writer that has no account."""
        with ImgurStage(shape=self.shape, anonymous=True) as stage:
            yield stage

    @pytest.mark.parametrize("write", WRITES)
    @pytest.mark.parametrize("answer", [401, 403])
    def test_an_expired_token_is_refreshed_once_and_the_write_sent_again(
        self, stage: ImgurStage, write: str, answer: int
    ) -> None:
        """There is no token here: none is sent, and none is asked for."""
        album, ids = stage.by_hand(pictures=2)
        stage.steer("tokens", {"expire_access": True, "answer": answer})
        cost, send = WRITES[write]
        stage.wire.sent.clear()
        done(send(stage, album, ids, stage.grant(cost)))
        assert len(stage.wire.sent) == 1
        assert ("POST", "/oauth2/token") not in stage.wire.sent

    def test_nothing_belongs_to_an_account(self, stage: ImgurStage) -> None:
        """What was made and changed has no owner."""
        album, ids = stage.by_hand(pictures=2)
        done(stage.writer.upload(_content(), NAME, album, stage.grant(UPLOAD_COST)))
        done(stage.writer.edit_album(album, AlbumChanges(ids=tuple(ids[::-1])), stage.grant(CALL_COST)))
        world = stage.look("world")
        assert {thing["owner"] for thing in (*world["albums"], *world["images"])} == {None}
        assert done(stage.reader.album(album)).ids == tuple(ids[::-1])

    def test_a_picture_without_its_deletehash_cannot_be_put_into_an_album(self, stage: ImgurStage) -> None:
        """Imgur refuses the whole edit, and the album stays as it was."""
        album, ids = stage.by_hand(pictures=2)
        _, (other,) = stage.by_hand(pictures=1)
        stage.writer = ImgurWriter(stage.writing, ByDeletehash(_hashes(stage, album, *ids)))
        outcome = stage.writer.edit_album(album, AlbumChanges(ids=(*ids, other)), stage.grant(CALL_COST))
        assert isinstance(outcome, Refused)
        assert outcome.problem.kind is ProblemKind.FORBIDDEN
        assert done(stage.reader.album(album)).ids == tuple(ids)

    def test_a_reading_shows_no_deletehash_and_the_name_as_the_shape_has_it(self, stage: ImgurStage) -> None:
        """The new replies show the name to everybody, the old ones to the owner only (imgur-api §§2.1, 5.1)."""
        album, _ = stage.by_hand("Cats")
        sent = done(stage.writer.upload(_content(), NAME, album, stage.grant(UPLOAD_COST)))
        assert sent.deletehash
        listing = done(stage.reader.album(album))
        assert (listing.header.title, listing.header.deletehash) == ("Cats", None)
        assert listing.pictures[0].deletehash is None
        assert listing.pictures[0].name == (NAME if self.shape == "v1" else "")
        assert done(stage.reader.image(sent.id)).name == (NAME if self.shape == "v1" else "")

    def test_no_answer_to_a_write_tells_its_deletehash(self, stage: ImgurStage) -> None:
        """Should Imgur name the key of an album or picture in an error, the problem's text does not."""
        album, ids = stage.by_hand(pictures=1)
        world = stage.world
        for name, thing in (("edit_album", world.albums.get(album)), ("edit_image", world.images.get(ids[0]))):
            echo = {"data": {"error": f"no: {thing.deletehash}"}, "success": False, "status": 400}
            stage.steer("faults", [{"match": {"method": "PUT"}, "fault": "reply", "status": 400, "body": echo}])
            cost, send = WRITES[name]
            outcome = send(stage, album, ids, stage.grant(cost))
            assert isinstance(outcome, Refused)
            assert thing.deletehash not in outcome.problem.detail


class TestAnonymousLegacy(AnonymousWriterContract):
    """The replies of the old back-end."""

    shape = "legacy"


class TestAnonymousV1(AnonymousWriterContract):
    """The replies of the new back-end."""

    shape = "v1"


class TestAnonymousMixed(AnonymousWriterContract):
    """Uploads answered by the new back-end, all else by the old one."""

    shape = "mixed"

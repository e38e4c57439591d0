"""Pictures of equal content that their texts tell apart."""

from __future__ import annotations

from imgur_sync.model.step import EditAlbum, Upload
from imgur_sync.model.texts import Texts
from imgur_sync.planner.album import plan_album
from tests.support.album_views import file, spec, view


def test_equal_files_with_texts_of_their_own_are_put_in_order() -> None:
    """Nobody knows where the uploads will stand, and it matters which is which; without texts it does not."""
    twins = [file("a.jpg", "same"), file("b.jpg", "same")]
    plain = plan_album(view(twins, []))
    assert not [step for step in plain.wanted if isinstance(step, EditAlbum) and step.places is not None]
    named = plan_album(view(twins, [], entry=spec(images=(("a.jpg", Texts("Cats")),))))
    assert [type(step) for step in named.wanted if isinstance(step, Upload | EditAlbum)] == [Upload, Upload, EditAlbum]

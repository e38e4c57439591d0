"""An album of ours that somebody posted to Imgur's public gallery."""

from __future__ import annotations

import pytest

from tests.support.inside import Inside
from tests.support.mirror import Mirror, table

KIND = Inside


@pytest.fixture
def posted(synced: Mirror) -> Mirror:
    """A synced mirror whose album cats is now in the gallery."""
    synced.steer("edit", {"op": "set_album", "id": synced.album("cats")["id"], "in_gallery": True})
    return synced


def test_a_hidden_album_in_the_gallery_is_told_as_visible(posted: Mirror) -> None:
    """Exit 3 says why privacy does not help and what does; the pictures are served all the same."""
    posted.put("cats/c7.png", 70)
    for told in (posted.run("plan").stdout, posted.run("apply", "-y", code=3).stdout):
        assert "it was posted to Imgur's public gallery" in told
        assert "privacy hidden does not take it out of there" in told
        assert "remove the post on Imgur's web site" in told
    posted.check_equal("cats", "dogs")
    document = posted.json("apply", "-y", code=3)
    assert document["exit_codes"] == [3]
    assert document["edited"] == 0


@pytest.mark.parametrize("remedy", ["the post is removed", "the album is meant to be public"])
def test_either_remedy_ends_it(remedy: str, posted: Mirror) -> None:
    """Then a run has nothing to complain of."""
    if remedy == "the post is removed":
        posted.steer("edit", {"op": "set_album", "id": posted.album("cats")["id"], "in_gallery": False})
    else:
        posted.manifest(table("cats", 'privacy = "public"', "allow_public = true") + table("dogs"))
    posted.run("apply", "-y", "-q")
    assert posted.json("plan")["settled"] is True

"""Searches of the gallery, and posts at random (imgur-api §2.4)."""

import pytest


@pytest.fixture
def posts(imgur, png):
    """An Imgur with three posts: an album and two pictures; their titles by id."""
    picture = imgur.upload("a", description="in the rain")["id"]
    still = imgur.post("/3/upload", files={"image": png()}).json()["data"]["id"]
    album = imgur.album(picture)["id"]
    imgur.upload("nobody's cats")
    imgur.titles = {}
    for kind, key, title, tags in (
        ("image", picture, "Black cats", "pets"),
        ("image", still, "White cats and dogs", "pets,dogs"),
        ("album", album, "Trains", "cats"),
    ):
        imgur.post(f"/3/gallery/{kind}/{key}", data={"title": title, "terms": "1", "tags": tags})
        imgur.titles[key] = title
    return imgur


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=cats", "Black Trains White"),
        ("q=CATS+dogs", "White"),
        ("q=rain", "Black"),
        ("q=cat", ""),
        ("q=", ""),
        ("", ""),
        ("q=trains&q_all=cats", "Black Trains White"),
        ("q_all=cats+pets", "Black White"),
        ("q_any=trains+dogs", "Trains White"),
        ("q_exactly=cats+and", "White"),
        ("q_all=cats&q_not=dogs", "Black Trains"),
        ("q_type=album", "Trains"),
        ("q_type=png", "White"),
        ("q_type=jpg", "Black"),
        ("q_type=anigif", ""),
        ("q_type=webm", ""),
    ],
)
def test_the_gallery_is_searched_by_words(posts, query, found):
    shown = posts.data(f"/3/gallery/search?{query}", auth="anonymous")
    assert sorted(post["title"].split()[0] for post in shown) == found.split()


@pytest.mark.parametrize("path", ["", "/time", "/time/0", "/top/all/0"])
def test_a_search_is_paged_as_clients_ask_for_it(posts, path):
    assert len(posts.data(f"/3/gallery/search{path}?q=cats")) == 3
    if path.endswith("0"):
        assert posts.data(f"/3/gallery/search{path[:-1]}1?q=cats") == []


def test_posts_at_random_are_the_same_ones_in_an_order_of_the_page(posts):
    pages = [[post["id"] for post in posts.data(f"/3/gallery/random/random/{page}")] for page in range(9)]
    assert {frozenset(page) for page in pages} == {frozenset(posts.titles)}
    assert len({tuple(page) for page in pages}) > 1
    for path in ("random", "random/random/"):
        assert [post["id"] for post in posts.data(f"/3/gallery/{path}")] == pages[0]

"""`/post/v1`, which gallery-dl and yt-dlp read (imgur-api §1)."""

from __future__ import annotations

import pytest

ALL = "media,tags,account"


@pytest.fixture
def read(imgur):
    """Reads as they do: the Client-ID in the query, no header."""

    def get(path, include=ALL, client=None):
        query = {"client_id": client or imgur.demo.client_id, "include": include}
        return imgur.get(f"/post/v1/{path}", auth=None, params=query)

    return get


def test_a_picture_is_a_post_with_one_medium(imgur, read):
    image = imgur.upload("a", name="tom.jpg", title="Tom", description="D")["id"]
    reply = read(f"media/{image}")
    assert reply.status_code == 200
    post = reply.json()
    assert (post["id"], post["title"], post["is_album"], post["image_count"]) == (image, "Tom", False, 1)
    assert (post["created_at"], post["privacy"]) == ("2023-11-14T22:13:20Z", "private")
    assert post["account"]["username"] == "demo"
    (medium,) = post["media"]
    assert (medium["name"], medium["mime_type"], medium["type"], medium["ext"]) == (
        "tom.jpg",
        "image/jpeg",
        "image",
        "jpg",
    )
    assert medium["metadata"]["description"] == "D"
    assert imgur.http.get(medium["url"]).status_code == 200


def test_an_album_has_its_pictures_in_order(imgur, read):
    images = [imgur.upload(letter)["id"] for letter in "abc"]
    album = imgur.album(images[2], images[0], title="Cats", cover=images[0])["id"]
    post = read(f"albums/{album}").json()
    assert [medium["id"] for medium in post["media"]] == [images[2], images[0]]
    assert (post["is_album"], post["cover_id"], post["url"]) == (True, images[0], f"http://imgur.test/a/{album}")
    assert not {"media", "tags", "account"} & set(read(f"albums/{album}", include="").json())


def test_a_post_is_there_once_it_is_shared(imgur, read):
    image = imgur.upload("a")["id"]
    album = imgur.album(image)["id"]
    for kind, key in (("image", image), ("album", album)):
        missing = read(f"posts/{key}")
        assert (missing.status_code, missing.json()["errors"][0]["code"]) == (404, "404")
        imgur.post(f"/3/gallery/{kind}/{key}", data={"title": "Look", "terms": "1", "tags": "cats"})
        post = read(f"posts/{key}").json()
        assert (post["title"], post["tags"][0]["tag"], post["privacy"]) == ("Look", "cats", "public")


def test_what_nobody_owns_has_no_account(imgur, read):
    post = read(f"media/{imgur.upload(auth='anonymous')['id']}").json()
    assert (post["account_id"], "account" in post) == (0, False)


@pytest.mark.parametrize("path", ["media/none", "albums/none", "posts/none"])
def test_what_is_not_there_is_an_errors_list(read, path):
    assert (read(path).status_code, list(read(path).json())) == (404, ["errors"])


def test_the_client_id_in_the_query_counts_here_only(imgur, read):
    image = imgur.upload()["id"]
    assert read(f"media/{image}", client="unknown").status_code == 403
    nobody = imgur.get(f"/post/v1/media/{image}", auth=None)
    assert (nobody.status_code, nobody.json()["errors"][0]["code"]) == (401, "401")
    assert imgur.get(f"/post/v1/media/{image}").status_code == 200
    elsewhere = imgur.get(f"/3/image/{image}", auth=None, params={"client_id": imgur.demo.client_id})
    assert elsewhere.status_code == 401


def test_an_unknown_endpoint_there_is_a_404(imgur):
    assert imgur.get("/post/v1/nothing").json()["status"] == 404

"""The page that deletes by deletehash, and an album as a zip (imgur-api §6)."""

from __future__ import annotations

import io
import zipfile

from imgur_sync.simulator.blobs import MemoryBlobs
from imgur_sync.simulator.pages.zips import Entry, zipped
from tests.support.web_page import WebPage


def test_whoever_has_the_deletehash_is_asked_and_the_picture_is_gone(imgur):
    image = imgur.upload(auth="anonymous", title="Tom")
    before = imgur.look("ledger"), imgur.look("history")
    path = f"/delete/{image['deletehash']}"
    page = WebPage(imgur.http.get(path))
    assert page.flaws() == []
    assert page.all("h1")[0].text == "Delete this picture?"
    assert page.links["Keep it"] == f"/{image['id']}"
    assert image["deletehash"] not in page.html
    assert len(imgur.look("world")["images"]) == 1
    reply = imgur.http.post(path, data={"do": "delete"}, follow_redirects=True)
    assert "Deleted." in WebPage(reply).text
    assert imgur.look("world")["images"] == []
    assert imgur.http.get(f"/i/{image['id']}.jpg").status_code == 302
    assert (imgur.look("ledger"), imgur.look("history")) == before
    for again in (imgur.http.get(path), imgur.http.post(path)):
        assert again.status_code == 404


def test_a_wrong_hash_or_that_of_an_album_deletes_nothing(imgur):
    image, album = imgur.upload(), imgur.album(title="Cats")
    for key in ("none", image["id"], album["id"], album["deletehash"]):
        assert imgur.http.get(f"/delete/{key}").status_code == 404
        assert imgur.http.post(f"/delete/{key}").status_code == 404
    world = imgur.look("world")
    assert (len(world["images"]), len(world["albums"])) == (1, 1)


def test_a_page_elsewhere_deletes_nothing(imgur):
    path = f"/delete/{imgur.upload()['deletehash']}"
    assert imgur.http.post(path, headers={"Origin": "http://evil.com"}).status_code == 403
    assert imgur.http.get(path, headers={"Host": "evil.com"}).status_code == 403
    assert len(imgur.look("world")["images"]) == 1


def test_a_picture_that_goes_while_one_is_asked_is_no_harm(imgur, monkeypatch):
    image = imgur.upload()
    kept = imgur.world.images.find(image["deletehash"])
    imgur.delete(f"/3/image/{image['id']}")
    monkeypatch.setattr("imgur_sync.simulator.pages.deleting._found", lambda desk, key: kept)
    assert imgur.http.post(f"/delete/{image['deletehash']}").status_code == 404


def test_an_album_is_downloaded_as_a_zip_in_its_order(imgur, jpeg, png):
    first = imgur.upload("a")["id"]
    second = imgur.post("/3/upload", files={"image": png()}).json()["data"]["id"]
    album = imgur.album(second, first, title="Cats")["id"]
    page = WebPage(imgur.http.get(f"/a/{album}?as=visitor"))
    reply = imgur.http.get(page.links["All pictures as a zip"])
    assert reply.headers["content-type"] == "application/zip"
    assert reply.headers["content-disposition"] == f"attachment; filename={album}.zip"
    with zipfile.ZipFile(io.BytesIO(reply.content)) as whole:
        assert whole.testzip() is None
        assert whole.namelist() == [f"1 - {second}.png", f"2 - {first}.jpg"]
        assert [whole.read(name) for name in whole.namelist()] == [png(), jpeg("a")]
        assert whole.infolist()[0].date_time == (2023, 11, 14, 22, 13, 20)


def test_names_in_a_zip_sort_as_the_album_does(imgur):
    keys = [imgur.upload(letter)["id"] for letter in "abcdefghij"]
    reply = imgur.http.get(f"/a/{imgur.album(*keys)['id']}/zip")
    with zipfile.ZipFile(io.BytesIO(reply.content)) as whole:
        names = whole.namelist()
    assert names == sorted(names) == [f"{number:02} - {key}.jpg" for number, key in enumerate(keys, 1)]


def test_an_empty_album_is_an_empty_zip_and_an_unknown_one_a_404(imgur):
    with zipfile.ZipFile(io.BytesIO(imgur.http.get(f"/a/{imgur.album()['id']}/zip").content)) as whole:
        assert whole.namelist() == []
    assert imgur.http.get("/a/none/zip").status_code == 404


def test_a_zip_is_sent_while_it_is_made():
    """A piece for each picture, which is read when it is its turn; one that is not there is left out."""
    blobs, read = MemoryBlobs(), []
    one, other = (blobs.put(letter * 1000) for letter in (b"a", b"b"))
    take = blobs.get
    blobs.get = lambda name: read.append(name) or take(name)  # type: ignore[method-assign]
    pieces = zipped(blobs, [Entry("1", 0, one), Entry("2", 0, "none"), Entry("3", 0, other)])
    first = next(pieces)
    assert (b"a" * 1000 in first, read) == (True, [one])
    rest = list(pieces)
    assert (len(rest), read) == (2, [one, "none", other])
    with zipfile.ZipFile(io.BytesIO(first + b"".join(rest))) as whole:
        assert whole.namelist() == ["1", "3"]
        assert whole.infolist()[0].date_time[0] == 1980

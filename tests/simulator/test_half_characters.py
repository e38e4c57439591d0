"""Half of a surrogate pair in JSON, as JavaScript sends it that cuts a title inside an emoji: a U+FFFD, here."""

import base64

import pytest

SENT = rb'{"%s":"t\ud83d","description":["\udc00d"],"name":"\ud83d\ude00","not\ud800 known":"\ud800"}'


def send(imgur, path, field=b"title"):
    reply = imgur.post(path, content=SENT % field, headers={"Content-Type": "application/json"})
    assert reply.status_code == 200, reply.text
    return reply.json()["data"]


@pytest.fixture
def pages(imgur):
    """The texts of the pages of everything there is."""

    def opened():
        world = imgur.look("world")
        albums = [f"/a/{album['id']}" for album in world["albums"]]
        pictures = [f"/{picture['id']}" for picture in world["images"]]
        shown = [*albums, *pictures]
        replies = [imgur.http.get(path) for path in ("/", *shown, *[f"{path}/edit" for path in shown])]
        assert {reply.status_code for reply in replies} == {200}
        return [reply.text for reply in replies]

    return opened


def test_pages_show_texts_that_were_cut_inside_a_character(imgur, jpeg, pages):
    image = base64.b64encode(jpeg()).decode()
    sent = rb'{"image":"%s","type":"base64",%s' % (image.encode(), SENT[1:] % b"title")
    reply = imgur.post("/3/upload", content=sent, headers={"Content-Type": "application/json"})
    assert reply.status_code == 200
    picture = imgur.look("world")["images"][0]
    assert (picture["title"], picture["description"], picture["name"]) == ("t\ufffd", "\ufffdd", "\U0001f600")
    album = send(imgur, "/3/album")["id"]
    assert imgur.data(f"/3/album/{album}")["title"] == "t\ufffd"
    send(imgur, f"/3/image/{picture['id']}")
    assert sum("t\ufffd" in page for page in pages()) >= 5


def test_people_on_the_web_site_and_faults_send_them_too(imgur, pages):
    album = imgur.album()["id"]
    edit = b'{"op":"set_album","id":"%s","title":"t\\ud83d","description":"\\ud83d\\ude00"}' % album.encode()
    assert imgur.http.post("/_simulator/edit", content=edit).json() == {"done": 1}
    assert imgur.look("world")["albums"][0]["title"] == "t\ufffd"
    assert imgur.look("world")["albums"][0]["description"] == "\U0001f600"
    pages()
    fault = rb'{"fault":"reply","status":503,"body":"b\udc00","match":{"nth":1}}'
    assert imgur.http.post("/_simulator/faults", content=fault).status_code == 200
    assert imgur.get("/3/credits").text == "b\ufffd"


def test_a_rule_that_is_typed_into_the_page_is_shown_there(imgur):
    rule = r'{"fault":"reply","status":503,"body":"b\udc00","match":{"path":"/\ud83d"}}'
    for typed, status in ((rule, 303), (r'{"fault":"\udc00"}', 400), ("[" * 100_000, 400)):
        assert imgur.http.post("/faults", data={"do": "json", "rule": typed}).status_code == status
    assert "/\ufffd" in imgur.http.get("/faults").text


def test_steering_too_deep_to_be_read_is_a_400(imgur):
    for deep in (b"[" * 100_000, b'{"a":[' * 100_000):
        reply = imgur.http.post("/_simulator/edit", content=deep)
        assert reply.status_code == 400
        assert "deep" in reply.json()["error"]

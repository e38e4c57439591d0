"""Every wire form that clients in the field send (imgur-api §8, table)."""

import pytest


def raw_multipart(fields, *, closing=True):
    parts = [f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields]
    content = "".join(parts) + ("--b--\r\n" if closing else "")
    return {"content": content.encode(), "headers": {"Content-Type": "multipart/form-data; boundary=b"}}


FORMS = {
    "urlencoded ids=a,b": lambda a, b: {"data": {"ids": f"{a},{b}"}},
    "urlencoded ids[]": lambda a, b: {"data": {"ids[]": [a, b]}},
    "urlencoded ids[0]": lambda a, b: {"data": {"ids[0]": a, "ids[1]": b}},
    "multipart ids": lambda a, b: raw_multipart([("ids", f"{a},{b}")]),
    "multipart repeated ids": lambda a, b: raw_multipart([("ids", a), ("ids", b)]),
    "multipart ids[]": lambda a, b: raw_multipart([("ids[]", a), ("ids[]", b)]),
    "multipart with a filename": lambda a, b: {"files": [("ids[]", ("x", a)), ("ids[]", ("y", b))]},
    "multipart without closing": lambda a, b: raw_multipart([("ids[]", a), ("ids[]", b)], closing=False),
    "JSON text": lambda a, b: {"json": {"ids": f"{a},{b}"}},
    "JSON list": lambda a, b: {"json": {"ids": [a, b], "imageHash": 1, "stray": None}},
    "query ids=a,b": lambda a, b: {"params": {"ids": f"{a},{b}"}},
    "query ids[]": lambda a, b: {"params": {"ids[]": [a, b]}},
}


@pytest.fixture
def pair(imgur):
    """Two pictures of the demo account."""
    return imgur.upload("a")["id"], imgur.upload("b")["id"]


@pytest.mark.parametrize("form", FORMS)
def test_create_add_set_and_remove_take_every_form(imgur, pair, form):
    body = FORMS[form]
    album = imgur.post("/3/album/", **body(*pair)).json()["data"]["id"]
    assert imgur.members(album) == list(pair)
    for method, path in [("PUT", ""), ("POST", "/")]:
        assert imgur.send(method, f"/3/album/{album}{path}", **body(*reversed(pair))).json()["data"] is True
        assert imgur.members(album) == list(reversed(pair))
        imgur.put(f"/3/album/{album}", data={"ids[]": list(pair)})
    for method in ("POST", "DELETE"):
        assert imgur.send(method, f"/3/album/{album}/remove_images", **body(*pair)).json()["data"] is True
        assert imgur.members(album) == []
        assert imgur.post(f"/3/album/{album}/add/", **body(*pair)).json()["data"] is True
        assert imgur.members(album) == list(pair)


def test_remove_takes_ids_in_query_and_body_at_once(imgur, pair):
    album = imgur.album(*pair)["id"]
    imgur.delete(f"/3/album/{album}/remove_images?ids={pair[0]}", data={"ids": pair[0]})
    assert imgur.members(album) == [pair[1]]


def test_a_delete_with_a_json_content_type_and_no_body_is_taken(imgur):
    album = imgur.album()["id"]
    reply = imgur.delete(f"/3/album/{album}/", headers={"Content-Type": "application/json"})
    assert reply.status_code == 200


def test_create_takes_an_empty_body(imgur):
    assert imgur.post("/3/album").status_code == 200


def test_an_empty_list_is_as_if_it_was_not_sent(imgur, pair):
    album = imgur.album(*pair)["id"]
    assert imgur.put(f"/3/album/{album}", data={"ids[]": "", "title": "T"}).json()["data"] is True
    assert imgur.members(album) == list(pair)


def test_an_upload_without_a_closing_boundary_is_stored_whole(imgur, jpeg):
    head = b'--b\r\nContent-Disposition: form-data; name="image"; filename="image"\r\n\r\n'
    reply = imgur.post(
        "/3/upload",
        content=head + jpeg() + b"\r\n",
        headers={"Content-Type": "multipart/form-data; boundary=b"},
    )
    assert reply.json()["data"]["size"] == len(jpeg())


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("application/json", b"{"),
        ("application/json", b"[1]"),
        ("application/json", b"[" * 50_000),
        ("multipart/form-data", b"--"),
        ("multipart/form-data; boundary=b", b"--b\r\nnothing"),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--"),
        ("text/plain", b"\xff\xfe"),
    ],
)
def test_a_body_that_cannot_be_read_counts_as_not_sent(imgur, kind, content):
    reply = imgur.post("/3/upload", content=content, headers={"Content-Type": kind})
    assert reply.json()["data"]["error"] == "No image data was sent to the upload api"

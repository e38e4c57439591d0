"""JSON, JSONP and XML, `_fake_status`, ETag and 304 (imgur-api §2, §7)."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import httpx
import pytest

from imgur_sync.simulator import Limits, running


def read(reply):
    """The root of an XML reply."""
    assert reply.headers["content-type"] == "text/xml; charset=utf-8"
    assert reply.text.startswith('<?xml version="1.0" encoding="utf-8"?>\n<data ')
    assert int(reply.headers["content-length"]) == len(reply.content)
    return ElementTree.fromstring(reply.content)


@pytest.mark.parametrize("path", ["/3/upload.xml", "/3/image.xml"])
def test_an_upload_answers_in_xml_with_the_legacy_fields(imgur, jpeg, path):
    reply = imgur.post(path, auth="anonymous", data={"title": "a <b> & c"}, files={"image": jpeg()})
    root = read(reply)
    assert root.attrib == {"type": "array", "success": "1", "status": "200"}
    shown = {element.tag: element.text for element in root}
    assert (shown["title"], shown["description"], shown["animated"], shown["account_id"]) == (
        "a <b> & c",
        None,
        "false",
        "0",
    )
    assert [element.tag for element in root][-3:] == ["deletehash", "name", "link"]
    assert "<description/>" in reply.text
    assert "<tags/>" in reply.text
    assert imgur.look("world")["images"][0]["id"] == shown["id"]
    assert imgur.look("ledger")["calls"] == {f"POST {path.removesuffix('.xml')}": 1}


def test_an_error_in_xml_names_the_request_with_its_extension(imgur):
    root = read(imgur.post("/3/image.xml", data={"title": "t"}))
    assert root.attrib == {"type": "array", "success": "0", "status": "400"}
    assert {element.tag: element.text for element in root} == {
        "error": "No image data was sent to the upload api",
        "request": "/3/image.xml",
        "method": "POST",
    }


@pytest.mark.parametrize("shape", ["legacy", "mixed", "v1"])
def test_json_by_extension_is_json_and_keeps_it_in_errors(make_imgur, shape):
    imgur = make_imgur(shape=shape)
    key = imgur.upload()["id"]
    assert imgur.get(f"/3/image/{key}.json").content == imgur.get(f"/3/image/{key}").content
    wrong = imgur.put("/3/account/other/settings.json", auth="Client-ID x")
    assert wrong.json()["data"]["request"] == "/3/account/other/settings.json"


def test_lists_stand_in_items_and_basic_answers_in_the_root(imgur):
    image = imgur.upload("a")["id"]
    album = imgur.album(image, title="T")["id"]
    listed = read(imgur.get("/3/account/me/images/ids.xml"))
    assert [item.text for item in listed.findall("item")] == [image]
    whole = read(imgur.get(f"/3/album/{album}.xml"))
    assert [item.findtext("id") for item in whole.find("images")] == [image]
    count = read(imgur.get("/3/account/me/images/count.xml"))
    assert (count.attrib["type"], count.text) == ("integer", "1")
    done = read(imgur.put(f"/3/album/{album}.xml", data={"description": "bell \x07 and tab \t"}))
    assert (done.attrib["type"], done.text) == ("boolean", "true")
    assert read(imgur.get(f"/3/album/{album}.xml")).findtext("description") == "bell  and tab \t"


def test_what_is_no_json_stays_as_it_is(make_imgur):
    reply = make_imgur(shape="v1").get("/3/image/none.xml")
    assert (reply.status_code, reply.headers["content-type"]) == (404, "text/html")
    errors = make_imgur(shape="v1").get("/3/album/none.xml")
    assert errors.json()["errors"][0]["code"] == "404"


def test_an_empty_or_packed_body_stays_as_it_is(imgur):
    image = imgur.upload()["id"]
    assert imgur.send("HEAD", f"/3/image/{image}.xml").content == b""
    imgur.steer("faults", {"fault": "cut-gzip"})
    raw = imgur.http.build_request("GET", f"/3/image/{image}.xml", headers={"Authorization": imgur.bearer})
    packed = imgur.http.send(raw, stream=True)
    assert packed.headers["content-type"] == "application/json"
    assert b"".join(packed.iter_raw())[:2] == b"\x1f\x8b"


def test_other_paths_have_no_formats(imgur):
    assert imgur.http.get("/nothing.xml?callback=f").status_code == 404
    assert imgur.http.get("/_simulator/world.json").status_code == 404


@pytest.mark.parametrize("callback", ["f", "jQuery_1.done", "a['b']", "1f", "alert(1)//", ""])
def test_a_callback_is_called_with_the_reply_if_it_is_a_name(imgur, callback):
    image = imgur.upload()["id"]
    reply = imgur.get(f"/3/image/{image}", params={"callback": callback})
    plain = imgur.get(f"/3/image/{image}")
    if callback in ("f", "jQuery_1.done"):
        assert reply.headers["content-type"] == "text/javascript; charset=utf-8"
        assert reply.text == f"{callback}({plain.text});"
    else:
        assert reply.content == plain.content
    assert reply.status_code == 200


def test_fake_status_makes_an_error_a_200_and_says_the_truth_inside(imgur):
    reply = imgur.get("/3/image/none", params={"_fake_status": "200", "callback": "f"})
    assert reply.status_code == 200
    inside = json.loads(reply.text.removeprefix("f(").removesuffix(");"))
    assert (inside["success"], inside["status"]) == (False, 404)
    assert imgur.get("/3/image/none", params={"_fake_status": "204"}).status_code == 404


def test_a_reply_in_another_form_announces_the_limits_too(imgur):
    assert imgur.get("/3/credits.xml").headers["x-ratelimit-userremaining"] == "499"


@pytest.mark.parametrize("known", ["{}", "W/{}", '"other", {}', "*"])
def test_what_the_client_knows_is_a_304_without_body_that_is_charged(imgur, known):
    image = imgur.upload()["id"]
    tag = imgur.get(f"/3/image/{image}").headers["etag"]
    again = imgur.get(f"/3/image/{image}", headers={"If-None-Match": known.format(tag)})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert imgur.look("ledger")["credits"] == 12
    assert imgur.look("history")["requests"][-1]["status"] == 304
    both = imgur.get(f"/3/image/{image}.xml?_fake_status=200", headers={"If-None-Match": "*"})
    assert (both.status_code, both.content) == (304, b"")


def test_what_has_changed_is_sent_whole_with_another_tag(imgur):
    image = imgur.upload()["id"]
    tag = imgur.get(f"/3/image/{image}").headers["etag"]
    imgur.post(f"/3/image/{image}", data={"title": "t"})
    again = imgur.get(f"/3/image/{image}", headers={"If-None-Match": tag})
    assert (again.status_code, again.json()["data"]["title"]) == (200, "t")
    assert again.headers["etag"] != tag


def test_errors_uploads_and_pages_have_no_tag(imgur, jpeg):
    replies = [imgur.get("/3/image/none"), imgur.post("/3/upload", files={"image": jpeg()})]
    replies.append(imgur.get("/oauth2/authorize", params={"client_id": imgur.demo.client_id, "response_type": "pin"}))
    assert [reply.status_code for reply in replies] == [404, 200, 200]
    assert not [reply for reply in replies if "etag" in reply.headers]


def test_forms_and_304_go_over_a_socket(jpeg):
    with running() as server, httpx.Client(base_url=server.url) as http:
        headers = {"Authorization": f"Bearer {server.access_token}"}
        image = http.post("/3/upload", files={"image": jpeg()}, headers=headers).json()["data"]["id"]
        shown = http.get(f"/3/image/{image}.xml", headers=headers)
        assert read(shown).findtext("id") == image
        tag = http.get(f"/3/image/{image}", headers=headers).headers["etag"]
        again = http.get(f"/3/image/{image}", headers={**headers, "If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")


def test_a_refusal_for_a_limit_has_the_form_too(make_imgur):
    imgur = make_imgur(limits=Limits(1, 0, 0, 0), refuse_user="legacy")
    imgur.get("/3/account/me")
    root = read(imgur.get("/3/account/me.xml?_fake_status=200"))
    assert (root.attrib["status"], root.findtext("error")) == ("429", "Hourly user requests exceeded")

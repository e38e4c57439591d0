"""Headers of scripted replies: what cannot be sent is a 400 when the fault is added."""

import httpx
import pytest

from imgur_sync.simulator import running

WRONG = [
    ({"a\r\nb": "c"}, "name of a header"),
    ({"": "c"}, "name of a header"),
    ({"a b": "c"}, "name of a header"),
    ({"a:": "c"}, "name of a header"),
    ({"ä": "c"}, "name of a header"),
    ({"a": "b\r\nc: d"}, "value of a"),
    ({"a": "b\x00"}, "value of a"),
    ({"a": "\u20ac"}, "value of a"),
    ({"Content-Type": "text/html\n"}, "value of Content-Type"),
    ({"Content-Length": "many"}, "value of Content-Length"),
    ({"Content-Length": "\u00b2"}, "value of Content-Length"),
    ({"Transfer-Encoding": "chunked"}, "Transfer-Encoding is a header of the connection"),
    ({"connection": "close"}, "connection is a header of the connection"),
]


@pytest.mark.parametrize(("headers", "says"), WRONG)
@pytest.mark.parametrize("rule", [{"fault": "reply", "status": 200, "headers": 0}, {"fault": "headers", "set": 0}])
def test_headers_that_cannot_be_sent_are_a_400(imgur, rule, headers, says):
    reply = imgur.http.post("/_simulator/faults", json={key: value or headers for key, value in rule.items()})
    assert reply.status_code == 400
    assert says in reply.json()["error"]
    assert imgur.look("faults") == []


def test_a_value_for_every_limit_that_cannot_be_sent_is_a_400(imgur):
    reply = imgur.http.post("/_simulator/faults", json={"fault": "headers", "every": "1\n2"})
    assert (reply.status_code, reply.json()["error"]) == (400, "the value of every has a character that is not sent")


@pytest.mark.parametrize("kind", [("reply", "headers"), ("headers", "set")])
def test_odd_headers_that_can_be_sent_are(kind):
    fault, where = kind
    odd = {"x-o_d~d!": "é\tü", "x-empty": "", "x-number": 5, "Content-Length": "2"}
    more = {"status": 503, "body": "no"} if fault == "reply" else {}
    with running() as server:
        server.fault(fault, **{where: odd}, **more)
        reply = httpx.get(f"{server.url}/3/credits", headers={**server.anonymous, "Connection": "close"}, timeout=60)
    shown = dict(reply.headers.raw)
    assert (reply.headers["x-empty"], reply.headers["x-number"]) == ("", "5")
    assert "é\tü".encode("latin-1") in shown.values()
    assert reply.content in (b"no", b'{"')

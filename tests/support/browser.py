"""A person with a browser: opens the log-in page of a local Imgur, presses a button, follows where it leads."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx


def form_of(page: str) -> dict[str, str]:
    """The hidden fields of the page's form."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page)
    return {name: html.unescape(value) for name, value in found}


def press(address: str, answer: str = "allow", **changed: str) -> httpx.Response:
    """Open the page and press a button; the reply to that, no redirect followed."""
    with httpx.Client(trust_env=False) as web:
        page = web.get(address)
        assert page.status_code == 200, page.text
        place = urlsplit(address)
        sent = {**form_of(page.text), "answer": answer, **changed}
        return web.post(f"{place.scheme}://{place.netloc}{place.path}", data=sent)


def come_back(address: str, answer: str = "allow") -> httpx.Response:
    """Press a button and follow the redirect to the waiting program, running its page's script if there is one."""
    back = press(address, answer).headers["location"]
    with httpx.Client(trust_env=False) as web:
        landed = web.get(back.partition("#")[0])
        if "<script" not in landed.text:
            return landed
        return web.post(**posted(back))


def posted(back: str) -> dict[str, object]:
    """What the script of the page at `back` sends: the fields of the fragment, then those of the query."""
    place = urlsplit(back)
    origin = f"{place.scheme}://{place.netloc}"
    fields = dict(parse_qsl(place.query)) | dict(parse_qsl(place.fragment))
    kind = "application/x-www-form-urlencoded;charset=UTF-8"
    headers = {"Origin": origin, "Content-Type": kind}
    return {"url": origin + place.path, "content": urlencode(fields), "headers": headers}


def pin_of(address: str) -> str:
    """The PIN that the page shows after Allow."""
    found = re.search(r'id="pin">(\w+)<', press(address).text)
    assert found is not None
    return found[1]

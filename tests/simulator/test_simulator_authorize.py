"""`/oauth2/authorize` and `/oauth2/addclient` (imgur-api §1, §9)."""

import base64
import hashlib
import re
from urllib.parse import parse_qs, urlsplit

import pytest

REDIRECT = "http://127.0.0.1:4711/here"


def ask(imgur, kind="code", **changed):
    fields = {"client_id": imgur.demo.client_id, "response_type": kind, "state": "s t&a", "redirect_uri": REDIRECT}
    return imgur.http.get("/oauth2/authorize", params={**fields, **changed})


def form_of(page):
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text)
    return {name: value.replace("&amp;", "&") for name, value in found}


def decide(imgur, page, answer="allow", **changed):
    return imgur.http.post("/oauth2/authorize", data={**form_of(page), "answer": answer, **changed})


def redeem(imgur, **fields):
    given = {"client_id": imgur.demo.client_id, "client_secret": imgur.demo.client_secret}
    return imgur.http.post("/oauth2/token", data={**given, **fields})


def test_a_yes_leads_back_with_a_code_and_the_state(imgur):
    page = ask(imgur)
    assert page.headers["cache-control"] == "no-store"
    reply = decide(imgur, page)
    assert reply.status_code == 302
    back = urlsplit(reply.headers["location"])
    assert f"{back.scheme}://{back.netloc}{back.path}" == REDIRECT
    query = parse_qs(back.query)
    assert query["state"] == ["s t&a"]
    tokens = redeem(imgur, grant_type="authorization_code", code=query["code"][0])
    assert tokens.json()["account_username"] == "demo"
    assert redeem(imgur, grant_type="authorization_code", code=query["code"][0]).status_code == 400


def test_a_pin_is_shown_and_good_for_one_use(imgur):
    pin = re.search(r'id="pin">(\w+)<', decide(imgur, ask(imgur, "pin")).text)[1]
    assert redeem(imgur, grant_type="pin", pin=pin).status_code == 200
    assert "Invalid Pin" in redeem(imgur, grant_type="pin", pin=pin).text


def test_tokens_come_in_the_fragment_and_the_state_in_the_query(imgur):
    back = urlsplit(decide(imgur, ask(imgur, "token")).headers["location"])
    assert parse_qs(back.query) == {"state": ["s t&a"]}
    fragment = {name: value for name, (value,) in parse_qs(back.fragment).items()}
    assert fragment["account_username"] == "demo"
    assert imgur.get("/3/account/me", auth=f"Bearer {fragment['access_token']}").status_code == 200
    assert redeem(imgur, grant_type="refresh_token", refresh_token=fragment["refresh_token"]).status_code == 200


@pytest.mark.parametrize("kind", ["code", "token"])
def test_a_no_leads_back_with_access_denied_and_the_state(imgur, kind):
    back = urlsplit(decide(imgur, ask(imgur, kind), "deny").headers["location"])
    assert parse_qs(back.query) == {"error": ["access_denied"], "state": ["s t&a"]}
    assert "Denied" in decide(imgur, ask(imgur, "pin"), "deny").text


def test_a_code_dies_after_ten_minutes(imgur):
    code = parse_qs(urlsplit(decide(imgur, ask(imgur)).headers["location"]).query)["code"][0]
    imgur.time[0] += 601
    assert redeem(imgur, grant_type="authorization_code", code=code).status_code == 400


def test_a_form_that_no_page_made_is_unauthorized(imgur):
    page = ask(imgur)
    refused = decide(imgur, page, form="0" * 40)
    assert (refused.status_code, refused.json()["data"]["error"]) == (403, "Unauthorized")
    assert decide(imgur, page, account="nobody").status_code == 403
    assert decide(imgur, page).status_code == 302
    assert decide(imgur, page).status_code == 403


@pytest.mark.parametrize("missing", ["client_id", "response_type"])
def test_what_is_missing_is_named_in_a_wrapped_400(imgur, missing):
    reply = ask(imgur, **{missing: ""})
    assert reply.status_code == 400
    assert reply.json()["data"] == {
        "error": "client_id and response_type are required",
        "request": "/oauth/authorize",
        "method": "GET",
    }


@pytest.mark.parametrize("changed", [{"client_id": "nobody"}, {"response_type": "magic"}])
def test_an_unknown_application_or_kind_is_an_error_page(imgur, changed):
    assert ask(imgur, **changed).status_code == 400


def test_what_is_sent_is_escaped_on_the_page(imgur):
    assert "<script" not in ask(imgur, state='"><script>alert(1)</script>').text


@pytest.mark.parametrize("address", ["https://evil.test/x", "http://evil.test/", "http://[", "javascript:alert(1)", ""])
def test_other_redirects_than_to_this_machine_are_not_heeded(imgur, address):
    back = decide(imgur, ask(imgur, redirect_uri=address)).headers["location"]
    assert back.startswith("http://127.0.0.1:8724/callback?")


def test_with_the_knob_the_registered_callback_rules(imgur):
    imgur.steer("knobs", {"redirect": "registered"})
    assert decide(imgur, ask(imgur)).headers["location"].startswith("http://127.0.0.1:8724/callback?")


def test_error_1024_and_closed_pages_are_a_knob(imgur):
    imgur.steer("knobs", {"authorize": "error 1024"})
    assert "Error 1024" in ask(imgur).text
    imgur.steer("knobs", {"authorize": "closed"})
    assert (ask(imgur).status_code, ask(imgur).headers["location"]) == (301, "/")
    assert imgur.http.get("/oauth2/addclient").status_code == 301


def test_pkce_is_ignored_unless_the_knob_says_otherwise(imgur):
    challenge = base64.urlsafe_b64encode(hashlib.sha256(b"v" * 43).digest()).decode().rstrip("=")
    for setting, verifier, status in [("ignored", "x", 200), ("checked", "x", 400), ("checked", "v" * 43, 200)]:
        imgur.steer("knobs", {"pkce": setting})
        back = decide(imgur, ask(imgur, code_challenge=challenge)).headers["location"]
        code = parse_qs(urlsplit(back).query)["code"][0]
        reply = redeem(imgur, grant_type="authorization_code", code=code, code_verifier=verifier)
        assert reply.status_code == status, setting


def test_the_pages_cost_no_credits(imgur):
    decide(imgur, ask(imgur))
    assert imgur.look("ledger")["credits"] == 0
    assert imgur.look("ledger")["posts"] == 0

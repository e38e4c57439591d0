"""`/oauth2/token` (imgur-api §1)."""

import pytest

from imgur_sync.simulator import Options


def refresh(imgur, token=None, form="urlencoded", **changed):
    fields = {
        "client_id": imgur.demo.client_id,
        "client_secret": imgur.demo.client_secret,
        "grant_type": "refresh_token",
        "refresh_token": token or imgur.demo.refresh_token,
        **changed,
    }
    if form == "json":
        return imgur.post("/oauth2/token", auth=None, json=fields)
    if form == "multipart":
        return imgur.post("/oauth2/token", auth=None, files={name: (None, value) for name, value in fields.items()})
    return imgur.post("/oauth2/token", auth=None, data=fields)


@pytest.mark.parametrize("form", ["urlencoded", "multipart", "json"])
def test_a_refresh_is_answered_unwrapped_whatever_the_encoding(imgur, form):
    reply = refresh(imgur, form=form)
    assert reply.status_code == 200
    assert list(reply.json()) == [
        "access_token",
        "expires_in",
        "token_type",
        "scope",
        "refresh_token",
        "account_id",
        "account_username",
    ]
    assert reply.json()["expires_in"] == 315_360_000
    assert reply.json()["account_username"] == "demo"
    assert imgur.get("/3/account/me", auth=f"Bearer {reply.json()['access_token']}").status_code == 200


def test_each_refresh_gives_a_new_refresh_token_and_the_old_one_stays_valid(imgur):
    first, second = refresh(imgur).json(), refresh(imgur).json()
    assert len({imgur.demo.refresh_token, first["refresh_token"], second["refresh_token"]}) == 3
    assert refresh(imgur, first["refresh_token"]).status_code == 200


def test_the_fault_rotate_kills_the_old_refresh_token(imgur):
    imgur.steer("faults", {"fault": "rotate", "match": {"path": "/oauth2/token", "nth": 1}})
    fresh = refresh(imgur).json()["refresh_token"]
    assert refresh(imgur).status_code == 400
    assert refresh(imgur, fresh).status_code == 200


def test_an_unknown_refresh_token_is_a_wrapped_400(imgur):
    reply = refresh(imgur, "0" * 40)
    assert reply.status_code == 400
    assert reply.json() == {
        "data": {"error": "Invalid refresh token", "request": "/oauth2/token", "method": "POST"},
        "success": False,
        "status": 400,
    }


@pytest.mark.parametrize("changed", [{"client_secret": "x"}, {"client_id": "x"}, {"grant_type": "password"}])
def test_wrong_credentials_or_grants_are_a_wrapped_400(imgur, changed):
    reply = refresh(imgur, **changed)
    assert (reply.status_code, reply.json()["success"]) == (400, False)


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("form", ["urlencoded", "json", "multipart", "unclosed"])
@pytest.mark.parametrize(("kind", "grant"), [("code", "authorization_code"), ("pin", "pin")])
def test_every_grant_is_taken_in_every_encoding(imgur, kind, grant, form, slash):
    fields = {"client_id": imgur.demo.client_id, "client_secret": imgur.demo.client_secret, "grant_type": grant}
    fields[kind] = imgur.steer("tokens", {kind: True})[kind]
    parts = "".join(f'--b\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items())
    sent = {
        "urlencoded": {"data": fields},
        "json": {"json": {**fields, "stray": None}},
        "multipart": {"files": {name: (None, value) for name, value in fields.items()}},
        "unclosed": {"content": parts.encode(), "headers": {"Content-Type": "multipart/form-data; boundary=b"}},
    }[form]
    reply = imgur.post(f"/oauth2/token{slash}", auth=None, **sent)
    assert imgur.get("/3/account/me", auth=f"Bearer {reply.json()['access_token']}").status_code == 200


@pytest.mark.parametrize(("kind", "grant"), [("code", "authorization_code"), ("pin", "pin")])
def test_a_code_or_pin_is_good_for_one_use(imgur, kind, grant):
    given = imgur.steer("tokens", {kind: True})[kind]
    assert refresh(imgur, grant_type=grant, **{kind: given}).status_code == 200
    assert refresh(imgur, grant_type=grant, **{kind: given}).status_code == 400


@pytest.mark.parametrize("seconds", [3600, 2_419_200, 315_360_000])
def test_an_access_token_dies_after_expires_in_by_the_simulators_clock(make_imgur, seconds):
    imgur = make_imgur(options=Options(expires_in=seconds))
    told = refresh(imgur).json()
    token = told["access_token"]
    assert told["expires_in"] == seconds
    imgur.steer("clock", {"advance": seconds - 1})
    assert imgur.get("/3/account/me", auth=f"Bearer {token}").status_code == 200
    imgur.steer("clock", {"advance": 1})
    assert imgur.get("/3/account/me", auth=f"Bearer {token}").status_code == 403


def test_token_calls_cost_no_credits_and_count_as_no_post(imgur):
    refresh(imgur)
    ledger = imgur.look("ledger")
    assert (ledger["credits"], ledger["posts"]) == (0, 0)
    assert ledger["calls"] == {"POST /oauth2/token": 1}


def test_a_token_is_verified_at_no_cost(imgur):
    good = imgur.get("/oauth2/secret")
    assert (good.status_code, good.json()) == (200, {"data": True, "success": True, "status": 200})
    assert imgur.look("ledger")["credits"] == 0
    imgur.steer("tokens", {"expire_access": True})
    assert imgur.get("/oauth2/secret").status_code == 403
    for auth, text in (("anonymous", "Authentication required"), (None, "Authentication required")):
        reply = imgur.get("/oauth2/secret", auth=auth)
        assert (reply.status_code, reply.json()["data"]["error"]) == (401, text)

"""Who may call, and what the others are told (imgur-api §1)."""

import pytest


@pytest.mark.parametrize(
    ("auth", "status", "text"),
    [
        (None, 401, "Authentication required"),
        ("Client-ID 0123456789abcde", 403, "Invalid client_id"),
        ("Basic abc", 403, "Malformed auth header"),
        ("Bearer", 403, "Malformed auth header"),
        ("Bearer 00", 403, "The access token provided is invalid."),
    ],
)
def test_each_bad_authorization_gets_its_own_text(imgur, auth, status, text):
    reply = imgur.get("/3/album/abc", auth=auth)
    assert reply.status_code == status
    assert reply.json() == {
        "data": {"error": text, "request": "/3/album/abc", "method": "GET"},
        "success": False,
        "status": status,
    }


def test_the_new_back_end_answers_albums_without_authorization_with_errors_and_no_data(make_imgur):
    reply = make_imgur(shape="v1").get("/3/album/abc", auth=None)
    assert reply.status_code == 401
    assert reply.headers["content-type"] == "application/vnd.imgur.v1+json"
    (error,) = reply.json()["errors"]
    assert error["code"] == "401"
    assert error["detail"] == "The requester is not authorized to access the resource."


def test_the_scheme_is_compared_loosely(imgur):
    assert imgur.get("/3/credits", auth=imgur.anonymous.replace("Client-ID", "client-id")).status_code == 200


@pytest.mark.parametrize("path", ["/3/account/me/images", "/3/account/me", "/3/account/demo/images"])
def test_account_endpoints_need_a_bearer(imgur, path):
    reply = imgur.get(path, auth="anonymous")
    assert (reply.status_code, reply.json()["data"]["error"]) == (401, "Authentication required")


def test_pictures_of_another_account_are_refused(imgur):
    other = imgur.steer("clients", {"account": "other"})
    reply = imgur.get("/3/account/demo/images", auth=f"Bearer {other['access_token']}")
    assert (reply.status_code, reply.json()["data"]["error"]) == (403, "Unauthorized")


@pytest.mark.parametrize("status", [401, 403])
def test_access_tokens_can_be_ended_at_once_with_either_status(imgur, status):
    imgur.steer("tokens", {"expire_access": True, "answer": status})
    reply = imgur.get("/3/account/me")
    assert (reply.status_code, reply.json()["data"]["error"]) == (status, "The access token provided is invalid.")


def test_an_unknown_endpoint_is_a_wrapped_404(imgur):
    reply = imgur.get("/3/nothing/here")
    assert (reply.status_code, reply.json()["success"]) == (404, False)

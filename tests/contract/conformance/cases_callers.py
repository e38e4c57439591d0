"""Who calls: the table of authorization, and the token endpoint, which costs nothing."""

from __future__ import annotations

from tests.contract.conformance.case import case
from tests.contract.conformance.visit import Visit
from tests.contract.conformance.words import error

WRONG = "0" * 40
"""A token that nobody has."""


@case("no Authorization", 1, "401 Authentication required")
def no_authorization(visit: Visit) -> str:
    """A picture without an Authorization header."""
    return error(visit.ask("GET", f"/3/image/{visit.named.id}", None))


@case(
    "the same on albums in the new shape",
    1,
    "401 Authentication required",
    {"401 errors: The requester is not authorized to access the resource.": {"shape": "v1"}},
)
def no_authorization_for_an_album(visit: Visit) -> str:
    """An album without an Authorization header."""
    return error(visit.ask("GET", f"/3/album/{visit.album.id}", None))


@case("unknown Client-ID", 1, "403 Invalid client_id")
def unknown_client_id(visit: Visit) -> str:
    """A Client-ID that nobody has."""
    return error(visit.ask("GET", f"/3/image/{visit.named.id}", "Client-ID 000000000000000"))


@case("malformed header", 1, "403 Malformed auth header")
def malformed_header(visit: Visit) -> str:
    """An Authorization header of one word."""
    return error(visit.ask("GET", f"/3/image/{visit.named.id}", "nonsense"))


@case("malformed header", 1, "200")
def scheme_in_any_case(visit: Visit) -> str:
    """`client-id` for `Client-ID`."""
    path, header = f"/3/image/{visit.named.id}", f"client-id {visit.access.client_id}"
    return str(visit.ask("GET", path, header).status_code)


@case("bad or expired token", 1, "403", {"401": {"token_answer": 401}, "429": {"token_answer": 429}})
def invalid_token(visit: Visit) -> str:
    """An access token that nobody has."""
    return str(visit.ask("GET", "/3/account/me/settings", f"Bearer {WRONG}", limits=False).status_code)


@case("an account's private calls with a Client-ID", 1, "401", {"403": {"account_answer": 403}})
def account_with_a_client_id(visit: Visit) -> str:
    """The account's pictures with a Client-ID alone."""
    return str(visit.ask("GET", "/3/account/me/images", "anonymous").status_code)


@case("`?client_id=` counts", 1, "401")
def client_id_in_the_query(visit: Visit) -> str:
    """The Client-ID in the query of a call below /3/."""
    path = f"/3/image/{visit.named.id}?client_id={visit.access.client_id}"
    return str(visit.ask("GET", path, None).status_code)


@case("`GET /post/v1/media/{id}`", 1, "200, id as asked for")
def client_id_in_the_query_of_the_web_sites_own(visit: Visit) -> str:
    """The Client-ID in the query of a call below /post/v1/."""
    reply = visit.ask("GET", f"/post/v1/media/{visit.named.id}?client_id={visit.access.client_id}", None)
    same = reply.status_code == 200 and reply.json().get("id") == visit.named.id
    return f"{reply.status_code}, {'id as asked for' if same else 'another id'}"


@case("`POST /3/image/{id}`, `DELETE", 1, "403")
def edit_by_id_without_the_account(visit: Visit) -> str:
    """A title of a picture of the account, set by id with the Client-ID alone."""
    reply = visit.ask("POST", f"/3/image/{visit.named.id}", "anonymous", data={"title": visit.title})
    return str(reply.status_code)


@case(
    "a refusal is a wrapped 400",
    0,
    "400 Invalid refresh token",
    {"400 Refresh token doesn't exist or is invalid for the client": {"refresh_text": "unknown"}},
)
def wrong_refresh_token(visit: Visit) -> str:
    """A refresh token that nobody has."""
    return error(visit.ask("POST", "/oauth2/token", None, data=_grant(visit, "refresh_token", WRONG)))


@case("refresh token, code and PIN", 0, "400 Invalid Pin")
def wrong_pin(visit: Visit) -> str:
    """A PIN that nobody was shown."""
    return error(visit.ask("POST", "/oauth2/token", None, data=_grant(visit, "pin", WRONG[:10])))


@case("refresh token, code and PIN", 0, "all three understood")
def encodings_of_a_token_request(visit: Visit) -> str:
    """A wrong refresh token as urlencoded form, multipart and JSON gets one and the same refusal."""
    sent = _grant(visit, "refresh_token", WRONG)
    forms = ({"data": sent}, {"files": {key: (None, value) for key, value in sent.items()}}, {"json": sent})
    told = {error(visit.ask("POST", "/oauth2/token", None, **form)) for form in forms}
    return "all three understood" if len(told) == 1 else " / ".join(sorted(told))


@case(
    "the reply is not wrapped",
    0,
    "plain, bearer, with account_id",
    {"wrapped, bearer, without account_id": {"token_reply": "wrapped"}},
)
def token_reply(visit: Visit) -> str:
    """The reply to the log-in of this run."""
    told = visit.access.token
    if told is None:
        return "not tried: there was an access token"
    data = told.get("data", told)
    known = "with" if isinstance(data.get("account_id"), int) else "without"
    return f"{'wrapped' if 'data' in told else 'plain'}, {data.get('token_type')}, {known} account_id"


def _grant(visit: Visit, kind: str, value: str) -> dict[str, str]:
    client = {"client_id": visit.access.client_id, "client_secret": visit.access.client_secret}
    return {**client, "grant_type": kind, kind: value}

"""Which web pages may call the API from a browser: all of them, as Imgur tells it in every reply (imgur-api §8.15)."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, request

from imgur_sync.simulator.auth import is_local
from imgur_sync.simulator.options import Knobs
from imgur_sync.simulator.refusals import OVER_CAPACITY
from imgur_sync.simulator.replies import Refusal, refused

API = ("/3/", "/oauth2/", "/post/")
PAGES = ("/oauth2/authorize", "/oauth2/addclient")
"""What a person looks at is for no page elsewhere to read: it could say yes in the person's name."""
SHARED = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Credentials": "true",
    "access-control-allow-methods": "GET, PUT, POST, PATCH, DELETE, OPTIONS",
    "Access-Control-Allow-Headers": (
        "Authorization, Content-Type, Accept, X-Mashape-Authorization, IMGURPLATFORM, IMGURUIDJAFO, sessionCount, "
        "IMGURMWBETA, IMGURMWBETAOPTIN, X-Imgur-Defender-Bypass"
    ),
}
"""As recorded in 2023 to 2025 (H: ShareX/ShareX#7289, #7568, #8009); no header lets a page read the limits."""


def shared(knobs: Knobs, path: str) -> dict[str, str]:
    """What a reply of the API tells browsers, as the knob says; nothing for any other path."""
    return SHARED if knobs.cors == "sent" and path.startswith(API) and not path.startswith(PAGES) else {}


def preflight(knobs_now: Callable[[], Knobs]) -> Callable[[], Response | None]:
    """What browsers ask before a call: to be run before each request; None for what is no such question.

    An empty 200 (what is in it is unknown), which costs nothing and is in no history. With the knob `local_origin` a
    page of this machine is refused already here (M: dzik87/D2Dropper#3).
    """

    def answer() -> Response | None:
        knobs = knobs_now()
        if request.method != "OPTIONS" or not shared(knobs, request.path):
            return None
        if knobs.local_origin == "refused" and is_local(request.headers.get("Origin", "")):
            no = refused(Refusal(403, OVER_CAPACITY, shape="bare"), "OPTIONS", request.path, new=False, number=0)
            return Response(no.body, status=403, content_type=no.content_type, headers=SHARED)
        return Response(b"", headers=SHARED)

    return answer
